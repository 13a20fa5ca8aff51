"""Client credentials (RFC 6749, 4.4) and the tokens they give (RFC 6750)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import make_password
from django.core import signing

from kitabxana.base.models import ApiClient, User
from kitabxana.fronts.rest.session import TOKEN_SECONDS
from kitabxana.fronts.rest.tests.callers import Caller, basic
from kitabxana.organisation.tests.builders import a_login, a_nation

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]
FORM = "application/x-www-form-urlencoded"
SECRET = "dərin:quyu/77+"
GOOD = {"grant_type": "client_credentials", "client_id": "kiosk", "client_secret": SECRET}


@pytest.fixture(autouse=True)
def kiosk() -> ApiClient:
    a_nation()
    user = a_login("kiosk-1", role="librarian", unit="GNC-M")
    return ApiClient.objects.create(client_id="kiosk", secret_hash=make_password(SECRET), user=user)


def ask(form: dict[str, str] | str, authorization: str = "", content_type: str = FORM) -> Any:
    sent = form if isinstance(form, str) else urlencode(form)
    return Caller(authorization).send("POST", "/oauth/token", sent.encode(), content_type)


def token(**form: str) -> str:
    return str(ask(GOOD | form).json()["access_token"])


def test_a_token_opens_what_its_user_may() -> None:
    answer = ask(GOOD)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    given = answer.json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", TOKEN_SECONDS)
    bearer = Caller("Bearer " + given["access_token"])
    assert bearer.get("/items").status_code == 200
    assert bearer.post("/checkins", {"external_id": "none"}).status_code == 404


def test_the_client_may_prove_itself_in_the_header() -> None:
    from urllib.parse import quote_plus

    encoded = basic("kiosk", quote_plus(SECRET))
    assert ask({"grant_type": "client_credentials"}, encoded).status_code == 200
    both = ask(GOOD, encoded)
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
        ({"grant_type": "password", "username": "kiosk-1"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        (GOOD | {"client_secret": "wrong"}, 401, "invalid_client"),
        (GOOD | {"client_id": "nobody"}, 401, "invalid_client"),
        (GOOD | {"client_id": "a\0b"}, 401, "invalid_client"),
    ],
)
def test_errors_are_those_of_the_standard(form: dict[str, str] | str, status: int, error: str) -> None:
    answer = ask(form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_broken_headers_and_bodies() -> None:
    assert ask({"grant_type": "client_credentials"}, "Basic !!!").json()["error"] == "invalid_client"
    assert ask("{}", content_type="application/json").json()["error"] == "invalid_request"
    assert ask("--x", content_type="multipart/form-data; boundary=x").json()["error"] == "invalid_request"


def test_a_token_dies_with_its_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    bearer = Caller("Bearer " + token())
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + timedelta(hours=1, seconds=2).total_seconds())
    answer = bearer.get("/libraries")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_dies_with_the_secret_the_client_and_the_user(kiosk: ApiClient) -> None:
    bearer = Caller("Bearer " + token())
    for model, change, back in (
        (ApiClient, {"is_active": False}, {"is_active": True}),
        (User, {"is_active": False}, {"is_active": True}),
        (ApiClient, {"secret_hash": "other"}, {"secret_hash": kiosk.secret_hash}),
    ):
        model.objects.update(**change)
        assert bearer.get("/libraries").status_code == 401, change
        model.objects.update(**back)
        assert bearer.get("/libraries").status_code == 200


@pytest.mark.parametrize("payload", [["kiosk", "0" * 16], ["kiosk", 5], "kiosk", {"a": 1, "b": 2}, 7, [[1], "x"]])
def test_what_we_signed_for_something_else_is_no_token(payload: object) -> None:
    for salt in ("kitabxana.rest.token", "other"):
        forged = signing.dumps(payload, salt=salt)
        assert Caller("Bearer " + forged).get("/libraries").status_code == 401
