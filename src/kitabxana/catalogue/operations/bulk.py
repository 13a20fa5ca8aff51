"""Records by the thousand: prepared by the import, in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from django.db import connection, transaction
from django.utils import timezone

from kitabxana.base.bulk import copy_rows, next_ids
from kitabxana.base.ports import record_guards
from kitabxana.catalogue.facts import Derived, Made
from kitabxana.catalogue.matching import match_keys, packed, traits_of, unpacked
from kitabxana.catalogue.models import Identifier, Record
from kitabxana.catalogue.operations.linking import carried, link_many, put_links
from kitabxana.catalogue.operations.state import locked, put_state, tell_headings
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.rules.analytics import SCHEME as HOST
from kitabxana.catalogue.rules.analytics import hosts_named
from kitabxana.catalogue.rules.authorities import WORD_SCHEME, forms_of, places_named, search_words
from kitabxana.catalogue.rules.overlay import overlaid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import MarcJson, OverlayRule
    from kitabxana.catalogue.matching import Traits
    from kitabxana.catalogue.operations.linking import Link
    from kitabxana.catalogue.rules.authorities import Place

_RECORD_COLUMNS = (
    "id", "kind", "marc", "brief", "traits", "digest", "control_number", "agency", "source", "source_format",
    "import_run", "suppressed", "version", "created_at", "changed_at", "made_by", "made_through", "made_how",
)  # fmt: skip
_PUT_TRAITS = """
    UPDATE catalogue_record r SET traits = given.traits FROM unnest(%s::bigint[], %s::text[]) AS given (id, traits)
    WHERE r.id = given.id AND r.traits IS DISTINCT FROM given.traits"""


@dataclass(frozen=True, slots=True)
class NewRecord:
    """A record to store, derived already (rules.derive); `marc` and `brief` are JSON texts.

    `places` are its fields that name an authority in $0, `traits` what matching compares (matching.packed; None for
    an authority).
    """

    kind: str
    marc: str
    brief: str
    digest: bytes
    control_number: str
    agency: str
    identifiers: Sequence[tuple[str, str]]
    traits: str | None
    places: Sequence[Place] = ()


def add_many(
    records: Sequence[NewRecord], *, source: str, source_format: str, run: int, by: Actor | None = None
) -> list[int]:
    """Store new records in the current transaction; returns their ids in order. Headings follow what their $0 names.

    The caller audits and tells the index.
    """
    ids = next_ids("catalogue_record_id_seq", len(records))
    now = timezone.now()
    copy_rows(
        "catalogue_record",
        _RECORD_COLUMNS,
        (
            (record_id, one.kind, one.marc, one.brief, one.traits, one.digest, one.control_number, one.agency, source,
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
    link_many([(record_id, one.places) for record_id, one in zip(ids, records, strict=True) if one.places])
    return ids


def replace(
    record_id: int, new: NewRecord, *, by: Actor, run: int | None = None, overlay: Sequence[OverlayRule] = ()
) -> bool:
    """Put a new state of a record in place of the stored one, which is kept as a version; False where none is new.

    With `overlay` the new one is put over the stored one by these rules (rules.overlay), without as a whole.
    In the current transaction; locks the record. A deleted record comes back. Headings follow what their $0 names;
    those without go on following what they did (linking.carried); an authority's changed heading is told to all that
    follow it.
    The caller audits and tells the index.
    """
    row, marc = locked(record_id), orjson.loads(new.marc)
    made = Made(by.name, "import", "imported", timezone.now())
    if overlay:
        marc = overlaid(row.marc, marc, overlay, senior=by.may_anywhere("records.senior"))
        if marc is row.marc and row.deleted_at is None:
            return False
        follow = carried(row, marc) if row.kind == "b" else None
        put_state(row, marc, derive(marc), made=made, import_run=run)
        _follow_on(row, marc, follow, places_named(marc), by=by)
        return True
    derived = Derived(
        kind=new.kind,
        control_number=new.control_number,
        agency=new.agency,
        digest=new.digest,
        brief=orjson.loads(new.brief),
        identifiers=tuple(new.identifiers),
        traits=unpacked(new.traits) if new.traits else None,
    )
    follow = carried(row, marc) if row.kind == "b" else None
    put_state(row, marc, derived, made=made, import_run=run)
    _follow_on(row, marc, follow, new.places, by=by)
    return True


def _follow_on(
    row: Record, marc: MarcJson, follow: Sequence[Link] | None, places: Sequence[Place], *, by: Actor
) -> None:
    """What the new state's headings follow; of an authority the word to all that follow it."""
    if row.kind == "a":
        tell_headings(row.pk, before=forms_of(row.marc), now=forms_of(marc), by=by)
        return
    if follow is not None:
        put_links(row.pk, follow)
    link_many([(row.pk, places)])


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

    For matching of what is catalogued (with what is compared then) and for finding its hosts, for the search of
    authorities. For records stored before there were keys, or when how keys are made has changed. Returns the last
    id looked at (0 at the end) and how many records were keyed; one transaction.
    """
    with transaction.atomic():
        rows = Record.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "kind", "marc")[:batch]
        read = [(pk, marc, traits_of(marc) if kind == "b" else None) for pk, kind, marc in rows]
        found = [(pk, list(_keys(marc, traits))) for pk, marc, traits in read]
        schemes = ("key", HOST, WORD_SCHEME)
        Identifier.objects.filter(record_id__in=[pk for pk, _ in found], scheme__in=schemes).delete()
        copy_rows(
            "catalogue_identifier",
            ("record_id", "scheme", "value"),
            ((pk, scheme, value) for pk, keys in found for scheme, value in keys),
        )
        with connection.cursor() as cursor:
            kept = [(pk, packed(traits) if traits else None) for pk, _, traits in read]
            cursor.execute(_PUT_TRAITS, [list(column) for column in zip(*kept, strict=True)] or [[], []])
    return (found[-1][0] if found else 0), len(found)


def _keys(marc: MarcJson, traits: Traits | None) -> Iterator[tuple[str, str]]:
    if traits:
        yield from (("key", key) for key in match_keys(traits))
        yield from ((HOST, name) for name in hosts_named(marc))
    else:
        yield from ((WORD_SCHEME, word) for word in search_words(marc))
