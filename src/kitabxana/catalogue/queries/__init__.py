"""Reads of the catalogue."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import zstandard
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q

from kitabxana.base.statements import prepared
from kitabxana.catalogue.facts import Dated, Known, Made, Part, RecordFacts, Stored, VersionFacts
from kitabxana.catalogue.models import HeadingLink, Identifier, Record, RecordVersion
from kitabxana.catalogue.queries.duplicates import merged_into
from kitabxana.catalogue.rules import control_field
from kitabxana.catalogue.rules.analytics import SCHEME as HOST
from kitabxana.catalogue.rules.analytics import hosts_named, names_of, number_here, place_in
from kitabxana.catalogue.rules.authorities import forms_of
from kitabxana.catalogue.rules.difference import difference as difference_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from kitabxana.catalogue.facts import Change, MarcJson

_STAMPS_LOOKED_AT = 50
MOST_PARTS = 200
"""How many parts a host's page shows: a journal of a century has more, which the search finds."""

_FIGURES = re.compile(r"[0-9]{1,9}")


def _live(*, hidden: bool = False) -> QuerySet[Record]:
    """What may be found by readers: bibliographic, not deleted, not suppressed; with `hidden`, that too."""
    rows = Record.objects.filter(kind="b", deleted_at__isnull=True)
    return rows if hidden else rows.filter(suppressed=False)


def _authorities() -> QuerySet[Record]:
    return Record.objects.filter(kind="a", deleted_at__isnull=True)


