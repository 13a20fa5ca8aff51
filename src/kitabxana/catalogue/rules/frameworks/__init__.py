"""Frameworks: what a form shows for each kind of material, and what libraries have changed of it.

What comes with the house is read once from the files beside this one (they say how they are written).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.rules.authorities import LINKED
from kitabxana.catalogue.rules.marc21 import ONCE, field_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kitabxana.catalogue.facts import MarcJson

LANGUAGES = ("az", "tr", "en", "ru")
AUTHORITY = "authority"
FIXED = ("LDR", "006", "007", "008")
_TAG = re.compile("[0-9A-Za-z]{3}")
_CODE = re.compile("[!-~]")
_LIST = re.compile("[a-z0-9_]{1,20}")
_CODED = {
    **{(tag, code): "language" for tag, codes in (("041", "abdefghijkmnpqrt"), ("040", "b"), ("377", "a"))
       for code in codes},
    ("044", "a"): "country",
    **{(tag, "4"): "relator" for tag in ("100", "110", "111", "700", "710", "711", "720")},
}  # fmt: skip
"""(tag, subfield) → the list of MARC codes it takes."""

_BY_TYPE = {
    "c": "music", "d": "music", "i": "music", "j": "music", "e": "map", "f": "map", "g": "picture", "k": "picture",
    "o": "picture", "r": "picture", "m": "eresource", "p": "manuscript", "t": "manuscript", "z": AUTHORITY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What one level of the tree says of a framework's field, or with `code` of its subfield; None says nothing.

    `origin` is the unit that says so, None the whole installation. `names` and `help` are by language. `values` is the
    name of the list of authorised values that the subfield takes, "" none.
    """

    tag: str
    code: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    mandatory: bool | None = None
    hidden: bool | None = None
    default: str | None = None
    values: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A subfield in a framework. `values` is a list of codes: "language", "country", "relator" or the house's own."""

    code: str
    names: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    mandatory: bool = False
    hidden: bool = False
    default: str = ""
    values: str = ""


@dataclass(frozen=True, slots=True)
class FrameField:
    """A field in a framework: `shown` from the start, or only offered; `hidden` neither.

    `indicators` are those of a new field; `default` is the text of a new control field. `authority` tells that its
    heading may follow an authority record. `kind` is that of the records it is in, "b" or "a".
    """

    tag: str
    names: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    indicators: str = "  "
    shown: bool = True
    mandatory: bool = False
    hidden: bool = False
    repeatable: bool = True
    authority: bool = False
    default: str = ""
    spots: tuple[Spot, ...] = ()
    kind: str = "b"

    def spot(self, code: str) -> Spot | None:
        return next((spot for spot in self.spots if spot.code == code), None)


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework: its fields by tag, in the order of the form."""

    code: str
    names: Mapping[str, str]
    fields: Mapping[str, FrameField]


@cache
def frameworks() -> Mapping[str, Framework]:
    """Those that come with the house, by code."""
    return {code: _framework(code, lines) for code, lines in _blocks().items()}


def framework_for(marc: MarcJson) -> str:
    """The framework that suits a record, by its leader and, for what is read online, 008/23."""
    leader = marc["leader"]
    if leader[6:7] == "a" or leader[6:7] not in _BY_TYPE:
        fixed = next((text for entry in marc["fields"] for tag, text in entry.items() if tag == "008"), "")
        if leader[7:8] in ("b", "i", "s"):
            return "serial"
        return "eresource" if isinstance(fixed, str) and fixed[23:24] in ("o", "q", "s") else "book"
    return _BY_TYPE[leader[6:7]]


def as_said(framework: Framework, said: Iterable[Said]) -> Framework:
    """The framework with what the levels of the tree say of it, from the root down: what is said later wins."""
    fields = dict(framework.fields)
    for one in said:
        known = fields.get(one.tag) or _field(one.tag, "", kind="a" if framework.code == AUTHORITY else "b")
        fields[one.tag] = _of_spot(known, one) if one.code else _of_field(known, one)
    places = {tag: at for at, tag in enumerate(framework.fields)}
    added = [tag for tag in fields if tag not in places]
    ordered = list(framework.fields)
    for tag in sorted(added):
        at = next((place for place, other in enumerate(ordered) if other > tag and other != "LDR"), len(ordered))
        ordered.insert(at, tag)
    return replace(framework, fields={tag: fields[tag] for tag in ordered})


def blank(framework: Framework, *, day: str, year: str) -> MarcJson:
    """A new record with what the framework puts into it; `day` is today (yymmdd). Empty places wait to be filled."""
    leader = ""
    fields: list[dict[str, Any]] = []
    for tag, one in framework.fields.items():
        text = one.default.replace("{day}", day).replace("{year}", year)
        if tag == "LDR":
            leader = text
        elif one.hidden or not one.shown:
            continue
        elif tag < "010":
            fields.append({tag: text})
        else:
            fields.append({tag: empty(one)})
    return {"leader": leader, "fields": fields}


def empty(one: FrameField) -> dict[str, object]:
    """The content of a new field: its defaults, and "" where something may be typed."""
    pairs = [{spot.code: spot.default} for spot in one.spots if not spot.hidden and (spot.code != "0" or spot.default)]
    return {"ind1": one.indicators[0], "ind2": one.indicators[1], "subfields": pairs or [{"a": ""}]}


def names_of(tag: str, code: str = "", *, kind: str = "b", help: bool = False) -> Mapping[str, str]:  # noqa: A002 - what it is
    """The names (or help) of a field or, with `code`, of a subfield in the four languages; {} for none.

    `kind` is the record's, "b" or "a": a 500 is a note in the one and a heading in the other.
    """
    labels = _labels()
    end = (f"${code}" if code else "") + ("?" if help else "")
    keys = [f"a{tag}{end}"] if kind == "a" else []
    keys.append(f"{tag}{end}")
    if code and not help:
        headings = "1457" if kind == "a" else "1678"
        keys += [f"X{tag[1:]}{end}"] if tag[:1] in headings else []
        keys += [f"{tag[:1]}XX{end}", end]
    return next((labels[key] for key in keys if key in labels), {})


def said_problem(said: Said) -> str | None:
    """Why a level can't say this (a stable code), None when it can."""
    tags = said.tag in FIXED or (_TAG.fullmatch(said.tag) and said.tag not in ("001", "003", "005"))
    if not tags or (said.code and not _CODE.fullmatch(said.code)):
        return "bad_place"
    if any(len(text) > 120 or not text.isprintable() for text in said.names.values()):
        return "bad_name"
    if any(len(text) > 400 or not text.isprintable() for text in said.help.values()):
        return "bad_name"
    if said.default and (len(said.default) > 200 or not said.default.isprintable()):
        return "bad_default"
    if said.values and not _LIST.fullmatch(said.values):
        return "bad_list_name"
    return None


