"""kitabxana duplicates"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
from rich.progress import Progress

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import Failed, json_option, people

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitabxana.catalogue.facts import SearchFacts


@click.group()
def duplicates() -> None:
    """Records that may be one and the same: found in the whole catalogue, merged by people at the desk."""


@duplicates.command()
@click.option(
    "--least", type=click.IntRange(1, 200), default=None, help="The score from which on records are proposed."
)
@click.option("--later", is_flag=True, help="Leave the work to the worker.")
@json_option
def find(*, least: int | None, later: bool, as_json: bool) -> dict[str, Any]:
    """Search the whole catalogue."""
    prepare()
    from kitabxana.base.actor import SYSTEM
    from kitabxana.catalogue.matching import HOUSE
    from kitabxana.catalogue.operations import begin_search

    _do(lambda: begin_search(by=SYSTEM, least=HOUSE.sure if least is None else least))
    return _told(_found(), quiet=as_json) if later else _worked(quiet=as_json)


@duplicates.command()
@json_option
def stop(*, as_json: bool) -> dict[str, Any]:
    """Halt the search where it is."""
    prepare()
    from kitabxana.base.actor import SYSTEM
    from kitabxana.catalogue.operations import stop_search

    _do(lambda: stop_search(search_id=_found().id, by=SYSTEM))
    return _told(_found(), quiet=as_json)


@duplicates.command()
@json_option
def resume(*, as_json: bool) -> dict[str, Any]:
    """Go on with a search that was halted."""
    prepare()
    from kitabxana.base.actor import SYSTEM
    from kitabxana.catalogue.operations import resume_search

    _do(lambda: resume_search(search_id=_found().id, by=SYSTEM))
    return _worked(quiet=as_json)


@duplicates.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=25, show_default=True)
@json_option
def show(*, limit: int, as_json: bool) -> dict[str, Any]:
    """How the search stands, and the clusters, largest and surest first."""
    prepare()
    from kitabxana.catalogue.queries import briefs
    from kitabxana.catalogue.queries.duplicates import clusters_page

    told = _told(_found(), quiet=as_json)
    total, some = clusters_page(offset=0, limit=limit)
    titles = briefs({one.records[0] for one in some})
    if not as_json:
        for one in some:
            title = titles.get(one.records[0], {}).get("title", "")
            people.print(f"{one.size:>4} {one.score:>4}  {title[:70]}  {' '.join(map(str, one.records[:8]))}")
    return told | {"total": total, "clusters": [asdict(one) for one in some]}


def _do(work: Callable[[], object]) -> None:
    from kitabxana.kernel.decisions import Refused

    try:
        work()
    except Refused as refused:
        raise _not_now(refused.refusals[0].code) from refused


def _not_now(code: str) -> Failed:
    texts = {
        "search_running": "A search is running already.",
        "unknown_search": "There is no search that this can be done with.",
        "bad_score": "Records are proposed from a score of 60 on.",
    }
    return Failed(texts.get(code, code), code=code)


def _found() -> SearchFacts:
    from kitabxana.catalogue.queries.duplicates import search

    found = search()
    if found is None:
        raise _not_now("unknown_search")
    return found


def _worked(*, quiet: bool) -> dict[str, Any]:
    """Do the search's work here, beside a worker that does the same."""
    from kitabxana.catalogue.operations import search_on

    with Progress(console=people, disable=quiet, transient=True) as bar:
        task = bar.add_task("searching", total=100)
        while (found := _found()).state == "running":
            bar.update(task, completed=found.percent)
            if not search_on():
                time.sleep(0.2)
    return _told(found, quiet=quiet)


def _told(found: SearchFacts, *, quiet: bool) -> dict[str, Any]:
    from kitabxana.catalogue.queries.duplicates import clusters_page

    total, _ = clusters_page(offset=0, limit=1)
    if not quiet:
        people.print(f"{found.state}, {found.percent} %: {found.pairs:,} pairs, {total:,} clusters to look at")
    made, finished = found.made_at.isoformat(), found.finished_at.isoformat() if found.finished_at else None
    return asdict(found) | {"made_at": made, "finished_at": finished, "clusters_left": total}
