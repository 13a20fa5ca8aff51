"""A record with copies is not deleted, and a deleted one gets none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.operations import delete_record
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.models import Item
from kitabxana.holdings.operations import bind, delete_item, restore_item
from kitabxana.holdings.queries import items_of
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


def test_a_record_bound_into_a_copy_stays_until_the_copy_goes() -> None:
    a_nation()
    bound = a_record()
    item = a_copy(a_record())
    bind(item_id=item, record_id=bound, by=SYSTEM)
    with pytest.raises(Refused) as caught:
        delete(bound)
    assert caught.value.refusals[0].params == {"items": 1}
    delete_item(item_id=item, by=SYSTEM)
    assert delete(bound) == 2


def test_a_deleted_copy_does_not_come_back_to_a_deleted_record() -> None:
    a_nation()
    record = a_record()
    item = a_copy(record)
    delete_item(item_id=item, by=SYSTEM)
    delete(record)
    with pytest.raises(Refused) as caught:
        restore_item(item_id=item, by=SYSTEM)
    assert [refusal.code for refusal in caught.value.refusals] == ["unknown_record"]
    assert not items_of([record])
