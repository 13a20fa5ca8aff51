"""What a user can meet stands in the documentation: settings, commands, policies, refusals, permissions, events."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kitabxana.circulation.messages import NOTES, REFUSALS
from kitabxana.circulation.rules import REFUSAL_CODES
from kitabxana.cli.main import kitabxana
from kitabxana.organisation.rules import PERMISSIONS, POLICIES
from kitabxana.wiring import HANDLERS

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "src" / "kitabxana" / "settings.py").read_text(encoding="utf-8")


def text(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def settings() -> set[str]:
    names = set(re.findall(r'env(?:_flag)?\("([A-Z_]+)"', SETTINGS)) | {"ADMIN_PASSWORD", "ADMIN_PASSWORD_FILE"}
    return names | {f"{name}_FILE" for name in re.findall(r'env_secret\("([A-Z_]+)"', SETTINGS)}


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("operator/settings.md", {f"KITABXANA_{name}" for name in settings()}),
        ("operator/commands.md", {f"kitabxana {name}" for name in kitabxana.commands}),
        ("librarian/rules.md", set(POLICIES)),
        ("librarian/rules.md", set(REFUSALS)),
        ("librarian/rules.md", set(NOTES)),
        ("developer/permissions.md", set(PERMISSIONS)),
        ("developer/events.md", set(HANDLERS)),
    ],
)
def test_every_name_is_documented(page: str, names: set[str]) -> None:
    assert names
    assert {name for name in names if name not in text(page)} == set()


def test_every_refusal_has_its_sentence_and_no_sentence_is_left_over() -> None:
    assert set(REFUSALS) == REFUSAL_CODES
