from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from kitabxana.language import bridge, fold, skeleton

LANG = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "lang"

MEETING = """
Qarabağ Karabağ Гарабағ Карабаг Garabagh
Xəzər Hazar Хәзәр Khazar
Gəncəvi Gencevî Ҝәнҹәви Ganjavi
Xəmsə Hamse Хәмсә hemse Khamsa
Azərbaycan Azerbaycan Азәрбајҹан Azerbaijan Азербайджан
Füzuli Fuzûlî Фүзули Fuzuli
Əhməd Ahmet Әһмәд Ахмед
Cəfər Cafer Ҹәфәр Джафар Jafar
Cavid Cavit Ҹавид
Qorqud Korkut Горгуд
Nəsimi Nesîmî Насими
Xaqani Hakani Хагани Khagani
Abdulla Abdullah Абдулла
İsmayıl İsmail Исмаил
Şəhriyar Şehriyar Шәһријар
Vurğun Vurgun Вурғун
ədəbiyyat edebiyat әдәбијјат
mədəniyyət medeniyet мәдәнијјәт
vəziyyət vaziyet
tarix tarih тарих
axşam akşam ахшам
çox çok чох
yaxşı yahşi
kitabdır kitaptır китабдыр
xan han хан khan
proqram program
il yıl
Dədə Dede Дәдә
Türkiyə Türkiye Түркијә
Qoqol Gogol Гоголь
Tolstoy Tolstoi Толстой Tolstoj
Puşkin Pushkin Пушкин Puškin
Çexov Çehov Чехов Chekhov
Dostoyevski Dostoevskij Достоевский Dostoevskii
Jukovski Жуковский Zhukovskii
"""


@pytest.mark.parametrize("spellings", [line.split() for line in MEETING.split("\n") if line])
def test_spellings_of_one_word_meet(spellings: list[str]) -> None:
    keys = {spelling: bridge(spelling) for spelling in spellings}
    assert len(set(keys.values())) == 1, keys


@pytest.mark.parametrize("spellings", [line.split() for line in MEETING.split("\n") if line])
def test_a_folded_word_has_the_same_key(spellings: list[str]) -> None:
    assert [bridge(fold(spelling)) for spelling in spellings] == [bridge(spelling) for spelling in spellings]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Nizami", "Füzuli"), ("dəniz", "dənə"), ("kitab", "kitabə"), ("Bakı", "Buxara"), ("şair", "şəhər"), ("ot", "it")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert bridge(one) != bridge(other)


def test_the_key_stays_fine_enough_for_a_dictionary() -> None:
    """Words that share a key with another beyond folding: few enough for a low weight."""
    words = {fold(word) for word in (LANG / "azelexicon_words.txt").read_text("utf-8").split() if word.isalpha()}
    groups: dict[str, set[str]] = defaultdict(set)
    for word in words:
        groups[bridge(word)].add(word)
    assert sum(len(group) for group in groups.values() if len(group) > 1) / len(words) < 0.08


SCRIPTS = [
    ("نظامی گنجوی خمسه", "Nizami Gəncəvi Xəmsə", "Низами Ҝәнҹәви Хәмсә"),
    ("محمد فضولی", "Məhəmməd Füzuli", "Мәһәммәд Фүзули"),
    ("يوسف واقف", "Yusif Vaqif", "Јусиф Вагиф"),
    ("عبدالله", "Abdullah", "Абдуллаһ"),
    ("كِتاب", "kitab", "китаб"),
    ("آذربايجان", "Azərbaycan", "Азәрбајҹан"),
    ("تاریخ", "tarix", "тарих"),
    ("مکتب", "məktəb", "мәктәб"),
    ("حکایت", "hekayət", "һекајәт"),
    ("تڭری", "Tanrı", "Танры"),
    ("ملا نصرالدین", "Molla Nəsrəddin", "Молла Нәсрәддин"),
]


@pytest.mark.parametrize("spellings", SCRIPTS)
def test_skeletons_of_three_scripts_meet(spellings: tuple[str, str, str]) -> None:
    keys = {spelling: skeleton(spelling) for spelling in spellings}
    assert len(set(keys.values())) == 1, keys


def test_skeletons_keep_words_apart_and_drop_empty_ones() -> None:
    assert skeleton("Divan-i Füzuli") == skeleton("دیوان فضولی") == "tn fzl"
    assert skeleton("a, ə; ı!") == ""
    assert skeleton("Leyli və Məcnun") != skeleton("Yeddi gözəl")
