"""Where documents are kept: the engine's port and its implementation."""

from __future__ import annotations

from kitabxana.search.models.engine import Engine, EngineWriter
from kitabxana.search.models.tantivy_engine import TantivyEngine

__all__ = ["Engine", "EngineWriter", "TantivyEngine"]
