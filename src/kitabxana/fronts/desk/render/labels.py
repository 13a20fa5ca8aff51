"""Labels and cards: whose they are, what stands on each, and the sheets they lie on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from kitabxana.catalogue.queries import briefs
from kitabxana.exchange.queries import items_brought
from kitabxana.formats.barcodes import NotDrawable, draw
from kitabxana.fronts.desk.render.acts import pdf
from kitabxana.fronts.desk.render.words import language, named, short_date, unit_name
from kitabxana.holdings.queries import items_by_barcode, items_by_id, items_in_book, latest_items, numbering_for
from kitabxana.kernel.decisions import Refused
from kitabxana.kernel.numbering import RunOut
from kitabxana.labels.facts import Label
from kitabxana.labels.rules import (
    FINEST_BAR,
    MOST_LABELS,
    bar_width,
    boxes,
    page_rule,
    pages,
    spine_lines,
    stylesheet,
    takes_cards,
)
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import card_numbering, categories, latest_patrons, patrons_by_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.formats.barcodes import Drawing
    from kitabxana.fronts.desk.label_form import Wanted
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.kernel.numbering import Numbering
    from kitabxana.labels.facts import Sheet
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronFacts

TOLD = 5
"""Of what was not found, so many are named."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A label at its place; `drawing` None where no barcode stands on it."""

    place: int
    label: Label
    drawing: Drawing | None


def labels_of(wanted: Wanted, *, where: UnitFacts, by: Actor) -> list[Label]:
    """What is to be printed. Refused: the codes of `labels.messages`."""
    found = _cards(wanted, where, by) if wanted.what == "card" else _copies(wanted, where, by)
    if wanted.what == "spine":
        found = [label for label in found if label.lines]
    else:
        found = [label for label in found if label.code]
    if not found:
        raise Refused.one("nothing_to_print")
    if len(found) > MOST_LABELS:
        raise Refused.one("too_many_labels", most=MOST_LABELS)
    return found


def sheets_of(labels: Sequence[Label], wanted: Wanted, sheet: Sheet) -> list[list[Placed]]:
    """Page by page. Refused: card_too_large, not_drawable, too_dense."""
    if wanted.what == "card" and not takes_cards(sheet):
        raise Refused.one("card_too_large")
    box = boxes(sheet, wanted.what, square=wanted.square).get("code")
    drawn: dict[str, Drawing] = {}
    for label in labels if box else ():
        try:
            drawn[label.code] = draw(wanted.kind, label.code)
        except NotDrawable as cannot:
            raise Refused.one("not_drawable", kind=wanted.kind, code=label.code) from cannot
        if box and bar_width(box, drawn[label.code].width) < FINEST_BAR:
            raise Refused.one("too_dense", code=label.code)
    laid = pages(labels, sheet, start=wanted.start)
    return [[Placed(place, label, drawn.get(label.code)) for place, label in one] for one in laid]


def paper(laid: Sequence[Sequence[Placed]], wanted: Wanted, sheet: Sheet) -> bytes | None:
    """The sheets as PDF; None where the machine can't make one."""
    page = render_to_string("desk/labels/pdf.html", {"sheets": laid} | look(wanted, sheet))
    style = page_rule(sheet) + stylesheet(sheet, wanted.what, square=wanted.square)
    return pdf(page, style="desk/labels.css", more=style)


def look(wanted: Wanted, sheet: Sheet) -> dict[str, Any]:
    """What the labels' template asks beside the labels."""
    titled = "title" in boxes(sheet, wanted.what, square=wanted.square)
    return {"what": wanted.what, "square": wanted.square, "titled": titled}


