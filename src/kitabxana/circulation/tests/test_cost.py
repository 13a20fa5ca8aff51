"""What an operation costs the database when nothing is special: the exact number of statements.

The outer SAVEPOINT and RELEASE stand for BEGIN and COMMIT and are counted.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, check_out_refusals, place_hold, renew
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def scene() -> tuple[int, int, int]:
    a_nation()
    record = a_record()
    item, patron = a_copy(record), a_reader()
    tree()  # every process holds it after its first question
    return record, item, patron


def test_check_out_renew_and_check_in(scene: tuple[int, int, int], django_assert_num_queries: Any) -> None:
    _, item, patron = scene
    with django_assert_num_queries(10):
        loan = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    with django_assert_num_queries(12):
        renew(loan_id=loan.id, by=SYSTEM, now=NOW + timedelta(days=1))
    with django_assert_num_queries(12):
        check_in(item_id=item, unit="GNC-M", by=SYSTEM, now=NOW + timedelta(days=2))


def test_a_dry_run_writes_nothing(scene: tuple[int, int, int], django_assert_num_queries: Any) -> None:
    _, item, patron = scene
    with django_assert_num_queries(7) as asked:
        assert check_out_refusals(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW) == ()
    verbs = {query["sql"].split()[0].strip("(") for query in asked.captured_queries}
    assert verbs == {"SAVEPOINT", "SELECT", "RELEASE"}


def test_placing_a_hold_with_a_copy_on_the_shelf_and_with_none(
    scene: tuple[int, int, int], django_assert_num_queries: Any
) -> None:
    record, item, patron = scene
    second = a_reader(card="R2")
    with django_assert_num_queries(19):
        place_hold(record_id=record, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    with django_assert_num_queries(13):
        place_hold(record_id=record, patron_id=second, pickup_unit="GNC-M", by=SYSTEM, now=NOW)


def test_open_loans_of_the_reader_cost_nothing_more(
    scene: tuple[int, int, int], django_assert_num_queries: Any
) -> None:
    record, item, patron = scene
    for number in range(3):
        other = a_copy(record, barcode=f"X{number}")
        check_out(item_id=other, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
    with django_assert_num_queries(10):
        check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=NOW)
