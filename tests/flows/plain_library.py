"""Lending as one would keep it on paper: who has which copy, who waits for which title, what each reader owes.

It knows no database and none of the house's rules; it is what the machine compares the house with. Every library is
open every day, a loan runs `LENGTH` days and a late day costs `FINE`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Baku")
LENGTH, RENEWALS, MOST_LOANS, FINE, SHELF_DAYS = 5, 2, 3, 20, 7


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
    """`copy` is the one asked for (None: any); `kept` the one kept for this reader, `ready` when it is at hand, to be
    fetched on the day `fetch_by` at the latest. Who `rests` is passed over, where a day is said until its morning."""

    number: int
    reader: int
    title: int
    copy: int | None
    pickup: str
    kept: int | None = None
    ready: bool = False
    fetch_by: date | None = None
    rests: bool = False
    rests_until: date | None = None


@dataclass
class Copy:
    title: int
    home: str
    at: str
    place: str = "shelf"
    going: str | None = None
    sent_from: str | None = None
    lent: Lent | None = None


@dataclass
class Scan:
    """A lending or a return. `alone`: nothing else changed with it; not `sure` when something came between that paper
    doesn't tell apart. A return knows the copy's loan and where it had been lent."""

    kind: str
    loan: int
    item: int
    unit: str
    at: datetime
    lent: Lent
    lent_from: str
    alone: bool
    sure: bool = True


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
        waiting = [one for one in self.line if one.title == title and one.kept is None and not one.rests]
        return [one for one in waiting if one.copy in (None, item)]

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
        waiting = [one for one in self.line if one.title == title and not one.rests]
        others = [one for one in waiting if lent and one.reader != lent.reader]
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
            kept.kept, kept.ready, kept.fetch_by = None, False, None
        own = next((one for one in self.line if one.reader == reader and one.title == copy.title), None)
        if own is not None:
            self.leave(own, taken=item)
        copy.lent = Lent(reader, now, due_after(now))
        copy.place, copy.at, copy.going, copy.sent_from = "loan", unit, None, None

    def not_undone(self, scan: Scan, now: datetime) -> set[str]:
        """What stands against undoing the last scan."""
        copy = self.copies[scan.item]
        if scan.kind == "lend" and copy.lent is not scan.lent:
            return {"unknown_loan"}
        if scan.kind == "lend":
            as_left = scan.lent.renewals == 0 and scan.lent.lost_at is None
        else:
            left_there = copy.sent_from if copy.place == "transit" else copy.at if copy.place == "shelf" else None
            as_left = copy.lent is None and left_there == scan.unit and self.kept_for(scan.item) is None
        in_time = now - scan.at <= timedelta(minutes=10)
        return set() if scan.alone and as_left and in_time else {"too_late_to_undo"}

    def undo(self, scan: Scan) -> None:
        copy = self.copies[scan.item]
        copy.going = copy.sent_from = None
        if scan.kind == "lend":
            copy.lent, copy.place = None, "shelf"
        else:
            copy.lent, copy.place, copy.at = scan.lent, "loan", scan.lent_from
            self.ended -= 1

    def leave(self, hold: Waits, *, taken: int | None = None) -> None:
        """Wait no more; a copy that stood ready is cleared from the hold shelf, one on its way goes on."""
        self.line.remove(hold)
        if hold.kept not in (None, taken) and hold.ready:
            self.copies[hold.kept or 0].place = "shelf"

    def fetch_elsewhere(self, hold: Waits, unit: str) -> None:
        """A copy that stood ready is back among the others until it is scanned; one on its way goes there, unless it
        was sent off from there."""
        if hold.pickup == unit:
            return
        hold.pickup = unit
        copy = self.copies[hold.kept] if hold.kept is not None else None
        if copy is not None and hold.ready:
            copy.place, hold.kept, hold.ready, hold.fetch_by = "shelf", None, False, None
        elif copy is not None and copy.sent_from != unit:
            copy.going = unit

    def night(self, now: datetime) -> None:
        """Who rested long enough waits again; what nobody fetched is cleared."""
        today = day_of(now)
        for hold in list(self.line):
            if hold.rests_until is not None and hold.rests_until <= today:
                hold.rests, hold.rests_until = False, None
            if hold.fetch_by is not None and hold.fetch_by < today:
                self.leave(hold)

    def give_back(self, item: int, moment: datetime) -> None:
        copy = self.copies[item]
        assert copy.lent is not None
        self.settle(copy.lent, moment)
        copy.lent = None
        self.ended += 1

    def take(self, item: int, unit: str, moment: datetime, serves: Waits | None, *, now: datetime) -> str:
        """The copy, back at `moment`, lies on a desk: end its loan and send it on; `serves` is who gets it. Returns the
        instruction."""
        copy = self.copies[item]
        if copy.lent is not None:
            self.give_back(item, moment)
        if copy.going not in (None, unit):
            copy.at = unit
            return "transfer"
        copy.at, copy.going, copy.sent_from = unit, None, None
        if serves is not None:
            serves.kept, serves.ready = item, serves.pickup == unit
            first_day = serves.fetch_by or day_of(now) + timedelta(days=SHELF_DAYS)
            serves.fetch_by = first_day if serves.ready else None
            return self._go(copy, serves.pickup, there="hold_shelf")
        return self._go(copy, copy.home, there="shelf")

    @staticmethod
    def _go(copy: Copy, to: str, *, there: str) -> str:
        if copy.at == to:
            copy.place = there
            return {"shelf": "to_shelf"}.get(there, there)
        copy.place, copy.going, copy.sent_from = "transit", to, copy.at
        return "transfer"
