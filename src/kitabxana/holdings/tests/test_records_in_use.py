"""A record with copies is not deleted, and a deleted one gets none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import delete_record
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.models import Item
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def delete(record: int) -> int:
    return delete_record(record_id=record, by=SYSTEM, now=NOW, through="test")


def test_copies_keep_their_record() -> None:
    a_nation()
    record = a_record()
    a_copy(record)
    a_copy(record, barcode="B2")
    with pytest.raises(Refused) as caught:
        delete(record)
    [refusal] = caught.value.refusals
    assert (refusal.code, refusal.params) == ("has_items", {"items": 2})


def test_withdrawn_copies_do_not() -> None:
    a_nation()
    record = a_record()
    Item.objects.filter(pk=a_copy(record)).update(withdrawn=True)
    assert delete(record) == 2


def test_a_deleted_record_gets_no_copy() -> None:
    a_nation()
    record = a_record()
    delete(record)
    with pytest.raises(Refused) as caught:
        a_copy(record)
    assert [refusal.code for refusal in caught.value.refusals] == ["unknown_record"]
