"""Many readers at once: those who registered from home, a CSV file, one change for a pile of cards."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import typed, whole_numbers
from kitabxana.fronts.desk.reader_form import day_of
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.reader_many import FIELDS, application_rows, problem_rows
from kitabxana.fronts.desk.render.reader_words import category_choices, told
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.patrons.facts import ImportPlan
from kitabxana.patrons.operations import (
    Unreadable,
    change_many,
    decide,
    headings,
    import_patrons,
    preview,
    write_rejects,
)
from kitabxana.patrons.queries import applications as waiting_applications
from kitabxana.patrons.queries import patron_by_card

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

LARGEST_FILE = 50 * 2**20
ROWS_A_STEP = 300
MOST_CARDS = 2000
_TOKEN = re.compile(r"[0-9a-f]{32}")


@staff("patrons.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def applications(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Who registered from home and waits: taken with a card once they have shown who they are, or not."""
    actor = actor_of(request)
    if request.method == "POST":
        take = "take" in request.POST
        for number in whole_numbers(request.POST, "application")[:1]:
            try:
                patron = decide(
                    application_id=number,
                    take=take,
                    card=typed(request.POST, "card"),
                    by=actor,
                    now=timezone.now(),
                    lift=frozenset(request.POST.getlist("lift")),
                )
            except Refused as refused:
                for refusal in refused.refusals:
                    messages.error(request, told(refusal))
            else:
                messages.success(
                    request, _("The reader is registered.") if take else _("The registration is put away.")
                )
                if patron:
                    return redirect("desk:patron", patron)
        return redirect("desk:applications")
    rows = application_rows(waiting_applications(scopes=actor.scopes("patrons.edit")), where=where)
    return page(request, where, "readers/applications", {"rows": rows})


@dataclass(frozen=True, slots=True)
class _Upload:
    """A file that was sent up, kept under a name made here, readable by this program only."""

    token: str

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / "uploads" / f"{self.token}.csv"


def _upload(request: DeskRequest) -> _Upload | None:
    """The file of this request, stored; or the one of an earlier step of the same login."""
    sent = request.FILES.get("file")
    if sent is None:
        token = request.POST.get("token", "")
        known = request.session.get("upload") == token and _TOKEN.fullmatch(token)
        return _Upload(token) if known and _Upload(token).path.exists() else None
    made = _Upload(secrets.token_hex(16))
    made.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(made.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as target:
        for chunk in sent.chunks():
            target.write(chunk)
    request.session["upload"] = made.token
    return made


@staff("patrons.import")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def bring_in(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Readers from a file: sent up, looked at with its columns, then brought in a step at a time (`go`)."""
    context: dict[str, Any] = {"categories": category_choices(), "fields": FIELDS.items(), "category": ""}
    sent = request.FILES.get("file")
    if sent is not None and (sent.size or 0) > LARGEST_FILE:
        context["problem"] = _("The file is too large; the most are 50 MB.")
        return page(request, where, "readers/import", context, status=413)
    upload = _upload(request) if request.method == "POST" else None
    if upload is None:
        return page(request, where, "readers/import", context)
    try:
        return page(request, where, "readers/import", context | _step(request, where, upload))
    except Unreadable:
        context["problem"] = _("This is no table: a CSV file in UTF-8 with a heading is needed.")
        return page(request, where, "readers/import", context, status=400)


def _step(request: DeskRequest, where: UnitFacts, upload: _Upload) -> dict[str, Any]:
    header, guessed, some = headings(upload.path)
    chosen = {name: request.POST.get(f"column-{at}", "") for at, name in enumerate(header)}
    first = "file" in request.FILES
    columns = guessed if first else {name: field for name, field in chosen.items() if field in FIELDS}
    category = typed(request.POST, "category")
    lift = frozenset(request.POST.getlist("lift"))
    plan = ImportPlan(columns, {"home_unit": where.code, "category": category}, lift, "update" in request.POST)
    context: dict[str, Any] = {
        "token": upload.token,
        "category": category,
        "update": plan.update,
        "lift": "likely_duplicate" in lift,
        "columns": [
            (at, name, columns.get(name, ""), [row.get(name) for row in some[:3]]) for at, name in enumerate(header)
        ],
    }
    actor, now = actor_of(request), timezone.now()
    if "go" not in request.POST:
        summary = preview(upload.path, plan=plan, by=actor, now=now)
        return context | {"seen": summary, "problems": problem_rows(summary.problems)}
    summary = import_patrons(upload.path, plan=plan, by=actor, now=now, most=ROWS_A_STEP)
    rejects = upload.path.with_suffix(".rejects.csv")
    if summary.finished and summary.rejected:
        write_rejects(upload.path, plan=plan, target=rejects)
    return context | {"done": summary, "problems": problem_rows(summary.problems)}


@staff("patrons.import")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def change(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """One change for the readers of these cards, seen first, then done (`go`)."""
    actor = actor_of(request)
    cards = list(dict.fromkeys(request.POST.get("cards", "").split()))[:MOST_CARDS]
    changes: dict[str, Any] = {}
    if category := typed(request.POST, "category"):
        changes["category"] = category
    if until := day_of(request.POST, "expires_on"):
        changes["expires_on"] = until
    context: dict[str, Any] = {
        "categories": category_choices(),
        "cards": "\n".join(cards),
        "category": category,
        "expires_on": typed(request.POST, "expires_on"),
        "address": reverse("desk:change_many"),
    }
    if not (cards and changes):
        return page(request, where, "readers/many", context)
    scopes = actor.scopes("patrons.view")
    found = {card: patron_by_card(card, scopes=scopes) for card in cards}
    known = {reader.id: reader for reader in found.values() if reader}
    going = "go" in request.POST
    outcome = change_many(patron_ids=known, changes=changes, by=actor, now=timezone.now(), dry_run=not going)
    context |= {
        "rows": [
            (known[key], ", ".join(problem_rows({problem: 1})) if problem else "") for key, problem in outcome.items()
        ],
        "unknown": [card for card, reader in found.items() if reader is None],
        "good": sum(not problem for problem in outcome.values()),
        "done": going,
    }
    return page(request, where, "readers/many", context)
