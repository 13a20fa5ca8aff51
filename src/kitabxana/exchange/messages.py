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
}
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
