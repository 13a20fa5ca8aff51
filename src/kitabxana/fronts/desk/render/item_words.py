"""Fields, states and refusals of copies as a librarian reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kitabxana.fronts.desk.render.words import FLAGS, sentence
from kitabxana.holdings.messages import REFUSALS
from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

LABELS: Mapping[str, _StrPromise] = {
    "barcode": _("Barcode"),
    "home_unit": _("Library"),
    "item_type": _("Item type"),
    "location": _("Location"),
    "collection": _("Collection"),
    "call_number": _("Call number"),
    "scheme": _("Read as"),
    "copy_number": _("Copy number"),
    "volume": _("Volume"),
    "accession_number": _("Accession number"),
    "price_minor": _("Price"),
    "replacement_minor": _("To pay if lost"),
    "currency": _("Currency"),
    "source": _("Came by"),
    "note": _("Note for readers"),
    "staff_note": _("Note for staff"),
    "bound_with": _("Bound with record"),
    "batch": _("Batch"),
    "undone": _("Batch undone"),
    **FLAGS,
}
SCHEMES: Mapping[str, _StrPromise] = {
    "local": _("Local order"),
    "udc": _("UDC"),
    "ddc": _("Dewey (DDC)"),
    "lc": _("Library of Congress"),
    "cutter": _("Author mark (Cutter)"),
}
SOURCES: Mapping[str, _StrPromise] = {
    "purchase": _("Purchase"),
    "gift": _("Gift"),
    "exchange": _("Exchange"),
    "legal_deposit": _("Legal deposit"),
    "other": pgettext_lazy("source of a copy", "Other"),
}
LOST: Mapping[str, _StrPromise] = {
    "lost": _("Lost"),
    "long_overdue": _("Long overdue"),
    "lost_paid": _("Lost and paid for"),
    "missing": _("Missing from the shelf"),
    "claimed_returned": _("The reader says it was returned"),
}
LISTS: Mapping[str, _StrPromise] = {
    "item_type": _("Item types"),
    "location": _("Locations"),
    "collection": _("Collections"),
    "withdrawal_reason": _("Withdrawal reasons"),
}
SERIES: Mapping[str, _StrPromise] = {
    "barcode": _("Barcodes"),
    "accession": _("Accession book"),
    "act": _("Acts of withdrawal"),
    "card": _("Readers' cards"),
}
CHECKS: Mapping[str, _StrPromise] = {
    "": _("None"),
    "luhn": _("Modulus 10 (Luhn)"),
    "ean": _("EAN-13"),
}
ACTIONS: Mapping[str, _StrPromise] = {
    "item.add": _("Added"),
    "item.change": _("Changed"),
    "item.withdraw": _("Withdrawn"),
    "item.undo": _("Put back"),
    "item.delete": _("Deleted"),
    "item.restore": _("Brought back"),
    "item.bind": _("Bound"),
    "item.unbind": _("Unbound"),
}
WORDS: Mapping[str, Mapping[str, _StrPromise]] = {"scheme": SCHEMES, "source": SOURCES, "lost": LOST}


def told(refusal: Refusal) -> str:
    """The sentence of any refusal a copy's page can meet."""
    if refusal.code not in REFUSALS:
        return sentence(refusal)
    params = dict(refusal.params)
    if "field" in params:
        params["field"] = str(LABELS.get(str(params["field"]), params["field"]))
    if "kind" in params:
        params["kind"] = str(SERIES.get(str(params["kind"]), params["kind"]))
    return str(REFUSALS[refusal.code]) % params


def all_told(refusals: Iterable[Refusal]) -> list[str]:
    """Each sentence once."""
    return list(dict.fromkeys(told(refusal) for refusal in refusals))


def amount(minor: int | None, currency: str = "") -> str:
    return "" if minor is None else f"{Money(minor, currency).decimal():.2f} {currency}".strip()


def value_text(field: str, value: Any) -> str:
    """A field's value as it is shown in histories and look-aheads."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field.endswith("_minor"):
        return amount(int(value))
    return str(WORDS.get(field, {}).get(str(value), value))
