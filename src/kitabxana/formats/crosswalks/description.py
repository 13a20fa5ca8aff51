"""A bibliographic record as every other format sees it: read once from MARC-in-JSON, then written in many ways.

Tags and positions: MARC 21 Format for Bibliographic Data. What can't be read is left empty; no record is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from babel.core import get_global

from kitabxana.formats.crosswalks.names import Name, authors, editors, names_of, translators
from kitabxana.formats.isbd import is_unknown, plain
from kitabxana.formats.marc.shape import control, fields, subfield, subfields
from kitabxana.kernel.identifiers import isbn13, issn8

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.formats.marc.shape import MarcJson

Kind = Literal[
    "book", "part", "article", "serial", "thesis", "map", "score", "music", "spoken", "video", "picture",
    "manuscript", "archive", "software", "object", "collection",
]  # fmt: skip
"""What a record describes; "part" and "article" are a part of a book and of a periodical."""

_KINDS: Final[dict[str, Kind]] = {
    "a": "book", "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "spoken", "j": "music",
    "k": "picture", "m": "software", "o": "collection", "p": "archive", "r": "object", "t": "manuscript",
}  # fmt: skip
_ALIASES: Final = get_global("language_aliases")
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "mul", "mis"})
_YEAR: Final = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_PAGES: Final = re.compile(r"(\d{1,5})(?:,\s*\[\d+\])*\s*(?:p|pp|pages|s|ss|səh|sah|с|стр|seiten)\b", re.IGNORECASE)
_VOLUME: Final = re.compile(r"\b(?:vol|v|cild|c|т|том|bd)\b\.?\s*(\d+)", re.IGNORECASE)
_ISSUE: Final = re.compile(r"(?:№|\b(?:no|nr|n|sayı|вып|heft)\b)\.?\s*(\d+)", re.IGNORECASE)
_FROM_TO: Final = re.compile(r"(\d+\s*[-–]\s*\d+)\W*$")
_SUBJECTS: Final = ("600", "610", "611", "630", "647", "648", "650", "651", "653")
_NOT_SHOWN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Host:
    """What a part or an article stands in (773)."""

    title: str
    related: str
    volume: str
    issue: str
    pages: str
    isbn: str
    issn: str


@dataclass(frozen=True, slots=True)
class Description:
    """A record in plain parts; an empty text, None or () where the record says nothing.

    `languages` are BCP 47 tags; `series` are (title, number); `online` says that the thing itself is read on a screen.
    `year` is when it was published (when it began, for a serial) and `last_year` when a serial ended.
    """

    kind: Kind
    online: bool
    title: str
    subtitle: str
    script_title: str
    statement: str
    names: tuple[Name, ...]
    authors: tuple[Name, ...]
    editors: tuple[Name, ...]
    translators: tuple[Name, ...]
    edition: str
    place: str
    publisher: str
    year: int | None
    last_year: int | None
    extent: str
    pages: int | None
    series: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    subjects: tuple[str, ...]
    genres: tuple[str, ...]
    abstract: str
    notes: tuple[str, ...]
    thesis: str
    isbns: tuple[str, ...]
    issns: tuple[str, ...]
    doi: str
    links: tuple[str, ...]
    rights: tuple[str, ...]
    host: Host | None

    @property
    def full_title(self) -> str:
        """Title and subtitle as they are quoted."""
        return f"{self.title}: {self.subtitle}" if self.title and self.subtitle else self.title or self.subtitle


def describe(marc: MarcJson) -> Description:
    """Read a MARC 21 bibliographic record; any other record gives what it has under the same tags."""
    names, statement = names_of(marc), plain(_text(marc, ("245",), "c"))
    kind, (title, subtitle) = _kind(marc), _titles(marc)
    place, publisher = _imprint(marc)
    year, last_year = _years(marc, kind)
    extent = plain(_text(marc, ("300",), "a"))
    counted = _PAGES.search(extent)
    return Description(
        kind=kind,
        online=_is_online(marc),
        title=title,
        subtitle=subtitle,
        script_title=_script_title(marc),
        statement=statement,
        names=names,
        authors=tuple(authors(names, statement)),
        editors=tuple(editors(names)),
        translators=tuple(translators(names)),
        edition=plain(_text(marc, ("250",), "a")),
        place=place,
        publisher=publisher,
        year=year,
        last_year=last_year,
        extent=extent,
        pages=int(counted[1]) if counted else None,
        series=_series(marc),
        languages=_languages(marc),
        subjects=_headings(marc, _SUBJECTS),
        genres=_headings(marc, ("655",)),
        abstract=" ".join(_sentences(marc, ("520",), "ab")),
        notes=_sentences(marc, ("500", "504", "505"), "art"),
        thesis=plain(_text(marc, ("502",), "abcd")),
        isbns=_numbers(marc, "020", isbn13),
        issns=_numbers(marc, "022", issn8),
        doi=_doi(marc),
        links=_links(marc),
        rights=_sentences(marc, ("540", "506"), "a"),
        host=_host(marc),
    )


def language_tag(code: str) -> str:
    """The BCP 47 tag of a MARC language code (ISO 639-2/B): the shorter one where there is one."""
    code = code.lower()
    alias = str(_ALIASES.get(code, code))
    return alias if alias.isascii() and " " not in alias else code


def visible(text: str) -> str:
    """`text` on one line, without characters that no reader sees and XML can't carry."""
    return " ".join(_NOT_SHOWN.sub(" ", text).split())


def _text(marc: MarcJson, tags: tuple[str, ...], codes: str) -> str:
    """The first field under these tags that has anything, its subfields joined."""
    found = (" ".join(subfields(field, codes)) for tag in tags for field in fields(marc, tag))
    return next((shown for text in found if (shown := visible(text))), "")


