"""Labels and cards: what was chosen stands on the sheet, at its place, and is read from the printed page again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, commit_batch, decide, stage
from kitabxana.exchange.tests.builders import a_file, numbered
from kitabxana.fronts.desk.tests.people import administrator, cataloguer, librarian
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.operations import add_item_type, add_items, set_series
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.labels.messages import REFUSALS
from kitabxana.patrons.operations import set_card_series
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

DOTS = 300 / 72
"""Of a page's point, as a laser printer of 300 dots an inch has them."""


def some_copies(count: int = 3, *, unit: str = "GNC-M", **values: Any) -> list[str]:
    add_item_type(code="BK", names={}, by=SYSTEM)
    values = {"call_number": "821.512.162-31 Ş53", "volume": "2-ci cild"} | values
    item = NewItem(barcode=None, home_unit=unit, holding_unit=unit, item_type="BK", **values)
    codes = [f"{unit}-{number:04d}" for number in range(1, count + 1)]
    add_items(record_id=a_record(title="Dəli Kür"), item=item, by=SYSTEM, barcodes=codes)
    return codes


def sheets(client: Client, **asked: Any) -> pypdfium2.PdfDocument:
    answer = client.post("/desk/labels/pdf/", {"start": "1", **asked})
    assert answer["Content-Type"] == "application/pdf", answer.content.decode()
    return pypdfium2.PdfDocument(answer.content)


def words(document: pypdfium2.PdfDocument, page: int = 0) -> str:
    return str(document[page].get_textpage().get_text_range())


def scanned(document: pypdfium2.PdfDocument, page: int = 0) -> list[tuple[str, float, float]]:
    """(text, left, top) of every code on the printed page, in millimetres."""
    image = document[page].render(scale=DOTS).to_pil()
    return [
        (found.text, found.position.top_left.x / 300 * 25.4, found.position.top_left.y / 300 * 25.4)
        for found in zxingcpp.read_barcodes(image, try_rotate=False)
    ]


def refused(client: Client, **asked: Any) -> str:
    answer = client.post("/desk/labels/", asked)
    assert answer.status_code == 422
    return answer.content.decode()


def test_scanned_copies_on_a_sheet_that_was_begun() -> None:
    codes = some_copies()
    found = sheets(
        cataloguer(), what="both", source="barcodes", codes="\n".join(reversed(codes)), sheet="a4-24", start="5"
    )
    assert [round(side / 72 * 25.4) for side in found[0].get_size()] == [210, 297]
    text = words(found)
    assert text.count("Dəli Kür") == text.count("2-ci cild") == text.count("Ş53") == 3
    assert text.count("821.512.") == 3
    seen = scanned(found)
    assert [one[0] for one in sorted(seen, key=lambda one: (round(one[2] / 10), one[1]))] == list(reversed(codes))
    # The fifth place of three columns of 70 × 37 mm: the second in the second row.
    first = next(one for one in seen if one[0] == codes[-1])
    assert 70 < first[1] < 140
    assert 37.5 < first[2] < 74.5


@pytest.mark.parametrize(("kind", "sheet"), [("code128", "a4-65"), ("code128", "roll-40x30"), ("qr", "a4-21")])
def test_barcodes_are_read_from_every_kind_of_sheet(kind: str, sheet: str) -> None:
    codes = some_copies()
    found = sheets(librarian(), what="barcode", kind=kind, source="latest", count_latest="2", sheet=sheet)
    assert sorted(one[0] for page in range(len(found)) for one in scanned(found, page)) == codes[1:]


def test_ean_13_of_the_run_drawn_ahead_and_printed_again() -> None:
    set_series(unit="GNC", kind="barcode", prefix="200", digits=9, last=0, check="ean", by=SYSTEM)
    client = cataloguer()
    asked = {"what": "barcode", "kind": "ean13", "sheet": "a4-40", "draw": "1", "draw_count": "3"}
    to = client.post("/desk/labels/", asked)["Location"]
    page = client.get(to).content.decode()
    assert "3 labels" in page
    assert "2000000000039" in page
    found = sheets(client, what="barcode", kind="ean13", sheet="a4-40", source="run", first_run="1", last_run="99")
    assert sorted(one[0] for one in scanned(found)) == ["2000000000015", "2000000000022", "2000000000039"]
    assert client.get(to).status_code == 200
    assert AuditEntry.objects.filter(action="series.draw").count() == 1
    assert "At most 500" in refused(client, **asked | {"draw_count": "501"})
    assert "You do not have the permission for this here: items.edit" in refused(librarian(), **asked)


