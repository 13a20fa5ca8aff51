"""Rotas at the desk: which copies go round which libraries, and where each belongs now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.circulation import operations
from kitabxana.circulation.facts.rotas import RotaFacts, Stage
from kitabxana.circulation.queries.rotas import copies_of_rota
from kitabxana.circulation.queries.rotas import rota as one_rota
from kitabxana.circulation.queries.rotas import rotas as all_rotas
from kitabxana.fronts.desk.forms import page_number, typed, whole_number
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.render.rotas import LIBRARY_KINDS, MORE_STAGES, copy_rows, rota_row, stage_rows
from kitabxana.fronts.desk.render.words import language, sentence
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import Tree, UnitFacts

COPIES_A_PAGE = 50
MOST_BARCODES = 1000


@staff("circulation.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def rotas(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The rotas that stand here, or that this login may change; a POST makes one, kept at this library."""
    actor, organisation = actor_of(request), tree()
    refused: list[str] = []
    if request.method == "POST":
        try:
            made = operations.set_rota(unit=where.code, by=actor, now=timezone.now(), **_sent(request.POST))
        except Refused as refusal:
            refused = [sentence(one) for one in refusal.refusals]
        else:
            messages.success(request, _("Kept."))
            return redirect("desk:rota", rota_id=made)
    seen = [one for one in all_rotas() if _concerns(one, actor, where, organisation)]
    context = {
        "rows": [rota_row(one) for one in seen],
        "may_edit": actor.may("circulation.rotate", where.path),
        "name": typed(request.POST, "name"),
        **_form(_sent_stages(request.POST), organisation),
        "cyclic": request.method != "POST" or "cyclic" in request.POST,
        "refused": refused,
    }
    return page(request, where, "rotas", context, status=409 if refused else 200)


@staff("circulation.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def rota(request: DeskRequest, where: UnitFacts, rota_id: int) -> HttpResponse:
    """One rota with its copies; a POST changes it, puts copies on it, takes one off, or ends it."""
    actor, organisation, found = actor_of(request), tree(), one_rota(rota_id)
    if found is None or not _concerns(found, actor, where, organisation):
        raise Http404
    refused: list[str] = []
    if request.method == "POST":
        act = ACTS.get(typed(request.POST, "do"))
        if act is None:
            raise Http404
        try:
            told = act(request.POST, rota_id, actor)
        except Refused as refusal:
            refused = [sentence(one) for one in refusal.refusals]
        else:
            messages.success(request, told)
            gone = typed(request.POST, "do") == "drop"
            return redirect("desk:rotas") if gone else redirect("desk:rota", rota_id=rota_id)
    number = page_number(request.GET)
    total, copies = copies_of_rota(rota_id, offset=(number - 1) * COPIES_A_PAGE, limit=COPIES_A_PAGE)
    sent = bool(refused) and typed(request.POST, "do") == "set"
    context = {
        "rota": found,
        "row": rota_row(found),
        "copies": copy_rows(copies),
        "pages": pages(request.GET, name="page", number=number, total=total, size=COPIES_A_PAGE),
        "may_edit": actor.may("circulation.rotate", organisation.units[found.unit].path),
        "name": typed(request.POST, "name") if sent else found.name,
        **_form(_sent_stages(request.POST) if sent else list(found.stages), organisation),
        "cyclic": "cyclic" in request.POST if sent else found.cyclic,
        "resting": "resting" in request.POST if sent else found.resting,
        "barcodes": request.POST.get("barcodes", "") if refused else "",
        "refused": refused,
    }
    return page(request, where, "rota", context, status=409 if refused else 200)


def _concerns(one: RotaFacts, actor: Actor, where: UnitFacts, organisation: Tree) -> bool:
    """Whether copies of it stand here, or this login may change it."""
    here = any(stage.unit == where.code for stage in one.stages)
    return here or one.unit == where.code or actor.may("circulation.rotate", organisation.units[one.unit].path)


def _form(stages: list[Stage], organisation: Tree) -> dict[str, Any]:
    libraries = [(code, unit.name(language())) for code, unit in sorted(organisation.units.items())
                 if unit.kind in LIBRARY_KINDS]  # fmt: skip
    return {"stages": stage_rows(stages, more=MORE_STAGES), "libraries": libraries}


def _sent(data: QueryDict) -> dict[str, Any]:
    return {
        "name": typed(data, "name"),
        "stages": _sent_stages(data),
        "cyclic": "cyclic" in data,
        "resting": "resting" in data,
    }


def _sent_stages(data: QueryDict) -> list[Stage]:
    """The lines of the form in the order of their numbers; one without a library is none."""
    columns = (data.getlist(name) for name in ("order", "stage", "unit", "days"))
    lines = [
        (_number(order), Stage(unit.strip()[:10], _number(days), _number(stage) or None))
        for order, stage, unit, days in zip(*columns, strict=False) if unit.strip()
    ]  # fmt: skip
    return [stage for _order, stage in sorted(lines, key=lambda line: line[0])]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _set(data: QueryDict, rota_id: int, by: Actor) -> str:
    operations.set_rota(rota_id=rota_id, by=by, now=timezone.now(), **_sent(data))
    return _("Kept.")


def _put(data: QueryDict, rota_id: int, by: Actor) -> str:
    barcodes = data.get("barcodes", "").split()[:MOST_BARCODES]
    place = whole_number(data, "place") or 0
    count = operations.put_on_rota(rota_id=rota_id, barcodes=barcodes, place=place, by=by, now=timezone.now())
    return ngettext("%(count)s copy travels now.", "%(count)s copies travel now.", count) % {"count": count}


def _off(data: QueryDict, _rota_id: int, by: Actor) -> str:
    operations.take_off_rota(item_id=whole_number(data, "item") or 0, by=by)
    return _("The copy travels no more and goes home.")


def _drop(_data: QueryDict, rota_id: int, by: Actor) -> str:
    operations.drop_rota(rota_id=rota_id, by=by)
    return _("The rota is ended; its copies go home.")


ACTS: dict[str, Callable[[QueryDict, int, Actor], str]] = {"set": _set, "put": _put, "off": _off, "drop": _drop}
