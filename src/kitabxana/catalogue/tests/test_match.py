"""Which stored record an incoming one is: a control number alone proves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from kitabxana.catalogue.facts import Known
from kitabxana.catalogue.rules import derive, match
from kitabxana.catalogue.tests.builders import field, marc

BOOK = marc(title="Dəli Kür", author="Şıxlı, İsmayıl", number="1")
ISBN = field("020", a="9789952800005")


def known(number: int, record: dict[str, Any], *, run: int | None = None) -> Known:
    derived = derive(record)
    return Known(number, derived.digest, derived.brief, deleted=False, import_run=run)


def matched(record: dict[str, Any], *candidates: Known, run: int | None = None) -> int | None:
    found = match(derive(record), candidates, run=run)
    return found.id if found else None


def test_nothing_matches_nothing() -> None:
    assert matched(BOOK) is None


@pytest.mark.parametrize(
    ("stored", "same"),
    [
        (BOOK, True),
        (marc(title="DELI KUR", author="Şıxlı, İsmayıl", number="1"), True),
        (marc(title="Dəli Kür : roman", author="Şıxlı, İ.", number="1"), True),
        (marc(title="Dəli Kür", author="Başqası", number="1"), True),
        (marc(title="Xəmsə", author="Nizami Gəncəvi", number="1"), False),
        (marc(title="Xəmsə", author="Şıxlı, İsmayıl", number="1"), False),
    ],
)
def test_a_record_with_the_same_number_is_the_same_when_it_is_like_it(stored: dict[str, Any], same: bool) -> None:  # noqa: FBT001
    assert matched(BOOK, known(7, stored)) == (7 if same else None)


def test_an_isbn_makes_two_titles_one_book() -> None:
    renamed = marc(ISBN, title="The mad Kur", author="Shykhly, Ismayil", number="1")
    assert matched(marc(ISBN, title="Dəli Kür", number="1"), known(7, renamed)) == 7


def test_an_equal_record_is_preferred_to_a_like_one() -> None:
    like = marc(title="Dəli Kür", author="Şıxlı, İsmayıl", number="2")
    assert matched(BOOK, known(1, like), known(2, BOOK)) == 2


def test_the_likest_is_taken_among_several() -> None:
    candidates = (
        known(1, marc(title="Dəli dünya", author="X", number="1")),
        known(2, marc(title="Dəli Kür", author="Y", number="1")),
        known(3, marc(title="Kür", author="Y", number="1")),
    )
    assert matched(marc(title="Dəli Kür", author="Y", number="9"), *candidates) == 2


def test_a_file_does_not_overlay_its_own_records() -> None:
    changed = marc(field("500", a="fərqli"), title="Dəli Kür", author="Şıxlı, İsmayıl", number="1")
    assert matched(changed, known(7, BOOK, run=5), run=5) is None
    assert matched(changed, known(7, BOOK, run=4), run=5) == 7
    assert matched(BOOK, known(7, BOOK, run=5), run=5) == 7  # the very same is no other


def test_untitled_records_are_alike() -> None:
    bare = {"leader": "00000nam a22", "fields": [{"001": "1"}]}
    noted = {"leader": "00000nam a22", "fields": [{"001": "1"}, field("500", a="qeyd")]}
    assert matched(bare, known(7, noted)) == 7
    assert matched(bare, known(7, BOOK)) is None
