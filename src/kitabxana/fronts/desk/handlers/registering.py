"""Registering a reader on one page, and changing one on the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.reader_form import fields_of, posted
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.reader_words import by_field, category_choices, told
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.patrons import messages as words
from kitabxana.patrons.facts import CHANNELS, Draft
from kitabxana.patrons.operations import edit as edit_reader
from kitabxana.patrons.operations import enrol, note_view, set_pin
from kitabxana.patrons.queries import details, patron, patron_by_card

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts
    from kitabxana.patrons.facts import PatronDetails

LONGEST_PIN = 128


@staff("patrons.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("pin", "number")
@at_library
def register(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """A new reader of this library: only the surname and the category must be given."""
    if request.method != "POST":
        category = request.session.get("category", "")
        return _form(request, where, {"contact_by": CHANNELS, "category": category, "history": "default"})
    values = posted(request.POST)
    fields, wrong = fields_of(values)
    guarantors, unknown = _guarantors(request, values["guarantor"])
    refused = [*wrong, *unknown]
    if not refused:
        number = {"number": values["number"], "number_kind": values["number_kind"]}
        draft = Draft(home_unit=where.code, card=values["card"], guarantors=guarantors, **number, **fields)
        try:
            patron_id = enrol(draft, by=actor_of(request), now=timezone.now(), lift=_lift(request))
        except Refused as refusal:
            refused = list(refusal.refusals)
        else:
            request.session["category"] = draft.category
            messages.success(request, _("The reader is registered."))
            _pin(request, patron_id)
            return redirect("desk:patron", patron_id)
    return _form(request, where, values, refused=refused)


@staff("patrons.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def edit(request: DeskRequest, where: UnitFacts, patron_id: int) -> HttpResponse:
    """The same page for a reader who is known; what someone else changed meanwhile is not overwritten."""
    actor = actor_of(request)
    found = details(patron_id, scopes=actor.scopes("patrons.view"))
    if found is None:
        raise Http404
    if request.method != "POST":
        note_view(patron_id=patron_id, by=actor)
        return _form(request, where, _values(found), reader=found)
    values = posted(request.POST)
    fields, refused = fields_of(values)
    if not refused:
        seen = parse_datetime(typed(request.POST, "seen"))
        try:
            edit_reader(
                patron_id=patron_id, changes=fields, by=actor, now=timezone.now(), seen=seen, lift=_lift(request)
            )
        except Refused as refusal:
            refused = list(refusal.refusals)
        else:
            messages.success(request, _("The changes are kept."))
            return redirect("desk:patron", patron_id)
    return _form(request, where, values, refused=refused, reader=found)


def _lift(request: DeskRequest) -> frozenset[str]:
    return frozenset(request.POST.getlist("lift"))


def _guarantors(request: DeskRequest, card: str) -> tuple[tuple[int, ...], list[Refusal]]:
    if not card:
        return (), []
    found = patron_by_card(card, scopes=actor_of(request).scopes("patrons.view"))
    return ((found.id,), []) if found else ((), [Refusal("unknown_guarantor")])


def _pin(request: DeskRequest, patron_id: int) -> None:
    """The reader is there already: a PIN that can't be is told on the reader's page."""
    pin = request.POST.get("pin", "")[: LONGEST_PIN + 1]
    if not pin:
        return
    try:
        set_pin(patron_id=patron_id, pin=pin, by=actor_of(request))
    except Refused as refused:
        messages.error(request, _("The PIN was not set.") + " " + told(refused.refusals[0]))


def _values(found: PatronDetails) -> dict[str, Any]:
    facts = found.facts
    names = ("surname", "firstname", "middle_name", "email", "phone", "address", "language", "category", "history")
    values: dict[str, Any] = {name: getattr(facts, name) for name in names}
    return values | {
        "birth_date": facts.birth_date.isoformat() if facts.birth_date else "",
        "expires_on": facts.expires_on.isoformat(),
        "city": found.city,
        "postcode": found.postcode,
        "staff_note": found.staff_note,
        "public_note": found.public_note,
        "contact_by": found.contact_by,
    }


def _form(
    request: DeskRequest, where: UnitFacts, values: dict[str, Any], *, refused: list[Refusal] | None = None,
    reader: PatronDetails | None = None,
) -> HttpResponse:  # fmt: skip
    found = refused or []
    actor = actor_of(request)
    errors = by_field(found)
    liftable = sorted({one.code for one in found if one.override})
    alike = {int(one.params["patron"] or 0) for one in found if one.code == "likely_duplicate"}
    context = {
        "values": values,
        "errors": errors,
        "alike": [one for one in (patron(key, scopes=actor.scopes("patrons.view")) for key in sorted(alike)) if one],
        "lift": liftable if found and all(one.override for one in found) else [],
        "reader": reader,
        "seen": typed(request.POST, "seen") or (reader.changed_at.isoformat() if reader else ""),
        "categories": category_choices(),
        "channels": [(code, text, code in values.get("contact_by", ())) for code, text in words.CHANNELS.items()],
        "histories": words.HISTORY.items(),
        "number_kinds": words.NUMBER_KINDS.items(),
    }
    return page(request, where, "readers/form", context, status=409 if found else 200)
