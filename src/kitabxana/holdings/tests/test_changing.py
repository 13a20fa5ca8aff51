"""One copy described anew, its states, its deletion; who may, what is told, what is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.models import Item
from kitabxana.holdings.operations import change_item, delete_item, move, replace, restore_item, set_entry, set_state
from kitabxana.holdings.queries import history_of, item_by_barcode, items_by_id, items_of, known_items, stock_of
from kitabxana.holdings.rules import LOST_KINDS, STATES
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import PEOPLE, holder

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STAFF = PEOPLE | {
    "cataloguer here": holder("cataloguer", "AZ/GNC/GNC-M/"),
    "cataloguer elsewhere": holder("cataloguer", "AZ/SAK/"),
}


@pytest.fixture
def item() -> int:
    a_nation()
    return a_copy(a_record(), call_number="821 B", price_minor=500)


def refused(item: int, /, **changes: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        change_item(item_id=item, changes=changes, by=SYSTEM)
    return [refusal.code for refusal in caught.value.refusals]


def test_what_differs_is_written_audited_and_told_once(item: int) -> None:
    OutboxEvent.objects.all().delete()
    change_item(item_id=item, changes={"note": "yeni", "call_number": "821 A", "price_minor": 500}, by=SYSTEM)
    facts = items_by_id([item])[item]
    assert (facts.note, facts.call_number, facts.price_minor, facts.version) == ("yeni", "821 A", 500, 2)
    entry = AuditEntry.objects.get(action="item.change")
    assert entry.before == {"note": "", "call_number": "821 B"}
    assert entry.after == {"note": "yeni", "call_number": "821 A"}
    assert OutboxEvent.objects.get().payload == {"records": [facts.record_id]}


def test_nothing_is_written_where_nothing_differs(item: int) -> None:
    entries, events = AuditEntry.objects.count(), OutboxEvent.objects.count()
    change_item(item_id=item, changes={"call_number": "821 B", "lost": "", "home_unit": "GNC-M"}, by=SYSTEM)
    assert (AuditEntry.objects.count(), OutboxEvent.objects.count()) == (entries, events)
    assert items_by_id([item])[item].version == 1


def test_a_new_call_number_or_scheme_moves_the_copy_on_its_shelf(item: int) -> None:
    keys = []
    for changes in ({"call_number": "821(091)"}, {"scheme": "udc"}, {"volume": "2"}):
        change_item(item_id=item, changes=changes, by=SYSTEM)
        keys.append(items_by_id([item])[item].shelf_key)
    assert len(set(keys)) == 3
    assert keys[2].startswith(keys[1])


def test_a_change_made_from_an_old_state_is_refused(item: int) -> None:
    change_item(item_id=item, changes={"note": "bir"}, by=SYSTEM, version=1)
    with pytest.raises(Refused, match="stale_item"):
        change_item(item_id=item, changes={"note": "iki"}, by=SYSTEM, version=1)
    assert items_by_id([item])[item].note == "bir"


def test_every_reason_is_told_at_once(item: int) -> None:
    a_copy(a_record(), barcode="B2")
    assert refused(item, barcode="B2") == ["barcode_taken"]
    assert refused(item, price_minor=-1, item_type="XX") == ["bad_price", "unknown_item_type"]
    assert refused(item, home_unit="NO") == ["unknown_unit"]
    assert refused(10**9, note="x") == ["unknown_item"]
    set_entry(kind="collection", unit="GNC", code="NADİR", names={}, by=SYSTEM)
    assert refused(item, collection="adi") == ["collection_not_listed"]
    assert items_by_id([item])[item].version == 1


@pytest.mark.parametrize("kind", LOST_KINDS)
def test_kinds_of_loss(item: int, kind: str) -> None:
    set_state(item_id=item, state="lost", value=kind, by=SYSTEM)
    row = Item.objects.get(pk=item)
    assert row.lost == kind
    assert row.lost_at is not None
    set_state(item_id=item, state="lost", value="", by=SYSTEM)
    assert Item.objects.get(pk=item).lost_at is None


@pytest.mark.parametrize("state", STATES)
def test_a_state_changes_alone(item: int, state: str) -> None:
    set_state(item_id=item, state=state, value="missing" if state == "lost" else True, by=SYSTEM)
    facts = items_by_id([item])[item]
    assert {name for name in STATES if getattr(facts, name)} == {state}
    assert (Item.objects.get(pk=item).withdrawn_at is not None) == (state == "withdrawn")
    assert refused(item, **{state: "?"}) == ["bad_state"]


@pytest.mark.parametrize("who", STAFF)
def test_who_may_change_what_at_gnc(item: int, who: str) -> None:
    may = {
        "librarian here": {"lost", "damaged"},
        "cataloguer here": {"lost", "damaged", "note", "restricted", "not_for_loan"},
        "administrator here": {"lost", "damaged", "note", "restricted", "not_for_loan", "withdrawn", "home_unit"},
    }
    may["administrator"] = may["administrator here"]
    values: dict[str, Any] = {"lost": "missing", "damaged": True, "note": "x", "restricted": True,
                              "not_for_loan": True, "withdrawn": True, "home_unit": "GNC-2"}  # fmt: skip
    came_of = {name: _came_of(item, {name: value}, who) for name, value in values.items()}
    allowed = may.get(who, set())
    assert came_of == {name: "done" if name in allowed else "not_permitted" for name in values}


def _came_of(item: int, changes: dict[str, Any], who: str) -> str:
    try:
        change_item(item_id=item, changes=changes, by=STAFF[who])
    except Refused as refused_now:
        return str(refused_now)
    return "done"


def test_a_copy_is_not_given_to_a_library_where_one_may_not_edit(item: int) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        change_item(item_id=item, changes={"home_unit": "SAK-M"}, by=STAFF["administrator here"])


AWAY = {"loan": "item_lent", "hold_shelf": "item_waits", "transit": "item_travels"}


@pytest.mark.parametrize("place", ["shelf", "loan", "hold_shelf", "transit", "conservation", "order"])
def test_a_copy_that_others_rely_on_is_neither_deleted_nor_withdrawn(item: int, place: str) -> None:
    move(item_id=item, place=place, now=NOW)
    if place not in AWAY:
        set_state(item_id=item, state="withdrawn", value=True, by=SYSTEM)
        delete_item(item_id=item, by=SYSTEM)
        assert not Item.objects.exists()
        return
    assert refused(item, withdrawn=True) == [AWAY[place]]
    with pytest.raises(Refused, match=AWAY[place]):
        delete_item(item_id=item, by=SYSTEM)
    assert items_by_id([item])[item].place == place


def test_a_lent_copy_is_lost_or_found_as_a_loan_and_not_here(item: int) -> None:
    move(item_id=item, place="loan", now=datetime(2026, 11, 23, 8, tzinfo=UTC))
    for kind in ("lost", "missing"):
        with pytest.raises(Refused, match="lost_on_loan"):
            set_state(item_id=item, state="lost", value=kind, by=SYSTEM)
    change_item(item_id=item, changes={"note": "x"}, by=SYSTEM)
    assert (items_by_id([item])[item].lost, items_by_id([item])[item].note) == ("", "x")


def test_a_deleted_copy_is_nowhere_and_can_come_back(item: int) -> None:
    record = items_by_id([item])[item].record_id
    delete_item(item_id=item, by=SYSTEM)
    assert items_of([record], withdrawn=True) == {}
    assert item_by_barcode("B1") is None
    assert stock_of([record]) == {}
    assert "B1" in known_items(["B1"])  # an import that brings it again does not bring it back
    with pytest.raises(Refused, match="unknown_item"):
        delete_item(item_id=item, by=SYSTEM)
    restore_item(item_id=item, by=SYSTEM)
    assert item_by_barcode("B1") is not None
    with pytest.raises(Refused, match="unknown_item"):
        restore_item(item_id=item, by=SYSTEM)


@pytest.mark.parametrize("who", STAFF)
def test_who_may_delete_and_bring_back(item: int, who: str) -> None:
    if who in ("administrator", "administrator here", "cataloguer here"):
        delete_item(item_id=item, by=STAFF[who])
        restore_item(item_id=item, by=STAFF[who])
        return
    with pytest.raises(Refused, match="not_permitted"):
        delete_item(item_id=item, by=STAFF[who])
    delete_item(item_id=item, by=SYSTEM)
    with pytest.raises(Refused, match="not_permitted"):
        restore_item(item_id=item, by=STAFF[who])


def test_history_tells_who_what_and_where_newest_first(item: int) -> None:
    change_item(item_id=item, changes={"note": "yeni"}, by=STAFF["cataloguer here"])
    set_state(item_id=item, state="damaged", value=True, by=PEOPLE["librarian here"])
    a_copy(a_record(), barcode="B2")
    told = history_of(item)
    assert [entry.action for entry in told] == ["item.change", "item.change", "item.add"]
    assert told[0].changes == {"damaged": (False, True)}
    assert (told[0].by, told[0].unit) == ("librarian AZ/GNC/GNC-M/", "GNC-M")
    assert told[1].changes == {"note": ("", "yeni")}


def test_an_import_run_again_leaves_what_it_says_nothing_of(item: int) -> None:
    own = {"source": "gift", "staff_note": "seyf", "replacement_minor": 900, "scheme": "udc", "note": "bizim"}
    change_item(item_id=item, changes=own, by=SYSTEM)
    replace(item, NewItem(barcode="B1", home_unit="GNC-M", holding_unit="GNC-M", item_type="BK", note="onların"))
    facts = items_by_id([item])[item]
    assert (facts.source, facts.staff_note, facts.replacement, facts.scheme) == ("gift", "seyf", 900, "udc")
    assert (facts.note, facts.version) == ("onların", 3)


def test_a_change_costs_a_bounded_number_of_statements(item: int, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(11):
        change_item(item_id=item, changes={"note": "yeni", "location": "Zal"}, by=SYSTEM)
    with django_assert_max_num_queries(8):
        delete_item(item_id=item, by=SYSTEM)
