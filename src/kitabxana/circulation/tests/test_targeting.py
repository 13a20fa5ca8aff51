"""Which copy is fetched for whom: at once, at every event, and for that title alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from kitabxana.base import outbox
from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import (
    ask_again,
    cancel_hold,
    change_pickup,
    claim_returned,
    close_suddenly,
    expire_holds,
    follow_closings,
    follow_copies,
    follow_holds,
    follow_loans,
    move_hold,
    not_found,
    place_first_of,
    place_hold,
    resume_hold,
    settle_claim,
    suspend_hold,
)
from kitabxana.circulation.queries import holds_of, queue_of
from kitabxana.circulation.queries.holds import pull_list, ranks, to_clear
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take
from kitabxana.holdings.operations import set_state
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_closure, set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.circulation.facts import HoldFacts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def waits(record: int, patron: int, *, at: str = "GNC-M", minutes: float = 0, **more: Any) -> HoldFacts:
    now = NOW + timedelta(minutes=minutes)
    return place_hold(record_id=record, patron_id=patron, pickup_unit=at, by=SYSTEM, now=now, **more)


def fetched(record: int) -> dict[int, int]:
    """hold → the copy that is fetched for it."""
    return {hold.id: hold.target_item_id for hold in queue_of(record) if hold.target_item_id is not None}


def worker() -> None:
    """What the worker does with the events so far, as far as they are circulation's."""
    copies = ("item.changed", "hold.changed", "hold.ended")
    loans = ("loan.opened", "loan.closed", "copy.shelved")
    handlers = dict.fromkeys(copies, (follow_copies,)) | dict.fromkeys(loans, (follow_loans,))
    outbox.deliver(handlers | {"hold.placed": (follow_holds,), "library.closed": (follow_closings,)})


def readers(count: int, **more: Any) -> list[int]:
    return [a_reader(card=f"R{number}", **more) for number in range(count)]


def test_a_copy_on_the_shelf_is_fetched_for_the_first_and_for_nobody_else() -> None:
    record = a_record()
    item = a_copy(record)
    first, second = (waits(record, reader, minutes=n) for n, reader in enumerate(readers(2)))
    assert first.target_item_id == item
    assert second.target_item_id is None
    assert [(one.item.id, one.hold.id) for one in pull_list("GNC-M")] == [(item, first.id)]
    assert pull_list("GNC-2") == []


def test_one_that_stands_where_it_is_fetched_then_one_that_belongs_there_then_the_nearest() -> None:
    record = a_record()
    far = a_copy(record, barcode="FAR", unit="SAK-M")
    near = a_copy(record, barcode="NEAR", unit="GNC-2")
    here = a_copy(record, barcode="HERE", unit="GNC-M")
    holds = [waits(record, reader, minutes=n) for n, reader in enumerate(readers(3))]
    assert [hold.target_item_id for hold in holds] == [here, near, far]


def test_the_turn_of_a_library_comes_before_the_way_and_none_is_asked_for_nothing() -> None:
    record = a_record()
    far = a_copy(record, barcode="FAR", unit="SAK-M")
    near = a_copy(record, barcode="NEAR", unit="GNC-2")
    set_policy(name="hold_source_turn", value=5, unit="GNC-2", by=SYSTEM)
    one, other, third = readers(3)
    assert waits(record, one).target_item_id == far
    set_policy(name="hold_source_turn", value=None, unit="GNC-2", by=SYSTEM)
    assert waits(record, other, minutes=1).target_item_id is None
    assert waits(record, third, at="GNC-2", minutes=2).target_item_id == near  # it does not travel


def test_local_readers_first_where_policy_says_so() -> None:
    policy(local_holds_first="pickup_here")
    record = a_record()
    item = a_copy(record, unit="GNC-2")
    lend(item, a_reader(card="X"), unit="GNC-2")
    elsewhere, local = readers(2)
    waits(record, elsewhere)
    hold = waits(record, local, at="GNC-2", minutes=1)
    back = take(item, unit="GNC-2")
    assert back.hold is not None
    assert back.hold.id == hold.id


