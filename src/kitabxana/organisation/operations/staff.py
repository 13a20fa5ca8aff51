"""Logins of staff: made, given roles by level of the tree, locked; a password that another gave is good once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from kitabxana.base import audit
from kitabxana.base.actor import EVERYWHERE
from kitabxana.base.models import User
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.models import RoleAssignment
from kitabxana.organisation.operations.permission import require, unit_row
from kitabxana.organisation.rules import ROLES, login_problem, role_needs

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor

ONE_TIME = timedelta(days=7)
"""How long a password that somebody else gave may wait for its owner."""
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is taken for another one when it is read from paper."""


@transaction.atomic
def assign_role(*, user_id: int, role: str, unit: str | None, by: Actor) -> None:
    """Give a login a role at a unit, None for the whole installation.

    Nobody gives more than they hold there (`rules.role_needs`), nor data protection to themselves.
    Refused: unknown_role, unknown_unit, not_yourself, not_permitted.
    """
    row = unit_row(unit) if unit else None
    if role not in ROLES:
        require(by, "staff.edit", row.path if row else EVERYWHERE)
        raise Refused.one("unknown_role", role=role)
    _may_handle(by, role, row.path if row else None)
    if role == "data_protection" and user_id == by.user_id:
        raise Refused.one("not_yourself")
    RoleAssignment.objects.get_or_create(user_id=user_id, role=role, unit=row)
    audit.record(by, "role.assign", object_type="user", object_id=user_id, after={"role": role, "unit": unit})


@transaction.atomic
def take_role(*, user_id: int, role: str, unit: str | None, by: Actor) -> None:
    """Take a role away. A login keeps at least one: who leaves is locked, so that the name stays with what was done.

    Locks the login. Refused: not_yourself, no_such_role, last_role, last_administrator, unknown_unit, not_permitted.
    """
    row = unit_row(unit) if unit else None
    _other_login(user_id, by)
    held = RoleAssignment.objects.filter(user_id=user_id, role=role, unit=row)
    if not held.exists():
        raise Refused.one("no_such_role")
    _may_handle(by, role, row.path if row else None)
    if RoleAssignment.objects.filter(user_id=user_id).count() == 1:
        raise Refused.one("last_role")
    held.delete()
    if (role, unit) == ("administrator", None):
        _refuse_without_administrator()
    audit.record(by, "role.take", object_type="user", object_id=user_id, before={"role": role, "unit": unit})


@transaction.atomic
def add_login(
    *, username: str, name: str, role: str, unit: str | None, by: Actor, now: datetime
) -> tuple[int, str]:  # fmt: skip
    """Make a login with its first role; returns its id and the one-time password, which is kept nowhere in the clear.

    Refused: bad_login, login_taken, and what `assign_role` refuses.
    """
    if problem := login_problem(username):
        raise Refused.one(problem)
    password = _made_password()
    values = {"name": name, "password": make_password(password), "one_time_until": now + ONE_TIME}
    user, made = User.objects.get_or_create(username=username, defaults=values)
    if not made:
        raise Refused.one("login_taken")
    assign_role(user_id=user.pk, role=role, unit=unit, by=by)
    audit.record(by, "login.add", object_type="user", object_id=user.pk, after={"username": username, "name": name})
    return user.pk, password


@transaction.atomic
def renew_password(*, user_id: int, by: Actor, now: datetime) -> str:
    """Give a login a new one-time password and return it; its sessions end. Locks the login.

    Refused: not_yourself, unknown_login, not_permitted (`rules.role_needs` of each of its roles).
    """
    _handled_login(user_id, by)
    password = _made_password()
    User.objects.filter(pk=user_id).update(password=make_password(password), one_time_until=now + ONE_TIME)
    audit.record(by, "login.password", object_type="user", object_id=user_id, after={"one_time": True})
    return password


@transaction.atomic
def set_own_password(*, user_id: int, old: str, new: str, by: Actor) -> None:
    """Change the password of one's own login; after that it is nobody else's. Locks the login.

    Refused: not_permitted, wrong_password, weak_password (`why` says it), same_password.
    """
    if by.user_id != user_id:
        raise Refused.one("not_permitted", permission="")
    user = User.objects.select_for_update().get(pk=user_id)
    if not check_password(old, user.password):
        raise Refused.one("wrong_password")
    if new == old:
        raise Refused.one("same_password")
    try:
        validate_password(new, user)
    except ValidationError as weak:
        raise Refused.one("weak_password", why=" ".join(weak.messages)) from weak
    User.objects.filter(pk=user_id).update(password=make_password(new), one_time_until=None)
    audit.record(by, "login.password", object_type="user", object_id=user_id, after={"one_time": False})


@transaction.atomic
def lock_login(*, user_id: int, by: Actor) -> None:
    """Nobody signs in with this login any more, running sessions end at once. Locks the login.

    Refused: not_yourself, unknown_login, last_administrator, not_permitted.
    """
    roles = _handled_login(user_id, by)
    User.objects.filter(pk=user_id).update(is_active=False)
    if ("administrator", None) in roles:
        _refuse_without_administrator()
    audit.record(by, "login.lock", object_type="user", object_id=user_id)


@transaction.atomic
def unlock_login(*, user_id: int, by: Actor) -> None:
    """Let a locked login sign in again. Refused: not_yourself, unknown_login, not_permitted."""
    _handled_login(user_id, by)
    User.objects.filter(pk=user_id).update(is_active=True)
    audit.record(by, "login.unlock", object_type="user", object_id=user_id)


def _made_password() -> str:
    signs = [secrets.choice(_SIGNS) for _ in range(15)]
    return "-".join("".join(signs[at : at + 5]) for at in (0, 5, 10))


def _may_handle(by: Actor, role: str, path: str | None) -> None:
    """`path` None is the whole installation, where the data protection officer is always asked for."""
    where = EVERYWHERE if path is None or role == "data_protection" else path
    for permission in sorted(role_needs(role)):
        require(by, permission, where)


def _other_login(user_id: int, by: Actor) -> None:
    if user_id == by.user_id:
        raise Refused.one("not_yourself")
    if not User.objects.select_for_update().filter(pk=user_id).exists():
        raise Refused.one("unknown_login")


def _handled_login(user_id: int, by: Actor) -> list[tuple[str, str | None]]:
    """Lock a login of staff that `by` may handle, since `by` could have given all its roles; (role, path) of these."""
    _other_login(user_id, by)
    held = RoleAssignment.objects.filter(user_id=user_id).values_list("role", "unit__path")
    roles: list[tuple[str, str | None]] = list(held)
    if not roles:  # a reader's login, or a program's: not for this door
        raise Refused.one("unknown_login")
    for role, path in roles:
        _may_handle(by, role, path)
    return roles


def _refuse_without_administrator() -> None:
    """Someone must be left who may do everything. Runs after the change; the transaction takes it back."""
    highest = RoleAssignment.objects.filter(role="administrator", unit=None)
    list(highest.select_for_update())  # two administrators who lock each other come one after the other
    if not highest.filter(user__is_active=True).exists():
        raise Refused.one("last_administrator")
