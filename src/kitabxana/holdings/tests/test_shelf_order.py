"""Walking along a library's shelf, and what stands beside a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.operations import delete_item
from kitabxana.holdings.queries import along_the_shelf, beside, items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> list[int]:
    """Ten copies at GNC-M from 800 to 809, two of them with one call number; others that stand elsewhere or nowhere."""
    a_nation()
    copies = [a_copy(a_record(title=f"Kitab {at}"), barcode=f"B{at}", call_number=f"80{at} K") for at in range(9)]
    copies.append(a_copy(a_record(), barcode="B9", call_number="808 K"))
    a_copy(a_record(), barcode="OUT", call_number="804 K", withdrawn=True)
    delete_item(item_id=a_copy(a_record(), barcode="GONE", call_number="804 K"), by=SYSTEM)
    a_copy(a_record(), barcode="BARE")
    a_copy(a_record(), barcode="FAR", call_number="804 K", unit="GNC-2")
    return copies


def ids(**asked: int) -> list[int]:
    return [item.id for item in along_the_shelf(unit="GNC-M", **{"limit": 4, **asked})]


def test_the_shelf_is_walked_both_ways_and_every_copy_met_once(shelf: list[int]) -> None:
    met: list[int] = []
    while step := ids(after=met[-1] if met else 0):
        met += step
    assert met == shelf
    back: list[int] = []
    at = shelf[-1]
    while step := ids(before=at):
        back, at = step + back, step[0]
    assert back == shelf[:-1]


def test_from_a_copy_of_another_library_the_shelf_begins_at_its_left_end(shelf: list[int]) -> None:
    elsewhere = along_the_shelf(unit="GNC-2", limit=1)[0].id
    assert ids(after=elsewhere) == shelf[:4]
    assert ids(after=10**15) == shelf[:4]


def test_what_stands_beside_a_copy_is_of_other_records(shelf: list[int]) -> None:
    items = items_by_id(shelf)
    organisation = tree()
    near = beside(items[shelf[4]], each_side=2, organisation=organisation)
    assert near == [items[shelf[at]].record_id for at in (2, 3, 5, 6)]
    assert beside(items[shelf[0]], each_side=2, organisation=organisation)[0] == items[shelf[1]].record_id
    last = beside(items[shelf[9]], each_side=1, organisation=organisation)
    assert items[shelf[8]].record_id in last, "the same call number stands beside it"
    a_copy(items[shelf[4]].record_id, barcode="SECOND", call_number="804 K")
    assert beside(items[shelf[4]], each_side=1, organisation=organisation) == [
        items[shelf[3]].record_id, items[shelf[5]].record_id,
    ]  # fmt: skip


def test_a_step_takes_a_fixed_number_of_statements(
    shelf: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    organisation = tree()
    item = items_by_id(shelf)[shelf[4]]
    with django_assert_num_queries(1):
        beside(item, each_side=4, organisation=organisation)
    with django_assert_num_queries(3):
        ids(after=shelf[4])
