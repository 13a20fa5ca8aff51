"""Headings that follow their authorities: linked when a record is saved, changed when the authority changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from kitabxana.base.bulk import copy_rows
from kitabxana.catalogue.models import HeadingLink, Record
from kitabxana.catalogue.rules.authorities import (
    Form,
    field_at,
    forms_of,
    gone_numbers,
    key_of,
    numbered,
    places_of,
    replaced,
    with_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.authorities import Place

# An array of ids and no OR: with OR the whole catalogue would be read at every save.
_CANDIDATES = """
    SELECT r.id, r.control_number, r.agency, r.marc FROM catalogue_record r
    WHERE r.kind = 'a' AND r.deleted_at IS NULL AND r.id = ANY(ARRAY(
        SELECT record_id FROM catalogue_identifier WHERE scheme = 'heading' AND value = ANY(%s)
        UNION ALL SELECT id FROM catalogue_record WHERE control_number = ANY(%s) AND control_number <> ''
        UNION ALL SELECT record_id FROM catalogue_identifier WHERE scheme = 'gone' AND value = ANY(%s)))
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
    SELECT r.id, r.control_number, r.agency, r.marc::text FROM catalogue_record r
    WHERE r.kind = 'a' AND r.deleted_at IS NULL AND r.id = ANY(ARRAY(
        SELECT id FROM catalogue_record WHERE control_number = ANY(%s) AND control_number <> ''
        UNION ALL SELECT record_id FROM catalogue_identifier WHERE scheme = 'gone' AND value = ANY(%s)))
    ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class _Authority:
    """`gone` are the numbers of the authorities that went into it: they name it still."""

    id: int
    number: str
    agency: str
    forms: tuple[Form, ...]
    gone: tuple[tuple[str, str], ...]


def _read(pk: int, number: str, agency: str, marc: MarcJson) -> _Authority:
    return _Authority(pk, number, agency, tuple(forms_of(marc)), tuple(gone_numbers(marc)))


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
        changes[place.tag, place.ordinal] = with_number(
            field, authority.number, authority.agency, instead=authority.gone
        )
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
    named = {pair for _, some in places for place in some for pair in place.numbers}
    if not named:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBER, [sorted({number for number, _ in named}), sorted(numbered(*one) for one in named)])
        found = [_read(pk, number, agency, json.loads(marc)) for pk, number, agency, marc in cursor]
    known = {old: one for one in reversed(found) if one.forms for old in one.gone}
    known |= {(one.number, one.agency): one for one in reversed(found) if one.forms}
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


def carried(row: Record, marc: MarcJson) -> list[Link] | None:
    """What fields of a record's coming state go on following, by the words that they share with the state before.

    For states that come from files, whose headings are linked by number alone: what a person or the saving has linked
    stays so, unless the field names a number itself. None where nothing was linked. One statement.
    """
    links = list(HeadingLink.objects.filter(record_id=row.pk).order_by("-id"))
    known: dict[tuple[str, str], HeadingLink] = {}
    for link in links:
        field = field_at(row.marc, link.tag, link.ordinal)
        if field is not None:
            keys = (key_of(link.tag, field, subdivided=whole) for whole in (True, False))
            known |= {(link.tag[1:], key): link for key in keys if key}
    if not links:
        return None
    return [
        Link(place.tag, place.ordinal, former.authority_id, former.form, former.applied)
        for place in places_of(marc)
        if not place.numbers and (former := _former(place, known))
    ]


def _former(place: Place, known: Mapping[tuple[str, str], HeadingLink]) -> HeadingLink | None:
    return next((known[place.tag[1:], key] for key in place.keys if (place.tag[1:], key) in known), None)


def link_later(record_ids: Sequence[int]) -> int:
    """Let fields that follow nothing yet follow authorities that came after them; how many fields do now.

    As when a record is saved: a $0 decides, else words that are one authority's alone. The records stay as they are
    written: no version, no $0. Four statements however many; locks the records, in the order of their numbers.
    """
    with transaction.atomic():
        rows = Record.objects.select_for_update(no_key=True).filter(
            pk__in=list(record_ids), kind="b", deleted_at__isnull=True
        )
        marcs = dict(rows.order_by("pk").values_list("pk", "marc"))
        links = HeadingLink.objects.filter(record_id__in=marcs)
        following = set(links.values_list("record_id", "tag", "ordinal"))
        places = [
            (pk, place)
            for pk, marc in marcs.items()
            for place in places_of(marc)
            if (pk, place.tag, place.ordinal) not in following
        ]
        found = _by_key(_candidates([place for _, place in places])) if places else {}
        fresh = [
            (pk, match[0].id, place.tag, place.ordinal, match[1].name, match[1].key)
            for pk, place in places
            if (match := _authority_of(place, _near(place, found)))
        ]
        columns = ("record_id", "authority_id", "tag", "ordinal", "form", "applied")
        if fresh:
            copy_rows("catalogue_headinglink", columns, fresh)
        return len(fresh)


def link_next(after: int, *, batch: int) -> tuple[int, int]:
    """`link_later` for the next `batch` records above id `after`: (last id looked at, 0 at the end; fields linked)."""
    rows = Record.objects.filter(pk__gt=after, kind="b", deleted_at__isnull=True).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:batch])
    return (ids[-1], link_later(ids)) if ids else (0, 0)


def _by_key(found: Sequence[_Authority]) -> dict[object, list[_Authority]]:
    """The authorities by all that may lead to them: keys of headings, numbers."""
    ways: dict[object, list[_Authority]] = {}
    for one in found:
        for way in {*(form.key for form in one.forms), (one.number, one.agency), *one.gone}:
            ways.setdefault(way, []).append(one)
    return ways


def _near(place: Place, ways: dict[object, list[_Authority]]) -> list[_Authority]:
    near = {one.id: one for way in (*place.keys, *place.numbers) for one in ways.get(way, ())}
    return [near[pk] for pk in sorted(near)]


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
    olds = [numbered(*one) for place in places for one in place.numbers]
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [keys, numbers, olds])
        return [
            _read(pk, number, agency, json.loads(marc) if isinstance(marc, str) else marc)
            for pk, number, agency, marc in cursor.fetchall()
        ]


def _authority_of(place: Place, found: Sequence[_Authority]) -> tuple[_Authority, Form] | None:
    for authority in sorted(found, key=lambda one: (one.number, one.agency) not in place.numbers):
        if authority.forms and {(authority.number, authority.agency), *authority.gone}.intersection(place.numbers):
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
