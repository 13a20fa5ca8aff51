from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings


@pytest.fixture(autouse=True)
def _nation(db: None, settings: Settings, tmp_path: Path) -> None:
    """A small nation, an index of the test's own, and the passwords' real path at a test's price."""
    settings.DATA_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["kitabxana.base.tests.cheap.CheapArgon2"]
    a_nation()
