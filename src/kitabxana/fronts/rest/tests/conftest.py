from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _static_root() -> None:
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
