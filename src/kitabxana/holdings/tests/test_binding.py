"""Several works in one binding, seen from both sides."""

from __future__ import annotations

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import OutboxEvent
from kitabxana.catalogue.tests.builders import a_record, an_authority, field
from kitabxana.holdings.operations import bind, delete_item, unbind
from kitabxana.holdings.queries import bound_copies, history_of, items_of, records_bound_in
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import PEOPLE, holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> tuple[int, int, int]:
    """A copy, its own record, another record."""
    a_nation()
    own, other = a_record(title="Leyli və Məcnun"), a_record(title="Yeddi gözəl")
    return a_copy(own), own, other


def test_a_copy_is_seen_from_every_record_bound_into_it(scene: tuple[int, int, int]) -> None:
    item, own, other = scene
    OutboxEvent.objects.all().delete()
    bind(item_id=item, record_id=other, by=SYSTEM)
    assert [copy.id for copy in bound_copies(other)] == [item]
    assert bound_copies(own) == []
    assert records_bound_in(item) == [other]
    assert other not in items_of([other])  # its own copies, which a hold can wait for, are others
    assert OutboxEvent.objects.get().payload == {"records": [own, other]}
    assert history_of(item)[0].changes == {"bound_with": (None, other)}
    unbind(item_id=item, record_id=other, by=SYSTEM)
    assert bound_copies(other) == []
    assert records_bound_in(item) == []


def test_a_deleted_copy_is_bound_with_nothing_to_be_seen(scene: tuple[int, int, int]) -> None:
    item, _, other = scene
    bind(item_id=item, record_id=other, by=SYSTEM)
    delete_item(item_id=item, by=SYSTEM)
    assert bound_copies(other) == []


def test_what_can_t_be_bound(scene: tuple[int, int, int]) -> None:
    item, own, other = scene
    bind(item_id=item, record_id=other, by=SYSTEM)
    heading = an_authority(field("100", "1 ", a="Nizami"))
    for wanted, code in (
        (own, "bound_already"),
        (other, "bound_already"),
        (10**9, "unknown_record"),
        (heading, "unknown_record"),
    ):
        with pytest.raises(Refused, match=code):
            bind(item_id=item, record_id=wanted, by=SYSTEM)
    with pytest.raises(Refused, match="not_bound"):
        unbind(item_id=item, record_id=own, by=SYSTEM)
    for do in (bind, unbind):
        with pytest.raises(Refused, match="unknown_item"):
            do(item_id=10**9, record_id=other, by=SYSTEM)


@pytest.mark.parametrize("who", [*PEOPLE, "cataloguer here", "cataloguer elsewhere"])
def test_who_may_bind_at_gnc(scene: tuple[int, int, int], who: str) -> None:
    item, _, other = scene
    cataloguers = {
        "cataloguer here": holder("cataloguer", "AZ/GNC/GNC-M/"),
        "cataloguer elsewhere": holder("cataloguer", "AZ/SAK/"),
    }
    by = (PEOPLE | cataloguers)[who]
    if who in ("administrator", "administrator here", "cataloguer here"):
        bind(item_id=item, record_id=other, by=by)
        unbind(item_id=item, record_id=other, by=by)
        return
    with pytest.raises(Refused, match="not_permitted"):
        bind(item_id=item, record_id=other, by=by)
