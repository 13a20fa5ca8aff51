"""What goes over the wire of claims, renewals, transfers and rules, in the names of Koha's public REST API."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kitabxana.fronts.rest.shapes import Codes, Id  # noqa: TC001 - pydantic reads the annotations
from kitabxana.fronts.rest.shapes_of_lists import Page, Text

Notes = Annotated[str, Field(max_length=250, pattern="^[^\\x00]*$")]


class _Asked(BaseModel):
    """A request body: what is not named here is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class ReturnClaim(BaseModel):
    claim_id: int
    item_id: int
    patron_id: int
    checkout_id: int | None = Field(description="the open loan; null when it ended")
    old_checkout_id: int | None = Field(description="the loan, when it ended")
    notes: str | None
    created_on: datetime
    resolution: str | None = Field(description="found, reader_had_it or lost; null while the claim is open")
    resolved_on: datetime | None


class NewReturnClaim(_Asked):
    item_id: Id
    notes: Notes | None = None
    override: Codes = []


class ClaimNotes(_Asked):
    notes: Notes


class ClaimResolution(_Asked):
    resolution: Literal["found", "reader_had_it", "lost"]


class Reason(BaseModel):
    """One reason against something that was only asked about."""

    code: str = Field(description="stable, for programs")
    message: str = Field(description="for people, in the language of Accept-Language")
    override: str | None = Field(description="the permission that lifts it, null when nobody may")


class AllowsRenewal(BaseModel):
    allows_renewal: bool
    max_renewals: int
    current_renewals: int
    unseen_renewals: int
    error: str | None = Field(description="the first reason against it, for programs; null where there is none")
    reasons: list[Reason] = Field(description="all reasons with the permissions that lift them; not in Koha")


class Availability(BaseModel):
    """Whether a copy could be lent to a reader now, by the same rules as lending it."""

    blockers: dict[str, Any] = Field(description="code → its facts: nobody can lift these here")
    confirms: dict[str, Any] = Field(description="code → its facts: to be sent as override by who may lift them")
    warnings: dict[str, Any]
    confirmation_token: str | None = Field(description="always null: overrides are named one by one")


class AvailabilityAsked(BaseModel):
    patron_id: Id
    item_id: Id
    library_id: Text | None = None


class Transfer(BaseModel):
    transfer_id: int
    item_id: int
    from_library_id: str
    to_library_id: str
    reason: str
    date_sent: datetime
    date_arrived: datetime | None


class TransfersAsked(Page):
    item_id: Id | None = None
    from_library_id: Text | None = None
    to_library_id: Text | None = None
    arrived: bool = Field(default=False, description="those that arrived, instead of those on their way")


class RuleContext(BaseModel):
    library_id: str | None = Field(description='null for all, as Koha\'s "*"')
    patron_category_id: str | None
    item_type_id: str | None


class Rules(BaseModel):
    context: RuleContext
    rules: dict[str, int | str | bool | None] = Field(description="by policy name; money in minor units")
    sources: dict[str, RuleContext | None] = Field(
        description="of an effective rule: the row that won, null where it is the built-in value"
    )


class RulesAsked(BaseModel):
    effective: bool = Field(default=True, description="true: what holds in this cell; false: the rows that are set")
    library_id: Text | None = None
    patron_category_id: Text | None = None
    item_type_id: Text | None = None
    rules: Text | None = Field(None, description="names separated by commas; all where it is left out")


class SetRules(_Asked):
    library_id: Text | None = None
    patron_category_id: Text | None = None
    item_type_id: Text | None = None
    rules: Annotated[dict[Text, int | str | bool | None], Field(max_length=100)] = {}
    give_back: Annotated[list[Text], Field(max_length=100, description="rows to take out of this cell")] = []


class NewOwnPassword(_Asked):
    old_password: Annotated[str, Field(max_length=128)]
    password: Annotated[str, Field(max_length=128)]
    password_repeated: Annotated[str, Field(max_length=128)]


class OfflineEvent(_Asked):
    key: Annotated[str, Field(min_length=1, max_length=80, pattern="^[^\\x00]*$")]
    action: Literal["check_out", "check_in", "renew"]
    external_id: Annotated[str, Field(min_length=1, max_length=60, pattern="^[^\\x00]*$")]
    cardnumber: Annotated[str, Field(max_length=40, pattern="^[^\\x00]*$")] | None = None
    date: AwareDatetime


class OfflineEvents(_Asked):
    library_id: Text
    events: Annotated[list[OfflineEvent], Field(min_length=1, max_length=500)]


class OfflineAnswer(BaseModel):
    key: str
    outcome: str = Field(description="done or conflict")
    codes: list[str] = Field(description="of what refused it")
    again: bool = Field(description="it had been sent before: this is its first answer")


class OwnRenewal(_Asked):
    """Nothing can be said of a renewal from afar; the body may be left out."""


TransferList = Query[TransfersAsked]
RuleList = Query[RulesAsked]
AvailabilityOf = Query[AvailabilityAsked]
