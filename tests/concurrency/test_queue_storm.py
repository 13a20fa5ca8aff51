"""Many readers ask for one title at the same moment: each has a place of its own, and the places have no gap."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import place_hold
from kitabxana.circulation.queries import queue_of
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import NOW, at_once, lend

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)


def test_case_30_holds_placed_at_once_stand_in_one_line() -> None:
    a_nation()
    record, readers = a_record(), [a_reader(card=f"S{number}") for number in range(6)]
    item = a_copy(record)
    assert at_once(lend(item, a_reader())) == ["done"]

    def ask(number: int) -> Callable[[], object]:
        moment = NOW + timedelta(minutes=number // 2)  # two and two at the very same moment
        return lambda: place_hold(
            record_id=record, patron_id=readers[number], pickup_unit="GNC-M", by=SYSTEM, now=moment
        )

    assert at_once(*map(ask, range(6))) == ["done"] * 6
    line = queue_of(record)
    assert sorted(hold.patron_id for hold in line) == sorted(readers)
    order = [(hold.placed_at, hold.id) for hold in line]
    assert order == sorted(order)
    assert len(set(order)) == 6
    assert_all_true()
