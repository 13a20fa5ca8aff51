"""Writes of circulation: the only door, for desk, REST, SIP2 and every other front.

Each operation is one transaction. Locks are taken in the order patron, record, item, hold.
"""

from __future__ import annotations

from kitabxana.circulation.operations.check_in import check_in
from kitabxana.circulation.operations.check_out import check_out, check_out_refusals
from kitabxana.circulation.operations.claims import declare_found, note_claim, take_claim_back
from kitabxana.circulation.operations.closing import Closed, close_suddenly, closing_preview
from kitabxana.circulation.operations.fast_add import fast_add
from kitabxana.circulation.operations.lost import age_to_lost, claim_returned, declare_lost, settle_claim
from kitabxana.circulation.operations.many import Tried, check_out_many
from kitabxana.circulation.operations.money import accrue_fines, end_false_fines
from kitabxana.circulation.operations.offline import replay, settle_conflict
from kitabxana.circulation.operations.place_hold import place_hold
from kitabxana.circulation.operations.recall import recall
from kitabxana.circulation.operations.renew import look_at_renewal, renew, renew_of_themselves

__all__ = [
    "Closed",
    "Tried",
    "accrue_fines",
    "age_to_lost",
    "check_in",
    "check_out",
    "check_out_many",
    "check_out_refusals",
    "claim_returned",
    "close_suddenly",
    "closing_preview",
    "declare_found",
    "declare_lost",
    "end_false_fines",
    "fast_add",
    "look_at_renewal",
    "note_claim",
    "place_hold",
    "recall",
    "renew",
    "renew_of_themselves",
    "replay",
    "settle_claim",
    "settle_conflict",
    "take_claim_back",
]
