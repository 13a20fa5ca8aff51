"""Records by the thousand: prepared by the import, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from django.db import transaction
from django.utils import timezone

from kitabxana.base.bulk import copy_rows, next_ids
from kitabxana.base.ports import record_guards
from kitabxana.catalogue.facts import Derived, Made
from kitabxana.catalogue.matching import match_keys, traits_of
from kitabxana.catalogue.models import Identifier, Record
from kitabxana.catalogue.operations.state import locked, put_state
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.rules.authorities import NAME_SCHEME, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import MarcJson

_RECORD_COLUMNS = (
    "id", "kind", "marc", "brief", "digest", "control_number", "agency", "source", "source_format", "import_run",
    "suppressed", "version", "created_at", "changed_at", "made_by", "made_through", "made_how",
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


def add_many(
    records: Sequence[NewRecord], *, source: str, source_format: str, run: int, by: Actor | None = None
) -> list[int]:
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
             source_format, run, False, 1, now, now, by.name if by else "", "import", "imported")
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
    derived = Derived(
        kind=new.kind,
        control_number=new.control_number,
        agency=new.agency,
        digest=new.digest,
        brief=orjson.loads(new.brief),
        identifiers=tuple(new.identifiers),
    )
    made = Made(by.name, "import", "imported", timezone.now())
    put_state(locked(record_id), orjson.loads(new.marc), derived, made=made, import_run=run)


def bury_many(record_ids: Sequence[int], *, by: Actor) -> list[int]:
    """Leave tombstones in place of records that an import brought by mistake; returns those that must stay.

    What features above refer to stays (`ports.record_guards`: copies, holds). In the current transaction; locks the
    records. The caller audits and tells the index.
    """
    made = Made(by.name, "import", "deleted", timezone.now())
    stay = []
    for record_id in sorted(record_ids):
        row = locked(record_id, going=True)
        if any(guard(record_id) for guard in record_guards):
            stay.append(record_id)
        elif row.deleted_at is None:
            put_state(row, row.marc, derive(row.marc), made=made, deleted=True)
    return stay


def put_keys(after: int, *, batch: int) -> tuple[int, int]:
    """Give the next `batch` records above id `after` the keys by which they are found, in place of older ones.

    For records stored before there were keys, or when how keys are made has changed. Returns the last id looked at
    (0 at the end) and how many records were keyed; one transaction.
    """
    with transaction.atomic():
        rows = Record.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "kind", "marc")[:batch]
        found = [(pk, _keys(kind, marc)) for pk, kind, marc in rows]
        schemes = ("key", NAME_SCHEME)
        Identifier.objects.filter(record_id__in=[pk for pk, _ in found], scheme__in=schemes).delete()
        copy_rows(
            "catalogue_identifier",
            ("record_id", "scheme", "value"),
            ((pk, scheme, key) for pk, keys in found for scheme, key in keys),
        )
    return (found[-1][0] if found else 0), len(found)


def _keys(kind: str, marc: MarcJson) -> list[tuple[str, str]]:
    """Of an authority the names by which it is looked up, of any other record the keys by which it is matched."""
    if kind == "a":
        return [(NAME_SCHEME, name) for name in dict.fromkeys(name[:60] for name in names_of(marc))]
    return [("key", key) for key in match_keys(traits_of(marc))]
