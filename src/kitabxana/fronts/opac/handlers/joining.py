"""Becoming a reader from home."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kitabxana.base.access import public
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree
from kitabxana.patrons import messages
from kitabxana.patrons.facts import Draft
from kitabxana.patrons.operations import apply
from kitabxana.patrons.queries import categories, open_to_all

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LONGEST = {"surname": 100, "firstname": 100, "middle_name": 100, "phone": 40, "city": 80, "postcode": 20}
LINES = ("surname", "firstname", "middle_name", "email", "phone", "address", "city", "postcode")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Register from home, where a library takes it; the card is given at its desk for a document shown.

    A field that people do not see (`website`) is filled by programs only: they are told that all is well.
    """
    libraries, kinds = open_to_all()
    context: dict[str, Any] = {"libraries": _libraries(libraries), "categories": _categories(kinds), "values": {}}
    if request.method != "POST":
        return render(request, "opac/join.html", context)
    values = {name: " ".join(request.POST.get(name, "").split())[: LONGEST.get(name, 200)] for name in LINES}
    values |= {name: request.POST.get(name, "")[:10] for name in ("birth_date", "category", "library")}
    values = {name: text.replace("\0", "") for name, text in values.items()}
    if request.POST.get("website"):
        return render(request, "opac/join.html", context | {"sent": True})
    try:
        apply(draft=_draft(values), address=request.META.get("REMOTE_ADDR", ""), now=timezone.now())
    except Refused as refused:
        told = [str(messages.REFUSALS.get(one.code, one.code)) % dict(one.params) for one in refused.refusals]
        return render(request, "opac/join.html", context | {"values": values, "problems": told}, status=409)
    return render(request, "opac/join.html", context | {"sent": True})


def _draft(values: dict[str, str]) -> Draft:
    try:
        born = date.fromisoformat(values["birth_date"]) if values["birth_date"] else None
    except ValueError:
        raise Refused.one("bad_birth_date") from None
    return Draft(
        home_unit=values["library"],
        category=values["category"],
        birth_date=born,
        language=get_language() or "",
        **{name: values[name] for name in LINES},  # type: ignore[arg-type]
    )


def _libraries(codes: list[str]) -> list[tuple[str, str]]:
    units = tree().units
    return sorted(((code, units[code].name(get_language() or "")) for code in codes), key=lambda pair: pair[1])


def _categories(codes: list[str]) -> list[tuple[str, str]]:
    names, language = categories(), get_language() or ""
    return [(code, names[code].get(language) or names[code].get("az") or code) for code in codes]
