"""Two records become one while the desks go on: no loan, hold or copy is left with the record that went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import merge_records, undo_merge
from kitabxana.catalogue.queries import record
from kitabxana.catalogue.queries.duplicates import merged_into
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import loans_of, queue_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.queries import items_by_id, items_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import NOW, ROUNDS, at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def merging(keep: int, gone: int) -> Callable[[], object]:
    return lambda: merge_records(keep=keep, gone=[Goes(gone)], by=SYSTEM, now=NOW, through="test")


def test_a_copy_is_lent_while_its_record_is_merged() -> None:
    for number in range(ROUNDS):
        keep, gone, reader = a_record(), a_record(), a_reader(card=f"R{number}")
        copy = a_copy(gone, barcode=f"B{number}")
        place_hold(record_id=gone, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
        lending = lambda copy=copy, reader=reader: check_out(  # noqa: E731
            item_id=copy, patron_id=reader, unit="GNC-M", by=SYSTEM, now=NOW
        )
        assert at_once(lending, merging(keep, gone)) == ["done", "done"]
        assert items_by_id([copy])[copy].record_id == keep
        assert [one.item_id for one in loans_of(reader)] == [copy]
        assert queue_of(gone) == queue_of(keep) == []  # the loan filled the hold, before or after


def test_a_returned_copy_finds_its_reader_while_the_queues_become_one() -> None:
    for number in range(ROUNDS):
        keep, gone = a_record(), a_record()
        first, second = a_reader(card=f"F{number}"), a_reader(card=f"S{number}")
        copy, other = a_copy(gone, barcode=f"B{number}"), a_copy(keep, barcode=f"K{number}")
        place_hold(record_id=gone, patron_id=first, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
        place_hold(record_id=keep, patron_id=second, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
        returning = [
            lambda item=item: check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW)  # type: ignore[misc]
            for item in (copy, other)
        ]
        assert at_once(*returning, merging(keep, gone)) == ["done", "done", "done"]
        waiting = queue_of(keep)
        assert {hold.patron_id for hold in waiting} == {first, second}
        set_aside = [hold.allocated_item_id for hold in waiting if hold.allocated_item_id]
        assert len(set_aside) == len(set(set_aside))
        assert set(set_aside) <= {copy, other}


def test_nobody_joins_the_queue_of_a_record_that_has_gone_and_no_copy_does() -> None:
    for number in range(ROUNDS):
        keep, gone, reader = a_record(), a_record(), a_reader(card=f"R{number}")
        a_copy(gone, barcode=f"B{number}")
        waiting = lambda gone=gone, reader=reader: place_hold(  # noqa: E731
            record_id=gone, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW
        )
        adding = lambda gone=gone, number=number: a_copy(gone, barcode=f"N{number}")  # noqa: E731
        came_of = at_once(waiting, adding, merging(keep, gone))
        assert came_of[2] == "done"
        assert {*came_of[:2]} <= {"done", "unknown_record"}
        assert queue_of(gone) == []
        assert items_of([gone]) == {}
        assert len(queue_of(keep)) == (came_of[0] == "done")
        assert len(items_of([keep])[keep]) == 1 + (came_of[1] == "done")


def test_of_two_merges_the_other_way_round_one_is_done() -> None:
    for _ in range(ROUNDS):
        one, other = a_record(), a_record()
        assert sorted(at_once(merging(one, other), merging(other, one))) == ["cannot_merge", "done"]
        assert [record(one), record(other)].count(None) == 1
        stays = one if record(one) else other
        assert merged_into(other if stays == one else one) == stays


def test_a_merge_is_undone_once() -> None:
    for number in range(ROUNDS):
        keep, gone = a_record(), a_record()
        copy = a_copy(gone, barcode=f"B{number}")
        made = merge_records(keep=keep, gone=[Goes(gone)], by=SYSTEM, now=NOW, through="test").id
        undoing = lambda made=made: undo_merge(merge_id=made, by=SYSTEM, now=NOW, through="test")  # noqa: E731
        assert sorted(at_once(undoing, undoing)) == ["done", "merge_undone"]
        assert items_by_id([copy])[copy].record_id == gone
