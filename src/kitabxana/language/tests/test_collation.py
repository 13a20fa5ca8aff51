from __future__ import annotations

import random
import re
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest

from kitabxana.language import sort_key
from kitabxana.language.alphabets import CYRILLIC, GREEK, LATIN

LANG = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "lang"
_RULE = re.compile(r"&(?P<before>\[before 1\])?(?P<anchor>\w)(?P<chain>(?:<{1,3}\w)+)")


def rules(language: str) -> list[tuple[bool, str, list[tuple[str, str]]]]:
    """CLDR's standard tailoring: (before the anchor?, the anchor, [(relation, letter), ...])."""
    text = unicodedata.normalize("NFC", (LANG / "cldr41" / "collation" / f"{language}.xml").read_text("utf-8"))
    standard = text[text.index('<collation type="standard"') :]
    return [
        (bool(rule["before"]), rule["anchor"], re.findall(r"(<{1,3})(\w)", rule["chain"]))
        for rule in _RULE.finditer(standard)
    ]


def sorted_by(language: str, texts: list[str]) -> list[str]:
    shuffled = random.Random(5).sample(texts, len(texts))
    return sorted(shuffled, key=lambda text: sort_key(text, language))


@pytest.mark.parametrize(("language", "count"), [("az", 11), ("tr", 7)])
def test_tailorings_are_those_of_cldr(language: str, count: int) -> None:
    found = rules(language)
    assert len(found) == count
    tailored = {letter for *_, chain in found for _, letter in chain}
    letters = sorted_by(language, sorted(set("abcdefghijklmnopqrstuvwxyz") | tailored))
    small = [letter for letter in letters if letter == letter.lower()]
    for before, anchor, chain in found:
        last = anchor
        for relation, letter in chain:
            if relation == "<":
                place, neighbour = small.index(letter), small.index(anchor.lower() if anchor != "I" else "ı")
                assert place == neighbour + (-1 if before else 1), (language, anchor, letter)
                assert sort_key(f"{letter}a", language) != sort_key(f"{last}z", language)
            else:
                # A third-level difference: it decides only where the rest is the same.
                assert sort_key(last, language) < sort_key(letter, language) < sort_key(f"{last}a", language)
                assert sort_key(f"{letter}a", language) < sort_key(f"{last}b", language)
            last = letter


@pytest.mark.parametrize("language", ["az", "tr", "ru"])
def test_scripts_follow_cldrs_reordering(language: str) -> None:
    text = (LANG / "cldr41" / "collation" / f"{language}.xml").read_text("utf-8")
    standard = text[text.index('<collation type="standard"') :]
    found = re.search(r"\[reorder ([A-Z][\w ]+)\]", standard)
    first = found[1].split() if found else ["Latn"]
    samples = {"Latn": "zümrə", "Grek": "αβγ", "Cyrl": "ява", "Arab": "ابجد"}
    order = first + [script for script in samples if script not in first]
    assert sorted_by(language, list(samples.values())) == [samples[script] for script in order]


@pytest.mark.parametrize(
    ("language", "alphabet"),
    [
        ("az", "abcçdeəfgğhxıijkqlmnoöprsştuüvyzw"),
        ("tr", "abcçdefgğhıijklmnoöprsştuüvyz"),
        ("ru", "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
        ("en", "abcdefghijklmnopqrstuvwxyz"),
    ],
)
def test_alphabets_are_in_order(language: str, alphabet: str) -> None:
    assert "".join(sorted_by(language, list(alphabet))) == alphabet
    doubled = [first + second for first in alphabet for second in alphabet]
    assert sorted_by(language, doubled) == doubled


def test_an_azerbaijani_dictionary_stands_as_its_editors_sorted_it() -> None:
    """The list has slips of its own ("adillik" before "açılsaba"), one pair in five hundred."""
    words = [line.strip() for line in (LANG / "azelexicon_words.txt").read_text("utf-8").splitlines()]
    letters = set("abcçdeəfgğhxıijkqlmnoöprsştuüvyz")
    keys = [sort_key(word, "az") for word in words if set(word) <= letters]
    assert len(keys) > 60_000
    assert sum(first > second for first, second in pairwise(keys)) / len(keys) < 0.0025
    english = [sort_key(word, "en") for word in words if set(word) <= letters]
    assert sum(first > second for first, second in pairwise(english)) / len(keys) > 0.01


def test_letters_before_marks_before_case() -> None:
    assert sorted_by("en", ["cote", "coté", "côte", "côté", "Cote"]) == ["cote", "Cote", "coté", "côte", "côté"]
    resumes = ["resume", "Resume", "résumé", "Résumé", "resumes"]
    assert sorted_by("en", resumes) == resumes
    assert sorted_by("tr", ["hal", "hâl", "hala", "hâlâ"]) == ["hal", "hâl", "hala", "hâlâ"]
    assert sorted_by("ru", ["елка", "ёлка", "Ёлка", "ель"]) == ["елка", "ёлка", "Ёлка", "ель"]


def test_blanks_and_signs_come_before_digits_and_letters() -> None:
    order = [
        "ab", "ab (ovo)", "ab & ovo", "ab + ovo", "ab 1", "ab ovo", "ab-ovo", "ab, ovo", "ab: ovo", "ab1", "abovo",
    ]  # fmt: skip
    assert sorted_by("en", order) == sorted_by("az", order) == order


def test_i_with_and_without_dot() -> None:
    assert sorted_by("az", ["ıslaq", "islam", "Islaq", "İslam", "jurnal", "xına"]) == [
        "xına", "ıslaq", "Islaq", "islam", "İslam", "jurnal",
    ]  # fmt: skip
    assert sort_key("I\u0307l", "tr") == sort_key("İl", "tr")


def test_composed_and_decomposed_text_have_one_key() -> None:
    assert sort_key("s\u0327o\u0308z", "tr") == sort_key("şöz", "tr")
    assert sort_key("ḉa", "az") > sort_key("ça", "az") > sort_key("cz", "az")


def test_skip_leaves_out_what_is_not_filed() -> None:
    assert sort_key("The Iliad", "en", skip=4) == sort_key("Iliad", "en")
    assert sort_key("L'étranger", "en", skip=2) == sort_key("étranger", "en")
    assert sort_key("[A]", "en", skip=9) == b""


def test_keys_are_the_same_for_every_tag_of_a_language() -> None:
    assert sort_key("Xızı", "az-Latn-AZ") == sort_key("Xızı", "az")
    assert sort_key("Xızı", "de") == sort_key("Xızı", "en") != sort_key("Xızı", "az")


def test_no_letter_is_listed_twice() -> None:
    for alphabet in (LATIN, GREEK, CYRILLIC):
        assert len(set(alphabet)) == len(alphabet)


def test_any_text_has_a_key() -> None:
    chance = random.Random(2)
    for _ in range(3_000):
        text = "".join(chr(chance.randrange(0x110000)) for _ in range(6))
        assert isinstance(sort_key(text, "az"), bytes)
