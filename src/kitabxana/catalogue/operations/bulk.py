"""Records by the thousand: prepared by the import, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from django.utils import timezone

from kitabxana.base.bulk import copy_rows, next_ids
from kitabxana.catalogue.facts import Derived, Made
from kitabxana.catalogue.operations.state import locked, put_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.base.actor import Actor

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
