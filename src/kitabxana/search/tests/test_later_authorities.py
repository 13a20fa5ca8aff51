"""A new authority takes up the headings that the index knows to have its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base import outbox
from kitabxana.catalogue.queries import authorities_of
from kitabxana.catalogue.tests.builders import field
from kitabxana.catalogue.tests.test_authorities import NIZAMI, authority, book, save
from kitabxana.search.operations import headings_added, index_records

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def added(marc: dict[str, Any]) -> int:
    number = save(marc)
    headings_added([{"authority": number}])
    return number


def test_names_topics_and_titles_written_before_are_taken_up() -> None:
    person = save(book(field("700", "1 ", a="NİZAMİ Gəncəvi,", d="1141-1209", e="müəllif")))
    subject = save(book(field("600", "14", a="Nizami Gəncəvi,", d="1141-1209", x="Dili")))
    topic = save(book(field("650", " 4", a="Poeziya", x="Tarix")))
    russian = save(book(field("650", " 4", a="Поэзия")))
    title = save(book(field("730", "0 ", a="Kitabi-Dədə Qorqud")))
    other = save(book(field("500", "  ", a="Nizami Gəncəvi, 1141-1209: Poeziya")))
    index_records([person, subject, topic, russian, title, other])
    nizami = added(authority(NIZAMI))
    poetry = added(authority(field("150", a="Poeziya"), field("750", " 7", a="Поэзия", _2="rvk")))
    qorqud = added(authority(field("130", " 0", a="Kitabi-Dədə Qorqud")))
    assert authorities_of(person) == {("700", 0): nizami}
    assert authorities_of(subject) == {("600", 0): nizami}
    assert authorities_of(topic) == authorities_of(russian) == {("650", 0): poetry}
    assert authorities_of(title) == {("730", 0): qorqud}
    assert authorities_of(other) == {}


def test_the_cost_does_not_grow_with_the_records() -> None:
    costs = []
    for name in ("Coğrafiya", "Botanika"):
        index_records([save(book(field("650", " 4", a=name))) for _ in range(1 if name == "Coğrafiya" else 30)])
        topic = save(authority(field("150", a=name)))
        with CaptureQueriesContext(connection) as queries:
            headings_added([{"authority": topic}, {"authority": topic}])
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_a_great_heading_is_gone_through_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitabxana.search.operations.headings.LINKED_AT_ONCE", 2)
    numbers = [save(book(field("650", " 4", a="Poeziya"))) for _ in range(5)]
    index_records(numbers)
    topic = save(authority(field("150", a="Poeziya")))
    times = 0
    while outbox.pending("heading.added"):
        outbox.deliver({"heading.added": (headings_added,)}, at_leisure=("heading.added",))
        times += 1
    assert times >= 3
    assert {authorities_of(number)["650", 0] for number in numbers} == {topic}
