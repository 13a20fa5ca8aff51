from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from kitabxana.base import audit
from kitabxana.base.actor import Actor
from kitabxana.base.models import AuditEntry

BY = Actor(name="leyla", user_id=7, unit="GNC-M", address="2001:db8::7", request_id="r1")


def write(**more: object) -> None:
    audit.record(BY, "loan.check_out", object_type="loan", object_id=12, **more)


def sql(statement: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.django_db
def test_an_entry_says_who_did_what_to_what_from_where() -> None:
    write(before=None, after={"due_at": "2026-12-03", "lifted": ["card_expired"]})
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.actor_name, entry.unit, entry.address) == (7, "leyla", "GNC-M", "2001:db8::7")
    assert (entry.action, entry.object_type, entry.object_id) == ("loan.check_out", "loan", "12")
    assert (entry.before, entry.after) == (None, {"due_at": "2026-12-03", "lifted": ["card_expired"]})
    assert timezone.now() - entry.at < timedelta(minutes=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE base_auditentry SET actor_name = 'someone else'",
        "DELETE FROM base_auditentry",
        "DELETE FROM base_auditentry WHERE object_id = '12'",
        "UPDATE base_auditentry SET at = at - interval '1 year'",
    ],
)
def test_nothing_is_changed_or_taken_out_not_even_by_sql(statement: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(statement)
    assert AuditEntry.objects.get().actor_name == "leyla"


@pytest.mark.django_db
def test_the_partition_itself_refuses_as_well() -> None:
    write()
    [(partition,)] = sql("SELECT tableoid::regclass::text FROM base_auditentry")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(f"DELETE FROM {partition}")  # noqa: S608 - a name the database gave


@pytest.mark.django_db
def test_an_action_that_is_undone_leaves_no_entry() -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="transaction"):
        write()


@pytest.mark.django_db
def test_every_month_to_come_has_its_partition() -> None:
    write()
    [(partition,)] = sql("SELECT tableoid::regclass::text FROM base_auditentry")
    assert partition == f"base_auditentry_{timezone.now():%Y%m}"
    names = {name for (name,) in sql("SELECT relid::regclass::text FROM pg_partition_tree('base_auditentry')")}
    months = {name for name in names if name.rpartition("_")[2].isdigit()}
    assert len(months) == audit.PARTITION_MONTHS_AHEAD + 1
    audit.make_partitions()  # again: nothing to do
    assert {name for (name,) in sql("SELECT relid::regclass::text FROM pg_partition_tree('base_auditentry')")} == names


@pytest.mark.django_db
def test_rows_that_came_before_their_partition_do_not_stop_the_making_of_others() -> None:
    """A server that stood still for two years: its first rows fall into the default partition."""
    write()
    [(now_partition,)] = sql("SELECT tableoid::regclass::text FROM base_auditentry")
    last = max(name for (name,) in sql("SELECT relid::regclass::text FROM pg_partition_tree('base_auditentry')")
               if name.rpartition("_")[2].isdigit())  # fmt: skip
    sql(f"DROP TABLE {last}")
    sql(f"DROP TABLE {now_partition}")
    write()
    assert sql("SELECT tableoid::regclass::text FROM base_auditentry") == [("base_auditentry_other",)]
    audit.make_partitions()
    names = {name for (name,) in sql("SELECT relid::regclass::text FROM pg_partition_tree('base_auditentry')")}
    assert last in names
    assert now_partition not in names
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_a_row_of_any_time_finds_a_place() -> None:
    for year in (1999, 2090):
        row = AuditEntry(id=year, at=datetime(year, 1, 1, tzinfo=UTC), actor_name="x", action="x", object_type="x",
                         object_id="x")  # fmt: skip
        row.save(force_insert=True)
    assert AuditEntry.objects.count() == 2
