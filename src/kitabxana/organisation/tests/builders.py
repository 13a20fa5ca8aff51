"""A small nation for tests: each test says what it needs of it."""

from __future__ import annotations

from datetime import time

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import User
from kitabxana.organisation.operations import add_unit, assign_role, set_hours

EVERY_DAY = {day: (time(9), time(18)) for day in range(1, 8)}


def a_nation() -> None:
    """AZ with two systems: GNC (libraries GNC-M, GNC-2) and SAK (library SAK-M), open every day."""
    add_unit(code="AZ", kind="nation", parent=None, names={"az": "Azərbaycan", "en": "Azerbaijan"}, by=SYSTEM,
             country="AZ", zone="Asia/Baku", currency="AZN")  # fmt: skip
    for system, libraries in (("GNC", ("GNC-M", "GNC-2")), ("SAK", ("SAK-M",))):
        add_unit(code=system, kind="system", parent="AZ", names={"az": f"{system} MKS"}, by=SYSTEM)
        for library in libraries:
            add_unit(code=library, kind="library", parent=system, names={"az": f"{library} kitabxanası"}, by=SYSTEM)
    set_hours(unit="AZ", weekly=EVERY_DAY, by=SYSTEM)


PASSWORD = "dərin-quyu-77"


def a_login(username: str, *, role: str | None = None, unit: str | None = None, password: str = PASSWORD) -> User:
    """A login, with a role at a unit (None: the whole installation) when one is named."""
    user = User(username=username)
    user.set_password(password)
    user.save()
    if role:
        assign_role(user_id=user.pk, role=role, unit=unit, by=SYSTEM)
    return user
