"""The copies of a record: list, add one or many, edit one, its states and history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.catalogue.queries import briefs
from kitabxana.catalogue.queries import record as one_record
from kitabxana.fronts.desk.forms import page_number, typed, whole_numbers
from kitabxana.fronts.desk.item_form import GROUPS, STATES, Fields, read
from kitabxana.fronts.desk.render.item_words import ACTIONS, LABELS, all_told, value_text
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.records import copy_rows, nearest_first
from kitabxana.fronts.desk.render.words import local_day, short_date, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings import operations
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.queries import (
    Lists,
    bound_copies,
    history_of,
    item_in,
    items_of,
    numbering_for,
    records_bound_in,
)
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.catalogue.facts import RecordFacts
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.holdings.facts import ItemFacts
    from kitabxana.organisation.facts import UnitFacts

A_PAGE = 50
NEW = tuple(name for group in GROUPS for name in group if name not in ("barcode", "currency"))


def _record(record_id: int) -> RecordFacts:
    found = one_record(record_id, hidden=True)
    if found is None:
        raise Http404
    return found


@staff("items.view")
@require_safe
@at_library
def items(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """The copies of a record, nearest first, each with the way to its own page."""
    actor = actor_of(request)
    found = nearest_first(items_of([record_id], withdrawn=True).get(record_id, []), where=where)
    number = page_number(request.GET)
    shown = found[(number - 1) * A_PAGE : number * A_PAGE]
    units, gone = tree().units, typed(request.GET, "deleted")
    rows = copy_rows(shown, actor=actor, where=where, now=timezone.now())
    bound = bound_copies(record_id)
    context = {
        "record": _record(record_id),
        "bound": copy_rows(bound, actor=actor, where=where, now=timezone.now()) if bound else [],
        "rows": [
            (row, item, actor.may("items.state", units[item.home_unit].path))
            for row, item in zip(rows, shown, strict=True)
        ],
        "pages": pages(request.GET, name="page", number=number, total=len(found), size=A_PAGE),
        "may_add": actor.may("items.edit", where.path),
        "added": typed(request.GET, "added"),
        "deleted": gone if gone.isdecimal() else "",
    }
    return page(request, where, "items/list", context)


@staff("items.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def item_new(request: DeskRequest, where: UnitFacts, record_id: int) -> HttpResponse:
    """Add copies: `look` shows what would come, `add` does it."""
    record, actor = _record(record_id), actor_of(request)
    values: dict[str, Any] = {"home_unit": where.code, "item_type": "BK"}
    refused: list[str] = []
    seen = None
    if request.method == "POST":
        values |= read(request.POST, NEW)
        barcodes = request.POST.get("barcodes", "").split()
        try:
            seen = operations.add_items(
                record_id=record.id,
                item=NewItem(barcode=None, holding_unit=values["home_unit"], **values),
                by=actor,
                count=_count(request),
                barcodes=barcodes or None,
                accession=bool(request.POST.get("accession")),
                dry="add" not in request.POST,
            )
        except Refused as refusal:
            refused = all_told(refusal.refusals)
        else:
            if "add" in request.POST:
                done = urlencode({"added": len(seen)})
                return redirect(f"{reverse('desk:items', args=[record.id])}?{done}")
    unit = values["home_unit"] if values["home_unit"] in tree().units else where.code
    context = {
        "record": record,
        "groups": Fields(Lists(), unit=unit, by=actor).groups(values, leave_out=("barcode", "currency")),
        "count": _count(request) if request.method == "POST" else 1,
        "barcodes": request.POST.get("barcodes", ""),
        "accession": bool(request.POST.get("accession")),
        "has_series": numbering_for("barcode", unit) is not None,
        "has_book": numbering_for("accession", unit) is not None,
        "refused": refused,
        "seen": seen,
    }
    return page(request, where, "items/new", context, status=422 if refused else 200)


def _count(request: DeskRequest) -> int:
    text = typed(request.POST, "count") or "1"
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0


def _item(request: DeskRequest, item_id: int) -> ItemFacts:
    found = item_in(item_id, scopes=actor_of(request).scopes("items.view"))
    if found is None:
        raise Http404
    return found


@staff("items.state")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def item(request: DeskRequest, where: UnitFacts, item_id: int) -> HttpResponse:
    """One copy: what is said of it, its states, its history."""
    actor, copy = actor_of(request), _item(request, item_id)
    values = {name: getattr(copy, name) for group in (*GROUPS, STATES) for name in group} | {
        "not_for_loan": copy.kept_in
    }
    builder = Fields(Lists(), unit=copy.home_unit, by=actor)
    fields = [*(one for group in builder.groups(values) for one in group), *builder.states(values)]
    refused: list[str] = []
    if request.method == "POST":
        changes = read(request.POST, [one.name for one in fields if not one.shut])
        version = typed(request.POST, "version")
        try:
            operations.change_item(
                item_id=copy.id, changes=changes, by=actor, version=int(version) if version.isdecimal() else None
            )
        except Refused as refusal:
            refused = all_told(refusal.refusals)
            values |= changes
        else:
            return redirect(f"{reverse('desk:item', args=[copy.id])}?saved=1")
    context = {
        "copy": copy,
        "record": _record(copy.record_id),
        "row": copy_rows([copy], actor=actor, where=where, now=timezone.now())[0],
        "groups": builder.groups(values),
        "states": builder.states(values),
        "may_delete": actor.may("items.edit", tree().units[copy.home_unit].path),
        "may_save": any(not one.shut for one in fields),
        "saved": "saved" in request.GET,
        "refused": refused,
        "history": _history(copy.id, where),
        "bound": list(briefs(records_bound_in(copy.id)).items()),
    }
    return page(request, where, "items/edit", context, status=422 if refused else 200)


def _history(item_id: int, where: UnitFacts) -> list[dict[str, Any]]:
    units = tree().units
    return [
        {
            "day": short_date(local_day(entry.at, where.zone)),
            "by": entry.by,
            "unit": unit_name(units, entry.unit) if entry.unit else "",
            "action": ACTIONS.get(entry.action, entry.action),
            "changes": [
                (LABELS.get(name, name), value_text(name, before), value_text(name, after))
                for name, (before, after) in entry.changes.items()
            ],
        }
        for entry in history_of(item_id)
    ]


@staff("items.edit")
@require_POST
@at_library
def item_delete(request: DeskRequest, where: UnitFacts, item_id: int) -> HttpResponse:
    """Delete a copy and go to the others of its record, from where it can be brought back."""
    copy = _item(request, item_id)
    try:
        operations.delete_item(item_id=copy.id, by=actor_of(request))
    except Refused as refusal:
        context = {"refused": all_told(refusal.refusals), "record": _record(copy.record_id), "copy": copy}
        return page(request, where, "items/refused", context, status=409)
    return redirect(f"{reverse('desk:items', args=[copy.record_id])}?{urlencode({'deleted': copy.id})}")


@staff("items.edit")
@require_POST
@at_library
def item_restore(request: DeskRequest, where: UnitFacts, item_id: int) -> HttpResponse:
    """Bring a deleted copy back."""
    try:
        operations.restore_item(item_id=item_id, by=actor_of(request))
    except Refused as refusal:
        return page(request, where, "items/refused", {"refused": all_told(refusal.refusals)}, status=409)
    return redirect("desk:item", item_id)


@staff("items.edit")
@require_POST
@at_library
def item_bind(request: DeskRequest, where: UnitFacts, item_id: int) -> HttpResponse:
    """Bind a further record into a copy, or with `out` take it out."""
    copy = _item(request, item_id)
    do = operations.unbind if "out" in request.POST else operations.bind
    try:
        do(item_id=copy.id, record_id=next(iter(whole_numbers(request.POST, "record")), 0), by=actor_of(request))
    except Refused as refusal:
        context = {"refused": all_told(refusal.refusals), "record": _record(copy.record_id), "copy": copy}
        return page(request, where, "items/refused", context, status=409)
    return redirect("desk:item", copy.id)
