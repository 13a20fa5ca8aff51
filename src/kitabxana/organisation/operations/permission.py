"""What every write of the organisation does first: lock the tree, find the unit, ask for the permission."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from kitabxana.base.request_memory import remember_no_more
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.models import TreeVersion, Unit

if TYPE_CHECKING:
    from kitabxana.base.actor import Actor


def lock_tree() -> None:
    """One writer of the tree at a time; every process drops what it holds of it when this commits."""
    TreeVersion.objects.get_or_create(pk=1)
    TreeVersion.objects.select_for_update().get(pk=1)
    TreeVersion.objects.filter(pk=1).update(stamp=uuid.uuid4())
    remember_no_more()


def require(by: Actor, permission: str, path: str) -> None:
    if not by.may(permission, path):
        raise Refused.one("not_permitted", permission=permission)


def unit_row(code: str) -> Unit:
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Refused.one("unknown_unit", unit=code)
    return unit
