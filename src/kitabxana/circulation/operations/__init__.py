"""Writes of circulation: the only door, for desk, REST, SIP2 and every other front.

Each operation is one transaction. Locks are taken in the order patron, record, item, hold.
"""

from __future__ import annotations

from kitabxana.circulation.operations.check_in import check_in
from kitabxana.circulation.operations.check_out import check_out, check_out_refusals
from kitabxana.circulation.operations.claims import declare_found, note_claim, take_claim_back
from kitabxana.circulation.operations.closing import Closed, close_suddenly, closing_preview
from kitabxana.circulation.operations.fast_add import fast_add
from kitabxana.circulation.operations.history import forget_ended, forget_history, forget_returned
from kitabxana.circulation.operations.holds import (
    cancel_hold,
    change_hold,
    change_pickup,
    move_hold,
    put_last,
    resume_hold,
    suspend_hold,
)
from kitabxana.circulation.operations.lost import age_to_lost, claim_returned, declare_lost, settle_claim
from kitabxana.circulation.operations.many import Tried, check_out_many
from kitabxana.circulation.operations.money import accrue_fines, end_false_fines
from kitabxana.circulation.operations.offline import lend_after_all, replay, settle_conflict, take_along
from kitabxana.circulation.operations.place_hold import look_at_hold, place_first_of, place_hold
from kitabxana.circulation.operations.recall import recall
from kitabxana.circulation.operations.renew import look_at_renewal, renew, renew_of_themselves
from kitabxana.circulation.operations.rotas import advance_rotas, drop_rota, put_on_rota, set_rota, take_off_rota
from kitabxana.circulation.operations.shelves import expire_holds, not_found, resume_holds
from kitabxana.circulation.operations.targeting import (
    ask_again,
    follow_closings,
    follow_copies,
    follow_holds,
    follow_loans,
)
from kitabxana.circulation.operations.transfers import send_elsewhere
from kitabxana.circulation.operations.undo import undo_check_in, undo_check_out

__all__ = [
    "Closed",
    "Tried",
    "accrue_fines",
    "advance_rotas",
    "age_to_lost",
    "ask_again",
    "cancel_hold",
    "change_hold",
    "change_pickup",
    "check_in",
    "check_out",
    "check_out_many",
    "check_out_refusals",
    "claim_returned",
    "close_suddenly",
    "closing_preview",
    "declare_found",
    "declare_lost",
    "drop_rota",
    "end_false_fines",
    "expire_holds",
    "fast_add",
    "follow_closings",
    "follow_copies",
    "follow_holds",
    "follow_loans",
    "forget_ended",
    "forget_history",
    "forget_returned",
    "lend_after_all",
    "look_at_hold",
    "look_at_renewal",
    "move_hold",
    "not_found",
    "note_claim",
    "place_first_of",
    "place_hold",
    "put_last",
    "put_on_rota",
    "recall",
    "renew",
    "renew_of_themselves",
    "replay",
    "resume_hold",
    "resume_holds",
    "send_elsewhere",
    "set_rota",
    "settle_claim",
    "settle_conflict",
    "suspend_hold",
    "take_along",
    "take_claim_back",
    "take_off_rota",
    "undo_check_in",
    "undo_check_out",
]
