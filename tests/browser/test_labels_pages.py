"""Labels, slips and a reader's photo in a browser, from the choice to the paper."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.operations import add_item_type, add_items, set_series
from kitabxana.patrons.operations import set_card_series
from kitabxana.patrons.tests.builders import a_reader
from tests.browser.test_desk import sign_in

if TYPE_CHECKING:
    from tests.browser.conftest import Visitor

SHOTS = os.environ.get("KITABXANA_SHOTS", "")
BOTH = pytest.mark.parametrize(
    "visitor", [("desk", "dark", "en"), ("phone", "light", "az")], indirect=True, ids=["desk", "phone"]
)


def shot(visitor: Visitor, name: str) -> None:
    if SHOTS:
        visitor.page.screenshot(path=str(Path(SHOTS) / f"{name}-{visitor.width}.png"), full_page=True)


def some_copies() -> None:
    add_item_type(code="BK", names={}, by=SYSTEM)
    for kind in ("barcode", "accession"):
        set_series(unit="GNC", kind=kind, prefix="GN" if kind == "barcode" else "", digits=6, last=0, by=SYSTEM)
    set_card_series(unit="GNC", prefix="", digits=9, last=0, check="luhn", by=SYSTEM)
    item = NewItem(barcode=None, home_unit="GNC-M", holding_unit="GNC-M", item_type="BK", call_number="894.361-3 Ş53")
    add_items(record_id=a_record(title="Dəli Kür"), item=item, by=SYSTEM, count=5, accession=True)


def a_face() -> bytes:
    image = Image.new("RGB", (900, 1200), (214, 196, 170))
    ImageDraw.Draw(image).ellipse((250, 250, 650, 800), fill=(155, 27, 48))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


@BOTH
def test_labels_from_the_choice_to_the_paper(visitor: Visitor) -> None:
    some_copies()
    page = visitor.page
    sign_in(page, visitor.base, role="administrator")
    visitor.open("/desk/labels/")
    visitor.look()
    shot(visitor, "labels")
    page.locator("input[value=latest]").check()
    page.fill("[name=count_latest]", "3")
    page.fill("#l-start", "2")
    page.locator("form.k-labels .k-person-do button").first.click()
    expect(page.locator(".k-seen .k-label")).to_have_count(3)
    visitor.look()
    shot(visitor, "labels-seen")
    fitted = page.locator(".k-seen .k-at-2 .k-on-code").bounding_box()
    assert fitted is not None
    assert fitted["height"] > 40
    with page.context.expect_page() as opened:
        page.locator("form.k-labels .k-person-do button").nth(1).click()
    opened.value.close()
    sent = {one["name"]: one["value"] for one in page.evaluate(
        "[...new FormData(document.querySelector('form.k-labels'))].map(([name, value]) => ({name, value}))"
    )}  # fmt: skip
    answer = page.request.post(visitor.base + "/desk/labels/pdf/", form=sent, headers={"Referer": visitor.base})
    printed = pypdfium2.PdfDocument(answer.body())[0].render(scale=300 / 72).to_pil()
    assert sorted(one.text for one in zxingcpp.read_barcodes(printed)) == ["GN000003", "GN000004", "GN000005"]
    page.locator("button[name=draw]").click()
    expect(page.locator(".k-seen .k-label")).to_have_count(24)
    visitor.look()
    visitor.open("/desk/labels/?what=card")
    visitor.look()
    shot(visitor, "cards")
    visitor.open("/desk/labels/sheets/")
    visitor.look()
    shot(visitor, "sheets")
    visitor.open("/desk/lists/?unit=GNC-M")
    page.select_option("#c-card", "luhn")
    visitor.look()
    shot(visitor, "series")


@BOTH
def test_a_photo_and_slips_of_a_reader(visitor: Visitor) -> None:
    some_copies()
    reader = a_reader(surname="Şıxəliyeva")
    from kitabxana.holdings.queries import item_by_barcode

    item = item_by_barcode("GN000001")
    assert item is not None
    loan = check_out(item_id=item.id, patron_id=reader, unit="GNC-M", by=SYSTEM, now=timezone.now())
    page = visitor.page
    sign_in(page, visitor.base, role="administrator")
    visitor.open(f"/desk/readers/{reader}/")
    form = page.locator("[data-photo]")
    form.locator("xpath=..").locator("summary").click()
    form.locator("input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_face()}
    )  # fmt: skip
    visitor.look()
    form.locator("button.btn-primary").first.click()
    expect(page.locator("img.k-person-photo")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.locator("img.k-person-photo").evaluate("one => one.naturalHeight") == 600
    visitor.look()
    shot(visitor, "photo")
    for name, address in (("slip", f"/desk/slips/readers/{reader}/"), ("slip-due", f"/desk/slips/loans/{loan.id}/")):
        visitor.open(address)
        visitor.look()
        shot(visitor, name)
    if visitor.width > 1000:
        paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        assert round(paper[0].get_width() / 72 * 25.4) == 80
        assert "Due back" in paper[0].get_textpage().get_text_range()
