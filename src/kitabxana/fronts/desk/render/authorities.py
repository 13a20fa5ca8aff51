"""Authority records and the headings of records as the desk's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.messages import HEADING_KINDS
from kitabxana.catalogue.queries import authorities_of, briefs, heading_progress, records_of_authority
from kitabxana.catalogue.queries.authorities import authorities_with, followers_of
from kitabxana.catalogue.rules import clean, data_fields, pick
from kitabxana.catalogue.rules.authorities import (
    absorbed,
    field_at,
    forms_of,
    key_of,
    kind_of_heading,
    places_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.catalogue.facts import MarcJson, RecordFacts

RECORDS_SHOWN = 25
_NOTES = {"670": "a", "678": "ab", "680": "ia", "667": "a"}


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """An authority in a list; `others` are its further headings and what refers to it."""

    id: int
    text: str
    kind: str
    others: tuple[str, ...]
    records: int


@dataclass(frozen=True, slots=True)
class HeadingRow:
    """A heading of an authority: `authority` is the one it leads to, where it does; `source` its list or language."""

    tag: str
    text: str
    source: str = ""
    authority: int | None = None


@dataclass(frozen=True, slots=True)
class AuthorityPage:
    """One authority: its headings, what leads to it, what it leads to, and what follows it."""

    facts: RecordFacts
    kind: str
    headings: tuple[HeadingRow, ...]
    see: tuple[HeadingRow, ...]
    see_also: tuple[HeadingRow, ...]
    notes: tuple[str, ...]
    records: int
    fields: int
    done: int
    shown: tuple[tuple[int, dict[str, Any]], ...]

    @property
    def percent(self) -> int:
        return self.done * 100 // self.fields if self.fields else 100


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A heading of a bibliographic record, and the authority it follows."""

    tag: str
    ordinal: int
    text: str
    kind: str
    authority: int | None


def authority_rows(some: Sequence[RecordFacts]) -> list[AuthorityRow]:
    """One statement however many."""
    counts = followers_of(one.id for one in some)
    return [
        AuthorityRow(
            id=one.id,
            text=one.brief.get("title", ""),
            kind=kind_name(one.marc),
            others=tuple(row.text for row in (*_headings(one.marc)[1:], *_references(one.marc, "4", {})))[:4],
            records=counts.get(one.id, 0),
        )
        for one in some
    ]


def kind_name(marc: MarcJson) -> str:
    kind = kind_of_heading(marc)
    return str(HEADING_KINDS[kind]) if kind else ""


def authority_page(facts: RecordFacts) -> AuthorityPage:
    """Six statements."""
    done, fields = heading_progress(facts.id)
    ids = records_of_authority(facts.id, limit=RECORDS_SHOWN)
    told = briefs(ids)
    related = authorities_with(
        key_of("1" + tag[1:], field, subdivided=True) for tag, field in data_fields(facts.marc) if tag[0] == "5"
    )
    notes = [
        text for tag, field in data_fields(facts.marc) if tag in _NOTES and (text := clean(pick(field, _NOTES[tag])))
    ]
    return AuthorityPage(
        facts=facts,
        kind=kind_name(facts.marc),
        headings=tuple(_headings(facts.marc)),
        see=tuple(_references(facts.marc, "4", {})),
        see_also=tuple(_references(facts.marc, "5", related)),
        notes=tuple(notes),
        records=followers_of([facts.id]).get(facts.id, 0),
        fields=fields,
        done=done,
        shown=tuple((pk, told[pk]) for pk in ids if pk in told),
    )


def merged_headings(keep: MarcJson, gone: MarcJson) -> tuple[list[HeadingRow], list[HeadingRow]]:
    """What `keep` will be called, and what will lead to it, once `gone` has gone into it."""
    whole = absorbed(keep, gone)
    return _headings(whole), _references(whole, "4", {})


def place_rows(record: RecordFacts) -> list[PlaceRow]:
    """The headings of a record; one statement."""
    follows = authorities_of(record.id)
    rows = []
    for place in places_of(record.marc):
        field = field_at(record.marc, place.tag, place.ordinal)
        kind = kind_name({"leader": "", "fields": [{f"1{place.tag[1:]}": field}]}) if field else ""
        text = text_of(place.tag, field) if field else ""
        rows.append(PlaceRow(place.tag, place.ordinal, text, kind, follows.get((place.tag, place.ordinal))))
    return rows


def _headings(marc: MarcJson) -> list[HeadingRow]:
    """Its own heading, those of other languages and systems (7XX), and what an 880 writes in another script."""
    rows = [
        HeadingRow(form.name[:3], text_of(form.name[:3], form.field), pick(form.field, "2")) for form in forms_of(marc)
    ]
    scripts = [
        HeadingRow("880", text)
        for tag, field in data_fields(marc)
        if tag == "880" and pick(field, "6")[:1] == "1" and (text := clean(pick(field, "abcdq")))
    ]
    return rows[:1] + scripts + rows[1:]


def _references(marc: MarcJson, first: str, related: dict[str, int]) -> list[HeadingRow]:
    return [
        HeadingRow(tag, text, authority=related.get(key_of("1" + tag[1:], field, subdivided=True)))
        for tag, field in data_fields(marc)
        if tag[0] == first and (text := text_of(tag, field)) and key_of(tag, field, subdivided=True)
    ]
