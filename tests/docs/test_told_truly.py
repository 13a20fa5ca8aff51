"""What the documentation says is so: tables compared with the program, and no name told that does not exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest

from kitabxana.catalogue.rules.validation import LEVELS
from kitabxana.circulation.rules import CHECK_OUT, PLACE_HOLD, REFUSAL_CODES, RENEW
from kitabxana.cli.main import kitabxana
from kitabxana.organisation import rules as organisation
from kitabxana.wiring import HANDLERS

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for path in (ROOT / "src" / "kitabxana").rglob("*.py")
    if not {"tests", "migrations"} & set(path.parts)
]
NAME = re.compile(r"`([a-z0-9_.]+)`")


def text(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first column is headed so."""
    lines = iter(text(page).splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            break
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return found[1:]


def first_arguments(*functions: str) -> set[str]:
    """The literal first argument of every call of these functions in the program."""
    calls = [node for module in MODULES for node in ast.walk(module) if isinstance(node, ast.Call)]
    return {
        str(call.args[0].value)
        for call in calls
        if ast.unparse(call.func) in functions and call.args and isinstance(call.args[0], ast.Constant)
    }


def test_roles_hold_exactly_the_permissions_their_columns_show() -> None:
    columns = ("librarian", "cataloguer", "administrator", "data_protection")
    shown: dict[str, set[str]] = {role: set() for role in columns}
    for names, _, *marks in rows("developer/permissions.md", "permission"):
        for role, mark in zip(shown, marks, strict=True):
            shown[role] |= set(NAME.findall(names)) if mark else set()
    assert shown == {role: set(names) for role, names in organisation.ROLES.items()}


def test_every_finding_about_a_record_is_shown_with_its_level() -> None:
    assert {name.strip("`"): level for name, level, _ in rows("librarian/validation.md", "finding")} == LEVELS


def test_the_built_in_policies_are_those_shown() -> None:
    shown = {name.strip("`"): value.strip("`") for name, _, value in rows("librarian/rules.md", "policy")}
    assert shown == {name: str(kind.default) for name, kind in organisation.POLICIES.items()}


def test_every_refusal_is_lifted_by_whom_the_page_says() -> None:
    # A code may stand in several tables; the page tells who lifts it where anybody does.
    lifting = {rule.code: rule.override for table in (CHECK_OUT, RENEW, PLACE_HOLD) for rule in table if rule.override}
    lifting["too_many_claims"] = "circulation.override.too_many_claims"
    librarian = organisation.ROLES["librarian"]
    for names, _, who in rows("librarian/rules.md", "code"):
        for code in NAME.findall(names):
            permission = lifting.get(code)
            assert who == ("nobody" if permission is None else "desk" if permission in librarian else "administrator")


def test_every_refusal_of_the_program_stands_on_a_page() -> None:
    problems = {
        str(value.value)
        for module in MODULES
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef) and function.name.endswith("_problem")
        for node in ast.walk(function)
        if isinstance(node, ast.Return)
        for value in ([node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value])
        if isinstance(value, ast.Constant) and value.value
    }
    raised = first_arguments("Refused.one", "Refusal", "Rule") | problems
    shown = {code for names, *_ in rows("developer/refusals.md", "code") for code in NAME.findall(names)}
    assert {"card_taken", "bad_hours", "wrong_type"} <= raised
    of_imports = set(NAME.findall(text("operator/commands.md")))
    assert raised - REFUSAL_CODES - of_imports - shown == set()
    assert shown - raised == set()


def test_every_event_that_is_published_is_wired_and_shown_and_no_other() -> None:
    shown = {name for names, *_ in rows("developer/events.md", "event") for name in NAME.findall(names)}
    published = first_arguments("outbox.publish") | first_arguments("outbox.publish_audited")
    assert published == set(HANDLERS) == shown


def test_every_variable_the_program_reads_is_shown_and_no_other() -> None:
    page = text("operator/settings.md")
    shown = set(re.findall(r"KITABXANA_[A-Z_]+", page))
    plain, secret = first_arguments("env", "env_flag"), first_arguments("env_secret")
    assert plain
    assert secret
    read = plain | secret | {f"{name}_FILE" for name in secret}
    assert shown == {f"KITABXANA_{name}" for name in read}


def commands(group: click.Group, path: str) -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found |= (
            commands(command, f"{path} {name}") if isinstance(command, click.Group) else {f"{path} {name}": command}
        )
    return found


@pytest.mark.parametrize("name", commands(kitabxana, "kitabxana"))
def test_every_option_of_every_command_is_shown(name: str) -> None:
    [row] = [row for row in rows("operator/commands.md", "command") if f"`{name}" in row[0]]
    told = " ".join(row)
    options = [param for param in commands(kitabxana, "kitabxana")[name].params if isinstance(param, click.Option)]
    for option in options:
        assert option.opts[0] in told or option.opts[0] == "--json"
    known = {opt for option in options for opt in option.opts}
    assert set(re.findall(r"--[a-z-]+", told)) <= known


def test_links_between_pages_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"`(docs/[\w/.-]+\.md)`", page.read_text(encoding="utf-8"))
        if not (ROOT / target).is_file()
    ]
    assert broken == []
