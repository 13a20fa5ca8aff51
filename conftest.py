"""One embedded PostgreSQL for the whole test run, in a directory that goes with it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest


def _own_database() -> None:
    """Before pytest-django reads the settings: a data directory and a server of this run's own.

    Workers of pytest-xdist inherit both from the process that started them.
    """
    if os.environ.get("KITABXANA_TEST_RUN"):
        return
    home = Path(tempfile.mkdtemp(prefix="kitabxana-test-"))
    (home / "static").mkdir()
    os.environ |= {"KITABXANA_TEST_RUN": "1", "KITABXANA_DATA_DIR": str(home)}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kitabxana.settings")
    if not os.environ.get("KITABXANA_DATABASE_URL"):
        from kitabxana.base import embedded

        url, server = embedded.start(home)
        os.environ["KITABXANA_DATABASE_URL"] = url

        def end() -> None:
            server.cleanup()
            shutil.rmtree(home, ignore_errors=True)

        atexit.register(end)


_own_database()

import django  # noqa: E402 - after the environment is there
import hypothesis  # noqa: E402

django.setup()
# How long an example takes says more about the machine than about us; tests that care set a deadline of their own.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")

from django.conf import settings  # noqa: E402

# Names with hashes need collected files; tests of pages take the files where they lie.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
# A login costs a tenth of a second and 100 MB where it is meant to: a third of what the fast tests took.
DEAR_HASHERS = settings.PASSWORD_HASHERS
settings.PASSWORD_HASHERS = ["kitabxana.base.tests.cheap.CheapArgon2"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="take the pictures of docs/librarian anew")
    parser.addoption("--long", action="store_true", help="give the searching tests hours instead of seconds")


@pytest.fixture
def dear_hashers() -> list[str]:
    """How the product hashes passwords, for tests of the price."""
    return DEAR_HASHERS


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether this run has time to search at length."""
    return bool(request.config.getoption("--long"))
