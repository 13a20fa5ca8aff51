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
    "renewal_refused": _("The reader has this item already, and the loan can't be renewed: %(reason)s."),
    "on_loan": _("The item is on loan to someone else. Check it in first."),
    "on_loan_return_elsewhere": _("The item is on loan to someone else and may not come back here."),
    "held_for_other": _("The item is set aside for another reader."),
    "wanted_by_other": _("Another reader is waiting for this item."),
    "address_unknown": _("The reader's address is not known. Ask for it."),
    "debt_too_high": _("The reader owes more than is allowed."),
    "has_debt": _("The reader owes money."),
    "has_overdues": _("The reader has overdue loans: %(overdues)s."),
    "too_young": _("The item is for readers of %(age)s and older."),
    "has_another_copy": _("The reader has another copy of this title."),
    "due_in_past": _("The loan would be due on %(date)s, which has passed."),
    "onsite_loan": _("A loan for use in the library can't be renewed."),
    "too_many_unseen_renewals": _("The loan was renewed %(renewals)s times without being shown; bring the item."),
    "too_soon": _("The loan can be renewed from %(date)s on."),
    "too_late": _("The loan does not renew itself any more."),
    "return_elsewhere": _("The item can't be returned here. It belongs to %(unit)s."),
    "return_in_future": _("The moment of return has not come yet."),
    "return_before_loan": _("The item was lent on %(date)s, after that moment."),
    "already_claimed": _("The reader said so already on %(date)s."),
    "closing_in_past": _("These days are over: %(date)s."),
    "too_many_claims": _("The reader said this of %(claims)s loans; the limit is %(limit)s."),
    "not_claimed": _("This claim is settled already."),
    "no_title": _("Write at least the title."),
    "not_lost": _("The item is not recorded as lost."),
    "not_recalled_here": _("No loan is called back here before its time."),
    "nobody_waits": _("No reader waits for this item."),
    "due_soon_enough": _("The item is due on %(date)s anyway."),
    "unknown_outcome": _("A claim can't end so: %(outcome)s."),
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
    "too_many_holds_by_rule": _("The reader waits for %(open)s items of this kind; the limit is %(limit)s."),
    "too_many_holds_today": _("The reader asked for %(open)s titles today; the limit is %(limit)s."),
    "hold_not_for_reader": _("The copies of this title are not set aside for this reader."),
    "pickup_not_here": _("Nothing is fetched at this library."),
    "pickup_out_of_reach": _("No copy of this title can be brought to that library."),
    "copy_not_asked_for": _("A certain copy can't be asked for: wait for the title."),
    "copy_must_be_asked_for": _("Choose the copy to wait for."),
    "on_the_shelf": _("A copy stands on the shelf: it can be taken there."),
    "unknown_hold": _("The reader does not wait for this (any more)."),
    "hold_has_copy": _("A copy is kept for this hold already."),
    "not_suspended": _("This hold is not suspended."),
    "suspended_in_past": _("A hold can rest from today until a later day, not until %(date)s."),
    "hold_in_past": _("This day has passed: %(date)s."),
    "unknown_transfer": _("This item is not on its way (any more)."),
    "travels_for_reader": _("It travels for a reader: change the library of the hold instead."),
    "transfer_stays": _("It was sent from there: check it in there instead."),
    "not_to_fetch": _("The item is not to be fetched here (any more)."),
    "unknown_rota": _("There is no such rota."),
    "rota_without_name": _("A rota needs a name."),
    "rota_too_short": _("A rota has at least one library."),
    "rota_too_long": _("A rota has at most %(limit)s libraries."),
    "rota_stage_days": _("Copies stand in each library for 1 to %(limit)s days."),
    "rota_stays": _("The same library can't come twice in a row."),
    "rota_not_there": _("Nothing stands at %(unit)s: choose a library."),
    "on_a_rota": _("The item %(barcode)s is on a rota already."),
    "not_on_rota": _("The item is on no rota."),
    "open_loans": _("The reader still has loans: %(loans)s. Check them in first."),
    "open_holds": _("The reader still waits for titles: %(holds)s."),
    "bad_key": _("An idempotency key has at most 80 characters."),
    "key_reused": _("This idempotency key came with another request before."),
    "not_permitted": _("You do not have the permission for this here: %(permission)s."),
    "unknown_item": _("There is no item with the barcode %(barcode)s."),
    "unknown_patron": _("No reader was found for %(card)s."),
    "unknown_unit": _("There is no library with the code %(unit)s."),
    "happens_later": _("This has not happened yet: the clock of that desk is wrong."),
    "too_late_to_undo": _("This can't be undone any more. Check the item in, or lend it again."),
    "unknown_event": _("This conflict is settled already."),
    "unknown_claim": _("There is no such claim."),
    "unknown_loan": _("This loan is not open (any more)."),
    "unknown_record": _("This record does not exist (any more)."),
}

NOTES: dict[str, _StrPromise] = {
    "not_on_loan": _("The item was not on loan."),
    "was_overdue": _("The item came back late."),
    "was_lost": _("The item was recorded as lost and has been found."),
    "is_withdrawn": _("The item has been withdrawn: do not put it on the shelf."),
    "is_damaged": _("The item is recorded as damaged."),
    "used_here": _("Counted as used in the library."),
    "was_claimed": _("The reader had said that it came back."),
    "other_debts": _("The reader owes money that does not count here."),
    "returned_for_other": _("The item was taken back from another reader first."),
    "onsite_switched": _("The item, until now for use in the library, is lent to take home."),
    "may_not_travel": _("The item belongs elsewhere, but may not be sent there from here."),
    "travels_on": _("The item travels on with its rota."),
    "wrong_library": _("The item was on its way to another library."),
}


PROPOSALS: dict[str, _StrPromise] = {
    "lend": _("The reader has the book: lend it all the same."),
    "take_over": _("The reader has the book: end the other reader's loan, and lend it to this one."),
    "ask_back": _("Ask the reader for the book, or ask who may lend it."),
    "find_number": _("Look at the book and the card: the number was read wrongly or is not recorded yet."),
    "nothing": _("Nothing is left to be done."),
    "send_back": _("Send the book to the library where it belongs."),
    "tell_due": _("Tell the reader that the loan is due as before."),
    "look": _("Look at the book and check it in."),
    "set_clock": _("Set the clock of that desk, then do it anew."),
}
"""What a librarian is advised to do about a conflict of an offline desk."""


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal, its parameters filled in."""
    return str(REFUSALS[refusal.code]) % dict(refusal.params)
