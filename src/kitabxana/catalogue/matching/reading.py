"""From MARC to traits: one pass over the fields. Tags and positions: MARC 21 Format for Bibliographic Data."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from kitabxana.catalogue.matching.facts import MarcJson, Traits
from kitabxana.kernel.identifiers import isbn13, issn8
from kitabxana.language import bridge, words

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 40
"""Words of a title that are compared."""

Field = dict[str, Any]
_YEAR = re.compile(r"(?<!\d)(1[4-9][0-9]{2}|20[0-9]{2})(?!\d)")
_NUMBER = re.compile(r"\d+")
_SYSTEM_NUMBER = re.compile(r"\(([^)]+)\)\s*(\S+)")
_OCLC_PREFIX = re.compile(r"^(?:oc[mn]|on)?0*(?=\d)")
_ROMAN = re.compile(r"^(?=[ivxl]{2})x{0,3}l?x{0,3}(?:ix|iv|v?i{0,3})$")
_ROMAN_SINGLE = {"i": 1, "v": 5, "x": 10, "l": 50}
_VOLUME_WORDS = frozenset(
    {
        "cild", "cildi", "cilt", "cildin", "hisse", "hissesi", "kitabi", "bolum", "sayi", "buraxilis",
        "том", "тома", "т", "часть", "ч", "книга", "кн", "выпуск", "вып",
        "vol", "vols", "volume", "v", "tome", "tom", "t", "tomo", "parte", "band", "bd", "teil", "buch",
        "part", "pt", "book", "bk", "fasc", "issue", "no", "nr",
    }
)  # fmt: skip
_VOLUME_ENDS = frozenset({"ci", "cu", "inci", "uncu", "nci", "ncu", "я", "й", "ая", "ой", "th", "st", "nd", "rd"})
_ORDINALS = {
    number: value
    for value, names in enumerate(
        (
            "birinci first первое 1-е erste premiere prima primera",
            "ikinci second второе zweite deuxieme seconda segunda",
            "ucuncu third третье dritte troisieme terza tercera",
            "dorduncu fourth четвертое vierte quatrieme quarta cuarta",
            "besinci fifth пятое funfte cinquieme quinta",
            "altinci sixth шестое sechste sixieme sesta sexta",
            "yeddinci yedinci seventh седьмое siebte septieme",
            "sekkizinci sekizinci eighth восьмое achte huitieme",
            "doqquzuncu dokuzuncu ninth девятое neunte neuvieme",
            "onuncu tenth десятое zehnte dixieme",
        ),
        1,
    )
    for number in names.split()
}
_PUBLISHER_NOISE = frozenset(
    bridge(word)
    for word in (
        "nəşriyyat", "nəşriyyatı", "nəşr", "neşriyat", "yayın", "yayınları", "yayınevi", "yayıncılık", "basımevi",
        "matbaası", "издательство", "изд", "во", "press", "publishing", "publishers", "publisher", "publications",
        "pub", "pubs", "books", "book", "verlag", "editions", "edition", "editorial", "inc", "co", "company", "ltd",
        "llc", "corp", "gmbh", "and", "the", "of", "et", "und", "və", "ve", "и", "s", "n",
    )
)  # fmt: skip
_FORMS = frozenset("acdefgijkmoprt")
_LEADING = frozenset(
    {
        "the", "a", "an", "le", "la", "les", "l", "der", "die", "das", "ein", "eine", "el", "los", "las", "il", "lo",
        "i", "gli", "un", "une",
    }
)  # fmt: skip


def traits_of(marc: MarcJson) -> Traits:
    """What matching compares of this record; what can't be read is left out."""
    reader = _Reader(marc)
    for entry in marc["fields"]:
        for tag, content in entry.items():
            if content.__class__ is str:
                if told := _CONTROL_STEPS.get(tag):
                    told(reader, content)
            elif step := _STEPS.get(tag):
                step(reader, content)
    return reader.traits()


