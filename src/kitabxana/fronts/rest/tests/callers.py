"""People and programs that call the API, and a small world for them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import orjson
from django.apps import apps
from django.test import Client
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out, claim_returned, place_hold
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, keep_upload, stage
from kitabxana.exchange.tests.builders import numbered
from kitabxana.formats.marc import to_iso2709
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.tests.builders import a_login, a_nation
from kitabxana.patrons.operations import set_pin
from kitabxana.patrons.tests.builders import a_reader

PASSWORD = "dərin-quyu-77"


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


class Caller:
    """Sends every request with the same credentials, and never a cookie."""

    def __init__(self, authorization: str = "") -> None:
        self.headers = {"Authorization": authorization} if authorization else {}

    def get(self, path: str, query: dict[str, Any] | None = None, *, headers: dict[str, str] | None = None) -> Any:
        return Client().get(f"/api/v1{path}", query or {}, headers={**self.headers, **(headers or {})})

    def post(self, path: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Any:
        return self.send("POST", path, b"" if body is None else orjson.dumps(body), headers=headers)

    def send(
        self, method: str, path: str, sent: bytes = b"", content_type: str = "application/json", *,
        headers: dict[str, str] | None = None,
    ) -> Any:  # fmt: skip
        """The request as a program on the network sends it: Django's check against forgery is on."""
        client = Client(enforce_csrf_checks=True)
        both = {**self.headers, **(headers or {})}
        return client.generic(method, f"/api/v1{path}", sent, content_type, headers=both)


NOBODY = Caller()


def a_librarian(unit: str | None = "GNC-M", *, role: str = "librarian", name: str = "leyla") -> Caller:
    a_login(name, role=role, unit=unit, password=PASSWORD)
    return Caller(basic(name, PASSWORD))


def a_signed_in_reader(card: str = "R1", **details: Any) -> tuple[int, Caller]:
    """(id, caller) of a reader with a PIN."""
    patron = a_reader(card=card, **details)
    set_pin(patron_id=patron, pin=PASSWORD, by=SYSTEM)
    return patron, Caller(basic(card, PASSWORD))


@dataclass
class World:
    """One title with a copy on its shelf (B1), one on loan (B2) and one claimed to be back (B3).

    All at GNC-M, lent to a reader (R2) of that library, who waits for another title there. `batch` is a staged import
    of two records.
    """

    record: int
    item: int
    lent: int
    patron: int
    loan: int
    claim: int
    batch: int
    hold: int
    reader: int
    people: dict[str, Caller]


def a_world() -> World:
    a_nation()
    record = a_record()
    item, lent, patron = a_copy(record), a_copy(record, barcode="B2"), a_reader(card="R2", surname="Məmmədov")
    loan = check_out(item_id=lent, patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now())
    other = a_record()
    a_copy(other, barcode="B4")
    hold = place_hold(record_id=other, patron_id=patron, pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    reader, caller = a_signed_in_reader()
    people = {
        "nobody": NOBODY,
        "reader": caller,
        "librarian here": a_librarian("GNC-M"),
        "librarian elsewhere": a_librarian("SAK-M", name="rauf"),
        "administrator": a_librarian(None, role="administrator", name="admin"),
    }
    claimed = check_out(
        item_id=a_copy(record, barcode="B3"), patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now()
    )
    claim = claim_returned(loan_id=claimed.id, by=SYSTEM, now=timezone.now())
    return World(record, item, lent, patron, loan.id, claim, a_batch(), hold.id, reader, people)


def a_batch(*records: dict[str, Any]) -> int:
    """A staged import of these records, or of two of its own, read to its end."""
    file = keep_upload(BytesIO(b"".join(map(to_iso2709, records or numbered(2)))), name="a.mrc")
    batch = stage(file, file_name="a.mrc", profile=Profile(), by=SYSTEM)
    while advance(batch):
        pass
    return batch


def table(name: str) -> Any:
    """A feature's table ("holdings.Item"), for states that none of its operations makes yet."""
    return apps.get_model(name).objects


def codes(response: Any) -> list[str]:
    return [problem["code"] for problem in response.json()["errors"]]
