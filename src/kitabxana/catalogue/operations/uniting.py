"""Two authorities become one, and, if that was a mistake, two again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from kitabxana.base import audit, outbox
from kitabxana.catalogue.facts import Made
from kitabxana.catalogue.models import HeadingLink, Merge, MergedRecord
from kitabxana.catalogue.operations.state import locked, put_state, state_in, tell, tell_headings
from kitabxana.catalogue.rules import derive
from kitabxana.catalogue.rules.authorities import absorbed, forms_of
from kitabxana.catalogue.rules.difference import three_way
from kitabxana.catalogue.rules.stamp import stamped
from kitabxana.kernel.decisions import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from kitabxana.base.actor import Actor
    from kitabxana.catalogue.models import Record

_FEATURE = "catalogue"
"""Under which name a merge of authorities keeps what it has moved (MergedRecord.moved)."""

_GIVE_BACK = """
    WITH moved AS (
        SELECT *, count(*) OVER same AS many, row_number() OVER (same ORDER BY ordinal) AS place
        FROM unnest(%(records)s::bigint[], %(tags)s::text[], %(ordinals)s::int[], %(forms)s::text[])
            AS one (record, tag, ordinal, form)
        WINDOW same AS (PARTITION BY record, tag)),
    there AS (
        SELECT id, record_id, tag, ordinal,
            count(*) OVER same AS many, row_number() OVER (same ORDER BY ordinal) AS place
        FROM catalogue_headinglink WHERE authority_id = %(keep)s
        WINDOW same AS (PARTITION BY record_id, tag))
    UPDATE catalogue_headinglink link SET authority_id = %(gone)s, form = moved.form, applied = ''
    FROM moved JOIN there ON there.record_id = moved.record AND there.tag = moved.tag
        AND CASE WHEN there.many = moved.many THEN there.place = moved.place ELSE there.ordinal = moved.ordinal END
    WHERE link.id = there.id
"""
"""Where fields have come or gone since, the ones of a tag are told apart by their order."""


@transaction.atomic
def merge_authorities(*, keep: int, gone: int, by: Actor, now: datetime, through: str) -> int:
    """Let all that follows `gone` follow `keep`, which is also known by its headings from now on; `gone` is deleted.

    Records that name `gone` by its number find `keep` (035 $z). Returns the version of `keep`. Locks both, the lower id
    first. Refused: not_permitted, unknown_record, not_an_authority.
    """
    _permit(by)
    rows = {record_id: locked(record_id, going=True) for record_id in sorted({keep, gone})}
    kept, lost = rows[keep], rows[gone]
    forms = forms_of(kept.marc)
    if len(rows) < 2 or not forms or any(row.kind != "a" or row.deleted_at for row in rows.values()):
        raise Refused.one("not_an_authority")
    marc = stamped(absorbed(kept.marc, lost.marc), kept=kept.marc, now=now)
    made = Made(by.name, through, "merged", now)
    version = put_state(kept, marc, derive(marc), made=made)
    tell(keep, version, made=made, by=by)
    links = HeadingLink.objects.filter(authority_id=gone)
    moved = [list(one) for one in links.order_by("id").values_list("record_id", "tag", "ordinal", "form")]
    links.update(authority_id=keep, form=forms[0].name, applied="")
    tell(gone, put_state(lost, lost.marc, derive(lost.marc), made=made, deleted=True), made=made, by=by)
    merge = Merge.objects.create(
        keep_id=keep, version_before=kept.version, version_after=version, made_by=by.name, made_at=now
    )
    MergedRecord.objects.create(merge=merge, gone_id=gone, moved={_FEATURE: {"headings": moved}})
    after = {"merge": merge.pk, "gone": [gone], "moved": {"headings": len(moved)}}
    audit.record(by, "record.merge", object_type="record", object_id=keep, after=after)
    outbox.publish("record.merged", {"merge": merge.pk, "keep": keep, "gone": [gone]})
    outbox.publish("heading.changed", {"authority": keep, "by": by.name})
    return version


@transaction.atomic
def part_authorities(*, merge_id: int, by: Actor, now: datetime, through: str) -> int:
    """Make two authorities that were merged two again; returns the one that is back.

    The kept one is as it was before, but for what was changed in it since. Fields that followed the other follow it
    again, as it is written, in the background. Locks as `merge_authorities`. Refused: not_permitted, unknown_merge (of
    bibliographic records too), merge_undone, record_deleted (the kept one is: undo its own merge first).
    """
    _permit(by)
    merge = Merge.objects.select_for_update(of=("self",)).filter(pk=merge_id, keep__kind="a").first()
    if merge is None:
        raise Refused.one("unknown_merge")
    if merge.undone_at is not None:
        raise Refused.one("merge_undone")
    [part] = merge.records.all()
    rows = {pk: locked(pk, going=True) for pk in sorted({merge.keep_id, part.gone_id})}
    kept, back = rows[merge.keep_id], rows[part.gone_id]
    if kept.deleted_at is not None:
        raise Refused.one("record_deleted")
    made = Made(by.name, through, "unmerged", now)
    _take_words_back(kept, merge, made=made, by=by)
    tell(back.pk, put_state(back, back.marc, derive(back.marc), made=made), made=made, by=by)
    tell_headings(back.pk, before=[], now=forms_of(back.marc), by=by)
    _give_back(part.moved.get(_FEATURE, {}).get("headings", []), keep=kept.pk, gone=back.pk)
    outbox.publish("heading.changed", {"authority": back.pk, "by": by.name})
    merge.records.update(standing=False)
    merge.undone_at, merge.undone_by = now, by.name
    merge.save(update_fields=["undone_at", "undone_by"])
    after = {"merge": merge.pk, "back": [back.pk]}
    audit.record(by, "record.unmerge", object_type="record", object_id=kept.pk, after=after)
    return back.pk


def _permit(by: Actor) -> None:
    if not (by.may_anywhere("records.edit") and by.may_anywhere("records.delete")):
        raise Refused.one("not_permitted", permission="records.delete")


def _take_words_back(kept: Record, merge: Merge, *, made: Made, by: Actor) -> None:
    """What the merge brought goes out again; what was changed since stays, and is told to all that follow."""
    before, after = state_in(kept, merge.version_before), state_in(kept, merge.version_after)
    marc = stamped(three_way(after, before, kept.marc).merged, kept=kept.marc, now=made.at)
    tell(kept.pk, put_state(kept, marc, derive(marc), made=made), made=made, by=by)
    tell_headings(kept.pk, before=forms_of(kept.marc), now=forms_of(marc), by=by)


def _give_back(moved: list[list[Any]], *, keep: int, gone: int) -> None:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "records": [one[0] for one in moved], "tags": [one[1] for one in moved],
            "ordinals": [one[2] for one in moved], "forms": [one[3] for one in moved], "keep": keep, "gone": gone,
        }  # fmt: skip
        cursor.execute(_GIVE_BACK, values)
