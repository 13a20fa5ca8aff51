"""One description put over another, field by field: what a source may bring, and what stays as it was.

A rule names a tag ("650", "6XX" for all that begin so, "*" for every one) and how its fields meet:

replace: theirs stand, also where they have none; keep: ours stand; update: theirs stand where they have some;
add: theirs are added to ours; add_new: theirs stand only where we have none.

The nearest rule counts: a whole tag before a pattern, then one for senior cataloguers before one for all. Without a
rule theirs replace ours. What is linked as 880 goes with the field it is linked to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from kitabxana.catalogue.rules.fields import linked_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kitabxana.catalogue.facts import Line, MarcJson, OverlayRule

HOWS: Final = ("replace", "keep", "update", "add", "add_new")
LEVELS: Final = ("", "senior")
_TAG = re.compile(r"\*|LDR|[0-9][0-9X]X|[0-9]{3}")
_LINK = re.compile(r"(\d{3}-)(\d\d)")


def overlay_problem(rule: OverlayRule) -> str | None:
    """Why this can't be a rule (a stable code), None when it can."""
    known = _TAG.fullmatch(rule.tag) and rule.how in HOWS and rule.level in LEVELS
    return None if known else "bad_overlay_rule"


def overlaid(ours: MarcJson, theirs: MarcJson, rules: Sequence[OverlayRule], *, senior: bool = False) -> MarcJson:
    """What `ours` becomes under `theirs`; the very same record where nothing changes."""
    possible = [rule for rule in rules if senior or not rule.level]
    mine, their_lines = _lines(ours), _lines(_relinked(theirs, above=_last_link(ours)))
    tags = list(dict.fromkeys(_key(line) for line in (*mine, *their_lines)))
    chosen: dict[str, list[Line]] = {}
    for tag in tags:
        old = [line for line in mine if _key(line) == tag]
        new = [line for line in their_lines if _key(line) == tag]
        chosen[tag] = old if _bare(old) == _bare(new) else _MEETING[_how(tag, possible)](old, new)
    leader = theirs["leader"] if _how("LDR", possible) in ("replace", "update") else ours["leader"]
    fields = [{tag: content} for tag, content in _in_place(chosen, mine)]
    if leader == ours["leader"] and sorted(map(repr, fields)) == sorted(map(repr, ours["fields"])):
        return ours
    return {"leader": leader, "fields": fields}


def _lines(marc: MarcJson) -> list[Line]:
    return [(tag, content) for entry in marc["fields"] for tag, content in entry.items()]


def _key(line: Line) -> str:
    """The tag whose rule counts, which for original scripts is that of the field they stand for."""
    tag, content = line
    standing_for = linked_tag(content) if tag == "880" and isinstance(content, dict) else ""
    return f"880 {standing_for}" if standing_for else tag


def _how(tag: str, rules: Iterable[OverlayRule]) -> str:
    wanted = tag.rpartition(" ")[2]
    fitting = [rule for rule in rules if rule.tag == "*" or _covers(rule.tag, wanted)]
    best = min(fitting, key=lambda rule: (rule.tag == "*", rule.tag.count("X"), not rule.level), default=None)
    return best.how if best else "replace"


def _covers(pattern: str, tag: str) -> bool:
    return len(pattern) == len(tag) and all(one in ("X", other) for one, other in zip(pattern, tag, strict=True))


def _added(old: list[Line], new: list[Line]) -> list[Line]:
    known = _bare(old)
    return old + [line for line in new if _bare([line])[0] not in known]


_MEETING: Final[dict[str, Callable[[list[Line], list[Line]], list[Line]]]] = {
    "replace": lambda _, new: new,
    "keep": lambda old, _: old,
    "update": lambda old, new: new or old,
    "add": _added,
    "add_new": lambda old, new: old or new,
}


def _bare(lines: Iterable[Line]) -> list[Any]:
    """The fields without the numbers that link them to their scripts: those differ from record to record."""
    return [
        content
        if isinstance(content, str)
        else (content["ind1"], content["ind2"], [pair for pair in content["subfields"] if "6" not in pair])
        for _, content in lines
    ]


def _in_place(chosen: dict[str, list[Line]], ours: Sequence[Line]) -> list[Line]:
    """Every tag where we had it; what we had not stands before the first higher tag."""
    order = list(dict.fromkeys(_key(line) for line in ours))
    for tag in chosen:
        if tag not in order:
            at = next((place for place, other in enumerate(order) if other > tag), len(order))
            order.insert(at, tag)
    return [line for tag in order for line in chosen.get(tag, [])]


def _last_link(marc: MarcJson) -> int:
    return max((int(found[2]) for _, text in _links(marc) if (found := _LINK.match(text))), default=0)


def _links(marc: MarcJson) -> list[tuple[str, str]]:
    return [
        (tag, pair["6"])
        for tag, content in _lines(marc)
        if isinstance(content, dict)
        for pair in content["subfields"]
        if "6" in pair
    ]


def _relinked(marc: MarcJson, *, above: int) -> MarcJson:
    """The record with its links numbered on from `above`, so that they never meet ours."""
    if not above or above + len(_links(marc)) > 99:
        return marc

    def on(text: str) -> str:
        return _LINK.sub(
            lambda found: f"{found[1]}{int(found[2]) + above:02d}" if found[2] != "00" else found[0], text, count=1
        )

    fields = []
    for tag, content in _lines(marc):
        if isinstance(content, dict):
            pairs = [
                {code: on(text) if code == "6" else text for code, text in p.items()} for p in content["subfields"]
            ]
            content = {**content, "subfields": pairs}  # noqa: PLW2901 - the same field, its link moved on
        fields.append({tag: content})
    return {"leader": marc["leader"], "fields": fields}