def _of_field(known: FrameField, said: Said) -> FrameField:
    return replace(
        known,
        names={**known.names, **said.names},
        help={**known.help, **said.help},
        mandatory=known.mandatory if said.mandatory is None else said.mandatory,
        hidden=known.hidden if said.hidden is None else said.hidden,
        default=known.default if said.default is None else said.default,
        shown=known.shown or bool(said.mandatory) or said.hidden is False,
    )


def _of_spot(known: FrameField, said: Said) -> FrameField:
    spot = known.spot(said.code)
    if spot is None:
        spot = Spot(
            said.code, names_of(known.tag, said.code, kind=known.kind), values=_CODED.get((known.tag, said.code), "")
        )
        known = replace(known, spots=(*known.spots, spot))
    changed = replace(
        spot,
        names={**spot.names, **said.names},
        help={**spot.help, **said.help},
        mandatory=spot.mandatory if said.mandatory is None else said.mandatory,
        hidden=spot.hidden if said.hidden is None else said.hidden,
        default=spot.default if said.default is None else said.default,
        values=spot.values if said.values is None else said.values,
    )
    return replace(known, spots=tuple(changed if one.code == said.code else one for one in known.spots))


def _framework(code: str, lines: Iterable[str]) -> Framework:
    kind = "a" if code == AUTHORITY else "b"
    fields = {}
    for line in lines:
        head, _, rest = line.partition(" ")
        tag = head.strip("-!")
        fields[tag] = replace(_field(tag, rest, kind=kind), shown=line[0] != "-", mandatory=head.endswith("!"))
    return Framework(code, _labels()[f"={code}"], fields)


def _field(tag: str, rest: str, *, kind: str) -> FrameField:
    rule = field_rules(kind).get(tag)
    once = tag == "LDR" or tag in ("001", "003", "005", "008") or bool(rule and rule.repeat == ONCE)
    names = names_of(tag, kind=kind)
    whole = FrameField(tag, names, names_of(tag, kind=kind, help=True), repeatable=not once, kind=kind)
    if tag == "LDR" or tag < "010":
        return replace(whole, default=rest.replace("#", " "))
    words = rest.split() or ["##"]
    return replace(
        whole,
        indicators=words[0].replace("#", " "),
        authority=kind == "b" and tag in LINKED,
        spots=tuple(_spot(tag, word, kind=kind) for word in words[1:]),
    )


def _spot(tag: str, word: str, *, kind: str) -> Spot:
    code, _, default = word.partition("=")
    return Spot(
        code[0],
        names_of(tag, code[0], kind=kind),
        names_of(tag, code[0], kind=kind, help=True),
        mandatory=code.endswith("!"),
        default=default,
        values=_CODED.get((tag, code[0]), ""),
    )


def _blocks() -> dict[str, list[str]]:
    """The lines of each framework, shared blocks written out."""
    shared: dict[str, list[str]] = {}
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in rows("frames.txt"):
        mark, _, name = line.partition(" ")
        if mark == "=":
            here = found[name] = []
        elif mark == "+" and found:
            here += shared[name]
        elif mark == "+":
            here = shared[name] = []
        else:
            here.append(line)
    return found


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    found = {}
    for line in rows("labels.tsv"):
        key, *texts = line.split("\t")
        found[key] = dict(zip(LANGUAGES, texts, strict=True))
    return found


def rows(name: str) -> Iterator[str]:
    """The lines of a file beside this one, without its remarks."""
    for line in files(__name__).joinpath(name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            yield line
