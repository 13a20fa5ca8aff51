"""Loading the demonstration: each stage once, in its own transaction, so that a broken start goes on where it was."""

from __future__ import annotations

import itertools
import json
import os
import secrets
import tempfile
from datetime import date, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import User
from kitabxana.cli.demo.circulation import lend_and_hold
from kitabxana.cli.demo.copies import write_with_copies
from kitabxana.cli.demo.nation import (
    CATEGORY_CYCLE,
    MEN,
    PLACES,
    POLICIES,
    READERS_A_LIBRARY,
    STAFF,
    SURNAMES,
    TURKISH,
    WOMEN,
)
from kitabxana.cli.install import NATIONS
from kitabxana.exchange.operations import import_marc
from kitabxana.organisation.operations import add_public_holidays, add_unit, assign_role, set_hours, set_policy
from kitabxana.organisation.queries import tree
from kitabxana.patrons.operations import register, set_pin

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.exchange.facts import Summary

RECORDS = Path(__file__).parent / "records.mrc.zst"
CHILD_BORN = date(2016, 4, 23)


def _marker() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"


def is_demo() -> bool:
    """Whether this data directory holds the demonstration (whole or begun)."""
    return _marker().exists()


def logins() -> dict[str, str]:
    """The demonstration's logins and passwords, made at its first load."""
    state: dict[str, Any] = json.loads(_marker().read_text())
    found: dict[str, str] = state["logins"]
    return found


def load(*, tell: Callable[[str], None] = lambda _: None) -> bool:
    """Load what is not loaded yet; returns whether anything was. `tell` gets one line a stage."""
    state: dict[str, Any] = json.loads(_marker().read_text()) if is_demo() else {"done": [], "logins": {}}
    _keep(state)
    worked = False
    for name, stage in (("places", _places), ("people", _people), ("records", _records), ("circulation", _circulation)):
        if name in state["done"]:
            continue
        tell(stage(state))
        state["done"].append(name)
        _keep(state)
        worked = True
    return worked


def _keep(state: dict[str, Any]) -> None:
    fresh = _marker().with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(state, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(_marker())


@transaction.atomic
def _places(_state: dict[str, Any]) -> str:
    known = tree().units
    if any(place.code in known for place in PLACES):
        return "places: there already"
    for code, (names, zone, currency) in NATIONS.items():
        if code not in known:
            add_unit(
                code=code,
                kind="nation",
                parent=None,
                names=names,
                country=code,
                zone=zone,
                currency=currency,
                by=SYSTEM,
            )
        weekly = {day: (time(9), time(18)) for day in range(1, 6)} | {6: (time(10), time(16))}
        set_hours(unit=code, weekly=weekly, by=SYSTEM)
        add_public_holidays(unit=code, country=code, by=SYSTEM)
    for place in PLACES:
        names = dict(zip(("az", "tr", "en", "ru"), place.names, strict=True))
        add_unit(code=place.code, kind=place.kind, parent=place.parent, names=names, by=SYSTEM, **place.details)
    for name, unit, category, item_type, value in POLICIES:
        set_policy(name=name, value=value, unit=unit, category=category, item_type=item_type, by=SYSTEM)
    return f"places: {len(tree().libraries())} libraries"


@transaction.atomic
def _people(state: dict[str, Any]) -> str:
    for login, name, role, unit in STAFF:
        password = secrets.token_urlsafe(9)
        user = User.objects.create(username=login, name=name, password=make_password(password))
        assign_role(user_id=user.pk, role=role, unit=unit, by=SYSTEM)
        state["logins"][login] = password
    today = timezone.now().date()
    count = itertools.count(1)
    for library in tree().libraries():
        for place in range(READERS_A_LIBRARY):
            _reader(
                next(count), library.code, library.country, today, expired=place == READERS_A_LIBRARY - 1, state=state
            )
    return f"people: {len(STAFF)} staff, {next(count) - 1} readers"


def _reader(number: int, library: str, country: str, today: date, *, expired: bool, state: dict[str, Any]) -> None:
    category = CATEGORY_CYCLE[number % len(CATEGORY_CYCLE)]
    if country == "TR":
        surname, firstname = TURKISH[number % len(TURKISH)]
    else:
        woman = number % 2 == 0
        firstname = (WOMEN if woman else MEN)[number // 2 % 12]
        surname = SURNAMES[number * 5 % len(SURNAMES)] + ("a" if woman else "")
    enrolled = today - timedelta(days=400 if expired else 60 + number)
    card = f"{country}{number:06d}"
    patron = register(
        card=card, surname=surname, home_unit=library, category=category, enrolled_on=enrolled,
        expires_on=enrolled + timedelta(days=365 if category in ("ADULT", "STUDENT", "CHILD") else 730), by=SYSTEM,
        details={
            "firstname": firstname,
            "language": "tr" if country == "TR" else "az",
            "birth_date": CHILD_BORN if category == "CHILD" else date(1950 + number * 7 % 50, 1 + number % 12, 1 + number % 28),
        },
    )  # fmt: skip
    if number in (1, 2):
        pin = f"{secrets.randbelow(10**6):06d}"
        set_pin(patron_id=patron, pin=pin, by=SYSTEM)
        state["logins"][card] = pin


def _records(_state: dict[str, Any]) -> str:
    summary: Summary
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as home:
        file = Path(home) / "demo.mrc"
        with file.open("wb") as target:
            write_with_copies(RECORDS, target)
        summary = import_marc(file, by=SYSTEM)
    stored = summary.created + summary.updated + summary.unchanged
    return f"records: {stored}, {summary.items_created} copies, in {summary.seconds} s"


@transaction.atomic
def _circulation(_state: dict[str, Any]) -> str:
    made = lend_and_hold(now=timezone.now())
    return f"circulation: {made['loans']} loans, {made['returns']} returns, {made['holds']} holds"