def test_lines_of_the_accession_book_and_copies_of_an_import(tmp_path: Path) -> None:
    client = cataloguer()
    set_series(unit="GNC", kind="accession", prefix="", digits=0, last=0, by=SYSTEM)
    add_item_type(code="BK", names={}, by=SYSTEM)
    item = NewItem(barcode=None, home_unit="GNC-M", holding_unit="GNC-M", item_type="BK", call_number="1")
    add_items(record_id=a_record(), item=item, by=SYSTEM, barcodes=["A1", "A2", "A3"], accession=True)
    found = sheets(client, what="barcode", source="book", first_book="2", last_book="3", sheet="a4-65")
    assert sorted(one[0] for one in scanned(found)) == ["A2", "A3"]
    brought = stage(a_file(tmp_path / "a.mrc", numbered(2)), file_name="a.mrc", profile=Profile(), by=SYSTEM)
    while advance(brought):
        pass
    assert "Nothing was found" in refused(client, what="barcode", source="import", **{"import": str(brought)})
    decide(batch_id=brought, decision="add", verdict="new", by=SYSTEM)
    commit_batch(batch_id=brought, by=SYSTEM)
    while advance(brought):
        pass
    assert "a.mrc" in client.get("/desk/labels/").content.decode()
    found = sheets(client, what="barcode", source="import", sheet="a4-65", **{"import": str(brought)})
    assert sorted(one[0] for one in scanned(found)) == ["B1", "B2"]
    assert "There is no such import" in refused(
        librarian(), what="barcode", source="import", **{"import": str(brought)}
    )


def test_readers_cards_by_number_class_and_run() -> None:
    a_reader(card="2000000000015", surname="Şıxəliyeva", category="ADULT")
    a_reader(card="2000000000022", surname="Öztürk", category="7A")
    client = librarian()
    found = sheets(client, what="card", kind="ean13", source="cards", codes="2000000000015", sheet="cr80")
    assert [round(side / 72 * 254) for side in found[0].get_size()] == [856, 540]
    assert "Şıxəliyeva Aytən" in words(found)
    assert [one[0] for one in scanned(found)] == ["2000000000015"]
    found = sheets(client, what="card", kind="qr", source="category", category="7A", sheet="a4-cards")
    assert "Öztürk" in words(found)
    assert [one[0] for one in scanned(found)] == ["2000000000022"]
    found = sheets(client, what="card", source="newest", count_newest="1", sheet="a4-cards")
    assert [one[0] for one in scanned(found)] == ["2000000000022"]
    set_card_series(unit="GNC", prefix="G", digits=4, last=0, by=SYSTEM)
    to = client.post("/desk/labels/", {"what": "card", "sheet": "a4-cards", "draw": "1", "draw_count": "2"})["Location"]
    page = client.get(to).content.decode()
    assert "G0001" in page
    assert "G0002" in page
    assert "2 labels" in page


