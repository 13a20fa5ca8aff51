"""An answer as it is kept beside its idempotency key, and given again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.http import HttpResponse

from kitabxana.fronts.rest.errors import JSON

if TYPE_CHECKING:
    from ninja import Status
    from pydantic import BaseModel


def kept(answer: Status[Any] | HttpResponse, response: HttpResponse | None) -> dict[str, Any]:
    """What a handler answered, as a JSON value: status, body, and where the new thing is."""
    place = response.headers.get("Location") if response is not None else None
    if isinstance(answer, HttpResponse):
        return {"status": answer.status_code, "body": answer.content.decode(), "location": place}
    shape: BaseModel | None = answer.value
    body = orjson.dumps(shape.model_dump(mode="python", by_alias=True)).decode() if shape is not None else ""
    return {"status": answer.status_code, "body": body, "location": place}


def again(stored: dict[str, Any]) -> HttpResponse:
    found = HttpResponse(stored["body"], status=stored["status"], content_type=JSON)
    if stored["location"]:
        found.headers["Location"] = stored["location"]
    return found
