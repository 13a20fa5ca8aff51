"""The one gate for passwords: pages, HTTP Basic and OAuth2 all pass here, throttled alike."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from kitabxana.base.models import ApiClient, LoginFailure, User
from kitabxana.base.ports import identity_columns
from kitabxana.base.statements import prepared

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

FREE_FAILURES = 5
FREE_FAILURES_OF_AN_ADDRESS = 50  # a whole library may stand behind one address
LONGEST_LOCK = timedelta(minutes=15)
REMEMBERED_SECONDS = 300


_COLUMNS = tuple(field.attname for field in User._meta.concrete_fields)  # noqa: SLF001 - Django's documented interface
_LOGIN = f"SELECT {', '.join(_COLUMNS)}{{}} FROM base_user WHERE id = %s AND is_active"  # noqa: S608 - names of our own


class ThrottledBackend(BaseBackend):
    """Argon2 behind a throttle: after five failures a login waits 1, 2, 4 … seconds, at most 15 minutes."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not username or password is None or "\0" in username:
            return None
        user = User.objects.filter(username=username).first()
        stored = user.password if user and user.is_active and not _run_out(user) else None
        return user if _verified(request, name=username, password=password, stored=stored) else None

    def get_user(self, user_id: int) -> User | None:
        with prepared() as cursor:
            cursor.execute(_LOGIN.format(identity_columns()), [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        user: User = User.from_db(None, _COLUMNS, row[: len(_COLUMNS)])
        user.known = row[len(_COLUMNS) :]
        return user


def _run_out(user: User) -> bool:
    return user.one_time_until is not None and user.one_time_until < timezone.now()


def authenticate_client(request: HttpRequest, *, client_id: str, secret: str) -> User | None:
    """The user behind an API client's id and secret, through the same throttle; None when they are wrong."""
    client = ApiClient.objects.select_related("user").filter(client_id=client_id, is_active=True).first()
    stored = client.secret_hash if client and client.user.is_active else None
    verified = _verified(request, name=f"client:{client_id}", password=secret, stored=stored)
    return client.user if client and verified else None


def seconds_locked(request: HttpRequest | None, *, name: str, now: datetime) -> int:
    """How long this login name must still wait, 0 when it need not."""
    failures = {row.key: row for row in LoginFailure.objects.filter(key__in=_keys(request, name))}
    waits = []
    for key, free in zip(_keys(request, name), (FREE_FAILURES, FREE_FAILURES_OF_AN_ADDRESS), strict=False):
        row = failures.get(key)
        if row and row.failures >= free:
            lock = min(timedelta(seconds=2 ** min(row.failures - free, 20)), LONGEST_LOCK)
            waits.append((row.last_at + lock - now).total_seconds())
    return max(0, math.ceil(max(waits, default=0)))


def _verified(request: HttpRequest | None, *, name: str, password: str, stored: str | None) -> bool:
    memory = "login:" + _fingerprint(f"{name}\0{password}\0{stored}")
    if stored and cache.get(memory):
        return True
    if seconds_locked(request, name=name, now=timezone.now()):
        return False
    if stored is None:
        make_password(password)  # an unknown name must take as long as a wrong password
    elif check_password(password, stored):
        LoginFailure.objects.filter(key=_keys(request, name)[0]).delete()
        # Argon2 is dear on purpose; a program that sends its password with every call pays for it once in five minutes.
        cache.set(memory, 1, REMEMBERED_SECONDS)
        return True
    _count_failure(request, name, timezone.now())
    return False


def _count_failure(request: HttpRequest | None, name: str, now: datetime) -> None:
    for key in _keys(request, name):
        LoginFailure.objects.filter(key=key, last_at__lt=now - timedelta(days=1)).delete()
        row, created = LoginFailure.objects.get_or_create(key=key, defaults={"failures": 1, "last_at": now})
        if not created:
            LoginFailure.objects.filter(pk=row.pk).update(failures=F("failures") + 1, last_at=now)


def _keys(request: HttpRequest | None, name: str) -> list[str]:
    keys = [_fingerprint(f"name:{name}")]
    if request and request.META.get("REMOTE_ADDR"):
        keys.append(_fingerprint(f"address:{request.META['REMOTE_ADDR']}"))
    return keys


def _fingerprint(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
