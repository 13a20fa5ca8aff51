"""Writes of the organisation: units, hours, closures, policies, roles. Each locks the tree's version row first."""

from __future__ import annotations

from kitabxana.organisation.operations.calendars import (
    add_closure,
    inherit_hours,
    open_on,
    remove_closure,
    remove_open_day,
    set_hours,
)
from kitabxana.organisation.operations.permission import lock_tree
from kitabxana.organisation.operations.policies import delete_policy, set_many, set_policy
from kitabxana.organisation.operations.setup import (
    add_public_holidays,
    apply_template,
    found_library,
    note_step,
)
from kitabxana.organisation.operations.staff import (
    add_login,
    assign_role,
    lock_login,
    renew_password,
    set_own_password,
    take_role,
    unlock_login,
)
from kitabxana.organisation.operations.units import add_unit, close_unit, describe_unit, move_unit, reopen_unit

__all__ = [
    "add_closure",
    "add_login",
    "add_public_holidays",
    "add_unit",
    "apply_template",
    "assign_role",
    "close_unit",
    "delete_policy",
    "describe_unit",
    "found_library",
    "inherit_hours",
    "lock_login",
    "lock_tree",
    "move_unit",
    "note_step",
    "open_on",
    "remove_closure",
    "remove_open_day",
    "renew_password",
    "reopen_unit",
    "set_hours",
    "set_many",
    "set_own_password",
    "set_policy",
    "take_role",
    "unlock_login",
]
