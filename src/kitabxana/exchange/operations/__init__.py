"""Records into the house in bulk: at once, or staged for a librarian to decide."""

from __future__ import annotations

from kitabxana.exchange.operations.copying import Over, copy_record, drop_target, set_target
from kitabxana.exchange.operations.deciding import advance, commit_batch, decide, undo_batch
from kitabxana.exchange.operations.import_marc import ImportBusy, import_marc
from kitabxana.exchange.operations.staging import keep_profile, keep_upload, stage, stage_lying

__all__ = [
    "ImportBusy",
    "Over",
    "advance",
    "commit_batch",
    "copy_record",
    "decide",
    "drop_target",
    "import_marc",
    "keep_profile",
    "keep_upload",
    "set_target",
    "stage",
    "stage_lying",
    "undo_batch",
]
