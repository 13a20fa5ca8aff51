"""Who asks, where a proxy stands in front (`KITABXANA_BEHIND_PROXY`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """REMOTE_ADDR is the client's again: the last address of X-Forwarded-For, which our own proxy has put there.

    Addresses before it are what the client said, and nobody is believed about themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = last or request.META.get("REMOTE_ADDR", "")
        return self.get_response(request)
