"""Saving one record: the only door for a single write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kitabxana.catalogue.facts import Made, Saved
from kitabxana.catalogue.models import Record
from kitabxana.catalogue.operations.linking import linked, put_links
from kitabxana.catalogue.operations.state import (
    columns,
    locked,
    put_identifiers,
    put_state,
    state_in,
    tell,
    tell_headings,
)
from kitabxana.catalogue.rules import derive, kind_of, validate
from kitabxana.catalogue.rules.authorities import forms_of
from kitabxana.catalogue.rules.difference import same_but_stamp, three_way
from kitabxana.catalogue.rules.overlay import overlaid
from kitabxana.catalogue.rules.stamp import stamped
from kitabxana.catalogue.rules.validation import errors
from kitabxana.kernel.decisions import Refusal, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.facts import Finding, MarcJson, OverlayRule, ThreeWay
    from kitabxana.catalogue.operations.linking import Link


class NotValid(Refused):
    """The record has errors; `findings` has them with all warnings and advice."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__([Refusal("not_valid", {"errors": len(errors(findings))})])
        self.findings = findings


class StaleVersion(Refused):
    """Someone changed the record meanwhile: `difference` has both changes, `version` is the one to answer to."""

    def __init__(self, difference: ThreeWay, version: int) -> None:
        super().__init__([Refusal("stale_version", {"version": version, "conflicts": difference.conflicts})])
        self.difference = difference
        self.version = version


@transaction.atomic
def save_record(
    *, record_id: int | None, marc: MarcJson, version: int | None, by: Actor, now: datetime, through: str,
    source: str = "", overlay: Sequence[OverlayRule] | None = None,
) -> Saved:  # fmt: skip
    """Store a record, new (`record_id` None) or changed from the state `version`.

    001 and 003 of a stored record are kept, 005 says `now`. What equals the stored state writes nothing. The state
    before is kept as a version. Locks the record. `through` names the door ("desk", "rest"), `source` where a new
    record came from. With `overlay` (even an empty one) `marc` is another's description, put over the stored one by
    these rules (rules.overlay). Headings follow their authorities, named in $0; an authority's changed heading is told
    to all that follow it. Warnings pass and are returned. Refused: not_permitted, not_valid (NotValid), stale_version
    (StaleVersion, with the three-way difference), unknown_version, unknown_record, record_deleted.
    """
    if not by.may_anywhere("records.edit"):
        raise Refused.one("not_permitted", permission="records.edit")
    row = None if record_id is None else locked(record_id)
    if row and overlay is not None:
        marc = overlaid(row.marc, marc, overlay, senior=by.may_anywhere("records.senior"))
    marc = stamped(marc, kept=row.marc if row else None, now=now)
    findings = validate(marc)
    if errors(findings):
        raise NotValid(findings)
    marc, links = linked(marc) if kind_of(marc) == "b" else (marc, [])
    if row is None:
        made = Made(by.name, through, "created", now)
        return _add(marc, findings, links, by=by, made=made, source=source)
    if row.deleted_at is not None:
        raise Refused.one("record_deleted")
    if same_but_stamp(marc, row.marc):
        return Saved(row.pk, row.version, changed=False, findings=tuple(findings))
    if version != row.version:
        raise StaleVersion(three_way(state_in(row, version), row.marc, marc), row.version)
    made = Made(by.name, through, "changed", now)
    new_version = _put(row, marc, links, made=made, by=by)
    return Saved(row.pk, new_version, changed=True, findings=tuple(findings))


@transaction.atomic
def restore_version(
    *, record_id: int, wanted: int, version: int | None, by: Actor, now: datetime, through: str
) -> Saved:  # fmt: skip
    """Make the former state `wanted` the present one again, as a new version; the record must still be in `version`.

    It was stored once, so it is not validated anew. Locks the record. Refused: not_permitted, unknown_record,
    unknown_version, record_deleted, stale_version.
    """
    if not by.may_anywhere("records.edit"):
        raise Refused.one("not_permitted", permission="records.edit")
    row = locked(record_id)
    if row.deleted_at is not None:
        raise Refused.one("record_deleted")
    marc = stamped(state_in(row, wanted), kept=row.marc, now=now)
    if version != row.version:
        raise StaleVersion(three_way(state_in(row, version), row.marc, marc), row.version)
    if same_but_stamp(marc, row.marc):
        return Saved(row.pk, row.version, changed=False, findings=())
    made = Made(by.name, through, "restored", now)
    links = linked(marc)[1] if kind_of(marc) == "b" else []
    new_version = _put(row, marc, links, made=made, by=by)
    return Saved(row.pk, new_version, changed=True, findings=())


def _put(row: Record, marc: MarcJson, links: list[Link], *, made: Made, by: Actor) -> int:
    """The new state, what it follows, and for an authority whose headings differ now the word to all that follow it."""
    version = put_state(row, marc, derive(marc), made=made)
    if kind_of(marc) == "b":
        put_links(row.pk, links)
    else:
        tell_headings(row.pk, before=forms_of(row.marc), now=forms_of(marc), by=by)
    tell(row.pk, version, made=made, by=by)
    return version


def _add(
    marc: MarcJson, findings: list[Finding], links: list[Link], *, by: Actor, made: Made, source: str
) -> Saved:  # fmt: skip
    derived = derive(marc)
    values: dict[str, Any] = columns(marc, derived, made)
    row = Record.objects.create(source=source, source_format="marc21", created_at=made.at, **values)
    put_identifiers(row.pk, derived.identifiers)
    if links:
        put_links(row.pk, links)
    tell_headings(row.pk, before=[], now=forms_of(marc) if derived.kind == "a" else [], by=by)
    tell(row.pk, 1, made=made, by=by)
    return Saved(row.pk, 1, changed=True, findings=tuple(findings))
