"""The shape of what is asked for on the page of labels."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from kitabxana.formats.barcodes import KINDS
from kitabxana.fronts.desk.forms import lines, typed, whole_number
from kitabxana.labels.facts import WHAT, Sheet
from kitabxana.labels.rules import FIRST_CHOICE, LENGTHS, MOST_LABELS

if TYPE_CHECKING:
    from django.http import QueryDict

    from kitabxana.formats.barcodes import Kind
    from kitabxana.labels.facts import What

OF_COPIES = ("barcodes", "run", "book", "latest", "import")
OF_READERS = ("cards", "card_run", "newest", "category")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which labels, on which sheet, from which place on; `source` says which of the other fields counts."""

    what: What
    kind: Kind
    sheet: str
    start: int
    source: str
    codes: tuple[str, ...]
    first: int
    last: int
    count: int
    category: str
    batch: int
    asked: bool

    @property
    def square(self) -> bool:
        return self.kind == "qr"


def wanted(data: QueryDict) -> Wanted:
    """What was sent, the usual where nothing sensible was."""
    what = cast("What", data.get("what") if data.get("what") in WHAT else "both")
    sources = OF_READERS if what == "card" else OF_COPIES
    source = typed(data, "source")
    first = whole_number(data, f"first_{source}") or 1
    codes = lines(data, "codes").replace("\0", " ").split()
    return Wanted(
        what=what,
        kind=cast("Kind", data.get("kind") if data.get("kind") in KINDS else "code128"),
        sheet=typed(data, "sheet") or FIRST_CHOICE[what],
        start=whole_number(data, "start") or 1,
        source=source if source in sources else sources[0],
        codes=tuple(dict.fromkeys(code[:60] for code in codes)),
        first=first,
        last=whole_number(data, f"last_{source}") or first,
        count=min(whole_number(data, f"count_{source}") or 24, MOST_LABELS),
        category=typed(data, "category"),
        batch=whole_number(data, "import") or 0,
        asked="source" in data,
    )


def sheet_sent(data: QueryDict) -> Sheet:
    """A sheet as it was typed, lengths in millimetres; what is no number is 0, which no sheet can have."""
    lengths = {name: _length(typed(data, name)) for name in LENGTHS}
    for pitch, size in (("across", "width"), ("down", "height")):
        lengths[pitch] = lengths[pitch] or lengths[size]
    counts = {name: whole_number(data, name) or 0 for name in ("columns", "rows")}
    values: dict[str, Any] = {**counts, **lengths}
    return Sheet(code="", name=typed(data, "name"), **values)


def _length(text: str) -> int:
    """Hundredths of a millimetre."""
    try:
        number = Decimal(text.replace(",", ".") or "0")
    except InvalidOperation:
        return 0
    return round(number * 100) if number.is_finite() and 0 <= number < 10_000 else 0
