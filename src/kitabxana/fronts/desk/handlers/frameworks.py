"""Frameworks and authorised values by level of the tree: what holds there, who says it, how it is given back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import actor_of, staff
from kitabxana.base.actor import EVERYWHERE
from kitabxana.catalogue.messages import refusal_text
from kitabxana.catalogue.operations import drop_value, say_of_framework, set_value, unsay_of_framework
from kitabxana.catalogue.queries.editing import framework_at, said_above, value_lists, values_at
from kitabxana.catalogue.rules.frameworks import Said, frameworks
from kitabxana.fronts.desk.forms import typed
from kitabxana.fronts.desk.render.form_rows import materials
from kitabxana.fronts.desk.render.pages import page
from kitabxana.fronts.desk.render.words import language, named, unit_name
from kitabxana.fronts.desk.session import at_library
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse, QueryDict

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.rules.frameworks import FrameField, Framework, Spot
    from kitabxana.fronts.desk.session import DeskRequest
    from kitabxana.organisation.facts import Tree, UnitFacts

EVERYONE = "*"
"""How the whole installation is written in the address."""

_YES_NO = {"yes": True, "no": False}


@staff("lists.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def framework(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """One framework at one level, field by field; `tag` opens one. What is sent is said at exactly this level."""
    by, organisation = actor_of(request), tree()
    level, unit = _level(request, by, where, organisation)
    code = typed(request.GET, "framework")
    code = code if code in frameworks() else "book"
    tag = typed(request.POST if request.method == "POST" else request.GET, "tag")
    refused: list[str] = []
    if request.method == "POST":
        try:
            _say(request.POST, code, unit, by)
        except Refused as refusal:
            refused = [refusal_text(one) for one in refusal.refusals]
        else:
            kept = {"unit": level, "framework": code, "tag": tag, "saved": "1"}
            return redirect(f"{reverse('desk:frameworks')}?{urlencode(kept)}#t{tag}")
    said = said_above(code, unit)
    whole = framework_at(code, unit)
    context = {
        "level": level,
        "code": code,
        "framework_name": named(whole.names, code),
        "materials": materials(),
        "levels": _levels(by, organisation),
        "fields": _fields(whole, said, organisation),
        "open": _opened(whole, tag, said, unit),
        "lists": value_lists(),
        "refused": refused,
        "saved": "saved" in request.GET,
    }
    return page(request, where, "frameworks", context, status=422 if refused else 200)


@staff("lists.edit")
@require_http_methods(["GET", "HEAD", "POST"])
@at_library
def values(request: DeskRequest, where: UnitFacts) -> HttpResponse:
    """One list of authorised values at one level; what is sent is said at exactly this level."""
    by, organisation = actor_of(request), tree()
    level, unit = _level(request, by, where, organisation)
    name = typed(request.POST if request.method == "POST" else request.GET, "list")
    refused: list[str] = []
    if request.method == "POST":
        try:
            _value(request.POST, name, unit, by)
        except Refused as refusal:
            refused = [refusal_text(one) for one in refusal.refusals]
        else:
            return redirect(f"{reverse('desk:values')}?{urlencode({'unit': level, 'list': name, 'saved': '1'})}")
    known = value_lists()
    name = name or (known[0] if known else "")
    context = {
        "level": level,
        "list": name,
        "lists": known,
        "levels": _levels(by, organisation),
        "rows": _values(name, unit, organisation),
        "languages_told": settings.LANGUAGES,
        "refused": refused,
        "saved": "saved" in request.GET,
    }
    return page(request, where, "values", context, status=422 if refused else 200)


def _level(request: DeskRequest, by: Actor, where: UnitFacts, organisation: Tree) -> tuple[str, UnitFacts | None]:
    """(as in the address, the unit or None for the whole installation); only where the login may say so."""
    code = typed(request.GET, "unit") or where.code
    unit = None if code == EVERYONE else organisation.units.get(code, where)
    if not by.may("lists.edit", unit.path if unit else EVERYWHERE):
        raise PermissionDenied
    return unit.code if unit else EVERYONE, unit


def _levels(by: Actor, organisation: Tree) -> list[tuple[str, str]]:
    units = (unit for unit in organisation.units.values() if by.may("lists.edit", unit.path))
    found = [(unit.code, f"{unit.name(language())} ({unit.code})") for unit in units]
    return [(EVERYONE, ""), *found] if by.may("lists.edit", EVERYWHERE) else found


def _say(data: QueryDict, code: str, unit: UnitFacts | None, by: Actor) -> None:
    tag, sub = typed(data, "tag"), typed(data, "code")
    if "back" in data:
        unsay_of_framework(code, unit=unit.code if unit else None, tag=tag, code=sub, by=by)
        return
    default = typed(data, "default")
    said = Said(
        tag,
        sub,
        names=_texts(data, "name"),
        help=_texts(data, "help"),
        mandatory=_YES_NO.get(data.get("mandatory", "")),
        hidden=_YES_NO.get(data.get("hidden", "")),
        default=(default if sub else default.replace("#", " ")) or None,
        values=typed(data, "values") or None,
        origin=unit.code if unit else None,
    )
    say_of_framework(code, said, by=by)


def _texts(data: QueryDict, name: str) -> dict[str, str]:
    given = {tag: " ".join(data.get(f"{name}_{tag}", "").split())[:500] for tag, _ in settings.LANGUAGES}
    return {tag: text for tag, text in given.items() if text}


def _fields(whole: Framework, said: list[Said], organisation: Tree) -> list[dict[str, Any]]:
    """Every field with who says what differs from the house's own."""
    origins: dict[str, dict[str, None]] = {}
    for one in said:
        name = unit_name(organisation.units, one.origin) if one.origin else EVERYONE
        origins.setdefault(one.tag, {})[name] = None
    return [
        {
            "tag": one.tag,
            "name": named(one.names, one.tag),
            "mandatory": one.mandatory,
            "hidden": one.hidden,
            "shown": one.shown,
            "origins": list(origins.get(one.tag, ())),
        }
        for one in whole.fields.values()
    ]


