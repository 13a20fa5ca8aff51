"""The four who must be told apart in every test of permissions."""

from __future__ import annotations

from kitabxana.base.actor import EVERYWHERE, NOBODY, Actor
from kitabxana.organisation.rules import ROLES


def holder(role: str, path: str, *, unit: str = "") -> Actor:
    """One who holds a role under a path prefix."""
    return Actor(name=f"{role} {path}", user_id=1, unit=unit, grants=dict.fromkeys(ROLES[role], (path,)))


LIBRARIAN_HERE = holder("librarian", "AZ/GNC/GNC-M/", unit="GNC-M")
LIBRARIAN_ELSEWHERE = holder("librarian", "AZ/SAK/SAK-M/", unit="SAK-M")
ADMINISTRATOR = holder("administrator", EVERYWHERE)
ADMINISTRATOR_HERE = holder("administrator", "AZ/GNC/")
ADMINISTRATOR_ELSEWHERE = holder("administrator", "AZ/SAK/")
PEOPLE = {
    "nobody": NOBODY,
    "librarian here": LIBRARIAN_HERE,
    "librarian elsewhere": LIBRARIAN_ELSEWHERE,
    "administrator here": ADMINISTRATOR_HERE,
    "administrator elsewhere": ADMINISTRATOR_ELSEWHERE,
    "administrator": ADMINISTRATOR,
}
