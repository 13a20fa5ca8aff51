"""Codes of imports in the user's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kitabxana.kernel.decisions import Refusal

REFUSALS: dict[str, _StrPromise] = {
    "unknown_batch": _("There is no such import."),
    "batch_not_ready": _("This can't be done with the import now. Look at it again."),
    "batch_undecided": _("Not decided yet: %(records)s. Decide these records first."),
    "known_already": _("The catalogue has this book already: record %(record)s."),
    "bad_overlay_rule": _("An overlay rule names a tag (650, 6XX, *), how the fields meet, and whose rule it is."),
    "bad_target": _(
        "A catalogue to copy from needs a name and a version and format that we can ask for; by Z39.50 a database too."
    ),
    "bad_wait": _("An answer is waited for from 1 to 15 seconds."),
    "bad_address": _("This is no address that can be asked: it begins with http:// or https:// and has no password."),
    "bad_host": _("This is no address of a Z39.50 server: it is written as host or host:port, without http."),
    "unknown_file": _("There is no file %(file)s on the server any more."),
    "unknown_profile": _("There is no import profile named %(profile)s."),
    "unknown_target": _("There is no such catalogue to copy from."),
}
REPLY_PROBLEMS: dict[str, _StrPromise] = {
    "bad_address": _("The address can't be asked."),
    "inside": _("The address lies in the server's own network, which the operator has not opened."),
    "no_answer": _("There was no answer."),
    "too_slow": _("There was no answer in time."),
    "too_large": _("The answer was too large."),
    "moved": _("The catalogue has moved to another address."),
    "bad_status": _("The catalogue answered with an error."),
    "not_xml": _("The answer can't be read."),
    "document_type": _("The answer can't be read safely."),
    "not_sru": _("The answer is not one of SRU."),
    "refused": _("The catalogue did not take the question."),
    "not_z3950": _("The answer is not one of Z39.50."),
    "not_let_in": _("The catalogue did not let us in: name and password."),
    "unreadable": _("The records of the answer can't be read."),
}
"""Why a catalogue that was asked has nothing to show (facts.Reply)."""

REASONS: dict[str, _StrPromise] = {
    "bad_character": _("It holds characters that can't be stored."),
    "bad_directory": _("Its directory of fields is damaged."),
    "bad_encoding": _("Its letters can't be read: say the file's encoding."),
    "bad_field": _("One of its fields can't be read."),
    "bad_leader": _("Its leader is damaged."),
    "empty": _("There is nothing in it."),
    "junk": _("This is no record."),
    "no_heading": _("Its heading has no place in MARC 21."),
    "not_well_formed": _("It is not well-formed."),
    "oversize": _("It has no end."),
    "truncated": _("It breaks off."),
}
"""Why a record of a file was rejected."""

STATES: dict[str, _StrPromise] = {
    "reading": _("Being read"),
    "staged": _("To be decided"),
    "committing": _("Being stored"),
    "committed": _("Stored"),
    "undoing": _("Being taken back"),
    "undone": _("Taken back"),
}
VERDICTS: dict[str, _StrPromise] = {
    "new": pgettext_lazy("import", "New"),
    "same": pgettext_lazy("import", "The same"),
    "match": pgettext_lazy("import", "Found"),
    "doubt": pgettext_lazy("import", "Doubtful"),
    "rejected": pgettext_lazy("import", "Rejected"),
}
DECISIONS: dict[str, _StrPromise] = {
    "add": _("Add as new"),
    "overlay": _("Replace ours"),
    "join": _("Keep ours, add the copies"),
    "skip": _("Leave out"),
}
RESULTS: dict[str, _StrPromise] = {
    "added": _("Added"),
    "overlaid": _("Replaced"),
    "joined": _("Copies added"),
    "skipped": _("Left out"),
    "gone": _("Ours is gone"),
    "undone": _("Taken back"),
    "stays": _("In use since, stays"),
}
POINTS: dict[str, _StrPromise] = {
    "control": _("Control number"),
    "isbn": _("ISBN"),
    "issn": _("ISSN"),
    "national": _("National number"),
    "title": _("Title"),
    "author": _("Author"),
    "year": _("Year"),
    "publisher": _("Publisher"),
    "pages": _("Pages"),
    "edition": _("Edition"),
    "part": _("Part"),
    "figures": _("Numbers in the title"),
    "language": _("Language"),
    "material": _("Material"),
    "volume": _("Volume"),
}


def refusal_text(refusal: Refusal) -> str:
    """The sentence of a refusal, its code where another feature refused."""
    return str(REFUSALS[refusal.code]) % refusal.params if refusal.code in REFUSALS else refusal.code
