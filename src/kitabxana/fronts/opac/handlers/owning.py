"""The pages of a reader's account have their tabs in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render

from kitabxana.fronts.opac.session import reader_id
from kitabxana.patrons.queries import ward_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

PAGE = 30
"""Rows of a long list."""


def own_page(request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A page under the tabs; the family's stands there for who answers for somebody. One statement."""
    family = bool(ward_ids(reader_id(request)))
    return render(request, f"opac/{name}.html", {"family": family, **context}, status=status)


def turning(number: int, total: int) -> dict[str, int]:
    """The pages before and after this one of a list, 0 where there is none."""
    return {"before": number - 1, "after": number + 1 if number * PAGE < total else 0, "total": total}


def asked_page(request: HttpRequest) -> int:
    """The page asked for, from 1; the first where no sensible one is named."""
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