def _opened(whole: Framework, tag: str, said: list[Said], unit: UnitFacts | None) -> dict[str, Any] | None:
    """The field that is open for change: itself, then each of its subfields, with what this level says of it."""
    one = whole.fields.get(tag)
    if one is None:
        return None
    here = {(told.tag, told.code): told for told in said if told.origin == (unit.code if unit else None)}
    spots = [_part(spot, spot.code, here.get((tag, spot.code))) for spot in one.spots]
    parts = [_part(one, "", here.get((tag, ""))), *spots]
    return {"tag": tag, "name": named(one.names, tag), "fixed": tag == "LDR" or tag < "010", "parts": parts}


def _part(one: FrameField | Spot, code: str, here: Said | None) -> dict[str, Any]:
    own = here or Said("")
    return {
        "code": code,
        "name": named(one.names, f"${code}"),
        "here": here is not None,
        "mandatory": one.mandatory,
        "hidden": one.hidden,
        "own_mandatory": own.mandatory,
        "own_hidden": own.hidden,
        "default": (own.default or "") if code else (own.default or "").replace(" ", "#"),
        "inherited": one.default if code else one.default.replace(" ", "#"),
        "values": own.values or "",
        "names": list(_spoken(one.names, own.names)),
        "help": list(_spoken(one.help, own.help)),
    }


def _spoken(names: Any, own: Any) -> Iterator[tuple[str, str, str, str]]:
    """(language, its name, what is said here, what holds)."""
    for tag, text in settings.LANGUAGES:
        yield tag, text, own.get(tag, ""), names.get(tag, "")


def _value(data: QueryDict, name: str, unit: UnitFacts | None, by: Actor) -> None:
    code, at = typed(data, "code"), unit.code if unit else None
    if "drop" in data:
        drop_value(name=name, unit=at, code=code, by=by)
        return
    set_value(name=name, unit=at, code=code, names=_texts(data, "name"), hidden="hidden" in data, by=by)


def _values(name: str, unit: UnitFacts | None, organisation: Tree) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": named(one.names, code),
            "names": [(tag, text, one.names.get(tag, "")) for tag, text in settings.LANGUAGES],
            "hidden": one.hidden,
            "here": one.origin == (unit.code if unit else None),
            "origin": unit_name(organisation.units, one.origin) if one.origin else "",
        }
        for code, one in sorted(values_at(name, unit).items())
    ]
