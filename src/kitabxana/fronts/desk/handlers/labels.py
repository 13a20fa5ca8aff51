"""Labels and cards: chosen, looked at, and printed; sheets of the library's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.exchange.queries import batches
from kitabxana.fronts.desk.forms import typed, whole_number
from kitabxana.fronts.desk.label_form import sheet_sent, wanted
from kitabxana.fronts.desk.render.item_words import told as copy_words
from kitabxana.fronts.desk.render.labels import labels_of, look, paper, sheets_of
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.reader_words import category_choices
from kitabxana.fronts.desk.render.reader_words import told as reader_told
from kitabxana.fronts.desk.render.words import language, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings.messages import REFUSALS as OF_COPIES
from kitabxana.holdings.operations import draw_barcodes
from kitabxana.holdings.queries import numbering_for
from kitabxana.kernel.decisions import Refused
from kitabxana.labels.messages import KINDS, LENGTHS, REFUSALS, SHEETS, WHAT, refusal_text
from kitabxana.labels.operations import add_sheet, drop_sheet
from kitabxana.labels.queries import sheets_at
from kitabxana.labels.rules import MOST_LABELS, stylesheet, takes_cards
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import draw_cards, note_view
from kitabxana.patrons.queries import card_numbering

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.label_form import Wanted
    from kitabxana.fronts.desk.render.labels import Placed
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.labels.facts import Sheet
    from kitabxana.organisation.facts import UnitFacts

IMPORTS_SHOWN = 20


@staff("labels.print")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def labels(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """What to print and on what; where it was said, the first sheet as it will be. A POST may `draw` new numbers."""
    asked = wanted(request.POST or request.GET)
    if "draw" in request.POST:
        return _draw(request, where, asked)
    if not asked.asked:
        return _page(request, where, asked)
    try:
        laid, sheet = _laid(asked, where, actor_of(request))
    except Refused as refused:
        return _page(request, where, asked, refused=_told(refused.refusals))
    return _page(request, where, asked, laid=laid, more=look(asked, sheet))


@staff("labels.print")
@require_POST
@at_library
def labels_pdf(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The sheets as PDF; what stands in the way, on the page."""
    asked = wanted(request.POST)
    try:
        laid, sheet = _laid(asked, where, actor_of(request))
    except Refused as refused:
        return _page(request, where, asked, refused=_told(refused.refusals))
    content = paper(laid, asked, sheet)
    if content is None:
        return _page(request, where, asked, refused=[_("This machine can't make a PDF.")])
    headers = {"Content-Disposition": f'inline; filename="{asked.what}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@staff("labels.print")
@require_safe
@at_library
def labels_css(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The sheet as a stylesheet, for looking at it in the page."""
    asked = wanted(request.GET)
    sheets = sheets_at(where.code)
    sheet = sheets.get(asked.sheet) or next(iter(sheets.values()))
    return HttpResponse(stylesheet(sheet, asked.what, square=asked.square), content_type="text/css; charset=utf-8")


@staff("labels.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def label_sheets(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The sheets of this library and those above it; a POST adds one or drops the one named by `drop`."""
    refused: list[str] = []
    sheet, by = sheet_sent(request.POST), actor_of(request)
    if request.method == "POST":
        try:
            if "drop" in request.POST:
                drop_sheet(code=typed(request.POST, "drop"), by=by)
            else:
                add_sheet(unit=typed(request.POST, "unit"), sheet=sheet, by=by)
        except Refused as refusal:
            refused = _told(refusal.refusals)
        else:
            return redirect("desk:label_sheets")
    organisation = tree()
    lineage = [organisation.units[code] for code in where.lineage]
    context = {
        "rows": [
            (one, unit_name(organisation.units, one.unit), by.may("labels.edit", organisation.units[one.unit].path))
            for one in sheets_at(where.code, organisation=organisation).values()
            if one.unit
        ],
        "levels": [(unit.code, unit.name(language())) for unit in lineage if by.may("labels.edit", unit.path)],
        "sent": request.POST,
        "lengths": [(name, text, typed(request.POST, name)) for name, text in LENGTHS.items()],
        "refused": refused,
    }
    return page(request, where, "labels/sheets", context, status=422 if refused else 200)


def _laid(asked: Wanted, where: UnitFacts, by: Actor) -> tuple[list[list[Placed]], Sheet]:
    """The sheets, and what they lie on. Whose card is shown or printed, is written down as a look at the reader."""
    sheet = sheets_at(where.code).get(asked.sheet)
    if sheet is None:
        raise Refused.one("unknown_sheet")
    chosen = labels_of(asked, where=where, by=by)
    laid = sheets_of(chosen, asked, sheet)
    for label in chosen:
        if label.reader is not None:
            note_view(patron_id=label.reader, by=by)
    return laid, sheet


def _draw(request: DeskRequest, where: UnitFacts, asked: Wanted) -> HttpResponse:
    """Take new numbers, and go to where they are printed: the address holds them, sent again it draws none."""
    count, by = whole_number(request.POST, "draw_count") or 0, actor_of(request)
    cards = asked.what == "card"
    take = draw_cards if cards else draw_barcodes
    try:
        first, last = take(unit=where.code, count=count, by=by)
    except Refused as refused:
        return _page(request, where, asked, refused=_told(refused.refusals, cards=cards))
    source = "card_run" if cards else "run"
    kept = {"what": "card" if cards else "barcode", "kind": asked.kind, "sheet": asked.sheet, "start": asked.start}
    found = kept | {"source": source, f"first_{source}": first, f"last_{source}": last}
    return redirect(f"{reverse('desk:labels')}?{urlencode(found)}")


def _told(refusals: Iterable[Refusal], *, cards: bool = False) -> list[str]:
    found = []
    for one in refusals:
        if one.code in REFUSALS:
            found.append(refusal_text(one))
        else:
            found.append(copy_words(one) if one.code in OF_COPIES and not cards else reader_told(one))
    return found


def _page(
    request: DeskRequest, where: UnitFacts, asked: Wanted, *, laid: list[list[Placed]] | None = None,
    refused: list[str] | None = None, more: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    by, cards = actor_of(request), asked.what == "card"
    imports = batches(limit=IMPORTS_SHOWN)[1] if not cards and by.may_anywhere("catalogue.import") else []
    run = card_numbering(where.code) if cards else numbering_for("barcode", where.code)
    context: dict[str, Any] = {
        "asked": asked,
        "codes": "\n".join(asked.codes),
        "whats": WHAT.items(),
        "kinds": KINDS.items(),
        "sheets": [
            (one.code, SHEETS.get(one.code) or one.name, one.places)
            for one in sheets_at(where.code).values()
            if takes_cards(one) or not cards
        ],
        "run": run,
        "book": None if cards else numbering_for("accession", where.code),
        "may_draw": run and by.may("patrons.edit" if cards else "items.edit", where.path),
        "imports": [one for one in imports if one.state == "committed"],
        "categories": category_choices() if cards else [],
        "refused": refused or [],
        "shown": laid[0] if laid else None,
        "count": sum(map(len, laid or ())),
        "sheet_count": len(laid or ()),
        "style": urlencode({"what": asked.what, "kind": asked.kind, "sheet": asked.sheet}),
        "most": MOST_LABELS,
    }
    return page(request, where, "labels/choose", context | dict(more or {}), status=422 if refused else 200)
