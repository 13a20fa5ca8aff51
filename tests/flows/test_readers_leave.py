"""A reader with things open in another feature neither leaves nor vanishes in a merge, whether that feature says so."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.ports import patron_ties
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_in, check_out, place_hold
from kitabxana.circulation.queries import loans_of
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import erase, merge
from kitabxana.patrons.queries import patron
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no feature had ties: what the tables themselves say must be enough to refuse."""
    a_nation()
    monkeypatch.setattr("kitabxana.patrons.operations.ties.patron_ties", [])


def test_a_reader_with_an_open_loan_is_neither_forgotten_nor_merged_away() -> None:
    one, other = a_reader(), a_reader(card="R2")
    lent = a_copy(a_record())
    check_out(item_id=lent, patron_id=one, unit="GNC-M", by=SYSTEM, now=timezone.now())
    with pytest.raises(Refused) as refused:
        erase(patron_id=one, by=SYSTEM, now=timezone.now())
    assert [(one.code, dict(one.params)) for one in refused.value.refusals] == [
        ("ties_left", {"what": "circulation.loan", "rows": 1})
    ]
    with pytest.raises(Refused, match="ties_left"):
        merge(keep=other, gone=one, by=SYSTEM, now=timezone.now())
    assert len(loans_of(one)) == 1
    check_in(item_id=lent, unit="GNC-M", by=SYSTEM, now=timezone.now())
    erase(patron_id=one, by=SYSTEM, now=timezone.now())
    assert patron(one, scopes=("",)) is None


def test_a_reader_who_waits_for_a_book_stays() -> None:
    one, record = a_reader(), a_record()
    a_copy(record)
    place_hold(record_id=record, patron_id=one, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    with pytest.raises(Refused, match="ties_left"):
        erase(patron_id=one, by=SYSTEM, now=timezone.now())


def test_a_feature_with_ties_takes_its_rows_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitabxana.patrons.operations.ties.patron_ties", patron_ties)
    assert [ties.feature for ties in patron_ties] == ["charges", "circulation", "notices"]
    one, other = a_reader(), a_reader(card="R2")
    check_out(item_id=a_copy(a_record()), patron_id=one, unit="GNC-M", by=SYSTEM, now=timezone.now())
    merge(keep=other, gone=one, by=SYSTEM, now=timezone.now())
    assert [loan.patron_id for loan in loans_of(other)] == [other]
