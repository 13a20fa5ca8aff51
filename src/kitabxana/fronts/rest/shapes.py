"""What goes over the wire, in the names of Koha's public REST API. Shapes only: no rule is decided here."""

from __future__ import annotations

from datetime import date, datetime  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated, Any

from ninja import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from kitabxana.fronts.rest.shapes_of_lists import Page, Text

Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Flag = Annotated[int, Field(ge=0, le=1)]
"""Koha's statuses are authorised values; ours are states that are there or not: 1 or 0."""


class Finding(BaseModel):
    """Something the format says of a record that was sent."""

    code: str = Field(description="stable, for programs")
    level: str = Field(description="error, warning or advice")
    message: str = Field(description="for people, in the language of Accept-Language")
    tag: str = Field(description='"LDR" for the leader, "" for the record as a whole')
    occurrence: int = Field(description="which of the fields with this tag, from 1; 0 for the whole record")
    subfield: str | None
    position: int | None = Field(description="of the character in a fixed field, from 0")


class SavedRecord(BaseModel):
    """What became of a record that was sent."""

    id: int
    version: int
    findings: list[Finding] = Field(description="warnings and advice; errors would have kept it from being saved")


class Problem(BaseModel):
    """One reason why a request was not done."""

    code: str = Field(description="stable, for programs")
    message: str = Field(description="for people, in the language of Accept-Language")
    override: str | None = Field(None, description="the permission that lifts this refusal, null when nobody may")
    where: list[str | int] | None = Field(None, description="bad_request: which part of the request")
    detail: str | None = Field(None, description="bad_request: what is wrong with it, in English")
    findings: list[Finding] | None = Field(None, description="not_valid: all that was found in the record")
    version: int | None = Field(None, description="stale_version: the version that stands now")
    difference: list[dict[str, Any]] | None = Field(
        None, description="stale_version: each field touched since, as MARC-in-JSON: side, base, theirs, mine"
    )


class Problems(BaseModel):
    """Every answer that is not a success."""

    errors: list[Problem]


def problems(*statuses: int) -> dict[int, Any]:
    """The failures of an operation for its `response`: those every operation can have, and these."""
    return dict.fromkeys((400, 401, *statuses, 429, 500, 503), Problems)


class Library(BaseModel):
    library_id: str
    name: str
    address1: str | None
    city: str | None
    postal_code: str | None
    country: str | None
    phone: str | None
    email: str | None
    geolocation: str | None = Field(description="latitude,longitude (WGS 84)")
    pickup_location: bool
    public: bool


class Reference(BaseModel):
    kind: str = Field(description="see: not used itself; see_also")
    heading: str


class Authority(BaseModel):
    authority_id: int
    heading: str | None
    references: list[Reference]


class Biblio(BaseModel):
    biblio_id: int
    title: str | None
    subtitle: str | None
    medium: str | None
    part_number: str | None
    part_name: str | None
    uniform_title: str | None
    author: str | None
    edition_statement: str | None
    publication_place: str | None
    publisher: str | None
    publication_year: str | None
    copyright_date: int | None
    pages: str | None
    illustrations: str | None
    material_size: str | None
    series_title: str | None
    isbn: str | None = Field(description="all of the record's, separated by ' | '")
    issn: str | None
    lc_control_number: str | None
    abstract: str | None
    url: str | None
    serial: bool
    language: str | None = Field(description="MARC language code; not in Koha")
    material: str | None = Field(description="kind of thing: book, serial, map…; not in Koha")


class Item(BaseModel):
    item_id: int
    biblio_id: int
    external_id: str | None = Field(description="the barcode")
    home_library_id: str
    holding_library_id: str
    item_type_id: str
    effective_item_type_id: str
    callnumber: str | None
    call_number_sort: str | None
    call_number_source: str | None = Field(description="how the call number is read: udc, ddc, lc, cutter or local")
    copy_number: str | None
    inventory_number: str | None
    serial_issue_number: str | None
    location: str | None
    collection_code: str | None
    public_notes: str | None
    internal_notes: str | None
    acquisition_source: str | None = Field(description="purchase, gift, exchange, legal_deposit or other")
    purchase_price: float | None
    replacement_price: float | None = Field(description="what a reader pays who loses it; where none is set, the price")
    lost_status: int = Field(
        description="0 not lost, 1 lost, 2 long overdue, 3 lost and paid for, 4 missing, 5 claimed returned"
    )
    damaged_status: Flag
    withdrawn: Flag
    not_for_loan_status: Flag
    effective_not_for_loan_status: Flag
    restricted_status: Flag
    checked_out_date: date | None = Field(description="null when the item is not on loan")
    due_date: datetime | None = Field(description="of the open loan; not in Koha")
    checkouts_count: int
    last_seen_date: datetime | None
    acquisition_date: date | None


class Patron(BaseModel):
    patron_id: int
    cardnumber: str | None
    surname: str
    firstname: str | None
    middle_name: str | None
    library_id: str
    category_id: str
    date_of_birth: date | None
    email: str | None
    phone: str | None
    address: str | None
    city: str | None
    postal_code: str | None
    date_enrolled: date
    expiry_date: date
    expired: bool
    restricted: bool
    staff_notes: str | None
    opac_notes: str | None
    privacy: int = Field(description="past loans: 0 kept for ever, 1 as the library keeps them, 2 forgotten on return")
    lang: str
    updated_on: datetime


class Checkout(BaseModel):
    checkout_id: int
    patron_id: int | None = Field(description="null when a past loan was made anonymous")
    item_id: int
    library_id: str
    checkout_date: datetime
    due_date: datetime
    checkin_date: datetime | None
    checkin_library_id: str | None
    renewals_count: int
    last_renewed_date: datetime | None
    auto_renew: bool | None = Field(description="null of a loan that ended")
    onsite_checkout: bool


