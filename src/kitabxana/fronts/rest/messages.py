"""Codes of this front as sentences in the caller's language; the rest are the features' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kitabxana.catalogue import messages as catalogue
from kitabxana.charges import messages as charges
from kitabxana.circulation import messages as circulation
from kitabxana.circulation.messages import NOTES
from kitabxana.exchange import messages as exchange
from kitabxana.holdings import messages as holdings
from kitabxana.organisation import messages as organisation
from kitabxana.patrons import messages as patrons

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

__all__ = ["NOTES", "PROBLEMS", "REFUSALS", "refusal_text"]

REFUSALS: dict[str, _StrPromise] = {
    **organisation.REFUSALS,
    **catalogue.REFUSALS,
    **holdings.REFUSALS,
    **patrons.REFUSALS,
    **charges.REFUSALS,
    **exchange.REFUSALS,
    **circulation.REFUSALS,
}


def refusal_text(refusal: Refusal) -> str:
    """The sentence of the feature that knows the code; circulation's own where several know it."""
    if refusal.code in charges.REFUSALS and refusal.code not in circulation.REFUSALS:
        return charges.refusal_text(refusal)  # it writes amounts
    return str(REFUSALS[refusal.code]) % dict(refusal.params)


PROBLEMS: dict[str, _StrPromise] = {
    "bad_request": _("This part of the request can't be used: %(where)s."),
    "not_authenticated": _("Sign in with HTTP Basic or with a bearer token."),
    "no_csrf_token": _("Send the token of the page in the header X-CSRFToken."),
    "throttled": _("Too many failed sign-ins. Try again in %(seconds)s seconds."),
    "not_permitted": REFUSALS["not_permitted"],
    "not_found": _("There is nothing at this address."),
    "method_not_allowed": _("This method can't be used at this address."),
    "not_acceptable": _("This can be had as: %(types)s."),
    "not_in_this_format": _("This record can't be written as %(type)s. It can be had in another format."),
    "unsupported_media_type": _("The body of the request must be %(type)s."),
    "no_version": _("Say which version of the record you change: its ETag in If-Match, or its field 005."),
    "wrong_kind": _("This record does not belong here: its leader says another kind."),
    "too_large": _("The request is too large."),
    "try_again": _("The database is busy. Try again."),
    "internal_error": _("Something went wrong on the server. Nothing was changed."),
}
