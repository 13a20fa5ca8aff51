"""/biblios: records in the format the caller asks for, and their copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router

from kitabxana.base.access import actor_of
from kitabxana.catalogue.operations import NotValid, StaleVersion, delete_record, save_record
from kitabxana.catalogue.queries import record
from kitabxana.catalogue.rules import kind_of
from kitabxana.circulation.queries import loans_by_item
from kitabxana.formats.marc.shape import Unwritable
from kitabxana.formats.marc.writing import to_iso2709, to_marcxml
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.errors import JSON, NotDone, answer
from kitabxana.fronts.rest.handlers.items import ORDERS
from kitabxana.fronts.rest.messages import refusal_text
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.records import BODY, both_changes, etag, findings, sent_record, sent_version
from kitabxana.fronts.rest.session import require
from kitabxana.holdings.queries import items_page
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

    from kitabxana.catalogue.facts import MarcJson, RecordFacts

router = Router(tags=["biblios"])
FORMATS: Mapping[str, Callable[[RecordFacts], bytes]] = {
    JSON: lambda found: orjson.dumps(render.biblio(found).model_dump()),
    "application/marcxml+xml": lambda found: to_marcxml(found.marc),
    "application/marc-in-json": lambda found: orjson.dumps(found.marc),
    "application/marc": lambda found: to_iso2709(found.marc),
    "text/plain": lambda found: render.marc_lines(found.marc).encode(),
}
"""Media types a record can be had in, the first where the caller has no wish."""
_UTF8_SAID = {"text/plain": "text/plain; charset=utf-8"}
_IN_OPENAPI = {
    "application/marcxml+xml": {"schema": {"type": "string"}},
    "application/marc-in-json": {"schema": {"type": "object"}},
    "application/marc": {"schema": {"type": "string", "contentEncoding": "binary"}},
    "text/plain": {"schema": {"type": "string"}},
}


@router.get(
    "/biblios/{biblio_id}",
    response={200: shapes.Biblio, **shapes.problems(404, 406)},
    operation_id="getBiblio",
    openapi_extra={"responses": {200: {"content": _IN_OPENAPI}}},
)
def get_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """One record, in the first format of Accept that it can be had in."""
    media_type = _chosen(request)
    found = _seen(biblio_id)
    try:
        body = FORMATS[media_type](found)
    except Unwritable as unwritable:  # too long for ISO 2709, a control character in XML: another format can carry it
        raise NotDone(406, "not_in_this_format", type=media_type, detail=str(unwritable)) from unwritable
    headers = {"Vary": "Accept", "ETag": etag(found.version)}
    return HttpResponse(body, content_type=_UTF8_SAID.get(media_type, media_type), headers=headers)


@router.post(
    "/biblios",
    response={200: shapes.SavedRecord, **shapes.problems(403, 413, 415)},
    operation_id="addBiblio",
    openapi_extra=BODY,
)
def add_biblio(request: HttpRequest) -> HttpResponse:
    """Add a record, sent as MARCXML, MARC-in-JSON or ISO 2709, under the same rules as at the desk."""
    require(request, "records.edit")
    return _save(request, None, _sent(request), None)


@router.put(
    "/biblios/{biblio_id}",
    response={200: shapes.SavedRecord, **shapes.problems(403, 404, 409, 413, 415, 428)},
    operation_id="updateBiblio",
    openapi_extra=BODY,
)
def update_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """Put a record in place of the version that If-Match or its field 005 names; 001 and 003 stay.

    Where somebody changed it meanwhile: 409 stale_version with both changes, field by field.
    """
    require(request, "records.edit")
    marc = _sent(request)
    found = record(biblio_id, hidden=True)
    if found is None or found.kind != "b":
        raise Refused.one("unknown_record")
    return _save(request, biblio_id, marc, sent_version(request, found, marc))


@router.delete(
    "/biblios/{biblio_id}", response={204: None, **shapes.problems(403, 404, 409)}, operation_id="deleteBiblio"
)
def delete_biblio(request: HttpRequest, biblio_id: shapes.Id) -> HttpResponse:
    """Leave a tombstone; 409 while there are copies or waiting readers."""
    actor = require(request, "records.delete")
    found = record(biblio_id, hidden=True)
    if found is None or found.kind != "b":
        raise Refused.one("unknown_record")
    delete_record(record_id=biblio_id, by=actor, now=timezone.now(), through="rest")
    return HttpResponse(status=204)


def _sent(request: HttpRequest) -> MarcJson:
    marc = sent_record(request)
    if kind_of(marc) != "b":
        raise NotDone(400, "wrong_kind", where=["body", "leader"])
    return marc


def _save(request: HttpRequest, biblio_id: int | None, marc: MarcJson, version: int | None) -> HttpResponse:
    try:
        saved = save_record(
            record_id=biblio_id, marc=marc, version=version, by=actor_of(request), now=timezone.now(), through="rest"
        )
    except NotValid as refused:
        return _told(400, refused, findings=[one.model_dump() for one in findings(refused.findings)])
    except StaleVersion as stale:
        return _told(409, stale, version=stale.version, difference=both_changes(stale.difference))
    body = shapes.SavedRecord(id=saved.record_id, version=saved.version, findings=findings(saved.findings))
    headers = {"ETag": etag(saved.version)}
    if biblio_id is None:
        headers["Location"] = reverse("rest:get_biblio", args=[saved.record_id])
    return HttpResponse(orjson.dumps(body.model_dump()), content_type=JSON, headers=headers)


def _told(status: int, refused: Refused, **more: object) -> HttpResponse:
    [refusal] = refused.refusals
    problem = {"code": refusal.code, "message": refusal_text(refusal), "override": refusal.override}
    return answer(status, [problem | more])


def _chosen(request: HttpRequest) -> str:
    offered = list(FORMATS)
    if "Accept" not in request.headers:
        return offered[0]
    chosen = request.get_preferred_type(offered)
    if chosen is None:
        raise NotDone(406, "not_acceptable", types=", ".join(offered))
    return chosen


def _seen(biblio_id: int) -> RecordFacts:
    found = record(biblio_id)
    if found is None:
        raise Refused.one("unknown_record")
    return found


@router.get(
    "/biblios/{biblio_id}/items",
    response={200: list[shapes.Item], **shapes.problems(403, 404)},
    operation_id="getBiblioItems",
)
def list_biblio_items(
    request: HttpRequest, response: HttpResponse, biblio_id: shapes.Id, asked: shapes.BiblioItemList
) -> list[shapes.Item]:
    """The record's copies that the caller may see, withdrawn ones too."""
    scopes = require(request, "items.view").scopes("items.view")
    _seen(biblio_id)
    offset, limit = window(asked)
    total, found = items_page(
        scopes=scopes, offset=offset, limit=limit, record_id=biblio_id, order=order_of(asked, ORDERS)
    )
    describe(request, response, asked, total=total)
    return render.items(found, loans=loans_by_item(item.id for item in found))
