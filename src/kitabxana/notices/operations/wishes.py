"""Which channel a reader wants for which kind of notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kitabxana.base import audit
from kitabxana.kernel.decisions import Refused
from kitabxana.notices.facts import CHANNELS
from kitabxana.notices.models import Wish
from kitabxana.notices.queries import wishes_of
from kitabxana.notices.rules import KINDS
from kitabxana.organisation.queries import tree
from kitabxana.patrons.queries import contacts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.base.actor import Actor


@transaction.atomic
def set_wishes(*, patron_id: int, wishes: Mapping[str, str], by: Actor) -> None:
    """Set the channels of these kinds, "" for no wish; the reader's own, or by who may edit the reader.

    Refused: unknown_patron, unknown_channel, not_permitted.
    """
    person = contacts([patron_id]).get(patron_id)
    if person is None or person.left:
        raise Refused.one("unknown_patron")
    path = tree().units[person.home_unit].path
    if by.patron_id != patron_id and not by.may("patrons.edit", path):
        raise Refused.one("not_permitted", permission="patrons.edit")
    for kind, channel in wishes.items():
        if kind not in KINDS or channel not in ("", *CHANNELS):
            raise Refused.one("unknown_channel", channel=channel)
    before = wishes_of(patron_id)
    for kind, channel in wishes.items():
        if channel:
            Wish.objects.update_or_create(patron_id=patron_id, kind=kind, defaults={"channel": channel})
        else:
            Wish.objects.filter(patron=patron_id, kind=kind).delete()
    audit.record(
        by, "patron.wishes", object_type="patron", object_id=patron_id, before=before, after=wishes_of(patron_id)
    )
