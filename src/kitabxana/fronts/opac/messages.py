"""Codes that readers meet, as words in their language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MATERIALS: dict[str, _StrPromise] = {
    "book": _("Book"),
    "serial": _("Periodical"),
    "ebook": _("E-book"),
    "ejournal": _("E-journal"),
    "map": _("Map"),
    "score": _("Score"),
    "music": _("Music recording"),
    "spoken": _("Audiobook"),
    "video": _("Film"),
    "picture": _("Picture"),
    "manuscript": _("Manuscript"),
    "archive": _("Archive"),
    "computer": _("Electronic resource"),
    "kit": _("Kit"),
    "object": _("Object"),
}

FACETS: dict[str, _StrPromise] = {
    "library": _("Library"),
    "material": pgettext_lazy("kind of document", "Kind"),
    "language": _("Language"),
    "year": _("Year of publication"),
    "author": _("Author"),
    "subject": _("Subject"),
}

KINDS: dict[str, _StrPromise] = {"title": _("Title"), "author": _("Author"), "subject": _("Subject")}

SORTS: dict[str, _StrPromise] = {
    "relevance": _("Best match"),
    "title": _("Title"),
    "author": _("Author"),
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "call_number": _("Call number"),
    "added": _("Latest additions"),
}

BOX_FIELDS: dict[str, _StrPromise] = {
    "all": _("Everywhere"),
    "title": _("Title"),
    "author": _("Author"),
    "subject": _("Subject"),
    "publisher": _("Publisher"),
}

COPY_STATES: dict[str, _StrPromise] = {
    "available": _("On the shelf"),
    "in_library": _("For use in the library"),
    "loan": _("On loan"),
    "hold_shelf": _("Set aside for a reader"),
    "transit": _("On its way between libraries"),
    "conservation": _("In conservation"),
    "order": _("On order"),
    "unavailable": _("Not available"),
    "missing": _("Missing"),
}

CITATION_STYLES: dict[str, str] = {"apa": "APA", "mla": "MLA", "chicago": "Chicago", "gost": "ГОСТ / GOST"}
"""Names of citation styles, the same in every language."""

FORMATS: dict[str, str] = {
    "ris": "RIS",
    "bib": "BibTeX",
    "mrc": "MARC 21",
    "marcxml": "MARCXML",
    "dc.xml": "Dublin Core",
    "jsonld": "JSON-LD",
    "csl.json": "CSL-JSON",
}
"""Names of the formats a record can be taken in, the same in every language."""

OWN_REFUSALS: dict[str, _StrPromise] = {
    "card_invalid": _("Your card is no longer valid. Ask at your library's desk for the new one."),
    "card_expired": _("Your membership ended on %(date)s. Ask your library to extend it."),
    "patron_restricted": _("Your library has paused your borrowing. Please ask at the desk."),
    "debt_too_high": _("You owe more than is allowed. Pay at the desk first."),
    "has_overdues": _("Bring back first what is overdue."),
    "item_lost": _("This copy is recorded as lost. Please speak to your library."),
    "onsite_loan": _("What you read in the library is not renewed."),
    "renewal_needed_by_hold": _("Other readers are waiting for it. Please bring it back in time."),
    "too_many_renewals": _("It can't be renewed any more. Please bring it back in time."),
    "too_many_unseen_renewals": _("Bring it to the desk to have it renewed once more."),
    "too_soon": _("It can be renewed from %(date)s on."),
    "unknown_loan": _("You have returned it already."),
    "not_permitted": _("This is not yours."),
    "nothing_to_hold": _("No copy of it is lent."),
    "hold_not_for_reader": _("Its copies are for readers of other libraries."),
    "pickup_not_here": _("Nothing is collected at this library. Choose another one."),
    "pickup_out_of_reach": _("No copy can be brought to this library. Choose another one."),
    "already_on_hold": _("You are waiting for it already."),
    "already_lent_to_patron": _("You have it already."),
    "copy_not_asked_for": _("No certain copy can be asked for: wait for the first one that is free."),
    "copy_must_be_asked_for": _("Choose the copy you want to wait for."),
    "on_the_shelf": _("It stands on the shelf: come and take it."),
    "too_many_holds": _("You wait for %(open)s titles already, the limit is %(limit)s."),
    "too_many_holds_by_rule": _("You wait for %(open)s of this kind already, the limit is %(limit)s."),
    "too_many_holds_today": _("You asked for %(open)s titles today, the limit is %(limit)s. Try again tomorrow."),
    "hold_in_past": _("This day has passed: %(date)s."),
    "hold_has_copy": _("A copy is kept for you already."),
    "not_suspended": _("You are in line again already."),
    "suspended_in_past": _("Choose a later day than today."),
    "unknown_hold": _("You do not wait for it any more."),
}
"""Refusals of circulation as its reader is told them."""

ACCOUNT_REFUSALS: dict[str, _StrPromise] = {
    "pins_differ": _("The new PIN was not typed the same way twice."),
    "wrong_pin": _("The old PIN is not right."),
    "unknown_loan": _("This loan is forgotten already."),
    "no_valid_card": _("You have no valid card. Ask at your library's desk."),
    "login_taken": _("Your card's number can't be used to sign in. Ask at your library's desk."),
}
"""Refusals about the reader's own account."""
