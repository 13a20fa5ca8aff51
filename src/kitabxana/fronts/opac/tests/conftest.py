from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings


@pytest.fixture(autouse=True)
def _nation(db: None, settings: Settings, tmp_path: Path) -> None:
    """A small nation, and an index of the test's own."""
    settings.DATA_DIR = tmp_path
    a_nation()