def test_a_certain_copy_is_left_for_who_waits_for_it_alone() -> None:
    record = a_record()
    first, second = a_copy(record), a_copy(record, barcode="B2")
    any_copy, certain = readers(2)
    one = waits(record, any_copy)
    assert one.target_item_id == first
    lend(second, a_reader(card="X"))
    other = waits(record, certain, minutes=1, item_id=second)
    assert other.target_item_id is None
    take(second)
    assert fetched(record) == {one.id: first}
    assert [hold.allocated_item_id for hold in queue_of(record)] == [None, second]


def test_a_copy_in_hand_goes_to_the_first_whose_fetched_copy_then_goes_to_the_next() -> None:
    record = a_record()
    shelf, lent = a_copy(record, unit="GNC-2"), a_copy(record, barcode="B2")
    lend(lent, a_reader(card="X"))
    first, second = (waits(record, reader, minutes=n) for n, reader in enumerate(readers(2)))
    assert fetched(record) == {first.id: shelf}
    back = take(lent)
    assert back.hold is not None
    assert back.hold.id == first.id
    assert back.instruction == "hold_shelf"
    assert fetched(record) == {second.id: shelf}


def test_a_copy_in_hand_far_away_leaves_who_is_served_nearer() -> None:
    record = a_record()
    here, away = a_copy(record), a_copy(record, barcode="B2", unit="SAK-M")
    lend(away, a_reader(card="X"), unit="SAK-M")
    first, second = (waits(record, reader, minutes=n) for n, reader in enumerate(readers(2)))
    back = take(away, unit="SAK-M")
    assert back.hold is not None
    assert (back.hold.id, back.to_unit) == (second.id, "GNC-M")
    assert fetched(record) == {first.id: here}


def test_scanning_the_fetched_copy_keeps_it_for_whom_it_was_fetched() -> None:
    record = a_record()
    item = a_copy(record, unit="GNC-2")
    hold = waits(record, a_reader())
    sent = take(item, unit="GNC-2")
    assert (sent.instruction, sent.to_unit) == ("transfer", "GNC-M")
    assert pull_list("GNC-2") == []
    assert take(item, days=2).instruction == "hold_shelf"
    assert holds_of(hold.patron_id)[0].ready_at is not None


def test_32_not_on_its_shelf_the_next_copy_is_fetched_at_once() -> None:
    record = a_record()
    here, there = a_copy(record), a_copy(record, barcode="B2", unit="GNC-2")
    hold = waits(record, a_reader())
    assert fetched(record) == {hold.id: here}
    assert not_found(item_id=here, unit="GNC-M", by=SYSTEM, now=NOW) == there
    assert items_by_id([here])[here].lost == "missing"
    assert fetched(record) == {hold.id: there}
    assert refused(not_found, item_id=here, unit="GNC-M", by=SYSTEM, now=NOW) == ["not_to_fetch"]
    assert not_found(item_id=there, unit="GNC-2", by=SYSTEM, now=NOW) is None
    take(here)  # it turns up after all
    assert queue_of(record)[0].allocated_item_id == here


def test_a_loan_takes_the_fetched_copy_away_and_another_is_fetched() -> None:
    record = a_record()
    here, other = a_copy(record), a_copy(record, barcode="B2", unit="GNC-2")
    hold = waits(record, a_reader())
    lend(here, a_reader(card="X"), lift="wanted_by_other")
    assert fetched(record) == {hold.id: other}


