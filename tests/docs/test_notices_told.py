"""The page of notices: every trigger with the channels it goes by, and tests that stand and really read its words."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from kitabxana.notices.facts import CHANNELS, LANGUAGES
from kitabxana.notices.rules import DEFAULTS, TRIGGERS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "developer" / "notices.md").read_text(encoding="utf-8")
TAGS = re.compile(r"\{[%{].*?[%}]\}")


def rows(first: str) -> list[list[str]]:
    """The cells of the table whose heading begins with this word, without the heading."""
    table = PAGE.partition(f"| {first} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def named(cell: str) -> list[str]:
    return re.findall(r"`(test_\w+)`", cell)


@cache
def written() -> dict[str, str]:
    """The source of every test of notices, by its name."""
    found = {}
    paths = [ROOT / "tests" / "flows" / "test_notices.py", *(ROOT / "src/kitabxana/notices/tests").glob("test_*.py")]
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = ast.get_source_segment(text, node) or ""
    return found


def subjects(trigger: str) -> list[str]:
    """The heads of its letters as the house writes them, in every language."""
    texts = (DEFAULTS[language][trigger].subject for language in LANGUAGES)
    return [piece.strip() for text in texts for piece in TAGS.split(text) if piece.strip()]


def test_every_trigger_stands_in_its_row_as_it_is() -> None:
    told = [(name, kind, policy.strip("`"), ways) for name, kind, policy, *ways, _ in rows("trigger")]
    assert told == [
        (one.name, one.kind, one.policy, ["yes", "yes", "yes" if one.printed else "on wish", "yes"])
        for one in TRIGGERS.values()
    ]


def test_each_trigger_names_a_test_that_reads_its_letter() -> None:
    for name, *_, cell in rows("trigger"):
        read = [written()[test] for test in named(cell)]
        assert read, name
        assert any(subject in source for subject in subjects(name) for source in read), name


def test_each_channel_has_a_test_of_every_trigger_and_its_own() -> None:
    told = {name: (named(every), named(own)) for name, _, every, own in rows("channel")}
    assert tuple(told) == CHANNELS
    for name, ([every], own) in told.items():
        assert f'all_told("{name}"' in written()[every]
        assert own
        assert set(own) <= set(written())
    assert "set(seen) == set(TRIGGERS)" in (ROOT / "src/kitabxana/notices/tests/test_ways.py").read_text()
