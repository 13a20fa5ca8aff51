"""Results."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from kitabxana.base.access import public
from kitabxana.fronts.opac.asked import DEEPEST, LAST_PAGE, PAGE_SIZE, Asked
from kitabxana.fronts.opac.messages import SORTS
from kitabxana.fronts.opac.render.books import found_books
from kitabxana.fronts.opac.render.facets import chips, counts_of, facets
from kitabxana.fronts.opac.render.pages import pages
from kitabxana.fronts.opac.render.suggestions import suggested
from kitabxana.fronts.opac.render.words import number
from kitabxana.fronts.opac.session import own_library
from kitabxana.organisation.queries import tree
from kitabxana.search.facts import FACETS
from kitabxana.search.operations import note_miss
from kitabxana.search.queries import as_written, find, suggest

if TYPE_CHECKING:
    from django.http import HttpResponse

    from kitabxana.fronts.opac.session import OpacRequest
    from kitabxana.search.facts import SearchAnswer


@public
@require_safe
@vary_on_headers("HX-Request")
def search(request: OpacRequest) -> HttpResponse:
    """A results page; of a search within the page only its part is sent."""
    asked, answer = _answer(Asked.read(request.GET))
    organisation, now = tree(), timezone.now()
    narrowed = asked.filters or asked.available
    if asked.text and (answer.loosened or not answer.total) and not narrowed and asked.page == 1:
        note_miss(asked.text, on=now.date())
    counts = counts_of(answer.counts, asked=asked, year=now.year) if answer.total or asked.filters else {}
    books = found_books(
        [hit.record_id for hit in answer.hits],
        organisation=organisation,
        now=now,
        prefer=asked.filters.get("library", ()),
        own=own_library(request, organisation),
    )
    context = {
        "asked": asked,
        "total": answer.total,
        "heading": _heading(asked, answer.total),
        "books": books,
        "facets": facets(asked, counts, organisation=organisation, estimated=answer.counts.estimated) if counts else [],
        "chips": chips(asked, organisation=organisation),
        "loosened": answer.loosened,
        "instead": _instead(asked, answer.instead),
        "looked_through": answer.cut,
        "chosen": sum(len(values) for values in asked.filters.values()) + asked.available,
        "sorts": [(code, label, code == asked.sorted_by) for code, label in SORTS.items()],
        "pages": pages(asked, last=_last_page(answer.total)),
        "first": (asked.page - 1) * PAGE_SIZE + 1,
        "cut": DEEPEST if answer.total > DEEPEST and asked.page == LAST_PAGE else 0,
    }
    partly = request.htmx and not request.htmx.history_restore_request
    return render(request, "opac/_results.html" if partly else "opac/search.html", context)


@public
@require_safe
def suggestions(request: OpacRequest) -> HttpResponse:
    """Headings that begin as typed, as the list under the search box; kept by browsers and caches for a while."""
    typed = request.GET.get("q", "")
    response = render(request, "opac/_suggestions.html", {"found": suggested(suggest(typed))})
    response["Cache-Control"] = "public, max-age=300"
    return response


def _instead(asked: Asked, pairs: tuple[tuple[str, str], ...]) -> Asked | None:
    """The search with the words that may have been meant, as the catalogue writes them."""
    text = asked.text
    for typed, word in pairs:
        text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", as_written(word).replace("\\", ""), text, count=1)
    return asked.saying(text) if text != asked.text else None


def _heading(asked: Asked, total: int) -> str:
    """How much was found, in one sentence."""
    said = {"count": number(total), "words": asked.text}
    if not total and asked.text:
        return _("Nothing was found for “%(words)s”.") % said
    if not total:
        return _("Nothing was found.")
    if asked.text:
        return ngettext("%(count)s result for “%(words)s”", "%(count)s results for “%(words)s”", total) % said
    return ngettext("%(count)s work", "%(count)s works", total) % said


def _last_page(total: int) -> int:
    return max(1, min(-(-total // PAGE_SIZE), LAST_PAGE))


def _answer(asked: Asked) -> tuple[Asked, SearchAnswer]:
    """What is found; a page past the end becomes the last one."""
    answer = find(asked.request(facets=FACETS))
    last = _last_page(answer.total)
    if asked.page <= last:
        return asked, answer
    asked = asked.on_page(last)
    return asked, find(asked.request(facets=FACETS))