def test_31_a_suspended_hold_keeps_its_place_and_takes_its_copy_back() -> None:
    record = a_record()
    item = a_copy(record)
    first, second = (waits(record, reader, minutes=n) for n, reader in enumerate(readers(2)))
    suspend_hold(hold_id=first.id, by=SYSTEM, now=NOW)
    assert fetched(record) == {second.id: item}
    assert ranks(queue_of(record)) == {first.id: 1, second.id: 2}
    resumed = resume_hold(hold_id=first.id, by=SYSTEM, now=NOW)
    assert resumed.target_item_id == item
    assert fetched(record) == {first.id: item}


def test_who_moves_up_takes_what_is_not_fetched_yet() -> None:
    record = a_record()
    item = a_copy(record)
    holds = [waits(record, reader, minutes=n) for n, reader in enumerate(readers(3))]
    moved = move_hold(hold_id=holds[2].id, rank=1, by=SYSTEM, now=NOW)
    assert moved.target_item_id == item
    assert fetched(record) == {holds[2].id: item}


def test_fetched_elsewhere_another_copy_may_be_nearer_but_who_has_one_keeps_it() -> None:
    record = a_record()
    here = a_copy(record)
    hold = waits(record, a_reader())
    set_policy(name="sent_to", value="system", unit="GNC-M", by=SYSTEM)
    changed = change_pickup(hold_id=hold.id, pickup_unit="GNC-2", by=SYSTEM, now=NOW)
    assert changed.target_item_id == here
    changed = change_pickup(hold_id=hold.id, pickup_unit="SAK-M", by=SYSTEM, now=NOW)
    assert changed.target_item_id is None  # it may not leave its library system


def test_27_a_ready_copy_whose_hold_is_cancelled_is_cleared_and_fetched_for_the_next() -> None:
    record = a_record()
    item = a_copy(record)
    first, second = (waits(record, reader, minutes=n) for n, reader in enumerate(readers(2)))
    assert take(item).instruction == "hold_shelf"
    cancel_hold(hold_id=first.id, by=SYSTEM, now=NOW + timedelta(days=2))
    assert [(one.item.id, one.patron_id, one.outcome) for one in to_clear("GNC-M")] == [
        (item, first.patron_id, "cancelled")
    ]
    assert fetched(record) == {second.id: item}
    back = take(item, days=3)
    assert (back.instruction, back.hold and back.hold.id) == ("hold_shelf", second.id)
    assert to_clear("GNC-M") == []


def test_26_a_copy_nobody_fetched_is_cleared_and_goes_home_when_nobody_waits() -> None:
    record = a_record()
    item = a_copy(record, unit="GNC-2")
    waits(record, a_reader())
    take(item, unit="GNC-2")
    assert take(item, days=2).instruction == "hold_shelf"
    assert expire_holds(by=SYSTEM, now=NOW + timedelta(days=8)) == 0
    assert expire_holds(by=SYSTEM, now=NOW + timedelta(days=12)) == 1
    assert [one.outcome for one in to_clear("GNC-M")] == ["expired"]
    assert take(item, days=12).to_unit == "GNC-2"


