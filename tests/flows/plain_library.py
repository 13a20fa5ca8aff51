"""Lending as one would keep it on paper: who has which copy, who waits for which title, what each reader owes.

It knows no database and none of the house's rules; it is what the machine compares the house with. Every library is
open every day, a loan runs `LENGTH` days and a late day costs `FINE`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Baku")
LENGTH, RENEWALS, MOST_LOANS, FINE = 5, 2, 3, 20


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def due_after(moment: datetime) -> datetime:
    """The last second of the day so many days later, in Baku."""
    last = datetime.combine(day_of(moment) + timedelta(days=LENGTH), time(23, 59, 59), tzinfo=ZONE)
    return last.astimezone(UTC)


@dataclass
class Lent:
    reader: int
    lent_at: datetime
    due: datetime
    renewals: int = 0
    lost_at: datetime | None = None
    booked: int = 0
    """What the ledger holds of the stretch that runs: the nights' reckonings so far."""

    settled: int = 0
    """What was settled of this stretch already: at its loss."""

    def fine(self, until: datetime) -> int:
        until = min(until, self.lost_at or until)
        return FINE * max(0, (day_of(until) - day_of(self.due)).days) if until > self.due else 0


@dataclass
class Waits:
    """`copy` is the one asked for (None: any); `kept` the one kept for this reader, `ready` when it is at hand."""

    number: int
    reader: int
    title: int
    copy: int | None
    pickup: str
    kept: int | None = None
    ready: bool = False


@dataclass
class Copy:
    title: int
    home: str
    at: str
    place: str = "shelf"
    going: str | None = None
    lent: Lent | None = None


@dataclass
class PlainLibrary:
    copies: dict[int, Copy] = field(default_factory=dict)
    line: list[Waits] = field(default_factory=list)
    restricted: set[int] = field(default_factory=set)
    charged: dict[int, int] = field(default_factory=dict)
    """What stands of each reader's ended stretches."""

    paid: dict[int, int] = field(default_factory=dict)
    ended: int = 0

    def owes(self, reader: int) -> int:
        running = sum(one.lent.booked for one in self.copies.values() if one.lent and one.lent.reader == reader)
        return self.charged.get(reader, 0) + running - self.paid.get(reader, 0)

    def has(self, reader: int) -> list[Copy]:
        return [copy for copy in self.copies.values() if copy.lent and copy.lent.reader == reader]

    def kept_for(self, item: int) -> Waits | None:
        return next((one for one in self.line if one.kept == item), None)

    def candidates(self, item: int) -> list[Waits]:
        """Who waits with nothing kept yet and would take this copy, in the order of the line."""
        title = self.copies[item].title
        return [one for one in self.line if one.title == title and one.kept is None and one.copy in (None, item)]

    def settle(self, lent: Lent, until: datetime) -> None:
        self.charged[lent.reader] = self.charged.get(lent.reader, 0) + lent.fine(until) - lent.settled
        lent.booked, lent.settled = 0, lent.fine(until)

    def renewal_refused(self, item: int) -> set[str]:
        """What is known to stand against a renewal, holds left aside."""
        lent = self.copies[item].lent
        assert lent is not None
        found = {
            "too_many_renewals": lent.renewals >= RENEWALS,
            "patron_restricted": lent.reader in self.restricted,
            "item_lost": lent.lost_at is not None,
        }
        return {code for code, true in found.items() if true}

    def others_wait(self, item: int) -> tuple[bool, bool]:
        """(somebody else must have this very copy, somebody else may want it): what a renewal asks."""
        lent, title = self.copies[item].lent, self.copies[item].title
        others = [one for one in self.line if one.title == title and lent and one.reader != lent.reader]
        return any(one.kept is None and one.copy == item for one in others), bool(others)

    def renew(self, item: int, now: datetime) -> None:
        lent = self.copies[item].lent
        assert lent is not None
        self.settle(lent, now)
        lent.due, lent.settled = max(lent.due, due_after(max(lent.due, now))), 0
        lent.renewals += 1

    def lend(self, item: int, reader: int, unit: str, now: datetime) -> None:
        copy = self.copies[item]
        if copy.lent is not None:
            self.give_back(item, now)
        kept = self.kept_for(item)
        if kept is not None and kept.reader != reader:
            kept.kept, kept.ready = None, False
        own = next((one for one in self.line if one.reader == reader and one.title == copy.title), None)
        if own is not None:
            self.line.remove(own)
            if own.kept not in (None, item) and self.copies[own.kept or 0].place == "hold_shelf":
                self.copies[own.kept or 0].place = "shelf"
        copy.lent = Lent(reader, now, due_after(now))
        copy.place, copy.at, copy.going = "loan", unit, None

    def give_back(self, item: int, moment: datetime) -> None:
        copy = self.copies[item]
        assert copy.lent is not None
        self.settle(copy.lent, moment)
        copy.lent = None
        self.ended += 1

    def take(self, item: int, unit: str, moment: datetime, serves: Waits | None) -> str:
        """The copy lies on a desk: end its loan and send it on; `serves` is who gets it. Returns the instruction."""
        copy = self.copies[item]
        if copy.lent is not None:
            self.give_back(item, moment)
        if copy.going not in (None, unit):
            copy.at = unit
            return "transfer"
        copy.at, copy.going = unit, None
        if serves is not None:
            serves.kept, serves.ready = item, serves.pickup == unit
            return self._go(copy, serves.pickup, there="hold_shelf")
        return self._go(copy, copy.home, there="shelf")

    @staticmethod
    def _go(copy: Copy, to: str, *, there: str) -> str:
        if copy.at == to:
            copy.place = there
            return {"shelf": "to_shelf"}.get(there, there)
        copy.place, copy.going = "transit", to
        return "transfer"
