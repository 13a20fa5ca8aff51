"""Copies as they are sent: the fields of Koha's `item` that may be written."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kitabxana.fronts.rest.shapes import Flag, Item
from kitabxana.fronts.rest.shapes_of_lists import Text  # noqa: TC001 - pydantic reads the annotations
from kitabxana.holdings.rules import LOST_KINDS

Line = Annotated[str, Field(max_length=10_000)]
Price = Annotated[float, Field(ge=0, lt=2**31 / 100)]


class ItemSent(BaseModel):
    """A copy. What only tells (item_id, due_date…) may be sent back as it was got and is not written."""

    model_config = ConfigDict(extra="forbid")

    external_id: Text | None = None
    home_library_id: Text | None = None
    holding_library_id: Text | None = None
    item_type_id: Text | None = None
    callnumber: Line | None = None
    call_number_source: Line | None = None
    copy_number: Line | None = None
    inventory_number: Line | None = None
    serial_issue_number: Line | None = None
    location: Line | None = None
    collection_code: Line | None = None
    public_notes: Line | None = None
    internal_notes: Line | None = None
    acquisition_source: Line | None = None
    purchase_price: Price | None = None
    replacement_price: Price | None = None
    lost_status: Annotated[int, Field(ge=0, le=len(LOST_KINDS))] = 0
    damaged_status: Flag = 0
    withdrawn: Flag = 0
    not_for_loan_status: Flag = 0
    restricted_status: Flag = 0

    @model_validator(mode="before")
    @classmethod
    def _leave_out_what_only_tells(cls, sent: Any) -> Any:
        if not isinstance(sent, dict):
            return sent
        telling = set(Item.model_fields) - set(cls.model_fields)
        return {name: value for name, value in sent.items() if name not in telling}


TEXTS: Final = {
    "callnumber": "call_number",
    "call_number_source": "scheme",
    "copy_number": "copy_number",
    "inventory_number": "accession_number",
    "serial_issue_number": "volume",
    "location": "location",
    "collection_code": "collection",
    "public_notes": "note",
    "internal_notes": "staff_note",
    "acquisition_source": "source",
}
FLAGS: Final = {
    "damaged_status": "damaged",
    "withdrawn": "withdrawn",
    "not_for_loan_status": "not_for_loan",
    "restricted_status": "restricted",
}
WHOLE: Final = {"home_library_id": "home_unit", "item_type_id": "item_type"}


def changes_of(sent: ItemSent) -> dict[str, Any]:
    """What was sent, in the house's words: fields left out are left out, null is empty."""
    told = {name: getattr(sent, name) for name in sent.model_fields_set}
    found: dict[str, Any] = {ours: told[name] or "" for name, ours in TEXTS.items() if name in told}
    found |= {ours: bool(told[name]) for name, ours in FLAGS.items() if name in told}
    found |= {ours: told[name] for name, ours in WHOLE.items() if told.get(name) is not None}
    if "external_id" in told:
        found["barcode"] = told["external_id"]
    if "lost_status" in told:
        found["lost"] = ("", *LOST_KINDS)[told["lost_status"]]
    for name, ours in (("purchase_price", "price_minor"), ("replacement_price", "replacement_minor")):
        if name in told:
            found[ours] = None if told[name] is None else round(told[name] * 100)
    return found
