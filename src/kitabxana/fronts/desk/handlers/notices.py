"""What readers are told: what went out and what did not, letters to print, the libraries' own texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kitabxana.base.access import actor_of, staff
from kitabxana.fronts.desk.forms import page_number, typed, whole_numbers
from kitabxana.fronts.desk.render.acts import pdf
from kitabxana.fronts.desk.render.notices import letter_rows, level_choices, message_rows, sample_item, text_rows
from kitabxana.fronts.desk.render.pages import page, pages
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.notices.facts import LANGUAGES, STATES, Wording
from kitabxana.notices.messages import STATES as STATE_NAMES
from kitabxana.notices.messages import TRIGGERS as TRIGGER_NAMES
from kitabxana.notices.messages import refusal_text
from kitabxana.notices.operations import give_back, preview, print_letters, send_again, set_text
from kitabxana.notices.queries import (
    latest_reader,
    messages_of,
    messages_page,
    states_at,
    waiting_letters,
    wordings_above,
)
from kitabxana.notices.rules import TRIGGERS
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import patron_by_card, visible_patrons

if TYPE_CHECKING:
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

A_PAGE = 50
LONGEST_TEXT = 8000


@staff("notices.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def notices(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The messages of this library by state, or those of one reader (`card`); a failed one is queued anew (`again`),
    letters are noted as `printed`."""
    if request.method == "POST":
        _act(request)
        return redirect("desk:notices")
    if card := typed(request.GET, "card"):
        return _of_reader(request, where, card)
    by, state = actor_of(request), request.GET.get("state", "")
    state = state if state in STATES else ""
    number = page_number(request.GET)
    total, found = messages_page(
        scopes=by.scopes("notices.view"), unit=where.code, state=state, offset=(number - 1) * A_PAGE, limit=A_PAGE
    )
    counts = states_at(where.code)
    context = {
        "rows": message_rows(found, by=by),
        "state": state,
        "states": [(one, STATE_NAMES[one], counts.get(one, 0)) for one in STATES],
        "letters": [one.id for one in waiting_letters(where.code)],
        "pages": pages(request.GET, name="page", number=number, total=total, size=A_PAGE),
    }
    return page(request, where, "notices", context)


def _of_reader(request: DeskRequest, where: UnitFacts, card: str) -> HttpResponse:
    by = actor_of(request)
    reader = patron_by_card(card, scopes=by.scopes("patrons.view"))
    rows = message_rows(messages_of(reader.id), by=by) if reader else []
    return page(request, where, "notices", {"rows": rows, "one": reader, "card": card, "state": "", "letters": []})


def _act(request: DeskRequest) -> None:
    by = actor_of(request)
    try:
        if "printed" in request.POST:
            done = print_letters(message_ids=whole_numbers(request.POST, "letter"), by=by)
            text = ngettext("%(count)s letter is noted as printed.", "%(count)s letters are noted as printed.", done)
            messages.success(request, text % {"count": done})
        for number in whole_numbers(request.POST, "again")[:1]:
            send_again(message_id=number, by=by)
            messages.success(request, _("The message is sent again."))
    except Refused as refused:
        for one in refused.refusals:
            messages.error(request, refusal_text(one))


@staff("notices.view")
@require_safe
@at_library
def letters(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The letters that wait, one a sheet, as PDF; opening them writes nothing."""
    context = letter_rows(waiting_letters(where.code), where)
    content = pdf(render_to_string("desk/letters_pdf.html", context), style="desk/letters.css")
    if content is None:
        messages.error(request, _("This machine can't make a PDF."))
        return redirect("desk:notices")
    headers = {"Content-Disposition": 'inline; filename="letters.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@staff("notices.view")
@require_safe
@at_library
def texts(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """Every notice in every language, with whose text holds here."""
    return page(request, where, "texts", {"rows": text_rows(where), "languages_of": LANGUAGES})


@staff("notices.view")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def text(request: DeskRequest, where: UnitFacts, trigger: str, language: str) -> HttpResponse:
    """One text: what holds here, seen with a real reader (`try`), set at a level (`save`) or given back (`back`)."""
    if trigger not in TRIGGERS or language not in LANGUAGES:
        raise Http404
    by, data, organisation = actor_of(request), request.POST, tree()
    above = wordings_above(trigger, language, unit=where, organisation=organisation)
    words, problems, status = above[0], [], 200
    if request.method == "POST":
        words = Wording(typed(data, "subject"), _lines(data.get("body", "")), typed_long(data.get("sms", "")))
        try:
            if "save" in data:
                set_text(unit=typed(data, "level"), trigger=trigger, language=language, words=words, by=by)
            elif "back" in data:
                give_back(unit=typed(data, "level"), trigger=trigger, language=language, by=by)
            if "try" not in data:
                return redirect("desk:text", trigger, language)
        except Refused as refused:
            problems, status = [refusal_text(one) for one in refused.refusals], 409
    context: dict[str, Any] = {
        "name": TRIGGER_NAMES[trigger],
        "language_of": language,
        "words": words,
        "problems": problems,
        "above": [(organisation.units[one.unit].name(language) if one.unit else "", one.unit or "") for one in above],
        "levels": level_choices(where, by=by),
        "address": reverse("desk:text", args=[trigger, language]),
        "card": typed(data, "card"),
    }
    if not problems:
        context |= _seen(request, where, trigger=trigger, language=language, words=words)
    return page(request, where, "text", context, status=context.get("status", status))


def _lines(typed_text: str) -> str:
    return typed_text.replace("\r\n", "\n")[:LONGEST_TEXT]


def typed_long(typed_text: str) -> str:
    """A short text is one line, however it was pasted."""
    return " ".join(typed_text.split())[:LONGEST_TEXT]


def _seen(request: DeskRequest, where: UnitFacts, *, trigger: str, language: str, words: Wording) -> dict[str, Any]:
    """The text with a real reader: of the card typed, else of this library's last message."""
    scopes = actor_of(request).scopes("patrons.view")
    card = typed(request.POST, "card")
    reader = patron_by_card(card, scopes=scopes) if card else None
    if reader is None and (last := latest_reader(where.code)) is not None:
        reader = visible_patrons([last], scopes=scopes).get(last)
    if reader is None:
        return {"nobody": True}
    item = sample_item(reader.id, where)
    try:
        seen = preview(words=words, trigger=trigger, language=language, unit=where.code, patron_id=reader.id, item=item)
    except Refused as refused:
        return {"problems": [refusal_text(one) for one in refused.refusals], "status": 409}
    return {"seen": seen, "reader": reader}
