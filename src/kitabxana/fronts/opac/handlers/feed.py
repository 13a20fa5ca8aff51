"""A search to follow: its newest records as an Atom feed (RFC 4287)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie
from lxml import etree

from kitabxana.base.access import public
from kitabxana.base.code_names import tongue
from kitabxana.catalogue.queries import findable_dated
from kitabxana.formats.crosswalks.description import visible
from kitabxana.fronts.opac.asked import Asked
from kitabxana.fronts.opac.handlers.found import permalink
from kitabxana.fronts.opac.render.books import book
from kitabxana.fronts.opac.render.machines import summary
from kitabxana.search.queries import find

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from kitabxana.catalogue.facts import Dated

ENTRIES: Final = 30
QUARTER: Final = 15 * 60
"""Seconds a feed may be kept: readers of feeds ask often, libraries add daily."""

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NAMES: Final[Any] = {None: _ATOM}
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@public
@require_safe
@vary_on_cookie
def feed(request: HttpRequest) -> HttpResponseBase:
    """The records last added among those a search finds; the address has the same parameters as the results page."""
    asked = replace(Asked.read(request.GET), sort="added", page=1)
    ids = [hit.record_id for hit in find(asked.request(limit=ENTRIES)).hits]
    dated = findable_dated(ids)
    body = _written(asked, [dated[one] for one in ids if one in dated], request)
    etag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={QUARTER}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _written(asked: Asked, records: list[Dated], request: HttpRequest) -> bytes:
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    root.set(_LANG, tongue())
    results = request.build_absolute_uri(reverse("opac:search") + asked.address())
    said = _("New for “%(words)s”") % {"words": asked.text} if asked.text else _("New arrivals")
    _add(root, "id", results)
    _add(root, "title", f"{said} · Kitabxana")
    _link(root, results, "text/html", "alternate")
    _link(root, request.build_absolute_uri(reverse("opac:feed") + asked.address()), "application/atom+xml", "self")
    newest = max((one.changed_at for one in records), default=None)
    # An empty feed was never changed; it is said to be of today, so that its bytes stay the same for a day.
    _add(root, "updated", _moment(newest or timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)))
    _add(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", "Kitabxana")
    for one in records:
        _entry(root, one, request)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(root: etree._Element, record: Dated, request: HttpRequest) -> None:
    address, shown = permalink(request, record.id), book(record.id, record.brief)
    entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
    _add(entry, "id", address)
    _add(entry, "title", shown.title)
    _link(entry, address, "text/html", "alternate")
    _add(entry, "published", _moment(record.created_at))
    _add(entry, "updated", _moment(record.changed_at))
    if shown.author:
        _add(etree.SubElement(entry, f"{{{_ATOM}}}author"), "name", shown.author)
    _add(entry, "summary", summary(shown, ()))


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = visible(text)


def _link(parent: etree._Element, address: str, media_type: str, relation: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", rel=relation, type=media_type, href=address)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
