"""Many copies at once: choose them, look, do it, put it back; acts of withdrawal."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.batch_form import Chosen, batch_fields, choose, read_changes
from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.render.acts import act_page, pdf
from kitabxana.fronts.desk.render.item_words import LABELS, all_told, value_text
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import language, local_day, named, short_date, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.holdings import operations
from kitabxana.holdings.facts import ActDraft
from kitabxana.holdings.queries import Lists, act, batches
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.holdings.facts import ActFacts, PlannedChange
    from kitabxana.organisation.facts import UnitFacts

SHOWN = 200
"""How many copies a look ahead lists; the counts are of all."""


@staff("items.batch")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def batch(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Choose copies and say what is to be done: `look` shows it, `do` does it with the copies that were shown."""
    actor, lists = actor_of(request), Lists()
    withdrawing = request.POST.get("kind") == "withdraw"
    context: dict[str, Any] = {"withdrawing": withdrawing, "asked": request.POST, "refused": []}
    if request.method == "POST":
        chosen = choose(request, unit=where)
        changes = {} if withdrawing else read_changes(request.POST)
        dry = "do" not in request.POST
        try:
            number, planned = _run(request, where, chosen, changes, dry=dry)
        except Refused as refusal:
            context["refused"] = all_told(refusal.refusals)
        else:
            if number is not None:
                return redirect(f"{reverse('desk:batch')}?{urlencode({'done': 1})}")
            context |= _looked(planned, chosen, dry=dry)
    options = {
        kind: _options(lists, kind, where) for kind in ("location", "collection", "item_type", "withdrawal_reason")
    }
    context |= {
        "fields": batch_fields(request.POST, lists=lists, unit=where.code, by=actor),
        "units": [(unit.code, unit.name(language())) for unit in tree().under(where.path)],
        "options": options,
        "may_withdraw": actor.may("items.withdraw", where.path),
        "today": local_day(timezone.now(), where.zone).isoformat(),
        "recent": _recent(request, where),
        "done": "done" in request.GET,
    }
    return page(request, where, "items/batch", context, status=422 if context["refused"] else 200)


def _run(
    request: DeskRequest, where: UnitFacts, chosen: Chosen, changes: dict[str, Any], *, dry: bool
) -> tuple[int | None, list[PlannedChange]]:
    if request.POST.get("kind") == "withdraw":
        return operations.withdraw_items(
            item_ids=chosen.item_ids, draft=_draft(request, where), by=actor_of(request), dry=dry
        )
    return operations.change_items(
        item_ids=chosen.item_ids, changes=changes, unit=where.code, by=actor_of(request), dry=dry
    )


def _draft(request: DeskRequest, where: UnitFacts) -> ActDraft:
    try:
        day = date.fromisoformat(typed(request.POST, "day"))
    except ValueError:
        day = local_day(timezone.now(), where.zone)
    names = [" ".join(line.split())[:200] for line in request.POST.get("commission", "").splitlines()]
    return ActDraft(
        unit=where.code,
        day=day,
        reason=typed(request.POST, "reason"),
        commission=tuple(name for name in names if name)[:20],
        approved_by=typed(request.POST, "approved_by"),
    )


def _options(lists: Lists, kind: str, where: UnitFacts) -> list[tuple[str, str]]:
    return [(code, named(entry.names, code)) for code, entry in lists.open_at(kind, where.code).items()]


def _looked(planned: list[PlannedChange], chosen: Chosen, *, dry: bool) -> dict[str, Any]:
    units = tree().units
    rows = [
        {
            "item": one.item,
            "library": unit_name(units, one.item.home_unit),
            "changes": [
                (LABELS[name], value_text(name, one.before[name]), value_text(name, value))
                for name, value in one.after.items()
            ],
            "refused": all_told(one.refusals),
        }
        for one in planned
    ]
    good = [row for row in rows if row["changes"] and not row["refused"]]
    return {
        "looked": True,
        "nothing_done": not dry,
        "rows": sorted(rows, key=lambda row: not row["refused"])[:SHOWN],
        "unseen": max(0, len(rows) - SHOWN),
        "total": len(rows),
        "good": len(good),
        "left": sum(bool(row["refused"]) for row in rows),
        "unknown": chosen.unknown,
        "too_many": chosen.more,
        "items": ",".join(str(number) for number in chosen.item_ids),
    }


def _recent(request: DeskRequest, where: UnitFacts) -> list[dict[str, Any]]:
    units = tree().units
    return [
        {
            "batch": one,
            "day": short_date(local_day(one.made_at, where.zone)),
            "unit": unit_name(units, one.unit),
            "changes": [(LABELS.get(name, name), value_text(name, value)) for name, value in one.changes.items()],
        }
        for one in batches(scopes=actor_of(request).scopes("items.batch"), limit=10)
    ]


@staff("items.batch")
@require_POST
@at_library
def batch_undo(request: DeskRequest, where: UnitFacts, batch_id: int) -> HttpResponse:
    """Put a batch back."""
    try:
        back, left = operations.undo_batch(batch_id=batch_id, by=actor_of(request))
    except Refused as refusal:
        return page(request, where, "items/refused", {"refused": all_told(refusal.refusals)}, status=409)
    return page(request, where, "items/undone", {"back": back, "left": left})


def _act(request: DeskRequest, act_id: int) -> ActFacts:
    found = act(act_id, scopes=actor_of(request).scopes("items.batch"))
    if found is None:
        raise Http404
    return found


@staff("items.batch")
@require_safe
@at_library
def withdrawal_act(request: DeskRequest, where: UnitFacts, act_id: int) -> HttpResponse:
    """An act as a page, made to be printed too."""
    return page(request, where, "items/act", act_page(_act(request, act_id)))


@staff("items.batch")
@require_safe
@at_library
def withdrawal_act_pdf(request: DeskRequest, _where: UnitFacts, act_id: int) -> HttpResponse:
    """The act as PDF; where the server can't make one, the page to print."""
    found = _act(request, act_id)
    content = pdf(render_to_string("desk/items/act_pdf.html", act_page(found)))
    if content is None:
        return redirect("desk:act", act_id)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="akt-{found.id}.pdf"'},
    )
