"""Sheets and what stands in the way of printing, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

SHEETS: Mapping[str, _StrPromise] = {
    "a4-65": _("A4, 65 labels of 38.1 × 21.2 mm"),
    "a4-40": _("A4, 40 labels of 52.5 × 29.7 mm"),
    "a4-24": _("A4, 24 labels of 70 × 37 mm"),
    "a4-21": _("A4, 21 labels of 63.5 × 38.1 mm"),
    "a4-14": _("A4, 14 labels of 99.1 × 38.1 mm"),
    "roll-40x30": _("Roll, 40 × 30 mm"),
    "roll-58x40": _("Roll, 58 × 40 mm"),
    "a4-cards": _("A4, 10 cards to cut out"),
    "cr80": _("Card printer, 85.6 × 54 mm (CR80)"),
}
WHAT: Mapping[str, _StrPromise] = {
    "spine": _("Spine labels"),
    "barcode": _("Barcode labels"),
    "both": _("Spine and barcode"),
    "card": _("Readers' cards"),
}
KINDS: Mapping[str, _StrPromise] = {
    "code128": _("Code 128"),
    "ean13": _("EAN-13"),
    "qr": _("QR code"),
}
LENGTHS: Mapping[str, _StrPromise] = {
    "page_width": _("Page, width"),
    "page_height": _("Page, height"),
    "width": _("Label, width"),
    "height": _("Label, height"),
    "left": _("Margin at the left"),
    "top": _("Margin at the top"),
    "across": _("From one to the next, across"),
    "down": _("From one to the next, down"),
}
"""Of a sheet, by the names in `facts.Sheet`."""
REFUSALS: Mapping[str, _StrPromise] = {
    "unknown_sheet": _("There is no such sheet here."),
    "bad_sheet_name": _("A sheet has a name of at most 80 letters."),
    "bad_sheet": _(
        "A sheet has 1 to 200 labels of at least 10 × 5 mm, on a page of at most 420 mm. Lengths are in millimetres."
    ),
    "labels_overlap": _("The labels would lie over each other: from one to the next it is at least their own size."),
    "off_the_page": _("The labels would not lie on the page."),
    "sheet_taken": _("Another sheet of this library has the name %(name)s."),
    "card_too_large": _("A card of 85.6 × 54 mm does not lie on this sheet."),
    "nothing_to_print": _("Nothing was found to print."),
    "too_many_labels": _("At most %(most)s at once."),
    "unknown_barcodes": _("No copy of yours has these barcodes: %(codes)s."),
    "unknown_cards": _("No reader of yours has these cards: %(codes)s."),
    "not_drawable": _("This can't be drawn as %(kind)s: %(code)s."),
    "too_dense": _(
        "On this sheet the bars of %(code)s would be too fine to be scanned. Take wider labels or a QR code."
    ),
    "no_run": _("No such numbers were begun for this library."),
    "unknown_import": _("There is no such import."),
}


def refusal_text(refusal: Refusal) -> str:
    params = dict(refusal.params)
    if "kind" in params:
        params["kind"] = str(KINDS.get(str(params["kind"]), params["kind"]))
    return str(REFUSALS[refusal.code]) % params
