"""Copies, loans and holds when two records become one: one queue, fairly; and two again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.audit import trail
from kitabxana.base.ports import record_ties
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import merge_records, undo_merge
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import move_hold, place_hold, suspend_hold
from kitabxana.circulation.queries import hold_facts, loans_of, past_loans_of, queue_of
from kitabxana.circulation.tests.builders import Hold
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, refused, take
from kitabxana.holdings.operations import bind, delete_item
from kitabxana.holdings.queries import bound_copies, items_by_id, items_of, records_bound_in
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Any:
    a_nation()
    yield
    assert_all_true()


def joined(keep: int, gone: int) -> int:
    return merge_records(keep=keep, gone=[Goes(gone)], by=SYSTEM, now=NOW, through="test").id


def undone(merge: int) -> None:
    undo_merge(merge_id=merge, by=SYSTEM, now=NOW + timedelta(hours=1), through="test")


def wait(record: int, reader: int, *, minutes: int = 0, **more: Any) -> int:
    now = NOW + timedelta(minutes=minutes)
    return place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=now, **more).id


def queue(record: int) -> list[int]:
    return [hold.patron_id for hold in queue_of(record)]


def test_copies_are_locked_before_holds() -> None:
    assert [ties.feature for ties in record_ties] == ["holdings", "circulation"]


def test_copies_go_along_with_open_loans_and_history_and_come_back() -> None:
    keep, gone, reader = a_record(), a_record(), a_reader()
    stays, lent, read, deleted = (
        a_copy(keep, barcode="K"), a_copy(gone, barcode="L"), a_copy(gone, barcode="P"), a_copy(gone, barcode="D"),
    )  # fmt: skip
    delete_item(item_id=deleted, by=SYSTEM)
    lend(read, reader)
    take(read)
    loan = lend(lent, reader)
    made = joined(keep, gone)
    assert {item.id for item in items_of([keep])[keep]} == {stays, lent, read}
    assert items_of([gone]) == {}
    assert loans_of(reader) == [loan]
    assert [items_by_id([one.item_id])[one.item_id].record_id for one in past_loans_of(reader)] == [keep]
    assert trail("item", lent, limit=1)[0].after == {"record": keep}
    take(lent, days=2)
    later = a_copy(keep, barcode="N")
    undone(made)
    assert {item.id for item in items_of([keep])[keep]} == {stays, later}
    assert {item.id for item in items_of([gone])[gone]} == {lent, read}
    assert trail("item", deleted, limit=1)[0].after == {"record": gone}


def test_two_queues_become_one_in_the_order_in_which_people_came() -> None:
    keep, gone = a_record(), a_record()
    a_copy(keep)
    a_copy(gone, barcode="B2")
    first, second, third, fourth = (a_reader(card=f"R{number}") for number in range(4))
    wait(gone, first, minutes=1)
    wait(keep, second, minutes=2)
    wait(gone, third, minutes=3)
    wait(keep, fourth, minutes=4)
    made = joined(keep, gone)
    assert queue(keep) == [first, second, third, fourth]
    assert queue(gone) == []
    undone(made)
    assert (queue(keep), queue(gone)) == ([second, fourth], [first, third])


def test_who_waits_for_both_waits_once_on_the_better_place_for_the_nearer_copy() -> None:
    keep, gone = a_record(), a_record()
    a_copy(keep)
    mine = a_copy(gone, barcode="B2")
    both, other = a_reader(card="R1"), a_reader(card="R2")
    early = wait(keep, both, minutes=1)
    wait(keep, other, minutes=2)
    ready = wait(gone, both, minutes=3)
    assert take(mine, days=0.1).instruction == "hold_shelf"
    made = joined(keep, gone)
    assert queue(keep) == [both, other]
    [first, _] = queue_of(keep)
    assert (first.id, first.allocated_item_id, first.placed_at) == (ready, mine, NOW + timedelta(minutes=1))
    assert first.ready_at is not None
    undone(made)
    assert queue(keep) == [both, other]
    assert queue(gone) == [both]
    assert (queue_of(keep)[0].id, queue_of(gone)[0].placed_at) == (early, NOW + timedelta(minutes=3))
    assert queue_of(gone)[0].allocated_item_id == mine
    made = joined(keep, gone)
    lend(mine, both)
    undone(made)
    assert (queue(keep), queue(gone)) == ([other], [])  # she has read it: nothing is waited for anew


def test_a_ready_copy_is_fetched_after_the_merge() -> None:
    keep, gone, reader = a_record(), a_record(), a_reader()
    copy = a_copy(gone)
    wait(gone, reader)
    take(copy, days=0.1)
    joined(keep, gone)
    lend(copy, reader)
    assert queue(keep) == []
    assert items_by_id([copy])[copy].place == "loan"


def test_a_copy_of_the_other_book_is_not_kept_for_a_reader_after_the_undo() -> None:
    keep, gone, reader = a_record(), a_record(), a_reader()
    copy = a_copy(keep)
    a_copy(gone, barcode="B2")
    wait(gone, reader)
    made = joined(keep, gone)
    assert take(copy, days=0.1).instruction == "hold_shelf"
    undone(made)
    assert queue(gone) == [reader]
    assert queue_of(gone)[0].allocated_item_id is None
    assert items_by_id([copy])[copy].place == "shelf"


def test_bindings_follow_and_none_names_its_own_record() -> None:
    keep, gone, third = a_record(), a_record(), a_record()
    own, other = a_copy(keep), a_copy(third, barcode="T")
    bind(item_id=own, record_id=gone, by=SYSTEM)
    bind(item_id=other, record_id=gone, by=SYSTEM)
    made = joined(keep, gone)
    assert records_bound_in(own) == []
    assert records_bound_in(other) == [keep]
    assert [item.id for item in bound_copies(keep)] == [other]
    undone(made)
    assert records_bound_in(own) == records_bound_in(other) == [gone]


def test_nobody_waits_for_what_has_gone() -> None:
    keep, gone, reader = a_record(), a_record(), a_reader()
    a_copy(gone)
    joined(keep, gone)
    assert refused(wait, gone, reader) == ["unknown_record"]
    wait(keep, reader)
    assert [hold_facts(row).record_id for row in Hold.objects.select_related("allocation", "patron")] == [keep]


def test_a_copy_on_the_shelf_is_fetched_for_the_first_of_the_one_line_and_for_each_after_the_undo() -> None:
    keep, gone, first, second = a_record(), a_record(), a_reader(card="R1"), a_reader(card="R2")
    copy = a_copy(keep)
    away = a_copy(gone, barcode="B2")
    lend(away, a_reader(card="X"))
    early, late = wait(gone, first, minutes=1), wait(keep, second, minutes=2)
    assert [one.target_item_id for one in queue_of(keep)] == [copy]
    made = joined(keep, gone)
    assert {one.id: one.target_item_id for one in queue_of(keep)} == {early: copy, late: None}
    undone(made)
    assert {one.id: one.target_item_id for one in queue_of(keep)} == {late: copy}
    assert {one.id: one.target_item_id for one in queue_of(gone)} == {early: None}


def test_who_was_moved_forward_stays_there_and_a_hold_that_ended_comes_back_as_it_was() -> None:
    keep, gone, first, second = a_record(), a_record(), a_reader(card="R1"), a_reader(card="R2")
    a_copy(keep)
    a_copy(gone, barcode="B2")
    wait(gone, first, minutes=1)
    until = NOW.date() + timedelta(days=40)
    moved = wait(gone, second, minutes=2, until=until, note="böyük hərflərlə")
    move_hold(hold_id=moved, rank=1, by=SYSTEM, now=NOW)
    rests = suspend_hold(hold_id=moved, by=SYSTEM, now=NOW, until=until)
    kept = wait(keep, second, minutes=3)
    made = joined(keep, gone)
    assert queue(keep) == [second, first]
    assert queue_of(keep)[0].id == kept
    undone(made)
    assert queue(keep) == [second]
    [back, _] = queue_of(gone)
    assert back == rests


def test_who_waits_for_two_volumes_goes_on_waiting_for_both() -> None:
    keep, gone, reader = a_record(), a_record(), a_reader()
    for record, volume in ((keep, "1"), (gone, "2")):
        lend(a_copy(record, barcode=f"V{volume}", volume=volume), a_reader(card=f"X{volume}"))
    both = {wait(keep, reader, volume="1"), wait(gone, reader, volume="2")}
    joined(keep, gone)
    assert {one.id for one in queue_of(keep)} == both
