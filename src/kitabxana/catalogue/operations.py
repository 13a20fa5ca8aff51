"""Writes of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import zstandard
from django.db import transaction
from django.utils import timezone

from kitabxana.base.bulk import copy_rows, next_ids
from kitabxana.catalogue.matching import match_keys, traits_of
from kitabxana.catalogue.models import Identifier, NextChange, Record, RecordVersion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor

_RECORD_COLUMNS = (
    "id", "kind", "marc", "brief", "digest", "control_number", "agency", "source", "source_format", "import_run",
    "suppressed", "version", "created_at", "changed_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to store, derived already (rules.derive); `marc` and `brief` are JSON texts."""

    kind: str
    marc: str
    brief: str
    digest: bytes
    control_number: str
    agency: str
    identifiers: Sequence[tuple[str, str]]


def add_many(records: Sequence[NewRecord], *, source: str, source_format: str, run: int) -> list[int]:
    """Store new records in the current transaction; returns their ids in order.

    The caller audits and tells the index.
    """
    ids = next_ids("catalogue_record_id_seq", len(records))
    now = timezone.now()
    copy_rows(
        "catalogue_record",
        _RECORD_COLUMNS,
        (
            (record_id, one.kind, one.marc, one.brief, one.digest, one.control_number, one.agency, source,
             source_format, run, False, 1, now, now)
            for record_id, one in zip(ids, records, strict=True)
        ),
    )  # fmt: skip
    copy_rows(
        "catalogue_identifier",
        ("record_id", "scheme", "value"),
        (
            (record_id, scheme, value)
            for record_id, one in zip(ids, records, strict=True)
            for scheme, value in one.identifiers
        ),
    )
    return ids


def replace(record_id: int, new: NewRecord, *, by: Actor, run: int | None = None) -> None:
    """Put a new state of a record in place of the stored one, which is kept as a version.

    In the current transaction; locks the record. A deleted record comes back. The caller audits and tells the index.
    """
    row = Record.objects.select_for_update().get(pk=record_id)
    RecordVersion.objects.create(
        record=row,
        version=row.version,
        marc=zstandard.compress(orjson.dumps(row.marc)),
        changed_by=by.name,
    )
    Record.objects.filter(pk=record_id).update(
        kind=new.kind,
        marc=_parsed(new.marc),
        brief=_parsed(new.brief),
        digest=new.digest,
        control_number=new.control_number,
        agency=new.agency,
        import_run=run,
        version=row.version + 1,
        changed_at=timezone.now(),
        change_seq=NextChange(),
        deleted_at=None,
    )
    Identifier.objects.filter(record_id=record_id).delete()
    Identifier.objects.bulk_create(
        Identifier(record_id=record_id, scheme=scheme, value=value) for scheme, value in new.identifiers
    )


def _parsed(text: str) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(text)
    return value


def bury_many(record_ids: Sequence[int]) -> None:
    """Leave tombstones in place of these records, in the current transaction.

    The caller has made sure that nothing hangs on them, audits and tells the index.
    """
    now = timezone.now()
    Record.objects.filter(pk__in=list(record_ids), deleted_at__isnull=True).update(
        deleted_at=now, changed_at=now, change_seq=NextChange()
    )


def put_keys(after: int, *, batch: int) -> tuple[int, int]:
    """Give the next `batch` records above id `after` the keys by which matching finds them, in place of older ones.

    For records stored before there were keys, or when how keys are made has changed. Returns the last id looked at
    (0 at the end) and how many records were keyed; one transaction.
    """
    with transaction.atomic():
        rows = Record.objects.filter(pk__gt=after, kind="b").order_by("pk").values_list("pk", "marc")[:batch]
        found = [(pk, match_keys(traits_of(marc))) for pk, marc in rows]
        Identifier.objects.filter(record_id__in=[pk for pk, _ in found], scheme="key").delete()
        copy_rows(
            "catalogue_identifier",
            ("record_id", "scheme", "value"),
            ((pk, "key", key) for pk, keys in found for key in keys),
        )
    return (found[-1][0] if found else 0), len(found)
