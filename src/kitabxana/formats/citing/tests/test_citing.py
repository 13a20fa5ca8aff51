"""Citations in four styles and four languages."""

from __future__ import annotations

from typing import Any

import pytest

from kitabxana.formats.citing import STYLES, cite, plain_text
from kitabxana.formats.crosswalks.csl import to_csl
from kitabxana.formats.crosswalks.tests.examples import ADDRESS, ARTICLE, NOVEL, every_record, field, record

LANGUAGES = ("az", "tr", "en", "ru")


def said(marc: dict[str, Any], style: str, language: str) -> str:
    return plain_text(cite(to_csl(marc, number=7, address=ADDRESS), style=style, language=language))


CHAPTER = record(
    field("100", "1 ", a="Akif, Rəna"), field("245", "10", a="Nədir bu şeir?"), field("260", a="Bakı :", b="Elm,"),
    field("700", "1 ", a="İsmayılov, İlham", _4="edt"), field("773", "0 ", t="Məcmuə", g="s. 3-9", z="9785170800049"),
    leader="00000naa a22",
)  # fmt: skip


KNOWN = [
    (NOVEL, "apa", "en", "Şıxlı, İ. (1982). Dəli Kür: roman (Y. Qarayev, Ed.; Ə. Axundov, Trans.; 2nd ed.). Yazıçı."),
    (NOVEL, "apa", "az", "Şıxlı, İ. (1982). Dəli Kür: roman (Y. Qarayev, Red.; Ə. Axundov, Tərc.; 2-ci nəşr). Yazıçı."),
    (NOVEL, "mla", "en", """Şıxlı, İsmayıl. Dəli Kür: roman. Edited by Yaşar Qarayev, translated by Ə. Axundov, 2nd ed.,
                            Yazıçı, 1982."""),
    (NOVEL, "chicago", "tr", """Şıxlı, İsmayıl. Dəli Kür: roman. 2. bs. Editör Yaşar Qarayev. Çeviren Ə. Axundov.
                                Bakı: Yazıçı, 1982."""),
    (NOVEL, "gost", "ru", """Şıxlı İ. Dəli Kür: roman / под ред. Y. Qarayev; пер. Ə. Axundov. 2-е изд. Bakı: Yazıçı,
                             1982. 437 с."""),
    (ARTICLE, "gost", "az", """Nizami Gəncəvi, Əliyeva R. Poeziya haqqında // Azərbaycan jurnalı. 1982. № 3.
                               S. 14–29."""),
    (ARTICLE, "chicago", "en", """Nizami Gəncəvi, and Rəna Əliyeva. “Poeziya haqqında.” Azərbaycan jurnalı, no. 3
                                  (1982): 14–29."""),
    (CHAPTER, "apa", "tr", "Akif, R. (1982). Nədir bu şeir? İçinde İ. İsmayılov (Ed.), Məcmuə (ss. 3-9). Elm."),
    (CHAPTER, "mla", "az", "Akif, Rəna. “Nədir bu şeir?” Məcmuə, redaktoru İlham İsmayılov, Elm, 1982, s. 3–9."),
]  # fmt: skip


@pytest.mark.parametrize(("marc", "style", "language", "text"), KNOWN)
def test_known_works(marc: dict[str, Any], style: str, language: str, text: str) -> None:
    assert said(marc, style, language) == " ".join(text.split())


def test_a_book_without_author_stands_under_its_editor_once() -> None:
    edited = record(field("245", "00", a="Azərbaycan tarixi"), field("700", "1 ", a="Əliyarlı, Süleyman", _4="edt"))
    assert said(edited, "apa", "az") == "Əliyarlı, S. (Red.). (1982). Azərbaycan tarixi."
    assert said(edited, "mla", "en") == "Əliyarlı, Süleyman, editor. Azərbaycan tarixi. 1982."
    assert said(edited, "gost", "az") == "Azərbaycan tarixi / red. S. Əliyarlı. 1982."


def test_what_is_not_known_is_said_or_left_out() -> None:
    epic = record(field("245", "00", a="Kitabi-Dədə Qorqud"), fixed="x" * 7 + "19uu" + " " * 29)
    assert said(epic, "apa", "az") == "Kitabi-Dədə Qorqud. (t. y.)."
    assert said(epic, "mla", "ru") == "Kitabi-Dədə Qorqud."


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "1-ci"), (3, "3-cü"), (6, "6-cı"), (9, "9-cu"), (10, "10-cu"), (20, "20-ci"), (23, "23-cü"), (40, "40-cı")],
)
def test_azerbaijani_ordinals_keep_vowel_harmony(number: int, written: str) -> None:
    work = record(field("245", "00", a="Kitab"), field("250", a=f"{number} nəşr"))
    assert f"{written} nəşr" in said(work, "gost", "az")


def test_titles_stand_in_italics_where_the_style_wants_it() -> None:
    item = to_csl(NOVEL, number=7, address=ADDRESS)
    assert [text for text, italic in cite(item, style="mla", language="en") if italic] == ["Dəli Kür: roman"]
    assert not any(italic for _text, italic in cite(item, style="gost", language="en"))


def test_nothing_in_a_record_turns_into_markup() -> None:
    hostile = record(field("245", "00", a="<script>alert(1)</script> & \ue000i\ue001 \ue002x"))
    pieces = cite(to_csl(hostile, number=7, address=ADDRESS), style="apa", language="en")
    assert pieces[0] == ("<script>alert(1)</script> & i x", True)


@pytest.mark.slow
def test_every_kind_of_real_record_is_cited() -> None:
    records = every_record()[::40]
    assert len(records) > 600
    for at, marc in enumerate(records):
        item = to_csl(marc, number=at, address=ADDRESS)
        text = plain_text(cite(item, style=STYLES[at % 4], language=LANGUAGES[at // 4 % 4]))
        words = item.get("title", "").split()
        assert not words or words[0].strip("“”«»\"'.").split("’")[0] in text, text
