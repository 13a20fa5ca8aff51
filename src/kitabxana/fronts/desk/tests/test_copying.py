"""Copying at the desk: an ISBN, Enter, Enter, and the copy's form is there."""

from __future__ import annotations

import html
import ipaddress
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.queries import count_records, history, newest, record
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.exchange.facts import SearchTarget
from kitabxana.exchange.operations import set_target
from kitabxana.exchange.queries import targets_of
from kitabxana.exchange.tests.test_copying import ANSWER, RECORD, saying, with_isbn
from kitabxana.exchange.tests.test_copying import real as real  # noqa: PLC0414 - a fixture
from kitabxana.formats.marc import to_marcxml
from kitabxana.fronts.desk.tests.people import administrator, cataloguer, librarian, signed_in
from kitabxana.organisation.tests.builders import a_login

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client


@pytest.fixture(autouse=True)
def _inside(settings: Any) -> None:
    settings.OUTGOING_INSIDE = [ipaddress.ip_network("127.0.0.0/8")]


def a_target(address: str, name: str = "Ankara", **more: Any) -> None:
    set_target(SearchTarget(name, address, unit="GNC", **more), by=SYSTEM)


def found(client: Client, text: str) -> str:
    return client.get("/desk/copying/", {"q": text}).content.decode()


def sealed(page: str, at: int = 0) -> str:
    return html.unescape(re.findall(r'name="record" value="([^"]+)"', page)[at])


def bring(client: Client, page: str, **form: str) -> HttpResponse:
    return client.post("/desk/copying/bring/", {"record": sealed(page), "q": "x", **form})  # type: ignore[return-value]


def test_an_isbn_found_at_a_real_target_is_two_keys_from_its_copy(real: str) -> None:
    client, (isbn, marc) = cataloguer(), with_isbn()
    a_target(real)
    page = found(client, isbn)
    assert re.search(r'<button class="btn btn-primary" name="then" value="items" autofocus>', page)
    assert "Ankara" in page
    answer = bring(client, page, then="items")
    [(new, brief)] = newest(1)
    assert answer["Location"] == f"/desk/records/{new}/items/new/"
    assert client.get(answer["Location"]).status_code == 200
    assert brief["isbn"] == isbn
    assert history(new)[0].made.through == "copy"
    assert len(marc["fields"]) > 5


def test_the_editor_is_one_button_away_and_opens_what_was_brought() -> None:
    client = cataloguer()
    with saying(ANSWER % ("1", RECORD % to_marcxml(book(title="Dəli Kür")).decode())) as target:
        a_target(target.address)
        answer = bring(client, found(client, "x"), then="edit")
    assert "Dəli Kür" in client.get(answer["Location"]).content.decode()
    assert answer["Location"].endswith("/edit/")


def test_what_we_have_is_shown_before_and_not_added_twice_by_mistake() -> None:
    client = cataloguer()
    body = ANSWER % ("1", RECORD % to_marcxml(book(title="Dəli Kür")).decode())
    with saying(body) as target:
        a_target(target.address)
        first = found(client, "x")
    bring(client, first)
    with saying(body) as target:
        a_target(target.address)
        page = found(client, "x")
    [(ours, _)] = newest(1)
    assert "We have it" in page
    assert f'href="/desk/records/{ours}/"' in page
    assert "Add as another" in page
    again = bring(client, first)  # another window did not know yet
    assert again.status_code == 409
    assert f"record {ours}." in again.content.decode()
    assert count_records() == 1
    assert bring(client, page, anyway="1").status_code == 302
    assert count_records() == 2


def test_ours_is_replaced_in_the_version_that_was_seen() -> None:
    client = cataloguer()
    body = ANSWER % ("1", RECORD % to_marcxml(book(title="Dəli Kür", rest="roman")).decode())
    with saying(ANSWER % ("1", RECORD % to_marcxml(book(title="Dəli Kür")).decode())) as target:
        a_target(target.address)
        bring(client, found(client, "x"))
    [(ours, _)] = newest(1)
    with saying(body) as target:
        a_target(target.address)
        page = found(client, "x")
    assert bring(client, page, over=str(ours), version="1").status_code == 302
    stored = record(ours)
    assert stored
    assert (stored.version, stored.brief["rest"]) == (2, "roman")
    with saying(ANSWER % ("1", RECORD % to_marcxml(book(title="Dəli Kür", rest="x")).decode())) as target:
        a_target(target.address)
        late = found(client, "x")
    assert bring(client, late, over=str(ours), version="1").status_code == 409