def facts_of(row: Record) -> RecordFacts:
    """A row as other features see it."""
    return RecordFacts(
        id=row.pk,
        kind=row.kind,
        marc=row.marc,
        brief=row.brief,
        version=row.version,
        suppressed=row.suppressed,
        deleted=row.deleted_at is not None,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def record(record_id: int, *, hidden: bool = False) -> RecordFacts | None:
    """One record, None when there is none to be seen. `hidden` shows suppressed ones too (staff)."""
    rows = Record.objects.filter(deleted_at__isnull=True) if hidden else _live()
    row = rows.filter(pk=record_id).first()
    return facts_of(row) if row else None


def stored_record(record_id: int) -> RecordFacts | None:
    """One record whatever its state, deleted ones too: for who may bring them back."""
    row = Record.objects.filter(pk=record_id).first()
    return facts_of(row) if row else None


def history(record_id: int) -> list[VersionFacts]:
    """Every state a record had, newest first; [] when there is no such record. Two statements."""
    own = ("version", "made_by", "made_through", "made_how")
    found = []
    now = Record.objects.filter(pk=record_id).values_list(*own, "changed_at").first()
    if now:
        former = RecordVersion.objects.filter(record_id=record_id).order_by("-version").values_list(*own, "made_at")
        for version, by, through, how, at in [now, *former]:
            found.append(VersionFacts(version, Made(by, through, how, at), current=version == now[0]))
    return found


def version_marc(record_id: int, version: int) -> MarcJson | None:
    """A record as it was in one of its versions, None when there is no such version. At most two statements."""
    now = Record.objects.filter(pk=record_id, version=version).values_list("marc", flat=True).first()
    if now is not None:
        return now
    kept = RecordVersion.objects.filter(record_id=record_id, version=version).values_list("marc", flat=True).first()
    if kept is None:
        return None
    marc: MarcJson = orjson.loads(zstandard.decompress(kept))
    return marc


def version_stamped(record_id: int, stamp: str) -> int | None:
    """The newest version whose 005 is `stamp`, None when there is none among the last 50."""
    for one in history(record_id)[:_STAMPS_LOOKED_AT]:
        marc = version_marc(record_id, one.version)
        if marc is not None and control_field(marc, "005") == stamp:
            return one.version
    return None


def difference(record_id: int, *, before: int, after: int) -> list[Change] | None:
    """What two versions of a record have apart, field by field; None when there is one of them not."""
    old, new = version_marc(record_id, before), version_marc(record_id, after)
    return None if old is None or new is None else difference_of(old, new)


def heading_progress(authority_id: int) -> tuple[int, int]:
    """(fields that have the authority's heading as it is now, all fields that follow it); two statements."""
    authority = Record.objects.filter(pk=authority_id).values_list("marc", flat=True).first()
    current = Q()
    for form in forms_of(authority) if authority else ():
        current |= Q(form=form.name, applied=form.key)
    links = HeadingLink.objects.filter(authority_id=authority_id, record__deleted_at__isnull=True)
    told = links.aggregate(all=Count("pk"), done=Count("pk", filter=current))
    return told["done"], told["all"]


def records_of_authority(authority_id: int, *, limit: int) -> list[int]:
    """Ids of the records in which a heading follows this authority, lowest first."""
    rows = HeadingLink.objects.filter(authority_id=authority_id, record__deleted_at__isnull=True).order_by("record_id")
    return list(rows.values_list("record_id", flat=True).distinct()[:limit])


def authorities_of(record_id: int) -> dict[tuple[str, int], int]:
    """(tag, ordinal) of a record's fields → the authority each follows."""
    rows = HeadingLink.objects.filter(record_id=record_id).values_list("tag", "ordinal", "authority_id")
    return {(tag, ordinal): authority for tag, ordinal, authority in rows}


def records_by_id(record_ids: Iterable[int], *, hidden: bool = False) -> dict[int, RecordFacts]:
    """The findable ones among these records, with their MARC; `hidden` gives suppressed ones too (staff)."""
    rows = Record.objects.filter(kind="b", deleted_at__isnull=True) if hidden else _live()
    return {row.pk: facts_of(row) for row in rows.filter(pk__in=list(record_ids))}


def fast_added(*, limit: int) -> tuple[int, list[int]]:
    """(number of all, the oldest) records made at a desk in haste that no cataloguer has touched yet."""
    rows = Record.objects.filter(source="fast_add", version=1, deleted_at__isnull=True)
    return rows.count(), list(rows.order_by("created_at", "pk").values_list("pk", flat=True)[:limit])


_BRIEFS = "SELECT id, brief FROM catalogue_record WHERE id = ANY(%s) AND deleted_at IS NULL"


def briefs(record_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What lists show of these records, without touching their MARC; one statement."""
    with prepared() as cursor:
        cursor.execute(_BRIEFS, [list(record_ids)])
        return {pk: orjson.loads(brief) for pk, brief in cursor.fetchall()}


def titles(record_ids: Iterable[int]) -> dict[int, str]:
    """The bare titles of these records; one statement."""
    rows = Record.objects.filter(pk__in=list(record_ids)).values_list("pk", "brief__title")
    return {record_id: title or "" for record_id, title in rows}


def findable_briefs(record_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What lists show readers of these records: without what is suppressed or deleted by now; one statement."""
    return dict(_live().filter(pk__in=list(record_ids)).values_list("pk", "brief"))


def findable_dated(record_ids: Iterable[int]) -> dict[int, Dated]:
    """What readers may see of these records, with when each was added and changed; one statement."""
    rows = _live().filter(pk__in=list(record_ids)).values_list("pk", "brief", "created_at", "changed_at")
    return {row[0]: Dated(*row) for row in rows}


def last_id() -> int:
    """The highest number any record has, 0 when there is none."""
    return Record.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def each_change(*, after: int, upto: int, batch: int) -> Iterator[tuple[int, datetime]]:
    """(id, when changed) of the findable records with ids after `after` and up to `upto`, in their order.

    Read `batch` at a time without their MARC, each batch by one step of the primary key: memory is bounded.
    """
    while rows := list(
        _live().filter(pk__gt=after, pk__lte=upto).order_by("pk").values_list("pk", "changed_at")[:batch]
    ):
        yield from rows
        after = rows[-1][0]


def each_record(*, batch: int) -> Iterator[list[RecordFacts]]:
    """All findable records in order of id, `batch` at a time, in bounded memory."""
    last = 0
    while rows := list(_live().filter(pk__gt=last).order_by("pk")[:batch]):
        yield [facts_of(row) for row in rows]
        last = rows[-1].pk


_STORED = """
    SELECT id, marc::text, brief::text, control_number, created_at,
        (SELECT array_agg(ARRAY[scheme, value] ORDER BY i.id) FROM catalogue_identifier i
         WHERE i.record_id = r.id AND scheme <> 'key')
    FROM catalogue_record r WHERE kind = 'b' AND deleted_at IS NULL AND NOT suppressed AND"""


def each_stored(*, batch: int, part: int = 0, parts: int = 1) -> Iterator[list[Stored]]:
    """All findable records with what is derived of them, in order of id, in bounded memory.

    With `parts`, only those whose id leaves the remainder `part`: several processes share the work.
    """
    last = 0
    while some := _stored("id > %s AND id %% %s = %s ORDER BY id LIMIT %s", [last, parts, part, batch]):
        yield some
        last = some[-1].id


def stored_by_id(record_ids: Iterable[int]) -> dict[int, Stored]:
    """The findable ones among these records with what is derived of them; one statement."""
    return {one.id: one for one in _stored("id = ANY(%s)", [list(record_ids)])}


def _stored(which: str, values: list[Any]) -> list[Stored]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_STORED} {which}", values)
        return [
            Stored(pk, orjson.loads(marc), orjson.loads(brief), number, tuple(map(tuple, numbers or ())), created)
            for pk, marc, brief, number, created, numbers in cursor
        ]


def each_authority(*, batch: int) -> Iterator[list[RecordFacts]]:
    """All authority records in order of id, `batch` at a time, in bounded memory."""
    last = 0
    while rows := list(_authorities().filter(pk__gt=last).order_by("pk")[:batch]):
        yield [facts_of(row) for row in rows]
        last = rows[-1].pk


def authorities_by_id(record_ids: Iterable[int]) -> dict[int, RecordFacts]:
    """The authority records among these records."""
    return {row.pk: facts_of(row) for row in _authorities().filter(pk__in=list(record_ids))}


def marc_after(last: int, *, limit: int, kind: str = "b", suppressed: bool = False) -> list[tuple[int, str]]:
    """(id, MARC-in-JSON as text) of the next `limit` live records above this id, in order of id; one statement.

    `suppressed` gives those too that readers do not find.
    """
    return _marc_texts("id > %s", [last, limit], kind=kind, suppressed=suppressed)


def marc_of(record_ids: Sequence[int], *, kind: str = "b", suppressed: bool = False) -> list[tuple[int, str]]:
    """The same of the live ones among these records, in order of id; one statement."""
    return _marc_texts("id = ANY(%s)", [list(record_ids), len(record_ids)], kind=kind, suppressed=suppressed)


def _marc_texts(where: str, values: list[Any], *, kind: str, suppressed: bool) -> list[tuple[int, str]]:
    # Text, not objects: who streams the catalogue out parses it with a faster parser than the database driver's.
    statement = f"""
        SELECT id, marc::text FROM catalogue_record
        WHERE {where} AND kind = %s AND deleted_at IS NULL AND (%s OR NOT suppressed) ORDER BY id LIMIT %s"""  # noqa: S608 - two conditions, both written above
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values[:-1], kind, suppressed, values[-1]])
        return list(cursor.fetchall())


