"""UNIMARC and RUSMARC records as MARC 21, with an account of what has no place there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kitabxana.formats.marc import MarcJson, fields, subfield
from kitabxana.formats.marc import subfields as values_of
from kitabxana.formats.unimarc import authority, coded, pieces
from kitabxana.formats.unimarc.flavour import is_authority
from kitabxana.formats.unimarc.table import LINKS, NAMES, ROWS, SUBJECT_NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.formats.marc import DataField


class NotConvertible(ValueError):
    """A record of which no MARC 21 record can be made; ``reason`` is a code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Converted:
    """The record in MARC 21, and what of the given one is not in it: "tag" or "tag$code", in its order, each once."""

    marc: MarcJson
    lost: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    marc: MarcJson
    leader: str
    out: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    main: str = ""

    def add(self, tag: str, indicators: str, pairs: pieces.Pairs) -> None:
        if pairs := [(code, text) for code, text in pairs if text]:
            self.out.append({tag: pieces.made(indicators, pairs)})

    def leave(self, tag: str, given: DataField, used: set[str]) -> None:
        """Note what is not used of a field; subfields without text say nothing that could be lost."""
        self.lost += [f"{tag}${code}" for code, text in pieces.each(given) if code not in used and text]


def to_marc21(marc: MarcJson) -> Converted:
    """Convert one record, bibliographic or authority. Raises NotConvertible for an authority record without heading.

    Fields local in both formats (9XX, X9X, letters) stay as they are.
    """
    if is_authority(marc):
        return _authority(marc)
    work = _Work(marc, coded.leader_of(marc))
    for entry in marc["fields"]:
        for tag, value in entry.items():
            if isinstance(value, str):
                _control_field(work, tag, value)
            else:
                _data_field(work, tag, value)
    work.out.append({"008": coded.fixed_field(marc, work.leader)})
    work.out += [*coded.language_fields(marc), *coded.country_fields(marc), *coded.source_field(marc)]
    _finish_titles(work)
    work.out.sort(key=_place)
    return Converted({"leader": work.leader, "fields": work.out}, tuple(dict.fromkeys(work.lost)))


def _authority(marc: MarcJson) -> Converted:
    work = _Work(marc, "")
    local: list[dict[str, Any]] = []
    for entry in marc["fields"]:
        for tag, value in entry.items():
            if isinstance(value, str):
                _control_field(work, tag, value)
            elif not tag.isdigit() or tag[0] == "9":
                local.append({tag: value})
    given = [entry for entry in marc["fields"] if entry not in local]
    work.leader = authority.authority({**marc, "fields": given}, work.add, work.lost.append)
    if not any(tag[0] == "1" for entry in work.out for tag in entry):
        raise NotConvertible("no_heading", "a UNIMARC authority record whose heading MARC 21 has no field for")
    work.out += [{"008": authority.fixed_field(marc)}, *authority.source_field(marc), *local]
    work.out.sort(key=_place)
    return Converted({"leader": work.leader, "fields": work.out}, tuple(dict.fromkeys(work.lost)))


def _place(entry: dict[str, Any]) -> str:
    """Control fields by tag, data fields by block, local ones last; within these the order stays."""
    [tag] = entry
    return tag if tag < "010" else tag[:1] + "99" if tag[:1].isdigit() else "Z"


def _control_field(work: _Work, tag: str, value: str) -> None:
    if tag in {"001", "005"} or not tag.isdigit() or tag[0] == "9":
        work.out.append({tag: value})
    elif tag == "003" and value.startswith("http"):
        work.add("024", "7 ", [("a", value), ("2", "uri")])
    else:
        work.lost.append(tag)


def _data_field(work: _Work, tag: str, given: DataField) -> None:
    if tag in coded.USED:
        work.leave(tag, given, set(coded.USED[tag]))
    elif tag in _SPECIAL:
        _SPECIAL[tag](work, tag, given)
    elif tag in NAMES:
        _name(work, tag, given)
    elif tag in SUBJECT_NAMES:
        _subject(work, tag, given)
    elif tag in LINKS:
        _link(work, tag, given)
    elif tag in ROWS:
        _by_row(work, tag, given)
    elif not tag.isdigit() or tag[0] == "9" or tag[1] == "9":
        work.out.append({tag: given})
    else:
        work.leave(tag, given, set())


def _by_row(work: _Work, tag: str, given: DataField) -> None:
    row = ROWS[tag]
    indicators = given["ind1"] + given["ind2"] if row.tag == "856" else row.indicators
    pairs: pieces.Pairs = []
    for code, text in pieces.each(given):
        if code in row.codes:
            target, joined = row.codes[code]
            if joined:
                pieces.join(pairs, target, text, ", ")
            else:
                pairs.append((target, text))
    work.add(row.tag, indicators, pairs)
    work.leave(tag, given, set(row.codes))


