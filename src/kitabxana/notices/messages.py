"""Codes of notices as words in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

TRIGGERS: dict[str, _StrPromise] = {
    "hold_ready": pgettext_lazy("notice", "Hold ready"),
    "hold_reminder": pgettext_lazy("notice", "Hold still waits"),
    "hold_expired": pgettext_lazy("notice", "Hold not fetched"),
    "due_soon": pgettext_lazy("notice", "Due soon"),
    "due_today": pgettext_lazy("notice", "Due today"),
    "overdue": pgettext_lazy("notice", "Overdue"),
    "lost": pgettext_lazy("notice", "Counts as lost"),
    "check_out": pgettext_lazy("notice", "Check-out slip"),
    "check_in": pgettext_lazy("notice", "Check-in slip"),
    "renewal": pgettext_lazy("notice", "Renewed"),
    "not_renewed": pgettext_lazy("notice", "Could not renew itself"),
    "recalled": pgettext_lazy("notice", "Called back"),
    "charge": pgettext_lazy("notice", "Charge"),
    "payment": pgettext_lazy("notice", "Receipt"),
    "membership_ending": pgettext_lazy("notice", "Card ends soon"),
    "membership_ended": pgettext_lazy("notice", "Card has ended"),
    "welcome": pgettext_lazy("notice", "Welcome"),
    "application_taken": pgettext_lazy("notice", "Registration confirmed"),
    "application_refused": pgettext_lazy("notice", "Registration not confirmed"),
}
KINDS: dict[str, _StrPromise] = {
    "holds": pgettext_lazy("notices", "Holds"),
    "loans": pgettext_lazy("notices", "Due dates"),
    "overdues": pgettext_lazy("notices", "Overdue loans"),
    "slips": pgettext_lazy("notices", "What I borrow, bring back and renew"),
    "money": pgettext_lazy("notices", "Charges and receipts"),
    "membership": pgettext_lazy("notices", "My library card"),
}
CHANNELS: dict[str, _StrPromise] = {
    "email": _("E-mail"),
    "sms": _("SMS"),
    "print": _("Letter"),
    "account": _("Only in the account"),
}
STATES: dict[str, _StrPromise] = {
    "queued": pgettext_lazy("message", "waits"),
    "sending": pgettext_lazy("message", "is being sent"),
    "sent": pgettext_lazy("message", "sent"),
    "failed": pgettext_lazy("message", "failed"),
    "suppressed": pgettext_lazy("message", "not sent"),
}
REASONS: dict[str, _StrPromise] = {
    "no_address": _("No address is known."),
    "not_allowed": _("The reader did not agree to be written to this way."),
    "reader_left": _("The reader has left."),
    "channel_off": _("This installation can't send through this channel."),
    "address_refused": _("The mail server does not accept this address."),
    "server_refused": _("The mail server refused the message."),
    "server_away": _("The mail server does not answer."),
    "gateway_refused": _("The SMS gateway refused the message."),
    "gateway_away": _("The SMS gateway does not answer."),
    "uncertain": _("It may have been sent: the sending broke off."),
}
PROBLEMS: dict[str, _StrPromise] = {
    "empty": _("there is no text"),
    "too_long": _("it is longer than %(about)s signs"),
    "syntax": _("it is not complete (%(about)s)"),
    "unknown_word": _("%(about)s is not known here"),
    "not_in_texts": _("%(about)s can't be used in texts"),
}
PARTS: dict[str, _StrPromise] = {
    "subject": pgettext_lazy("notice", "Subject"),
    "body": pgettext_lazy("notice", "Text"),
    "sms": pgettext_lazy("notice", "Short text"),
}
REFUSALS: dict[str, _StrPromise] = {
    "bad_wording": _("%(part)s, line %(line)s: %(why)s."),
    "unknown_trigger": _("There is no such notice: %(trigger)s."),
    "unknown_unit": _("There is no library with the code %(unit)s."),
    "unknown_message": _("This message has not failed (any more)."),
    "unknown_channel": _("There is no such way to write: %(channel)s."),
    "unknown_patron": _("There is no such reader."),
    "not_permitted": _("You do not have the permission for this here: %(permission)s."),
}


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal, its parameters filled in."""
    params = dict(refusal.params)
    if refusal.code == "bad_wording":
        why = str(PROBLEMS[str(params["why"])]) % params
        params |= {"why": why, "part": str(PARTS[str(params["part"])])}
    return str(REFUSALS[refusal.code]) % params