class _Reader:
    """What has been read of one record so far."""

    def __init__(self, marc: MarcJson) -> None:
        self.leader: str = marc["leader"]
        self.number = self.agency = self.fixed = self.publisher = self.part = ""
        self.controls: set[str] = set()
        self.isbns: set[str] = set()
        self.issns: set[str] = set()
        self.national: set[str] = set()
        self.titles: list[list[str]] = []
        self.heads: list[list[str]] = []
        self.names: list[tuple[bool, tuple[str, ...]]] = []
        self.people: set[str] = set()
        self.years: set[int] = set()
        self.volumes: set[int] = set()
        self.figures: set[str] = set()
        self.pages = self.edition = 0
        self.online = False

    def traits(self) -> Traits:
        if self.number and self.agency:
            self.controls.add(_control(self.agency, self.number))
        year = self.fixed[7:11]
        if year.isascii() and year.isdecimal() and "1400" <= year <= "2099" and self.fixed[6:7] not in ("c", "d", "u"):
            self.years.add(int(year))
        form = self.leader[6:7]
        position = 29 if form in ("e", "f", "g", "k", "o", "r") else 23
        online = self.online or self.fixed[position : position + 1] in ("o", "s")
        language = self.fixed[35:38].lower()
        main = [name for first, name in self.names if first] or [name for _, name in self.names]
        return Traits(
            controls=frozenset(self.controls),
            isbns=frozenset(self.isbns),
            issns=frozenset(self.issns),
            national=frozenset(self.national),
            titles=tuple(dict.fromkeys(" ".join(title) for title in self.titles)),
            heads=tuple(dict.fromkeys(" ".join(head) for head in self.heads)),
            authors=tuple(dict.fromkeys(entry for name in main[:2] for entry in name)),
            people=frozenset(self.people),
            years=frozenset(self.years),
            publisher=self.publisher,
            pages=self.pages,
            edition=self.edition,
            volumes=frozenset(self.volumes),
            figures=frozenset(self.figures),
            part=self.part,
            language=language if language.isalpha() and language not in ("und", "zxx", "mul") else "",
            material=_material(form, self.leader[7:8], online=online),
        )

    def fixed_field(self, text: str) -> None:
        self.fixed = text

    def control_number(self, text: str) -> None:
        self.number = text

    def control_agency(self, text: str) -> None:
        self.agency = text

    def physical(self, text: str) -> None:
        self.online = self.online or text[:2] == "cr"

    def system_number(self, field: Field) -> None:
        for text in _texts(field, "a"):
            if found := _SYSTEM_NUMBER.match(text.strip()):
                self.controls.add(_control(found[1], found[2]))

    def isbn(self, field: Field) -> None:
        self.isbns.update(number for text in _texts(field, "a") if (number := isbn13(text)))

    def issn(self, field: Field) -> None:
        self.issns.update(number for text in _texts(field, "a") if (number := issn8(text)))

    def lccn(self, field: Field) -> None:
        self.national.update(f"lc:{re.sub(r'[^0-9a-z]', '', text.lower())}" for text in _texts(field, "a"))

    def national_number(self, field: Field) -> None:
        agency = next(iter(_texts(field, "2")), "").lower()
        if agency:  # without its source the number is a stranger's
            self.national.update(f"{agency}:{re.sub(r'[^0-9a-z]', '', text.lower())}" for text in _texts(field, "a"))

    def title(self, field: Field) -> None:
        """245, or the 880 that stands for it."""
        told: dict[str, list[str]] = {}
        for pair in field["subfields"]:
            for code, text in pair.items():
                if text:
                    told.setdefault(code, []).append(text)
        in_head, head = _volumes(_without_article(words(" ".join(told.get("a", ())))))
        in_rest, rest = _volumes(words(" ".join(told["b"]))) if "b" in told else (set(), [])
        self.volumes |= in_head | in_rest
        kept = head + rest
        for text in told.get("n", ()):
            found, _ = _volumes(words(text))
            self.volumes |= found or {value for word in words(text) if (value := _value(word))}
        self.figures.update(figure for word in kept if (figure := _figure(word)))
        if "p" in told and not self.part:
            self.part = " ".join(map(bridge, words(" ".join(told["p"]))))
        if kept:
            self.titles.append([bridge(word) for word in kept[:LONGEST]])
            self.heads.append(self.titles[-1][: len(head)] or self.titles[-1])
        for text in told.get("c", ()):
            self.people.update(key for key in map(bridge, words(text)) if len(key) > 2)

    def person(self, field: Field) -> None:
        self._name(field, main=False)

    def main_entry(self, field: Field) -> None:
        self._name(field, main=True)

    def _name(self, field: Field, *, main: bool) -> None:
        """Entered under the surname where there is a comma; else under the first word or the last, who knows."""
        text = " ".join(_texts(field, "a"))
        name = _name(text)
        if name:
            self.names.append((main, name[:1] if "," in text or len(name) == 1 else (name[0], name[-1])))
            self.people.update(name)

    def script(self, field: Field) -> None:
        """880: an original script of a title or a name."""
        link = next(iter(_texts(field, "6")), "")[:3]
        if link == "245":
            self.title(field)
        elif link in ("100", "110", "111"):
            self._name(field, main=True)
        elif link in ("700", "710"):
            self._name(field, main=False)

    def imprint(self, field: Field) -> None:
        if not self.publisher:
            self.publisher = _publisher(" ".join(_texts(field, "b")))
        self.years.update(int(year) for text in _texts(field, "c") for year in _YEAR.findall(text))

    def edition_statement(self, field: Field) -> None:
        found = words(" ".join(_texts(field, "a")))
        self.edition = self.edition or next(
            (value for word in found if (value := _ORDINALS.get(word) or _leading_number(word))), 0
        )

    def extent(self, field: Field) -> None:
        numbers = [int(text) for text in _NUMBER.findall(" ".join(_texts(field, "a"))[:200]) if len(text) < 5]
        self.pages = self.pages or max((number for number in numbers if number >= 16), default=0)


