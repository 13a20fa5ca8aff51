"""What stands around a record while it is edited: frameworks, authorised values, names looked up, drafts, macros."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from kitabxana.catalogue.facts import DraftFacts, ListedValue, MacroFacts
from kitabxana.catalogue.models import Draft, FrameworkEntry, HeadingLink, Macro, Record, ValueEntry
from kitabxana.catalogue.queries import facts_of
from kitabxana.catalogue.queries.authorities import find_authorities
from kitabxana.catalogue.rules.frameworks import Said, as_said, frameworks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kitabxana.catalogue.facts import MarcJson, RecordFacts
    from kitabxana.catalogue.rules.frameworks import Framework
    from kitabxana.organisation.facts import UnitFacts

RECORD_KEY = "r"
SHORTEST = 2


def framework_at(code: str, unit: UnitFacts | None) -> Framework:
    """A framework as it holds at a unit (None: the whole installation); the book's for a code that is none."""
    known = frameworks()
    base = known.get(code) or known["book"]
    return as_said(base, said_above(base.code, unit))


def said_above(code: str, unit: UnitFacts | None) -> list[Said]:
    """What the levels from the whole installation down to `unit` say of a framework, in that order; one statement."""
    levels = _levels(unit)
    rows = FrameworkEntry.objects.filter(_at(levels), framework=code).select_related("unit").order_by("tag", "code")
    found = [
        Said(
            row.tag, row.code, row.names, row.help, mandatory=row.mandatory, hidden=row.hidden, default=row.default,
            values=row.values, origin=row.unit.code if row.unit else None,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: levels.index(one.origin))


def value_lists() -> list[str]:
    """The names of the lists of authorised values that somebody keeps."""
    return list(ValueEntry.objects.order_by("list").values_list("list", flat=True).distinct())


def values_at(name: str, unit: UnitFacts | None) -> dict[str, ListedValue]:
    """code → authorised value of a list as it holds at `unit` (None: the whole installation), hidden ones marked."""
    levels = _levels(unit)
    rows = ValueEntry.objects.filter(_at(levels), list=name).values_list("unit__code", "code", "names", "hidden")
    found: dict[str, ListedValue] = {}
    for level, code, names, hidden in sorted(rows, key=lambda row: (levels.index(row[0]), row[1])):
        above = found.get(code)
        found[code] = ListedValue(code, {**above.names, **names} if above else names, level, hidden=hidden)
    return found


def _levels(unit: UnitFacts | None) -> list[str | None]:
    return [None, *reversed(unit.lineage)] if unit else [None]


def _at(levels: Sequence[str | None]) -> Q:
    return Q(unit__code__in=[level for level in levels if level]) | Q(unit__isnull=True)


def authorities_named(typed: str, *, ends: Sequence[str], limit: int = 12) -> list[tuple[int, MarcJson, int]]:
    """(id, record, fields that follow it) of authorities in which each word typed begins one of a heading or reference.

    `ends` are the last two digits of the headings wanted ("00" persons, "50" topics…). Those most followed come first.
    Three statements; of words that are very common the first 500 by heading are looked at.
    """
    if len(typed.strip()) < SHORTEST:
        return []
    ids = find_authorities(typed)
    rows = Record.objects.filter(pk__in=ids, kind="a", deleted_at__isnull=True).values_list("pk", "marc")
    heads = {f"1{end}" for end in ends}
    wanted = {pk: marc for pk, marc in rows if any(heads.intersection(entry) for entry in marc["fields"])}
    follow = _followed(wanted)
    order = sorted(wanted, key=lambda pk: (-follow.get(pk, 0), ids.index(pk)))
    return [(pk, wanted[pk], follow.get(pk, 0)) for pk in order[:limit]]


def _followed(ids: Iterable[int]) -> dict[int, int]:
    links = HeadingLink.objects.filter(authority_id__in=list(ids)).values("authority_id")
    return dict(links.annotate(fields=Count("pk")).values_list("authority_id", "fields"))


def draft(owner: int, key: str) -> DraftFacts | None:
    """What this cataloguer had typed under `key`, None when nothing is kept."""
    row = Draft.objects.filter(owner_id=owner, key=key).first()
    return _draft(row) if row else None


def record_with_draft(record_id: int, owner: int) -> tuple[RecordFacts | None, DraftFacts | None]:
    """A record, suppressed ones too, and what this cataloguer has typed of it; one statement."""
    kept = Draft.objects.filter(owner_id=owner, record=OuterRef("pk"))
    told = JSONObject(version="version", framework="framework", text="text", changed_at="changed_at")
    rows = Record.objects.filter(pk=record_id, deleted_at__isnull=True)
    row = rows.annotate(draft=Subquery(kept.values(told=told)[:1])).first()
    if row is None:
        return None, None
    if row.draft is None:
        return facts_of(row), None
    at = datetime.fromisoformat(row.draft.pop("changed_at"))
    return facts_of(row), DraftFacts(f"{RECORD_KEY}{record_id}", record_id, changed_at=at, **row.draft)


def drafts_of(owner: int, *, limit: int = 20) -> list[DraftFacts]:
    """A cataloguer's drafts of new records, the newest first."""
    rows = Draft.objects.filter(owner_id=owner, record__isnull=True).order_by("-changed_at")
    return [_draft(row) for row in rows[:limit]]


def _draft(row: Draft) -> DraftFacts:
    return DraftFacts(row.key, row.record_id, row.version, row.framework, row.text, row.changed_at)


def macros_for(owner: int, unit: UnitFacts) -> list[MacroFacts]:
    """A cataloguer's own macros, then those of the library and of what is above it; by name. One statement."""
    rows = Macro.objects.filter(Q(owner_id=owner) | Q(unit__code__in=unit.lineage)).select_related("unit")
    found = [MacroFacts(row.pk, row.name, row.text, row.unit.code if row.unit else None) for row in rows]
    return sorted(found, key=lambda one: (one.unit is not None, one.name))


def said_here(code: str, unit: UnitFacts | None) -> Mapping[tuple[str, str], Said]:
    """(tag, subfield) → what exactly this level says of a framework."""
    return {(one.tag, one.code): one for one in said_above(code, unit) if one.origin == (unit and unit.code)}
