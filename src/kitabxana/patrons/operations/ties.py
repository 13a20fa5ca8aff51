"""What other features keep of a reader, reached through `base.ports` and guarded by the tables' own references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models.fields.reverse_related import ForeignObjectRel

from kitabxana.base.ports import patron_ties
from kitabxana.kernel.decisions import Refusal, Refused
from kitabxana.patrons.models import Patron

if TYPE_CHECKING:
    from collections.abc import Mapping


def hindrances(patron_id: int) -> tuple[Refusal, ...]:
    """Why other features say this reader can't be forgotten yet."""
    return tuple(refusal for ties in patron_ties for refusal in ties.hindrances(patron_id))


def move_all(gone: int, keep: int) -> Mapping[str, int]:
    """Every feature gives the rows of one reader to another; what moved, by kind. Refused: ties_left, their own."""
    moved: dict[str, int] = {}
    for ties in patron_ties:
        moved |= ties.move(gone, keep)
    refuse_left(gone)
    return moved


def forget_all(patron_id: int) -> None:
    """Every feature forgets a reader. Refused: ties_left."""
    for ties in patron_ties:
        ties.forget(patron_id)
    refuse_left(patron_id)


def refuse_left(patron_id: int) -> None:
    """No row of another feature may point to one who is about to be nobody: a feature without ties is found here."""
    left = []
    for relation in Patron._meta.get_fields(include_hidden=True):  # noqa: SLF001 - Django's documented door
        table: Any = relation.related_model
        if not isinstance(relation, ForeignObjectRel) or table._meta.app_label == "patrons":  # noqa: SLF001
            continue
        if rows := table.objects.filter(**{relation.field.name: patron_id}).count():
            left.append(Refusal("ties_left", {"what": table._meta.label_lower, "rows": rows}))  # noqa: SLF001
    if left:
        raise Refused(left)
