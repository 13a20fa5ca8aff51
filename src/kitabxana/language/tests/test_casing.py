from __future__ import annotations

import pytest

from kitabxana.language import lower, title, upper


@pytest.mark.parametrize("language", ["az", "tr", "az-Latn", "tr_TR", "AZ"])
def test_dotted_and_dotless_i_are_two_letters(language: str) -> None:
    assert upper("istiqlal ılıca qız", language) == "İSTİQLAL ILICA QIZ"
    assert lower("IĞDIR İZMİR DİYARBAKIR", language) == "ığdır izmir diyarbakır"
    assert title("ışıq və İŞIQ, istanbul ILICA", language) == "Işıq Və İşıq, İstanbul Ilıca"


def test_a_dot_apart_is_the_dot_of_its_letter() -> None:
    assert lower("I\u0307stanbul", "az") == "istanbul"
    assert upper("i\u0307stanbul", "tr") == "İSTANBUL"
    assert title("i\u0307stanbul", "tr") == "İstanbul"


def test_other_languages_keep_their_one_i() -> None:
    assert upper("istanbul", "en") == "ISTANBUL"
    assert lower("ISTANBUL", "ru") == "istanbul"
    assert title("the iliad", "en") == "The Iliad"
    assert upper("ёж", "ru") == "ЁЖ"


def test_a_suffix_after_an_apostrophe_is_no_new_word() -> None:
    assert title("bakı'nın tarixi", "az") == "Bakı'nın Tarixi"
    assert title("ANKARA’DA yaşam", "tr") == "Ankara’da Yaşam"


def test_a_hyphen_parts_words() -> None:
    assert title("qaraqoyunlu-ağqoyunlu", "az") == "Qaraqoyunlu-Ağqoyunlu"


@pytest.mark.parametrize("word", ["ədəbiyyat", "şəhər", "çiçək", "ömür", "üzüm", "ığdır", "ilin"])
def test_case_goes_there_and_back(word: str) -> None:
    assert lower(upper(word, "az"), "az") == word
