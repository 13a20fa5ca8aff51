"""How a part of a list is asked for: page, order, and Koha's `q` for the filters that the list has."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, field_validator, model_validator

from kitabxana.fronts.rest.errors import NotDone, bad_request

MOST_AT_ONCE = 1000
Text = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
_PAGE = frozenset({"page", "per_page", "order_by", "q"})


class Page(BaseModel):
    """How much of a list, and in which order. Its other fields are filters; those not `INEXACT` `q` may name too."""

    INEXACT: ClassVar[frozenset[str]] = frozenset({"search", "surname"})
    """Filters that find more than what is equal, which is what `q` asks for."""

    page: int = Field(1, alias="_page", ge=1, le=1_000_000_000)
    per_page: int = Field(
        20,
        alias="_per_page",
        ge=-1,
        le=MOST_AT_ONCE,
        description=f"-1 asks for the whole list and is refused when it has more than {MOST_AT_ONCE} entries",
    )
    order_by: Text | None = Field(
        None, alias="_order_by", description="names of fields separated by commas, each with + (default) or - before it"
    )
    q: str | None = Field(
        None,
        max_length=2000,
        description='JSON, as Koha\'s: an object of fields and what they equal, or several of them under "-and"; '
        "of the fields of an entry those that are parameters of this list too",
    )

    @field_validator("per_page")
    @classmethod
    def _not_nothing(cls, value: int) -> int:
        if value == 0:
            raise ValueError("a page can't have 0 entries")
        return value

    @model_validator(mode="before")
    @classmethod
    def _asked_in_json(cls, data: Any) -> Any:
        """What `q` asks for, as if each field had been a parameter; anything it can't ask is an error, never passed
        over: a filter that is not heard would show a longer list than was asked for."""
        text = data.get("q") if isinstance(data, dict) else None
        if not isinstance(text, str) or len(text) > 2000:
            return data
        possible = set(cls.model_fields) - _PAGE - cls.INEXACT
        found = dict(data)
        for name, value in _equalities(text):
            field = name.removeprefix("me.")
            if field not in possible:
                raise _wrong(f"q asks by: {', '.join(sorted(possible)) or 'nothing in this list'}")
            if found.get(field) not in (None, value):
                raise _wrong(f"{field} is asked for twice")
            found[field] = value
        return found


def _wrong(detail: str) -> NotDone:
    return bad_request(["query", "q"], detail)


def _equalities(text: str) -> list[tuple[str, str | int | bool]]:
    """(field, what it equals) of a query, all of which must hold. NotDone for anything more than that."""
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("q is no JSON") from error
    parts = asked.pop("-and") if isinstance(asked, dict) and "-and" in asked else []
    found: list[tuple[str, str | int | bool]] = []
    for part in [asked, *(parts if isinstance(parts, list) else [None])]:
        if not isinstance(part, dict):
            raise _wrong('q is an object of fields and values, or a list of them under "-and"')
        for name, value in part.items():
            equal = value.get("=") if isinstance(value, dict) and len(value) == 1 else value
            if not isinstance(equal, str | int):
                raise _wrong(f"q asks what {name} equals: a text, a number, true or false")
            found.append((name, equal))
    return found
