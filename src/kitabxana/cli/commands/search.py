"""kitabxana search"""

from __future__ import annotations

from typing import Any

import click

from kitabxana.cli.environment import prepare
from kitabxana.cli.output import json_option


@click.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
def search(*, query: str, limit: int, as_json: bool) -> dict[str, Any]:
    """Search the catalogue as the search box does."""
    prepare()
    from django.utils import timezone

    from kitabxana.catalogue.queries import briefs, in_order
    from kitabxana.search.facts import SearchRequest
    from kitabxana.search.languages import box
    from kitabxana.search.queries import find

    answer = find(SearchRequest(box.parse(query, today=timezone.localdate()).node, limit=limit))
    scores = {hit.record_id: hit.score for hit in answer.hits}
    hits = [
        {
            "biblio_id": record_id,
            "title": " : ".join(part for part in (brief.get("title", ""), brief.get("rest", "")) if part),
            "author": brief.get("author", ""),
            "year": brief.get("year"),
            "score": scores[record_id],
        }
        for record_id, brief in in_order(list(scores), briefs(scores))
    ]
    if not as_json:
        _show(answer.total, hits)
    return {"total": answer.total, "hits": hits}


def _show(total: int, hits: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{total} found", title_justify="left", box=None, header_style="bold")
    for column in ("id", "title", "author", "year"):
        table.add_column(column, overflow="fold")
    for hit in hits:
        table.add_row(str(hit["biblio_id"]), hit["title"], hit["author"], str(hit["year"] or ""))
    Console().print(table)