class Message(BaseModel):
    code: str
    message: str


class Checkin(BaseModel):
    item_id: int
    checkout_id: int | None = Field(description="the loan that ended, null when the item was not on loan")
    instruction: str = Field(description="to_shelf, hold_shelf or transfer")
    to_library_id: str = Field(description="where the item belongs now")
    hold_id: int | None = Field(description="the hold it is set aside for")
    messages: list[Message]


class Token(BaseModel):
    """RFC 6749, 5.1."""

    access_token: str
    token_type: str
    expires_in: int


class TokenProblem(BaseModel):
    """RFC 6749, 5.2."""

    error: str
    error_description: str


class _Asked(BaseModel):
    """A request body: what is not named here is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


Codes = Annotated[list[Text], Field(max_length=50, description="codes of refusals to lift")]
Line = Annotated[str, Field(max_length=250, pattern="^[^\\x00]*$")]
Note = Annotated[str, Field(max_length=4000, pattern="^[^\\x00]*$")]


class _PatronFields(_Asked):
    """What a caller may say of a reader. null and "" both take a text out."""

    cardnumber: Annotated[str, Field(max_length=32, pattern="^[^\\x00]*$")] | None = None
    firstname: Line | None = None
    middle_name: Line | None = None
    date_of_birth: date | None = None
    email: Line | None = None
    phone: Line | None = None
    address: Line | None = None
    city: Line | None = None
    postal_code: Line | None = None
    date_enrolled: date | None = None
    expiry_date: date | None = None
    staff_notes: Note | None = None
    opac_notes: Note | None = None
    privacy: Annotated[int, Field(ge=0, le=2)] | None = None
    lang: Annotated[str, Field(max_length=7)] | None = None


class NewPatron(_PatronFields):
    surname: Text
    library_id: Text
    category_id: Text
    override: Codes = []


class ChangedPatron(_PatronFields):
    """As Koha's PUT: what is not named stays. What can't be changed may be sent along as it is."""

    surname: Text
    library_id: Text
    category_id: Text
    override: Codes = []
    patron_id: Id | None = None
    expired: bool | None = None
    restricted: bool | None = None
    updated_on: datetime | None = Field(None, description="sent along, the change is refused if another came between")


class NewPassword(_Asked):
    password: Annotated[str, Field(max_length=128)]
    password_2: Annotated[str, Field(max_length=128)]


class _OfOneItem(_Asked):
    item_id: Id | None = None
    external_id: Text | None = Field(None, description="the barcode, instead of item_id")
    library_id: Text | None = Field(None, description="where it happens; else the caller's library, else the item's")

    @model_validator(mode="after")
    def _names_one_item(self) -> _OfOneItem:
        if (self.item_id is None) == (self.external_id is None):
            raise ValueError("give item_id or external_id, one of them")
        return self


class NewCheckout(_OfOneItem):
    patron_id: Id
    due_date: AwareDatetime | None = Field(None, description="of the caller's choice, with its zone")
    onsite_checkout: bool = False
    override: Codes = []


class NewCheckin(_OfOneItem):
    checkin_date: AwareDatetime | None = Field(
        None, description="when it came back, with its zone, if that was earlier"
    )
    drop_box: bool = Field(default=False, description="from the box: it came back by the end of the last open day")
    override: Codes = []

    @model_validator(mode="after")
    def _one_moment(self) -> NewCheckin:
        if self.drop_box and self.checkin_date is not None:
            raise ValueError("give checkin_date or drop_box, one of them")
        return self


class Nothing(_Asked):
    """An empty object: the address says all."""


class NewRenewal(_Asked):
    override: Codes = []
    seen: bool = Field(default=True, description="false: renewed without the item being shown")


class LibrariesAsked(Page):
    pass


class ItemsOfBiblioAsked(Page):
    pass


class ItemsAsked(Page):
    external_id: Text | None = Field(None, description="the barcode, whole")
    biblio_id: Id | None = None


class BibliosAsked(Page):
    search: Text | None = Field(
        None, description="what one would type into the search box, in any spelling or script; not in Koha"
    )


class AuthoritiesAsked(Page):
    search: Text | None = Field(
        None, description="beginnings of words of a heading or reference, in any script; not in Koha"
    )


class PatronsAsked(Page):
    cardnumber: Text | None = Field(None, description="a valid card's number, whole")
    surname: Text | None = Field(None, description="how the surname begins; case and diacritics do not matter")
    library_id: Text | None = None
    search: Text | None = Field(
        None, description="name in any spelling or script, card, telephone, e-mail; the best first; not in Koha"
    )


class CheckoutsAsked(Page):
    patron_id: Id | None = None
    checked_in: bool = Field(default=False, description="loans that ended, instead of open ones; needs patron_id")
    overdue: bool = Field(default=False, description="only open loans that should be back by now")


class OwnCheckoutsAsked(Page):
    checked_in: bool = Field(default=False, description="loans that ended, instead of open ones")


class CheckoutAsked(BaseModel):
    checked_in: bool | None = Field(None, description="true: only a loan that ended; false: only an open one")


LibraryList = Query[LibrariesAsked]
BiblioItemList = Query[ItemsOfBiblioAsked]
ItemList = Query[ItemsAsked]
RecordList = Query[BibliosAsked]
AuthorityList = Query[AuthoritiesAsked]
PatronList = Query[PatronsAsked]
CheckoutList = Query[CheckoutsAsked]
OwnCheckoutList = Query[OwnCheckoutsAsked]
CheckoutOne = Query[CheckoutAsked]
