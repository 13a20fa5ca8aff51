"""A record as a form and back: nothing is lost, whatever the framework shows; frameworks, builders, macros."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitabxana.catalogue.rules import validate
from kitabxana.catalogue.rules.forming import Row, acted, missing, read, rows_from, rows_of, with_field
from kitabxana.catalogue.rules.frameworks import (
    LANGUAGES,
    Said,
    as_said,
    blank,
    framework_for,
    frameworks,
    rows,
    said_problem,
)
from kitabxana.catalogue.rules.frameworks.indicators import indicators
from kitabxana.catalogue.rules.frameworks.places import LENGTHS_007, begun, choices
from kitabxana.catalogue.rules.macros import edits_of, run
from kitabxana.catalogue.rules.marc21 import field_rules
from kitabxana.catalogue.rules.textmode import filled, rendered, typed
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records

if TYPE_CHECKING:
    from collections.abc import Sequence

BOOK = frameworks()["book"]
DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"


def sent(some: Sequence[Row]) -> dict[str, list[str]]:
    """The rows as a browser sends their form."""
    data: dict[str, list[str]] = {"f": [str(row.number) for row in some]}
    for row in some:
        data[f"t{row.number}"] = [row.tag]
        if row.kind == "lines":
            data[f"l{row.number}"] = [row.text.replace("\n", "\r\n")]
        elif row.kind == "control":
            data[f"c{row.number}"] = [row.text]
        else:
            data[f"i{row.number}"] = [row.indicators]
            data[f"s{row.number}"] = [code for code, _ in row.pairs]
            data[f"v{row.number}"] = [text for _, text in row.pairs]
    return data


def there_and_back(record: dict[str, Any], code: str) -> dict[str, Any]:
    found = read(rows_from(sent(rows_of(record, frameworks()[code]))))
    assert found.problems == []
    return found.marc


def real_records() -> list[dict[str, Any]]:
    """All bibliographic and authority records of the open data, whatever their form."""
    names = ("bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "bib.marcxml.xml.gz", "bib.mrk.gz", "auth.marcxml.xml.gz")
    return [read.marc for name in names for read in islice(iter_records(DATA / name), 400) if read.marc]


@pytest.mark.parametrize("code", list(frameworks()))
def test_a_new_record_of_every_framework_is_good_but_for_what_is_to_be_typed(code: str) -> None:
    begun_with = filled(blank(frameworks()[code], day="261123", year="2026"))
    assert framework_for(begun_with) == code
    assert {one.code for one in validate(begun_with)} <= {"no_title", "no_heading"}


def test_everything_has_its_name_in_four_languages() -> None:
    for name in ("labels.tsv", "places.tsv"):
        for line in rows(name):
            texts = line.split("\t")[-4:]
            assert len(texts) == len(LANGUAGES), line
            assert all(text.strip() for text in texts), line
    for framework in frameworks().values():
        for one in framework.fields.values():
            assert set(one.names) == set(LANGUAGES), one.tag
            for spot in one.spots:
                assert set(spot.names) == set(LANGUAGES), (one.tag, spot.code)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["book", "authority"])
def test_real_records_go_through_the_form_unchanged(code: str) -> None:
    some = real_records()
    assert len(some) > 1000
    assert [one for one in some if there_and_back(one, code) != one] == []


TEXT = st.text(st.sampled_from("aƏ $#{}\n\t\u200e\x1f\\"), max_size=8)
ANY = st.one_of(
    st.tuples(st.sampled_from(["245", "500", "9XX", "ABCD", "LDR", "001", "008", ""]), TEXT).map(
        lambda pair: {pair[0]: pair[1]}
    ),
    st.tuples(
        st.sampled_from(["020", "100", "245", "500", "008", "ABCD"]),
        st.sampled_from([" ", "1", "#", "$", "", "12"]),
        st.lists(st.tuples(st.sampled_from(["a", "b", "9", "$", "#", "xy"]), TEXT), max_size=4),
    ).map(lambda one: {one[0]: {"ind1": one[1], "ind2": " ", "subfields": [{code: text} for code, text in one[2]]}}),
)


@given(st.lists(ANY, max_size=8))
def test_nothing_is_lost_that_text_mode_can_write(fields: list[dict[str, Any]]) -> None:
    record = {"leader": "00000nam a2200000 i 4500", "fields": fields}
    lines = typed(rendered(record))
    if not lines.problems:
        assert there_and_back(lines.marc, "book") == lines.marc


def test_what_the_framework_does_not_show_stands_at_its_place_as_lines() -> None:
    record = marc(field("513", a="Məruzə"), field("514", a="x"), field("520", a="Annotasiya"))
    shown = rows_of(record, BOOK)
    block = next(row for row in shown if "513" in row.text)
    assert block.text == "513 ## $aMəruzə\n514 ## $ax"
    assert shown[shown.index(block) + 1].tag == "520"


def test_a_form_offers_empty_boxes_at_their_places_and_leaves_them_out_again() -> None:
    shown = rows_of(marc(), BOOK)
    tags = [row.tag for row in shown if row.tag]
    assert tags.index("020") < tags.index("100") < tags.index("245") < tags.index("300") < tags.index("650")
    title = next(row for row in shown if row.tag == "245")
    assert [code for code, _ in title.pairs] == ["a", "b", "c", "n", "p"]
    assert read(shown).marc == marc()


def test_an_empty_subfield_of_the_record_is_told_from_an_empty_box() -> None:
    record = marc(field("500", a=""))
    assert ("a", "{empty}") in next(row for row in rows_of(record, BOOK) if row.tag == "500").pairs
    assert there_and_back(record, "book") == record


def test_rows_are_moved_repeated_added_and_taken_out() -> None:
    shown = rows_of(marc(field("500", a="bir"), field("500", a="iki")), BOOK)
    one, two = (row.number for row in shown if row.tag == "500")

    def notes(some: Sequence[Row]) -> list[str]:
        return [text for row in some if row.tag == "500" for _, text in row.pairs]

    assert notes(acted(shown, "up", two)) == ["iki", "bir"]
    assert notes(acted(shown, "again", one)) == ["bir", "", "iki"]
    assert notes(acted(shown, "away", one)) == ["iki"]
    assert next(row for row in acted(shown, "plus", one, code="5") if row.number == one).pairs[-1] == ("5", "")
    assert acted(shown, "away", 0) == shown  # the leader stays
    assert acted(shown, "up", 999) == shown
    more = with_field(shown, BOOK.fields["586"])
    assert [row.tag for row in more if "500" <= row.tag < "LDR"][:4] == ["500", "500", "504", "520"]
    assert len({row.number for row in more}) == len(more)
    assert next(row for row in more if row.tag == "586").pairs == (("a", ""),)


def test_what_must_be_filled_is_told_with_its_place() -> None:
    record = {"leader": "00000nam a2200000 i 4500", "fields": [field("245", "10", b="qalanı")]}
    found = read(rows_of(record, frameworks()["serial"]))
    told = missing(found.marc, frameworks()["serial"], level="error")
    assert [(one.code, one.tag, one.subfield) for one in told] == [
        ("wanted_field", "022", ""),
        ("wanted_subfield", "245", "a"),
    ]
    assert all(found.line_of(one) is not None for one in told)


def test_levels_say_what_is_otherwise_and_the_nearest_wins() -> None:
    said = [
        Said("500", names={"az": "Qeydlər"}, mandatory=True),
        Said("500", names={"az": "Bizim qeyd"}, origin="GNC-M"),
        Said("500", "a", default="Hədiyyə", values="sources", origin="GNC-M"),
        Said("990", "x", names={"az": "Yerli"}, origin="GNC-M"),
        Said("520", hidden=True, origin="GNC-M"),
    ]
    ours = as_said(BOOK, said)
    note = ours.fields["500"]
    assert (note.names["az"], note.names["en"], note.mandatory) == ("Bizim qeyd", "Note", True)
    spot = note.spot("a")
    assert spot is not None
    assert (spot.default, spot.values) == ("Hədiyyə", "sources")
    assert list(ours.fields)[-1] == "990"
    assert ours.fields["990"].spots[0].names["az"] == "Yerli"
    assert "520" not in [row.tag for row in rows_of(marc(), ours)]
    assert there_and_back(marc(field("520", a="x")), "book") == marc(field("520", a="x"))
    new = blank(ours, day="261123", year="2026")
    assert {"500": {"ind1": " ", "ind2": " ", "subfields": [{"a": "Hədiyyə"}]}} in new["fields"]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Said("50"), "bad_place"),
        (Said("001"), "bad_place"),
        (Said("500", "ab"), "bad_place"),
        (Said("500", names={"az": "x" * 121}), "bad_name"),
        (Said("500", help={"az": "a\nb"}), "bad_name"),
        (Said("500", "a", default="x" * 201), "bad_default"),
        (Said("500", "a", values="No Such"), "bad_list_name"),
        (Said("500", "a", values="sources", default=""), None),
    ],
)
def test_what_a_level_can_t_say(said: Said, problem: str | None) -> None:
    assert said_problem(said) == problem


def test_builders_know_every_place_of_the_format() -> None:
    leader = "00000nam a2200000 i 4500"
    book = {one.start: one for one in choices("008", marc()["fields"][0]["008"], leader)}
    assert (book[15].values, book[35].values, book[35].value) == ("country", "language", "aze")
    assert book[33].names["en"] == "Literary form"
    assert ("1", {"az": "Bədii", "tr": "Kurgu", "en": "Fiction", "ru": "Художественная"}) in book[33].codes
    assert [one.start for one in choices("008", " " * 40, leader)] == sorted(book)
    serial = {one.start for one in choices("008", " " * 40, "00000nas a2200000 i 4500")}
    assert {18, 19, 21, 34} <= serial
    assert {one.start for one in choices("006", "a" + " " * 17, leader)} == {0, *range(1, 15), 16, 17}
    for first in "acdfghkmoqrstvz":
        text = begun("007", first)
        record = {"leader": leader, "fields": [{"007": text}]}
        assert [one.code for one in validate(record) if one.tag == "007"] == [], first
        assert choices("007", text, leader)[0].value == first


def test_a_macro_is_a_sequence_of_edits() -> None:
    record = marc(field("264", " 1", a="Baku :", b="Yazıçı"), field("653", a="x"), field("650", " 4", a="Tarix"))
    text = "# Bakı\n264$a: Baku => Bakı\n264$c=2026\n-653\n+650$2azt\n+500 ## $aHədiyyə {dollar}5\n-264$b"
    edits, wrong = edits_of(text)
    assert wrong is None
    after = run(record, edits)
    assert field("264", " 1", a="Bakı :", c="2026") in after["fields"]
    assert field("650", " 4", a="Tarix", _2="azt") in after["fields"]
    assert [next(iter(entry)) for entry in after["fields"]] == ["008", "100", "245", "264", "500", "650"]
    assert field("500", a="Hədiyyə $5") in after["fields"]
    assert record["fields"][3]["264"]["subfields"][0] == {"a": "Baku :"}


@pytest.mark.parametrize("line", ["245", "245$a", "+500 ## x", "delete all", "-24", "264$a: x"])
def test_what_is_no_edit_is_told_with_its_line(line: str) -> None:
    assert edits_of(f"-653\n\n{line}")[1] == 3


def test_a_macro_leaves_the_record_s_own_numbers_alone() -> None:
    record = marc(number="77")
    assert run(record, edits_of("-001\n-003\n-005")[0]) == record


@pytest.mark.parametrize("name", frameworks())
def test_every_indicator_that_says_something_is_explained_in_four_languages(name: str) -> None:
    kind = "a" if name == "authority" else "b"
    for tag in frameworks()[name].fields:
        rule = field_rules(kind).get(tag)
        wanted = [place for place, (now, _) in enumerate(rule.indicators or () if rule else (), 1) if now != {" "}]
        told = indicators(tag, kind=kind)
        assert [one.place for one in told] == wanted, tag
        for one in told:
            assert all(one.names[language] for language in LANGUAGES)
            assert all(set(names) == set(LANGUAGES) for code, names in one.codes if (tag, code) != ("024", "5")), tag


def test_indicators_are_told_by_the_nearest_line() -> None:
    first, second = indicators("650", kind="b")
    assert first.names["en"] == "Level of the subject"
    assert dict(second.codes)["4"]["az"] == "Mənbə göstərilməyib (öz siyahımız)"
    assert indicators("130", kind="b")[0].codes[0][0] == "0-9"
    assert [one.place for one in indicators("130", kind="a")] == [2]
    assert [one.place for one in indicators("500", kind="a")] == [1]
    assert indicators("500", kind="b") == indicators("zzz", kind="b") == ()


def test_every_place_and_code_of_007_has_its_name() -> None:
    unnamed = {("a", 4, "x"), ("g", 4, " "), ("s", 3, "g"), *(("f", at, code) for at in (6, 7, 8) for code in "ij")}
    for material in LENGTHS_007:
        for one in choices("007", begun("007", material), "      am"):
            assert not one.names["az"].startswith("007/"), (material, one.start)
            bare = {(material, one.start, code) for code, names in one.codes if set(names) != set(LANGUAGES)}
            assert bare <= unnamed
