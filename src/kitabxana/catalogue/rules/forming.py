"""A record as rows of a form, and back. Nothing is lost either way, whatever the framework shows.

What the framework does not show, and what no form can show (a tag of four letters, a field without subfields), stands
at its place as lines of text mode. An empty box is nothing; a text that is empty in the record is written {empty}.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.facts import Finding
from kitabxana.catalogue.rules.frameworks import FIXED, FrameField, empty
from kitabxana.catalogue.rules.textmode import (
    TextProblem,
    Typed,
    fixed_meant,
    fixed_written,
    rendered,
    text_meant,
    text_written,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.catalogue.rules.frameworks import Framework

_TAG = re.compile("[0-9A-Za-z]{3}")
_CODE = re.compile("[!-~]")
_LINKS = frozenset("068")
"""Subfields that are given no empty box: they come with what is chosen."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: kind "control" (`text`), "field" (`indicators`, `pairs` of code and text) or "lines" (`text`).

    All as shown to people: # for a blank, what would be mistaken in braces. `number` is the row's own in its form.
    """

    number: int
    kind: str
    tag: str = ""
    indicators: str = "  "
    text: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


def rows_of(marc: MarcJson, framework: Framework, *, offered: bool = True) -> list[Row]:
    """The rows of a record; `offered` adds empty boxes for what the framework would like to have."""
    found = [Row(0, "control", "LDR", text=fixed_written(marc["leader"]))]
    for entry in marc["fields"]:
        for tag, content in entry.items():
            frame = framework.fields.get(tag)
            if frame is None or frame.hidden or not _plain(tag, content):
                line = rendered({"leader": "", "fields": [{tag: content}]}).split("\n")[1]
                if found[-1].kind == "lines":
                    found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line}")
                else:
                    found.append(Row(0, "lines", text=line))
            elif isinstance(content, str):
                found.append(Row(0, "control", tag, text=fixed_written(content) or "{empty}"))
            else:
                found.append(_field_row(tag, content, frame, offered=offered))
    rows = list(_with_offers(found, framework)) if offered else found
    return [replace(row, number=number) for number, row in enumerate(rows)]


def new_row(frame: FrameField, number: int) -> Row:
    """An empty row for one more field."""
    if frame.tag in FIXED:
        text = "" if "{" in frame.default else fixed_written(frame.default)
        return Row(number, "control", frame.tag, text=text)
    return replace(_field_row(frame.tag, empty(frame), None, offered=False), number=number)


def rows_from(sent: Mapping[str, Sequence[str]]) -> list[Row]:
    """The rows of a form as sent (name → values), empty ones too.

    Each has `f`, its number; under that number `t` the tag, and `c` a control field's text, `l` lines, or `i` the
    indicators and one `s` and `v` for each subfield.
    """
    found = []
    for number in sent.get("f", ()):
        if not number.isdecimal() or len(number) > 6:
            continue
        tag = next(iter(sent.get(f"t{number}", ())), "")
        if f"l{number}" in sent:
            found.append(Row(int(number), "lines", text=sent[f"l{number}"][0]))
        elif f"c{number}" in sent:
            found.append(Row(int(number), "control", tag, text=sent[f"c{number}"][0].strip("\r\n")))
        else:
            inds = (next(iter(sent.get(f"i{number}", ())), "").replace(" ", "#") + "##")[:2]
            pairs = zip(sent.get(f"s{number}", ()), sent.get(f"v{number}", ()), strict=False)
            told = tuple(
                (code.strip()[:1], " ".join(text.split("\n")).replace("\r", "").strip()) for code, text in pairs
            )
            found.append(Row(int(number), "field", tag, inds, pairs=told))
    return found


def read(rows: Sequence[Row]) -> Typed:
    """The record in these rows, as `textmode.typed` reads one; its lines are the numbers of the rows."""
    result = Typed({"leader": "", "fields": []})
    counts: dict[str, int] = {}
    waiting: dict[tuple[str, int], int] = {}
    for row in rows:
        if row.kind == "control" and row.tag == "LDR":
            result.marc["leader"] = fixed_meant(row.text)
            result.lines["LDR", 1] = row.number
            continue
        for tag, content in _contents(row, result.problems):
            counts[tag] = counts.get(tag, 0) + 1
            result.lines[tag, counts[tag]] = row.number
            result.marc["fields"].append({tag: content})
        if row.tag:
            waiting.setdefault((row.tag, 1), row.number)
    for place, number in waiting.items():
        result.lines.setdefault(place, number)  # an empty row: what is missing is filled there
    return result


def acted(rows: Sequence[Row], act: str, number: int, *, code: str = "") -> list[Row]:
    """The rows after one step: up, down, again (one more of the kind), away, plus (a subfield `code`), minus."""
    at = next((place for place, row in enumerate(rows) if row.number == number), None)
    found = list(rows)
    if at is None:
        return found
    row, new = found[at], max(one.number for one in found) + 1
    if act in ("up", "down"):
        other = max(at - 1, 1) if act == "up" else min(at + 1, len(found) - 1)
        found.insert(other, found.pop(at))
    elif act == "again":
        found.insert(at + 1, replace(row, number=new, pairs=tuple((one, "") for one, _ in row.pairs)))
    elif act == "away" and row.tag != "LDR":
        del found[at]
    elif act == "plus" and row.kind == "field":
        found[at] = replace(row, pairs=(*row.pairs, (code[:1], "")))
    return found


def with_field(rows: Sequence[Row], frame: FrameField) -> list[Row]:
    """The rows and an empty one for this field, behind the last that its tag comes after."""
    new = new_row(frame, max((row.number for row in rows), default=0) + 1)
    before = [at for at, row in enumerate(rows) if row.tag == "LDR" or (row.tag and row.tag <= frame.tag)]
    found = list(rows)
    found.insert(before[-1] + 1 if before else len(found), new)
    return found


def missing(marc: MarcJson, framework: Framework, *, level: str) -> list[Finding]:
    """What the framework says must be filled and is not, at this level of gravity."""
    found = []
    for tag, frame in framework.fields.items():
        here = [entry[tag] for entry in marc["fields"] if tag in entry]
        if frame.mandatory and not here:
            found.append(Finding("wanted_field", level, tag, 1, params={"tag": tag}))
        wanted = [spot.code for spot in frame.spots if spot.mandatory]
        for occurrence, content in enumerate(here, 1):
            told = (
                {code for pair in content["subfields"] for code in pair} if isinstance(content, dict) else set(wanted)
            )
            found += [
                Finding("wanted_subfield", level, tag, occurrence, code, params={"code": code})
                for code in wanted
                if code not in told
            ]
    return found


def _plain(tag: str, content: Any) -> bool:
    """Whether a form can show a field."""
    if isinstance(content, str):
        return tag in FIXED and tag != "LDR"
    inds = f"{content['ind1']}{content['ind2']}"
    codes = [code for pair in content["subfields"] for code in pair]
    return bool(
        _TAG.fullmatch(tag)
        and not (tag < "010" and tag.isdecimal())
        and codes
        and len(content["ind1"]) == len(content["ind2"]) == 1
        and inds.isascii()
        and inds.isprintable()
        and "#" not in inds
        and all(_CODE.fullmatch(code) for code in codes)
    )


def _field_row(tag: str, content: Mapping[str, Any], frame: FrameField | None, *, offered: bool) -> Row:
    pairs = [(code, _shown(text)) for pair in content["subfields"] for code, text in pair.items()]
    if frame is None:
        pairs = [(code, "" if text == "{empty}" else text) for code, text in pairs]
    elif offered:
        pairs = _with_boxes(pairs, frame)
    inds = f"{content['ind1']}{content['ind2']}".replace(" ", "#")
    return Row(0, "field", tag, inds, pairs=tuple(pairs))


def _shown(text: str) -> str:
    """A subfield's text in its box, where a $ is only a $."""
    return text_written(text).replace("{dollar}", "$") if text else "{empty}"


