"""Codes of copies, lists and batches as sentences in the user's language; shared ones stand with circulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

REFUSALS: Mapping[str, _StrPromise] = {
    "unknown_item_type": _("There is no item type %(code)s here."),
    "location_not_listed": _("The location %(code)s is not in the list of this library."),
    "collection_not_listed": _("The collection %(code)s is not in the list of this library."),
    "reason_not_listed": _("Choose a reason from the list of withdrawal reasons."),
    "scheme_not_known": _("This classification is not known."),
    "source_not_known": _("This source of acquisition is not known."),
    "bad_state": _("This state is not known."),
    "bad_price": _("This is not an amount of money."),
    "bad_currency": _("A currency has three capital letters: AZN, TRY, EUR."),
    "bad_text": _("This can't be written here: %(field)s."),
    "too_long": _("The text is too long: %(field)s."),
    "barcode_taken": _("Another copy has the barcode %(barcode)s, or had it."),
    "barcode_twice": _("The barcode %(barcode)s is given twice."),
    "no_barcodes": _("Give a barcode for each copy, or say how many copies there are."),
    "no_series": _("No numbers were begun for this library (%(kind)s). An administrator begins them."),
    "accession_twice": _("Give an accession number or take the next one of the book, not both."),
    "too_many_items": _("At most %(most)s copies at once."),
    "stale_item": _("Somebody changed the copy %(barcode)s meanwhile. Look at it again."),
    "lost_on_loan": _(
        "The copy %(barcode)s is on loan. Say on the page of its loan that it is lost or found, so that the reader's "
        "account is right."
    ),
    "item_lent": _("The copy %(barcode)s is on loan. Check it in first."),
    "item_waits": _("The copy %(barcode)s is set aside for a reader. Check it in first."),
    "item_travels": _("The copy %(barcode)s is on its way to another library. Check it in first."),
    "withdrawn_already": _("The copy %(barcode)s was withdrawn before."),
    "bound_already": _("This record is in the copy already."),
    "not_bound": _("This record is not bound into the copy."),
    "not_in_batches": _("This is each copy's own and can't be changed for many: %(field)s."),
    "unknown_batch": _("There is no such batch."),
    "undone_already": _("This batch was undone before."),
    "series_not_known": _("There are no such numbers."),
    "series_goes_back": _("The number %(last)s was given already."),
    "bad_check": _("This check digit is not known, or these numbers have none."),
    "not_an_ean": _("An EAN-13 has twelve figures before its check digit: those of the prefix and of the count."),
    "series_full": _("No further number of this form can be made. An administrator begins a new run."),
    "bad_prefix": _("A prefix has at most 20 letters, figures or signs, and no space at its ends."),
    "bad_count": _("This is not a number that can be counted from."),
    "list_not_known": _("There is no such list."),
    "bad_list_code": _("A code has 1 to 80 letters, an item type's at most 10."),
    "bad_name": _("A name has at most 120 letters."),
    "code_of_another": _("The item type %(code)s belongs to another library."),
    "type_in_use": _("There are copies with the item type %(code)s. Hide it instead."),
    "no_such_entry": _("Nothing is said about %(code)s here."),
}
