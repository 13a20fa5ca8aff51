"""Writes of notices: from events, from the day's pass, the sending, the libraries' texts and the readers' wishes."""

from __future__ import annotations

from kitabxana.notices.operations.daily import tell_of_the_day
from kitabxana.notices.operations.from_events import (
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
    welcome,
)
from kitabxana.notices.operations.sending import print_letters, send_again, send_due
from kitabxana.notices.operations.texts import give_back, preview, set_text
from kitabxana.notices.operations.undone import loans_reopened, loans_undone
from kitabxana.notices.operations.wishes import set_wishes

__all__ = [
    "application_answered",
    "charges_made",
    "credits_made",
    "give_back",
    "holds_ready",
    "items_lost",
    "loans_closed",
    "loans_not_renewed",
    "loans_opened",
    "loans_recalled",
    "loans_renewed",
    "loans_reopened",
    "loans_undone",
    "preview",
    "print_letters",
    "send_again",
    "send_due",
    "set_text",
    "set_wishes",
    "tell_of_the_day",
    "welcome",
]
