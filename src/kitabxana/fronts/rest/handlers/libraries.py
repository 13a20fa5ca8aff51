"""/libraries: the libraries and service points of the tree, for every caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse  # noqa: TC002 - ninja finds its argument by this type
from django.utils.translation import get_language
from ninja import Router

from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.session import LENDING_KINDS, works_at
from kitabxana.kernel.decisions import Refused
from kitabxana.language import sort_key
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

router = Router(tags=["libraries"])
ORDERS = {"library_id": "code", "name": "name", "city": "city"}


@router.get("/libraries", response={200: list[shapes.Library], **shapes.problems()}, operation_id="listLibraries")
def list_libraries(request: HttpRequest, response: HttpResponse, asked: shapes.LibraryList) -> list[shapes.Library]:
    """The libraries and their service points, without those closed for good."""
    organisation = tree()
    lending = [unit for code, unit in organisation.units.items() if works_at(organisation.units, code)]
    found = [render.library(unit, organisation=organisation) for unit in lending]
    for term in reversed(order_of(asked, ORDERS) or ("code",)):
        found.sort(key=_key(term.removeprefix("-")), reverse=term.startswith("-"))
    offset, limit = window(asked)
    describe(request, response, asked, total=len(found))
    return found[offset : offset + limit]


def _key(name: str) -> Callable[[shapes.Library], bytes]:
    language = get_language() or ""
    if name == "code":
        return lambda library: library.library_id.encode()
    return lambda library: sort_key(getattr(library, name) or "", language)


@router.get(
    "/libraries/{library_id}", response={200: shapes.Library, **shapes.problems(404)}, operation_id="getLibrary"
)
def get_library(request: HttpRequest, library_id: str) -> shapes.Library:  # noqa: ARG001
    """One library; one closed for good is not `public`, but what was done there can still be named."""
    organisation = tree()
    unit = organisation.units.get(library_id)
    if unit is None or unit.kind not in LENDING_KINDS:
        raise Refused.one("unknown_unit", unit=library_id)
    return render.library(unit, organisation=organisation)
