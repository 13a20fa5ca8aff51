from __future__ import annotations

from pathlib import Path

import pytest

from kitabxana.language import transliterate

LANG = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "lang"


def test_azerbaijani_cyrillic_as_in_cldrs_test_data() -> None:
    text = (LANG / "cldr41" / "testData" / "az-t-az-cyrl-m0-bgn.txt").read_text("utf-8")
    pairs = [line.split("\t")[:2] for line in text.splitlines() if "\t" in line and not line.startswith("#")]
    assert len(pairs) > 600
    assert [pair for pair in pairs if transliterate(pair[0], "az-Cyrl", "az-Latn") != pair[1]] == []


@pytest.mark.parametrize(
    ("cyrillic", "latin"),
    [
        ("Низами Ҝәнҹәви. Хәмсә", "Nizami Gəncəvi. Xəmsə"),
        ("Мәһәммәд Фүзули", "Məhəmməd Füzuli"),
        ("Гарабағ шикәстәси", "Qarabağ şikəstəsi"),
        ("АЗӘРБАЈҸАН ӘДӘБИЈЈАТЫ", "AZƏRBAYCAN ƏDƏBİYYATI"),
        ("Ығдыр, Иран, ИШЫГ", "Iğdır, İran, İŞIQ"),
        ("Ҝөјҝөл, 1959-ҹу ил", "Göygöl, 1959-cu il"),
    ],
)
def test_azerbaijani_both_ways(cyrillic: str, latin: str) -> None:
    assert transliterate(cyrillic, "az-Cyrl", "az-Latn") == latin
    assert transliterate(latin, "az-Latn", "az-Cyrl") == cyrillic


def test_a_whole_dictionary_comes_back_from_cyrillic() -> None:
    letters = set("abcçdeəfgğhxıijkqlmnoöprsştuüvyz")
    words = [word for word in (LANG / "azelexicon_words.txt").read_text("utf-8").split() if set(word) <= letters]
    assert len(words) > 60_000
    there = transliterate("\n".join(words), "az-Latn", "az-Cyrl")
    assert not letters & set(there)
    assert transliterate(there, "az-Cyrl", "az-Latn").split() == words


def test_letters_before_the_reform_of_1958() -> None:
    assert transliterate("Юсиф, Яков, ЯКОВ, майор, Эпос", "az-Cyrl", "az-Latn") == "Yusif, Yakov, YAKOV, mayor, Epos"
    assert transliterate("концерт", "az-Cyrl", "az-Latn") == "konsert"


def test_latin_of_the_1920s() -> None:
    assert transliterate("Azərbajçan ədəbijjatь", "az-Latn-baku1926", "az-Latn") == "Azərbaycan ədəbiyyatı"
    assert transliterate("Jeni jol. Ƶurnal. Dyşmən", "az-Latn-baku1926", "az-Latn") == "Yeni yol. Jurnal. Düşmən"
    assert transliterate("ÇƏNUB Qьzьl Ɵmyr Oƣuz", "az-Latn-baku1926", "az-Latn") == "CƏNUB Qızıl Ömür Oğuz"


@pytest.mark.parametrize(
    ("target", "latin"),
    [
        ("ru-Latn", "Iurii Shchegolev. Tsar i podezd; Dostoevskii, ekho, khan, shcheloch"),
        ("ru-Latn-alalc97", "I͡Uriĭ Shchegolev. T͡Sarʹ i podʺezd; Dostoevskiĭ, ėkho, khan, shchelochʹ"),
        ("ru-Latn-iso9", "Ûrij Ŝegolev. Carʹ i podʺezd; Dostoevskij, èho, han, ŝeločʹ"),
    ],
)
def test_russian_by_its_three_romanizations(target: str, latin: str) -> None:
    russian = "Юрий Щеголев. Царь и подъезд; Достоевский, эхо, хан, щелочь"
    assert transliterate(russian, "ru-Cyrl", target) == latin


def test_russian_before_1918() -> None:
    assert transliterate("Преступленіе, вѣра, Ѳедоръ", "ru-Cyrl", "ru-Latn-alalc97") == "Prestuplenīe, vi͡era, Ḟedorʺ"


def test_decomposed_letters_are_letters() -> None:
    assert transliterate("и\u0306од", "ru-Cyrl", "ru-Latn-iso9") == "jod"
    assert transliterate("s\u0327o\u0308z", "az-Latn", "az-Cyrl") == "шөз"


def test_what_is_not_in_the_alphabet_stays() -> None:
    assert transliterate("Windows 95 — دیوان «Хәмсә»", "az-Cyrl", "az-Latn") == "Windows 95 — دیوان «Xəmsə»"


def test_unknown_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="from az-Arab to az-Latn"):
        transliterate("خمسه", "az-Arab", "az-Latn")
