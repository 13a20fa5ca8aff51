from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nation(db: None, settings: Any, tmp_path: Path) -> None:
    """The small nation, an index of its own, and plain names of static files (nothing is collected for these tests)."""
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    a_nation()
