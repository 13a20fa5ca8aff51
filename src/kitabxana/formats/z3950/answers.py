"""Answers from bytes: what a server says of itself, how much it found, the records. Nothing is believed unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitabxana.formats.ber import BadBer, Element, read
from kitabxana.formats.z3950.requests import SYNTAXES

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_REMARK = 300
_BY_OID = {dotted: name for name, dotted in SYNTAXES.items()}
_INTEGER, _OID, _EXTERNAL = 2, 6, 8
_RECORDS, _ONE_DIAGNOSTIC, _DIAGNOSTICS = 28, 130, 205


class BadApdu(Exception):
    """No answer of Z39.50, or none that can be understood."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Why a server did not do what it was asked: its number in Bib-1, and its own words."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record's bytes, and what they are in (a key of SYNTAXES, "" for another)."""

    syntax: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Welcome:
    """InitializeResponse. `accepted` is False for who may not come in; `remark` is what the server calls itself."""

    accepted: bool
    remark: str


@dataclass(frozen=True, slots=True)
class Found:
    """SearchResponse: `total` records; `done` is False where the search failed."""

    total: int
    done: bool
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Presented:
    """PresentResponse: the records sent, which may be fewer than asked; diagnostics also those in a record's place."""

    records: tuple[SentRecord, ...]
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """The server ends the conversation."""

    reason: int
    remark: str


Answer = Welcome | Found | Presented | Closed


def read_answer(data: bytes) -> Answer:
    """One whole APDU of a server. Raises BadApdu."""
    try:
        apdu = read(data)
        kind = _KINDS.get(apdu.number) if apdu.of == 2 else None
        if kind is None:
            raise BadApdu(f"[{apdu.number}]")
        return kind(apdu)
    except BadBer as error:
        raise BadApdu(str(error)) from error


def _welcome(apdu: Element) -> Welcome:
    name = " ".join(part.text for number in (111, 112) for part in apdu.each(number))
    return Welcome(_needed(apdu, 12).yes, name[:_LONGEST_REMARK])


def _found(apdu: Element) -> Found:
    diagnostics = _diagnostics(apdu)
    return Found(max(0, _needed(apdu, 23).whole_number), _needed(apdu, 22).yes, tuple(diagnostics))


def _presented(apdu: Element) -> Presented:
    records, diagnostics = [], _diagnostics(apdu)
    for place in apdu.each(_RECORDS):
        for one in place.parts:
            content = next((inner for part in one.each(1) for inner in part.parts), None)
            if content is None:
                raise BadApdu("a record that is none")
            if content.number == 1:
                records += [_record(external) for external in content.parts]
            else:
                diagnostics += [_diagnostic(part) for part in content.parts if content.number == 2]
    return Presented(tuple(records), tuple(diagnostics))


def _closed(apdu: Element) -> Closed:
    return Closed(_needed(apdu, 211).whole_number, next((one.text for one in apdu.each(3)), "")[:_LONGEST_REMARK])


def _record(external: Element) -> SentRecord:
    """The bytes of an EXTERNAL; of a record with its copies (OPAC) those of the record."""
    name = next((part.dotted for part in external.parts if (part.of, part.number) == (0, _OID)), "")
    syntax = _BY_OID.get(name, "")
    octets, typed = external.part(1), external.part(0)
    if syntax == "opac" and typed:
        inner = next((part for whole in typed.parts for part in whole.each(1)), None)
        externals = [part for part in inner.parts if (part.of, part.number) == (0, _EXTERNAL)] if inner else []
        held = externals[0] if externals else inner
        return _record(held) if held and held.parts else SentRecord("", b"")
    if octets:
        return SentRecord(syntax, octets.octets)
    return SentRecord(syntax, typed.parts[0].octets if typed and typed.parts else b"")


def _diagnostics(apdu: Element) -> list[Diagnostic]:
    several = [part for whole in apdu.each(_DIAGNOSTICS) for part in whole.parts]
    return [_diagnostic(part) for part in [*apdu.each(_ONE_DIAGNOSTIC), *several]]


def _diagnostic(one: Element) -> Diagnostic:
    """DefaultDiagFormat; one of another form (an EXTERNAL) keeps its silence."""
    number = next((part.whole_number for part in one.parts if (part.of, part.number) == (0, _INTEGER)), 0)
    words = (part.text for part in one.parts if part.of == 0 and part.number not in (_INTEGER, _OID) and not part.parts)
    return Diagnostic(number, next(words, "")[:_LONGEST_REMARK])


def _needed(apdu: Element, number: int) -> Element:
    found = apdu.part(number)
    if found is None:
        raise BadApdu(f"[{apdu.number}] without [{number}]")
    return found


_KINDS: dict[int, Callable[[Element], Answer]] = {21: _welcome, 23: _found, 25: _presented, 48: _closed}
