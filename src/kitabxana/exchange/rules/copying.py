"""Copying from other catalogues: what is asked, what of a record is the other house's own, which rules hold."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

from kitabxana.catalogue.facts import OverlayRule
from kitabxana.catalogue.rules import control_field
from kitabxana.catalogue.rules.fields import data_fields
from kitabxana.catalogue.rules.overlay import overlay_problem
from kitabxana.exchange.facts import Question
from kitabxana.exchange.rules.letters import belied, in_wrong_letters
from kitabxana.formats.marc import ENCODINGS, Parsed, RawRecord, iter_marcxml, parse_iso2709
from kitabxana.formats.sru import INDEXES, VERSIONS
from kitabxana.formats.unimarc import FLAVOURS
from kitabxana.formats.z3950 import attributes_of
from kitabxana.kernel.identifiers import isbn13, issn8

if TYPE_CHECKING:
    from kitabxana.catalogue.facts import MarcJson
    from kitabxana.exchange.facts import Profile, SearchTarget
    from kitabxana.formats.z3950 import SentRecord

LONGEST_WAIT: Final = 15
"""Seconds: a cataloguer waits for the slowest target."""

PROTOCOLS: Final = ("sru", "z3950")
Z3950_PORT: Final = 210
"""The port that the Internet's register of ports keeps for Z39.50."""

_THEIRS: Final = frozenset({"001", "003", "005", "852", "876", "877", "878", "952", "999"})
"""Numbers and copies of the house a record comes from."""


def question_of(text: str, kind: str = "") -> Question | None:
    """What was typed or scanned, as a question; None for nothing. An ISBN is asked for in 13 digits and in 10."""
    text = " ".join(text.split())[:200]
    if not text:
        return None
    if kind in ("title", "author"):
        return Question(kind, (text,))
    isbn = isbn13(text)
    if isbn:
        return Question("isbn", tuple(dict.fromkeys([isbn, *([_isbn10(isbn)] if isbn.startswith("978") else [])])))
    issn = issn8(text)
    return Question("issn", (f"{issn[:4]}-{issn[4:]}",)) if issn else Question("any", (text,))


def _isbn10(isbn: str) -> str:
    """The ten-digit form of an ISBN of 978 (ISO 2108, annex A): older records have no other."""
    digits = isbn[3:12]
    weighted = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=True))
    return digits + "0123456789X"[-weighted % 11]


def adopted(marc: MarcJson) -> MarcJson:
    """Another house's record as one of ours: its number goes to 035, its copies and 005 stay behind."""
    number, agency = control_field(marc, "001").strip(), control_field(marc, "003").strip()
    fields = [{tag: content} for entry in marc["fields"] for tag, content in entry.items() if tag not in _THEIRS]
    known = f"({agency}){number}"
    if number and agency and not any(_says(entry.get("035"), known) for entry in fields):
        at = next((place for place, entry in enumerate(fields) if next(iter(entry)) > "035"), len(fields))
        fields.insert(at, {"035": {"ind1": " ", "ind2": " ", "subfields": [{"a": known}]}})
    return {"leader": marc["leader"], "fields": fields}


def _says(field: object, number: str) -> bool:
    return isinstance(field, dict) and any(pair.get("a", "").strip() == number for pair in field["subfields"])


def overlay_rules(profile: Profile | None) -> tuple[OverlayRule, ...]:
    """The overlay rules of a profile, as the catalogue takes them."""
    return tuple(OverlayRule(*one) for one in profile.fields) if profile else ()


def profile_problem(profile: Profile) -> str | None:
    """Why this can't be kept as a profile (a stable code), None when it can."""
    return next((code for rule in overlay_rules(profile) if (code := overlay_problem(rule))), None)


def parsed_of(sent: SentRecord, *, encoding: str) -> Parsed:
    """A record as a Z39.50 server sent it: ISO 2709, or MARCXML where that was what it had.

    `encoding` is what the target was said to answer in. Where the bytes prove otherwise they are read as what they are,
    and where letters came out that no writing has the record is refused: bad_encoding.
    """
    if sent.syntax == "xml" or sent.data.lstrip()[:1] == b"<":
        return next(iter_marcxml(BytesIO(sent.data)), Parsed(0, sent.data, None, len(sent.data), "empty", "no record"))
    read_as = "" if belied(sent.data, encoding) else encoding
    parsed = parse_iso2709(RawRecord(0, sent.data), encoding=read_as)
    if read_as in ("", "utf-8", "marc-8") or parsed.marc is None or not in_wrong_letters(_text(parsed.marc)):
        return parsed
    return Parsed(0, sent.data, None, len(sent.data), "bad_encoding", f"not in {encoding}")


def _text(marc: MarcJson) -> str:
    return "\n".join(text for _, field in data_fields(marc) for pair in field["subfields"] for text in pair.values())


def sealing_place(unit_id: int | None, name: str) -> str:
    """Whose password it is, for base.sealing: moved to another target it can't be opened."""
    return f"copy-target:{unit_id or '*'}:{name}"


def target_problem(target: SearchTarget) -> str | None:
    """Why this can't be a target (a stable code), None when it can; its address is looked at by who asks it."""
    if not target.name.strip() or len(target.name) > 40 or len(target.address) > 500:
        return "bad_target"
    if (
        target.protocol not in PROTOCOLS
        or target.flavour not in ("", *FLAVOURS)
        or not set(target.indexes) <= set(INDEXES)
    ):
        return "bad_target"
    if target.protocol == "sru" and (
        target.version not in VERSIONS or not target.schema.strip() or len(target.schema) > 80
    ):
        return "bad_target"
    if target.protocol == "z3950" and not _askable(target):
        return "bad_target"
    return None if 1 <= target.seconds <= LONGEST_WAIT else "bad_wait"


def _askable(target: SearchTarget) -> bool:
    """Whether database, encoding, login and attributes of a Z39.50 target are what they must be."""
    try:
        for written in target.indexes.values():
            attributes_of(written)
    except ValueError:
        return False
    short = max(map(len, (target.database, target.login, target.password))) <= 80
    return short and target.encoding in ("", *ENCODINGS) and bool(target.database.strip("+ "))
