"""Macros: named sequences of edits, one a line, in the words of text mode.

`+500 ## $aText` adds a field behind its like; `+264$cText` adds a subfield to every such field; `-653` takes out every
such field, `-245$h` every such subfield; `245$c=Text` puts a subfield's text, with a field that has none getting it;
`245$c: old => new` replaces within its text. A line that begins with # is a remark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.rules.textmode import text_meant, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.catalogue.facts import MarcJson

MOST_LINES = 100
LONGEST_NAME = 80
_PLACE = r"(?P<tag>[0-9A-Za-z]{3})\$(?P<code>[!-~])"
_EDITS = {
    "add_subfield": re.compile(rf"\+{_PLACE}(?P<text>.+)"),
    "take_field": re.compile(r"-(?P<tag>[0-9A-Za-z]{3})"),
    "take_subfield": re.compile(rf"-{_PLACE}"),
    "put": re.compile(rf"{_PLACE}=(?P<text>.+)"),
    "replace": re.compile(rf"{_PLACE}: (?P<old>.+?) => (?P<text>.*)"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One line of a macro; for "add_field" `content` is the field, else `text` (and `old`) are plain texts."""

    how: str
    tag: str
    code: str = ""
    old: str = ""
    text: str = ""
    content: Any = None


def edits_of(text: str) -> tuple[list[Edit], int | None]:
    """The edits of a macro, and the number (from 1) of the first line that can't be read, None when all can."""
    found: list[Edit] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        edit = _edit(line)
        if edit is None:
            return found, number
        found.append(edit)
    return found, None


def run(marc: MarcJson, edits: list[Edit]) -> MarcJson:
    """The record after these edits, in their order. 001, 003 and 005 stay whatever a macro says."""
    fields = [{tag: content} for entry in marc["fields"] for tag, content in entry.items()]
    for edit in edits:
        if edit.tag not in ("001", "003", "005", "LDR"):
            fields = _STEPS[edit.how](fields, edit)
    return {"leader": marc["leader"], "fields": fields}


def _edit(line: str) -> Edit | None:
    for how, pattern in _EDITS.items():
        if found := pattern.fullmatch(line):
            parts = {name: part for name, part in found.groupdict().items() if part is not None}
            for name in ("old", "text"):
                parts[name] = text_meant(parts.get(name, "").strip())
            return Edit(how, **parts)
    if not line.startswith("+"):
        return None
    read = typed("LDR\n" + line[1:])
    if read.problems or not read.marc["fields"]:
        return None
    [(tag, content)] = read.marc["fields"][0].items()
    if isinstance(content, dict) and not content["subfields"]:
        return None
    return Edit("add_field", tag, content=content)


Fields = list[dict[str, Any]]


def _add_field(fields: Fields, edit: Edit) -> Fields:
    after = [at for at, entry in enumerate(fields) for tag in entry if tag <= edit.tag]
    place = after[-1] + 1 if after else 0
    return [*fields[:place], {edit.tag: edit.content}, *fields[place:]]


def _take_field(fields: Fields, edit: Edit) -> Fields:
    return [entry for entry in fields if edit.tag not in entry]


def _on_subfields(
    change: Callable[[list[dict[str, str]], Edit], list[dict[str, str]]],
) -> Callable[[Fields, Edit], Fields]:
    def changed(fields: Fields, edit: Edit) -> Fields:
        found: Fields = []
        for entry in fields:
            content = entry.get(edit.tag)
            if not isinstance(content, dict):
                found.append(entry)
            elif pairs := change(content["subfields"], edit):
                found.append({edit.tag: {**content, "subfields": pairs}})
        return found

    return changed


def _add_subfield(pairs: list[dict[str, str]], edit: Edit) -> list[dict[str, str]]:
    return [*pairs, {edit.code: edit.text}]


def _take_subfield(pairs: list[dict[str, str]], edit: Edit) -> list[dict[str, str]]:
    return [pair for pair in pairs if edit.code not in pair]


def _put(pairs: list[dict[str, str]], edit: Edit) -> list[dict[str, str]]:
    if not any(edit.code in pair for pair in pairs):
        return _add_subfield(pairs, edit)
    return [{edit.code: edit.text} if edit.code in pair else pair for pair in pairs]


def _replace(pairs: list[dict[str, str]], edit: Edit) -> list[dict[str, str]]:
    return [{edit.code: pair[edit.code].replace(edit.old, edit.text)} if edit.code in pair else pair for pair in pairs]


_STEPS: dict[str, Callable[[Fields, Edit], Fields]] = {
    "add_field": _add_field,
    "take_field": _take_field,
    "add_subfield": _on_subfields(_add_subfield),
    "take_subfield": _on_subfields(_take_subfield),
    "put": _on_subfields(_put),
    "replace": _on_subfields(_replace),
}
