"""What telling costs: a few statements for all, then five for each message."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.notices.facts import Occasion
from kitabxana.notices.operations import tell_of_the_day
from kitabxana.notices.operations.queueing import tell
from kitabxana.patrons.tests.builders import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nation")]
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def statements(readers: list[int], thing: str) -> int:
    told = [
        Occasion("due_soon", reader, f"{thing} {n}", "GNC-M", item={"date": NOW}) for reader in readers for n in "ab"
    ]
    with CaptureQueriesContext(connection) as found:
        assert tell(told, now=NOW) == len(readers)
    return len(found)


def test_each_message_costs_five_statements_however_much_it_tells() -> None:
    readers = [a_reader(card=f"R{number}", expires_on=date(2099, 1, 1)) for number in range(6)]
    one, six = statements(readers[:1], "first"), statements(readers, "second")
    assert (six - one) / 5 == 5  # savepoint, message, notices, audit, savepoint's end
    assert one <= 14


def test_a_day_on_which_nothing_is_to_be_told_costs_a_handful() -> None:
    a_reader()
    with CaptureQueriesContext(connection) as found:
        assert tell_of_the_day(now=NOW) == {"loans": 0, "holds": 0, "memberships": 0}
    assert len(found) <= 8
