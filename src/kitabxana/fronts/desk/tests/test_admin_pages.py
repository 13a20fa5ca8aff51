"""Administration: the tree, staff, one rule for many, the trail; what each costs, and what is shown to whom."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry, User
from kitabxana.base.ports import actor_for
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.fronts.desk.tests.people import administrator, browser, librarian, signed_in
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.organisation.operations import add_unit, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.builders import PASSWORD, a_login
from kitabxana.patrons.operations import edit
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client

NEW = "yeni-gizli-söz-82"


def system_boss() -> Client:
    return signed_in(a_login("gnc", role="administrator", unit="GNC"), unit="GNC-M")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def shown_password(page: str) -> str:
    found = re.search(r'id="made-title"><span class="k-mono">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_the_header_is_a_menu_of_what_may_be_entered() -> None:
    page = text(librarian(), "/desk/")
    nav = page[page.index("<nav") : page.index("</nav>")]
    assert [one in nav for one in ("/desk/check-in/", "/desk/rules/", "/desk/password/")] == [True] * 3
    assert [one in nav for one in ("/desk/staff/", "/desk/trail/", "/desk/setup/", "/desk/lists/")] == [False] * 4
    nav = text(administrator(), "/desk/staff/").split("</nav>")[0]
    assert 'href="/desk/staff/" aria-current="page"' in nav
    assert "/desk/setup/" in nav
    assert "/desk/setup/" not in text(system_boss(), "/desk/")


def test_notices_of_a_reader_are_one_step_from_the_reader() -> None:
    patron = a_reader(surname="Əliyeva")
    a_reader(card="S1", home_unit="SAK-M", surname="Uzaq")
    client = librarian()
    assert "/desk/notices/?card=R1" in text(client, f"/desk/readers/{patron}/")
    assert "Əliyeva" in text(client, "/desk/notices/?card=R1")
    assert "Uzaq" not in text(client, "/desk/notices/?card=S1")


def test_a_unit_is_described_and_gives_back_what_it_inherits() -> None:
    client = administrator()
    page = text(client, "/desk/organisation/GNC/")
    assert "From: Azerbaijan" in page
    sent = {"act": "describe", "name_az": "Gəncə MKS", "name_ru": "ЦБС", "zone": "Europe/Istanbul", "latitude": "40,68",
            "longitude": "46.36", "city": "Gəncə"}  # fmt: skip
    assert client.post("/desk/organisation/GNC/change/", sent).status_code == 302
    unit = tree().units["GNC"]
    assert (unit.names["ru"], unit.zone, unit.latitude, unit.city) == ("ЦБС", "Europe/Istanbul", 40.68, "Gəncə")
    assert "From: Gəncə MKS" in text(client, "/desk/organisation/GNC-M/")
    client.post("/desk/organisation/GNC/change/", sent | {"zone": ""})
    assert tree().units["GNC"].zone == "Asia/Baku"
    wrong = client.post("/desk/organisation/GNC/change/", sent | {"latitude": "şimal"})
    assert wrong.status_code == 409
    assert "in degrees" in wrong.content.decode()
    assert 'value="Gəncə MKS"' in wrong.content.decode()


def test_units_are_added_moved_and_closed_from_their_page() -> None:
    client = administrator()
    at = "/desk/organisation/{}/change/"
    client.post(at.format("GNC"), {"act": "add", "kind": "library", "code": "GNC-K", "name_az": "Kənd kitabxanası"})
    assert tree().units["GNC-K"].path == "AZ/GNC/GNC-K/"
    assert (
        client.post(at.format("GNC-K"), {"act": "add", "kind": "system", "code": "X", "name_az": "X"}).status_code
        == 409
    )
    client.post(at.format("GNC-K"), {"act": "move", "parent": "SAK"})
    assert tree().units["GNC-K"].path == "AZ/SAK/GNC-K/"
    a_copy(a_record(), unit="GNC-K")
    a_reader(home_unit="GNC-K")
    refused = client.post(at.format("GNC-K"), {"act": "close"})
    assert refused.status_code == 409
    assert "Copies belong or stand there: 1" in refused.content.decode()
    assert "1 readers" in refused.content.decode()
    client.post(at.format("GNC-2"), {"act": "close"})
    assert tree().units["GNC-2"].closed
    assert "GNC-2" not in text(client, "/desk/library/")
    assert "closed for good" in text(client, "/desk/organisation/?q=GNC-2")
    client.post(at.format("GNC-2"), {"act": "reopen"})
    assert "GNC-2" in text(client, "/desk/library/")


def test_who_administers_a_part_changes_that_part_only() -> None:
    client = system_boss()
    assert "name_az" in text(client, "/desk/organisation/GNC-M/")
    assert "name_az" not in text(client, "/desk/organisation/SAK-M/")
    sent = {"act": "describe", "name_az": "X"}
    assert client.post("/desk/organisation/SAK-M/change/", sent).status_code == 409
    assert client.post("/desk/organisation/GNC-M/change/", {"act": "move", "parent": "SAK"}).status_code == 409
    assert dict(tree().units["SAK-M"].names) == {"az": "SAK-M kitabxanası"}


def test_a_login_is_made_used_once_and_locked() -> None:
    boss = system_boss()
    page = boss.post("/desk/staff/", {"username": "aygun", "name": "Aygün", "role": "librarian", "unit": "GNC-M"})
    password = shown_password(page.content.decode())
    assert password not in text(boss, "/desk/staff/")
    user, person = User.objects.get(username="aygun"), browser()
    assert person.post("/desk/login/", {"username": "aygun", "password": password})["Location"] == "/desk/password/"
    assert person.get("/desk/")["Location"] == "/desk/password/"
    assert person.post("/desk/password/", {"old": password, "new": NEW, "again": "x"}).status_code == 409
    assert person.post("/desk/password/", {"old": password, "new": NEW, "again": NEW})["Location"] == "/desk/"
    assert person.get("/desk/").status_code == 200
    at = f"/desk/staff/{user.pk}/"
    boss.post(at, {"act": "give", "role": "cataloguer", "unit": "GNC"})
    assert person.get("/desk/records/new/").status_code == 200
    boss.post(at, {"act": "take", "role": "cataloguer", "unit": "GNC"})
    assert person.get("/desk/records/new/").status_code == 403
    boss.post(at, {"act": "lock"})
    assert person.get("/desk/").status_code == 302
    assert "locked" in text(boss, at)
    boss.post(at, {"act": "unlock"})
    again = shown_password(boss.post(at, {"act": "password"}).content.decode())
    assert browser().post("/desk/login/", {"username": "aygun", "password": NEW}).status_code == 200
    assert browser().post("/desk/login/", {"username": "aygun", "password": again})["Location"] == "/desk/password/"
    told = AuditEntry.objects.filter(object_type="user", object_id=str(user.pk)).order_by("at", "id")
    assert [one.action for one in told] == [
        "role.assign", "login.add", "login.password", "role.assign", "role.take", "login.lock", "login.unlock",
        "login.password",
    ]  # fmt: skip


def test_nobody_rises_through_the_pages_of_staff() -> None:
    boss, high = system_boss(), a_login("high", role="administrator")
    own = User.objects.get(username="gnc")
    officer = a_login("officer", role="data_protection", unit="GNC")
    page = text(boss, "/desk/staff/")
    assert ("officer" in page, "high" in page) == (True, False)
    assert "data_protection" not in page
    assert boss.get(f"/desk/staff/{high.pk}/").status_code == 404
    assert boss.post(f"/desk/staff/{high.pk}/", {"act": "password"}).status_code == 404
    for sent in (
        {"act": "give", "role": "administrator", "unit": ""},
        {"act": "give", "role": "librarian", "unit": "SAK"},
        {"act": "give", "role": "data_protection", "unit": "GNC"},
    ):
        assert boss.post(f"/desk/staff/{own.pk}/", sent).status_code == 409
        new = {"username": "yeni", "role": sent["role"], "unit": sent["unit"]}
        assert boss.post("/desk/staff/", new).status_code == 409
    for act in ("password", "lock"):
        assert boss.post(f"/desk/staff/{officer.pk}/", {"act": act}).status_code == 409
        assert boss.post(f"/desk/staff/{own.pk}/", {"act": act}).status_code == 409
    assert not User.objects.filter(username="yeni").exists()
    assert set(actor_for(own).grants["staff.edit"]) == {"AZ/GNC/"}
    reader = a_login("oxucu", password=PASSWORD)
    assert signed_in(reader).get("/desk/password/").status_code == 403


def test_one_rule_is_looked_at_before_it_changes_many() -> None:
    client = administrator()
    set_policy(name="loan_length", value=21, unit="GNC-M", by=SYSTEM)
    sent = {"name": "loan_length", "value": "21", "at": ["GNC-M", "GNC-2"], "look": "1"}
    page = client.get("/desk/rules/many/", sent).content.decode()
    assert [page.count(words) for words in ("<strong>21 days</strong>", ">the same<")] == [1, 1]
    assert ("GNC-2", None, None) not in tree().policies["loan_length"]
    assert client.post("/desk/rules/many/", sent).status_code == 302
    assert tree().policies["loan_length"]["GNC-2", None, None] == 21
    assert client.post("/desk/rules/many/", sent | {"value": "çox"}).status_code == 409
    client.post("/desk/rules/many/", sent | {"back": "1"})
    assert "loan_length" not in tree().policies
    refused = system_boss().post("/desk/rules/many/", sent | {"at": ["GNC-M", "SAK-M"]})
    assert (refused.status_code, "loan_length" in tree().policies) == (409, False)


def test_the_trail_tells_who_did_what_and_of_readers_to_whom_it_may() -> None:
    boss = administrator()
    boss.post("/desk/organisation/GNC-M/change/", {"act": "describe", "name_az": "Mərkəz", "phone": "+994 22"})
    mine = a_reader(surname="Görünən")
    far = a_reader(card="S1", home_unit="SAK-M", surname="Gizli")
    for patron in (mine, far):
        by = actor_for(a_login(f"e{patron}", role="administrator"), unit="GNC-M")
        edit(patron_id=patron, changes={"expires_on": date(2098, 7, 1)}, by=by, now=timezone.now())
    officer = signed_in(a_login("officer", role="data_protection", unit="GNC"), unit="GNC-M")
    page = text(officer, "/desk/trail/?kind=unit")
    assert "unit.describe" in page
    assert "<ins>+994 22</ins>" in page
    page = text(officer, "/desk/trail/?kind=patron&action=patron.edit")
    assert "Görünən" in page
    assert page.count("<ins>2098-07-01</ins>") == 1
    assert "•••" in page
    assert "Gizli" not in page
    assert "unit.add" not in text(officer, "/desk/trail/")
    assert "unit.add" in text(signed_in(a_login("all", role="data_protection"), unit="GNC-M"), "/desk/trail/?kind=unit")
    assert "unit.describe" not in text(officer, "/desk/trail/?until=2020-01-01&since=2019-01-01")


def test_pages_cost_the_same_however_large_the_tree_and_the_staff() -> None:
    client = administrator()
    officer = signed_in(a_login("all", role="data_protection"), unit="GNC-M")
    pages = {
        "/desk/organisation/": 9,
        "/desk/organisation/GNC/": 14,
        "/desk/staff/": 12,
        "/desk/rules/many/?name=max_loans": 9,
    }

    def costs() -> dict[str, int]:
        found = {}
        for address, who in (*((one, client) for one in pages), ("/desk/trail/", officer)):
            who.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert who.get(address).status_code == 200
            found[address] = len(queries)
        return found

    few = costs()
    for number in range(12):
        add_unit(code=f"N{number}", kind="library", parent="GNC", names={"az": f"Kitabxana {number}"}, by=SYSTEM)
        a_login(f"n{number}", role="librarian", unit=f"N{number}")
    assert costs() == few
    assert {one: few[one] for one in pages if few[one] > pages[one]} == {}
