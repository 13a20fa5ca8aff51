"""Whole records as bodies: read in the formats they are given in, with the version they are meant to change."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from kitabxana.base.access import actor_of
from kitabxana.catalogue.messages import finding_text
from kitabxana.catalogue.operations import NotValid, StaleVersion, save_record
from kitabxana.catalogue.queries import record, version_stamped
from kitabxana.catalogue.rules import control_field, kind_of
from kitabxana.formats.marc import (
    SourceError,
    Unwritable,
    iter_marcxml,
    parse_iso2709,
    split_iso2709,
    to_iso2709,
    to_marcxml,
)
from kitabxana.fronts.rest import shapes
from kitabxana.fronts.rest.errors import JSON, NotDone, answer, bad_request
from kitabxana.fronts.rest.messages import refusal_text
from kitabxana.fronts.rest.render import marc_lines
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpRequest
    from pydantic import BaseModel

    from kitabxana.catalogue.facts import Finding, Line, MarcJson, RecordFacts, ThreeWay
    from kitabxana.formats.marc import Parsed

_MATCH = re.compile(r'(?:W/)?"([0-9]{1,9})"')


def any_record(record_id: int, *, kind: str) -> RecordFacts:
    """A record that stands, hidden from readers or not. Refused: unknown_record, for one of another kind too."""
    found = record(record_id, hidden=True)
    if found is None or found.kind != kind:
        raise Refused.one("unknown_record")
    return found


def shown(
    request: HttpRequest, find: Callable[[], RecordFacts], *, as_json: Callable[[RecordFacts], BaseModel]
) -> HttpResponse:
    """A record in the first format of Accept that it can be had in, its version in ETag."""
    media_type = _chosen(request)
    found = find()
    try:
        body = orjson.dumps(as_json(found).model_dump()) if media_type == JSON else _WRITERS[media_type](found.marc)
    except Unwritable as unwritable:  # too long for ISO 2709, a control character in XML: another format can carry it
        raise NotDone(406, "not_in_this_format", type=media_type, detail=str(unwritable)) from unwritable
    headers = {"Vary": "Accept", "ETag": etag(found.version)}
    return HttpResponse(body, content_type=_UTF8_SAID.get(media_type, media_type), headers=headers)


def store(
    request: HttpRequest, record_id: int | None, marc: MarcJson, version: int | None, *, read_by: str = ""
) -> HttpResponse:
    """Save what was sent and answer with its version; `read_by` names the route at which a new record is found."""
    try:
        saved = save_record(
            record_id=record_id, marc=marc, version=version, by=actor_of(request), now=timezone.now(), through="rest"
        )
    except NotValid as refused:
        return _told(400, refused, findings=[one.model_dump() for one in findings(refused.findings)])
    except StaleVersion as stale:
        return _told(409, stale, version=stale.version, difference=both_changes(stale.difference))
    body = shapes.SavedRecord(id=saved.record_id, version=saved.version, findings=findings(saved.findings))
    headers = {"ETag": etag(saved.version)}
    if read_by:
        headers["Location"] = reverse(read_by, args=[saved.record_id])
    return HttpResponse(orjson.dumps(body.model_dump()), content_type=JSON, headers=headers)


def _told(status: int, refused: Refused, **more: object) -> HttpResponse:
    [refusal] = refused.refusals
    problem = {"code": refusal.code, "message": refusal_text(refusal), "override": refusal.override}
    return answer(status, [problem | more])


def sent_record(request: HttpRequest, *, kind: str) -> MarcJson:
    """The one record of the body. Not done: 415 for another media type, 400 for what can't be read or is no `kind`."""
    reader = _READERS.get(request.content_type or "")
    if reader is None:
        raise NotDone(415, "unsupported_media_type", type=", ".join(_READERS))
    marc = reader(request.body)
    if kind_of(marc) != kind:
        raise NotDone(400, "wrong_kind", where=["body", "leader"])
    return marc


def sent_version(request: HttpRequest, found: RecordFacts, marc: MarcJson) -> int | None:
    """The version the caller saw: If-Match says it, else 005 of the record sent.

    Not done: 428 where neither does, so that nobody overwrites what they have not seen.
    """
    header = request.headers.get("If-Match")
    if header is None:
        stamp = control_field(marc, "005")
        version = version_stamped(found.id, stamp) if stamp else None
        if version is None:
            raise NotDone(428, "no_version")
        return version
    if header.strip() == "*":
        return found.version
    match = _MATCH.fullmatch(header.strip())
    if match is None:
        raise bad_request(["header", "If-Match"], 'the ETag of the record as it was read, as "3"')
    return int(match[1])


