"""The list of overdue loans: who has what for how long, filters, the file, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import accrue_fines, check_out, claim_returned, declare_lost
from kitabxana.circulation.rules.overdue import due_between
from kitabxana.circulation.tests.builders import Loan
from kitabxana.circulation.tests.scenes import policy
from kitabxana.formats.spreadsheets import spreadsheet
from kitabxana.fronts.desk.tests.people import administrator, librarian
from kitabxana.fronts.desk.tests.test_cost import cost
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.notices.operations import tell_of_the_day
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client

LIST = "/desk/overdue/"


def late(patron: int, barcode: str, *, days: int, title: str = "", unit: str = "GNC-M") -> int:
    """A loan that was due so many days ago; its number."""
    item = a_copy(a_record(title=title or f"Kitab {barcode}"), barcode=barcode, price_minor=900)
    now = timezone.now()
    made = check_out(item_id=item, patron_id=patron, unit=unit, by=SYSTEM, now=now - timedelta(days=days + 1),
                     due=now - timedelta(days=days))  # fmt: skip
    return made.id


def seen(client: Client, query: str = "") -> list[str]:
    """The barcodes on the page, in order."""
    page = client.get(f"{LIST}?{query}").content.decode()
    return [part.partition("<")[0] for part in page.split('data-label="Barcode" class="k-num">')[1:]]


def test_a_reader_is_shown_with_all_that_should_be_back_and_the_look_is_written_down() -> None:
    policy(fine_amount=10, fine_closed_days=True, overdue_first_days=3)
    patron = a_reader(surname="Əliyeva", firstname="Nigar", phone="+994501112233", email="nigar@example.az")
    loan_id = late(patron, "B1", days=5, title="Dəli Kür")
    late(a_reader(surname="Zamanov", card="R2"), "B2", days=-1)
    accrue_fines(by=SYSTEM, now=timezone.now())
    tell_of_the_day(now=timezone.now())
    cache.clear()
    page = librarian().get(LIST).content.decode()
    for text in ("Əliyeva Nigar", "+994501112233", "nigar@example.az", "Dəli Kür", "B1", "5 days late", "0.50 AZN",
                 "Overdue 1", f"/desk/readers/{patron}/", f"/desk/loans/{loan_id}/"):  # fmt: skip
        assert text in page
    assert "Zamanov" not in page
    looks = AuditEntry.objects.filter(action="patron.view").values_list("object_id", flat=True)
    assert list(looks) == [str(patron)]


def test_days_category_and_library_narrow_and_settled_ones_come_when_asked() -> None:
    child = a_reader(surname="Babayev", category="CHILD", card="R1")
    grown = a_reader(surname="Abbasov", card="R2")
    elsewhere = a_reader(surname="Cəfərov", card="R3", home_unit="GNC-2")
    late(child, "B1", days=2)
    late(child, "B2", days=40)
    late(grown, "B3", days=10)
    late(elsewhere, "B4", days=20)
    declare_lost(loan_id=late(grown, "B5", days=60), by=SYSTEM, now=timezone.now())
    claim_returned(loan_id=late(grown, "B6", days=50), by=SYSTEM, now=timezone.now())
    late(grown, "B7", days=30, unit="GNC-2")
    client = librarian()
    assert seen(client) == ["B3", "B2", "B1", "B4"]
    assert seen(client, "order=days") == ["B2", "B1", "B4", "B3"]  # a reader's loans stay together
    assert seen(client, "from=10&to=20") == ["B3", "B4"]
    assert seen(client, "from=11&to=19") == []
    assert seen(client, "category=CHILD") == ["B2", "B1"]
    assert seen(client, "home=GNC-2") == ["B4"]
    assert seen(client, "settled=on") == ["B5", "B6", "B3", "B2", "B1", "B4"]
    assert seen(client, "library=GNC-2") == seen(client), "another library's loans need a permission there"
    assert seen(administrator(), "library=GNC-2") == ["B7"]
    assert seen(client, "from=999999999&to=999999999&home=%00&category=NOPE") == []


def test_a_reader_of_another_system_is_not_named() -> None:
    stranger = a_reader(surname="Qəribov", card="R9", home_unit="SAK-M", phone="+994700000000")
    made = late(a_reader(), "B1", days=4)
    Loan.objects.filter(pk=made).update(patron=stranger)
    page = librarian().get(LIST).content.decode()
    assert "A reader of another library" in page
    assert "B1" in page
    for hidden in ("Qəribov", "R9", "+994700000000", f"/desk/readers/{stranger}/", f"/desk/loans/{made}/"):
        assert hidden not in page


def test_the_file_holds_every_loan_and_no_formula() -> None:
    policy(max_loans=100)
    patron = a_reader(surname="=HYPERLINK(1)", firstname="", phone="+994501112233")
    for number in range(51):
        late(patron, f"B{number}", days=3)
    client = librarian()
    assert len(seen(client)) == 50
    assert len(seen(client, "page=2")) == 1
    answer = client.get(f"{LIST}?as=csv&page=2")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "overdue-GNC-M-" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 52
    assert lines[0].startswith("Reader;Card;Category;Library;Phone")
    assert all(line.startswith("'=HYPERLINK(1);") and ";'+994501112233;" in line for line in lines[1:])


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_a_spreadsheet_would_reckon_with_is_text(first: str) -> None:
    assert spreadsheet([["a", f"{first}1"]]).decode("utf-8-sig").replace('"', "").startswith(f"a;'{first}1")
    assert spreadsheet([["a-b;c", -3]]).decode("utf-8-sig") == '"a-b;c";-3\r\n'


def test_days_late_are_those_of_the_librarys_clock() -> None:
    now = datetime(2026, 11, 23, 21, tzinfo=UTC)  # the 24th, 01:00 in Baku
    midnight = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert due_between(now=now, zone="Asia/Baku") == (None, now)
    assert due_between(now=now, zone="Asia/Baku", least=1) == (None, midnight)
    assert due_between(now=now, zone="Asia/Baku", least=1, most=1) == (midnight - timedelta(days=1), midnight)


def test_the_list_costs_the_same_however_long_it_is_and_finds_its_index() -> None:
    policy(max_loans=100, fine_amount=10)
    first = a_reader()
    late(first, "A0", days=5)
    client = librarian()
    client.get(LIST)  # the look is written once
    few = cost(client, LIST)
    for number in range(30):
        late(a_reader(surname=f"Oxucu{number}", card=f"C{number}"), f"B{number}", days=number + 1)
    late(first, "A1", days=9)
    client.get(LIST)
    assert cost(client, LIST) == few
    assert few <= 14
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM circulation_loan WHERE due_at < now() AND unit_id IN (1, 2)")
        assert "loan_due" in "\n".join(line for (line,) in cursor.fetchall())
