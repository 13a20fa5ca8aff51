"""What can be taken along from a book's page: the record in other formats at permanent addresses, and citations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import orjson
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from kitabxana import __version__
from kitabxana.base.access import public
from kitabxana.base.code_names import tongue
from kitabxana.formats.citing import STYLES, cite
from kitabxana.formats.crosswalks.bibtex import to_bibtex
from kitabxana.formats.crosswalks.csl import to_csl
from kitabxana.formats.crosswalks.dublin_core import to_dublin_core
from kitabxana.formats.crosswalks.ris import to_ris
from kitabxana.formats.marc import Unwritable, to_iso2709, to_marcxml
from kitabxana.fronts.opac.handlers.found import described, follows_merges, found_record, permalink
from kitabxana.fronts.opac.messages import CITATION_STYLES
from kitabxana.fronts.opac.render.books import book
from kitabxana.holdings.queries import stock_of
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from kitabxana.catalogue.facts import RecordFacts

XML: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Form:
    """A format a record is given in. `kept` is for a file that a program opens, and so is downloaded."""

    content_type: str
    write: Callable[[RecordFacts, HttpRequest], str | bytes]
    kept: bool = False


@public
@require_safe
@follows_merges
def take(request: HttpRequest, record_id: int, form: str) -> HttpResponseBase:
    """One record in the format its address ends in; a hidden or deleted one is not there in any."""
    wanted = FORMS.get(form)
    if wanted is None:
        raise Http404
    record = found_record(record_id)
    etag = f'"{record.id}-{record.version}-{__version__}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            body = wanted.write(record, request)
        except Unwritable:
            return _can_not_be_written(record_id, form)
        response = HttpResponse(body, content_type=wanted.content_type)
        if wanted.kept:
            response["Content-Disposition"] = f'attachment; filename="record-{record_id}.{form}"'
    response["ETag"] = etag
    # A record may be hidden tomorrow: whoever keeps it asks again before showing it.
    response["Cache-Control"] = "public, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@public
@require_safe
@vary_on_cookie
@follows_merges
def citations(request: HttpRequest, record_id: int) -> HttpResponse:
    """The record as it is cited, in every style, in the words of the interface language."""
    record = found_record(record_id)
    item = to_csl(record.marc, number=record_id, address=permalink(request, record_id))
    cited = [(CITATION_STYLES[style], cite(item, style=style, language=tongue())) for style in STYLES]
    context = {"book": book(record_id, record.brief), "citations": [one for one in cited if one[1]]}
    return render(request, "opac/cite.html", context)


def _can_not_be_written(record_id: int, form: str) -> HttpResponseBase:
    """ISO 2709 ends at 99,999 bytes, MARCXML does not; what neither can carry is said in words."""
    if form == "mrc":
        return redirect("opac:take", record_id, "marcxml")
    said = _("This record has characters that this format can't carry.")
    return HttpResponse(said, status=406, content_type="text/plain; charset=utf-8")


def _json_ld(record: RecordFacts, request: HttpRequest) -> bytes:
    organisation = tree()
    stock = stock_of([record.id]).get(record.id)
    units = stock.unit_ids if stock else ()
    # Not in the reader's language: under one address all get the same bytes.
    held_by = tuple(organisation.by_id[unit].name(settings.LANGUAGE_CODE) for unit in units)
    return orjson.dumps(described(record, request, held_by=held_by))


def _csl_json(record: RecordFacts, request: HttpRequest) -> bytes:
    return orjson.dumps([to_csl(record.marc, number=record.id, address=permalink(request, record.id))])


def _ris(record: RecordFacts, request: HttpRequest) -> str:
    return to_ris(record.marc, number=record.id, address=permalink(request, record.id))


def _bibtex(record: RecordFacts, request: HttpRequest) -> str:
    return to_bibtex(record.marc, number=record.id, address=permalink(request, record.id))


def _dublin_core(record: RecordFacts, request: HttpRequest) -> bytes:
    return XML + to_dublin_core(record.marc, address=permalink(request, record.id))


FORMS: Final[dict[str, Form]] = {
    "ris": Form("application/x-research-info-systems; charset=utf-8", _ris, kept=True),
    "bib": Form("application/x-bibtex; charset=utf-8", _bibtex, kept=True),
    "mrc": Form("application/marc", lambda record, _request: to_iso2709(record.marc), kept=True),
    "marcxml": Form("application/marcxml+xml", lambda record, _request: XML + to_marcxml(record.marc)),
    "dc.xml": Form("application/xml; charset=utf-8", _dublin_core),
    "jsonld": Form("application/ld+json", _json_ld),
    "csl.json": Form("application/vnd.citationstyles.csl+json", _csl_json, kept=True),
}
"""What stands after the record's number and a dot in an address → how it is written. These addresses stay."""
