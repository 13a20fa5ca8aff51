"""Login, its throttle, the choice of a library."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kitabxana.base.actor import SYSTEM
from kitabxana.fronts.desk.tests.people import browser, librarian, reader_online, signed_in
from kitabxana.organisation.operations import assign_role
from kitabxana.organisation.tests.builders import a_login
from kitabxana.patrons.tests.builders import a_reader

PASSWORD = "dərin-quyu-77"


@pytest.fixture(autouse=True)
def _forget_passwords() -> None:
    from django.core.cache import cache

    cache.clear()


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("desk:login"), {"username": name, "password": password, **more})


def test_a_librarian_of_one_library_goes_straight_to_the_desk() -> None:
    a_login("leyla", role="librarian", unit="GNC-M")
    client = Client()
    answer = sign_in(client, "leyla")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    page = client.get("/desk/").content.decode()
    assert "GNC-M kitabxanası" in page


def test_after_the_login_comes_the_page_that_was_asked_for_but_never_another_site() -> None:
    a_login("leyla", role="librarian", unit="GNC-M")
    asked = Client().get("/desk/check-in/")
    assert asked["Location"] == "/desk/login/?next=/desk/check-in/"
    assert sign_in(Client(), "leyla", next="/desk/check-in/")["Location"] == "/desk/check-in/"
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        assert sign_in(Client(), "leyla", next=elsewhere)["Location"] == "/desk/"


def test_a_wrong_password_is_told_and_keeps_the_name() -> None:
    a_login("leyla", role="librarian", unit="GNC-M")
    client = browser()
    answer = sign_in(client, "leyla", "yanlış")
    assert answer.status_code == 200
    assert "The name or the password is wrong." in answer.content.decode()
    assert 'value="leyla"' in answer.content.decode()
    assert "yanlış" not in answer.content.decode()


def test_too_many_attempts_tell_how_long_to_wait_even_for_the_right_password() -> None:
    a_login("leyla", role="librarian", unit="GNC-M")
    client = browser()
    for _ in range(12):
        answer = sign_in(client, "leyla", "yanlış")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 900
    assert f"Wait {answer['Retry-After']} second" in answer.content.decode()
    right = sign_in(client, "leyla")
    assert right.status_code == 429
    assert client.get("/desk/").status_code == 302


def test_a_reader_gets_no_session_at_the_desk() -> None:
    patron = a_reader()
    reader_online(patron)
    client = browser()
    answer = sign_in(client, "R1", "çox-gizli-91")
    assert "This login has no work at a desk." in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_who_works_in_several_libraries_chooses_among_these_only() -> None:
    user = a_login("nigar", role="librarian", unit="GNC-M")
    assign_role(user_id=user.pk, role="librarian", unit="GNC-2", by=SYSTEM)
    client = Client()
    answer = sign_in(client, "nigar", next="/desk/check-in/")
    assert answer["Location"] == "/desk/library/?next=%2Fdesk%2Fcheck-in%2F"
    page = client.get(answer["Location"]).content.decode()
    assert 'value="GNC-2"' in page
    assert 'value="SAK-M"' not in page
    chosen = client.post("/desk/library/", {"unit": "GNC-2", "next": "/desk/check-in/"})
    assert chosen["Location"] == "/desk/check-in/"
    assert "GNC-2 kitabxanası" in client.get("/desk/check-in/").content.decode()
    assert client.post("/desk/library/", {"unit": "SAK-M"}).status_code == 403
    assert client.session["unit"] == "GNC-2"


def test_an_administrator_of_everything_is_asked_for_a_library_on_every_page() -> None:
    client = signed_in(a_login("boss", role="administrator"))
    for name in ("desk:home", "desk:check_in", "desk:patrons"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/desk/library/?next=")
    partial = client.post(reverse("desk:check_in"), {"q": "B1"}, headers={"hx-request": "true"})
    assert partial["HX-Redirect"] == "/desk/library/?next=%2Fdesk%2F"
    found = client.get("/desk/library/", {"q": "sak-m"}).content.decode()
    assert 'value="SAK-M"' in found
    assert 'value="GNC-M"' not in found


def test_signing_out_needs_a_post_and_ends_the_session() -> None:
    client = librarian()
    assert client.get("/desk/logout/").status_code == 405
    assert client.get("/desk/").status_code == 200
    assert client.post("/desk/logout/")["Location"] == "/desk/login/"
    assert client.get("/desk/").status_code == 302


def test_a_session_that_ended_under_an_open_page_sends_the_whole_page_to_the_login() -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/desk/check-in/"}
    answer = Client().post("/desk/check-in/", {"q": "B1"}, headers=headers, follow=True)
    assert answer["HX-Redirect"] == "/desk/login/?next=%2Fdesk%2Fcheck-in%2F"
