"""A book that stands on the desk and in no catalogue: a record and a copy, made at once and left to the cataloguers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base.actor import Actor
from kitabxana.catalogue.operations import save_record
from kitabxana.circulation.operations.permission import desk
from kitabxana.circulation.rules.fast_add import minimal_record
from kitabxana.holdings.facts import NewItem
from kitabxana.holdings.operations import add_items
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from datetime import datetime

SOURCE = "fast_add"
"""Where such records say they come from; by this word the cataloguers find them."""


@transaction.atomic
def fast_add(
    *, barcode: str, title: str, unit: str, item_type: str, by: Actor, now: datetime, author: str = ""
) -> int:  # fmt: skip
    """Make a minimal record with one copy of this library; returns the copy's id.

    Who may do this (`circulation.fast_add`) needs no right to catalogue. Both go through the writes of the catalogue
    and of the copies, which audit them and tell the index. Refused: unknown_unit, not_permitted, no_title, and what
    `add_items` and `save_record` refuse (barcode_taken, unknown_item_type, not_valid…).
    """
    organisation = tree()
    where = desk(organisation, unit, by=by, permission="circulation.fast_add")
    if not title:
        raise Refused.one("no_title")
    today = organisation.calendar(unit, since=now.date()).local_day(now)
    hand = Actor(
        name=by.name, user_id=by.user_id, unit=by.unit, address=by.address, request_id=by.request_id,
        grants={"records.edit": (where.path,), "items.edit": (where.path,)},
    )  # fmt: skip
    marc = minimal_record(title=title, author=author, entered=today)
    saved = save_record(record_id=None, marc=marc, version=None, by=hand, now=now, through="desk", source=SOURCE)
    new = NewItem(barcode=barcode, home_unit=unit, holding_unit=unit, item_type=item_type)
    [added] = add_items(record_id=saved.record_id, item=new, by=hand)
    assert added.id is not None, "nothing was dry"
    return added.id
