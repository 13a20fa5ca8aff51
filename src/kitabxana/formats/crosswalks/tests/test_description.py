"""What a record says, read into plain parts."""

from __future__ import annotations

import pytest

from kitabxana.formats.crosswalks.description import describe, language_tag
from kitabxana.formats.crosswalks.tests.examples import ARTICLE, NOVEL, field, record
from kitabxana.formats.isbd import is_unknown, plain


def test_a_book_in_parts() -> None:
    work = describe(NOVEL)
    assert (work.kind, work.title, work.subtitle, work.script_title) == ("book", "Dəli Kür", "roman", "Дәли Күр")
    assert (work.place, work.publisher, work.year, work.pages) == ("Bakı", "Yazıçı", 1982, 437)
    assert work.languages == ("az",)
    assert work.series == (("Azərbaycan romanı", "7"),)
    assert work.isbns == ("9785170800049",)
    assert work.subjects == ("Azərbaycan ədəbiyyatı -- Roman",)
    assert work.abstract.endswith("taleyi.")
    assert [name.family for name in work.authors] == ["Şıxlı"]
    assert [name.family for name in work.editors] == ["Qarayev"]
    assert [name.given for name in work.translators] == ["Ə."]


def test_an_added_entry_without_a_role_is_an_author_where_the_first_statement_names_it() -> None:
    work = describe(ARTICLE)
    assert [name.text for name in work.authors] == ["Nizami Gəncəvi", "Əliyeva, Rəna"]
    assert "Füzuli, Məhəmməd" not in [name.text for name in work.names], "author of another work"
    silent = describe(record(field("245", "00", a="Toplu"), field("700", "1 ", a="Ay, Ulduz")))
    assert [name.text for name in silent.authors] == ["Ay, Ulduz"], "nobody else could be"


def test_an_article_knows_where_it_stands() -> None:
    host = describe(ARTICLE).host
    assert host is not None
    assert (host.title, host.issue, host.pages, host.issn) == ("Azərbaycan jurnalı", "3", "14-29", "01343149")
    assert describe(ARTICLE).kind == "article"


@pytest.mark.parametrize(
    ("leader", "extra", "kind"),
    [
        ("00000nas a22", (), "serial"),
        ("00000nai a22", (), "serial"),
        ("00000naa a22", (field("773", "0 ", t="Məcmuə", z="9785170800049"),), "part"),
        ("00000naa a22", (field("773", "0 ", t="Jurnal", x="0134-3149"),), "article"),
        ("00000nam a22", (field("502", a="Dissertasiya (fəlsəfə doktoru), BDU, 2001"),), "thesis"),
        ("00000nem a22", (), "map"),
        ("00000ncm a22", (), "score"),
        ("00000njm a22", (), "music"),
        ("00000nim a22", (), "spoken"),
        ("00000ngm a22", (), "video"),
        ("00000nkm a22", (), "picture"),
        ("00000ntm a22", (), "manuscript"),
        ("00000npc a22", (), "archive"),
        ("", (), "book"),
    ],
)
def test_kinds_by_the_leader(leader: str, extra: tuple[dict[str, object], ...], kind: str) -> None:
    assert describe(record(*extra, leader=leader)).kind == kind


def test_a_name_is_split_only_where_it_is_written_so() -> None:
    names = describe(
        record(
            field("100", "0 ", a="Füzuli,", c="Məhəmməd"),
            field("700", "3 ", a="Vəkilov ailəsi"),
            field("710", "2 ", a="Azərbaycan Milli Kitabxanası.", b="Nəşr şöbəsi", _4="http://id.loc.gov/vocabulary/relators/edt"),
        )
    ).names  # fmt: skip
    assert [(name.kind, name.family) for name in names] == [("person", ""), ("family", ""), ("body", "")]
    assert names[0].text == "Füzuli, Məhəmməd"
    assert names[2].text == "Azərbaycan Milli Kitabxanası. Nəşr şöbəsi"
    assert names[2].role == "edt"


def test_a_place_or_publisher_said_to_be_unknown_is_none() -> None:
    work = describe(record(field("260", a="[S.l. :", b="s.n.,", c="19--?]"), fixed="x" * 7 + "19uu" + " " * 29))
    assert (work.place, work.publisher, work.year) == ("", "", None)
    second = describe(record(field("264", " 4", c="©1999"), field("264", " 1", a="[Б. м.]", b="Elm")))
    assert (second.place, second.publisher) == ("", "Elm")
    for text in ("[S.l.]", "s. n.", "[б. м.]", "б.и.", "[Place of publication not identified]",
                 "[naşir müəyyən edilməyib]", "[yayın yeri belirlenemedi]", "[издатель не установлен]"):  # fmt: skip
        assert is_unknown(text)
    assert not is_unknown("Salyan")


def test_subjects_stand_as_main_heading_and_subdivisions() -> None:
    work = describe(
        record(
            field("600", "14", a="Nizami Gəncəvi,", d="1141-1209", x="Tənqid və təfsir."),
            field("650", " 7", a="Poeziya"),
            field("650", " 0", a="Poeziya."), field("655", " 7", a="Romanlar", z="Azərbaycan"),
        )
    )  # fmt: skip
    assert work.subjects == ("Nizami Gəncəvi, 1141-1209 -- Tənqid və təfsir", "Poeziya")
    assert work.genres == ("Romanlar -- Azərbaycan",)


def test_a_serial_has_a_first_and_a_last_year() -> None:
    work = describe(record(leader="00000nas a22", fixed="240101d19231931aj" + " " * 18 + "aze d"))
    assert (work.year, work.last_year) == (1923, 1931)
    going = describe(record(leader="00000nas a22", fixed="240101c19239999aj" + " " * 18 + "aze d"))
    assert (going.year, going.last_year) == (1923, None)


def test_only_addresses_of_the_web_lead_anywhere() -> None:
    work = describe(
        record(
            field("856", "40", u="https://example.org/x y"), field("856", "42", u="https://example.org/about"),
            field("856", "40", u="javascript:alert(1)"),
        )
    )  # fmt: skip
    assert work.links == ("https://example.org/xy",)


@pytest.mark.parametrize(
    ("code", "tag"),
    [("aze", "az"), ("tur", "tr"), ("rus", "ru"), ("per", "fa"), ("ota", "ota"), ("ger", "de"), ("qqq", "qqq")],
)
def test_languages_by_their_shortest_tag(code: str, tag: str) -> None:
    assert language_tag(code) == tag


@pytest.mark.parametrize(
    ("written", "read"),
    [("Bakı :", "Bakı"), ("437 s. ;", "437 s."), ("Axundov, Ə.", "Axundov, Ə."), ("[1999]", "1999"),
     ("və sair...", "və sair..."), ("[a] b [c]", "[a] b [c]"), ("= Paralel /", "Paralel"),
     ("[Washington :", "Washington"), ("Elm]", "Elm"), ("احمد مدحت،", "احمد مدحت")],
)  # fmt: skip
def test_isbd_punctuation_goes(written: str, read: str) -> None:
    assert plain(written) == read
