"""For how long a reader, and the reader of a past loan, are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kitabxana.organisation.queries import tree
from kitabxana.organisation.rules import value
from kitabxana.patrons.models import Patron
from kitabxana.patrons.rules import months_later

if TYPE_CHECKING:
    from collections.abc import Iterable


def forget_before(patron_ids: Iterable[int], *, now: datetime) -> dict[int, datetime | None]:
    """For each of these readers, the moment before which a loan that ended loses its reader; None: never.

    A reader's own choice comes first ("forever", "never"), else `history_days` of the home library and the category.
    One who is not known any more keeps nothing.
    """
    organisation = tree()
    found: dict[int, datetime | None] = dict.fromkeys(patron_ids, now)
    rows = Patron.objects.filter(pk__in=list(found), deleted_at__isnull=True)
    for pk, choice, unit, category in rows.values_list("pk", "history", "home_unit_id", "category_id"):
        if choice == "forever":
            found[pk] = None
        elif choice == "default":
            code = organisation.by_id[unit].code
            days = int(value(organisation, "history_days", unit=code, category=category, item_type=""))
            found[pk] = now - timedelta(days=days)
    return found


def kept_too_long(*, now: datetime) -> list[int]:
    """Ids of readers whose membership ended more than `reader_kept_months` of their library and category ago.

    Where that is 0, as it is until a library says otherwise, nobody is forgotten unasked.
    """
    organisation = tree()
    found = []
    rows = Patron.objects.filter(deleted_at__isnull=True, expires_on__lt=now.astimezone(UTC).date())
    for pk, unit, category, expires in rows.order_by("pk").values_list(
        "pk", "home_unit_id", "category_id", "expires_on"
    ):
        home = organisation.by_id[unit]
        months = int(value(organisation, "reader_kept_months", unit=home.code, category=category, item_type=""))
        if months and months_later(expires, months) < now.astimezone(ZoneInfo(home.zone)).date():
            found.append(pk)
    return found
