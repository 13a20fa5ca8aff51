"""Where documents are kept: the engine's port and its implementation; and the lists beside it."""

from __future__ import annotations

from kitabxana.search.models.engine import Engine, EngineWriter
from kitabxana.search.models.headings import LANGUAGES, Heading, Miss
from kitabxana.search.models.tantivy_engine import TantivyEngine

__all__ = ["LANGUAGES", "Engine", "EngineWriter", "Heading", "Miss", "TantivyEngine"]
