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
from kitabxana.organisation.operations.policies import delete_policy, set_policy
from kitabxana.organisation.operations.units import add_unit, assign_role

__all__ = [
    "add_closure",
    "add_unit",
    "assign_role",
    "delete_policy",
    "inherit_hours",
    "lock_tree",
    "open_on",
    "remove_closure",
    "remove_open_day",
    "set_hours",
    "set_policy",
]
