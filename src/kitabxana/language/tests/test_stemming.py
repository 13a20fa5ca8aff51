from __future__ import annotations

import zlib
from collections import defaultdict
from pathlib import Path

import pytest

from kitabxana.language import fold, stem, stems, words
from kitabxana.language.exceptions import NOUNS
from kitabxana.language.suffixes import suffix_table

LANG = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "lang"

AZERBAIJANI = """
kitab kitablar kitabı kitabın kitabda kitabdan kitablarımızdan
şair şairlər şairin şairlərimizə şairdir
hekayə hekayələr hekayənin hekayəsində hekayələrindən
çörək çörəyi çörəyin çörəklər çörəkdən
ayaq ayağı ayağın ayaqlar ayağımızda
uşaq uşağı uşaqlar uşaqlarımız
dəniz dənizlər dənizin dənizdə
oğul oğlu oğlum oğullar
şəkil şəkli şəkillər şəklin
ömür ömrü ömrün
qadın qadınlar qadının qadınlarımıza
gəlin gəlinlər gəlini
ada adalar adanın adada
oxumaq oxuyur oxuyuram oxudu oxuyacaq oxumuşdu oxumadı oxuyub
yazmaq yazır yazdı yazacağam yazmışdı yazmadılar
gəlmək gəlirəm gəldi gələcək gəlməyəcək gəlib gəlmişdir
getmək gedir getdi gedəcəyik getməz
axtarmaq axtarır axtardım axtaracaqlar
"""
TURKISH = """
kitap kitaplar kitabı kitabın kitapta kitaplarımızdan kitaptır
ağaç ağacı ağaçlar ağaçtan
renk rengi renkler
çocuk çocuğu çocuklarımız çocuktan
hikâye hikâyeler hikâyenin hikâyesinde
burun burnu burnumuz burunlar
şehir şehri şehirlerden şehrimiz
gönül gönlü gönlümüz
saat saatler saati saatlerimiz
kadın kadınlar kadının
gelin gelinler gelini
gelmek geliyorum geldi gelecek gelmeyecekler gelmişti gelirse gelmeliyiz
okumak okuyor okudu okuyacağız okumuşsunuz okumadı
gitmek gidiyor gitti gideceğim gitmez
başlamak başlıyor başladı başlamıştı başlayacak
yazmak yazıyordu yazdık yazacaklar yazmamış
aramak arıyor aradı arayacağız
"""


def families(table: str, language: str) -> list[tuple[str, list[str]]]:
    return [(language, line.split()) for line in table.split("\n") if line]


@pytest.mark.parametrize(("language", "family"), families(AZERBAIJANI, "az") + families(TURKISH, "tr"))
def test_forms_meet_their_dictionary_form(language: str, family: list[str]) -> None:
    lemma = stem(family[0], language)
    strays = {form: stem(form, language) for form in family[1:] if stem(form, language) != lemma}
    assert strays == {}, lemma


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("az", "ada", "ad"), ("az", "gəlin", "gəlmək"), ("az", "qadın", "qadağa"), ("az", "kitab", "kitabxana"),
        ("az", "dəniz", "dən"), ("az", "insan", "insaf"), ("az", "şair", "şəhər"), ("az", "üzüm", "üz"),
        ("tr", "gelin", "gelmek"), ("tr", "acı", "açmak"), ("tr", "deniz", "dede"), ("tr", "kitap", "kitabevi"),
        ("tr", "devrim", "devir"), ("tr", "kadın", "kadı"), ("tr", "yıldız", "yıl"), ("tr", "orman", "oruç"),
    ],
)  # fmt: skip
def test_everyday_strangers_stay_apart(language: str, one: str, other: str) -> None:
    assert stem(one, language) != stem(other, language)


@pytest.mark.parametrize(("language", "family"), families(AZERBAIJANI, "az") + families(TURKISH, "tr"))
def test_typed_without_diacritics_most_forms_meet_still(language: str, family: list[str]) -> None:
    lemma = stem(family[0], language)
    met = sum(stem(fold(form), language) == lemma for form in family)
    assert met >= 0.75 * len(family)


def test_a_stem_is_folded() -> None:
    for form in (AZERBAIJANI + TURKISH).split():
        assert fold(stem(form, "az")) == stem(form, "az")
        assert fold(stem(form, "tr")) == stem(form, "tr")


