"""Logins of staff: who may make them, give and take roles, and never rise above what they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import authenticate

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.base.models import AuditEntry, User
from kitabxana.base.ports import actor_for
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation import operations as do
from kitabxana.organisation.queries import staff_login, staff_page
from kitabxana.organisation.tests.builders import PASSWORD, a_login, a_nation
from kitabxana.organisation.tests.people import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nation() -> None:
    a_nation()


def made(username: str, role: str, unit: str | None) -> Actor:
    return actor_for(a_login(username, role=role, unit=unit))


def refused(operation: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as raised:
        operation()
    return [one.code for one in raised.value.refusals]


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_have_a_login_made(who: str) -> None:
    def add() -> object:
        return do.add_login(username="aygun", name="Aygün", role="librarian", unit="GNC-M", by=PEOPLE[who], now=NOW)

    if who in ("administrator", "administrator here"):
        add()
        assert User.objects.filter(username="aygun").exists()
    else:
        assert refused(add) == ["not_permitted"]
        assert not User.objects.filter(username="aygun").exists()
        assert not AuditEntry.objects.filter(action="login.add").exists()


def test_a_password_given_by_another_opens_one_door_for_a_week() -> None:
    user_id, password = do.add_login(
        username="aygun", name="Aygün", role="librarian", unit="GNC-M", by=SYSTEM, now=datetime.now(tz=UTC)
    )
    user = authenticate(None, username="aygun", password=password)
    assert isinstance(user, User)
    assert actor_for(user).grants == {}
    assert refused(
        lambda: do.set_own_password(user_id=user_id, old=password, new="12345", by=actor_for(user))
    ) == ["weak_password"]  # fmt: skip
    assert refused(lambda: do.set_own_password(user_id=user_id, old=password, new=PASSWORD, by=SYSTEM)) == [
        "not_permitted"
    ]
    do.set_own_password(user_id=user_id, old=password, new=PASSWORD, by=actor_for(user))
    user.refresh_from_db()
    assert actor_for(user).may("circulation.check_out", "AZ/GNC/GNC-M/")
    again = do.renew_password(user_id=user_id, by=SYSTEM, now=datetime.now(tz=UTC) - timedelta(days=8))
    assert authenticate(None, username="aygun", password=again) is None
    assert password not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_nobody_gives_what_they_do_not_hold() -> None:
    orxan = a_login("orxan", role="librarian", unit="GNC-M")
    here = made("gnc", "administrator", "GNC")
    for role, unit in (("librarian", None), ("librarian", "AZ"), ("administrator", "SAK"), ("data_protection", "GNC")):
        assert refused(lambda r=role, u=unit: do.assign_role(user_id=orxan.pk, role=r, unit=u, by=here)) == [  # type: ignore[misc]
            "not_permitted"
        ]
    # With the right to appoint alone, nothing is given away that one does not hold.
    clerk = Actor(name="clerk", user_id=0, grants={"staff.edit": ("AZ/GNC/",), "desk.use": ("AZ/GNC/",)})
    assert refused(lambda: do.assign_role(user_id=orxan.pk, role="administrator", unit="GNC", by=clerk)) == [
        "not_permitted"
    ]
    boss = made("boss", "administrator", None)
    assert refused(lambda: do.assign_role(user_id=boss.user_id or 0, role="data_protection", unit=None, by=boss)) == [
        "not_yourself"
    ]
    do.assign_role(user_id=orxan.pk, role="data_protection", unit="GNC", by=boss)
    assert actor_for(orxan).scopes("audit.view") == ("AZ/GNC/",)


def test_a_login_above_or_beside_is_out_of_reach() -> None:
    here, beside = made("gnc", "administrator", "GNC"), a_login("sak", role="librarian", unit="SAK-M")
    boss, officer = a_login("boss", role="administrator"), a_login("dpo", role="data_protection", unit="GNC")
    both = a_login("both", role="librarian", unit="GNC-M")
    do.assign_role(user_id=both.pk, role="librarian", unit="SAK-M", by=SYSTEM)
    for target in (beside, boss, officer, both):
        acts: tuple[Callable[[], object], ...] = (
            lambda t=target: do.renew_password(user_id=t.pk, by=here, now=NOW),  # type: ignore[misc]
            lambda t=target: do.lock_login(user_id=t.pk, by=here),  # type: ignore[misc]
            lambda t=target: do.unlock_login(user_id=t.pk, by=here),  # type: ignore[misc]
        )
        assert [refused(act) for act in acts] == [["not_permitted"]] * 3
    do.take_role(user_id=both.pk, role="librarian", unit="GNC-M", by=here)
    assert refused(lambda: do.renew_password(user_id=a_login("reader").pk, by=SYSTEM, now=NOW)) == ["unknown_login"]


def test_someone_is_left_and_nobody_shuts_themselves_out() -> None:
    boss, other = made("boss", "administrator", None), made("other", "administrator", None)
    for act in (do.lock_login, lambda **who: do.renew_password(now=NOW, **who)):
        assert refused(lambda a=act: a(user_id=boss.user_id, by=boss)) == ["not_yourself"]  # type: ignore[misc]
    do.lock_login(user_id=other.user_id or 0, by=boss)
    assert authenticate(None, username="other", password=PASSWORD) is None
    assert refused(lambda: do.lock_login(user_id=boss.user_id or 0, by=SYSTEM)) == ["last_administrator"]
    do.assign_role(user_id=boss.user_id or 0, role="librarian", unit="AZ", by=SYSTEM)
    last = {"user_id": boss.user_id or 0, "role": "administrator", "unit": None, "by": SYSTEM}
    assert refused(lambda: do.take_role(**last)) == ["last_administrator"]  # type: ignore[arg-type]
    do.unlock_login(user_id=other.user_id or 0, by=boss)
    do.take_role(**last)  # type: ignore[arg-type]
    librarian = {"user_id": boss.user_id or 0, "role": "librarian", "unit": "AZ", "by": SYSTEM}
    assert refused(lambda: do.take_role(**librarian)) == ["last_role"]  # type: ignore[arg-type]


def test_the_list_shows_the_staff_of_one_s_own_part_of_the_tree() -> None:
    a_login("boss", role="administrator")
    for name, unit in (("gnc", "GNC"), ("masa", "GNC-M"), ("sak", "SAK-M")):
        user = a_login(name, role="librarian", unit=unit)
    a_login("reader")
    assert [one.username for one in staff_page(scopes=("AZ/GNC/",), offset=0, limit=9)[1]] == ["gnc", "masa"]
    assert [one.username for one in staff_page(scopes=("",), offset=0, limit=9)[1]] == ["boss", "gnc", "masa", "sak"]
    total, found = staff_page(scopes=("",), text="MAS", offset=0, limit=9)
    assert (total, found[0].roles) == (1, (("librarian", "GNC-M"),))
    assert staff_login(user.pk, scopes=("AZ/GNC/",)) is None


@pytest.mark.parametrize(
    ("code", "operation"),
    [
        ("bad_login", lambda: do.add_login(username="ə", name="", role="librarian", unit=None, by=SYSTEM, now=NOW)),
        ("login_taken", lambda: do.add_login(username="masa", name="", role="king", unit="AZ", by=SYSTEM, now=NOW)),
        ("unknown_role", lambda: do.add_login(username="new", name="", role="king", unit=None, by=SYSTEM, now=NOW)),
        ("no_such_role", lambda: do.take_role(user_id=_masa(), role="cataloguer", unit=None, by=SYSTEM)),
        ("unknown_login", lambda: do.lock_login(user_id=0, by=SYSTEM)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(code: str, operation: Callable[[], object]) -> None:
    a_login("masa", role="librarian", unit="GNC-M")
    assert refused(operation) == [code]


def _masa() -> int:
    return User.objects.get(username="masa").pk
