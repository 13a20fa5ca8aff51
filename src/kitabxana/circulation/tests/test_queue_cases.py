"""Who comes next: copies that stand on a shelf, and holds that are suspended, by the rules alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.facts import HoldFacts
from kitabxana.circulation.rules import can_be_asked_for, hold_for
from kitabxana.circulation.tests.scenes import NOW, policy
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    [("always", True, True), ("when_out", False, True), ("when_none_available", False, True)],
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


def test_case_31_a_suspended_hold_is_skipped_and_keeps_its_place(copies: Sequence[ItemFacts]) -> None:
    item = copies[0]
    first, second = a_hold(1, item.record_id), a_hold(2, item.record_id)
    assert hold_for([replace(first, suspended=True), second], item, tree()) == second
    assert hold_for([first, second], item, tree()) == first
    assert hold_for([replace(first, suspended=True)], item, tree()) is None
