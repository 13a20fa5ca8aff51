"""Many copies at the desk: chosen by barcodes, file or place; looked at, done, put back; the act on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.fronts.desk.tests.people import administrator, cataloguer
from kitabxana.fronts.desk.tests.test_cost import cost
from kitabxana.holdings.operations import move, set_entry, set_series
from kitabxana.holdings.queries import batches, item_by_barcode, items_by_id
from kitabxana.holdings.tests.builders import a_copy

ADDRESS = "/desk/items/"


@pytest.fixture
def items() -> list[int]:
    from datetime import UTC, datetime

    set_entry(kind="withdrawal_reason", unit=None, code="worn", names={"az": "Köhnəlib", "en": "Worn out"}, by=SYSTEM)
    record = a_record(title="Dəli Kür <b>", author="Şıxlı, İsmayıl")
    made = [a_copy(record, barcode=f"B{n}", location="Abonement", price_minor=150, currency="AZN") for n in range(4)]
    move(item_id=made[3], place="loan", now=datetime(2026, 11, 23, tzinfo=UTC))
    return made


def text(answer: Any) -> str:
    return str(answer.content.decode())


def hidden_items(page: str) -> str:
    found = re.search(r'name="items" value="([\d,]*)"', page)
    assert found
    return found[1]


def test_what_was_looked_at_is_what_is_done(items: list[int]) -> None:
    client = cataloguer()
    sent = {"kind": "change", "set": ["location", "damaged"], "location": "Zal", "damaged": "yes", "note": "not ticked"}
    look = text(client.post(ADDRESS, sent | {"barcodes": "B0 B1\nNO B0", "look": "1"}))
    assert "2 of 2 copies would be changed" in look
    assert "Location: <bdi>Abonement</bdi> → <bdi>Zal</bdi>" in look
    assert re.search(r"Nobody knows these barcodes:\s*<span[^>]*>NO<", look)
    assert hidden_items(look) == f"{items[0]},{items[1]}"
    done = client.post(ADDRESS, sent | {"barcodes": "B2", "items": hidden_items(look), "do": "1"})
    assert done["Location"] == f"{ADDRESS}?done=1"
    facts = items_by_id(items)
    assert [(facts[item].location, facts[item].damaged, facts[item].note) for item in items[:3]] == [
        ("Zal", True, ""), ("Zal", True, ""), ("Abonement", False, ""),
    ]  # fmt: skip
    page = text(client.get(done["Location"]))
    assert "can be put back" in page
    [made] = batches(scopes=("",))
    undone = text(client.post(f"/desk/batches/{made.id}/undo/"))
    assert "Copies as they were: 2." in undone
    assert items_by_id(items)[items[0]].location == "Abonement"
    assert client.post(f"/desk/batches/{made.id}/undo/").status_code == 409
    assert "Put back by cat-GNC-M" in text(client.get(ADDRESS))


def test_copies_are_chosen_by_file_or_by_place(items: list[int]) -> None:
    client = cataloguer()
    sent = {"kind": "change", "set": "note", "note": "x", "look": "1"}
    file = SimpleUploadedFile("b.csv", '\ufeffB1;Dəli Kür\r\n"B2",x\n\n'.encode())
    assert hidden_items(text(client.post(ADDRESS, sent | {"file": file}))) == f"{items[1]},{items[2]}"
    of = text(client.post(ADDRESS, sent | {"of_unit": "GNC-M", "of_location": "Abonement"}))
    assert hidden_items(of) == ",".join(map(str, items))
    assert hidden_items(text(client.post(ADDRESS, sent | {"of_location": "Zal"}))) == ""
    assert hidden_items(text(client.post(ADDRESS, sent))) == ""
    a_copy(a_record(), barcode="S1", unit="SAK-M")
    elsewhere = text(client.post(ADDRESS, sent | {"of_unit": "SAK-M"}))
    assert hidden_items(elsewhere) == ",".join(map(str, items))  # another system's are not reached: one's own are shown
    refused = text(client.post(ADDRESS, sent | {"barcodes": "S1"}))
    assert "0 of 1 copies would be changed" in refused
    assert "items.edit" in refused


def test_an_act_is_drawn_up_and_printed(items: list[int]) -> None:
    set_series(unit="GNC", kind="act", prefix="2026/", digits=3, last=0, by=SYSTEM)
    client = administrator()
    sent = {"kind": "withdraw", "barcodes": "B0 B1 B3", "reason": "worn", "day": "2026-11-20",
            "commission": "Əliyeva A.\n\n  Kərimov   K. ", "approved_by": "Vəliyev V."}  # fmt: skip
    look = text(client.post(ADDRESS, sent | {"look": "1"}))
    assert "2 of 3 copies would be changed" in look
    assert "The copy B3 is on loan" in look
    assert batches(scopes=("",)) == []
    client.post(ADDRESS, sent | {"items": hidden_items(look), "do": "1"})
    [made] = batches(scopes=("",))
    assert f'href="/desk/acts/{made.act_id}/"' in text(client.get(ADDRESS))
    page = text(client.get(f"/desk/acts/{made.act_id}/"))
    for told in ("No. 2026/001", "20 November 2026", "2 copies were withdrawn", "Worn out", "Kərimov K.", "3.00 AZN",
                 "Şıxlı, İsmayıl. Dəli Kür &lt;b&gt;"):  # fmt: skip
        assert told in page, told
    paper = client.get(f"/desk/acts/{made.act_id}/pdf/")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    assert b"NotoSerif" in paper.content or b"DejaVu" in paper.content or len(paper.content) > 5000
    client.post(f"/desk/batches/{made.id}/undo/")
    assert "This act was cancelled." in text(client.get(f"/desk/acts/{made.act_id}/"))
    copy = item_by_barcode("B0")
    assert copy is not None
    assert not copy.withdrawn


def test_a_cataloguer_is_not_offered_an_act_and_can_t_draw_one_up(items: list[int]) -> None:
    client = cataloguer()
    assert "Withdraw by an act" not in text(client.get(ADDRESS))
    sent = {"kind": "withdraw", "items": str(items[0]), "barcodes": "B0", "reason": "worn", "do": "1"}
    answer = client.post(ADDRESS, sent)
    assert answer.status_code == 422
    assert "items.withdraw" in text(answer)
    assert not items_by_id(items)[items[0]].withdrawn


def test_acts_of_another_library_are_not_there(items: list[int]) -> None:
    from kitabxana.holdings.operations import withdraw_items
    from kitabxana.holdings.tests.builders import an_act

    number, _ = withdraw_items(item_ids=items[:1], draft=an_act(), by=SYSTEM)
    elsewhere = cataloguer("SAK-M")
    assert elsewhere.get(f"/desk/acts/{number}/").status_code == 404
    assert elsewhere.get(f"/desk/acts/{number}/pdf/").status_code == 404


def test_what_is_nothing_is_told(items: list[int]) -> None:
    answer = text(cataloguer().post(ADDRESS, {"kind": "change", "barcodes": "B0", "set": "location",
                                              "location": "Abonement", "do": "1"}))  # fmt: skip
    assert "Nothing was done: nothing would change." in answer


def test_the_page_costs_the_same_however_many_copies(items: list[int]) -> None:
    client = cataloguer()
    assert cost(client, ADDRESS) <= 24
    costs = []
    for barcodes in ("B0", "B0 B1 B2 B3"):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            client.post(ADDRESS, {"kind": "change", "barcodes": barcodes, "set": "note", "note": "x", "look": "1"})
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 40


def test_the_book_shows_what_came_and_what_went(items: list[int]) -> None:
    from kitabxana.holdings.facts import NewItem
    from kitabxana.holdings.operations import add_items, delete_item, withdraw_items
    from kitabxana.holdings.tests.builders import an_act

    client = cataloguer()
    assert "has not begun an accession book" in text(client.get("/desk/book/"))
    set_series(unit="GNC", kind="accession", prefix="", digits=5, last=0, by=SYSTEM)
    assert "The book is empty." in text(client.get("/desk/book/"))
    item = NewItem(
        barcode=None, home_unit="GNC-M", holding_unit="GNC-M", item_type="BK", price_minor=990, source="gift"
    )
    made = add_items(
        record_id=a_record(title="Nəsimi"), item=item, by=SYSTEM, barcodes=["N1", "N2", "N3"], accession=True
    )
    withdraw_items(item_ids=[made[0].id or 0], draft=an_act(), by=SYSTEM)
    delete_item(item_id=made[1].id or 0, by=SYSTEM)
    page = text(client.get("/desk/book/"))
    rows = re.findall(r"<tr><td[^>]*>(.*?)</tr>", page, re.DOTALL)
    assert [re.findall(r"0000\d", row) for row in rows] == [["00003"], ["00002"], ["00001"]]
    assert "struck out: a mistake" in rows[1]
    assert rows[2].rstrip().endswith(">1</td>")
    assert all(told in rows[0] for told in ("Nəsimi", "Gift", "9.90 AZN"))
    assert "N1" not in text(cataloguer("SAK-M").get("/desk/book/"))
    assert cost(client, "/desk/book/") <= 14
