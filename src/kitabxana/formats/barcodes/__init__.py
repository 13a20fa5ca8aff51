"""Barcodes as drawings: Code 128 (ISO/IEC 15417), EAN-13 (ISO/IEC 15420) and QR (ISO/IEC 18004)."""

from __future__ import annotations

from kitabxana.formats.barcodes.drawing import KINDS, Drawing, Kind, NotDrawable, draw

__all__ = ["KINDS", "Drawing", "Kind", "NotDrawable", "draw"]
