"""The floors, rooms and private tables of `pyproject.toml`, held."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "kitabxana"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def features() -> set[str]:
    return {path.parent.name for path in PACKAGE.glob("*/models*") if path.parent.name != "base"}


def test_the_contracts_hold() -> None:
    script = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = subprocess.run(
        [sys.executable, "-c", script, "--no-cache", "--no-logo"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": "src"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[done.stdout.find("Broken contracts") :]
    assert re.search(r"\b0 broken", done.stdout)


def test_no_contract_looks_away() -> None:
    assert [contract["name"] for contract in SETTINGS["contracts"] if "ignore_imports" in contract] == []


def test_every_feature_is_under_contract() -> None:
    """A feature is listed under contracts 3 and 6 on the day it gets its folder."""
    rooms = next(contract for contract in SETTINGS["contracts"] if contract["name"].startswith("3."))
    private = {one["protected_modules"][0] for one in SETTINGS["contracts"] if one["type"] == "protected"}
    assert {name.removeprefix("kitabxana.") for name in rooms["containers"]} == features()
    assert private == {f"kitabxana.{name}.models" for name in features()}