def _with_boxes(pairs: list[tuple[str, str]], frame: FrameField) -> list[tuple[str, str]]:
    """The subfields, and an empty box for each other one of the framework, in the framework's order among them."""
    order = [spot.code for spot in frame.spots]
    found = list(pairs)
    for at, spot in enumerate(frame.spots):
        if spot.hidden or spot.code in _LINKS or any(code == spot.code for code, _ in found):
            continue
        before = [place for place, (code, _) in enumerate(found) if code in order[:at]]
        found.insert(before[-1] + 1 if before else 0, (spot.code, ""))
    return found


def _with_offers(rows: list[Row], framework: Framework) -> Iterator[Row]:
    """The rows, and an empty one for each field that the framework shows, at its place among them."""
    order = {tag: at for at, tag in enumerate(framework.fields)}
    present = {row.tag for row in rows}
    offers = [one for one in framework.fields.values() if one.shown and not one.hidden and one.tag not in present]
    places: dict[int, list[Row]] = {}
    for one in offers:
        if one.tag in FIXED and one.tag != "008":
            continue
        after = [at for at, row in enumerate(rows) if order.get(row.tag, len(order)) < order[one.tag]]
        bare = replace(one, spots=tuple(replace(spot, default="") for spot in one.spots))
        places.setdefault(_past_lines(rows, after[-1] if after else 0, one.tag), []).append(
            replace(new_row(bare, 0), text="")
        )
    for at, row in enumerate(rows):
        yield row
        yield from places.get(at, ())


def _past_lines(rows: Sequence[Row], at: int, tag: str) -> int:
    """`at`, or the last of the lines behind it that all come before `tag`."""
    while at + 1 < len(rows) and rows[at + 1].kind == "lines":
        tags = [line[:3] for line in rows[at + 1].text.split("\n")]
        if max(tags) > tag:
            break
        at += 1
    return at


def _contents(row: Row, problems: list[TextProblem]) -> Iterator[tuple[str, Any]]:
    if row.kind == "lines":
        block = typed("LDR\n" + row.text)  # so that an LDR among the lines is a field, as text mode has it
        problems += [TextProblem(row.number, one.code) for one in block.problems if one.code != "no_leader"]
        yield from ((tag, content) for entry in block.marc["fields"] for tag, content in entry.items())
    elif row.kind == "control":
        if row.text:
            yield row.tag, fixed_meant(row.text)
    else:
        if any(text and not code for code, text in row.pairs):
            problems.append(TextProblem(row.number, "no_code"))
        pairs = [{code: text_meant(text)} for code, text in row.pairs if code and text]
        if pairs:
            inds = row.indicators.replace("#", " ")
            yield row.tag, {"ind1": inds[0], "ind2": inds[1], "subfields": pairs}
