"""Many copies at once: what a look ahead says is what is done, and what was done is put back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, OutboxEvent
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.models import Item
from kitabxana.holdings.operations import (
    add_item_type,
    add_items,
    change_item,
    change_items,
    move,
    set_entry,
    set_series,
    undo_batch,
    withdraw_items,
)
from kitabxana.holdings.queries import accession_book, act, batch, batches, items_by_id, items_where, numbering_for
from kitabxana.holdings.tests.builders import a_copy, an_act
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.organisation.tests.people import ADMINISTRATOR_ELSEWHERE, ADMINISTRATOR_HERE, PEOPLE, holder

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ALL = ("",)
STAFF = PEOPLE | {
    "cataloguer here": holder("cataloguer", "AZ/GNC/GNC-M/"),
    "cataloguer elsewhere": holder("cataloguer", "AZ/SAK/"),
}


@pytest.fixture
def items() -> list[int]:
    """Four copies of two records: on the shelf, on loan, withdrawn, and one of another library."""
    a_nation()
    set_entry(kind="withdrawal_reason", unit=None, code="worn", names={"az": "Köhnəlib"}, by=SYSTEM)
    one, other = a_record(title="Dəli Kür", author="Şıxlı, İsmayıl"), a_record(title="Əli və Nino")
    made = [
        a_copy(one, barcode="B1", location="A", price_minor=100),
        a_copy(one, barcode="B2", location="B", price_minor=250),
        a_copy(other, barcode="B3", location="B", withdrawn=True),
        a_copy(other, barcode="B4", location="C", unit="SAK-M"),
    ]
    move(item_id=made[1], place="loan", now=NOW)
    return made


def change(items: list[int], changes: dict[str, Any], **more: Any) -> tuple[int | None, list[list[str]]]:
    basics: dict[str, Any] = {"unit": "GNC-M", "by": SYSTEM}
    number, planned = change_items(item_ids=items, changes=changes, **basics | more)
    return number, [[refusal.code for refusal in one.refusals] for one in planned]


def values(items: list[int], name: str) -> list[Any]:
    facts = items_by_id(items)
    return [getattr(facts[item], name) for item in items]


def test_a_look_ahead_says_what_will_be_and_writes_nothing(items: list[int]) -> None:
    before = AuditEntry.objects.count()
    number, planned = change_items(
        item_ids=items, changes={"location": "B", "note": "x"}, unit="GNC-M", by=ADMINISTRATOR_HERE, dry=True
    )
    assert number is None
    assert [dict(one.after) for one in planned] == [{"location": "B", "note": "x"}, *[{"note": "x"}] * 2,
                                                    {"location": "B", "note": "x"}]  # fmt: skip
    assert [[refusal.code for refusal in one.refusals] for one in planned] == [[], [], [], ["not_permitted"]]
    assert values(items, "location") == ["A", "B", "B", "C"]
    assert AuditEntry.objects.count() == before


def test_what_may_be_done_is_done_and_the_rest_left(items: list[int]) -> None:
    OutboxEvent.objects.all().delete()
    number, refusals = change(items, {"location": "B"}, by=ADMINISTRATOR_HERE, note="köçürmə")
    assert refusals == [[], [], [], ["not_permitted"]]
    assert values(items, "location") == ["B", "B", "B", "C"]
    done = batch(number or 0, scopes=ALL)
    assert done is not None
    assert (done.kind, done.items, done.note, done.changes) == ("change", 1, "köçürmə", {"location": "B"})
    assert AuditEntry.objects.get(action="item.change").after == {"location": "B", "batch": number}
    assert OutboxEvent.objects.count() == 1


def test_a_batch_that_changes_nothing_is_none(items: list[int]) -> None:
    assert change(items[:1], {"location": "A"}) == (None, [[]])
    assert batches(scopes=ALL) == []


def test_undoing_puts_back_what_is_still_as_the_batch_left_it(items: list[int]) -> None:
    number, _ = change(items, {"location": "D", "damaged": True, "price_minor": 300})
    change_item(item_id=items[0], changes={"location": "E"}, by=SYSTEM)
    change_item(item_id=items[1], changes={"note": "sonra"}, by=SYSTEM)  # another field: no hindrance
    assert undo_batch(batch_id=number or 0, by=SYSTEM) == (3, 1)
    assert values(items, "location") == ["E", "B", "B", "C"]
    assert values(items, "price_minor") == [300, 250, None, None]
    assert values(items, "damaged") == [True, False, False, False]
    assert values(items, "note") == ["", "sonra", "", ""]
    done = batch(number or 0, scopes=ALL)
    assert done is not None
    assert (done.undone_by, done.left) == ("system", 1)
    with pytest.raises(Refused, match="undone_already"):
        undo_batch(batch_id=number or 0, by=SYSTEM)
    with pytest.raises(Refused, match="unknown_batch"):
        undo_batch(batch_id=10**9, by=SYSTEM)


@pytest.mark.parametrize(
    ("changes", "more", "code"),
    [
        ({"barcode": "X"}, {}, "not_in_batches"),
        ({"withdrawn": True}, {}, "not_in_batches"),
        ({"note": "x"}, {"unit": "NO"}, "unknown_unit"),
        ({"note": "x"}, {"by": PEOPLE["librarian here"]}, "not_permitted"),
        ({"note": "x"}, {"by": ADMINISTRATOR_ELSEWHERE}, "not_permitted"),
    ],
)
def test_a_whole_batch_is_refused(items: list[int], changes: dict[str, Any], more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused, match=code):
        change(items, changes, **more)


def test_more_than_five_thousand_are_refused(items: list[int]) -> None:
    with pytest.raises(Refused, match="too_many_items"):
        change(list(range(5001)), {"note": "x"})
    with pytest.raises(Refused, match="too_many_items"):
        withdraw_items(item_ids=list(range(5001)), draft=an_act(), by=SYSTEM)


def test_an_act_names_its_copies_as_they_were(items: list[int]) -> None:
    number, planned = withdraw_items(item_ids=items, draft=an_act(approved_by="Vəliyev V."), by=ADMINISTRATOR_HERE)
    assert [[refusal.code for refusal in one.refusals] for one in planned] == [
        [], ["item_lent"], ["withdrawn_already"], ["not_permitted"],
    ]  # fmt: skip
    drawn = act(number or 0, scopes=ALL)
    assert drawn is not None
    assert (drawn.number, drawn.reason, drawn.commission, drawn.approved_by) == (
        "1", "worn", ("Əliyeva A.", "Kərimov K."), "Vəliyev V.",
    )  # fmt: skip
    assert drawn.lines == (
        {"barcode": "B1", "accession_number": "", "title": "Dəli Kür", "author": "Şıxlı, İsmayıl", "year": "1982",
         "price_minor": 100, "currency": ""},
    )  # fmt: skip
    assert values(items, "withdrawn") == [True, False, True, False]
    assert AuditEntry.objects.filter(action="item.withdraw").count() == 1


def test_an_act_strikes_its_copies_off_the_book_and_undone_opens_the_lines_again(items: list[int]) -> None:
    set_series(unit="GNC", kind="accession", prefix="", digits=0, last=0, by=SYSTEM)
    set_series(unit="GNC", kind="act", prefix="2026/", digits=3, last=4, by=SYSTEM)
    item = NewItem(barcode=None, home_unit="GNC-M", holding_unit="GNC-M", item_type="BK")
    added = add_items(record_id=a_record(), item=item, barcodes=["N1", "N2"], accession=True, by=SYSTEM)
    withdraw_items(item_ids=[added[0].id or 0], draft=an_act(), by=SYSTEM)
    book = numbering_for("accession", "GNC-M")
    assert book is not None
    assert [line.act for line in accession_book(book, offset=0, limit=9)] == ["", "2026/005"]
    [done] = batches(scopes=ALL)
    assert undo_batch(batch_id=done.id, by=SYSTEM) == (1, 0)
    assert [line.act for line in accession_book(book, offset=0, limit=9)] == ["", ""]
    cancelled = act(done.act_id or 0, scopes=ALL)
    assert cancelled is not None
    assert cancelled.cancelled
    assert Item.objects.get(barcode="N1").withdrawn_at is None
    again, _ = withdraw_items(item_ids=[added[0].id or 0], draft=an_act(), by=SYSTEM)
    drawn = act(again or 0, scopes=ALL)
    assert drawn is not None
    assert drawn.number == "2026/006"


def test_an_act_needs_a_reason_of_the_list(items: list[int]) -> None:
    for reason in ("", "köhnə"):
        with pytest.raises(Refused, match="reason_not_listed"):
            withdraw_items(item_ids=items, draft=an_act(reason=reason), by=SYSTEM)


def test_no_act_is_drawn_up_for_nothing(items: list[int]) -> None:
    assert withdraw_items(item_ids=[items[2]], draft=an_act(), by=SYSTEM)[0] is None
    assert withdraw_items(item_ids=items, draft=an_act(), by=SYSTEM, dry=True)[0] is None
    assert batches(scopes=ALL) == []
    assert values(items, "withdrawn") == [False, False, True, False]


@pytest.mark.parametrize("who", STAFF)
def test_who_may_do_and_undo_at_gnc(items: list[int], who: str) -> None:
    changers = ("administrator", "administrator here", "cataloguer here")
    withdrawers = ("administrator", "administrator here")
    assert _came_of(lambda: change(items[:1], {"note": who}, by=STAFF[who])) == (who in changers)
    act_drawn = _came_of(lambda: withdraw_items(item_ids=items[:1], draft=an_act(), by=STAFF[who]))
    assert act_drawn == (who in withdrawers)
    change(items[:1], {"note": "x"})
    newest = batches(scopes=ALL)[0].id
    assert _came_of(lambda: undo_batch(batch_id=newest, by=STAFF[who])) == (who in changers)
    if not act_drawn:
        withdraw_items(item_ids=items[:1], draft=an_act(), by=SYSTEM)
    withdrawal = next(one.id for one in batches(scopes=ALL) if one.kind == "withdraw")
    assert _came_of(lambda: undo_batch(batch_id=withdrawal, by=STAFF[who])) == (who in withdrawers)


def _came_of(do: Any) -> bool:
    try:
        do()
    except Refused as refused:
        return "not_permitted" not in str(refused)
    return True


def test_batches_and_acts_are_seen_where_they_were_made(items: list[int]) -> None:
    number, _ = withdraw_items(item_ids=items[:1], draft=an_act(), by=SYSTEM)
    [made] = batches(scopes=("AZ/GNC/",))
    assert batches(scopes=("AZ/SAK/",)) == batches(scopes=()) == []
    assert batch(made.id, scopes=("AZ/SAK/",)) is None
    assert act(number or 0, scopes=("AZ/SAK/",)) is None
    assert act(number or 0, scopes=("AZ/GNC/GNC-M/",)) is not None


def test_copies_are_chosen_by_where_they_belong(items: list[int]) -> None:
    def chosen(**asked: Any) -> list[str | None]:
        basics: dict[str, Any] = {"unit": "AZ", "limit": 9}
        return [item.barcode for item in items_where(**basics | asked)]

    assert chosen() == ["B1", "B2", "B4"]
    assert chosen(unit="GNC", location="B") == ["B2"]
    assert chosen(unit="SAK-M") == ["B4"]
    assert chosen(withdrawn=True) == ["B3"]
    assert chosen(item_type="XX") == chosen(collection="XX") == []


def test_three_hundred_cost_about_what_three_cost() -> None:
    a_nation()
    add_item_type(code="BK", names={}, by=SYSTEM)
    item = NewItem(barcode=None, home_unit="GNC-M", holding_unit="GNC-M", item_type="BK")
    record = a_record()
    withdraw_items(
        item_ids=[a_copy(record, barcode="FIRST")], draft=an_act(), by=SYSTEM
    )  # the first act begins its run
    costs = []
    for prefix, count in (("A", 3), ("B", 300)):
        made = add_items(record_id=record, item=item, by=SYSTEM, barcodes=[f"{prefix}{n}" for n in range(count)])
        with CaptureQueriesContext(connection) as queries:
            number, _ = change([one.id or 0 for one in made], {"location": "Z", "note": "x"})
            withdraw_items(item_ids=[one.id or 0 for one in made], draft=an_act(), by=SYSTEM)
            undo_batch(batch_id=number or 0, by=SYSTEM)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 60
