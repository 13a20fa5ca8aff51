"""Holds over the wire, in the names of Koha's public REST API."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Literal

from ninja import Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from kitabxana.fronts.rest.shapes import Codes, Id, Library, Line
from kitabxana.fronts.rest.shapes_of_lists import Page, Text

Rank = Annotated[int, Field(ge=1, le=1_000_000)]


class Hold(BaseModel):
    hold_id: int
    patron_id: int
    biblio_id: int
    item_id: int | None = Field(description="the copy asked for, or the one that is kept for the reader")
    item_level: bool = Field(description="a certain copy was asked for")
    item_type: str | None = Field(description="the type of copy asked for")
    volume: str | None = Field(description="the volume asked for; not in Koha, which has item groups")
    hold_group_id: int | None = Field(description="one of several of which the first is wanted")
    pickup_library_id: str
    hold_date: date
    expiration_date: date | None = Field(description="the last day: of waiting on the shelf, else of being wanted")
    waiting_date: date | None = Field(description="since when the copy stands on the hold shelf")
    priority: int = Field(description="the rank in line from 1; 0 when a copy is kept")
    lowest_priority: bool
    status: Literal["W", "T"] | None = Field(description="W: on the hold shelf; T: on its way there; null: in line")
    suspended: bool
    suspended_until: datetime | None
    target_item_id: int | None = Field(description="the copy that is to be fetched from its shelf; not in Koha")
    notes: str | None


class Suspension(BaseModel):
    end_date: date | None


class PickupLocation(BaseModel):
    pickup_library_id: str


class PickupLibrary(Library):
    needs_override: bool = Field(description="always false: what is told here may be chosen")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewHold(_Asked):
    patron_id: Id
    biblio_id: Id | None = None
    item_id: Id | None = Field(None, description="for this copy alone")
    pickup_library_id: Text
    item_type: Text | None = None
    volume: Text | None = None
    biblio_ids: Annotated[list[Id], Field(max_length=50)] | None = Field(
        None, description="instead of biblio_id: the first of these; answers with the first hold. Not in Koha"
    )
    expiration_date: date | None = None
    notes: Line | None = None
    override: Codes = []

    @model_validator(mode="after")
    def _one_thing(self) -> NewHold:
        if (self.biblio_ids is None) == (self.biblio_id is None and self.item_id is None):
            raise ValueError("give biblio_id or item_id, or else biblio_ids")
        return self


class ChangedHold(_Asked):
    """What is left out stays as it is."""

    pickup_library_id: Text | None = None
    priority: Rank | None = None
    lowest_priority: bool | None = None
    suspended_until: date | None = Field(None, description="null resumes a suspended hold")
    expiration_date: date | None = None
    notes: Line | None = None


class NewSuspension(_Asked):
    end_date: date | None = None


class HoldsAsked(Page):
    hold_id: Id | None = None
    patron_id: Id | None = None
    biblio_id: Id | None = None
    item_id: Id | None = None
    pickup_library_id: Text | None = None
    suspended: bool | None = None


class PickupsAsked(Page):
    pass


class PickupsForAsked(Page):
    patron_id: Id


HoldList = Query[HoldsAsked]
PickupList = Query[PickupsAsked]
PickupForList = Query[PickupsForAsked]
