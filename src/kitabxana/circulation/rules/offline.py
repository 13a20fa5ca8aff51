"""What to do about something that was done without a connection and that the rules refuse now that all is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitabxana.kernel.decisions import Refusal

_OF_CODE = {
    "happens_later": "set_clock",
    "unknown_item": "find_number",
    "unknown_patron": "find_number",
    "already_lent_to_patron": "nothing",
    "return_before_loan": "nothing",
    "unknown_loan": "nothing",
    "return_elsewhere": "send_back",
}


def proposal(kind: str, refusals: Sequence[Refusal]) -> str:
    """The way out that fits best, a code of `messages.PROPOSALS`.

    The reader has the book by now: what a librarian may lift is lent all the same (`lend`), another reader's loan of
    the copy ending first (`take_over`); what nobody may lift is asked back.
    """
    codes = {one.code for one in refusals}
    certain = next((way for code, way in _OF_CODE.items() if code in codes), None)
    if certain:
        return certain
    if kind == "renew":
        return "tell_due"
    if kind == "check_in":
        return "look"
    if any(one.override is None for one in refusals):
        return "ask_back"
    return "take_over" if "on_loan" in codes else "lend"


DOES = frozenset({"lend", "take_over"})
"""Proposals that the house carries out itself when told to."""
