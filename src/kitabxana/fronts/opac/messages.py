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

RENEWAL_REFUSALS: dict[str, _StrPromise] = {
    "card_expired": _("Your membership ended on %(date)s. Ask your library to extend it."),
    "patron_restricted": _("Your library has paused your borrowing. Please ask at the desk."),
    "item_lost": _("This copy is recorded as lost. Please speak to your library."),
    "renewal_needed_by_hold": _("Other readers are waiting for it. Please bring it back in time."),
    "too_many_renewals": _("It can't be renewed any more. Please bring it back in time."),
    "unknown_loan": _("You have returned it already."),
    "not_permitted": _("This loan is not yours."),
}
