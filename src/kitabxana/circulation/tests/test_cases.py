"""The cases of circulation that exist in this version, each under its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.models import Hold, Loan, PastHold, PastLoan
from kitabxana.circulation.operations import check_in, check_out, check_out_refusals, place_hold, renew
from kitabxana.circulation.queries import holds_of, loan, loans_of, past_loan, past_loans_of, queue_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.operations import add_item_type
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import add_closure, add_unit, set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import LIBRARIAN_HERE
from kitabxana.patrons.operations import restrict
from kitabxana.patrons.tests.builders import a_reader, mark_card

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.circulation.facts import CheckedIn, HoldFacts, LoanFacts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def lend(
    item: int, patron: int, *, unit: str = "GNC-M", by: Actor = SYSTEM, now: datetime = NOW, lift: str = "", **more: Any
) -> LoanFacts:
    return check_out(item_id=item, patron_id=patron, unit=unit, by=by, now=now, lift=frozenset(lift.split()), **more)


def take(item: int, *, unit: str = "GNC-M", days: int = 1) -> CheckedIn:
    return check_in(item_id=item, unit=unit, by=SYSTEM, now=NOW + timedelta(days=days))


def hold(record: int, patron: int, *, pickup: str = "GNC-M", minutes: int = 0, **more: Any) -> HoldFacts:
    now = NOW + timedelta(minutes=minutes)
    return place_hold(record_id=record, patron_id=patron, pickup_unit=pickup, by=SYSTEM, now=now, **more)


def refused(operation: Any, *arguments: Any, **more: Any) -> list[str]:
    with pytest.raises(Refused) as found:
        operation(*arguments, **more)
    return [refusal.code for refusal in found.value.refusals]


def place_of(item: int) -> str:
    return items_by_id([item])[item].place


def told(name: str) -> list[dict[str, Any]]:
    return [event.payload for event in OutboxEvent.objects.filter(name=name).order_by("pk")]


@pytest.mark.parametrize(
    ("mode", "due"), [("keep", date(2026, 12, 3)), ("next_open", date(2026, 12, 5)), ("skip_closed", date(2026, 12, 5))]
)
def test_case_01_a_due_date_on_a_closed_day_moves_by_the_chosen_mode_which_is_kept(mode: str, due: date) -> None:
    set_policy(name="loan_length", value=10, by=SYSTEM)
    set_policy(name="closed_days", value=mode, unit="GNC", by=SYSTEM)
    add_closure(unit="GNC", first_day=date(2026, 12, 3), last_day=date(2026, 12, 4), by=SYSTEM)
    made = lend(a_copy(a_record()), a_reader())
    assert (made.due_at + timedelta(hours=4)).date() == due
    assert Loan.objects.get().days_mode == mode


def test_case_02_a_library_of_which_nobody_said_when_it_is_open_lends_all_the_same() -> None:
    add_unit(code="TR", kind="nation", parent=None, names={}, zone="Europe/Istanbul", by=SYSTEM)
    add_unit(code="ANK", kind="system", parent="TR", names={}, by=SYSTEM)
    made = lend(a_copy(a_record(), unit="ANK"), a_reader(home_unit="ANK"), unit="ANK")
    assert made.due_at == datetime(2026, 12, 8, 20, 59, 59, tzinfo=UTC)


def test_case_06_a_day_loan_is_due_when_the_library_s_own_day_ends_midnight_or_not() -> None:
    add_unit(code="CL", kind="nation", parent=None, names={}, zone="America/Santiago", by=SYSTEM)
    set_policy(name="loan_length", value=1, unit="CL", by=SYSTEM)
    item, patron = a_copy(a_record(), unit="CL"), a_reader(home_unit="CL")
    # On 6 September 2026 there is no midnight in Santiago: the day begins at 01:00, at 04:00 UTC.
    made = lend(item, patron, unit="CL", now=datetime(2026, 9, 4, 15, tzinfo=UTC))
    assert made.due_at == datetime(2026, 9, 6, 3, 59, 59, tzinfo=UTC)
    take(item, unit="CL")
    made = lend(item, patron, unit="CL", now=datetime(2026, 9, 5, 15, tzinfo=UTC))
    assert made.due_at == datetime(2026, 9, 7, 2, 59, 59, tzinfo=UTC)


def test_case_10_a_copy_on_loan_is_refused_to_the_second_desk() -> None:
    item = a_copy(a_record())
    first = lend(item, a_reader())
    assert refused(lend, item, a_reader(card="R2"), unit="GNC-2") == ["on_loan"]
    assert loan(first.id) == first


def test_case_11_a_double_click_lends_once_and_returns_once() -> None:
    item, patron = a_copy(a_record()), a_reader()
    lend(item, patron)
    assert refused(lend, item, patron) == ["already_lent_to_patron"]
    assert take(item).loan is not None
    again = take(item)
    assert (again.loan, again.notes) == (None, ("not_on_loan",))
    assert PastLoan.objects.count() == 1
    assert len(told("loan.closed")) == 1
    assert items_by_id([item])[item].loans == 1


def test_case_12_an_item_on_loan_to_someone_else_is_taken_back_first_by_who_may() -> None:
    item = a_copy(a_record())
    first, second = a_reader(), a_reader(card="R2")
    lend(item, first)
    assert refused(lend, item, second, by=LIBRARIAN_HERE, lift="on_loan") == ["on_loan"]
    assert lend(item, second, lift="on_loan").patron_id == second  # returned, then lent: two events
    assert [past.patron_id for past in PastLoan.objects.all()] == [first]
    assert [len(told(name)) for name in ("loan.opened", "loan.closed")] == [2, 1]
    trail = AuditEntry.objects.filter(action__startswith="loan.").order_by("id").values_list("action", flat=True)
    assert list(trail) == ["loan.check_out", "loan.check_in", "loan.check_out"]


def test_case_13_an_item_the_reader_has_already_is_renewed_when_confirmed() -> None:
    item, patron = a_copy(a_record()), a_reader()
    made = lend(item, patron)
    assert refused(lend, item, patron) == ["already_lent_to_patron"]
    again = lend(item, patron, lift="already_lent_to_patron", now=NOW + timedelta(days=1))
    assert (again.id, again.renewals, again.due_at) == (made.id, 1, made.due_at + timedelta(days=15))
    assert [len(told(name)) for name in ("loan.opened", "loan.renewed")] == [1, 1]
    # The limit of one renewal is reached: now the rules of renewing stand in the way.
    assert refused(lend, item, patron, lift="already_lent_to_patron") == ["renewal_refused"]


def test_case_14_an_item_waiting_for_another_is_lent_only_by_permission_and_that_reader_waits_on() -> None:
    record = a_record()
    item, other, waiting, third = a_copy(record), a_copy(record, barcode="B2"), a_reader(), a_reader(card="R3")
    hold(record, waiting)
    take(item)
    assert refused(lend, item, third) == ["held_for_other"]
    assert refused(lend, item, third, by=LIBRARIAN_HERE, lift="held_for_other") == ["held_for_other"]
    made = lend(item, third, lift="held_for_other")
    assert Loan.objects.get(pk=made.id).lifted == ["held_for_other"]
    assert queue_of(record)[0].allocated_item_id is None
    assert take(other).instruction == "hold_shelf"
    assert queue_of(record)[0].allocated_item_id == other


@pytest.mark.parametrize("way", ["set aside", "first in line"])
def test_case_14_who_may_lend_it_all_the_same_may_end_that_hold_with_it(way: str) -> None:
    record = a_record()
    item, waiting, third = a_copy(record), a_reader(), a_reader(card="R3")
    hold(record, waiting)
    behind = hold(record, a_reader(card="R4"), minutes=1)
    if way == "set aside":
        take(item)
    code = "held_for_other" if way == "set aside" else "wanted_by_other"
    assert refused(lend, item, third, cancel_hold=True) == [code]
    assert len(queue_of(record)) == 2
    made = lend(item, third, lift=code, cancel_hold=True)
    assert [one.id for one in queue_of(record)] == [behind.id]
    assert PastHold.objects.get().outcome == "cancelled"
    assert PastHold.objects.get().item_id is None, "nothing is to be cleared from the hold shelf: it went out"
    assert AuditEntry.objects.filter(action="hold.cancel").count() == 1
    assert place_of(item) == "loan"
    assert not Loan.objects.get(pk=made.id).undoable


def test_case_14_a_hold_of_elsewhere_is_not_ended_by_a_desk_that_may_not() -> None:
    record = a_record()
    item, waiting, third = a_copy(record), a_reader(), a_reader(card="R3")
    hold(record, waiting)
    take(item)
    grants: dict[str, tuple[str, ...]] = dict.fromkeys(
        ("circulation.check_out", "circulation.override.held_for_other"), ("AZ/",)
    )
    may = Actor("desk", grants=grants)
    assert refused(lend, item, third, by=may, lift="held_for_other", cancel_hold=True) == ["not_permitted"]
    assert queue_of(record)[0].allocated_item_id == item
    assert lend(item, third, lift="held_for_other", by=may)
    assert len(queue_of(record)) == 1


@pytest.mark.parametrize("way", ["the copy set aside", "another copy", "none set aside yet", "on its way"])
def test_case_15_lending_to_a_reader_fills_their_hold(way: str) -> None:
    record, waiting = a_record(), a_reader()
    first, second = a_copy(record), a_copy(record, barcode="B2")
    hold(record, waiting, pickup="GNC-2" if way == "on its way" else "GNC-M")
    if way != "none set aside yet":
        take(first)
    lent = first if way == "the copy set aside" else second
    lend(lent, waiting)
    assert holds_of(waiting) == []
    assert PastHold.objects.get().outcome == "filled"
    assert place_of(first) == {"the copy set aside": "loan", "on its way": "transit"}.get(way, "shelf")
    if way == "on its way":  # it arrives where nobody waits any more, and goes home
        assert take(first, unit="GNC-2").instruction == "transfer"
        assert take(first).instruction == "to_shelf"


@pytest.mark.parametrize(
    ("state", "code", "note"),
    [
        ({"lost": "missing"}, "item_lost", "was_lost"),
        ({"damaged": True}, "item_damaged", "is_damaged"),
        ({"withdrawn": True}, "item_withdrawn", "is_withdrawn"),
        ({"restricted": True}, "item_restricted", None),
        ({"not_for_loan": True}, "item_not_for_loan", None),
    ],
)
def test_case_16_each_state_has_its_own_word_at_the_desk(state: dict[str, Any], code: str, note: str | None) -> None:
    record, patron = a_record(), a_reader()
    item = a_copy(record, **state)
    assert refused(lend, item, patron) == [code]
    if code != "item_damaged":
        assert refused(hold, record, patron) == ["nothing_to_hold"]
    lend(item, patron, lift=code)
    back = take(item)
    assert set(back.notes) == ({note} if note else set())
    assert items_by_id([item])[item].lost == ""


def test_case_16_what_may_not_be_lent_is_set_aside_for_nobody() -> None:
    record, waiting = a_record(), a_reader()
    a_copy(record, barcode="GOOD")
    states = ("withdrawn", "not_for_loan", "restricted")
    kept = [a_copy(record, barcode=state, **{state: True}) for state in states]  # type: ignore[arg-type]
    reference = a_copy(record, barcode="REF", item_type="REF")
    add_item_type(code="REF", names={}, not_for_loan=True, by=SYSTEM)
    hold(record, waiting)
    assert [take(item).instruction for item in (*kept, reference)] == ["to_shelf"] * 4
    assert queue_of(record)[0].allocated_item_id is None


def test_case_17_all_blocks_are_told_together_with_what_lifts_each() -> None:
    set_policy(name="max_loans", value=0, by=SYSTEM)
    item = a_copy(a_record(), damaged=True, lost="missing")
    add_unit(code="TR", kind="nation", parent=None, names={}, by=SYSTEM)
    patron = a_reader(home_unit="TR", expires_on=date(2026, 11, 22))
    restrict(patron_id=patron, reason="borc", by=SYSTEM)
    mark_card("R1", "lost")
    found = check_out_refusals(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    assert [(one.code, one.override) for one in found] == [
        ("card_invalid", None),
        *(
            (code, f"circulation.override.{code}")
            for code in (
                "card_expired", "patron_restricted", "patron_elsewhere", "item_lost", "item_damaged", "too_many_loans"
            )
        ),
    ]  # fmt: skip
    everything = " ".join(one.code for one in found)
    assert refused(lend, item, patron, lift=everything) == ["card_invalid"]
    assert not Loan.objects.exists()
    assert not AuditEntry.objects.filter(action="loan.check_out").exists()
    mark_card("R1", "valid")
    made = lend(item, patron, lift=everything)
    assert Loan.objects.get(pk=made.id).lifted == everything.split()[1:]


def test_case_17_a_membership_is_good_on_its_last_day() -> None:
    patron = a_reader(expires_on=date(2026, 11, 23))
    lend(a_copy(a_record()), patron, now=datetime(2026, 11, 23, 19, 59, tzinfo=UTC))
    later = datetime(2026, 11, 23, 20, tzinfo=UTC)  # midnight in Baku
    assert refused(lend, a_copy(a_record(), barcode="B2"), patron, now=later) == ["card_expired"]


def test_case_17_a_librarian_lifts_what_her_role_lifts() -> None:
    item = a_copy(a_record(), damaged=True, restricted=True)
    asked = "item_damaged item_restricted"
    assert refused(lend, item, a_reader(), by=LIBRARIAN_HERE, lift=asked) == ["item_restricted"]


@pytest.mark.parametrize(
    ("other_copy", "hold_on", "refusal"),
    [
        (None, None, ["renewal_needed_by_hold"]),
        ({}, None, []),
        ({"damaged": True}, None, []),
        ({"damaged": True, "hold_damaged": False}, None, ["renewal_needed_by_hold"]),
        ({"not_for_loan": True}, None, ["renewal_needed_by_hold"]),
        ({}, "this", ["renewal_needed_by_hold"]),
        ({}, "other", []),
    ],
)
def test_case_19_a_renewal_is_denied_when_a_hold_needs_this_copy_and_no_other_will_do(
    other_copy: dict[str, Any] | None, hold_on: str | None, refusal: list[str]
) -> None:
    record = a_record()
    item = a_copy(record)
    state = dict(other_copy or {})
    set_policy(name="hold_damaged", value=state.pop("hold_damaged", True), by=SYSTEM)
    other = a_copy(record, barcode="B2", **state) if other_copy is not None else 0
    made = lend(item, a_reader())
    hold(record, a_reader(card="R2"), item_id={"this": item, "other": other, None: None}[hold_on])
    if refusal:
        assert refused(renew, loan_id=made.id, by=SYSTEM, now=NOW) == refusal
    else:
        assert renew(loan_id=made.id, by=SYSTEM, now=NOW).renewals == 1


def test_case_19_a_hold_that_has_its_copy_needs_no_other() -> None:
    record = a_record()
    item, other = a_copy(record), a_copy(record, barcode="B2")
    made = lend(item, a_reader())
    hold(record, a_reader(card="R2"))
    take(other)
    assert renew(loan_id=made.id, by=SYSTEM, now=NOW).renewals == 1


def test_case_20_a_renewal_counts_from_the_due_date_and_from_today_when_that_has_passed() -> None:
    set_policy(name="renewals_allowed", value=2, by=SYSTEM)
    set_policy(name="renewal_length", value=5, by=SYSTEM)
    made = lend(a_copy(a_record()), a_reader())
    first = renew(loan_id=made.id, by=SYSTEM, now=NOW)
    assert first.due_at == made.due_at + timedelta(days=5)
    late = first.due_at + timedelta(days=3, hours=-1)
    second = renew(loan_id=made.id, by=SYSTEM, now=late)
    assert second.due_at == first.due_at + timedelta(days=8)
    assert refused(renew, loan_id=made.id, by=SYSTEM, now=late) == ["too_many_renewals"]
    third = renew(loan_id=made.id, by=SYSTEM, now=late, lift=frozenset({"too_many_renewals"}))
    assert (third.renewals, third.renewed_at) == (3, late)


def test_case_20_the_lending_library_s_rules_hold_wherever_the_reader_renews() -> None:
    set_policy(name="renewal_length", value=3, unit="GNC-M", by=SYSTEM)
    set_policy(name="renewal_length", value=30, unit="GNC-2", by=SYSTEM)
    patron = a_reader(home_unit="GNC-2")
    made = lend(a_copy(a_record(), unit="GNC-2"), patron)
    by = replace(LIBRARIAN_HERE, grants={}, patron_id=patron)
    assert renew(loan_id=made.id, by=by, now=NOW).due_at == made.due_at + timedelta(days=3)
    stranger = replace(by, patron_id=patron + 1)
    assert refused(renew, loan_id=made.id, by=stranger, now=NOW) == ["not_permitted"]


def test_case_22_a_check_in_says_one_thing_hold_first_then_home_then_shelf() -> None:
    record, item = (one := a_record()), a_copy(one, unit="GNC-2")
    assert take(item, unit="GNC-2").instruction == "to_shelf"
    sent = take(item)
    assert (sent.instruction, sent.to_unit, sent.hold) == ("transfer", "GNC-2", None)
    hold(record, a_reader())
    caught = take(item, unit="GNC-2")  # arrived home, and wanted at the other desk
    assert (caught.instruction, caught.to_unit) == ("transfer", "GNC-M")
    assert caught.hold is not None
    arrived = take(item)
    assert (arrived.instruction, arrived.to_unit) == ("hold_shelf", "GNC-M")


def test_case_23_no_transfer_goes_from_a_library_to_itself() -> None:
    item = a_copy(a_record())
    assert take(item).instruction == "to_shelf"
    assert place_of(item) == "shelf"


def test_case_24_an_item_in_transit_scanned_elsewhere_keeps_its_destination() -> None:
    item = a_copy(a_record(), unit="GNC-2")
    take(item)
    astray = take(item, unit="SAK-M")
    assert (astray.instruction, astray.to_unit, astray.notes) == ("transfer", "GNC-2", ("wrong_library",))
    assert items_by_id([item])[item].holding_unit == "SAK-M"
    assert take(item, unit="GNC-2").instruction == "to_shelf"


def test_case_24_an_item_underway_for_a_hold_keeps_that_too() -> None:
    record, item = (one := a_record()), a_copy(one)
    hold(record, waiting := a_reader(), pickup="GNC-2")
    take(item)
    astray = take(item, unit="SAK-M")
    assert (astray.to_unit, astray.hold and astray.hold.patron_id) == ("GNC-2", waiting)
    assert told("hold.ready") == []


def test_case_25_only_arrival_starts_the_shelf_clock_and_tells_the_reader_once() -> None:
    set_policy(name="hold_shelf_days", value=3, by=SYSTEM)
    record, item = (one := a_record()), a_copy(one)
    placed = hold(record, a_reader(), pickup="GNC-2")
    sent = take(item, days=1)
    assert sent.hold is not None
    assert (sent.hold.allocated_item_id, sent.hold.ready_at, sent.hold.expires_on) == (item, None, None)
    assert told("hold.ready") == []
    arrived = take(item, unit="GNC-2", days=4)
    assert arrived.hold is not None
    assert arrived.hold == holds_of(placed.patron_id)[0]
    assert (arrived.hold.ready_at, arrived.hold.expires_on) == (NOW + timedelta(days=4), date(2026, 11, 30))
    again = take(item, unit="GNC-2", days=6)
    assert again.hold == arrived.hold
    assert told("hold.ready") == [{"hold": placed.id}]


def test_case_25_a_ready_copy_that_turns_up_elsewhere_is_ready_again_only_when_back() -> None:
    record, item = (one := a_record()), a_copy(one)
    hold(record, a_reader())
    take(item, days=1)
    elsewhere = take(item, unit="GNC-2", days=2)
    assert (elsewhere.instruction, elsewhere.to_unit) == ("transfer", "GNC-M")
    assert elsewhere.hold is not None
    assert elsewhere.hold.ready_at is None
    assert_all_true()
    back = take(item, days=5)
    assert back.hold is not None
    assert back.hold.ready_at == NOW + timedelta(days=5)


def test_case_26_the_last_day_on_the_hold_shelf_is_an_open_one() -> None:
    set_policy(name="hold_shelf_days", value=3, by=SYSTEM)
    add_closure(unit="GNC-M", first_day=date(2026, 11, 27), last_day=date(2026, 11, 29), by=SYSTEM)
    record, item = (one := a_record()), a_copy(one)
    hold(record, a_reader())
    ready = take(item, days=1).hold
    assert ready is not None
    assert ready.expires_on == date(2026, 11, 30)


def test_case_28_an_item_hold_takes_that_item_only_and_a_title_hold_any() -> None:
    record = a_record()
    this, other = a_copy(record), a_copy(record, barcode="B2")
    picky, easy, last = a_reader(), a_reader(card="R2"), a_reader(card="R3")
    hold(record, picky, item_id=this)
    hold(record, easy, minutes=1)
    hold(record, last, minutes=2)
    first = take(other).hold
    assert first is not None
    assert first.patron_id == easy  # the picky reader is ahead but waits for the other copy
    second = take(this).hold
    assert second is not None
    assert second.patron_id == picky
    assert [one.allocated_item_id for one in queue_of(record)] == [this, other, None]


def test_case_28_the_queue_is_by_class_then_time_then_number() -> None:
    record, _ = (one := a_record()), a_copy(one)
    readers = [a_reader(card=f"R{number}") for number in range(4)]
    placed = [hold(record, reader, minutes=minutes) for reader, minutes in zip(readers, (5, 3, 3, 9), strict=True)]
    Hold.objects.filter(pk=placed[3].id).update(priority_class=-1)
    assert [one.patron_id for one in queue_of(record)] == [readers[3], readers[1], readers[2], readers[0]]


def test_a_hold_is_refused_with_all_its_reasons() -> None:
    set_policy(name="max_holds", value=1, by=SYSTEM)
    record, patron = a_record(), a_reader(expires_on=date(2026, 11, 22))
    item = a_copy(record)
    assert refused(hold, record, patron) == ["card_expired"]
    hold(record, patron, lift=frozenset({"card_expired"}))
    assert refused(hold, record, patron) == ["card_expired", "already_on_hold", "too_many_holds"]
    lend(item, patron, lift="card_expired")  # fills the hold
    assert refused(hold, record, patron) == ["card_expired", "already_lent_to_patron"]
    assert refused(hold, a_record(), patron) == ["card_expired", "nothing_to_hold"]
    assert refused(hold, 10**9, patron) == ["unknown_record"]


def test_case_38_a_check_in_of_an_item_not_on_loan_is_useful() -> None:
    record, item = (one := a_record()), a_copy(one)
    seen = take(item, days=2)
    assert (seen.loan, seen.instruction, seen.notes) == (None, "to_shelf", ("not_on_loan",))
    assert items_by_id([item])[item].last_seen_at == NOW + timedelta(days=2)
    hold(record, a_reader())
    trapped = take(item, days=3)
    assert (trapped.instruction, trapped.notes) == ("hold_shelf", ("not_on_loan",))
    assert told("loan.closed") == []


def test_a_return_keeps_the_loan_as_it_was() -> None:
    item, patron = a_copy(a_record(), damaged=True), a_reader()
    made = lend(item, patron, lift="item_damaged")
    back = take(item, unit="GNC-2", days=3)
    assert back.loan == made
    kept = past_loan(made.id)
    assert kept is not None
    assert past_loans_of(patron) == [kept]
    assert (kept.unit, kept.return_unit, kept.due_at, kept.returned_at) == (
        "GNC-M", "GNC-2", made.due_at, NOW + timedelta(days=3)
    )  # fmt: skip
    assert PastLoan.objects.get().lifted == ["item_damaged"]
    assert loans_of(patron) == []


def test_what_is_not_there_is_refused_by_its_name() -> None:
    item, patron = a_copy(a_record()), a_reader()
    assert refused(lend, 10**9, patron) == ["unknown_item"]
    assert refused(lend, item, 10**9) == ["unknown_patron"]
    assert refused(lend, item, patron, unit="NONE") == ["unknown_unit"]
    assert refused(take, 10**9) == ["unknown_item"]
    assert refused(renew, loan_id=10**9, by=SYSTEM, now=NOW) == ["unknown_loan"]