def count_records() -> int:
    return _live().count()


def newest(limit: int) -> list[tuple[int, dict[str, Any]]]:
    """(id, brief) of the records added last."""
    return list(_live().order_by("-pk").values_list("pk", "brief")[:limit])


def known_by_control_number(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Known]]:
    """What the house has under these (control number, agency) pairs; one statement."""
    found: dict[tuple[str, str], list[Known]] = {}
    # One array instead of a thousand parameters; the second condition lets the planner take the partial index.
    statement = """
        SELECT id, control_number, agency, digest, brief, deleted_at IS NOT NULL, import_run FROM catalogue_record
        WHERE control_number = ANY(%s) AND control_number <> '' ORDER BY id"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [list({number for number, _ in numbers})])
        for pk, number, agency, digest, brief, deleted, run in cursor.fetchall():
            known = Known(pk, bytes(digest), json.loads(brief), deleted=deleted, import_run=run)
            found.setdefault((number, agency), []).append(known)
    return {pair: [_followed(known) for known in some] for pair, some in found.items()}


def _followed(known: Known) -> Known:
    """A record that was merged into another is that one from now on; two statements for each such."""
    into = merged_into(known.id) if known.deleted else None
    return replace(known, id=into, deleted=False, merged=True) if into else known


def known_by_digest(digests: Iterable[bytes]) -> dict[bytes, Known]:
    """Records without control number that equal one of these; one statement."""
    rows = Record.objects.filter(digest__in=list(digests), control_number="")
    return {
        bytes(digest): _followed(Known(pk, bytes(digest), brief, deleted=deleted_at is not None))
        for pk, digest, brief, deleted_at in rows.values_list("pk", "digest", "brief", "deleted_at")
    }


def known_by_id(record_ids: Iterable[int]) -> dict[int, Known]:
    """These records as matching knows them, deleted ones too; one statement."""
    rows = Record.objects.filter(pk__in=list(record_ids))
    return {
        pk: Known(pk, bytes(digest), brief, deleted=deleted_at is not None, import_run=run, version=version)
        for pk, digest, brief, deleted_at, run, version in rows.values_list(
            "pk", "digest", "brief", "deleted_at", "import_run", "version"
        )
    }


def parts_of(host: RecordFacts, *, hidden: bool = False, limit: int = MOST_PARTS) -> list[Part]:
    """The records that say they are part of this one, in the order of their places in it; one statement.

    `hidden` shows suppressed ones too (staff).
    """
    names = names_of(host.marc, host.id)
    named = Exists(Identifier.objects.filter(record=OuterRef("pk"), scheme=HOST, value__in=names))
    rows = _live(hidden=hidden).filter(named).values_list("pk", "brief", "marc")[:limit]
    found = [Part(pk, brief, place_in(marc, names)) for pk, brief, marc in rows]
    return sorted(found, key=lambda part: list(map(int, _FIGURES.findall(part.place))))


def hosts_of(part: RecordFacts, *, hidden: bool = False) -> list[Part]:
    """The records that this one says it is part of; at most one statement, none for a record that says nothing."""
    names = hosts_named(part.marc)
    if not names:
        return []
    numbered = Q(pk__in=[own for name in names if (own := number_here(name))])
    for agency, _, number in (name.partition(":") for name in names):
        numbered |= Q(control_number=number, agency=agency)
    rows = _live(hidden=hidden).filter(numbered).exclude(pk=part.id).order_by("pk")
    place = place_in(part.marc, names)
    return [Part(pk, brief, place) for pk, brief in rows.values_list("pk", "brief")[:9]]


def by_identifier(scheme: str, value: str) -> list[int]:
    """Ids of findable records with this normalised number."""
    rows = Identifier.objects.filter(scheme=scheme, value=value, record__deleted_at__isnull=True)
    return list(rows.order_by("record_id").values_list("record_id", flat=True).distinct())


def in_order(record_ids: Sequence[int], found: Mapping[int, dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """`found` in the order in which a search ranked it, without what has gone since."""
    return [(record_id, found[record_id]) for record_id in record_ids if record_id in found]
