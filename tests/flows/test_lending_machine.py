"""Any desk, any reader, any hour: the house does what lending on paper does, and nothing of it is ever untrue.

Short in every run; `pytest --long` looks for hours' worth of turns.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.facts import Till
from kitabxana.charges.operations import pay
from kitabxana.charges.queries import account
from kitabxana.circulation import operations as do
from kitabxana.circulation.queries import loans_by_item, queue_of
from kitabxana.circulation.tests.builders import PastLoan
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.cli.consistency import broken
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import lift_restriction, restrict
from kitabxana.patrons.tests.builders import a_reader
from tests.flows.plain_library import FINE, LENGTH, MOST_LOANS, RENEWALS, Copy, PlainLibrary, Scan, Waits, day_of

UNITS = ("GNC-M", "GNC-2", "SAK-M")
READERS, COPIES = 4, ((0, "GNC-M"), (0, "GNC-2"), (0, "SAK-M"), (1, "GNC-M"), (1, "SAK-M"), (2, "GNC-M"))
ALL = frozenset(
    {"on_loan", "held_for_other", "wanted_by_other", "too_many_loans", "patron_restricted", "item_lost",
     "already_lent_to_patron", "renewal_needed_by_hold", "too_many_renewals"}
)  # fmt: skip
units, readers, copies = st.sampled_from(UNITS), st.integers(0, READERS - 1), st.integers(0, len(COPIES) - 1)
picks, regrets = st.integers(0, 11), st.sampled_from([False, False, True])
SEED = 14
ACTED: Counter[str] = Counter()
"""How often each rule did something rather than being refused, over the whole run."""


class Lending(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.now = datetime(2026, 11, 23, 6, tzinfo=UTC)
        self.plain = PlainLibrary()
        self.restrictions: dict[int, int] = {}
        self.last: Scan | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @initialize()
    def open_the_libraries(self) -> None:
        a_nation()
        values = {"loan_length": LENGTH, "renewals_allowed": RENEWALS, "max_loans": MOST_LOANS, "fine_amount": FINE}
        for name, value in values.items():
            set_policy(name=name, value=value, by=SYSTEM)
        self.titles = [a_record() for _ in range(3)]
        self.items = [a_copy(self.titles[title], barcode=f"B{n}", unit=at) for n, (title, at) in enumerate(COPIES)]
        self.readers = [a_reader(card=f"R{number}") for number in range(READERS)]
        self.plain.copies = {
            item: Copy(self.titles[title], at, at) for item, (title, at) in zip(self.items, COPIES, strict=True)
        }

    def attempt(self, name: str, operation: Any, *, must: set[str], may: set[str] = frozenset(), **asked: Any) -> Any:  # type: ignore[assignment]
        """Do it; what it is refused for must be all of `must` and nothing beyond `must` and `may`."""
        self.now += timedelta(seconds=1)
        found: set[str] = set()
        done = None
        try:
            with transaction.atomic():
                done = operation(by=SYSTEM, now=self.now, **asked)
        except Refused as refused:
            found = {refusal.code for refusal in refused.refusals}
        else:
            ACTED[name] += 1
        assert must <= found <= must | may, (name, found, must, may)
        return done

    @rule(hours=st.integers(1, 60) | st.integers(24 * LENGTH, 24 * 2 * LENGTH))
    def time_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        if hours > 24:
            self.reckon()

    @rule(copy=copies, reader=readers, unit=units, lifted=st.booleans(), regretted=regrets)
    def lend(self, copy: int, reader: int, unit: str, lifted: bool, regretted: bool) -> None:  # noqa: FBT001 - hypothesis calls it
        item, patron = self.items[copy], self.readers[reader]
        must, may = self.against_lending(item, patron)
        fetched = any(hold.target_item_id == item for hold in queue_of(self.plain.copies[item].title))
        if lifted:
            must, may = must - ALL, may - ALL
        done = self.attempt(
            "lend", do.check_out, must=must, may=may, item_id=item, patron_id=patron, unit=unit,
            lift=ALL if lifted else frozenset(),
        )  # fmt: skip
        lent = self.plain.copies[item].lent
        if done is not None and lent is not None and lent.reader == patron:
            ACTED["renewed by lending"] += 1
            self.plain.renew(item, self.now)
        elif done is not None:
            alone = self.lends_only(item, patron, unit) and not fetched
            self.plain.lend(item, patron, unit, self.now)
            given = self.plain.copies[item].lent
            assert given is not None
            self.last = Scan("lend", done.id, item, unit, self.now, given, unit, alone)
            if regretted:
                self.undo()

    def lends_only(self, item: int, patron: int, unit: str) -> bool:
        copy = self.plain.copies[item]
        own = any(one.reader == patron and one.title == copy.title for one in self.plain.line)
        return (copy.place, copy.at) == ("shelf", unit) and not own and self.plain.kept_for(item) is None

    def against_lending(self, item: int, patron: int) -> tuple[set[str], set[str]]:
        """(what must be refused, what may be besides): who is next in line depends on what is being fetched."""
        plain, may = self.plain, set[str]()
        copy, kept = plain.copies[item], plain.kept_for(item)
        own = copy.lent is not None and copy.lent.reader == patron
        must = {"patron_restricted"} if patron in plain.restricted else set()
        if copy.lent is not None and copy.lent.lost_at is not None:
            must.add("item_lost")
        if copy.lent is not None and not own:
            must.add("on_loan")
        if own:
            self._against_renewing_by_lending(item, must, may)
        elif len(plain.has(patron)) >= MOST_LOANS:
            must.add("too_many_loans")
        line = plain.candidates(item)
        if kept is not None and kept.reader != patron:
            must.add("held_for_other")
        elif kept is None and any(one.reader != patron for one in line):
            (may if self.fetched(line) or line[0].reader == patron else must).add("wanted_by_other")
        return must, may

    def _against_renewing_by_lending(self, item: int, must: set[str], may: set[str]) -> None:
        sure, perhaps = self.plain.others_wait(item)
        full = len(self.plain.has(self.plain.copies[item].lent.reader)) >= MOST_LOANS  # type: ignore[union-attr]
        if self.plain.renewal_refused(item) or sure:
            must |= {"renewal_refused"} | ({"too_many_loans"} if full else set())
        elif perhaps:
            may |= {"renewal_refused", "already_lent_to_patron", "too_many_loans"}
        else:
            must.add("already_lent_to_patron")

    def fetched(self, line: list[Waits]) -> bool:
        """Whether a copy is being fetched from its shelf for one of these: then the line is not in plain order."""
        whole = {hold.id: hold for title in self.titles for hold in queue_of(title)}
        return any(whole[one.number].target_item_id is not None for one in line)

    @rule(copy=copies, unit=units, back=st.sampled_from([0.0, 0.0, 0.3]), regretted=regrets)
    def take(self, copy: int, unit: str, back: float, regretted: bool = False) -> None:  # noqa: FBT001, FBT002 - as above
        item = self.items[copy]
        plain = self.plain.copies[item]
        self.now += timedelta(seconds=1)
        came = self.now - (self.now - plain.lent.lent_at) * back if plain.lent else self.now
        line, kept = self.plain.candidates(item), self.plain.kept_for(item)
        fetched = self.fetched(line)
        self.now -= timedelta(seconds=1)
        done = self.attempt(
            "take", do.check_in, must=set(), item_id=item, unit=unit, returned_at=came if plain.lent else None
        )
        astray = plain.going not in (None, unit)
        serves = next((one for one in self.plain.line if done.hold and one.number == done.hold.id), None)
        if kept is not None:
            assert serves is kept
        elif fetched and not astray:
            assert serves is None or serves in line
        elif not astray:
            assert serves is (line[0] if line else None)
        if plain.lent is not None:
            alone = plain.lent.lost_at is None and plain.lent.due >= self.now
            self.last = Scan("take", done.loan.id, item, unit, self.now, plain.lent, plain.at, alone)
        elif self.last is not None and self.last.item == item:
            self.last.sure = False
        assert self.plain.take(item, unit, came, serves, now=self.now) == done.instruction
        if regretted:
            self.undo()

    @rule()
    def undo(self) -> None:
        """The last lending or return, however long ago it was."""
        scan = self.last
        if scan is None:
            return
        against = self.plain.not_undone(scan, self.now + timedelta(seconds=1))
        may = set() if scan.sure else {"too_late_to_undo"}
        operation = do.undo_check_out if scan.kind == "lend" else do.undo_check_in
        done = self.attempt(f"undo {scan.kind}", operation, must=against, may=may, loan_id=scan.loan, unit=scan.unit)
        if done is not None:
            self.plain.undo(scan)
            self.last = None

    @rule(pick=picks)
    def receive(self, pick: int) -> None:
        """What is on its way comes to where it goes."""
        underway = [number for number, item in enumerate(self.items) if self.plain.copies[item].going]
        if underway:
            copy = underway[pick % len(underway)]
            unit = self.plain.copies[self.items[copy]].going
            assert unit is not None
            self.take(copy, unit, 0.0)
            ACTED["receive"] += 1

    @rule(pick=picks)
    def renew(self, pick: int) -> None:
        item = self.one_lent(pick)
        if item is None:
            return
        sure, perhaps = self.plain.others_wait(item)
        done = self.attempt(
            "renew", do.renew, loan_id=loans_by_item([item])[item].id,
            must=self.plain.renewal_refused(item) | ({"renewal_needed_by_hold"} if sure else set()),
            may={"renewal_needed_by_hold"} if perhaps else set(),
        )  # fmt: skip
        if done is not None:
            self.plain.renew(item, self.now)

    def one_lent(self, pick: int) -> int | None:
        """One of the copies that somebody has; None where all are in."""
        lent = [item for item in self.items if self.plain.copies[item].lent is not None]
        return lent[pick % len(lent)] if lent else None

    @rule(reader=readers, title=st.integers(0, 2), pickup=units, wanted=st.none() | copies)
    def hold(self, reader: int, title: int, pickup: str, wanted: int | None) -> None:
        patron, record = self.readers[reader], self.titles[title]
        item = self.items[wanted] if wanted is not None and COPIES[wanted][0] == title else None
        wide = [one for number, one in self.plain.copies.items() if one.title == record and item in (None, number)]
        must = {
            "patron_restricted": patron in self.plain.restricted,
            "nothing_to_hold": all(one.lent is not None and one.lent.lost_at is not None for one in wide),
            "already_on_hold": any(one.reader == patron and one.title == record for one in self.plain.line),
            "already_lent_to_patron": any(one.title == record for one in self.plain.has(patron)),
        }
        done = self.attempt(
            "hold", do.place_hold, must={code for code, true in must.items() if true},
            record_id=record, patron_id=patron, pickup_unit=pickup, item_id=item,
        )  # fmt: skip
        if done is not None:
            self.plain.line.append(Waits(done.id, patron, record, item, pickup))

    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        for hold in self.one_who_waits(pick):
            ACTED["cancel with a copy"] += hold.kept is not None
            self.attempt("cancel", do.cancel_hold, must=set(), hold_id=hold.number)
            self.plain.leave(hold)

    @rule(pick=picks, days=st.none() | st.integers(-1, 3))
    def suspend(self, pick: int, days: int | None) -> None:
        for hold in self.one_who_waits(pick):
            until = None if days is None else day_of(self.now + timedelta(seconds=1)) + timedelta(days=days)
            must = {"hold_has_copy"} if hold.kept is not None else set()
            if not must and days is not None and days <= 0:
                must = {"suspended_in_past"}
            if self.attempt("suspend", do.suspend_hold, must=must, hold_id=hold.number, until=until) is not None:
                hold.rests, hold.rests_until = True, until

    @rule(pick=picks)
    def resume(self, pick: int) -> None:
        for hold in self.one_who_waits(pick):
            must = set() if hold.rests else {"not_suspended"}
            if self.attempt("resume", do.resume_hold, must=must, hold_id=hold.number) is not None:
                hold.rests, hold.rests_until = False, None

    @rule(pick=picks, unit=units)
    def fetch_elsewhere(self, pick: int, unit: str) -> None:
        for hold in self.one_who_waits(pick):
            ACTED["pickup of a kept copy"] += hold.kept is not None and hold.pickup != unit
            self.attempt("pickup", do.change_pickup, must=set(), hold_id=hold.number, pickup_unit=unit)
            self.plain.fetch_elsewhere(hold, unit)

    def one_who_waits(self, pick: int) -> list[Waits]:
        """One of those in line, whoever it is; none where nobody waits."""
        return [self.plain.line[pick % len(self.plain.line)]] if self.plain.line else []

    @rule(pick=picks)
    def find_at_home(self, pick: int) -> None:
        item = self.one_lent(pick)
        lent = self.plain.copies[item].lent if item is not None else None
        if item is None or lent is None:
            return
        must = set() if lent.lost_at is not None else {"not_lost"}
        self.attempt("find at home", do.declare_found, must=must, loan_id=loans_by_item([item])[item].id)
        lent.lost_at = None

    @rule(pick=picks)
    def lose(self, pick: int) -> None:
        item = self.one_lent(pick)
        lent = self.plain.copies[item].lent if item is not None else None
        if item is None or lent is None or lent.lost_at is not None:
            return
        if self.last is not None and self.last.lent is lent:
            self.last.sure = False  # it cost something, or nothing
        self.attempt("lose", do.declare_lost, must=set(), loan_id=loans_by_item([item])[item].id)
        self.plain.settle(lent, self.now)
        lent.lost_at = self.now

    @rule()
    def night_falls(self) -> None:
        self.reckon()

    def reckon(self) -> None:
        self.now += timedelta(seconds=1)
        do.accrue_fines(by=SYSTEM, now=self.now)
        do.end_false_fines(by=SYSTEM, now=self.now)
        ACTED["resume by day"] += do.resume_holds(now=self.now)
        ACTED["expire"] += do.expire_holds(now=self.now)
        self.plain.night(self.now)
        for copy in self.plain.copies.values():
            if copy.lent is not None and copy.lent.lost_at is None:
                copy.lent.booked = copy.lent.fine(self.now) - copy.lent.settled
                ACTED["fine"] += copy.lent.booked > 0

    @rule(reader=readers, share=st.integers(1, 3))
    def pay(self, reader: int, share: int) -> None:
        for patron in self.readers[reader:] + self.readers[:reader]:  # the first who owes anything
            owed = account(patron).balances
            coins = owed["AZN"].owed_minor // share if "AZN" in owed else 0
            if coins:
                till = Till("GNC-M", "card", None)
                self.attempt("pay", pay, must=set(), patron_id=patron, amount_minor=coins, till=till)
                self.plain.paid[patron] = self.plain.paid.get(patron, 0) + coins
                return

    @rule(reader=readers)
    def restrict_or_lift(self, reader: int) -> None:
        patron = self.readers[reader]
        if patron in self.plain.restricted:
            lift_restriction(restriction_id=self.restrictions[patron], by=SYSTEM)
            self.plain.restricted.remove(patron)
        else:
            self.restrictions[patron] = restrict(patron_id=patron, reason="gözləyin", by=SYSTEM)
            self.plain.restricted.add(patron)

    @invariant()
    def nothing_is_untrue(self) -> None:
        if hasattr(self, "readers"):
            assert broken() == []
            assert_all_true()

    @invariant()
    def nobody_waits_beside_a_copy(self) -> None:
        """A copy that is to be fetched stands on its shelf, kept for nobody yet; no other there that is waited for."""
        if not hasattr(self, "readers"):
            return
        for title in self.titles:
            queue = queue_of(title)
            shelved = {item for item, one in self.plain.copies.items() if one.title == title and one.place == "shelf"}
            fetched = {hold.target_item_id: hold for hold in queue if hold.target_item_id is not None}
            ACTED["fetch"] += len(fetched)
            assert fetched.keys() <= shelved
            assert all(hold.item_id in (None, item) and hold.waiting for item, hold in fetched.items())
            idle = shelved - fetched.keys()
            for hold in queue:
                if hold.target_item_id is None and hold.allocated_item_id is None and not hold.suspended:
                    assert not any(hold.item_id in (None, item) for item in idle), (hold, idle)

    @invariant()
    def both_say_the_same(self) -> None:
        if not hasattr(self, "readers"):
            return
        loans, items = loans_by_item(self.items), items_by_id(self.items)
        for item, plain in self.plain.copies.items():
            loan, copy = loans.get(item), items[item]
            assert (copy.place, copy.holding_unit, bool(copy.lost)) == (
                plain.place, plain.at, bool(plain.lent and plain.lent.lost_at)
            )  # fmt: skip
            assert (loan and (loan.patron_id, loan.due_at, loan.renewals)) == (
                plain.lent and (plain.lent.reader, plain.lent.due, plain.lent.renewals)
            )
        for title in self.titles:
            assert [
                (hold.id, hold.patron_id, hold.allocated_item_id, hold.expires_on, hold.suspended, hold.pickup_unit)
                for hold in queue_of(title)
            ] == [
                (one.number, one.reader, one.kept, one.fetch_by, one.rests, one.pickup)
                for one in self.plain.line if one.title == title
            ]  # fmt: skip
        for patron in self.readers:
            balance = account(patron).balances.get("AZN")
            assert (balance.net_minor if balance else 0) == self.plain.owes(patron)
        assert PastLoan.objects.count() == self.plain.ended


@pytest.mark.slow
@pytest.mark.django_db
def test_the_house_lends_as_one_would_on_paper(long: bool) -> None:  # noqa: FBT001 - a fixture
    ACTED.clear()
    every = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Lending if long else seed(SEED)(Lending),  # a seed of which every kind of act comes
        settings=settings(
            max_examples=400 if long else 12,
            stateful_step_count=60 if long else 40,
            deadline=None,
            suppress_health_check=every,
        ),
    )
    acts = "lend take receive hold fetch renew lose fine pay cancel suspend resume pickup"
    assert min(ACTED[name] for name in [*acts.split(), "undo lend", "undo take"]) > 0, ACTED