def test_azerbaijani_cyrillic_meets_latin() -> None:
    assert stem("Китабларымыздан", "az") == stem("kitablarımızdan", "az") == stem("kitab", "az")
    assert stem("охујур", "az") == stem("oxumaq", "az")


def test_names_meet_with_their_suffixes() -> None:
    for forms in ("Bakı Bakıda Bakının Bakı'nın Bakıdan", "Nizami Nizaminin Nizamiyə", "Füzuli Füzulinin Füzulidən"):
        assert len({stem(form, "az") for form in forms.split()}) == 1, forms
    assert len({stem(form, "tr") for form in ("Ankara", "Ankara'da", "Ankara’nın", "Ankaradan")}) == 1


@pytest.mark.parametrize("word", ["", "y", "1981", "ı", "k", "کتاب", "12b", "---", "a_b", "Привет", "が"])
def test_what_is_no_word_is_folded(word: str) -> None:
    for language in ("az", "tr"):
        if word != "Привет":
            assert stem(word, language) == fold(word)
        assert stem(word, "ru") == fold(word)


def test_tags_name_their_language() -> None:
    assert stem("kitablarımızdan", "az-Latn") == stem("kitablarımızdan", "az")
    assert stem("kitaplarımızdan", "tr_TR") == stem("kitaplarımızdan", "tr")


def test_stems_go_through_a_text() -> None:
    text = "Bakı'nın küçələri: L'Étranger, 1981-ci il"
    assert stems(text, "az") == [
        stem(word, "az") for word in ["Bakı'nın", "küçələri", "L", "Étranger", "1981", "ci", "il"]
    ]
    assert len(stems(text, "az")) == len(words(text))


def test_tables_hold_what_grammar_says() -> None:
    azerbaijani, turkish = suffix_table("az"), suffix_table("tr")
    assert {"larimizdan", "dan"} & azerbaijani.keys() == {"dan"}
    assert "tan" in turkish
    assert "tan" not in azerbaijani  # Azerbaijani writes -dan after voiceless consonants too
    assert "iyor" in turkish
    assert "acaq" in azerbaijani
    assert NOUNS["tr"]["burn"] == NOUNS["tr"]["burun"] == "burun"


def unimorph(language: str) -> list[tuple[str, str, str]]:
    """(part of speech, lemma, form)."""
    name = {"az": "unimorph_aze.tsv", "tr": "unimorph_tur_sigmorphon2023.tsv"}[language]
    rows = [line.split("\t") for line in (LANG / name).read_text("utf-8").splitlines() if line.strip()]
    if language == "tr":
        return [(tags[0], lemma, form) for lemma, tags, form in rows]
    return [("V" if tags.startswith("V") else "N", lemma, form) for lemma, form, tags in rows]


def stems_of(text: str, language: str) -> tuple[str, ...]:
    return tuple(stem(word, language) for word in text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "part", "aim"), [("az", "N", 0.95), ("tr", "N", 0.95), ("az", "V", 0.85), ("tr", "V", 0.85)]
)
def test_unimorph_forms_meet_their_lemmas(language: str, part: str, aim: float) -> None:
    """On the lemmas that the tables were not mended on."""
    table = [
        (lemma, form)
        for kind, lemma, form in unimorph(language)
        if kind == part and zlib.crc32(lemma.encode()) % 2 == 0
    ]
    met = sum(set(stems_of(lemma, language)) <= set(stems_of(form, language)) for lemma, form in table)
    assert len(table) >= 18
    assert met / len(table) >= aim


@pytest.mark.slow
@pytest.mark.parametrize("language", ["az", "tr"])
def test_few_unimorph_lemmas_collide(language: str) -> None:
    groups: dict[tuple[str, ...], set[str]] = defaultdict(set)
    lemmas = {lemma for _, lemma, _ in unimorph(language)}
    for lemma in lemmas:
        groups[stems_of(lemma, language)].add(lemma)
    # Words of one root ("dövüş", "dövüşmek") may meet; what does not begin alike may not.
    strangers = [
        lemma
        for group in groups.values()
        for lemma in group
        if any(lemma[:3] != other[:3] for other in group if other != lemma)
    ]
    assert len(strangers) / len(lemmas) <= 0.02, strangers
