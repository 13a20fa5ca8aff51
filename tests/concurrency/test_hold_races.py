"""A title's line under two desks at once: first without its lock, then through the operations."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import (
    cancel_hold,
    check_in,
    check_out,
    follow_holds,
    follow_loans,
    not_found,
    place_hold,
)
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.queries.holds import ranks
from kitabxana.circulation.tests.builders import Allocation
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    yield
    assert_all_true()


def a_line(length: int, copies: int) -> tuple[int, list[int], list[int]]:
    """(record, copies that are out, holds in line)."""
    record = a_record()
    items = [a_copy(record, barcode=f"B{number}") for number in range(copies)]
    for number, item in enumerate(items):
        check_out(item_id=item, patron_id=a_reader(card=f"X{number}"), unit="GNC-M", by=SYSTEM, now=NOW)
    return record, items, [placed(record, number) for number in range(length)]


def placed(record: int, number: int) -> int:
    reader = a_reader(card=f"R{number}")
    now = NOW + timedelta(minutes=number)
    return place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=now).id


def take(item: int) -> Callable[[], object]:
    return lambda: check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=LATER)


def test_without_the_line_s_lock_both_desks_choose_the_same_hold_and_the_index_alone_stops_one() -> None:
    record, items, (first, _second) = a_line(2, 2)
    seen = threading.Barrier(2)

    def desk(item: int) -> Callable[[], None]:
        def work() -> None:
            with transaction.atomic():
                chosen = queue_of(record)[0].id
                seen.wait(30)
                Allocation.objects.create(hold_id=chosen, item_id=item, allocated_at=NOW, trapped_at=NOW)

        return work

    assert sorted(at_once(*map(desk, items))) == ["IntegrityError", "done"]
    assert Allocation.objects.get().hold_id == first
    Allocation.objects.all().delete()


def test_copies_returned_at_once_go_to_the_first_in_line_each_to_another() -> None:
    record, items, holds = a_line(5, 4)
    assert at_once(*map(take, items)) == ["done"] * 4
    line = {hold.id: hold.allocated_item_id for hold in queue_of(record)}
    assert [line[hold] is not None for hold in holds] == [True] * 4 + [False]
    assert {item for item in line.values() if item is not None} == set(items)


def test_a_return_racing_a_hold_leaves_nobody_waiting_beside_a_free_copy() -> None:
    for number in range(3):
        record = a_record()
        item = a_copy(record, barcode=f"C{number}")
        check_out(item_id=item, patron_id=a_reader(card=f"Y{number}"), unit="GNC-M", by=SYSTEM, now=NOW)
        reader = a_reader(card=f"Z{number}")
        place = lambda record=record, reader=reader: place_hold(  # noqa: E731
            record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW
        )
        assert at_once(take(item), place) == ["done", "done"]
        (hold,) = queue_of(record)
        # What neither transaction could see of the other, the worker finds from their events.
        follow_loans([{"item": item}])
        follow_holds([{"hold": hold.id}])
        (hold,) = queue_of(record)
        assert item in (hold.allocated_item_id, hold.target_item_id)


def test_a_storm_of_holds_gives_each_copy_to_one_and_ranks_without_a_gap() -> None:
    record = a_record()
    items = {a_copy(record, barcode=f"S{number}") for number in range(2)}
    readers = [a_reader(card=f"R{number}") for number in range(6)]
    storm = [
        lambda reader=reader: place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
        for reader in readers
    ]
    assert at_once(*storm) == ["done"] * 6
    line = queue_of(record)
    assert sorted(ranks(line).values()) == [1, 2, 3, 4, 5, 6]
    assert {hold.target_item_id for hold in line} - {None} == items


def test_a_copy_not_found_while_its_hold_is_cancelled() -> None:
    record = a_record()
    item = a_copy(record)
    hold = placed(record, 0)
    next_one = placed(record, 1)
    came_of = at_once(
        lambda: not_found(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW),
        lambda: cancel_hold(hold_id=hold, by=SYSTEM, now=NOW),
    )
    assert came_of == ["done", "done"]
    assert [one.id for one in queue_of(record)] == [next_one]
    assert queue_of(record)[0].target_item_id is None
