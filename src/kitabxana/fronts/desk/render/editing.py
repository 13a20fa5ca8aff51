"""Records being edited: findings with their lines, differences side by side, the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kitabxana.catalogue.messages import TEXT_PROBLEMS, finding_text, place_of
from kitabxana.catalogue.rules.textmode import rendered
from kitabxana.fronts.desk.render.words import short_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.functional import _StrPromise

    from kitabxana.catalogue.facts import Change, Finding, Line, ThreeWay, VersionFacts
    from kitabxana.catalogue.rules.textmode import Typed

LEVELS: dict[str, _StrPromise] = {"error": _("Error"), "warning": _("Warning"), "advice": _("Advice")}
HOW: dict[str, _StrPromise] = {
    "created": _("Created"),
    "changed": _("Changed"),
    "imported": _("Imported"),
    "restored": _("An earlier version brought back"),
    "deleted": _("Deleted"),
    "undeleted": _("Brought back after deletion"),
    "merged": _("Merged"),
    "unmerged": _("Merge undone"),
}
THROUGH: dict[str, _StrPromise] = {
    "desk": _("at the desk"),
    "rest": _("over the API"),
    "import": _("by import"),
    "authority": _("with its authority"),
    "copy": _("from another catalogue"),
}
_ORDER = {"error": 0, "warning": 1, "advice": 2}


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding beside the record; `line` is its line (from 1) or the form's row, None for the whole record."""

    level: str
    level_name: str
    place: str
    text: str
    line: int | None
    subfield: str = ""


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One field of a difference: each cell is a list of (text, whether it is different)."""

    kind: str
    cells: tuple[list[tuple[str, bool]], ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    version: int
    current: bool
    when: str
    who: str
    how: str
    through: str


def finding_rows(read: Typed, findings: Iterable[Finding]) -> list[FindingRow]:
    """What can't be read, then errors, warnings and advice, each in the order of the lines."""
    rows = [
        FindingRow("error", str(LEVELS["error"]), "", str(TEXT_PROBLEMS[problem.code]), problem.line)
        for problem in read.problems
    ]
    found = [
        FindingRow(one.level, str(LEVELS[one.level]), place_of(one), finding_text(one), read.line_of(one), one.subfield)
        for one in findings
    ]
    return rows + sorted(found, key=lambda row: (_ORDER[row.level], row.line or 0))


def version_rows(versions: Iterable[VersionFacts], *, zone: str) -> list[VersionRow]:
    return [
        VersionRow(
            version=one.version,
            current=one.current,
            when=short_moment(one.made.at, zone),
            who=one.made.by,
            how=str(HOW.get(one.made.how, one.made.how)),
            through=str(THROUGH.get(one.made.through, one.made.through)),
        )
        for one in versions
    ]


def change_rows(changes: Iterable[Change]) -> list[DiffRow]:
    """The fields that differ, before and after."""
    return [
        DiffRow(change.kind, (_told(change.before, change.after), _told(change.after, change.before)))
        for change in changes
        if change.kind != "same"
    ]


def three_way_rows(both: ThreeWay) -> list[DiffRow]:
    """The fields that somebody touched: as they were, as the other made them, as I made them."""
    return [
        DiffRow(row.side, (_told(row.base, None), _told(row.theirs, row.base), _told(row.mine, row.base)))
        for row in both.rows
        if row.side != "same"
    ]


def _told(line: Line | None, other: Line | None) -> list[tuple[str, bool]]:
    """The parts of a field, each with whether `other` has it not; all of them are different where there is no other."""
    if line is None:
        return []
    theirs = set(_parts(other)) if other else set()
    return [(part, other is not None and part not in theirs) for part in _parts(line)]


def _parts(line: Line) -> list[str]:
    tag, content = line
    if tag == "LDR":
        return ["LDR " + str(content).replace(" ", "#")]
    text = as_line(tag, content)
    head, *rest = text.split(" $")
    return [head, *(f"${part}" for part in rest)] if isinstance(content, dict) else [text]


def as_line(tag: str, content: Any) -> str:
    """A field as it is typed."""
    return rendered({"leader": "", "fields": [{tag: content}]}).split("\n")[1]


def previous(versions: Sequence[VersionFacts], version: int) -> int | None:
    """The version before this one in a history that is newest first."""
    return next((one.version for one in versions if one.version < version), None)