def _copies(wanted: Wanted, where: UnitFacts, by: Actor) -> list[Label]:
    if wanted.source == "run":
        texts = _run(numbering_for("barcode", where.code), wanted)
        known = {item.barcode: item for item in _own(items_by_barcode(texts).values(), by)}
        titled = {label.code: label for label in _labels(known.values())}
        plain = where.name(language())
        return [titled.get(text) or Label(text, library=plain) for text in texts]
    if wanted.source == "barcodes":
        items = {item.barcode: item for item in _own(items_by_barcode(wanted.codes).values(), by)}
        if missing := [code for code in wanted.codes if code not in items]:
            raise Refused.one("unknown_barcodes", codes=", ".join(missing[:TOLD]))
        return _labels([items[code] for code in wanted.codes])
    if wanted.source == "latest":
        units = [unit.id for unit in tree().under(where.path)]
        return _labels(_own(latest_items(units, limit=wanted.count), by))
    ids = _lines_of_book(wanted, where) if wanted.source == "book" else _brought(wanted, by)
    items_found = items_by_id(ids)
    return _labels(_own((items_found[one] for one in ids if one in items_found), by))


def _lines_of_book(wanted: Wanted, where: UnitFacts) -> list[int]:
    book = numbering_for("accession", where.code)
    if book is None:
        raise Refused.one("no_run")
    return items_in_book(book, first=wanted.first, last=wanted.last, limit=MOST_LABELS + 1)


def _brought(wanted: Wanted, by: Actor) -> list[int]:
    if not by.may_anywhere("catalogue.import"):
        raise Refused.one("unknown_import")
    return items_brought(wanted.batch, limit=MOST_LABELS + 1)


def _own(items: Iterable[ItemFacts], by: Actor) -> list[ItemFacts]:
    """Copies whose labels are this login's to print."""
    units = tree().units
    return [item for item in items if by.may("labels.print", units[item.home_unit].path)]


def _run(numbering: Numbering | None, wanted: Wanted) -> list[str]:
    """The numbers of a run from the first to the last that was asked for, as far as they were given out."""
    if numbering is None:
        raise Refused.one("no_run")
    numbers = range(wanted.first, min(wanted.last, numbering.last) + 1)
    try:
        return [numbering.text(number) for number in islice(numbers, MOST_LABELS + 1)]
    except RunOut as full:
        raise Refused.one("nothing_to_print") from full


def _labels(items: Iterable[ItemFacts]) -> list[Label]:
    """Two statements however many."""
    items = list(items)
    known = briefs({item.record_id for item in items}) if items else {}
    units = tree().units
    return [
        Label(
            code=item.barcode or "",
            library=unit_name(units, item.home_unit),
            title=str(known.get(item.record_id, {}).get("title", "")),
            lines=spine_lines(item.call_number, item.volume),
        )
        for item in items
    ]


def _cards(wanted: Wanted, where: UnitFacts, by: Actor) -> list[Label]:
    scopes, plain = by.scopes("patrons.view"), where.name(language())
    if wanted.source == "card_run":
        texts = _run(card_numbering(where.code), wanted)
        readers = patrons_by_card(texts, scopes=scopes)
        held = dict(zip(readers, _readers(readers.values(), cards=list(readers)), strict=True))
        return [held.get(text) or Label(text, library=plain) for text in texts]
    if wanted.source == "cards":
        readers = patrons_by_card(wanted.codes, scopes=scopes)
        if missing := [code for code in wanted.codes if code not in readers]:
            raise Refused.one("unknown_cards", codes=", ".join(missing[:TOLD]))
        return _readers([readers[code] for code in wanted.codes], cards=wanted.codes)
    units = [unit.id for unit in tree().under(where.path)]
    category = wanted.category if wanted.source == "category" else None
    limit = MOST_LABELS + 1 if category is not None else wanted.count
    return _readers(latest_patrons(units, scopes=scopes, limit=limit, category=category))


def _readers(readers: Iterable[PatronFacts], *, cards: Sequence[str] = ()) -> list[Label]:
    """The cards of readers who have a valid one; with `cards` those numbers, one for each reader."""
    names, units = categories(), tree().units
    found = [one for one in readers if one.card_state == "valid"]
    numbers = list(cards) or [one.card for one in found]
    return [
        Label(
            code=number,
            library=unit_name(units, reader.home_unit),
            name=reader.name,
            category=named(names.get(reader.category, {}), reader.category),
            until=short_date(reader.expires_on),
            reader=reader.id,
        )
        for number, reader in zip(numbers, found, strict=True)
    ]
