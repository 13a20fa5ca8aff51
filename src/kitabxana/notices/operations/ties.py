"""What notices keep of a reader, for `base.ports`. A message holds name and address: it goes with the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.base.ports import PatronTies
from kitabxana.notices.models import Message, Notice, Wish
from kitabxana.notices.queries import held_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kitabxana.kernel.decisions import Refusal


def hindrances(_patron_id: int) -> tuple[Refusal, ...]:
    """A message that waits keeps nobody from leaving."""
    return ()


def move(gone: int, keep: int) -> Mapping[str, int]:
    """Messages and what was told go along; where both rows were told of the same thing, once is enough."""
    told = set(Notice.objects.filter(patron=keep).values_list("trigger", "thing", "level"))
    for row in Notice.objects.filter(patron=gone):
        if (row.trigger, row.thing, row.level) in told:
            row.delete()
    Wish.objects.filter(patron=gone, kind__in=Wish.objects.filter(patron=keep).values("kind")).delete()
    Wish.objects.filter(patron=gone).update(patron=keep)
    return {
        "notices": Notice.objects.filter(patron=gone).update(patron=keep),
        "messages": Message.objects.filter(reader=gone).update(reader=keep),
    }


def forget(patron_id: int) -> None:
    """Messages to this reader, and those to others that told of this one, with all they said."""
    of_this = Notice.objects.filter(patron=patron_id).values("message")
    Message.objects.filter(pk__in=list(of_this.values_list("message", flat=True))).delete()
    Message.objects.filter(reader=patron_id).delete()
    Notice.objects.filter(patron=patron_id).delete()
    Wish.objects.filter(patron=patron_id).delete()


TIES = PatronTies("notices", hindrances, move, held_of, forget)
