"""Whole records as bodies: read in the formats they are given in, with the version they are meant to change."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import orjson

from kitabxana.catalogue.messages import finding_text
from kitabxana.catalogue.queries import version_stamped
from kitabxana.catalogue.rules import control_field
from kitabxana.formats.marc import SourceError, iter_marcxml, parse_iso2709, split_iso2709
from kitabxana.fronts.rest import shapes
from kitabxana.fronts.rest.errors import NotDone, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from django.http import HttpRequest

    from kitabxana.catalogue.facts import Finding, Line, MarcJson, RecordFacts, ThreeWay
    from kitabxana.formats.marc import Parsed

_MATCH = re.compile(r'(?:W/)?"([0-9]{1,9})"')


def sent_record(request: HttpRequest) -> MarcJson:
    """The one record of the body. Not done: 415 for another media type, 400 for what can't be read."""
    reader = _READERS.get(request.content_type or "")
    if reader is None:
        raise NotDone(415, "unsupported_media_type", type=", ".join(_READERS))
    return reader(request.body)


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


_READERS: Mapping[str, Callable[[bytes], MarcJson]] = {
    "application/marcxml+xml": _from_xml,
    "application/marc-in-json": _from_json,
    "application/marc": _from_iso2709,
}
"""Media types a record can be sent in."""

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/marcxml+xml": {"schema": {"type": "string"}},
            "application/marc-in-json": {"schema": {"type": "object"}},
            "application/marc": {"schema": {"type": "string", "contentEncoding": "binary"}},
        },
    }
}
"""For the description of an operation that takes a record."""
