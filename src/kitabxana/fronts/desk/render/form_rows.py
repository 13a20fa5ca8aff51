"""A record's form as the page shows it: rows with their names, what may be chosen, what is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.base.code_names import country_name, language_name
from kitabxana.catalogue.messages import RELATORS
from kitabxana.catalogue.queries.editing import values_at
from kitabxana.catalogue.rules.frameworks import AUTHORITY, FIXED, frameworks, names_of
from kitabxana.catalogue.rules.frameworks.indicators import indicators
from kitabxana.catalogue.rules.frameworks.places import choices
from kitabxana.catalogue.rules.marc21 import codes, countries
from kitabxana.catalogue.rules.textmode import fixed_meant
from kitabxana.fronts.desk.render.words import named
from kitabxana.language import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kitabxana.catalogue.rules.forming import Row
    from kitabxana.catalogue.rules.frameworks import FrameField, Framework, Spot
    from kitabxana.organisation.facts import UnitFacts

MOST_OPTIONS = 12


@dataclass(frozen=True, slots=True)
class Box:
    """One subfield: `look` is what its text can be chosen from ("authority", a list of codes), "" nothing."""

    id: str
    code: str
    name: str
    help: str
    text: str
    must: bool
    look: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row. Lines tell their `tags`; a control field is built of places (`fixed`)."""

    number: int
    kind: str
    tag: str
    name: str
    help: str
    indicators: str
    text: str
    must: bool
    once: bool
    boxes: tuple[Box, ...]
    tags: str
    height: int
    build: bool
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class Sign:
    """What an indicator says: its name, and its codes with what each means."""

    place: int
    name: str
    codes: tuple[tuple[str, str], ...]


def form_rows(rows: Iterable[Row], framework: Framework) -> list[FormRow]:
    return [form_row(row, framework) for row in rows]


def form_row(row: Row, framework: Framework) -> FormRow:
    frame = framework.fields.get(row.tag)
    texts = row.text.splitlines()
    return FormRow(
        number=row.number,
        kind=row.kind,
        tag=row.tag,
        name=named(frame.names if frame else names_of(row.tag), ""),
        help=named(frame.help, "") if frame else "",
        indicators=row.indicators,
        text=row.text,
        must=bool(frame and frame.mandatory),
        once=bool(frame and not frame.repeatable),
        boxes=tuple(_box(row, frame, code, text, at) for at, (code, text) in enumerate(row.pairs)),
        tags=", ".join(dict.fromkeys(line.split(" ")[0] for line in texts)),
        height=min(max(len(texts), 1), 12),
        build=row.tag in FIXED and "{" not in row.text,
        signs=_signs(row.tag, "a" if framework.code == AUTHORITY else "b") if row.kind == "field" else (),
    )


def _signs(tag: str, kind: str) -> tuple[Sign, ...]:
    return tuple(
        Sign(one.place, named(one.names, ""), tuple((code, named(names, "")) for code, names in one.codes))
        for one in indicators(tag, kind=kind)
    )


def _box(row: Row, frame: FrameField | None, code: str, text: str, at: int) -> Box:
    spot = frame.spot(code) if frame else None
    return Box(
        id=f"v{row.number}-{at}",
        code=code,
        name=named(spot.names if spot else names_of(row.tag, code), f"${code}"),
        help=named(spot.help, "") if spot else "",
        text=text,
        must=bool(spot and spot.mandatory),
        look=_look(frame, spot, code),
    )


def _look(frame: FrameField | None, spot: Spot | None, code: str) -> str:
    if spot and spot.values:
        return spot.values
    return "authority" if frame and frame.authority and code == "a" else ""


def materials() -> list[tuple[str, str]]:
    """(code, name) of the frameworks."""
    return [(code, named(one.names, code)) for code, one in frameworks().items()]


def offers(framework: Framework) -> list[tuple[str, str]]:
    """(tag, name) of the fields that can be added."""
    fields = (one for one in framework.fields.values() if one.tag != "LDR" and not one.hidden)
    return [(one.tag, named(one.names, "")) for one in fields]


@dataclass(frozen=True, slots=True)
class PlaceBox:
    """One place of a builder; `options` are (code, text, whether it stands there), () where text is typed."""

    start: int
    end: int
    name: str
    value: str
    width: int
    look: str
    options: tuple[tuple[str, str, bool], ...]


def builder(tag: str, text: str, leader: str) -> list[PlaceBox]:
    """The places of a fixed field, in the reader's language; `text` and `leader` with # for a blank."""
    found = []
    seen: dict[str, int] = {}
    for one in choices(tag, fixed_meant(text), fixed_meant(leader)):
        name = named(one.names, "")
        seen[name] = seen.get(name, 0) + 1
        listed = [(code.replace(" ", "#"), named(names, ""), code == one.value) for code, names in one.codes]
        if one.codes and not any(chosen for _, _, chosen in listed):
            listed.insert(0, (one.value.replace(" ", "#"), "", True))
        found.append(
            PlaceBox(
                start=one.start,
                end=one.end,
                name=name if seen[name] == 1 else f"{name} ({seen[name]})",
                value=one.value.replace(" ", "#"),
                width=one.end - one.start,
                look=one.values,
                options=tuple(listed),
            )
        )
    return found


def options(kind: str, typed: str, *, unit: UnitFacts) -> list[tuple[str, str]]:
    """(code, name) of a list's codes that begin as typed or whose name has a word that does, at most twelve."""
    wanted = " ".join(words(typed))
    known = _listed(kind, unit)
    exact = [(code, name) for code, name in known.items() if code.startswith(typed.lower()) and typed]
    named_so = [(code, name) for code, name in known.items() if wanted and f" {wanted}" in " " + " ".join(words(name))]
    found = exact + named_so if typed else list(known.items())
    return list(dict.fromkeys(found))[:MOST_OPTIONS]


def _listed(kind: str, unit: UnitFacts) -> Mapping[str, str]:
    if kind == "language":
        return {code: language_name(code) for code in _first("aze", "tur", "rus", "eng", kind=kind)}
    if kind == "country":
        known = countries()
        return {code: country_name(*known[code]) for code in _first("aj", "tu", "ru", "gs", kind=kind) if code in known}
    if kind == "relator":
        return {code: str(RELATORS.get(code, code)) for code in _first(*RELATORS, kind=kind)}
    return {code: named(one.names, code) for code, one in values_at(kind, unit).items() if not one.hidden}


def _first(*some: str, kind: str) -> list[str]:
    return [*some, *sorted(codes(kind)[0] - set(some))]
