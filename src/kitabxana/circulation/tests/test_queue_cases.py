"""Who comes next: copies that stand on a shelf, and holds that are suspended, by the rules alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.facts import HoldFacts
from kitabxana.circulation.operations import not_found, place_hold, resume_holds, suspend_hold
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.rules import can_be_asked_for, hold_for
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.circulation.tests.scenes import NOW, lend, policy, refused, take
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.circulation.facts import CheckedIn
    from kitabxana.holdings.facts import ItemFacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def copies() -> Sequence[ItemFacts]:
    """Two copies of one record, both on their shelf."""
    a_nation()
    record = a_record()
    made = [a_copy(record), a_copy(record, barcode="B2")]
    found = items_by_id(made)
    return [found[number] for number in made]


def a_hold(number: int, record: int) -> HoldFacts:
    return HoldFacts(number, record, None, number, "GNC-M", NOW, patron_home="GNC-M", patron_category="ADULT")


@pytest.mark.parametrize(
    ("said", "one_out", "all_out"),
    [
        ("always", True, True),
        ("when_out", False, True),
        ("when_none_available", False, True),
        ("when_none_near", False, True),
    ],
)
def test_case_29_a_copy_on_the_shelf_is_asked_for_as_policy_says(
    copies: Sequence[ItemFacts], said: str, *, one_out: bool, all_out: bool
) -> None:
    policy(on_shelf_holds=said)
    standing, other = copies
    hold = a_hold(1, standing.record_id)
    lent = replace(other, place="loan")
    assert can_be_asked_for(standing, hold, [standing, lent], tree()) is one_out
    away = [replace(standing, place="loan"), lent]
    assert can_be_asked_for(away[0], hold, away, tree()) is all_out


def test_case_29_a_free_copy_in_another_system_does_not_keep_readers_from_asking(copies: Sequence[ItemFacts]) -> None:
    near, far = copies[0], replace(copies[1], holding_unit="SAK-M")
    hold = a_hold(1, near.record_id)
    for said, asked in (("when_none_available", False), ("when_none_near", True)):
        policy(on_shelf_holds=said)
        assert can_be_asked_for(far, hold, [replace(near, place="loan"), far], tree()) is asked
        assert not can_be_asked_for(far, hold, [near, far], tree())


def test_case_31_a_suspended_hold_is_skipped_and_keeps_its_place(copies: Sequence[ItemFacts]) -> None:
    item = copies[0]
    first, second = a_hold(1, item.record_id), a_hold(2, item.record_id)
    assert hold_for([replace(first, suspended=True), second], item, tree()) == second
    assert hold_for([first, second], item, tree()) == first
    assert hold_for([replace(first, suspended=True)], item, tree()) is None


def test_case_28_a_reader_who_does_not_come_waits_again_where_the_line_was_left_and_the_copy_goes_on() -> None:
    a_nation()
    record = a_record()
    item, first, second = a_copy(record), a_reader(), a_reader(card="R2")
    placed = [
        place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", item_id=wanted, by=SYSTEM, now=NOW)
        for reader, wanted in ((first, item), (second, None))
    ]
    take(item)
    assert refused(suspend_hold, hold_id=placed[0].id, by=SYSTEM, now=NOW) == ["hold_has_copy"]
    until = date(2026, 12, 1)
    again = suspend_hold(hold_id=placed[0].id, until=until, give_up=True, by=SYSTEM, now=NOW)
    assert (again.item_id, again.allocated_item_id, again.ready_at, again.turn) == (item, None, None, placed[0].turn)
    assert [one.target_item_id for one in queue_of(record)] == [None, item]
    assert_all_true()
    assert take(item).hold == queue_of(record)[1]
    assert resume_holds(now=NOW + timedelta(days=9)) == 1
    assert [one.patron_id for one in queue_of(record)] == [first, second]
    resumed = suspend_hold(hold_id=placed[1].id, give_up=True, by=SYSTEM, now=NOW + timedelta(days=9))
    assert (resumed.suspended, queue_of(record)[0].target_item_id) == (True, item)


def test_case_32_what_is_not_on_the_hold_shelf_either_is_missing_and_its_reader_gets_another() -> None:
    a_nation()
    record = a_record()
    item, other, reader = a_copy(record), a_copy(record, barcode="B2", unit="GNC-2"), a_reader()
    made = place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    take(item)
    assert refused(not_found, item_id=item, unit="GNC-2", by=SYSTEM, now=NOW) == ["not_to_fetch"]
    assert not_found(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW) == other
    [hold] = queue_of(record)
    assert (hold.id, hold.target_item_id, hold.ready_at) == (made.id, other, None)
    assert (items_by_id([item])[item].lost, items_by_id([item])[item].place) == ("missing", "shelf")
    assert_all_true()


def test_case_23_a_library_that_is_full_of_a_title_sends_it_on_home_or_where_there_is_room() -> None:
    a_nation()
    policy(return_policy="float", float_most=1)
    record = a_record()
    item, *_others = (a_copy(record, barcode=f"B{n}", unit=unit) for n, unit in enumerate(("GNC-2", "GNC-M")))
    assert goes(take(item, unit="SAK-M")) == ("to_shelf", "SAK-M")
    full = take(item, unit="GNC-M")
    assert goes(full) == ("transfer", "GNC-2")
    assert goes(take(item, unit="GNC-2")) == ("to_shelf", "GNC-2")
    third = a_copy(record, barcode="B9", unit="GNC-2")  # nowhere in its system is there room: it stays
    assert goes(take(third, unit="GNC-M")) == ("to_shelf", "GNC-M")
    set_policy(name="float_most", value=5, unit="GNC-2", by=SYSTEM)
    assert goes(take(third, unit="GNC-M")) == ("transfer", "GNC-2")
    take(third, unit="GNC-2")
    set_policy(name="sent_to", value="nowhere", unit="GNC-M", by=SYSTEM)
    assert goes(take(third, unit="GNC-M")) == ("to_shelf", "GNC-M")


def goes(done: CheckedIn) -> tuple[str, str]:
    return done.instruction, done.to_unit


@pytest.mark.parametrize(("waited_from", "length", "days"), [(2, 5, 5), (3, 5, 15), (2, 30, 15), (None, 5, 15)])
def test_a_title_that_many_wait_for_is_lent_for_a_shorter_time(
    waited_from: int | None, length: int, days: int
) -> None:  # fmt: skip
    a_nation()
    policy(waited_from=waited_from, waited_length=length)
    record = a_record()
    item, readers = a_copy(record), [a_reader(card=f"R{n}") for n in range(3)]
    for reader in readers:
        place_hold(record_id=record, patron_id=reader, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    made = lend(item, readers[0])  # two others wait; the reader's own hold does not count
    assert (made.due_at.astimezone(ZoneInfo("Asia/Baku")).date() - NOW.date()).days == days
