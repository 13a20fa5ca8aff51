"""Which way a notice goes, and when."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from kitabxana.notices.facts import Channel, Way

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from kitabxana.notices.facts import Reached, Trigger

KINDS: Final = ("holds", "loans", "overdues", "slips", "money", "membership")
"""What a reader chooses a channel for."""

_QUICK: Final[tuple[Channel, ...]] = ("email", "sms")
_ALLOWED_AS = {"email": "email", "sms": "sms", "print": "post"}
_WAITS = (1, 5, 15, 60, 240, 720, 1440)
"""Minutes to wait after each failed attempt; after the last one there is none more."""

_COUNTRY_CODES = {"AZ": "994", "TR": "90"}


def choose(trigger: Trigger, reader: Reached, *, wanted: str, open_channels: Collection[str]) -> Way:
    """One way for one notice: the channel `wanted` for this kind ("" for no wish), else e-mail, SMS, a letter.

    `open_channels` are those this installation can send through. A reader who wants no messages, and what is not worth
    a letter, ends with the account page alone, where everything is shown.
    """
    if reader.left:
        return Way("account", reason="reader_left")
    if wanted == "account":
        return Way("account")
    order = [*(one for one in _QUICK if one == wanted), *(one for one in _QUICK if one != wanted)]
    if wanted == "print":
        order = ["print", *order]
    elif trigger.printed:
        order = [*order, "print"]
    addresses = {"email": reader.email, "sms": reader.phone, "print": reader.post}
    known = [one for one in order if addresses[one]]
    allowed = [one for one in known if _ALLOWED_AS[one] in reader.allowed]
    usable = [one for one in allowed if one in open_channels]
    if usable:
        return Way(usable[0], addresses[usable[0]])
    if not known:
        return Way("account", reason="no_address")
    return Way("account", reason="channel_off" if allowed else "not_allowed")


def after_quiet(now: datetime, *, quiet_from: int, quiet_until: int, zone: ZoneInfo) -> datetime:
    """`now`, or the end of the quiet hours it falls into; hours of the library's own clock, equal ones for none."""
    local = now.astimezone(zone)
    overnight = quiet_from > quiet_until
    inside = (
        local.hour >= quiet_from or local.hour < quiet_until if overnight else quiet_from <= local.hour < quiet_until
    )
    if not inside:
        return now
    day = local.date() + timedelta(days=overnight and local.hour >= quiet_from)
    return datetime.combine(day, time(quiet_until % 24), tzinfo=zone)


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts, None when enough was tried."""
    return timedelta(minutes=_WAITS[attempts - 1]) if attempts <= len(_WAITS) else None


def phone_number(text: str, *, country: str) -> str:
    """A telephone number as E.164 wants it (+ and at most 15 digits), "" for what is none.

    A number written for use within the country gets its code.
    """
    digits = re.sub(r"[^0-9+]", "", text)
    code = _COUNTRY_CODES.get(country, "")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0") and code:
        digits = f"+{code}{digits[1:]}"
    elif digits and not digits.startswith("+"):
        digits = f"+{digits}" if code and digits.startswith(code) and len(digits) > 10 else f"+{code}{digits}"
    return digits if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits) else ""