def test_an_invalid_record_is_refused_with_its_reasons() -> None:
    client = cataloguer()
    with saying(
        ANSWER % ("1", RECORD % to_marcxml(book(title="")).decode().replace('tag="245"', 'tag="246"'))
    ) as target:
        a_target(target.address)
        page = found(client, "x")
    assert "error" in page
    answer = bring(client, page)
    assert answer.status_code == 409
    assert "The title (245) is missing." in answer.content.decode()
    assert count_records() == 0


def test_a_record_that_was_not_offered_is_not_taken() -> None:
    answer = cataloguer().post("/desk/copying/bring/", {"record": "made:up", "q": "Dəli Kür"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/copying/?q=D")
    assert count_records() == 0


def test_what_strangers_send_is_text_and_nothing_else() -> None:
    client = cataloguer()
    evil = book(title='<script>alert("x")</script>')
    with saying(ANSWER % ("1", RECORD % to_marcxml(evil).decode())) as target:
        a_target(target.address, name="<b>A</b>")
        page = found(client, "x")
    assert "<script>alert" not in page
    assert "<b>A</b>" not in page
    assert "&lt;script&gt;" in page


def test_a_target_that_fails_says_why() -> None:
    client = cataloguer()
    a_target("http://127.0.0.1:9/", seconds=1)
    assert "There was no answer." in found(client, "x")
    assert "No catalogue to copy from" not in found(client, "x")


def test_the_page_costs_the_same_for_one_record_and_for_many() -> None:
    client, costs = cataloguer(), []
    for many in (1, 8):
        records = "".join(RECORD % to_marcxml(book(title=f"Kitab {at}")).decode() for at in range(many))
        with saying(ANSWER % (str(many), records)) as target:
            a_target(target.address)
            with CaptureQueriesContext(connection) as queries:
                found(client, "x")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 14


def test_targets_are_said_by_level_and_taken_out_again() -> None:
    boss = administrator()
    form = {"name": "Milli", "address": "https://sru.example.org/", "version": "2.0", "schema": "marcxml",
            "seconds": "4", "active": "1", "index_isbn": "pica.isb"}  # fmt: skip
    assert boss.post("/desk/copying/catalogues/?unit=GNC", form).status_code == 302
    [made] = targets_of("GNC")
    assert (made.version, made.seconds, made.indexes) == ("2.0", 4, {"isbn": "pica.isb"})
    below = boss.get("/desk/copying/catalogues/?unit=GNC-M").content.decode()
    assert "From the levels above:" in below
    assert boss.post("/desk/copying/catalogues/?unit=GNC", form | {"address": "ftp://x/"}).status_code == 422
    assert boss.post("/desk/copying/catalogues/?unit=GNC", {"drop": str(made.id)}).status_code == 302
    assert targets_of("GNC") == []


def test_a_target_of_z39_50_is_said_in_the_same_form_and_its_password_never_comes_back() -> None:
    boss = administrator()
    form = {"name": "LC", "protocol": "z3950", "address": "z3950.example.org:7090", "database": "VOYAGER",
            "encoding": "marc-8", "login": "oxucu", "password": "gizli", "seconds": "4", "active": "1",
            "index_title": "1=4 4=6"}  # fmt: skip
    assert boss.post("/desk/copying/catalogues/?unit=GNC", form | {"address": "http://x/"}).status_code == 422
    assert boss.post("/desk/copying/catalogues/?unit=GNC", form).status_code == 302
    [made] = targets_of("GNC")
    assert (made.protocol, made.database, made.encoding, made.password) == ("z3950", "VOYAGER", "marc-8", "gizli")
    page = boss.get("/desk/copying/catalogues/?unit=GNC").content.decode()
    assert "gizli" not in page
    assert re.search(r'<option value="z3950" selected>', page)
    assert 'value="1=4 4=6"' in page


def test_targets_of_others_are_not_changed() -> None:
    here = signed_in(a_login("boss-gnc", role="administrator", unit="GNC"), unit="GNC-M")
    assert here.get("/desk/copying/catalogues/?unit=GNC").status_code == 200
    assert here.get("/desk/copying/catalogues/?unit=SAK").status_code == 403
    assert here.get("/desk/copying/catalogues/?unit=*").status_code == 403
    assert librarian().get("/desk/copying/").status_code == 403
