"""The suffixes of Azerbaijani and Turkish, written once with archiphonemes and spelled out for each kind of stem.

In a template A is a/e (ə in Azerbaijani), I is ı/i/u/ü, K is q/k after a back/front vowel, G the same softened (ğ/y),
D is d/t. A first letter with "?" is there only after a vowel if it is a consonant ("y?A"), only after a consonant if it
is a vowel ("I?m"). A template that begins with A, I or "^" stands after a consonant; one with "~" before it asks for a
stem of two syllables.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from kitabxana.language.folding import fold

Stemmed = Literal["az", "tr"]

# What the last vowel of a stem is: back or front, unrounded or rounded. A stem may be open to several.
BACK, FRONT, BACK_ROUND, FRONT_ROUND = 1, 2, 4, 8
VOICELESS: Final = frozenset("pcktsfhqx")


@dataclass(frozen=True, slots=True)
class Suffix:
    """One spelled suffix and what it asks of the stem before it. None: nothing asked."""

    harmony: int
    verbal: bool
    after_vowel: bool | None
    after_voiceless: bool | None
    two_syllables: bool


_PERSONS: Final = ("", "m", "n", "nIz", "lAr")
_CASES: Final = {
    "az": ("n?In", "n?I", "y?A", "DA", "DAn", "nA", "ndA", "ndAn", "y?lA", "DAkI", "ndAkI"),
    "tr": ("n?In", "y?I", "nI", "y?A", "DA", "DAn", "nA", "ndA", "ndAn", "y?lA", "DAki", "ndAki"),
}
_POSSESSIVES: Final = (
    *("lAr", "I?m", "I?n", "s?I", "I?mIz", "I?nIz"),
    # A possessive with its case in one piece, lest the case take the possessive's consonant for its own.
    *("ImA", "ImI", "ImDA", "ImDAn", "InA", "InDA", "InDAn", "s?InI", "s?InA", "s?InIn", "s?InDA", "s?InDAn"),
)
# Participles and verbal nouns that are as often the end of a noun (soğan, açar): after them taking off goes on.
_WEAK: Final = ("y?An", "mAyAn", "~^mA", "^Ar", "^Ir")


def _nominal(language: Stemmed) -> list[str]:
    copulas = ["DIr", "DIrlAr", "sAn", "sInIz", "yDI", "yDIlAr", "lArDI", "ymIş"]
    if language == "tr":
        ends = [f"DI{person}" for person in (*_PERSONS, "K")] + [f"sA{person}" for person in _PERSONS]
        ends += ["mIş", "mIşIm", "mIşsIn", "mIşIz", "mIşsInIz", "mIşlAr"]
        copulas = ["DIr", "DIrlAr", "sIn", "y?Iz", "sInIz", "lArIz", "lArsInIz", "lArsIn"]
        copulas += [f"{before}{end}" for before in ("y", "lAr") for end in ends]
    return [*_POSSESSIVES, *_CASES[language], *copulas, *_WEAK]


def _verbal_azerbaijani() -> list[str]:
    past = [f"DI{person}" for person in (*_PERSONS, "K")] + [f"sA{person}" for person in _PERSONS]
    past += ["mIş", "mIşAm", "mIşsAn", "mIşIK", "mIşsInIz", "mIşlAr"]
    closed = ["", "Am", "sAn", "IK", "sInIz", "sIz", "lAr", "DIr", "DIrlAr", *past]
    opened = ["", "yAm", "sAn", "yIK", "sInIz", "lAr", "DIr", "DIrlAr", *(f"y{ending}" for ending in past)]
    result = [f"^Ir{person}" for person in closed if person] + [f"yIr{person}" for person in closed]
    for no in ("", "mA"):
        buffer = "y" if no else "y?"
        tenses = ["mIr", "mAz", "mAyAcAK", "mAmIş"] if no else ["~^Ir", "y?AcAK", "mIş"]
        result += [f"{tense}{person}" for tense in tenses for person in closed]
        result += [f"y?Ar{person}" for person in closed if person and not no]
        result += [f"{no}{buffer}AcAG{person}" for person in ("", "Am", "IK")]
        result += [f"{no}mAlI{person}" for person in opened]
        result += [f"{no}{ending}" for ending in past]
        result += [f"{no}{ending}" for ending in ("DIydI", "DIKdA", "DIK", "DIG", "DIKcA", "mAK", "mAG", "mAKdA")]
        result += [f"{no}{buffer}{ending}" for ending in ("Ib", "IbdIr", "IblAr", "ArAK", "IncA")]
    return [*result, "mArAm", "mArIK", "mAdAn", "mAyIn"]


def _verbal_turkish() -> list[str]:
    past = [f"DI{person}" for person in (*_PERSONS, "K")] + [f"sA{person}" for person in _PERSONS]
    copulas = [*past, "mIş", "mIşIm", "mIşsIn", "mIşIz", "mIşsInIz", "mIşlAr"]
    plural = [f"lAr{copula}" for copula in ("", "DIr", *copulas)]
    closed = ["", "Im", "sIn", "Iz", "sInIz", "DIr", "DIrlAr", *plural, *copulas]
    opened = ["", "yIm", "sIn", "yIz", "sInIz", "DIr", "DIrlAr", *plural, *(f"y{copula}" for copula in copulas)]
    result = [f"{tense}{person}" for tense in ("^Iyor", "y?AcAK", "mIş", "~^Ir") for person in closed]
    result += [f"{tense}{person}" for tense in ("^Ar", "^Ir", "r") for person in closed if person not in {"", "lAr"}]
    result += ["mAyIn", "mAyInIz", "mAdAn", "mAm", "mAyIz"]
    for no, progressive, future in (
        ("", "", "y?AcA"),
        ("mA", "mIyor", "mAyAcA"),
        ("y?AmA", "y?AmIyor", "y?AmAyAcA"),
        ("y?Abil", "y?Abiliyor", "y?AbilecA"),
    ):
        buffer = "y?" if not no else "" if no.endswith("l") else "y"
        if no:
            aorist = f"{no}ir" if no.endswith("l") else f"{no}z"
            result += [
                f"{tense}{person}" for tense in (progressive, f"{future}K", aorist, f"{no}mIş") for person in closed
            ]
        result += [f"{future}G{person}" for person in ("", "Im", "Iz")]
        result += [f"{no}{tense}{person}" for tense in ("mAlI", "mAKDA") for person in opened]
        result += [f"{no}{ending}" for ending in past]
        result += [f"{no}DI{person}y{copula}" for person in ("", "lAr") for copula in copulas[:5]]
        result += [f"{no}{ending}" for ending in ("mAK", "mAKsIzIn", "mAG", "DIK", "DIG", "DIKçA")]
        result += [f"{no}{buffer}{ending}" for ending in ("ArAK", "IncA", "Ip")]
    return result


_SPELLED: Final = {BACK: "aı", FRONT: "ei", BACK_ROUND: "au", FRONT_ROUND: "eü"}
_NEXT: Final = {"a": BACK, "ı": BACK, "u": BACK_ROUND, "o": BACK_ROUND, "e": FRONT, "i": FRONT, "ü": FRONT_ROUND}
_GUTTURALS: Final = {"az": {"K": "kq", "G": "yğ"}, "tr": {"K": "kk", "G": "ğğ"}}


def _spell(template: str, harmony: int, language: Stemmed) -> str:
    """The template as it is written after a stem of one vowel class."""
    spelled = ""
    for sign in template:
        letter = sign
        if sign in "AI":
            letter = _SPELLED[harmony]["AI".index(sign)]
        elif sign in "KG":
            letter = _GUTTURALS[language][sign][harmony in {BACK, BACK_ROUND}]
        elif sign == "D":
            letter = "t" if language == "tr" and spelled and fold(spelled[-1]) in VOICELESS else "d"
        harmony = _NEXT.get(letter, harmony)
        spelled += letter
    return spelled


def _forms(template: str) -> list[tuple[str, bool | None]]:
    """The template with its first letter settled, and whether it then stands after a vowel (None: anywhere)."""
    if template[1:2] == "?":
        buffer = template[0] not in "AI"
        return [(template[0] + template[2:], buffer), (template[2:], not buffer)]
    if template[0] in "^AI":
        return [(template.removeprefix("^"), False)]
    return [(template, None)]


@cache
def suffix_table(language: Stemmed) -> dict[str, tuple[Suffix, ...]]:
    """All suffixes of a language by their folded spelling."""
    verbal = _verbal_azerbaijani() if language == "az" else _verbal_turkish()
    templates = [(template, False) for template in _nominal(language)] + [(template, True) for template in verbal]
    harmonies: dict[tuple[str, tuple[bool, bool | None, bool | None, bool]], int] = {}
    for template, is_verbal in templates:
        two = template.startswith("~")
        for form, after_vowel in _forms(template.removeprefix("~")):
            for harmony in _SPELLED:
                spelling = fold(_spell(form, harmony, language))
                voices: list[tuple[str, bool | None]] = [(spelling, None)]
                if form[0] == "D" and language == "tr":
                    voices = [(spelling, False), ("t" + spelling[1:], True)]
                for voiced, after_voiceless in voices:
                    asked = (is_verbal, after_vowel, after_voiceless, two)
                    harmonies[voiced, asked] = harmonies.get((voiced, asked), 0) | harmony
    table: dict[str, list[Suffix]] = {}
    for (spelling, asked), harmony in harmonies.items():
        table.setdefault(spelling, []).append(Suffix(harmony, *asked))
    # After two syllables -ır is the aorist of a verb (kıskanır) before it is the end of a noun (nehir).
    return {spelling: tuple(sorted(found, key=lambda one: not one.two_syllables)) for spelling, found in table.items()}