def _title(work: _Work, tag: str, given: DataField) -> None:
    pairs, used = pieces.title(given)
    first = not any("245" in entry for entry in work.out)
    skip = pieces.not_sorted(subfield(given, "a").lstrip())
    work.add("245" if first else "246", f"0{skip}" if first else "3 ", pairs)
    if first and not fields(work.marc, "510"):
        for text in values_of(given, "d"):
            work.add("246", "31", [("a", pieces.cleaned(text).strip(" ="))])
    work.leave(tag, given, used)


def _finish_titles(work: _Work) -> None:
    """First indicator of 245, and 130 or 240, turn on whether there is a main entry, known when all fields are read."""
    for entry in work.out:
        if "245" in entry:
            entry["245"]["ind1"] = "1" if work.main else "0"
        elif "240" in entry and not work.main:
            entry["130"] = {**entry.pop("240"), "ind1": "0", "ind2": " "}


def _name(work: _Work, tag: str, given: DataField) -> None:
    end, main = NAMES[tag]
    personal = end == "00"
    pairs, used = pieces.person(given) if personal else pieces.body(given)
    if not personal and given["ind1"] == "1":
        end = "11"
    main = main and not work.main and bool(pairs)
    if main:
        work.main = tag
    ind1 = ("3" if tag[1] == "2" else "0" if given["ind2"] == "0" else "1") if personal else "2"
    work.add(("1" if main else "7") + end, f"{ind1} ", pairs)
    work.leave(tag, given, used)


def _subject(work: _Work, tag: str, given: DataField) -> None:
    ind2, pairs, used = pieces.subject(tag, given)
    target = "611" if tag == "601" and given["ind1"] == "1" else SUBJECT_NAMES[tag]
    ind1 = {"600": "0" if given["ind2"] == "0" else "1", "602": "3", "601": "2", "605": "0"}.get(tag, " ")
    work.add(target, ind1 + ind2, pairs)
    work.leave(tag, given, used)


def _link(work: _Work, tag: str, given: DataField) -> None:
    target, indicators = LINKS[tag]
    if tag in {"461", "462", "463"} and work.marc["leader"][8:9] == "1":
        target = "774"
    if any(code == "1" for code, _ in pieces.each(given)):
        pairs, left = pieces.embedded_link(given)
        work.lost += [f"{tag}/{one}" for one in left]
        work.leave(tag, {**given, "subfields": given["subfields"][: _first_embedded(given)]}, set())
    else:
        pairs, used = pieces.link(given)
        work.leave(tag, given, used)
    if target == "830":
        own = {"t": "a", "g": "v", "x": "x", "w": "w"}
        work.lost += [f"{tag}→830${code}" for code, _ in pairs if code not in own]
        pairs = [(own[code], text) for code, text in pairs if code in own]
    work.add(target, indicators, pairs)


def _first_embedded(given: DataField) -> int:
    return next(at for at, pair in enumerate(given["subfields"]) if "1" in pair)


def _series(work: _Work, tag: str, given: DataField) -> None:
    pairs, used = pieces.series_of(given)
    work.add("490", "1 " if fields(work.marc, "410") else "0 ", pairs)
    work.leave(tag, given, used)


def _contents(work: _Work, tag: str, given: DataField) -> None:
    pairs, used = pieces.contents(given)
    work.add("505", {"0": "1 ", "2": "2 "}.get(given["ind1"], "0 "), pairs)
    work.leave(tag, given, used)


def _renamed(target: str, indicators: str, codes: dict[str, str]) -> Callable[[_Work, str, DataField], None]:
    def convert(work: _Work, tag: str, given: DataField) -> None:
        work.add(target, indicators, [(codes[code], text) for code, text in pieces.each(given) if code in codes])
        work.leave(tag, given, set(codes))

    return convert


def _imprint(work: _Work, tag: str, given: DataField) -> None:
    kind = {"0": "1", "1": "0"}.get(given["ind2"], given["ind2"] if given["ind2"] in "234" else "1")
    _renamed("264", f" {kind}", {"a": "a", "c": "b", "d": "c"})(work, tag, given)


_UNIFORM = {"a": "a", "b": "h", "h": "n", "i": "p", "k": "f", "l": "k", "m": "l", "n": "g", "q": "s", "r": "m",
            "s": "n", "u": "r", "w": "o"}  # fmt: skip
_SPECIAL: dict[str, Callable[[_Work, str, DataField], None]] = {
    "200": _title,
    "214": _imprint,
    "225": _series,
    "327": _contents,
    "328": _renamed("502", "  ", {"a": "a", "b": "b", "e": "c", "d": "d", "c": "g", "z": "g"}),
    "500": _renamed("240", "10", _UNIFORM),
    "501": _renamed("240", "10", _UNIFORM),
}
