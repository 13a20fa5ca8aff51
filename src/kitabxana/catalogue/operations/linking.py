"""Headings that follow their authorities: linked when a record is saved, changed when the authority changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from kitabxana.base.bulk import copy_rows
from kitabxana.catalogue.models import HeadingLink
from kitabxana.catalogue.rules.authorities import Form, field_at, forms_of, places_of, replaced, with_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.authorities import Place

_CANDIDATES = """
    SELECT r.id, r.control_number, r.agency, r.marc FROM catalogue_record r
    WHERE r.kind = 'a' AND r.deleted_at IS NULL AND (
        r.id IN (SELECT record_id FROM catalogue_identifier WHERE scheme = 'heading' AND value = ANY(%s))
        OR r.id IN (SELECT id FROM catalogue_record WHERE control_number = ANY(%s) AND control_number <> ''))
    ORDER BY r.id
"""
_PUT_LINKS = """
    WITH gone AS (DELETE FROM catalogue_headinglink WHERE record_id = %(record)s)
    INSERT INTO catalogue_headinglink (record_id, authority_id, tag, ordinal, form, applied)
    SELECT %(record)s, authority, tag, ordinal, form, applied
    FROM unnest(%(authorities)s::bigint[], %(tags)s::text[], %(ordinals)s::int[], %(forms)s::text[], %(keys)s::text[])
        AS link (authority, tag, ordinal, form, applied)
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A field that follows a form of an authority; `key` is that form's as the field has it."""

    tag: str
    ordinal: int
    authority: int
    form: str
    key: str


_BY_NUMBER = """
    SELECT id, control_number, agency, marc::text FROM catalogue_record
    WHERE kind = 'a' AND deleted_at IS NULL AND control_number = ANY(%s) AND control_number <> '' ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class _Authority:
    id: int
    number: str
    agency: str
    forms: tuple[Form, ...]


def linked(marc: MarcJson) -> tuple[MarcJson, list[Link]]:
    """The record with the numbers of its authorities in $0, and what follows what. At most one statement.

    A $0 decides; without one, a heading that is one authority's exactly, and no other's, follows that.
    """
    places = places_of(marc)
    if not places:
        return marc, []
    found = _candidates(places)
    links: list[Link] = []
    changes: dict[tuple[str, int], Any] = {}
    for place in places:
        match = _authority_of(place, found)
        if match is None:
            continue
        authority, form = match
        links.append(Link(place.tag, place.ordinal, authority.id, form.name, form.key))
        field = field_at(marc, place.tag, place.ordinal)
        assert field is not None
        changes[place.tag, place.ordinal] = with_number(field, authority.number, authority.agency)
    return (replaced(marc, changes) if changes else marc), links


def put_links(record_id: int, links: Sequence[Link]) -> None:
    """Make these what the record's fields follow; one statement."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "record": record_id,
            "authorities": [link.authority for link in links],
            "tags": [link.tag for link in links],
            "ordinals": [link.ordinal for link in links],
            "forms": [link.form for link in links],
            "keys": [link.key for link in links],
        }
        cursor.execute(_PUT_LINKS, values)


def link_many(places: Sequence[tuple[int, Sequence[Place]]]) -> None:
    """Let fields of new records follow the authorities that they name in $0; two statements however many.

    By identifier alone: among a thousand records of a file a heading's letters prove too little.
    """
    numbers = {number for _, some in places for place in some for number, _ in place.numbers}
    if not numbers:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBER, [sorted(numbers)])
        found = [
            _Authority(pk, number, agency, tuple(forms_of(json.loads(marc)))) for pk, number, agency, marc in cursor
        ]
    known = {(one.number, one.agency): one for one in reversed(found) if one.forms}
    copy_rows(
        "catalogue_headinglink",
        ("record_id", "authority_id", "tag", "ordinal", "form", "applied"),
        (
            (record_id, authority.id, place.tag, place.ordinal, form.name, form.key)
            for record_id, some in places
            for place in some
            if (authority := next((known[number] for number in place.numbers if number in known), None))
            for form in (_form_in(authority, place) or authority.forms[0],)
        ),
    )


def followers(authority_id: int) -> int:
    """How many fields of records that stand follow an authority."""
    return HeadingLink.objects.filter(authority_id=authority_id, record__deleted_at__isnull=True).count()


def followed(record_id: int) -> list[int]:
    """The authorities that a record's fields follow."""
    links = HeadingLink.objects.filter(record_id=record_id).order_by("authority_id")
    return list(links.values_list("authority_id", flat=True).distinct())


def _candidates(places: Sequence[Place]) -> list[_Authority]:
    keys = [key for place in places for key in place.keys]
    numbers = [number for place in places for number, _ in place.numbers]
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [keys, numbers])
        return [
            _Authority(pk, number, agency, tuple(forms_of(json.loads(marc) if isinstance(marc, str) else marc)))
            for pk, number, agency, marc in cursor.fetchall()
        ]


def _authority_of(place: Place, found: Sequence[_Authority]) -> tuple[_Authority, Form] | None:
    for authority in found:
        if (authority.number, authority.agency) in place.numbers and authority.forms:
            return authority, _form_in(authority, place) or authority.forms[0]
    if place.numbers:
        return None  # it names another authority, which is not here
    for key in place.keys:
        hits = [(authority, form) for authority in found for form in authority.forms if form.key == key]
        if len({authority.id for authority, _ in hits}) == 1:
            return hits[0]
    return None


def _form_in(authority: _Authority, place: Place) -> Form | None:
    return next((form for key in place.keys for form in authority.forms if form.key == key), None)
