"""What is done nowhere in the house: logic in `save`, signals, raw markup, script and style inside pages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "kitabxana"
MODULES = [path for path in PACKAGE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
TEMPLATES = list(PACKAGE.rglob("templates/**/*.html"))
NOT_A_SUBJECT = ("utils", "helpers", "common", "core")


def calls_and_names(path: Path) -> set[str]:
    """Every name, attribute (with what stands before its dot) and import a module speaks of."""
    tree = list(ast.walk(ast.parse(path.read_text())))
    names = {node.id for node in tree if isinstance(node, ast.Name)}
    names |= {ast.unparse(node) for node in tree if isinstance(node, ast.Attribute)}
    names |= {node.attr for node in tree if isinstance(node, ast.Attribute)}
    names |= {node.module for node in tree if isinstance(node, ast.ImportFrom) and node.module}
    return names | {
        alias.name for node in tree if isinstance(node, ast.ImportFrom | ast.Import) for alias in node.names
    }


def where(*forbidden: str) -> list[str]:
    return [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in MODULES
        for name in sorted(calls_and_names(path) & set(forbidden))
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 100
    assert len(TEMPLATES) > 10
    assert "select_for_update" in calls_and_names(PACKAGE / "holdings" / "operations" / "copies.py")


def test_no_logic_in_save() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in MODULES
        if "base" not in path.relative_to(PACKAGE).parts[:1]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name == "save"
    ]
    assert found == []


def test_no_model_signals() -> None:
    assert where("django.dispatch", "django.db.models.signals", "django.core.signals", "signals") == []


def test_no_markup_that_is_not_escaped() -> None:
    assert where("mark_safe", "SafeString", "SafeText", "csrf_exempt", "RawSQL", "eval", "exec") == []
    raw = re.compile(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off|{%\s*verbatim\b")
    assert [str(path.relative_to(PACKAGE)) for path in TEMPLATES if raw.search(path.read_text())] == []


def test_no_script_or_style_inside_a_page() -> None:
    inside = re.compile(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|javascript:|<script\b(?![^>]*\ssrc=)", re.IGNORECASE)
    assert [str(path.relative_to(PACKAGE)) for path in TEMPLATES if inside.search(path.read_text())] == []


def test_no_page_reaches_out_of_the_house() -> None:
    outside = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")
    assert [str(path.relative_to(PACKAGE)) for path in TEMPLATES if outside.search(path.read_text())] == []


def test_no_room_without_a_subject() -> None:
    assert [str(path) for path in PACKAGE.rglob("*") if path.stem in NOT_A_SUBJECT] == []


def test_no_shell() -> None:
    assert where("os.popen", "os.system", "subprocess.getoutput") == []
    shell = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "shell"
    ]
    assert shell == []
