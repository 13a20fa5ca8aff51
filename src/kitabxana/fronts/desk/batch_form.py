"""Which copies are chosen, and what is to be said of all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.item_form import Field, Fields, read
from kitabxana.holdings.queries import items_by_barcode, items_where
from kitabxana.holdings.rules import FLAGS, MOST_IN_BATCH
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.holdings.queries import Lists
    from kitabxana.organisation.facts import UnitFacts

FIELDS = ("home_unit", "item_type", "location", "collection", "call_number", "scheme", "source", "price_minor",
          "replacement_minor", "note", "staff_note", "lost", "damaged", "not_for_loan", "restricted")  # fmt: skip
LARGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids of the copies, the barcodes nobody knows, and whether there were more than a batch takes."""

    item_ids: list[int]
    unknown: list[str]
    more: bool = False


def choose(request: DeskRequest, *, unit: UnitFacts) -> Chosen:
    """The copies a look ahead showed, or those of the barcodes, or those that stand where the form says."""
    data = request.POST
    if "do" in data and data.get("items"):
        numbers = [text for text in data["items"].split(",") if text.isascii() and text.isdecimal() and len(text) < 19]
        return Chosen([int(text) for text in numbers], [])
    barcodes = list(dict.fromkeys([*data.get("barcodes", "").split(), *_of_file(request)]))
    if barcodes:
        found = items_by_barcode(barcodes[: MOST_IN_BATCH + 1])
        return Chosen(
            [found[code].id for code in barcodes if code in found][:MOST_IN_BATCH],
            [code for code in barcodes[: MOST_IN_BATCH + 1] if code not in found],
            len(barcodes) > MOST_IN_BATCH,
        )
    names = ("location", "collection", "item_type")
    asked = {name: typed(data, f"of_{name}") for name in names}
    code = typed(data, "of_unit")
    if not any(asked.values()) and not code:
        return Chosen([], [])
    if code not in {one.code for one in tree().under(unit.path)}:
        code = unit.code
    items = items_where(
        unit=code,
        location=asked["location"],
        collection=asked["collection"],
        item_type=asked["item_type"],
        limit=MOST_IN_BATCH + 1,
    )
    return Chosen([item.id for item in items[:MOST_IN_BATCH]], [], len(items) > MOST_IN_BATCH)


def _of_file(request: DeskRequest) -> list[str]:
    """Barcodes of an uploaded text file, one a line: the first column where there are several."""
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > LARGEST_FILE:
        return []
    text = sent.read().decode("utf-8-sig", errors="replace")
    columns = (line.replace(";", ",").replace("\t", ",").split(",")[0].strip().strip('"') for line in text.splitlines())
    return [code for code in columns if code]


def read_changes(data: QueryDict) -> dict[str, Any]:
    """What is said of all: the fields whose box is ticked."""
    wanted = [name for name in FIELDS if name in data.getlist("set")]
    found = read(data, [name for name in wanted if name not in FLAGS])
    return found | {name: data.get(name) == "yes" for name in wanted if name in FLAGS}


def batch_fields(data: QueryDict, *, lists: Lists, unit: str, by: Actor) -> list[tuple[Field, bool]]:
    """(field, ticked) of everything that can be said of many copies; states are yes or no."""
    builder = Fields(lists, unit=unit, by=by)
    chosen = data.getlist("set")
    found = []
    for name in FIELDS:
        field = builder.field(name, typed(data, name) or (unit if name == "home_unit" else None))
        if name in FLAGS:
            field = replace(field, kind="choice", options=(("yes", _("yes")), ("no", _("no"))), value=typed(data, name))
        found.append((field, name in chosen))
    return found
