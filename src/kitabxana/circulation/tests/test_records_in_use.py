"""A record for which readers wait is not deleted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import delete_record
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import place_hold
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_waiting_readers_keep_the_record_and_both_reasons_are_told() -> None:
    a_nation()
    record = a_record()
    a_copy(record)
    place_hold(record_id=record, patron_id=a_reader(), pickup_unit="GNC-M", by=SYSTEM, now=NOW)
    with pytest.raises(Refused) as caught:
        delete_record(record_id=record, by=SYSTEM, now=NOW, through="test")
    assert [(one.code, dict(one.params)) for one in caught.value.refusals] == [
        ("has_items", {"items": 1}), ("has_holds", {"holds": 1})
    ]  # fmt: skip