def test_others_copies_and_readers_are_not_printed() -> None:
    theirs = some_copies(1, unit="SAK-M")
    a_reader(card="S1", home_unit="SAK-M")
    client = librarian()
    assert theirs[0] in refused(client, what="barcode", source="barcodes", codes=theirs[0])
    assert "S1" in refused(client, what="card", source="cards", codes="S1")
    assert "Nothing was found" in refused(client, what="barcode", source="latest")
    found = sheets(librarian("SAK-M"), what="barcode", source="barcodes", codes=theirs[0], sheet="a4-40")
    assert [one[0] for one in scanned(found)] == theirs


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"sheet": "a4-99"}, "unknown_sheet"),
        ({"codes": "NONE"}, "unknown_barcodes"),
        ({"kind": "ean13"}, "not_drawable"),
        ({"sheet": "a4-65", "what": "both"}, "too_dense"),
        ({"codes": ""}, "nothing_to_print"),
        ({"source": "run"}, "no_run"),
        ({"source": "book"}, "no_run"),
        ({"what": "card", "source": "card_run", "sheet": "cr80"}, "no_run"),
        ({"what": "card", "source": "newest", "sheet": "a4-24"}, "card_too_large"),
        ({"what": "card", "source": "cards", "codes": "NONE", "sheet": "cr80"}, "unknown_cards"),
    ],
)
def test_what_can_t_be_printed_is_told(asked: dict[str, str], code: str) -> None:
    [barcode] = some_copies(1)
    a_reader()
    sent = {"what": "barcode", "source": "barcodes", "codes": barcode, "sheet": "a4-40"} | asked
    client = librarian()
    for address in ("/desk/labels/", "/desk/labels/pdf/"):
        answer = client.post(address, sent)
        assert answer.status_code == 422
        assert str(REFUSALS[code]).split("%", maxsplit=1)[0].replace("'", "&#x27;") in answer.content.decode()


def test_the_first_sheet_is_shown_as_it_will_be() -> None:
    codes = some_copies(30)
    client = cataloguer()
    shown = client.get("/desk/labels/", {"what": "barcode", "source": "latest", "count_latest": "30", "sheet": "a4-24"})
    page = shown.content.decode()
    assert "30 labels" in page
    assert "2 sheets" in page
    assert page.count('<svg class="k-on k-on-code"') == 24
    assert codes[23] in page
    assert codes[24] not in page
    css = client.get("/desk/labels/sheet.css?what=barcode&sheet=a4-24")
    assert css["Content-Type"] == "text/css; charset=utf-8"
    assert ".k-at-24 { left: 140mm; top: 259.5mm }" in css.content.decode()


def test_spines_of_copies_without_a_barcode_too() -> None:
    record = a_record()
    a_copy(record, barcode=None)
    some_copies(1)
    found = sheets(cataloguer(), what="spine", source="latest", sheet="a4-65")
    assert words(found).count("Ş53") == 1


def test_sheets_of_one_s_own_are_kept_at_a_level() -> None:
    client, here = administrator(), cataloguer()
    sent = {
        "name": "Bizim", "unit": "GNC", "columns": "2", "rows": "4", "page_width": "210", "page_height": "297",
        "width": "99,1", "height": "67.7", "left": "4.65", "top": "13", "across": "101.6", "down": "",
    }  # fmt: skip
    assert client.post("/desk/labels/sheets/", sent | {"width": "abc"}).status_code == 422
    assert client.post("/desk/labels/sheets/", sent | {"across": "50"}).status_code == 422
    client.post("/desk/labels/sheets/", sent)
    [code] = some_copies(1)
    page = here.get("/desk/labels/").content.decode()
    own = page.split('value="own-')[1].split('"')[0]
    found = sheets(here, what="barcode", source="barcodes", codes=code, sheet=f"own-{own}", start="8")
    [(text, left, top)] = scanned(found)
    assert text == code
    assert 4.65 + 101.6 < left < 210
    assert 13 + 3 * 67.7 < top < 297
    assert "Bizim" not in librarian("SAK-M").get("/desk/labels/").content.decode()
    client.post("/desk/labels/sheets/", {"drop": f"own-{own}"})
    assert "Bizim" not in client.get("/desk/labels/sheets/").content.decode()


def test_whose_card_is_printed_is_written_down() -> None:
    one, other = a_reader(card="R1"), a_reader(card="R2")
    sheets(librarian(), what="card", source="cards", codes="R2", sheet="cr80")
    seen = AuditEntry.objects.filter(action="patron.view").values_list("object_id", flat=True)
    assert str(other) in seen
    assert str(one) not in seen


def test_a_sheet_costs_as_many_statements_as_a_label() -> None:
    some_copies(30)
    client, costs = cataloguer(), []
    for count in ("1", "30"):
        asked = {"what": "both", "source": "latest", "count_latest": count, "sheet": "a4-24"}
        with CaptureQueriesContext(connection) as queries:
            assert client.post("/desk/labels/", asked).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 22
