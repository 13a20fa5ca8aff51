"""What a page costs the database: bounded, and the same for one loan as for many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import set_policy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def lend(patron: int, record: int, count: int, *, prefix: str) -> None:
    for number in range(count):
        item = a_copy(record, barcode=f"{prefix}{number}")
        check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now())


def test_pages_cost_the_same_however_many_loans_there_are() -> None:
    set_policy(name="max_loans", value=100, by=SYSTEM)
    patron, record = a_reader(), a_record()
    client = librarian()
    pages = {
        f"/desk/check-out/{patron}/": 12,
        f"/desk/readers/{patron}/": 34,
        f"/desk/records/{record}/": 30,
        "/desk/check-in/": 16,
        "/desk/readers/": 20,
    }
    lend(patron, record, 1, prefix="A")
    client.get(f"/desk/check-out/{patron}/")  # the reader is on the desk now; this is written once
    few = {address: cost(client, address) for address in pages}
    lend(patron, a_record(title="Başqa"), 11, prefix="B")
    lend(patron, record, 11, prefix="C")
    many = {address: cost(client, address) for address in pages}
    assert many == few
    assert {address: few[address] for address in pages if few[address] > pages[address]} == {}


def test_lending_a_copy_at_the_desk_is_eighteen_statements_besides_the_bounds_of_transactions() -> None:
    patron, record, client = a_reader(), a_record(), librarian()
    for number in range(2):
        a_copy(record, barcode=f"B{number}")
    address = f"/desk/check-out/{patron}/"
    client.get(address)
    for barcode in ("B0", "B1"):  # what the process keeps is asked with the first
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, {"q": barcode, "once": barcode}, headers={"HX-Request": "true"})
        assert barcode in answer.content.decode()
    bounds = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    asked = [query["sql"] for query in queries.captured_queries if not query["sql"].startswith(bounds)]
    assert len(asked) == 18, "\n".join(one.replace("\n", " ")[:110] for one in asked)


def test_a_check_in_costs_a_bounded_number_of_statements_however_long_the_list() -> None:
    record, client = a_record(), librarian()
    for number in range(12):
        a_copy(record, barcode=f"B{number}")
    costs = []
    for number in range(12):
        with CaptureQueriesContext(connection) as queries:
            client.post("/desk/check-in/", {"q": f"B{number}"}, headers={"hx-request": "true"})
        costs.append(len(queries))
    assert costs[-1] <= costs[1]
    assert max(costs) <= 60
