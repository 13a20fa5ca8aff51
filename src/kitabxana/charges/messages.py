"""Codes and amounts of the ledger as words in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.numbers import format_currency
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kitabxana.kernel.money import Money

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

REFUSALS: dict[str, _StrPromise] = {
    "bad_amount": _("This is not an amount that can be entered."),
    "unknown_method": _("There is no such way of paying: %(method)s."),
    "cash_needs_register": _("Choose the cash register that the money goes through."),
    "register_closed": _("The cash register is closed. Open it first."),
    "register_open": _("The cash register is open already."),
    "currency_differs": _("These charges are not in %(currency)s. Each currency is paid apart."),
    "over_payment": _("That is more than is owed: %(amount)s."),
    "credit_too_small": _("Only %(amount)s of this credit is left."),
    "drawer_too_small": _("There is only %(amount)s in the cash register."),
    "not_permitted": _("You do not have the permission for this here: %(permission)s."),
    "unknown_patron": _("No reader was found for %(card)s."),
    "unknown_unit": _("There is no library with the code %(unit)s."),
    "unknown_debit": _("This charge is not open (any more)."),
    "unknown_credit": _("There is no such payment."),
    "unknown_register": _("There is no such cash register here."),
    "unknown_charge": _("This cannot be charged at a desk: %(kind)s."),
    "unknown_choice": _("There is no such choice: %(choice)s."),
    "already_settled": _("Nothing is owed on this any more."),
    "already_refunded": _("This payment has been given back already, or a part of it."),
    "not_a_loss": _("Only a lost item can be replaced by another."),
    "open_debts": _("The reader still owes: %(amount)s. Nothing of it may be open, also no lost item."),
    "open_credits": _("Money of the reader is still here: %(amount)s. Give it back first."),
    "request_used": _("This was sent before for another reader."),
    "bad_name": _("A name has between 1 and 60 letters."),
    "name_taken": _("There is a cash register called %(name)s here already."),
}

DEBITS: dict[str, _StrPromise] = {
    "fine": _("Overdue fine"),
    "lost": _("Lost item"),
    "processing": _("Processing fee"),
    "rental": _("Rental fee"),
    "hold": _("Hold fee"),
    "hold_expiry": _("Hold not fetched"),
    "membership": _("Membership fee"),
    "card": _("New card"),
    "copy": _("Copies and prints"),
    "manual": _("Other charge"),
    "payout": _("Money given back"),
    "reversal": _("Payment taken back"),
}
CREDITS: dict[str, _StrPromise] = {
    "payment": _("Payment"),
    "waiver": _("Waived"),
    "cancellation": _("Charge cancelled"),
    "correction": _("Fine corrected"),
    "found": _("Lost item found"),
    "replacement": _("Replaced by another item"),
}
METHODS: dict[str, _StrPromise] = {
    "cash": pgettext_lazy("payment", "Cash"),
    "card": pgettext_lazy("payment", "Card"),
    "transfer": pgettext_lazy("payment", "Transfer"),
}


_BABEL = {"en": "en_GB"}


def amount_text(money: Money) -> str:
    """1,50 ₼: figures as the reader's language writes them, the currency behind them in every language."""
    language = get_language() or "az"
    locale = _BABEL.get(language, language)
    return format_currency(money.decimal(), money.currency, format="#,##0.00\N{NO-BREAK SPACE}¤", locale=locale)


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal, its parameters filled in; `minor` and `currency` as one amount."""
    params = dict(refusal.params)
    if isinstance(params.get("minor"), int):
        params["amount"] = amount_text(Money(int(str(params["minor"])), str(params["currency"])))
    return str(REFUSALS[refusal.code]) % params
