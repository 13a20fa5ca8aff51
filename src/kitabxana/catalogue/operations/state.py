"""One state of a record after another: the same writes for every door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import zstandard
from django.db import connection

from kitabxana.base import audit, outbox
from kitabxana.catalogue.matching import packed
from kitabxana.catalogue.models import NextChange, Record, RecordVersion
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import Derived, Made, MarcJson
    from kitabxana.catalogue.rules.authorities import Form


_PUT_IDENTIFIERS = """
    WITH wanted AS (SELECT * FROM unnest(%(schemes)s::text[], %(values)s::text[]) AS one (scheme, value)),
    gone AS (
        DELETE FROM catalogue_identifier i WHERE i.record_id = %(record)s
        AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.scheme = i.scheme AND w.value = i.value))
    INSERT INTO catalogue_identifier (record_id, scheme, value)
    SELECT %(record)s, w.scheme, w.value FROM wanted w WHERE NOT EXISTS (
        SELECT 1 FROM catalogue_identifier i
        WHERE i.record_id = %(record)s AND i.scheme = w.scheme AND i.value = w.value)
"""


def locked(record_id: int, *, going: bool = False) -> Record:
    """The record, locked until the transaction ends; rows that refer to it may be written, unless it is going.

    Refused: unknown_record.
    """
    row = Record.objects.select_for_update(no_key=not going).filter(pk=record_id).first()
    if row is None:
        raise Refused.one("unknown_record")
    return row


def lean_on(record_id: int) -> None:
    """Keep a record from being deleted until the transaction ends: something is about to refer to it.

    Refused: unknown_record, for a deleted one too.
    """
    with connection.cursor() as cursor:
        statement = "SELECT 1 FROM catalogue_record WHERE id = %s AND deleted_at IS NULL FOR KEY SHARE"
        cursor.execute(statement, [record_id])
        if cursor.fetchone() is None:
            raise Refused.one("unknown_record")


def put_state(row: Record, marc: MarcJson, derived: Derived, *, made: Made, deleted: bool = False, **more: Any) -> int:
    """Put a state in place of a locked record's present one, which is kept as a version; returns the new version.

    `more` are further columns. The caller audits and tells the index.
    """
    RecordVersion.objects.create(
        record=row,
        version=row.version,
        marc=zstandard.compress(orjson.dumps(row.marc)),
        made_at=row.changed_at,
        made_by=row.made_by,
        made_through=row.made_through,
        made_how=row.made_how,
        until=made.at,
    )
    Record.objects.filter(pk=row.pk).update(
        **columns(marc, derived, made),
        version=row.version + 1,
        change_seq=NextChange(),
        deleted_at=made.at if deleted else None,
        **more,
    )
    put_identifiers(row.pk, derived.identifiers)
    return row.version + 1


def state_in(row: Record, version: int | None) -> MarcJson:
    """The record as it was in one of its versions. Refused: unknown_version."""
    if version == row.version:
        return row.marc
    kept = RecordVersion.objects.filter(record_id=row.pk, version=version or 0).values_list("marc", flat=True).first()
    if kept is None:
        raise Refused.one("unknown_version", version=version)
    marc: MarcJson = orjson.loads(zstandard.decompress(kept))
    return marc


def columns(marc: MarcJson, derived: Derived, made: Made) -> dict[str, Any]:
    """The columns that hold a state and what is known of it."""
    return {
        "kind": derived.kind,
        "marc": marc,
        "brief": derived.brief,
        "digest": derived.digest,
        "control_number": derived.control_number,
        "agency": derived.agency,
        "traits": packed(derived.traits) if derived.traits else None,
        "changed_at": made.at,
        "made_by": made.by,
        "made_through": made.through,
        "made_how": made.how,
    }


def put_identifiers(record_id: int, identifiers: tuple[tuple[str, str], ...]) -> None:
    """Make a record's standard numbers these; one statement, which leaves those that stay alone."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "record": record_id,
            "schemes": [scheme for scheme, _ in identifiers],
            "values": [value for _, value in identifiers],
        }
        cursor.execute(_PUT_IDENTIFIERS, values)


def tell(record_id: int, version: int, *, made: Made, by: Actor) -> None:
    """The audit row and the event of one changed record."""
    after = {"version": version, "through": made.through}
    audit.record(by, f"record.{made.how}", object_type="record", object_id=record_id, after=after)
    outbox.publish("record.changed", {"records": [record_id]})


def tell_headings(authority_id: int, *, before: Sequence[Form], now: Sequence[Form], by: Actor) -> None:
    """The events of an authority's headings: changed for whoever follows them, new for whoever may follow them now."""
    old, new = [form.key for form in before], [form.key for form in now]
    if old and old != new:
        outbox.publish("heading.changed", {"authority": authority_id, "by": by.name})
    if set(new) - set(old):
        outbox.publish("heading.added", {"authority": authority_id})
