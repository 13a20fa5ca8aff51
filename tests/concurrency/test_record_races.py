"""Two librarians at one record, on real transactions: nothing is overwritten unseen, no copy loses its record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import delete_record, save_record
from kitabxana.catalogue.queries import history, stored_record
from kitabxana.catalogue.tests.builders import Record, a_record, marc
from kitabxana.holdings.queries import items_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_nation
from tests.concurrency.test_races import ROUNDS, at_once

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def save(record: int, whole: dict[str, Any]) -> Callable[[], object]:
    return lambda: save_record(record_id=record, marc=whole, version=1, by=SYSTEM, now=NOW, through="test")


def bare_save(record: int, whole: dict[str, Any]) -> Callable[[], object]:
    """Looks at the version and writes, with no lock between: what the operation must not be."""

    def work() -> None:
        if Record.objects.get(pk=record).version == 1:
            Record.objects.filter(pk=record).update(marc=whole, version=2)

    return work


def test_of_two_saves_one_is_told_of_the_other() -> None:
    a_nation()
    lost = 0
    for number in range(ROUNDS):
        one, two = marc(title=f"Birinci {number}"), marc(title=f"İkinci {number}")
        record = a_record()
        lost += at_once(bare_save(record, one), bare_save(record, two)) == ["done", "done"]
        record = a_record()
        assert sorted(at_once(save(record, one), save(record, two))) == ["done", "stale_version"]
        assert [state.version for state in history(record)] == [2, 1]
    assert lost  # without the lock both believe to have saved


def test_a_copy_and_a_deletion_never_both_happen() -> None:
    a_nation()
    for number in range(ROUNDS):
        record = a_record()
        came_of = at_once(
            lambda record=record, number=number: a_copy(record, barcode=f"R{number}"),  # type: ignore[misc]
            lambda record=record: delete_record(record_id=record, by=SYSTEM, now=NOW, through="test"),  # type: ignore[misc]
        )
        assert came_of in (["done", "has_items"], ["unknown_record", "done"])
        found = stored_record(record)
        assert found is not None
        assert found.deleted is not bool(items_of([record]))
