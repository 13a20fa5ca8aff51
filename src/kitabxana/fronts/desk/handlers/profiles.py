"""Import profiles: how files of a source are read, and how its records meet ours field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.messages import refusal_text
from kitabxana.exchange.operations import keep_profile
from kitabxana.exchange.queries import profiles
from kitabxana.formats.marc import ENCODINGS, READABLE
from kitabxana.formats.unimarc import FLAVOURS
from kitabxana.fronts.desk.forms import lines, typed
from kitabxana.fronts.desk.render.imports import HOWS_TOLD
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import language
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import UnitFacts

MOST_RULES = 200


@staff("catalogue.import")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def show(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """The stored profiles; `name` opens one, a POST keeps it under its name."""
    stored, name, refused = profiles(), typed(request.GET, "name"), []
    opened = stored.get(name, Profile(matching="points", library=where.code))
    text = "\n".join(" ".join(rule).strip() for rule in opened.fields)
    if request.method == "POST":
        name, text = typed(request.POST, "name")[:80], lines(request.POST, "fields")
        opened = _sent(request.POST, text)
        try:
            if name:
                keep_profile(name, opened, by=actor_of(request))
                return redirect(f"{reverse('desk:import_profiles')}?{urlencode({'name': name, 'saved': '1'})}")
        except Refused as refusal:
            refused = [refusal_text(one) for one in refusal.refusals]
    context = {
        "names": list(stored),
        "name": name,
        "profile": opened,
        "text": text,
        "forms": READABLE,
        "flavours": FLAVOURS,
        "encodings": ENCODINGS,
        "libraries": [(unit.code, unit.name(language())) for unit in tree().libraries()],
        "hows": HOWS_TOLD.items(),
        "refused": refused,
        "saved": "saved" in request.GET,
    }
    return page(request, where, "import_profiles", context, status=422 if request.method == "POST" else 200)


def _sent(data: QueryDict, text: str) -> Profile:
    """What the form says; what is on no list is as if it had not been said."""
    chosen = {
        "form": typed(data, "form") if typed(data, "form") in READABLE else "",
        "flavour": typed(data, "flavour") if typed(data, "flavour") in FLAVOURS else "",
        "encoding": typed(data, "encoding") if typed(data, "encoding") in ENCODINGS else "",
    }
    rules = (line.split() for line in text.splitlines()[:MOST_RULES] if line.strip())
    return Profile(
        items="852" if data.get("items") == "852" else "952",
        library=typed(data, "library") if typed(data, "library") in tree().units else "",
        item_type=typed(data, "item_type")[:10] or "BK",
        source=typed(data, "source")[:40],
        matching="control" if data.get("matching") == "control" else "points",
        overlay="replace" if data.get("overlay") == "replace" else "keep",
        fields=tuple(((*rule, "", "", "")[:3] if len(rule) < 4 else ("", "", "")) for rule in rules),
        **chosen,  # type: ignore[arg-type]  # looked up in their lists above
    )
