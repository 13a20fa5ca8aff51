"""The suffixes of Azerbaijani and Turkish, written once with archiphonemes and spelled out for each kind of stem.

In a template A is a/e (ə in Azerbaijani), I is ı/i/u/ü, K is q/k after a back/front vowel, G the same softened (ğ/y),
D is d/t. A first letter with "?" is there only after a vowel if it is a consonant ("y?A"), only after a consonant if it
is a vowel ("I?m"). Other first letters stand after anything but for "^", which asks for a consonant before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Final

from kitabxana.language.folding import fold

# What the last vowel of a stem is: back or front, unrounded or rounded. A stem may be open to several.
BACK, FRONT, BACK_ROUND, FRONT_ROUND = 1, 2, 4, 8
VOWEL_CLASSES: Final = {
    "a": BACK, "ı": BACK, "o": BACK_ROUND, "u": BACK_ROUND, "e": FRONT, "ə": FRONT, "i": FRONT, "ö": FRONT_ROUND,
    "ü": FRONT_ROUND, "â": BACK | FRONT, "î": FRONT, "û": BACK_ROUND | FRONT_ROUND,
}  # fmt: skip
VOICELESS: Final = "pcktsfhqx"


@dataclass(frozen=True, slots=True)
class Suffix:
    """One spelled suffix: after which vowels, whether it makes a verb, and what the letter before it must be."""

    harmony: int
    verbal: bool
    after_vowel: bool | None
    after_voiceless: bool | None


_PERSONS: Final = ("", "y?Im", "sIn", "y?Iz", "sInIz", "lAr")
_SHORT_PERSONS: Final = ("", "m", "n", "K", "nIz", "lAr")

# Plural, possessives, cases, and the case after a possessive, each alone: the stemmer takes them off one by one.
_NOMINAL: Final = {
    "az": (
        "lAr", "I?m", "I?n", "s?I", "I?mIz", "I?nIz", "n?In", "n?I", "y?A", "DA", "DAn", "nA", "ndA", "ndAn", "ImA",
        "ImI", "ImdA", "ImdAn", "InA", "IndA", "IndAn", "y?lA", "dIr", "dIrlAr", "DAkI", "ndAkI", "yDI", "yDIlAr", "ymIş", "lArDI", "sAn", "sInIz",
    ),
    "tr": (
        "lAr", "I?m", "I?n", "s?I", "I?mIz", "I?nIz", "n?In", "y?I", "nI", "y?A", "DA", "DAn", "nA", "ndA", "ndAn", "ImA",
        "ImI", "ImDA", "ImDAn", "InA", "InDA", "InDAn", "y?lA", "DIr", "DIrlAr", "DAki", "ndAki",
        "sIn", "y?Iz", "sInIz", "lArIz", "lArsInIz", "lArsIn",
        *(f"{plural}{'' if plural else 'y'}{copula}" for plural in ("", "lAr") for copula in ("DI", "DIm", "DIn", "DIK", "DInIz", "DIlAr", "mIş", "mIşIm", "mIşsIn", "mIşIz", "mIşsInIz", "mIşlAr", "sA", "sAm", "sAn", "sAK", "sAnIz", "sAlAr")),
    ),
}  # fmt: skip


def _turkish_verbal() -> list[str]:
    after_consonant = [f"{copula}{person}" for copula in ("DI", "sA") for person in _SHORT_PERSONS]
    after_consonant += ["mIş", "mIşIm", "mIşsIn", "mIşIz", "mIşsInIz", "mIşlAr"]
    copulas = [f"{plural}{copula}" for plural in ("", "lAr") for copula in after_consonant]
    closed = ["", "Im", "sIn", "Iz", "sInIz", "lAr", "DIr", "lArDIr", "DIrlAr", *copulas]
    opened = ["", "yIm", "sIn", "yIz", "sInIz", "lAr", "DIr", "lArDIr", "DIrlAr"]
    opened += [f"y{copula}" for copula in after_consonant] + [f"lAr{copula}" for copula in after_consonant]
    past = [*_SHORT_PERSONS, *(f"{person}y{copula}" for person in ("",) for copula in after_consonant), "lArDI"]
    result = []
    for negation in ("", "mA", "y?AmA", "y?Abil"):
        first = {"": "", "mA": "mA", "y?AmA": "y?AmA", "y?Abil": "y?Abil"}[negation]
        negative = first.endswith("mA")
        progressive = first[:-1] + "Iyor" if negative else (first + "Iyor" if first else "^Iyor")
        future = first + "yAcAK" if negative else (first + "AcAK" if first else "y?AcAK")
        tenses = [progressive, future, first + "mIş", first + "mAKtA"[:0] + "mIş"]
        result += [f"{tense}{person}" for tense in tenses for person in closed]
        result += [f"{future[:-1]}G{person}" for person in ("Im", "Iz")]
        result += [f"{first}{tense}{person}" for tense in ("mAlI", "mAKtA") for person in opened]
        result += [f"{first}{tense}{person}" for tense in ("DI", "sA") for person in past]
        if negative:
            result += [f"{first}z{person}" for person in closed] + [f"{first}m", f"{first}yIz"]
        elif first:
            result += [f"{first}Ir{person}" for person in closed]
        else:
            result += [f"^{vowel}r{person}" for vowel in "AI" for person in closed]
            result += [f"r{person}" for person in closed if person and person != "lAr"]
        result += [f"{first}{ending}" for ending in ("mAK", "mAKsIzIn", "mAG", "DIK", "DIG", "DIKçA")]
        buffer = "" if first and not negative else ("y" if negative else "y?")
        result += [f"{first}{buffer}{ending}" for ending in ("ArAK", "IncA", "Ip", "An")] + [f"{future[:-1]}G"]
    return [*result, "mAdAn", "^mA"]


def _azerbaijani_verbal() -> list[str]:
    persons = ["", "Am", "sAn", "IK", "sInIz", "sIz", "lAr", "DIr", "DIrlAr"]
    past = ["DI" + person for person in _SHORT_PERSONS] + ["mIş", "mIşAm", "mIşsAn", "mIşIK", "mIşsInIz", "mIşlAr"]
    past += ["sA" + person for person in _SHORT_PERSONS]
    closed = [*persons, *past]
    opened = ["", "yAm", "sAn", "yIK", "sInIz", "lAr", "DIr", "DIrlAr", *(f"y{ending}" for ending in past)]
    result = []
    for negative in (False, True):
        first = "mA" if negative else ""
        present, aorist, future = ("mIr", "mAz", "mAyAcA") if negative else ("y?Ir", "y?Ar", "y?AcA")
        result += [f"{tense}{person}" for tense in (present, aorist, f"{future}K", f"{first}mIş") for person in closed]
        result += [f"{future}G{person}" for person in ("", "Am", "IK")]
        result += [f"{first}mAlI{person}" for person in opened]
        result += [f"{first}{tense}{person}" for tense in ("DI", "sA") for person in _SHORT_PERSONS]
        result += [f"{first}DIydI", f"{first}DIKdA", f"{first}DIK", f"{first}DIG", f"{first}DIKcA"]
        result += [f"{first}{ending}" for ending in ("mAK", "mAG", "mAKdA", "mAKdAn")]
        buffer = "y" if negative else "y?"
        result += [f"{first}{buffer}{ending}" for ending in ("Ib", "IbdIr", "IblAr", "ArAK", "IncA", "An", "AndA")]
    return [*result, "mArAm", "mArIK", "mAdAn", "^mA"]


_VOWELS: Final = "aeıioöuü"
_SPELLED: Final = {BACK: "aı", FRONT: "ei", BACK_ROUND: "au", FRONT_ROUND: "eü"}
_NEXT: Final = {"a": BACK, "ı": BACK, "u": BACK_ROUND, "e": FRONT, "i": FRONT, "ü": FRONT_ROUND, "o": BACK_ROUND}


def _spell(template: str, harmony: int, language: str) -> str:
    """The template as written after a stem of one vowel class, not folded yet."""
    soft = {"az": "ğy", "tr": "ğğ"}[language]
    hard = {"az": "qk", "tr": "kk"}[language]
    spelled = ""
    for sign in template:
        back = harmony in {BACK, BACK_ROUND}
        letter = {
            "A": _SPELLED[harmony][0], "I": _SPELLED[harmony][1], "K": hard[not back], "G": soft[not back], "D": "d",
        }.get(sign, sign)  # fmt: skip
        if sign == "D" and language == "tr" and spelled and fold(spelled[-1]) in VOICELESS:
            letter = "t"
        harmony = _NEXT.get(letter, harmony)
        spelled += letter
    return spelled


def _condition(template: str) -> tuple[str, bool | None]:
    """The bare template, and whether it stands after a vowel (None: after anything)."""
    if template.startswith("^"):
        return template[1:], False
    if template[1:2] == "?":
        return template, None
    return template, False if template[0] in "AI" else None


@cache
def suffix_table(language: str) -> dict[str, tuple[Suffix, ...]]:
    """All suffixes of "az" or "tr" by their folded spelling."""
    verbal = {"az": _azerbaijani_verbal, "tr": _turkish_verbal}[language]()
    found: dict[tuple[str, bool, bool | None, bool | None], int] = {}
    for (kind, template), harmony in product(
        [*((False, entry) for entry in _NOMINAL[language]), *((True, entry) for entry in verbal)], _SPELLED
    ):
        bare, after_vowel = _condition(template)
        if bare[1:2] == "?":
            consonant = bare[0] not in "AI"
            forms = [(bare[0] + bare[2:], consonant), (bare[2:], not consonant)]
        else:
            forms = [(bare, after_vowel)]
        for form, place in forms:
            spellings: list[tuple[str, bool | None]] = [(_spell(form, harmony, language), None)]
            if form[0] == "D" and language == "tr":
                spellings = [(spellings[0][0], False), ("t" + spellings[0][0][1:], True)]
            for spelling, voiceless in spellings:
                key = (fold(spelling), kind, place, voiceless)
                found[key] = found.get(key, 0) | harmony
    table: dict[str, list[Suffix]] = {}
    for (spelling, kind, place, voiceless), harmonies in found.items():
        table.setdefault(spelling, []).append(Suffix(harmonies, kind, place, voiceless))
    return {spelling: tuple(suffixes) for spelling, suffixes in table.items()}
