from __future__ import annotations

import pytest

from kitabxana.organisation.tests.builders import a_nation


@pytest.fixture(autouse=True)
def _nation(db: None) -> None:
    a_nation()
