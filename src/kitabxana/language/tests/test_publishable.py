from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import kitabxana.language

PACKAGE = Path(__file__).resolve().parents[1]


def imported(source: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_nothing_but_the_standard_library_is_needed(path: Path) -> None:
    for name in imported(path.read_text("utf-8")):
        own = name.startswith("kitabxana.language")
        assert own or name.split(".")[0] in sys.stdlib_module_names, name


def test_what_is_offered_is_there() -> None:
    for name in kitabxana.language.__all__:
        assert callable(getattr(kitabxana.language, name))
