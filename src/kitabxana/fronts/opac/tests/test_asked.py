"""Any address of a results page has a meaning, and every link from it keeps the rest of it."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from kitabxana.fronts.opac.asked import LAST_PAGE, Asked
from kitabxana.fronts.opac.tests.readers import a_book, browser

ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="\"-*: |()[]{}<>\\/'\x00\u202eƏəİıأхX0129", max_size=40),
    st.sampled_from(
        ["OR", "-", '"', "*", "title:", "author:*", "-*", '"" OR ""', "isbn:", "a" * 5000, "%", "٣", "NEAR/2"]
    ),
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["q", "in", "sort", "page", "library", "material", "language", "year", "author", "subject", "x"]),
    st.lists(ANY_TEXT, max_size=3),
)


def asked(query: str) -> Asked:
    return Asked.read(QueryDict(query))


@given(PARAMETERS)
def test_reading_an_address_and_writing_it_again_changes_nothing(parameters: dict[str, list[str]]) -> None:
    query = QueryDict(mutable=True)
    for name, values in parameters.items():
        query.setlist(name, values)
    first = Asked.read(query)
    assert 1 <= first.page <= LAST_PAGE
    assert asked(first.address()[1:]) == first


@pytest.mark.django_db
def test_no_query_breaks_the_page() -> None:
    a_book()

    @settings(max_examples=100, deadline=None)
    @given(PARAMETERS)
    def answered(parameters: dict[str, list[str]]) -> None:
        page = browser().get("/search", parameters)
        assert page.status_code == 200
        assert 'id="count"' in page.content.decode()

    answered()


def test_a_value_is_added_and_taken_away_and_the_page_starts_again() -> None:
    one = asked("q=kur&sort=title&page=7&language=aze")
    more = one.toggled("language", "rus")
    assert more.address() == "?q=kur&sort=title&language=aze&language=rus"
    assert more.toggled("language", "aze").toggled("language", "rus").address() == "?q=kur&sort=title"
    assert one.on_page(2).address() == "?q=kur&sort=title&language=aze&page=2"
    assert one.without_filters().address() == "?q=kur&sort=title"
    assert one.hidden == [("q", "kur"), ("language", "aze")]


def test_without_words_the_latest_come_first() -> None:
    assert asked("").sorted_by == "added"
    assert asked("q=kur").sorted_by == "relevance"
    assert asked("sort=title").sorted_by == "title"
    assert asked("q=kur&sort=nonsense").sorted_by == "relevance"
