"""What the house computes from a record: told on small ones, held on every real one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.rules import (
    MATERIALS,
    canonical,
    clean,
    data_fields,
    derive,
    headings,
    kind_of,
    linked_tag,
    material_of,
    pick,
    subjects,
)
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records
from kitabxana.kernel.identifiers import isbn13, issn8

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"
FILES = sorted(path.name for path in DATA.glob("*.mrc.gz"))
XML_FILES = sorted(path.name for path in DATA.glob("*.marcxml.xml.gz"))
KEYS = {
    "title", "rest", "by", "author", "year", "publisher", "place", "language", "material", "edition", "isbn", "skip",
    "script_title", "script_author",
}  # fmt: skip


@cache
def records(name: str) -> list[dict[str, Any]]:
    return [parsed.marc for parsed in iter_records(DATA / name) if parsed.marc is not None]


def assert_sane(record: dict[str, Any]) -> None:
    derived = derive(record)
    brief = derived.brief
    assert set(brief) <= KEYS
    assert all(isinstance(value, int if key in ("year", "skip") else str) and value for key, value in brief.items())
    assert all(value == value.strip() for value in brief.values() if isinstance(value, str))
    assert 1000 <= brief.get("year", 2000) <= 2099
    assert 1 <= brief.get("skip", 1) <= 9
    assert brief.get("material", "book") in MATERIALS
    assert ("material" in brief) == (derived.kind == "b")
    assert len(derived.control_number) <= 100
    assert len(derived.agency) <= 40
    assert not any(letter.isspace() for letter in derived.control_number + derived.agency)
    assert len(set(derived.identifiers)) == len(derived.identifiers)
    for scheme, value in derived.identifiers:
        assert 1 <= len(value) <= 60
        assert scheme in ("isbn", "issn", "lccn", "other", "heading", "host", "key", "word", "gone")
        assert scheme != "isbn" or isbn13(value) == value
        assert scheme != "issn" or issn8(value) == value
    assert derive(record) == derived
    assert derive(record, text=canonical(record)) == derived


def assert_nothing_known_is_left_out(record: dict[str, Any]) -> None:
    """What any field of a MARC 21 record says of these, the brief says too."""
    said = {"publisher": (("260", "264"), "b"), "place": (("260", "264"), "a"), "author": (("100", "110"), "a")}
    brief = derive(record).brief
    for key, (tags, codes) in said.items():
        told = [text for tag, one in data_fields(record) if tag in tags and (text := clean(pick(one, codes)))]
        assert not told or told[0] in brief[key] or key == "author"
        assert not told or key in brief


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_real_record_gives_sane_facts(name: str) -> None:
    assert records(name)
    for record in records(name):
        assert_sane(record)
        if not name.startswith("unimarc") and kind_of(record) == "b":
            assert_nothing_known_is_left_out(record)


@pytest.mark.slow
@pytest.mark.parametrize("name", XML_FILES)
def test_every_real_record_of_the_xml_files_gives_sane_facts(name: str) -> None:
    for record in records(name):
        assert_sane(record)


def test_most_real_books_have_a_title_and_a_year() -> None:
    briefs = [derive(record).brief for record in records("bib.utf8.mrc.gz")]
    assert sum("title" in brief for brief in briefs) > 0.98 * len(briefs)
    assert sum("year" in brief for brief in briefs) > 0.9 * len(briefs)


TEXTS = st.text(max_size=12)
ANY_FIELD = st.one_of(
    st.dictionaries(st.sampled_from(["001", "003", "008", "245"]), TEXTS, min_size=1, max_size=1),
    st.builds(
        lambda tag, ind, pairs: {tag: {"ind1": ind, "ind2": ind, "subfields": pairs}},
        st.sampled_from(["010", "020", "022", "024", "041", "100", "245", "250", "260", "264", "650", "880", "999"]),
        st.text(max_size=1),
        st.lists(st.dictionaries(st.sampled_from("abcdnpx6"), TEXTS, min_size=1, max_size=1), max_size=4),
    ),
)


@given(st.text(max_size=24), st.lists(ANY_FIELD, max_size=6))
def test_no_record_breaks_it(leader: str, fields: list[dict[str, Any]]) -> None:
    record = {"leader": leader, "fields": fields}
    try:
        canonical(record)
    except ValueError:  # lone surrogates are no text; the codecs never give them
        return
    assert_sane(record)
    material_of(record)
    subjects(record)
    headings(record, ("100", "650"), "ab")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Dəli Kür /", "Dəli Kür"),
        ("Bakı :", "Bakı"),
        ("Москва :.", "Москва"),
        ("Azərnəşr,", "Azərnəşr"),
        ("Yenə də...", "Yenə də..."),
        ("Şıxlı, İ.", "Şıxlı, İ."),
        ("Tolstoy, L. N.", "Tolstoy, L. N."),
        ("Roman.", "Roman"),
        ("[Bakı]", "Bakı"),
        ("[Bakı] ; [Gəncə]", "[Bakı] ; [Gəncə]"),
        ("  ", ""),
        (".", ""),
    ],
)
def test_punctuation_that_only_led_on_goes(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text())
def test_cleaning_never_adds(text: str) -> None:
    assert clean(text) in text


@pytest.mark.parametrize(
    ("leader", "form_of_item", "material"),
    [
        ("00000nam", " ", "book"),
        ("00000nas", " ", "serial"),
        ("00000nam", "o", "ebook"),
        ("00000nas", "o", "ejournal"),
        ("00000nam", "r", "book"),
        ("00000nem", " ", "map"),
        ("00000nem", "o", "map"),
        ("00000njm", " ", "music"),
        ("00000n", " ", "book"),
        ("00000na", " ", "book"),
    ],
)
def test_material(leader: str, form_of_item: str, material: str) -> None:
    fixed = "240101s1982    aj".ljust(23) + form_of_item
    assert material_of({"leader": leader, "fields": [{"008": fixed}]}) == material


def test_the_original_script_stands_beside_its_field() -> None:
    record = marc(
        field("700", "1 ", _6="880-03", a="Nizami,", e="author"),
        field("880", "10", _6="245-02/(N", a="Хәмсә /"),
        field("880", "1 ", _6="100-01/(N", a="Низами,"),
        field("880", "1 ", _6="700-03/(3", a="نظامی"),
        field("880", "1 ", _6="junk", a="?"),
    )
    brief = derive(record).brief
    assert (brief["script_title"], brief["script_author"]) == ("Хәмсә", "Низами")
    [added] = headings(record, ("700",), "ab")
    assert (added.text, added.relator, added.script) == ("Nizami", "author", "نظامی")
    assert linked_tag(field("880", _6="245-01/(N")["880"]) == "245"
    assert linked_tag(field("880", _6="24")["880"]) == ""


def test_the_first_field_that_says_a_thing_is_believed() -> None:
    imprint = (field("264", " 4", c="©2010"), field("264", " 1", a="Bakı :", b="Qanun,", c="2009."))
    brief = derive(marc(*imprint)).brief
    assert (brief["place"], brief["publisher"]) == ("Bakı", "Qanun")
    assert brief["year"] == 1982  # the fixed field is believed before the words


@pytest.mark.parametrize(
    ("fixed", "year"), [("19uu", None), ("9999", None), ("0982", None), ("    ", None), ("2024", 2024)]
)
def test_the_year_of_the_fixed_field(fixed: str, year: int | None) -> None:
    record = {"leader": "00000nam a22", "fields": [{"008": f"240101s{fixed}    aj"}]}
    assert derive(record).brief.get("year") == year


def test_subjects_are_told_once_with_their_subdivisions() -> None:
    subject = field("650", " 7", a="Poemalar.", x="Tarix.", v="Antologiyalar.")
    assert subjects(marc(subject, subject, field("651", a="Gəncə"), field("650"))) == [
        "Poemalar -- Tarix -- Antologiyalar", "Gəncə"
    ]  # fmt: skip


def test_an_authority_is_named_by_its_heading() -> None:
    record = {"leader": "00000nz  a22", "fields": [field("100", "1 ", a="Nizami Gəncəvi,", d="1141-1209")]}
    derived = derive(record)
    assert (derived.kind, derived.brief) == ("a", {"title": "Nizami Gəncəvi, 1141-1209"})


def test_numbers_are_kept_in_the_form_in_which_they_are_compared() -> None:
    record = marc(
        field("010", a="   67 16378 "), field("020", a="978-9952-8-0000-5 (cild 1)"), field("020", z="0-00-000000-0"),
        field("022", a="0317-8471"), field("024", a=" x-1 "), field("020", a="yanlış"), number=" az 1 ",
    )  # fmt: skip
    derived = derive(record)
    assert tuple(number for number in derived.identifiers if number[0] != "key") == (
        ("lccn", "6716378"), ("isbn", "9789952800005"), ("issn", "03178471"), ("other", "x-1")
    )  # fmt: skip
    assert (derived.control_number, derived.agency, derived.brief["isbn"]) == ("az1", "AZ-TEST", "9789952800005")
