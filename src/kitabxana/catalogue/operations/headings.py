"""A changed heading goes through all records that follow it; a heading becomes an authority."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kitabxana.base import audit, outbox
from kitabxana.base.actor import Actor
from kitabxana.catalogue.facts import Made
from kitabxana.catalogue.models import HeadingLink, MergedRecord, Record
from kitabxana.catalogue.operations.linking import Link, put_links
from kitabxana.catalogue.operations.save import save_record
from kitabxana.catalogue.operations.state import locked, put_state
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.rules.authorities import (
    LINKED,
    authority_from,
    field_at,
    forms_of,
    gone_numbers,
    replaced,
    with_heading,
    with_number,
)
from kitabxana.catalogue.rules.stamp import stamped
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from kitabxana.catalogue.facts import Saved
    from kitabxana.catalogue.rules.authorities import Form

RECORDS_AT_ONCE = 100


def follow_headings(payloads: Sequence[dict[str, Any]]) -> None:
    """Handle `heading.changed`: bring up to 100 records of each authority up to date, and go on with the next event.

    Each record gets a version of its own, made by who changed the authority. Locks the records it changes.
    """
    for authority_id, by in dict.fromkeys((payload["authority"], payload["by"]) for payload in payloads):
        with transaction.atomic():
            _follow(authority_id, Actor(name=by))


def _follow(authority_id: int, by: Actor) -> None:
    authority = Record.objects.filter(pk=authority_id, kind="a", deleted_at__isnull=True).first()
    forms = forms_of(authority.marc) if authority else []
    if authority is None or not forms:
        return
    late = HeadingLink.objects.filter(outdated(forms), authority_id=authority_id, record__deleted_at__isnull=True)
    records = sorted(set(late.order_by("record_id").values_list("record_id", flat=True)[:RECORDS_AT_ONCE]))
    if not records:
        return
    made = Made(by.name, "authority", "changed", timezone.now())
    asked = _Changed.of(authority, forms)
    links: dict[int, list[HeadingLink]] = {}
    for link in late.filter(record_id__in=records):
        links.setdefault(link.record_id, []).append(link)
    for record_id in records:
        _bring_up_to_date(record_id, links[record_id], asked, made=made)
    outbox.publish("record.changed", {"records": records})
    after = {"records": len(records), "first": records[0], "last": records[-1]}
    audit.record(by, "heading.follow", object_type="record", object_id=authority_id, after=after)
    if late.exclude(record_id__in=records).exists():
        outbox.publish("heading.changed", {"authority": authority_id, "by": by.name})


def outdated(forms: Sequence[Form]) -> Q:
    """The links of an authority with these forms whose fields do not have them yet."""
    current = Q()
    for form in forms:
        current |= Q(form=form.name, applied=form.key)
    return ~current


@dataclass(frozen=True, slots=True)
class _Changed:
    """An authority whose headings go through its followers: its number, and those that fields name in its place."""

    number: str
    agency: str
    forms: dict[str, Form]
    own: Form
    others: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, row: Record, forms: Sequence[Form]) -> _Changed:
        """One statement: with whom it was merged, also where that was undone."""
        kin = Record.objects.filter(kind="a").exclude(pk=row.pk).values_list("control_number", "agency")
        went_in = kin.filter(pk__in=MergedRecord.objects.filter(merge__keep=row).values("gone_id"))
        # A union, not an OR, which would read the whole catalogue.
        others = {*gone_numbers(row.marc), *kin.filter(merges__records__gone=row).union(went_in)}
        own = (row.control_number, row.agency)
        return cls(*own, {form.name: form for form in forms}, forms[0], frozenset(others - {own, ("", "")}))


def _bring_up_to_date(record_id: int, links: Sequence[HeadingLink], asked: _Changed, *, made: Made) -> None:
    row = locked(record_id)
    if row.deleted_at is not None:  # since we looked; it follows when it comes back
        return
    changes: dict[tuple[str, int], Any] = {}
    for link in links:
        form = asked.forms.get(link.form, asked.own)
        field = field_at(row.marc, link.tag, link.ordinal)
        if field is not None and link.tag[1:] == form.name[1:3]:
            named = with_number(field, asked.number, asked.agency, instead=asked.others) if asked.others else field
            changes[link.tag, link.ordinal] = with_heading(link.tag, named, form)
        HeadingLink.objects.filter(pk=link.pk).update(form=form.name, applied=form.key)
    marc = stamped(replaced(row.marc, changes), kept=row.marc, now=made.at)
    put_state(row, marc, derive(marc), made=made)


@transaction.atomic
def add_authority_from(
    *, record_id: int, tag: str, ordinal: int, by: Actor, now: datetime, through: str
) -> Saved:  # fmt: skip
    """Make an authority record of a heading of a record, which follows it from now on.

    Refused: as save_record, and unknown_heading when the record has no such field.
    """
    row = locked(record_id)
    field = field_at(row.marc, tag, ordinal) if tag in LINKED else None
    if field is None:
        raise Refused.one("unknown_heading", tag=tag)
    marc = authority_from(tag, field, day=f"{now:%y%m%d}")
    saved = save_record(record_id=None, marc=marc, version=None, by=by, now=now, through=through)
    form = forms_of(marc)[0]
    kept = [
        Link(one.tag, one.ordinal, one.authority_id, one.form, one.applied)
        for one in HeadingLink.objects.filter(record_id=record_id).exclude(tag=tag, ordinal=ordinal)
    ]
    put_links(record_id, [*kept, Link(tag, ordinal, saved.record_id, form.name, form.key)])
    return saved
