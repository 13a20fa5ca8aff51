"""/authorities: the records that headings follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from kitabxana.catalogue.operations import delete_record
from kitabxana.catalogue.queries.authorities import find_authorities, in_this_order, newest_authorities
from kitabxana.fronts.rest import render, shapes
from kitabxana.fronts.rest.paging import describe, order_of, window
from kitabxana.fronts.rest.records import (
    BODY,
    FORMATS_OFFERED,
    any_record,
    sent_record,
    sent_version,
    shown,
    store,
)
from kitabxana.fronts.rest.session import require

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["authorities"])


@router.get(
    "/authorities", response={200: list[shapes.Authority], **shapes.problems(403)}, operation_id="listAuthorities"
)
def list_authorities(
    request: HttpRequest, response: HttpResponse, asked: shapes.AuthorityList
) -> list[shapes.Authority]:
    """The authorities found for `search`, by heading; all, the one changed last first, where nothing is asked for.

    Of a search no more than 500 are listed.
    """
    require(request, "catalogue.view")
    order_of(asked, {})
    offset, limit = window(asked)
    if asked.search:
        ids = find_authorities(asked.search)
        total, ids = len(ids), ids[offset : offset + limit]
    else:
        total, ids = newest_authorities(offset=offset, limit=limit)
    describe(request, response, asked, total=total)
    return [render.authority(one) for one in in_this_order(ids)]


@router.get(
    "/authorities/{authority_id}",
    response={200: shapes.Authority, **shapes.problems(403, 404, 406)},
    operation_id="getAuthority",
    openapi_extra=FORMATS_OFFERED,
)
def get_authority(request: HttpRequest, authority_id: shapes.Id) -> HttpResponse:
    """One authority record, in the first format of Accept that it can be had in."""
    require(request, "catalogue.view")
    return shown(request, lambda: any_record(authority_id, kind="a"), as_json=render.authority)


@router.post(
    "/authorities",
    response={200: shapes.SavedRecord, **shapes.problems(403, 413, 415)},
    operation_id="addAuthority",
    openapi_extra=BODY,
)
def add_authority(request: HttpRequest) -> HttpResponse:
    """Add an authority record, sent as MARCXML, MARC-in-JSON or ISO 2709."""
    require(request, "records.edit")
    return store(request, None, sent_record(request, kind="a"), None, read_by="rest:get_authority")


@router.put(
    "/authorities/{authority_id}",
    response={200: shapes.SavedRecord, **shapes.problems(403, 404, 409, 413, 415, 428)},
    operation_id="updateAuthority",
    openapi_extra=BODY,
)
def update_authority(request: HttpRequest, authority_id: shapes.Id) -> HttpResponse:
    """Put an authority in place of the version that If-Match or its field 005 names.

    A changed heading goes through all records that follow it, in the background.
    """
    require(request, "records.edit")
    marc = sent_record(request, kind="a")
    found = any_record(authority_id, kind="a")
    return store(request, authority_id, marc, sent_version(request, found, marc))


@router.delete(
    "/authorities/{authority_id}",
    response={204: None, **shapes.problems(403, 404, 409)},
    operation_id="deleteAuthority",
)
def delete_authority(request: HttpRequest, authority_id: shapes.Id) -> HttpResponse:
    """Leave a tombstone; 409 while headings follow it."""
    actor = require(request, "records.delete")
    any_record(authority_id, kind="a")
    delete_record(record_id=authority_id, by=actor, now=timezone.now(), through="rest")
    return HttpResponse(status=204)
