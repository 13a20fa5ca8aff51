"""The first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kitabxana.base.access import public
from kitabxana.base.code_names import tongue
from kitabxana.catalogue.queries import findable_briefs, in_order, newest
from kitabxana.fronts.opac.asked import Asked
from kitabxana.fronts.opac.render.books import Book, one_of_each
from kitabxana.fronts.opac.render.libraries import systems
from kitabxana.organisation.queries import tree
from kitabxana.search.queries import find

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHELF = 7
"""How many books a shelf holds: one row on a wide screen, one line to push along on a phone."""

LOOKED_AT = 6 * SHELF
LANGUAGES = {"az": "aze", "tr": "tur", "en": "eng", "ru": "rus"}
"""MARC codes of the interface's languages."""

FEW_LIBRARIES = 24
"""Up to so many libraries stand in the open; more are folded under their systems."""


@dataclass(frozen=True, slots=True)
class Shelf:
    title: str
    address: str
    books: list[Book]


def _shelves() -> list[Shelf]:
    """What came last in the reader's own language, then what came last of everything else."""
    own = Asked(filters={"language": (LANGUAGES.get(tongue(), "aze"),)}, sort="added")
    found = [hit.record_id for hit in find(own.request(limit=LOOKED_AT)).hits]
    mine = one_of_each(in_order(found, findable_briefs(found)))[:SHELF]
    shown = {book.id for book in mine}
    others = [book for book in one_of_each(newest(LOOKED_AT)) if book.id not in shown][:SHELF]
    shelves = [
        Shelf(_("New in your language"), own.address(), mine),
        Shelf(_("New arrivals"), Asked(sort="added").address(), others),
    ]
    return [shelf for shelf in shelves if shelf.books]


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One large search, what is new, where the libraries are and whether they are open."""
    where = systems(tree(), now=timezone.now())
    return render(
        request,
        "opac/home.html",
        {
            "shelves": _shelves(),
            "systems": where,
            "total": find(Asked().request(limit=1)).total,
            "folded": sum(len(system.libraries) for system in where) > FEW_LIBRARIES,
        },
    )