_CONTROL_STEPS: dict[str, Callable[[_Reader, str], None]] = {
    "001": _Reader.control_number,
    "003": _Reader.control_agency,
    "007": _Reader.physical,
    "008": _Reader.fixed_field,
}
_STEPS: dict[str, Callable[[_Reader, Field], None]] = {
    "010": _Reader.lccn,
    "015": _Reader.national_number,
    "016": _Reader.national_number,
    "020": _Reader.isbn,
    "022": _Reader.issn,
    "035": _Reader.system_number,
    "100": _Reader.main_entry,
    "110": _Reader.main_entry,
    "111": _Reader.main_entry,
    "245": _Reader.title,
    "250": _Reader.edition_statement,
    "260": _Reader.imprint,
    "264": _Reader.imprint,
    "300": _Reader.extent,
    "700": _Reader.person,
    "710": _Reader.person,
    "880": _Reader.script,
}


def _texts(field: Field, codes: str) -> list[str]:
    return [text for pair in field["subfields"] for code, text in pair.items() if code in codes and text]


def _material(form: str, level: str, *, online: bool) -> str:
    """ "" where the leader is not to be believed: then it separates nothing."""
    if form not in _FORMS:
        return ""
    return form + (level if level in ("a", "b", "i", "s") else "m") + "o" * online


def _control(agency: str, number: str) -> str:
    agency, number = agency.strip().lower(), re.sub(r"\s+", "", number).lower()
    if agency == "ocolc":
        number = _OCLC_PREFIX.sub("", number)
    return f"{agency}:{number}"


@functools.lru_cache(maxsize=1 << 14)
def _name(text: str) -> tuple[str, ...]:
    """The words of a name. Remembered, as are publishers: a catalogue names the same ones over and over."""
    return tuple(map(bridge, words(text)))


@functools.lru_cache(maxsize=1 << 13)
def _publisher(text: str) -> str:
    return " ".join(word for word in map(bridge, words(text)) if word not in _PUBLISHER_NOISE)[:80]


def _without_article(found: list[str]) -> list[str]:
    return found[1:] if len(found) > 1 and found[0] in _LEADING else found


def _volumes(found: list[str]) -> tuple[set[int], list[str]]:
    """The numbers of volumes in these words ("cild 2", "2-ci cild", "II том"), and the words without them."""
    if _VOLUME_WORDS.isdisjoint(found):
        return set(), found
    volumes: set[int] = set()
    kept: list[str] = []
    skip = -1
    for at, word in enumerate(found):
        if at <= skip:
            continue
        following = found[at + 1] if at + 1 < len(found) else ""
        after = found[at + 2] if at + 2 < len(found) else ""
        if word in _VOLUME_WORDS and (value := _value(following)):
            volumes.add(value)
            skip = at + 1
        elif (value := _value(word)) and (
            following in _VOLUME_WORDS or (following in _VOLUME_ENDS and after in _VOLUME_WORDS)
        ):
            volumes.add(value)
            skip = at + 1 + (following in _VOLUME_ENDS and after in _VOLUME_WORDS)
        else:
            kept.append(word)
    return volumes, kept


@functools.lru_cache(maxsize=1 << 14)
def _value(word: str) -> int:
    """A number in digits, as an ordinal or in Roman numerals; 0 for another word. Years are no volume."""
    if word.isdecimal():
        return int(word) if len(word) < 4 else 0
    if found := _ORDINALS.get(word) or _ROMAN_SINGLE.get(word):
        return found
    if word[:1] not in _ROMAN_SINGLE or not _ROMAN.match(word):
        return 0
    total = 0
    for letter, following in zip(word, [*word[1:], ""], strict=True):
        value = _ROMAN_SINGLE[letter]
        total += -value if following and _ROMAN_SINGLE[following] > value else value
    return total


@functools.lru_cache(maxsize=1 << 14)
def _figure(word: str) -> str:
    """A number in digits without its leading zeros, or a Roman one in digits; "" for another word."""
    if word.isdecimal():
        return word.lstrip("0")
    return str(_value(word)) if word[0] in _ROMAN_SINGLE and _ROMAN.match(word) else ""


def _leading_number(word: str) -> int:
    found = _NUMBER.match(word)
    return int(found[0]) if found and len(found[0]) < 3 else 0
