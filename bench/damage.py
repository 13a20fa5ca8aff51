"""What life does to a record: copies spoilt for the bench of matching (bench/dedupe.py)."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from kitabxana.language import transliterate

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable

    Marc = dict[str, Any]


OCR = {"l": "1", "o": "0", "i": "l", "e": "c", "m": "rn", "h": "b", "a": "o", "s": "5", "n": "u", "g": "q"}
NUMBERS = {"001", "003", "010", "015", "016", "020", "022", "024", "028", "035"}


def fields_of(marc: Marc, *tags: str) -> list[dict[str, Any]]:
    return [entry[tag] for entry in marc["fields"] for tag in entry if tag in tags and isinstance(entry[tag], dict)]


def texts_changed(marc: Marc, tags: Iterable[str], codes: str, change: Callable[[str], str]) -> None:
    for field in fields_of(marc, *tags):
        for pair in field["subfields"]:
            for code in pair:
                if code in codes:
                    pair[code] = change(pair[code])


def typing_error(marc: Marc, chance: random.Random) -> None:
    """Two letters of the title change places, and one goes."""

    def spoil(text: str) -> str:
        if len(text) < 6:
            return text
        at = chance.randrange(1, len(text) - 3)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    texts_changed(marc, ["245"], "a", spoil)
    if chance.random() < 0.5:
        texts_changed(marc, ["100"], "a", spoil)


def ocr(marc: Marc, chance: random.Random) -> None:
    """Letters read wrongly, one in twenty-five."""

    def spoil(text: str) -> str:
        return "".join(OCR.get(letter, letter) if chance.random() < 0.04 else letter for letter in text)

    texts_changed(marc, ["245", "100", "260", "264"], "ab", spoil)


def romanised(marc: Marc, chance: random.Random) -> None:
    """Cyrillic in Latin letters, as other agencies have it; Latin with its marks taken off."""
    scheme = chance.choice(("ru-Latn", "ru-Latn-alalc97"))
    plain = str.maketrans("əğıöüşçâéèêáíóñäß", "egiouscaeeeaionas")

    def other(text: str) -> str:
        cyrillic = any("а" <= letter.lower() <= "я" for letter in text)
        return transliterate(text, "ru-Cyrl", scheme) if cyrillic else text.translate(plain)

    texts_changed(marc, ["245", "100", "700", "260", "264"], "abc", other)


def isbn_lost(marc: Marc, chance: random.Random) -> None:
    del chance
    marc["fields"] = [entry for entry in marc["fields"] if not entry.keys() & NUMBERS]


def field_lost(marc: Marc, chance: random.Random) -> None:
    """A field that a short record does without."""
    lost = {chance.choice(("100", "300", "260", "264", "250")) for _ in range(2)}
    marc["fields"] = [entry for entry in marc["fields"] if not entry.keys() & lost]


def year_off(marc: Marc, chance: random.Random) -> None:
    step = chance.choice((-1, 1))

    def other(text: str) -> str:
        return re.sub(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)", lambda found: str(int(found[0]) + step), text)

    texts_changed(marc, ["260", "264"], "c", other)
    for entry in marc["fields"]:
        if isinstance(entry.get("008"), str):
            entry["008"] = entry["008"][:7] + other(entry["008"][7:11]) + entry["008"][11:]


def another_agency(marc: Marc, chance: random.Random) -> None:
    """No remainder of the title, initials, the publisher in short, other punctuation and control number."""
    for field in fields_of(marc, "245"):
        field["subfields"] = [pair for pair in field["subfields"] if not pair.keys() & {"b", "c"}] or field["subfields"]
    texts_changed(marc, ["245", "260", "264"], "ab", lambda text: text.rstrip(" /:;,.") + ".")
    texts_changed(marc, ["100"], "a", lambda text: re.sub(r", (\w)\w+", r", \1.", text))
    texts_changed(marc, ["260", "264"], "b", lambda text: " ".join(text.split()[:2]))
    if chance.random() < 0.5:
        texts_changed(marc, ["300"], "a", lambda text: re.sub(r"^[ivxlc]+, ", "", text))
    for entry in marc["fields"]:
        if "001" in entry:
            entry["001"] = f"X{chance.randrange(10**9)}"
        if "003" in entry:
            entry["003"] = "AZ-OTHER"


DAMAGE: dict[str, Callable[[Marc, random.Random], None]] = {
    "typing_error": typing_error,
    "ocr": ocr,
    "romanised": romanised,
    "isbn_lost": isbn_lost,
    "field_lost": field_lost,
    "year_off": year_off,
    "another_agency": another_agency,
}


def damaged(marc: Marc, chance: random.Random) -> tuple[Marc, tuple[str, ...]]:
    spoilt = copy.deepcopy(marc)
    kinds = tuple(chance.sample(sorted(DAMAGE), 2))
    for kind in kinds:
        DAMAGE[kind](spoilt, chance)
    return spoilt, kinds