def test_the_first_of_these_gets_one_copy_and_no_second() -> None:
    records = sorted([a_record(), a_record()])
    items = [a_copy(record, barcode=f"B{record}") for record in records]
    one, other = place_first_of(record_ids=records, patron_id=a_reader(), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    assert fetched(records[0]) == {one.id: items[0]}
    assert fetched(records[1]) == {}
    not_found(item_id=items[0], unit="GNC-M", by=SYSTEM, now=NOW)
    worker()
    assert fetched(records[1]) == {other.id: items[1]}
    lend(items[1], one.patron_id)
    assert holds_of(one.patron_id) == []


@pytest.mark.parametrize("change", [{"state": "lost", "value": "missing"}, {"state": "withdrawn", "value": True}])
def test_what_a_cataloguer_says_of_a_copy_is_followed_by_the_worker(change: dict[str, Any]) -> None:
    record = a_record()
    item = a_copy(record)
    hold = waits(record, a_reader())
    set_state(item_id=item, by=SYSTEM, **change)
    worker()
    assert fetched(record) == {}
    set_state(item_id=item, state=change["state"], value="" if change["state"] == "lost" else False, by=SYSTEM)
    worker()
    assert fetched(record) == {hold.id: item}


def test_a_copy_that_is_added_is_fetched_for_who_waits() -> None:
    record = a_record()
    lend(a_copy(record), a_reader(card="X"))
    hold = waits(record, a_reader())
    added = a_copy(record, barcode="NEW")
    worker()
    assert fetched(record) == {hold.id: added}


def test_a_closed_library_is_asked_when_it_opens() -> None:
    record = a_record()
    item = a_copy(record, unit="GNC-2")
    set_policy(name="hold_from_closed", value=False, unit="GNC-2", by=SYSTEM)
    add_closure(unit="GNC-2", first_day=NOW.date(), last_day=NOW.date(), by=SYSTEM)
    hold = waits(record, a_reader())
    assert hold.target_item_id is None
    assert ask_again(now=NOW) == 0
    assert ask_again(now=NOW + timedelta(days=1)) == 1
    assert fetched(record) == {hold.id: item}


def test_a_library_that_must_close_is_asked_no_more_and_another_in_its_place() -> None:
    record = a_record()
    here, far = a_copy(record, unit="GNC-2"), a_copy(record, barcode="B2", unit="SAK-M")
    set_policy(name="hold_from_closed", value=False, unit="GNC-2", by=SYSTEM)
    set_policy(name="hold_copy_order", value="nearest", by=SYSTEM)
    hold = waits(record, a_reader())
    assert fetched(record) == {hold.id: here}
    today = timezone.localdate(timezone=ZoneInfo("Asia/Baku"))
    for days in (3, 0):
        day = today + timedelta(days=days)
        close_suddenly(unit="GNC-2", first_day=day, last_day=day, by=SYSTEM, now=timezone.now())
        worker()
        assert fetched(record) == {hold.id: here if days else far}
    assert ask_again(now=timezone.now()) == 0


def test_what_stands_in_a_closed_library_is_fetched_elsewhere_from_its_first_closed_day() -> None:
    record = a_record()
    here, far = a_copy(record, unit="GNC-2"), a_copy(record, barcode="B2", unit="SAK-M")
    set_policy(name="hold_from_closed", value=False, unit="GNC-2", by=SYSTEM)
    set_policy(name="hold_copy_order", value="nearest", by=SYSTEM)
    hold = waits(record, a_reader())
    day = NOW.date() + timedelta(days=1)
    add_closure(unit="GNC-2", first_day=day, last_day=day, by=SYSTEM)
    assert (ask_again(now=NOW), fetched(record)) == (0, {hold.id: here})
    assert (ask_again(now=NOW + timedelta(days=1)), fetched(record)) == (1, {hold.id: far})


def test_a_claimed_copy_found_on_its_shelf_is_fetched_at_once() -> None:
    record = a_record()
    item = a_copy(record)
    loan = lend(item, a_reader(card="X"))
    hold = waits(record, a_reader())
    claim = claim_returned(loan_id=loan.id, by=SYSTEM, now=NOW)
    settle_claim(claim_id=claim, outcome="found", by=SYSTEM, now=NOW)
    assert fetched(record) == {hold.id: item}


@pytest.mark.slow
@pytest.mark.parametrize("long", [10, 300])
def test_a_return_costs_the_same_however_many_wait(long: int, django_assert_num_queries: Any) -> None:
    record = a_record()
    item = a_copy(record)
    lend(item, a_reader(card="X"))
    policy(max_holds=None)
    for number, reader in enumerate(readers(long)):
        waits(record, reader, minutes=number)
    with django_assert_num_queries(25):
        back = take(item)
    assert back.hold is not None
    assert ranks(queue_of(record))[back.hold.id] == 0
    assert sorted(ranks(queue_of(record)).values()) == list(range(long))
