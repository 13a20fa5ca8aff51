"""Two desks that each take a late copy back from the other's reader must not wait for each other for ever."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.charges.tests.builders import faults
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.circulation.tests.builders import Loan
from kitabxana.circulation.tests.invariants import assert_all_true
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import lock_patron
from kitabxana.patrons.tests.builders import a_reader
from tests.concurrency.test_races import NOW, ROUNDS, at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db(transaction=True)
LATE = NOW + timedelta(days=40)


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    a_nation()
    set_policy(name="fine_amount", value=20, by=SYSTEM)
    set_policy(name="overdues_block_loans", value="allow", by=SYSTEM)
    yield
    assert_all_true()
    assert faults() == {}


def desk(item: int, patron: int) -> Callable[[], object]:
    lift = frozenset({"on_loan", "debt_too_high", "has_debt", "has_overdues"})
    return lambda: check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=LATE, lift=lift)


def test_without_the_order_of_locks_the_two_desks_wait_for_each_other() -> None:
    readers, first = [a_reader(), a_reader(card="R2")], threading.Barrier(2)

    def crossed(mine: int, theirs: int) -> Callable[[], None]:
        def work() -> None:
            with transaction.atomic():
                lock_patron(mine)
                first.wait(10)
                lock_patron(theirs)

        return work

    assert sorted(at_once(crossed(*readers), crossed(*reversed(readers)))) == ["OperationalError", "done"]


def test_two_late_copies_change_hands_crosswise_and_both_fines_are_booked() -> None:
    record, readers = a_record(), [a_reader(), a_reader(card="R2")]
    items = [a_copy(record, barcode=f"X{number}") for number in range(2)]
    for _ in range(ROUNDS):
        for item, patron in zip(items, readers, strict=True):
            check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
        came_of = at_once(desk(items[0], readers[1]), desk(items[1], readers[0]))
        assert came_of == ["done", "done"]
        lent = dict(Loan.objects.values_list("item_id", "patron_id"))
        assert lent == {items[0]: readers[1], items[1]: readers[0]}
        for item in items:
            check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=LATE)
