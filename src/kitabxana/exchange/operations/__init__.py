"""Records into the house in bulk."""

from __future__ import annotations

from kitabxana.exchange.operations.import_marc import ImportBusy, import_marc

__all__ = ["ImportBusy", "import_marc"]
