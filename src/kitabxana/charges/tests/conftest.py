from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kitabxana.charges.tests.builders import faults
from kitabxana.organisation.tests.builders import a_nation

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def reader(db: None) -> Iterator[int]:
    """The small nation and a reader of GNC-M; afterwards the ledger must be true."""
    from kitabxana.patrons.tests.builders import a_reader

    a_nation()
    yield a_reader()
    assert faults() == {}
