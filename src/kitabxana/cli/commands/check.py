"""kitabxana check"""

from __future__ import annotations

from typing import Any

import click

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import json_option, people


@click.command()
@json_option
def check(*, as_json: bool) -> dict[str, Any]:
    """Look through the data for what must not be. Exit status 1 when something is found."""
    prepare()
    from kitabxana.cli.consistency import CHECKS, run_checks

    problems = run_checks()
    if not as_json:
        for problem in problems:
            people.print(f"[red]{problem['code']}[/]: {problem['count']}, for instance {problem['examples']}")
        people.print(f"{len(CHECKS)} checks, {len(problems)} problems")
    result = {"checked": len(CHECKS), "problems": problems}
    if problems:
        import json

        if as_json:
            print(json.dumps(result, ensure_ascii=False))
        raise SystemExit(1)
    return result
