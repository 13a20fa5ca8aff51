"""What is offered beside the results: headings while typing, other spellings, lists; and what is counted in vain."""

from __future__ import annotations

from datetime import date

import pytest

from kitabxana.fronts.opac.tests.readers import a_book, browser, index_all, text_of
from kitabxana.search.queries import misses

pytestmark = pytest.mark.django_db
LONG_AGO = date(2000, 1, 1)


def results(query: str) -> str:
    return browser().get(f"/search{query}").content.decode()


def test_headings_are_offered_with_where_they_lead() -> None:
    a_book()
    page = browser().get("/suggestions?q=sixl").content.decode()
    assert 'role="option"' in page
    assert "Şıxlı, İsmayıl" in page
    assert 'data-address="/search?author=' in page
    assert browser().get("/suggestions?q=%00%1f").content.strip() == b""


def test_a_misspelt_word_is_answered_and_the_right_one_offered() -> None:
    a_book()
    page = results("?q=ismyail+%C5%9F%C4%B1xl%C4%B1")
    assert "spelt alike" in page
    assert "İsmayıl şıxlı" in page
    assert misses(since=LONG_AGO) == [("ismyail sixli", 1)]


def test_only_what_is_nowhere_counts_as_searched_in_vain() -> None:
    a_book()
    for query in ("?q=zzzq&library=GNC", "?q=zzzq&available=1", "?q=", "?q=d%C9%99li"):
        results(query)
    assert misses(since=LONG_AGO) == []
    results("?q=zzzq")
    assert misses(since=LONG_AGO) == [("zzzq", 1)]


def test_a_list_leads_to_what_stands_under_its_lines() -> None:
    a_book()
    index_all()
    from kitabxana.search.operations import gather_headings

    gather_headings()
    page = browser().get("/browse?in=author&from=%C5%9F")
    assert "Şıxlı, İsmayıl" in text_of(page)
    assert browser().get("/browse?in=nonsense&from=%00").status_code == 200
