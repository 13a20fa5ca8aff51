"""Copying at the desk: other catalogues searched, a record taken over with one key; which catalogues those are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.base.actor import EVERYWHERE
from kitabxana.catalogue import messages as catalogue_messages
from kitabxana.catalogue.messages import finding_text, place_of
from kitabxana.catalogue.operations import NotValid
from kitabxana.catalogue.rules.validation import errors
from kitabxana.exchange.facts import SearchTarget
from kitabxana.exchange.messages import REFUSALS, refusal_text
from kitabxana.exchange.operations import Over, copy_record, drop_target, set_target
from kitabxana.exchange.queries import ask, profiles, targets_at, targets_of
from kitabxana.exchange.rules.copying import LONGEST_WAIT, question_of
from kitabxana.formats.marc import ENCODINGS
from kitabxana.formats.sru import INDEXES, VERSIONS
from kitabxana.formats.unimarc import FLAVOURS
from kitabxana.formats.z3950 import USES
from kitabxana.fronts.desk.forms import typed, whole_number
from kitabxana.fronts.desk.render.copying import opened, reply_rows
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import language
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.kernel.decisions import Refusal
    from kitabxana.organisation.facts import UnitFacts

EVERYONE = "*"
"""How the whole installation is written in the address."""


@staff("records.edit")
@require_safe
@at_library
def search(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """What other catalogues have of `q`, each record beside ours; the first new one waits for Enter."""
    return _found(request, where, request.GET)


def _found(
    request: DeskRequest, where: UnitFacts, data: QueryDict, *, told: list[str] | None = None, known: int | None = None
) -> HttpResponse:  # fmt: skip
    targets = targets_at(where.code)
    text, kind = typed(data, "q"), typed(data, "kind")
    chosen = [one for one in targets if str(one.id) in data.getlist("at")] or targets
    question = question_of(text, kind)
    replies = ask(question, chosen) if question and chosen else []
    rows = reply_rows(replies)
    context = {
        "q": text,
        "kind": kind,
        "targets": [(one, one in chosen) for one in targets],
        "replies": rows,
        "found": sum(len(row.offers) for row in rows),
        "told": told or [],
        "known": known,
        "may_change_targets": actor_of(request).may_anywhere("targets.edit"),
    }
    return page(request, where, "copying", context, status=409 if told else 200)


@staff("records.edit")
@require_POST
@at_library
def bring(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Take over one record of those found, new or over ours, and go on to its copies or the editor."""
    data, actor = request.POST, actor_of(request)
    try:
        marc, source, profile = opened(data.get("record", ""))
    except signing.BadSignature:
        return redirect(f"{reverse('desk:copying')}?{urlencode({'q': typed(data, 'q')})}")
    over, version = whole_number(data, "over"), whole_number(data, "version")
    try:
        saved = copy_record(
            marc=marc, source=source, profile=profile, by=actor, now=timezone.now(),
            over=Over(over, version) if over and version else None, anyway="anyway" in data,
        )  # fmt: skip
    except NotValid as refused:
        lines = [f"{place_of(one)}: {finding_text(one)}" for one in errors(refused.findings)]
        return _found(request, where, data, told=[*map(_told, refused.refusals), *lines])
    except Refused as refused:
        known = next((one.params["record"] for one in refused.refusals if one.code == "known_already"), None)
        return _found(request, where, data, told=list(map(_told, refused.refusals)), known=known)  # type: ignore[arg-type]
    if data.get("then") != "edit" and actor.may("items.edit", where.path):
        return redirect("desk:item_new", saved.record_id)
    return redirect("desk:record_edit", saved.record_id)


def _told(refusal: Refusal) -> str:
    return refusal_text(refusal) if refusal.code in REFUSALS else catalogue_messages.refusal_text(refusal)


@staff("targets.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def targets(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The catalogues that one level of the tree can copy from; what is sent is said at exactly this level."""
    actor, organisation = actor_of(request), tree()
    code = typed(request.GET, "unit") or where.code
    unit = None if code == EVERYONE else code if code in organisation.units else where.code
    if not actor.may("targets.edit", organisation.units[unit].path if unit else EVERYWHERE):
        raise PermissionDenied
    refused: list[str] = []
    if request.method == "POST":
        try:
            _say(request.POST, unit=unit, by=actor)
        except Refused as refusal:
            refused = [_told(one) for one in refusal.refusals]
        else:
            return redirect(f"{reverse('desk:targets')}?{urlencode({'unit': code, 'saved': '1'})}")
    own = targets_of(unit)
    context: dict[str, Any] = {
        "code": unit or EVERYONE,
        "levels": _levels(actor),
        "own": own,
        "above": [one for one in targets_at(unit, active=False) if one.unit != unit] if unit else [],
        "blank": SearchTarget("", ""),
        "versions": VERSIONS,
        "flavours": FLAVOURS,
        "indexes": [(name, INDEXES[name], USES[name]) for name in INDEXES],
        "encodings": ENCODINGS,
        "profiles": list(profiles()),
        "longest": LONGEST_WAIT,
        "refused": refused,
        "sent": request.POST,
        "saved": "saved" in request.GET,
    }
    return page(request, where, "targets", context, status=422 if refused else 200)


def _say(data: QueryDict, *, unit: str | None, by: Actor) -> None:
    gone = whole_number(data, "drop")
    if gone:
        drop_target(target_id=gone, by=by)
        return
    asked = {name: typed(data, f"index_{name}") for name in INDEXES}
    set_target(
        SearchTarget(
            name=typed(data, "name")[:40], address=data.get("address", "").strip()[:501], unit=unit,
            version=typed(data, "version"), schema=typed(data, "schema")[:80], flavour=typed(data, "flavour"),
            seconds=whole_number(data, "seconds") or 0, profile=typed(data, "profile"), active="active" in data,
            indexes={name: text for name, text in asked.items() if text}, protocol=typed(data, "protocol") or "sru",
            database=typed(data, "database")[:81], encoding=typed(data, "encoding"), login=typed(data, "login")[:81],
            password=data.get("password", "")[:81],
        ),
        by=by,
    )  # fmt: skip


def _levels(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of every level where this login may say something."""
    found = [
        (unit.code, unit.name(language()))
        for unit in tree().units.values()
        if actor.may("targets.edit", unit.path)
    ]  # fmt: skip
    return [(EVERYONE, ""), *found] if actor.may("targets.edit", EVERYWHERE) else found
