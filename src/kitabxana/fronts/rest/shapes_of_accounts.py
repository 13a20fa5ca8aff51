"""Accounts over the wire, in the names of Koha's public REST API."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from kitabxana.fronts.rest.shapes import Id  # noqa: TC001 - pydantic reads the annotations
from kitabxana.fronts.rest.shapes_of_lists import Page, Text

Amount = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]


class AccountLine(BaseModel):
    account_line_id: int
    patron_id: int
    checkout_id: int | None
    item_id: int | None
    date: datetime
    amount: float = Field(description="of a credit: below nothing")
    amount_outstanding: float
    currency: str = Field(description="ISO 4217; not in Koha, which knows one")
    debit_type: str | None
    credit_type: str | None
    payment_type: str | None
    description: str | None
    internal_note: str | None = Field(description="for staff only")
    library_id: str
    status: str | None = Field(description="UNRETURNED while a fine may still grow")
    cash_register_id: int | None


class Lines(BaseModel):
    total: float
    lines: list[AccountLine]


class CurrencyBalance(BaseModel):
    currency: str
    balance: float
    outstanding_debits: float
    outstanding_credits: float


class Account(BaseModel):
    """Totals are in `currency`, that of the reader's library; `balances` has every currency. Lines are in all."""

    balance: float
    currency: str
    outstanding_credits: Lines
    outstanding_debits: Lines
    balances: list[CurrencyBalance]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewDebit(_Asked):
    amount: Amount
    type: Text = "MANUAL"
    library_id: Text | None = Field(None, description="where; the caller's own library when left out")
    internal_note: Annotated[str, Field(max_length=250, pattern="^[^\\x00]*$")] = ""


class NewCredit(_Asked):
    """A payment goes to the lines named, in the order they were charged, else to the oldest; the rest stays as credit.

    A WRITEOFF names one line.
    """

    amount: Amount
    credit_type: Literal["PAYMENT", "WRITEOFF"] = "PAYMENT"
    payment_type: Text = "CASH"
    cash_register_id: Id | None = Field(None, description="cash goes through one")
    library_id: Text | None = Field(None, description="where; the caller's own library when left out")
    account_lines_ids: Annotated[list[Id], Field(max_length=200)] = []
    internal_note: Annotated[str, Field(max_length=250, pattern="^[^\\x00]*$")] = ""


class LinesAsked(Page):
    pass


LineList = Query[LinesAsked]
