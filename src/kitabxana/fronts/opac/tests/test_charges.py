"""What a reader owes, on the reader's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.charges.facts import Source, Till
from kitabxana.charges.operations import charge, charge_by_hand, pay, set_accruing
from kitabxana.charges.tests.builders import NOW, a_library_in_turkiye
from kitabxana.fronts.opac.tests.readers import a_copy, a_reader, a_record, signed_in, text_of

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_nothing_is_owed() -> None:
    assert "You owe nothing." in text_of(signed_in(a_reader()).get("/account/"))


def test_what_is_owed_what_for_and_to_whom() -> None:
    a_library_in_turkiye()
    patron, other = a_reader(), a_reader(card="R2")
    item = a_copy(a_record(title="Dəli Kür"))
    charge(patron_id=patron, kind="lost", amount_minor=1250, unit="GNC-M", by=SYSTEM, now=NOW, item_id=item,
           source=Source("loan", 1))  # fmt: skip
    charge(patron_id=patron, kind="lost", amount_minor=0, unit="ANK", by=SYSTEM, now=NOW, source=Source("loan", 2))
    set_accruing(patron_id=patron, source=Source("loan", 3), amount_minor=60, unit="GNC-M", by=SYSTEM, now=NOW)
    charge_by_hand(patron_id=patron, kind="copy", amount_minor=300, unit="ANK", by=SYSTEM, now=NOW, note="sirr")
    charge_by_hand(patron_id=other, kind="card", amount_minor=777, unit="GNC-M", by=SYSTEM, now=NOW)
    shown = text_of(signed_in(patron).get("/account/")).replace("\xa0", " ")
    for words in ("13.10 AZN", "3.00 TRY", "Lost item Dəli Kür", "12.50 AZN", "Overdue fine still growing",
                  "Please bring a copy in its place", "Copies and prints"):  # fmt: skip
        assert words in shown
    assert "7.77" not in shown
    assert "sirr" not in shown, "notes are the staff's own"


def test_credit_is_shown() -> None:
    patron = a_reader()
    pay(patron_id=patron, amount_minor=250, till=Till("GNC-M", "card"), by=SYSTEM, now=NOW, keep_rest=True)
    shown = text_of(signed_in(patron).get("/account/")).replace("\xa0", " ")
    assert "Your library holds 2.50 AZN for you." in shown
    assert "You owe nothing." in shown


def test_many_charges_cost_no_more_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    patron, record = a_reader(), a_record()
    for number in range(6):
        item = a_copy(record, barcode=f"C{number}")
        charge(patron_id=patron, kind="lost", amount_minor=100, unit="GNC-M", by=SYSTEM, now=NOW, item_id=item,
               source=Source("loan", number))  # fmt: skip
    client = signed_in(patron)
    client.get("/account/")
    with django_assert_max_num_queries(24):
        client.get("/account/")
