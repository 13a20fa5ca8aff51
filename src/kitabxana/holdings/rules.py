"""What a copy may be described as, and what may not be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kitabxana.kernel.numbering import numbering_problem
from kitabxana.language import shelf_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.holdings.facts import ItemFacts

SCHEMES: Final = ("udc", "ddc", "lc", "cutter", "local")
SOURCES: Final = ("purchase", "gift", "exchange", "legal_deposit", "other")
LOST_KINDS: Final = ("lost", "long_overdue", "lost_paid", "missing", "claimed_returned")
"""In the order of Koha's usual numbers for LOST, from 1."""
LISTS: Final = ("item_type", "location", "collection", "withdrawal_reason")
SERIES: Final = ("barcode", "accession", "act")
MOST_AT_ONCE: Final = 500
MOST_IN_BATCH: Final = 5000

TEXTS: Final[Mapping[str, int]] = {
    "barcode": 60, "location": 80, "collection": 80, "call_number": 255, "accession_number": 40, "copy_number": 40,
    "volume": 200, "note": 10_000, "staff_note": 10_000,
}  # fmt: skip
"""What is written as text, with the most letters it may have."""
FLAGS: Final = ("damaged", "withdrawn", "not_for_loan", "restricted")
STATES: Final = ("lost", *FLAGS)
PRICES: Final = ("price_minor", "replacement_minor")

PERMISSION_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (*TEXTS, *PRICES, "currency", "scheme", "source", "home_unit", "item_type", "not_for_loan", "restricted"),
        "items.edit",
    ),
    **dict.fromkeys(("lost", "damaged"), "items.state"),
    "withdrawn": "items.withdraw",
}
"""Everything about a copy that can be changed, and what is needed to change it."""


def key_of(*, call_number: str, scheme: str, volume: str) -> str:
    """Where the copy stands: by its call number, its volumes by number."""
    key = shelf_key(call_number, scheme or "local")
    parts = [key, shelf_key(volume, "local") if key and volume else ""]
    return " ".join(part for part in parts if part)[:255]


def away_problem(item: ItemFacts) -> str | None:
    """Why a copy can't be taken out of the stock now: it is where others rely on it."""
    if item.place == "loan":
        return "item_lent"
    if item.place == "hold_shelf":
        return "item_waits"
    if item.place == "transit":
        return "item_travels"
    return None


def value_problem(field: str, value: Any) -> str | None:
    """Why this can't be written in a copy's description or states (a stable code), None when it can."""
    if field in TEXTS:
        return _text_problem(field, value)
    if field in PRICES:
        return _price_problem(value)
    if field == "currency" and value and not (len(value) == 3 and value.isascii() and value.isupper()):
        return "bad_currency"
    return _word_problem(field, value)


def _price_problem(value: Any) -> str | None:
    """Whole minor units that the database can hold."""
    if value is not None and not (type(value) is int and 0 <= value < 2**31):
        return "bad_price"
    return None


def _text_problem(field: str, value: Any) -> str | None:
    if value is None and field == "barcode":
        return None
    if not isinstance(value, str) or "\0" in value or (field == "barcode" and value != (value.strip() or None)):
        return "bad_text"
    if len(value) > TEXTS[field]:
        return "too_long"
    return None


def _word_problem(field: str, value: Any) -> str | None:
    if field == "scheme" and value not in ("", *SCHEMES):
        return "scheme_not_known"
    if field == "source" and value not in ("", *SOURCES):
        return "source_not_known"
    if (field == "lost" and value not in ("", *LOST_KINDS)) or (field in FLAGS and not isinstance(value, bool)):
        return "bad_state"
    return None


def series_problem(*, kind: str, prefix: str, digits: int, last: int, check: str = "") -> str | None:
    """Why numbers can't be made so (a stable code), None when they can. Check digits are for what is scanned."""
    if kind not in SERIES:
        return "series_not_known"
    if check and kind != "barcode":
        return "bad_check"
    return numbering_problem(prefix=prefix, digits=digits, last=last, check=check)


def entry_problem(*, kind: str, code: str, names: Mapping[str, str]) -> str | None:
    """Why this can't be an entry of a list (a stable code), None when it can."""
    if kind not in LISTS:
        return "list_not_known"
    longest = 10 if kind == "item_type" else 80
    if not code.strip() or code != code.strip() or len(code) > longest or not code.isprintable():
        return "bad_list_code"
    if any(len(name) > 120 or not name.isprintable() for name in names.values()):
        return "bad_name"
    return None
