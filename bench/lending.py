"""A nation at work for benches: libraries, titles, copies, readers, open loans and queues, made in bulk by SQL."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from multiplied import multiplied

SYSTEMS, LIBRARIES = 60, 10
TITLES_WRITTEN = 2000
"""Real records that are written one by one; the further ones are copies of them made by SQL."""

COPIES_OF_A_TITLE = 3
QUEUES, WAITING = 30, 1000
"""Titles with so many readers who wait for their one copy, which is on loan."""

DESKS = 8
PASSWORD = "a long password of a desk"  # noqa: S105 - of a bench


@dataclass(frozen=True, slots=True)
class Sizes:
    items: int
    readers: int
    loans: int


def build(sizes: Sizes) -> None:
    """Make everything. Item n is on loan for n up to `loans`; the last `QUEUES` of these are waited for."""
    from kitabxana.base.actor import SYSTEM
    from kitabxana.cli.install import install
    from kitabxana.organisation.operations import add_unit

    install()
    for system in range(SYSTEMS):
        add_unit(code=f"M{system}", kind="system", parent="AZ", names={}, by=SYSTEM)
        for library in range(LIBRARIES):
            add_unit(code=f"M{system}-{library}", kind="library", parent=f"M{system}", names={}, by=SYSTEM)
    _logins()
    _titles(sizes.items // COPIES_OF_A_TITLE + QUEUES + 1)
    for statement in (_READERS, _CARDS, _ITEMS, _LOANS, _HOLDS):
        _run(statement, sizes)
    for table in ("patrons_patron", "holdings_item", "circulation_loan", "circulation_hold", "catalogue_record"):
        _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))", sizes)  # noqa: S608 - our own
    _run("VACUUM ANALYZE", sizes)


def _logins() -> None:
    """One librarian for each desk, at the first libraries of as many systems."""
    from django.contrib.auth.hashers import make_password

    from kitabxana.base.actor import SYSTEM
    from kitabxana.base.models import User
    from kitabxana.organisation.operations import assign_role

    password = make_password(PASSWORD)
    for number in range(DESKS):
        login = User.objects.create(username=f"desk{number}", password=password)
        assign_role(user_id=login.pk, role="librarian", unit=f"M{number}-0", by=SYSTEM)


def _titles(wanted: int) -> None:
    from django.db import connection, transaction
    from psycopg.types.json import Jsonb

    from kitabxana.base.bulk import copy_rows
    from kitabxana.catalogue.rules import derive

    marcs = itertools.islice(multiplied(TITLES_WRITTEN), min(wanted, TITLES_WRITTEN))
    columns = ("kind", "marc", "brief", "digest", "control_number", "agency", "source", "source_format", "suppressed",
               "version", "created_at", "changed_at", "made_by", "made_through", "made_how")  # fmt: skip
    now = "2026-01-05T09:00Z"
    rows = (
        ("b", Jsonb(marc), Jsonb(derive(marc).brief), number.to_bytes(16), "", "", "", "marc21", False, 1, now, now,
         "", "", "")
        for number, marc in enumerate(marcs)
    )  # fmt: skip
    with transaction.atomic():
        copy_rows("catalogue_record", columns, rows)
    named = ", ".join(columns)
    again = f"INSERT INTO catalogue_record ({named}) SELECT {named} FROM catalogue_record WHERE id <= %s"  # noqa: S608 - our own
    with connection.cursor() as cursor:
        for done in range(TITLES_WRITTEN, wanted, TITLES_WRITTEN):
            cursor.execute(again, [min(TITLES_WRITTEN, wanted - done)])


_UNIT = """(SELECT array_agg(id ORDER BY id) FROM organisation_unit WHERE kind = 'library')"""
_READERS = f"""
    INSERT INTO patrons_patron (id, home_unit_id, category_id, surname, firstname, middle_name, search_key, birth_date,
        email, phone, phone_key, address, city, postcode, language, contact_by, history, staff_note, public_note,
        enrolled_on, expires_on, created_at, changed_at)
    SELECT n, units.ids[1 + n %% {SYSTEMS * LIBRARIES}], 'ADULT', 'Soyad' || n, 'Ad' || n %% 977, '',
        'soyad' || n, date '1950-01-01' + n %% 20000, '', '', '', '', '', '', 'az', '[]', 'default', '', '',
        current_date - 100, current_date + 600, now(), now()
    FROM generate_series(1, %(readers)s) AS n, (SELECT {_UNIT} AS ids) AS units"""  # noqa: S608 - our own
_CARDS = """
    INSERT INTO patrons_card (number, patron_id, state, issued_at)
    SELECT 'R' || lpad(n::text, 8, '0'), n, 'valid', now() FROM generate_series(1, %(readers)s) AS n"""
_ITEMS = f"""
    INSERT INTO holdings_item (id, record_id, barcode, home_unit_id, holding_unit_id, item_type_id, location,
        collection, call_number, shelf_key, accession_number, copy_number, volume, note, currency, lost, damaged,
        withdrawn, not_for_loan, restricted, place, loans, created_at)
    SELECT n, CASE WHEN n > %(loans)s - {QUEUES} AND n <= %(loans)s
            THEN %(items)s / {COPIES_OF_A_TITLE} + 1 + %(loans)s - n ELSE 1 + n %% (%(items)s / {COPIES_OF_A_TITLE})
            END,
        'B' || lpad(n::text, 9, '0'), units.ids[1 + n %% {SYSTEMS * LIBRARIES}],
        units.ids[1 + n %% {SYSTEMS * LIBRARIES}], 'BK', '', '', '821 N' || n %% 5000, '821 N' || n %% 5000, '', '',
        '', '', 'AZN', '', false, false, false, false, CASE WHEN n <= %(loans)s THEN 'loan' ELSE 'shelf' END, n %% 40,
        now()
    FROM generate_series(1, %(items)s) AS n, (SELECT {_UNIT} AS ids) AS units"""  # noqa: S608 - our own
_LOANS = """
    INSERT INTO circulation_loan (item_id, patron_id, unit_id, policy_unit_id, lent_at, due_at, renewals,
        unseen_renewals, auto_renewals, auto_renew, onsite, days_mode, lifted, lent_by)
    SELECT i.id, 1 + i.id * 7919 %% %(readers)s, i.home_unit_id, i.home_unit_id, now() - interval '3 days',
        date_trunc('day', now()) + interval '12 days 20 hours', 0, 0, 0, false, false, 'keep', '[]', 'desk'
    FROM holdings_item i WHERE i.id <= %(loans)s"""
_HOLDS = f"""
    INSERT INTO circulation_hold (record_id, patron_id, pickup_unit_id, priority_class, placed_at, turn, volume,
                                  suspended, note)
    SELECT %(items)s / {COPIES_OF_A_TITLE} + 1 + queue, p.id, p.home_unit_id, 0, now() - p.id * interval '1 second',
           extract(epoch FROM now()) - p.id, '', false, ''
    FROM generate_series(0, {QUEUES - 1}) AS queue,
        LATERAL (SELECT id, home_unit_id FROM patrons_patron WHERE id %% (%(readers)s / {WAITING}) = queue
                 LIMIT {WAITING}) AS p"""  # noqa: S608 - our own


def _run(statement: str, sizes: Sizes) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        values = {"items": sizes.items, "readers": sizes.readers, "loans": sizes.loans}
        cursor.execute(statement, values if "%(" in statement else None)