def _headings(marc: MarcJson, tags: tuple[str, ...]) -> tuple[str, ...]:
    """Headings as "main -- subdivision -- subdivision"."""
    found: dict[str, None] = {}
    for tag in tags:
        for field in fields(marc, tag):
            parts = [" ".join(subfields(field, "abcdqtnp")), *subfields(field, "vxyz")]
            if text := " -- ".join(shown for part in parts if (shown := plain(visible(part)))):
                found[text] = None
    return tuple(found)


def _sentences(marc: MarcJson, tags: tuple[str, ...], codes: str) -> tuple[str, ...]:
    """Notes, with the full stop they end in."""
    found = (visible(" ".join(subfields(field, codes))) for tag in tags for field in fields(marc, tag))
    return tuple(dict.fromkeys(text for text in found if text))


def _kind(marc: MarcJson) -> Kind:
    leader = marc["leader"]
    form, level = leader[6:7], leader[7:8]
    if form == "a" and level in ("b", "i", "s"):
        return "article" if level == "b" else "serial"
    if form == "a" and level == "a":
        host = _host(marc)
        return "article" if host and host.issn else "part"
    if form in ("a", "t") and fields(marc, "502"):
        return "thesis"
    return _KINDS.get(form, "book")


def _is_online(marc: MarcJson) -> bool:
    at = 29 if marc["leader"][6:7] in ("e", "f", "g", "k", "o", "r") else 23
    return control(marc, "008")[at : at + 1] in ("o", "q", "s") or control(marc, "007")[:2] == "cr"


def _titles(marc: MarcJson) -> tuple[str, str]:
    """(title with its part, subtitle)."""
    for field in fields(marc, "245"):
        parts = [shown for part in subfields(field, "anpks") if (shown := plain(visible(part)))]
        return ". ".join(parts), plain(visible(" ".join(subfields(field, "b"))))
    return "", ""


def _script_title(marc: MarcJson) -> str:
    linked = (field for field in fields(marc, "880") if subfield(field, "6").startswith("245-"))
    return next((plain(visible(" ".join(subfields(field, "anp")))) for field in linked), "")


def _imprint(marc: MarcJson) -> tuple[str, str]:
    """(place, publisher), each the first that is known; of 264 those of publication (second indicator 1) first."""
    published = sorted(fields(marc, "264"), key=lambda field: field["ind2"] != "1")
    place = publisher = ""
    for field in (*published, *fields(marc, "260")):
        if field["ind2"] == "4":
            continue
        places, publishers = ([plain(visible(one)) for one in subfields(field, code)] for code in "ab")
        place = place or next((one for one in places if one and not is_unknown(one)), "")
        publisher = publisher or next((one for one in publishers if one and not is_unknown(one)), "")
    return place, publisher


def _years(marc: MarcJson, kind: Kind) -> tuple[int | None, int | None]:
    fixed = control(marc, "008")
    first, last = _year(fixed[7:11]), _year(fixed[11:15]) if kind == "serial" else None
    written = _YEAR.search(_text(marc, ("264", "260"), "c"))
    return first or (int(written[1]) if written else None), last


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and "1000" <= text <= "2099" else None


def _languages(marc: MarcJson) -> tuple[str, ...]:
    codes = [control(marc, "008")[35:38]]
    for field in fields(marc, "041"):
        for text in subfields(field, "ad"):
            squeezed = text.replace(" ", "")
            codes += [squeezed[at : at + 3] for at in range(0, len(squeezed), 3)]
    proper = (code.lower() for code in codes if len(code) == 3 and code.isascii() and code.isalpha())
    return tuple(dict.fromkeys(language_tag(code) for code in proper if code not in _NO_LANGUAGE))


def _series(marc: MarcJson) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for tag in ("490", "440", "830"):
        for field in fields(marc, tag):
            title = ". ".join(plain(visible(part)) for part in subfields(field, "anp"))
            if title and not (tag == "830" and found):
                found[title] = plain(visible(subfield(field, "v")))
    return tuple(found.items())


def _numbers(marc: MarcJson, tag: str, valid: Callable[[str], str | None]) -> tuple[str, ...]:
    found = (valid(text) for field in fields(marc, tag) for text in subfields(field, "a"))
    return tuple(dict.fromkeys(number for number in found if number))


def _doi(marc: MarcJson) -> str:
    for field in fields(marc, "024"):
        text = visible(subfield(field, "a"))
        if subfield(field, "2").lower() == "doi" or text.startswith("10."):
            return text.removeprefix("https://doi.org/").removeprefix("doi:")
    return ""


def _links(marc: MarcJson) -> tuple[str, ...]:
    """Addresses of the thing itself or a version of it (856 second indicator 0, 1 or none), http and https only."""
    found = (
        "".join(address.split())
        for field in fields(marc, "856")
        if field["ind2"] != "2"
        for address in subfields(field, "u")
    )
    return tuple(dict.fromkeys(one for one in found if one.lower().startswith(("http://", "https://"))))


def _host(marc: MarcJson) -> Host | None:
    for field in fields(marc, "773"):
        related = visible(" ".join(subfields(field, "g")))
        if title := plain(visible(subfield(field, "t"))):
            volume, issue, pages = (pattern.search(related) for pattern in (_VOLUME, _ISSUE, _FROM_TO))
            return Host(
                title=title,
                related=related,
                volume=volume[1] if volume else "",
                issue=issue[1] if issue else "",
                pages=re.sub(r"\s", "", pages[1]).replace("–", "-") if pages else "",
                isbn=isbn13(subfield(field, "z")) or "",
                issn=issn8(subfield(field, "x")) or "",
            )
    return None
