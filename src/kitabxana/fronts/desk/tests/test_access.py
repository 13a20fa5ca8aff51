"""Who may see what: a reader, a librarian here, one elsewhere, a cataloguer, the administrator, nobody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import begin_search, merge_records, search_on
from kitabxana.catalogue.queries.duplicates import cluster_of
from kitabxana.catalogue.tests.builders import a_record, an_authority, field
from kitabxana.catalogue.tests.test_duplicates import stored
from kitabxana.catalogue.tests.test_matching import book
from kitabxana.charges.operations import pay
from kitabxana.charges.queries import receipts_of
from kitabxana.charges.tests.builders import NOW, a_till
from kitabxana.circulation.operations import check_in, check_out
from kitabxana.circulation.tests.builders import a_rota
from kitabxana.exchange.facts import Profile
from kitabxana.exchange.operations import advance, stage
from kitabxana.exchange.tests.builders import a_file, numbered
from kitabxana.fronts.desk.tests.people import administrator, cataloguer, librarian, reader_online
from kitabxana.fronts.desk.urls import urlpatterns
from kitabxana.holdings.operations import withdraw_items
from kitabxana.holdings.queries import batches
from kitabxana.holdings.tests.builders import a_copy, an_act
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.tests.builders import a_photo, a_reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# address, then the status for: nobody, reader, librarian here, librarian elsewhere, cataloguer here, administrator
PAGES = [
    ("/desk/", 302, 403, 200, 200, 200, 200),
    ("/desk/library/", 302, 403, 200, 200, 200, 200),
    ("/desk/check-in/", 302, 403, 200, 200, 403, 200),
    ("/desk/check-out/{patron}/new-copy/", 302, 403, 200, 404, 403, 200),
    ("/desk/records/added-in-haste/", 302, 403, 403, 403, 200, 200),
    ("/desk/calendar/", 302, 403, 200, 200, 200, 200),
    ("/desk/rotas/", 302, 403, 200, 200, 403, 200),
    ("/desk/rotas/{rota}/", 302, 403, 200, 404, 403, 200),
    ("/desk/categories/", 302, 403, 200, 200, 200, 200),
    ("/desk/overdue/", 302, 403, 200, 200, 403, 200),
    ("/desk/offline/", 302, 403, 200, 200, 403, 200),
    ("/desk/loans/{loan}/", 302, 403, 200, 404, 403, 200),
    ("/desk/check-out/{patron}/", 302, 403, 200, 404, 403, 200),
    ("/desk/holds/", 302, 403, 200, 200, 403, 200),
    ("/desk/records/{record}/holds/", 302, 403, 200, 200, 403, 200),
    ("/desk/readers/", 302, 403, 200, 200, 403, 200),
    ("/desk/readers/{patron}/", 302, 403, 200, 404, 403, 200),
    ("/desk/readers/{patron}/merge/", 302, 403, 403, 403, 403, 200),
    ("/desk/readers/{patron}/photo/", 302, 403, 200, 404, 403, 200),
    ("/desk/readers/{patron}/leave/", 302, 403, 403, 403, 403, 200),
    ("/desk/audit/", 302, 403, 403, 403, 403, 403),
    ("/desk/readers/applications/", 302, 403, 200, 200, 403, 200),
    ("/desk/readers/import/", 302, 403, 403, 403, 403, 200),
    ("/desk/readers/many/", 302, 403, 403, 403, 403, 200),
    ("/desk/readers/new/", 302, 403, 200, 200, 403, 200),
    ("/desk/readers/{patron}/edit/", 302, 403, 200, 404, 403, 200),
    ("/desk/records/{record}/", 302, 403, 200, 200, 200, 200),
    ("/desk/searched-in-vain/", 302, 403, 200, 200, 200, 200),
    ("/desk/readers/{patron}/account/", 302, 403, 200, 404, 403, 200),
    ("/desk/readers/{patron}/account/{line}/", 302, 403, 200, 404, 403, 200),
    ("/desk/receipts/{receipt}/", 302, 403, 200, 404, 403, 200),
    ("/desk/registers/", 302, 403, 200, 200, 403, 200),
    ("/desk/registers/{register}/", 302, 403, 200, 404, 403, 200),
    ("/desk/notices/", 302, 403, 200, 200, 403, 200),
    ("/desk/notices/letters/", 302, 403, 200, 200, 403, 200),
    ("/desk/notices/texts/", 302, 403, 200, 200, 403, 200),
    ("/desk/notices/texts/{trigger}/{language}/", 302, 403, 200, 200, 403, 200),
    ("/desk/rules/", 302, 403, 200, 200, 200, 200),
    ("/desk/records/{record}/history/", 302, 403, 200, 200, 200, 200),
    ("/desk/records/{record}/edit/", 302, 403, 403, 403, 200, 200),
    ("/desk/records/{record}/headings/", 302, 403, 200, 200, 200, 200),
    ("/desk/authorities/", 302, 403, 200, 200, 200, 200),
    ("/desk/authorities/{authority}/", 302, 403, 200, 200, 200, 200),
    ("/desk/authorities/{authority}/merge/", 302, 403, 403, 403, 200, 200),
    ("/desk/records/{record}/merge/", 302, 403, 403, 403, 200, 200),
    ("/desk/duplicates/", 302, 403, 403, 403, 200, 200),
    ("/desk/duplicates/{cluster}/", 302, 403, 403, 403, 200, 200),
    ("/desk/copying/", 302, 403, 403, 403, 200, 200),
    ("/desk/copying/catalogues/", 302, 403, 403, 403, 403, 200),
    ("/desk/records/new/", 302, 403, 403, 403, 200, 200),
    ("/desk/records/row/?tag=500&n=1", 302, 403, 403, 403, 200, 200),
    ("/desk/records/fixed/?tag=008", 302, 403, 403, 403, 200, 200),
    ("/desk/macros/", 302, 403, 403, 403, 200, 200),
    ("/desk/frameworks/", 302, 403, 403, 403, 403, 200),
    ("/desk/values/", 302, 403, 403, 403, 403, 200),
    ("/desk/records/{record}/items/", 302, 403, 200, 200, 200, 200),
    ("/desk/records/{record}/items/new/", 302, 403, 403, 403, 200, 200),
    ("/desk/items/{item}/", 302, 403, 200, 404, 200, 200),
    ("/desk/items/", 302, 403, 403, 403, 200, 200),
    ("/desk/book/", 302, 403, 403, 403, 200, 200),
    ("/desk/lists/", 302, 403, 403, 403, 403, 200),
    ("/desk/acts/{act}/", 302, 403, 403, 403, 200, 200),
    ("/desk/acts/{act}/pdf/", 302, 403, 403, 403, 200, 200),
    ("/desk/slips/readers/{patron}/", 302, 403, 200, 404, 403, 200),
    ("/desk/slips/loans/{loan}/", 302, 403, 200, 404, 403, 200),
    ("/desk/slips/items/{travels}/", 302, 403, 200, 404, 403, 200),
    ("/desk/labels/", 302, 403, 200, 200, 200, 200),
    ("/desk/labels/sheet.css", 302, 403, 200, 200, 200, 200),
    ("/desk/labels/sheets/", 302, 403, 403, 403, 403, 200),
    ("/desk/imports/", 302, 403, 403, 403, 200, 200),
    ("/desk/imports/profiles/", 302, 403, 403, 403, 200, 200),
    ("/desk/imports/{import}/", 302, 403, 403, 403, 200, 200),
    ("/desk/imports/{import}/{number}/", 302, 403, 403, 403, 200, 200),
    ("/desk/organisation/", 302, 403, 200, 200, 200, 200),
    ("/desk/organisation/{code}/", 302, 403, 200, 200, 200, 200),
    ("/desk/rules/many/", 302, 403, 403, 403, 403, 200),
    ("/desk/staff/", 302, 403, 403, 403, 403, 200),
    ("/desk/staff/{user}/", 302, 403, 403, 403, 403, 200),
    ("/desk/password/", 302, 403, 200, 200, 200, 200),
    ("/desk/trail/", 302, 403, 403, 403, 403, 403),
    ("/desk/setup/", 302, 403, 403, 403, 403, 302),
    ("/desk/setup/{step}/", 302, 403, 403, 403, 403, 200),
]
OPEN = {"login/", "logout/", "without-line/", "without-line/state/", "worker.js", "manifest.webmanifest"}
"""Nobody need sign in for these: they tell nothing of a library."""

POSTS = [
    ("/desk/labels/pdf/", 302, 403, 422, 422, 422, 422),
    ("/desk/without-line/password/", 302, 403, 200, 200, 403, 200),
    ("/desk/without-line/extract/", 302, 403, 200, 200, 403, 200),
    ("/desk/without-line/send/", 302, 403, 400, 400, 403, 400),
    ("/desk/scan/", 302, 403, 302, 302, 302, 302),
    ("/desk/done/", 302, 403, 302, 302, 302, 302),
    ("/desk/undo/", 302, 403, 302, 302, 302, 302),
    ("/desk/problems/1/put-away/", 302, 403, 302, 302, 302, 302),
    ("/desk/copying/bring/", 302, 403, 403, 403, 302, 302),
    ("/desk/records/check/", 302, 403, 403, 403, 200, 200),
    ("/desk/records/look/", 302, 403, 403, 403, 200, 200),
    ("/desk/records/draft/forget/", 302, 403, 403, 403, 302, 302),
    ("/desk/records/{record}/edit/", 302, 403, 403, 403, 422, 422),
    ("/desk/records/{record}/restore/", 302, 403, 403, 403, 302, 302),
    ("/desk/records/{record}/delete/", 302, 403, 403, 403, 409, 409),
    ("/desk/records/{record}/undelete/", 302, 403, 403, 403, 302, 302),
    ("/desk/check-out/{patron}/renew/", 302, 403, 302, 404, 403, 302),
    ("/desk/organisation/{code}/change/", 302, 403, 403, 403, 403, 404),
    ("/desk/calendar/change/", 302, 403, 403, 403, 403, 404),
    ("/desk/categories/change/", 302, 403, 403, 403, 403, 409),
    ("/desk/rules/change/", 302, 403, 403, 403, 403, 404),
    ("/desk/readers/{patron}/export/", 302, 403, 403, 403, 403, 200),
    ("/desk/readers/{patron}/numbers/", 302, 403, 403, 403, 403, 200),
    *(
        (f"/desk/readers/{{patron}}/{act}/", 302, 403, 302, 404, 403, 302)
        for act in ("card", "card-state", "pin", "number", "restrict", "lift", "guarantor", "photo/change")
    ),
    ("/desk/authorities/", 302, 403, 409, 409, 409, 409),
    ("/desk/records/{record}/headings/", 302, 403, 302, 302, 302, 302),
    ("/desk/merges/{merge}/undo/", 302, 403, 403, 403, 302, 302),
    ("/desk/items/{item}/bind/", 302, 403, 403, 403, 409, 409),
    ("/desk/items/{item}/delete/", 302, 403, 403, 403, 302, 302),
    ("/desk/items/{item}/restore/", 302, 403, 403, 403, 302, 302),
    ("/desk/batches/{batch}/undo/", 302, 403, 403, 403, 409, 200),
    *((f"/desk/imports/{{import}}/{act}/", 302, 403, 403, 403, 302, 302) for act in ("decide", "commit", "undo")),
]
PEOPLE = ("nobody", "reader", "here", "elsewhere", "cataloguer", "administrator")


@pytest.fixture
def person() -> Callable[[str], Client]:
    patron = a_reader()
    made: dict[str, Callable[[], Client]] = {
        "nobody": Client,
        "reader": lambda: reader_online(patron),
        "here": librarian,
        "elsewhere": lambda: librarian("SAK-M"),
        "cataloguer": cataloguer,
        "administrator": administrator,
    }
    return lambda name: made[name]()


@pytest.fixture
def names(person: Callable[[str], Client], tmp_path: Path) -> dict[str, int | str]:
    from kitabxana.patrons.queries import patrons_page

    record = a_record()
    item = a_copy(record)
    act, _ = withdraw_items(item_ids=[a_copy(record, barcode="W1")], draft=an_act(), by=SYSTEM)
    patron = patrons_page(scopes=("",), offset=0, limit=1)[1][0].id
    a_photo(patron)
    lent = check_out(
        item_id=a_copy(record, barcode="L1"), patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now()
    )
    travels = a_copy(record, barcode="T1", unit="GNC-2")
    check_in(item_id=travels, unit="GNC-M", by=SYSTEM, now=timezone.now())
    till = a_till()
    paid = pay(patron_id=patron, amount_minor=10, till=till, by=SYSTEM, now=NOW, keep_rest=True)
    slip = receipts_of([paid.id])[paid.id]
    brought = stage(a_file(tmp_path / "a.mrc", numbered(1)), file_name="a.mrc", profile=Profile(), by=SYSTEM)
    while advance(brought):
        pass
    one, two, three = stored(book()), stored(book()), stored(book())
    merge = merge_records(keep=one, gone=[Goes(three)], by=SYSTEM, now=NOW, through="test").id
    begin_search(by=SYSTEM)
    while search_on():
        pass
    return {
        "patron": patron, "record": record, "line": paid.id, "receipt": slip, "register": till.register_id or 0,
        "item": item, "act": act or 0, "batch": batches(scopes=("",))[0].id, "import": brought, "number": 1,
        "cluster": cluster_of(two) or 0, "merge": merge, "authority": an_authority(field("100", "1 ", a="Şıxlı")),
        "loan": lent.id, "rota": a_rota(), "travels": travels,
        "trigger": "overdue", "language": "ru", "code": "GNC-M", "step": "rules",
        "user": a_login("aygun", role="cataloguer", unit="GNC-M").pk,
    }  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_opens_for_those_it_is_for(
    who: str, person: Callable[[str], Client], names: dict[str, int | str]
) -> None:
    client, at = person(who), PEOPLE.index(who) + 1
    seen = {page[0]: client.get(page[0].format(**names)).status_code for page in PAGES}
    assert seen == {page[0]: page[at] for page in PAGES}
    sent = {page[0]: client.post(page[0].format(**names)).status_code for page in POSTS}
    assert sent == {page[0]: page[at] for page in POSTS}


def test_no_address_was_forgotten() -> None:
    known = {page[0].split("/desk/")[1].split("?")[0] for page in (*PAGES, *POSTS)} | OPEN
    ours = {
        re.sub(r"<(?:int|str):(\w+?)(?:_id)?>", r"{\1}", str(route.pattern))
        .replace("{problem}", "1")
        .replace("authorities/{record}", "authorities/{authority}")
        .replace("slips/items/{item}", "slips/items/{travels}")
        for route in urlpatterns
    }  # fmt: skip
    assert ours == known


def test_nobody_is_sent_to_the_login() -> None:
    named = (
        "patron", "record", "line", "receipt", "register", "item", "act", "import", "number", "cluster", "authority",
        "loan", "rota", "trigger", "language", "travels", "code", "step", "user",
    )  # fmt: skip
    numbers = dict.fromkeys(named, 1)
    for page in PAGES:
        assert Client().get(page[0].format(**numbers))["Location"].startswith("/desk/login/?next=")


def test_what_is_open_to_all_says_nothing_of_a_library() -> None:
    a_reader(surname="Qasımova")
    for address in OPEN - {"logout/"}:
        answer = Client().get(f"/desk/{address}")
        assert answer.status_code == 200
        assert "GNC-M" not in answer.content.decode()
        assert "Qasımova" not in answer.content.decode()


def test_readers_of_another_system_do_not_show_in_lists_or_searches() -> None:
    a_reader(card="G1", surname="Qasımova")
    a_reader(card="S1", surname="Qasımzadə", home_unit="SAK-M")
    here = librarian()
    for address in ("/desk/readers/?q=qasım", "/desk/?q=qasım"):
        page = here.get(address).content.decode()
        assert "Qasımova" in page
        assert "Qasımzadə" not in page
    assert here.post("/desk/scan/", {"q": "S1"})["Location"] == "/desk/?q=S1"


def test_the_reader_behind_a_loan_shows_only_to_those_who_may_see_that_reader() -> None:
    record, patron = a_record(), a_reader(surname="Əfəndiyeva")
    check_out(item_id=a_copy(record), patron_id=patron, unit="GNC-M", by=SYSTEM, now=timezone.now())
    for client, sees in ((librarian(), True), (librarian("SAK-M"), False), (cataloguer(), False)):
        assert ("Əfəndiyeva" in client.get(f"/desk/records/{record}/").content.decode()) is sees


def test_another_reader_s_loan_is_not_renewed_through_a_reader_one_may_see() -> None:
    from kitabxana.circulation.queries import loan

    mine, theirs = a_reader(), a_reader(card="S1", home_unit="SAK-M")
    made = check_out(item_id=a_copy(a_record(), unit="SAK-M"), patron_id=theirs, unit="SAK-M", by=SYSTEM,
                     now=timezone.now())  # fmt: skip
    librarian().post(f"/desk/check-out/{mine}/renew/", {"loan": made.id})
    after = loan(made.id)
    assert after is not None
    assert after.renewals == 0
