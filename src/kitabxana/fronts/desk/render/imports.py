"""Staged imports as the desk's pages show them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from babel.dates import format_timedelta
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kitabxana.catalogue.messages import finding_text, place_of
from kitabxana.catalogue.queries import briefs, record
from kitabxana.exchange.messages import DECISIONS, POINTS, REASONS, RESULTS, STATES, VERDICTS
from kitabxana.exchange.rules.prepare import as_marc21
from kitabxana.formats.unimarc import NotConvertible
from kitabxana.fronts.desk.render.editing import LEVELS
from kitabxana.fronts.desk.render.records import MarcLine, marc_lines
from kitabxana.fronts.desk.render.words import babel_locale, local_day, short_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.exchange.facts import BatchFacts, LyingFile, StagedFacts
    from kitabxana.organisation.facts import UnitFacts

MARKS = {"new": "in", "same": "out", "match": "hold", "doubt": "late", "rejected": "stop"}
POSSIBLE = {
    "new": ("add", "skip"),
    "same": ("join", "skip"),
    "match": ("overlay", "join", "add", "skip"),
    "doubt": ("overlay", "join", "add", "skip"),
}
HOWS_TOLD: dict[str, _StrPromise] = {
    "replace": _("theirs stand, also where they have none"),
    "keep": _("ours stand"),
    "update": _("theirs stand where they have some"),
    "add": _("theirs are added to ours"),
    "add_new": _("theirs stand only where we have none"),
}
"""How fields meet (catalogue.rules.overlay), in words."""
SHOWN = {"title": "title", "author": "author", "publisher": "publisher"}
"""Points whose own words are keys: the pages show the record's words instead."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in a list or at the head of its page; counts are (code, name, number) in a fixed order."""

    facts: BatchFacts
    state: str
    made: str
    verdicts: tuple[tuple[str, str, int], ...]
    results: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A record of a batch beside what the house has; `choices` are (code, name, chosen)."""

    facts: StagedFacts
    verdict: str
    mark: str
    decision: str
    result: str
    ours: dict[str, Any]
    choices: tuple[tuple[str, str, bool], ...]
    differs: str
    levels: dict[str, int]
    """How many findings of each level validation has."""

    reason: str
    """Why it was rejected, in words."""


def batch_rows(some: Sequence[BatchFacts], *, where: UnitFacts) -> list[BatchRow]:
    return [
        BatchRow(
            facts=one,
            state=str(STATES[one.state]),
            made=short_date(local_day(one.made_at, where.zone)),
            verdicts=_counted(VERDICTS, one.verdicts),
            results=_counted(RESULTS, one.results),
        )
        for one in some
    ]


def lying_rows(files: Sequence[LyingFile]) -> list[tuple[str, str]]:
    """(name, name with size and age) of the files on the server, as a list to choose from shows them."""
    now, locale = timezone.now(), babel_locale()

    def told(one: LyingFile) -> str:
        age = format_timedelta(one.changed_at - now, add_direction=True, locale=locale)
        return f"{one.name} · {filesizeformat(one.size)} · {age}"

    return [(one.name, told(one)) for one in files]


def staged_rows(some: Sequence[StagedFacts]) -> list[StagedRow]:
    """One statement for the candidates, however many records."""
    ours = briefs({one.candidate for one in some if one.candidate})
    return [
        StagedRow(
            facts=one,
            verdict=str(VERDICTS[one.verdict]),
            mark=MARKS[one.verdict],
            decision=str(DECISIONS[one.decision]) if one.decision else "",
            result=str(RESULTS[one.result]) if one.result else "",
            ours=ours.get(one.candidate or 0, {}),
            choices=choices(one.verdict, chosen=one.decision),
            differs=str(POINTS[one.differs]) if one.differs else "",
            levels=Counter(found.level for found in one.findings),
            reason=str(REASONS.get(one.reason, one.reason)),
        )
        for one in some
    ]


def finding_lines(row: StagedRow) -> list[tuple[str, str, str, str]]:
    """(level, its name, place, sentence) of what validation finds, errors first."""
    order = list(LEVELS)
    found = sorted(row.facts.findings, key=lambda one: order.index(one.level))
    return [(one.level, str(LEVELS[one.level]), place_of(one), finding_text(one)) for one in found]


def hints_counted(row: StagedRow) -> int:
    """How many findings there are besides errors."""
    return len(row.facts.findings) - row.levels["error"]


def choices(verdict: str, *, chosen: str = "") -> tuple[tuple[str, str, bool], ...]:
    return tuple((code, str(DECISIONS[code]), code == chosen) for code in POSSIBLE.get(verdict, ()))


def point_rows(row: StagedRow) -> list[tuple[str, str, str, int]]:
    """(name, theirs, ours, weight) of every point compared, in the words of the records."""
    rows = []
    for name, theirs, ours, weight in row.facts.points:
        key = SHOWN.get(name)
        if key:
            theirs, ours = row.facts.brief.get(key) or theirs, row.ours.get(key) or ours  # noqa: PLW2901
        rows.append((str(POINTS[name]), theirs, ours, weight))
    return rows


def as_stored(row: StagedRow, *, flavour: str) -> tuple[MarcJson, bool]:
    """The record as it will be stored, and whether it came in another format; else as it came."""
    try:
        marc, _ = as_marc21(row.facts.marc, flavour) if row.facts.marc["fields"] else (row.facts.marc, ())
    except NotConvertible:
        return row.facts.marc, False
    return marc, marc is not row.facts.marc


def side_by_side(row: StagedRow, marc: MarcJson) -> tuple[list[tuple[MarcLine, bool]], list[tuple[MarcLine, bool]]]:
    """The lines of the record as it will be stored (`marc`) and of ours, each with whether the other has it too."""
    stored = record(row.facts.candidate, hidden=True) if row.facts.candidate else None
    theirs = list(marc_lines(marc))
    ours = list(marc_lines(stored.marc)) if stored else []
    return [(line, line in ours) for line in theirs], [(line, line in theirs) for line in ours]


def _counted(names: dict[str, _StrPromise], counts: dict[str, int]) -> tuple[tuple[str, str, int], ...]:
    return tuple((code, str(name), counts[code]) for code, name in names.items() if counts.get(code))
