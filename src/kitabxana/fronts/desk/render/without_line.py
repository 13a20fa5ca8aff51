"""What the desk without a connection says: it has no server to ask, so it takes the sentences along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_date_format, get_month_names
from django.utils.translation import gettext_lazy as _

from kitabxana.circulation.messages import REFUSALS
from kitabxana.fronts.desk.render.words import babel_locale

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TOLD = (
    "card_invalid", "card_expired", "already_lent_to_patron", "on_loan", "on_loan_return_elsewhere", "onsite_loan",
    "held_for_other", "wanted_by_other", "debt_too_high", "has_debt", "has_overdues", "too_young", "has_another_copy",
    "item_withdrawn", "item_lost", "item_restricted", "item_not_for_loan", "item_damaged", "too_many_loans",
    "too_many_renewals", "too_soon", "due_in_past",
)  # fmt: skip
"""Refusals of the server's own rules that this page finds by itself."""

SENTENCES: dict[str, _StrPromise] = {
    "restricted": _("The reader may not borrow."),
    "lent": _("Lent until %(date)s"),
    "lent_unknown": _("Lent"),
    "renewed_unknown": _("Renewed"),
    "renewed": _("Renewed until %(date)s"),
    "returned": _("To its shelf"),
    "keep_for": _("Keep it for %(name)s"),
    "keep_for_other": _("Keep it for another reader"),
    "send_to": _("Send it to %(library)s"),
    "stays_with": _("It belongs to %(library)s and may not come back here."),
    "late": _("The item came back late."),
    "copy_unknown": _("The barcode %(barcode)s is not in the list."),
    "nobody": _("Scan the reader's card first."),
    "not_found": _("%(text)s is neither a card nor a barcode in the list."),
    "lent_blind": _("Written down: the server will say later whether the copy could be lent."),
    "returned_blind": _("Written down: put it aside until the server has said where it goes."),
    "taken_back": _("Not done: %(barcode)s"),
    "due_late": _("Late"),
    "waiting": _("Waiting to be sent: %(count)s"),
    "no_line": _("No line since %(time)s"),
    "line": _("The line is there"),
    "wrong_password": _("The password does not fit, or this login was not made ready on this device."),
    "wrong_password_online": _("The password is wrong."),
    "wait": _("Too many wrong attempts. Wait a little, then try again."),
    "failed": _("It did not work: try again."),
    "too_old": _("The list is older than seven days. Nothing can be lent by it; connect to the server."),
    "sign_in": _("Sign in, and what waits is sent."),
    "not_here": _("This login may not send for %(library)s."),
    "ready": _("Ready: %(readers)s readers and %(items)s copies, as of %(time)s."),
    "loading": _("Fetching the list: %(rows)s"),
    "sent_conflicts": _("Not all could be done: look at the list of what is left."),
    "sent_all": _("All was sent and done."),
    "not_private": _("A device is made ready only over a secure connection (https)."),
}
TONES = (("ok", "circle-check"), ("hold", "bookmark-check"), ("send", "truck"), ("stop", "octagon-x"))
"""The big words after a scan, and the picture of each."""


def texts() -> dict[str, str | list[str]]:
    """Code → sentence in the user's language, places for values left open.

    `months` and `day` say how a day is written: no browser knows it in all our languages.
    """
    locale = babel_locale()
    day = get_date_format("long", locale=locale).pattern
    months = get_month_names("wide", context="format", locale=locale)
    told: dict[str, str | list[str]] = {"day": day, "months": [months[number] for number in range(1, 13)]}
    told |= {code: str(REFUSALS[code]) for code in TOLD}
    return told | {code: str(text) for code, text in SENTENCES.items()}
