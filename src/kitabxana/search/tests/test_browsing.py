"""The lists: what stands in them, in whose order, and what leads elsewhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.tests.builders import a_record, an_authority, change, field
from kitabxana.search.models import Heading, Miss
from kitabxana.search.operations import (
    forget_misses,
    gather_headings,
    headings_changed,
    index_records,
    note_miss,
    remember_headings,
)
from kitabxana.search.queries import browse, misses, suggest
from kitabxana.search.rules import facet_headings, headings_of
from kitabxana.search.rules.headings import place_of

if TYPE_CHECKING:
    from pathlib import Path

    from kitabxana.search.queries.browsing import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def shelved(*records: int) -> None:
    index_records(records)
    headings_changed([{"records": list(records)}])


def titles(language: str, *, kind: Kind = "title", start: str = "", **more: Any) -> list[str]:
    return [line.text for line in browse(kind, start=start, language=language, **more).lines]


def test_titles_stand_in_the_order_of_the_readers_language() -> None:
    shelved(*(a_record(title=title) for title in ("Xan", "Qala", "Əsli", "Ceyran", "Fil", "İldırım", "Ispanaq")))
    assert titles("az") == ["Ceyran", "Əsli", "Fil", "Xan", "Ispanaq", "İldırım", "Qala"]
    assert titles("en") == ["Ceyran", "Əsli", "Fil", "İldırım", "Ispanaq", "Qala", "Xan"]


def test_a_list_is_walked_both_ways() -> None:
    shelved(*(a_record(title=title) for title in ("Alma", "Armud", "Heyva", "Nar", "Üzüm")))
    page = browse("title", start="h", language="az", limit=2)
    assert [line.text for line in page.lines] == ["Heyva", "Nar"]
    assert page.before
    assert page.after
    back = browse("title", start="Heyva", language="az", limit=1, backwards=True)
    assert [line.text for line in back.lines] == ["Armud"]
    assert back.before
    assert not browse("title", start="Alma", language="az").before


def test_a_heading_counts_its_records_and_goes_with_the_last() -> None:
    one, other = a_record(author="Nizami Gəncəvi"), a_record(title="Xəmsə", author="Nizami Gəncəvi")
    shelved(one, other)
    (line,) = browse("author", start="", language="az").lines
    assert (line.text, line.records) == ("Nizami Gəncəvi", 2)
    change(one, suppressed=True)
    change(other, suppressed=True)
    index_records([one, other])
    assert titles("az", kind="author") == []
    gather_headings()
    assert not Heading.objects.exists()


def test_a_title_is_filed_without_its_article_and_shown_with_it() -> None:
    record = {"leader": "00000nam a22", "fields": [field("245", "14", a="The Caspian")]}
    remember_headings(headings_of(derive(record).brief, facet_headings(record)))
    (row,) = Heading.objects.all()
    assert row.text == "The Caspian"
    assert bytes(row.key_en) == place_of("Caspian", "en")


def test_authorities_lead_to_the_heading_that_is_used() -> None:
    book = a_record(author="Nizami Gəncəvi")
    authority = an_authority(
        field("100", "1 ", a="Nizami Gəncəvi"), field("400", "1 ", a="Gəncəvi, Nizami"), field("500", "1 ", a="Füzuli")
    )
    shelved(book, authority)
    lines = {line.text: line for line in browse("author", start="", language="az").lines}
    assert lines["Gəncəvi, Nizami"].see == "Nizami Gəncəvi"
    assert lines["Gəncəvi, Nizami"].records == 1
    assert "Füzuli" not in {line.see for line in lines.values()}, "nothing is by Füzuli here"


def test_gathering_again_changes_nothing() -> None:
    shelved(a_record(title="Alma"), a_record(title="Nar"))
    before = set(Heading.objects.values_list("pk", "text"))
    assert gather_headings() == len(before)
    assert set(Heading.objects.values_list("pk", "text")) == before


def test_what_is_typed_finds_headings_in_any_spelling() -> None:
    shelved(
        a_record(title="Xəmsə", author="Nizami Gəncəvi"), a_record(title="Sirlər xəzinəsi", author="Nizami Gəncəvi")
    )
    assert [(one.kind, one.text, one.records) for one in suggest("GENC")] == [("author", "Nizami Gəncəvi", 2)]
    assert [one.text for one in suggest("hems")] == []
    assert [one.text for one in suggest("xems")] == ["Xəmsə"]
    assert suggest("x") == []
    assert suggest("\x1f!?") == []


def test_misses_are_counted_without_what_looks_personal() -> None:
    today = date(2026, 11, 23)
    for text in ("Yoxdur belə", "yoxdur BELƏ", "reader@example.org", "0501234567", "?!"):
        note_miss(text, on=today)
    assert [(row.words, row.times) for row in Miss.objects.all()] == [("yoxdur bele", 2)]
    assert misses(since=today) == [("yoxdur bele", 2)]
    assert misses(since=date(2026, 11, 24)) == []


def test_what_was_looked_for_in_vain_is_forgotten_after_a_year() -> None:
    day = date(2026, 3, 1)
    for ago in (0, 399, 400, 401, 1000):
        note_miss(f"axtarış {ago}", on=day - timedelta(days=ago))
    assert forget_misses(on=day) == 2
    assert {row.words for row in Miss.objects.all()} == {"axtaris 0", "axtaris 399", "axtaris 400"}