def etag(version: int) -> str:
    return f'"{version}"'


def findings(found: Iterable[Finding]) -> list[shapes.Finding]:
    """What was found in a record, in the caller's language."""
    return [
        shapes.Finding(
            code=one.code,
            level=one.level,
            message=finding_text(one),
            tag=one.tag,
            occurrence=one.occurrence,
            subfield=one.subfield or None,
            position=one.position,
        )
        for one in found
    ]


def both_changes(difference: ThreeWay) -> list[dict[str, Any]]:
    """The fields that somebody touched, as they were and as each made them."""
    return [
        {"side": row.side, "base": _field(row.base), "theirs": _field(row.theirs), "mine": _field(row.mine)}
        for row in difference.rows
        if row.side != "same"
    ]


def _field(line: Line | None) -> dict[str, Any] | None:
    return None if line is None else {line[0]: line[1]}


def _from_xml(body: bytes) -> MarcJson:
    return _only(lambda: list(iter_marcxml(io.BytesIO(body))))


def _from_iso2709(body: bytes) -> MarcJson:
    return _only(lambda: [parse_iso2709(raw) for raw in split_iso2709(io.BytesIO(body))])


def _only(read: Callable[[], list[Parsed]]) -> MarcJson:
    try:
        found = read()
    except SourceError as error:
        raise bad_request(["body"], str(error)) from error
    if len(found) != 1:
        raise bad_request(["body"], f"{len(found)} records instead of one")
    if found[0].marc is None:
        raise bad_request(["body"], f"{found[0].reason}: {found[0].detail}")
    return found[0].marc


def _from_json(body: bytes) -> MarcJson:
    try:
        marc = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad_request(["body"], "not well-formed JSON") from error
    if not (isinstance(marc, dict) and isinstance(marc.get("leader"), str) and isinstance(marc.get("fields"), list)):
        raise bad_request(["body"], "a record has a leader and fields")
    for number, entry in enumerate(marc["fields"]):
        if not (isinstance(entry, dict) and len(entry) == 1 and _is_content(next(iter(entry.values())))):
            raise bad_request(["body", "fields", number], "not a field of MARC-in-JSON")
    return {"leader": marc["leader"], "fields": marc["fields"]}


def _is_content(content: object) -> bool:
    if isinstance(content, str):
        return True
    if not isinstance(content, dict) or set(content) != {"ind1", "ind2", "subfields"}:
        return False
    subfields = content["subfields"]
    return (
        isinstance(content["ind1"], str)
        and isinstance(content["ind2"], str)
        and isinstance(subfields, list)
        and all(
            isinstance(one, dict) and len(one) == 1 and isinstance(next(iter(one.values())), str) for one in subfields
        )
    )


def _chosen(request: HttpRequest) -> str:
    offered = [JSON, *_WRITERS]
    if "Accept" not in request.headers:
        return offered[0]
    chosen = request.get_preferred_type(offered)
    if chosen is None:
        raise NotDone(406, "not_acceptable", types=", ".join(offered))
    return chosen


_READERS: Mapping[str, Callable[[bytes], MarcJson]] = {
    "application/marcxml+xml": _from_xml,
    "application/marc-in-json": _from_json,
    "application/marc": _from_iso2709,
}
"""Media types a record can be sent in."""

_WRITERS: Mapping[str, Callable[[MarcJson], bytes]] = {
    "application/marcxml+xml": to_marcxml,
    "application/marc-in-json": orjson.dumps,
    "application/marc": to_iso2709,
    "text/plain": lambda marc: marc_lines(marc).encode(),
}
"""Media types a record can be had in besides JSON, which a caller without a wish gets."""
_UTF8_SAID = {"text/plain": "text/plain; charset=utf-8"}
_CONTENT = {
    "application/marcxml+xml": {"schema": {"type": "string"}},
    "application/marc-in-json": {"schema": {"type": "object"}},
    "application/marc": {"schema": {"type": "string", "contentEncoding": "binary"}},
}
FORMATS_OFFERED = {
    "responses": {200: {"content": {**_CONTENT, "text/plain": {"schema": {"type": "string"}}}}},
}
"""For the description of an operation that shows a record."""
BODY = {"requestBody": {"required": True, "content": _CONTENT}}
"""For the description of an operation that takes a record."""
