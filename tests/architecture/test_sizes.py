"""How long a file and a function may be. There is no list of exceptions."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    path for part in ("src", "tests", "bench") for path in (ROOT / part).rglob("*.py") if "migrations" not in path.parts
]
LONGEST = {"settings.py": 300}


def most(path: Path) -> int:
    return LONGEST.get(path.name, 600 if "tests" in path.parts else 500)


def test_no_file_is_too_long() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in FILES}
    assert len(lengths) > 100
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > most(path)} == {}


def test_no_function_is_too_long_or_asks_for_too_much() -> None:
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                asked = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
                parameters = sum(one.arg not in ("self", "cls") for one in asked)
                if lines > 60 or parameters > 8:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines, {parameters}")
    assert found == []
