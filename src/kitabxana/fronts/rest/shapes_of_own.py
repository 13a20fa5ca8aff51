"""A reader's own things over the wire, in the names of Koha's public REST API."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kitabxana.fronts.rest.shapes import Id, Line  # noqa: TC001 - pydantic reads the annotations
from kitabxana.fronts.rest.shapes_of_lists import Text  # noqa: TC001


class _Asked(BaseModel):
    """A request body: what is not named here is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class PublicHold(BaseModel):
    hold_id: int
    biblio_id: int
    item_id: int | None
    patron_id: int
    pickup_library_id: str
    volume: str | None
    priority: int = Field(description="the rank in line from 1; 0 when a copy is kept")
    suspended: bool
    suspended_until: date | None
    hold_date: date
    status: str | None = Field(description="null: waiting in line; T: on its way; W: ready on the pickup shelf")
    expiration_date: date | None = Field(description="the last day: on the pickup shelf, else of being wanted")


class NewOwnHold(_Asked):
    biblio_id: Id | None = None
    item_id: Id | None = Field(None, description="for this copy alone")
    volume: Text | None = Field(None, description="not in Koha, which has item groups")
    biblio_ids: Annotated[list[Id], Field(min_length=1, max_length=50)] | None = Field(
        None, description="instead of biblio_id: the first of these; answers with the first hold. Not in Koha"
    )
    pickup_library_id: Text
    expiration_date: date | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> NewOwnHold:
        if (self.biblio_ids is None) == (self.biblio_id is None and self.item_id is None):
            raise ValueError("give biblio_id or item_id, or else biblio_ids")
        return self


class ChangedOwnHold(_Asked):
    """What is left out stays as it is."""

    pickup_library_id: Text | None = None
    expiration_date: date | None = None


class OwnPatron(BaseModel):
    patron_id: int
    email: str | None
    phone: str | None
    address: str | None
    city: str | None
    postal_code: str | None
    lang: str
    privacy: int = Field(description="past loans: 0 kept for ever, 1 as the library keeps them, 2 forgotten on return")


class OwnChanges(_Asked):
    """What is left out stays as it is; null empties."""

    email: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    city: Line | None = None
    postal_code: Line | None = None
    lang: Literal["az", "tr", "en", "ru"] = "az"
    privacy: Annotated[Literal[0, 1, 2], Field(description="past loans: 0 for ever, 1 as the library, 2 never")] = 1
