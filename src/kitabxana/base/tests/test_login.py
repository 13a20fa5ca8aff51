from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone

from kitabxana.base.login import (
    FREE_FAILURES,
    FREE_FAILURES_OF_AN_ADDRESS,
    LONGEST_LOCK,
    authenticate_client,
    seconds_locked,
)
from kitabxana.base.models import ApiClient, LoginFailure, User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

pytestmark = pytest.mark.django_db
PASSWORD = "dərin-quyu-77"


@pytest.fixture(autouse=True)
def _forgetful(request: pytest.FixtureRequest, settings: Any, dear_hashers: list[str]) -> Iterator[None]:
    """No memory of other tests; and the product's own hashes where their price is the point."""
    if "slow" in request.keywords:
        settings.PASSWORD_HASHERS = dear_hashers
    cache.clear()
    yield
    cache.clear()


def from_address(address: str) -> HttpRequest:
    return RequestFactory(REMOTE_ADDR=address).post("/")


def user(name: str = "leyla") -> User:
    return User.objects.create(username=name, password=make_password(PASSWORD))


def enter(name: str, password: str, address: str = "10.0.0.1") -> bool:
    return authenticate(from_address(address), username=name, password=password) is not None


def wait(name: str, address: str = "10.0.0.1") -> int:
    return seconds_locked(from_address(address), name=name, now=timezone.now())


def time_passes(gap: timedelta) -> None:
    for row in LoginFailure.objects.all():
        LoginFailure.objects.filter(pk=row.pk).update(last_at=row.last_at - gap)


def test_the_right_password_enters_and_the_wrong_one_does_not() -> None:
    user()
    assert enter("leyla", PASSWORD)
    assert not enter("leyla", PASSWORD + "!")
    assert not enter("Leyla", PASSWORD)
    assert not enter("leyla", "")
    assert not enter("leyla\0", PASSWORD)


def test_a_name_is_locked_after_its_free_failures_even_for_the_right_password() -> None:
    user()
    for _ in range(FREE_FAILURES):
        assert not enter("leyla", "wrong")
    assert wait("leyla") == 1
    assert not enter("leyla", PASSWORD)
    assert not enter("leyla", PASSWORD, address="10.9.9.9")  # from anywhere
    assert wait("orxan") == 0


def test_an_attempt_during_the_lock_does_not_lengthen_it() -> None:
    user()
    for _ in range(FREE_FAILURES):
        enter("leyla", "wrong")
    before = set(LoginFailure.objects.values_list("key", "failures"))
    enter("leyla", "wrong")
    assert set(LoginFailure.objects.values_list("key", "failures")) == before


def test_a_lock_doubles_has_a_longest_and_ends() -> None:
    user()
    waits = []
    for number in range(FREE_FAILURES + 14):
        assert not enter("leyla", "wrong")
        if number >= FREE_FAILURES - 1:
            waits.append(wait("leyla"))
        time_passes(LONGEST_LOCK)
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == waits[-1] == LONGEST_LOCK.total_seconds()
    assert wait("leyla") == 0
    assert enter("leyla", PASSWORD)
    assert not LoginFailure.objects.filter(failures__gt=FREE_FAILURES + 14).exists()
    enter("leyla", "wrong")
    assert wait("leyla") == 0  # a success has wiped the name's failures out


def test_failures_are_forgotten_after_a_quiet_day() -> None:
    user()
    for _ in range(FREE_FAILURES):
        enter("leyla", "wrong")
    time_passes(timedelta(days=1, seconds=1))
    enter("leyla", "wrong")
    assert wait("leyla") == 0


def test_an_address_that_tries_many_names_is_locked_as_an_address() -> None:
    user()
    now = timezone.now()
    enter("nobody-0", "wrong", address="10.0.0.66")
    LoginFailure.objects.update(failures=FREE_FAILURES_OF_AN_ADDRESS - 1, last_at=now)
    LoginFailure.objects.filter(key__in=_name_keys("nobody-0")).delete()
    assert wait("leyla", "10.0.0.66") == 0
    enter("nobody-1", "wrong", address="10.0.0.66")
    assert wait("leyla", "10.0.0.66") == 1
    assert not enter("leyla", PASSWORD, address="10.0.0.66")
    assert enter("leyla", PASSWORD, address="10.0.0.67")


def _name_keys(name: str) -> list[str]:
    from kitabxana.base.login import _keys

    return _keys(None, name)


@pytest.mark.slow
def test_an_unknown_name_takes_the_same_path_as_a_wrong_password() -> None:
    user()
    User.objects.create(username="gone", password=make_password(PASSWORD), is_active=False)
    took = {}
    for name in ("leyla", "nobody", "gone"):
        started = time.process_time()
        assert not enter(name, "wrong", address="")
        took[name] = time.process_time() - started
    assert LoginFailure.objects.filter(failures=1).count() == 3
    assert took["nobody"] > took["leyla"] / 4  # argon2 is paid for in each case
    assert took["gone"] > took["leyla"] / 4


@pytest.mark.slow
def test_a_verified_password_is_remembered_until_it_changes() -> None:
    someone = user()
    assert enter("leyla", PASSWORD)
    started = time.process_time()
    assert enter("leyla", PASSWORD)
    remembered = time.process_time() - started
    started = time.process_time()
    make_password(PASSWORD)
    assert remembered < time.process_time() - started  # no argon2
    User.objects.filter(pk=someone.pk).update(password=make_password("başqa-quyu-78"))
    assert not enter("leyla", PASSWORD)
    assert enter("leyla", "başqa-quyu-78")


def test_who_is_deactivated_is_out_at_once() -> None:
    someone = user()
    assert enter("leyla", PASSWORD)
    User.objects.filter(pk=someone.pk).update(is_active=False)
    assert not enter("leyla", PASSWORD)


def test_the_memory_of_a_password_opens_no_other_login() -> None:
    user()
    user("orxan")
    assert enter("leyla", PASSWORD)
    User.objects.filter(username="orxan").update(password=make_password("öz-parolu-12"))
    assert not enter("orxan", PASSWORD)


def test_a_program_enters_through_the_same_gate() -> None:
    someone = user("robot")
    client = ApiClient.objects.create(client_id="c1", secret_hash=make_password("s" * 32), user=someone)
    request = from_address("10.0.0.1")
    assert authenticate_client(request, client_id="c1", secret="s" * 32) == someone
    assert authenticate_client(request, client_id="c1", secret="wrong") is None
    assert authenticate_client(request, client_id="c2", secret="s" * 32) is None
    User.objects.filter(pk=someone.pk).update(is_active=False)
    assert authenticate_client(request, client_id="c1", secret="s" * 32) is None
    User.objects.filter(pk=someone.pk).update(is_active=True)
    ApiClient.objects.filter(pk=client.pk).update(is_active=False)
    assert authenticate_client(request, client_id="c1", secret="s" * 32) is None
    for _ in range(FREE_FAILURES):
        authenticate_client(request, client_id="c1", secret="wrong")
    assert seconds_locked(request, name="client:c1", now=timezone.now()) > 0


def test_failures_are_kept_without_names_and_addresses() -> None:
    enter("leyla", "wrong")
    assert LoginFailure.objects.count() == 2
    for row in LoginFailure.objects.all():
        assert len(row.key) == 64
        assert set(row.key) <= set("0123456789abcdef")
