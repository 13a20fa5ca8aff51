"""Who asks, where a proxy stands in front (`KITABXANA_BEHIND_PROXY`)."""

from __future__ import annotations

import contextlib
import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class ClientAddressMiddleware:
    """REMOTE_ADDR is the client's again: the last address of X-Forwarded-For, which our own proxy has put there.

    Addresses before it are what the client said, and nobody is believed about themselves. What is no address at all
    is left out: the audit trail and the throttles take this one for true.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.BEHIND_PROXY:
            last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
            with contextlib.suppress(ValueError):
                request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(last))
        return self.get_response(request)
