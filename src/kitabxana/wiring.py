"""Which event reaches which function: the one table. Events without a line are kept by nobody and pass away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitabxana.catalogue.operations import follow_headings, look_again
from kitabxana.circulation.operations import (
    follow_closings,
    follow_copies,
    follow_holds,
    follow_loans,
    forget_returned,
)
from kitabxana.notices.operations import (
    application_answered,
    charges_made,
    credits_made,
    holds_ready,
    items_lost,
    loans_closed,
    loans_not_renewed,
    loans_opened,
    loans_recalled,
    loans_renewed,
    loans_reopened,
    loans_undone,
    welcome,
)
from kitabxana.search.operations import headings_added, headings_changed, index_changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kitabxana.base.outbox import Handler

AT_LEISURE = frozenset({"headings.wanted", "heading.added"})
"""Events of bulk work, a thousand records each or more: they wait until nothing else is due."""

HANDLERS: Mapping[str, Sequence[Handler]] = {
    "record.changed": (index_changed, headings_changed, look_again),
    "record.merged": (),
    "headings.wanted": (headings_changed, look_again),
    "heading.changed": (follow_headings,),
    "heading.added": (headings_added,),
    "item.changed": (index_changed, follow_copies),
    "copy.shelved": (follow_loans,),
    "loan.opened": (follow_loans, loans_opened),
    "loan.renewed": (loans_renewed,),
    "loan.closed": (follow_loans, loans_closed, forget_returned),
    "loan.undone": (follow_loans, loans_undone),
    "loan.reopened": (follow_loans, loans_reopened),
    "loan.not_renewed": (loans_not_renewed,),
    "loan.due_moved": (),
    "loan.claimed": (),
    "loan.recalled": (loans_recalled,),
    "item.lost": (items_lost,),
    "item.found": (),
    "library.closed": (follow_closings,),
    "hold.placed": (follow_holds,),
    "hold.changed": (follow_copies,),
    "hold.ended": (follow_copies,),
    "hold.ready": (holds_ready,),
    "charge.made": (charges_made,),
    "credit.made": (credits_made,),
    "refund.made": (),
    "register.counted": (),
    "patron.registered": (welcome,),
    "application.answered": (application_answered,),
}
