"""Codes of circulation as sentences in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

REFUSALS: dict[str, _StrPromise] = {
    "card_invalid": _("This card is no longer valid. Ask the reader for the new card."),
    "card_expired": _("The membership ended on %(date)s. Extend it, then lend."),
    "patron_restricted": _("The reader may not borrow: %(reason)s."),
    "patron_elsewhere": _("The reader is registered in another country: ask for the book between the libraries."),
    "already_lent_to_patron": _("The reader has this item already. Renew the loan instead."),
    "on_loan": _("The item is on loan to someone else. Check it in first."),
    "held_for_other": _("The item is set aside for another reader."),
    "item_withdrawn": _("The item has been withdrawn from the stock."),
    "item_lost": _("The item is recorded as lost. Check it in first."),
    "item_restricted": _("The use of this item is restricted."),
    "item_not_for_loan": _("The item is for use in the library only."),
    "item_damaged": _("The item is recorded as damaged."),
    "too_many_loans": _("The reader has %(open)s loans; the limit is %(limit)s."),
    "renewal_needed_by_hold": _("Other readers are waiting for this item: %(waiting)s."),
    "too_many_renewals": _("The loan was renewed %(renewals)s times; the limit is %(limit)s."),
    "nothing_to_hold": _("No copy of this title can be lent."),
    "already_on_hold": _("The reader is waiting for this title already."),
    "too_many_holds": _("The reader has %(open)s holds; the limit is %(limit)s."),
    "not_permitted": _("You do not have the permission for this here: %(permission)s."),
    "unknown_item": _("There is no item with the barcode %(barcode)s."),
    "unknown_patron": _("No reader was found for %(card)s."),
    "unknown_unit": _("There is no library with the code %(unit)s."),
    "unknown_loan": _("This loan is not open (any more)."),
    "unknown_record": _("This record does not exist (any more)."),
}

NOTES: dict[str, _StrPromise] = {
    "not_on_loan": _("The item was not on loan."),
    "was_overdue": _("The item came back late."),
    "was_lost": _("The item was recorded as lost and has been found."),
    "is_withdrawn": _("The item has been withdrawn: do not put it on the shelf."),
    "is_damaged": _("The item is recorded as damaged."),
    "wrong_library": _("The item was on its way to another library."),
}


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal, its parameters filled in."""
    return str(REFUSALS[refusal.code]) % dict(refusal.params)
