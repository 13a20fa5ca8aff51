"""What must hold across tables and between database and index; `kitabxana check` asks it all."""

from __future__ import annotations

from typing import Any

from django.db import connection

from kitabxana.charges.queries import CHECKS as OF_THE_LEDGER

CHECKS: dict[str, str] = {
    "item_on_loan_without_loan": """
        SELECT i.id FROM holdings_item i WHERE i.place = 'loan'
        AND NOT EXISTS (SELECT 1 FROM circulation_loan l WHERE l.item_id = i.id)""",
    "loan_of_item_elsewhere": """
        SELECT l.item_id FROM circulation_loan l JOIN holdings_item i ON i.id = l.item_id WHERE i.place <> 'loan'""",
    "transit_without_transfer": """
        SELECT i.id FROM holdings_item i WHERE i.place = 'transit' AND NOT EXISTS (
            SELECT 1 FROM circulation_transfer t WHERE t.item_id = i.id AND t.arrived_at IS NULL)""",
    "transfer_of_item_elsewhere": """
        SELECT t.item_id FROM circulation_transfer t JOIN holdings_item i ON i.id = t.item_id
        WHERE t.arrived_at IS NULL AND i.place <> 'transit'""",
    "hold_shelf_without_hold": """
        SELECT i.id FROM holdings_item i WHERE i.place = 'hold_shelf' AND NOT EXISTS (
            SELECT 1 FROM circulation_allocation a WHERE a.item_id = i.id AND a.ready_at IS NOT NULL)""",
    "ready_hold_off_its_shelf": """
        SELECT a.item_id FROM circulation_allocation a JOIN holdings_item i ON i.id = a.item_id
        JOIN circulation_hold h ON h.id = a.hold_id
        WHERE a.ready_at IS NOT NULL AND (i.place <> 'hold_shelf' OR i.holding_unit_id <> h.pickup_unit_id)""",
    "hold_filled_by_other_title": """
        SELECT a.item_id FROM circulation_allocation a JOIN holdings_item i ON i.id = a.item_id
        JOIN circulation_hold h ON h.id = a.hold_id WHERE h.record_id <> i.record_id""",
    "kept_copy_elsewhere": """
        SELECT a.item_id FROM circulation_allocation a JOIN holdings_item i ON i.id = a.item_id
        WHERE a.trapped_at IS NOT NULL AND a.ready_at IS NULL AND i.place <> 'transit'""",
    "copies_for_one_of_several_titles": """
        SELECT h.cohort FROM circulation_allocation a JOIN circulation_hold h ON h.id = a.hold_id
        WHERE h.cohort IS NOT NULL GROUP BY h.cohort HAVING count(*) > 1""",
    "fetched_copy_off_its_shelf": """
        SELECT a.item_id FROM circulation_allocation a JOIN holdings_item i ON i.id = a.item_id
        WHERE a.trapped_at IS NULL
        AND (i.place <> 'shelf' OR i.lost <> '' OR i.withdrawn OR i.deleted_at IS NOT NULL)""",
    "hold_filled_by_other_copy": """
        SELECT h.id FROM circulation_allocation a JOIN circulation_hold h ON h.id = a.hold_id
        WHERE h.item_id <> a.item_id""",
    "ready_hold_without_last_day": """
        SELECT hold_id FROM circulation_allocation WHERE (ready_at IS NULL) <> (expires_on IS NULL)""",
    "hold_open_and_ended": """
        SELECT h.id FROM circulation_hold h JOIN circulation_pasthold p ON p.id = h.id""",
    "hold_of_deleted_reader": """
        SELECT h.id FROM circulation_hold h JOIN patrons_patron p ON p.id = h.patron_id
        WHERE p.deleted_at IS NOT NULL""",
    "hold_of_deleted_record": """
        SELECT h.id FROM circulation_hold h JOIN catalogue_record r ON r.id = h.record_id
        WHERE r.deleted_at IS NOT NULL""",
    "loan_of_deleted_reader": """
        SELECT l.id FROM circulation_loan l JOIN patrons_patron p ON p.id = l.patron_id
        WHERE p.deleted_at IS NOT NULL""",
    "loan_open_and_ended": """
        SELECT l.id FROM circulation_loan l JOIN circulation_pastloan p ON p.id = l.id""",
    "loan_ended_twice": """
        SELECT id FROM circulation_pastloan GROUP BY id HAVING count(*) > 1""",
    "loan_ended_before_it_began": """
        SELECT id FROM circulation_pastloan WHERE returned_at < lent_at""",
    "claim_without_its_loan": """
        SELECT c.id FROM circulation_returnclaim c WHERE c.outcome = '' AND NOT EXISTS (
            SELECT 1 FROM circulation_loan l WHERE l.id = c.loan_id AND l.claimed_at IS NOT NULL)""",
    "claimed_loan_without_claim": """
        SELECT l.id FROM circulation_loan l WHERE l.claimed_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM circulation_returnclaim c WHERE c.loan_id = l.id AND c.outcome = '')""",
    "fine_runs_without_loan": """
        SELECT d.id FROM charges_debit d WHERE d.running AND d.source_kind = 'loan'
        AND NOT EXISTS (SELECT 1 FROM circulation_loan l WHERE l.id = d.source_id AND l.patron_id = d.patron_id)""",
    "copy_of_deleted_record": """
        SELECT i.id FROM holdings_item i JOIN catalogue_record r ON r.id = i.record_id
        WHERE r.deleted_at IS NOT NULL AND NOT i.withdrawn AND i.deleted_at IS NULL""",
    "patron_without_card": """
        SELECT p.id FROM patrons_patron p WHERE p.deleted_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM patrons_card c WHERE c.patron_id = p.id)""",
    "unit_path_wrong": """
        SELECT u.code FROM organisation_unit u LEFT JOIN organisation_unit p ON p.id = u.parent_id
        WHERE u.path <> coalesce(p.path, '') || u.code || '/'""",
    "policy_of_unknown_category": """
        SELECT p.id FROM organisation_policy p WHERE p.category IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM patrons_patroncategory c WHERE c.code = p.category)""",
    "policy_of_unknown_item_type": """
        SELECT p.id FROM organisation_policy p WHERE p.item_type IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM holdings_itemtype t WHERE t.code = p.item_type)""",
    **OF_THE_LEDGER,
    "record_without_brief": "SELECT id FROM catalogue_record WHERE brief = '{}' AND deleted_at IS NULL AND kind = 'b'",
    "index_behind": "",
}
"""Name → statement that returns the offenders; the index is compared by its own query."""

EXAMPLES = 5


def broken() -> list[dict[str, Any]]:
    """What is wrong between the tables, one statement a check; a problem is {"code", "count", "examples"}."""
    problems = []
    with connection.cursor() as cursor:
        for code, statement in CHECKS.items():
            if not statement:
                continue
            cursor.execute(f"SELECT count(*), (array_agg(found.*))[1:{EXAMPLES}]::text FROM ({statement}) AS found")  # noqa: S608 - our own statements
            count, examples = cursor.fetchone()
            if count:
                problems.append({"code": code, "count": count, "examples": examples})
    return problems


def run_checks() -> list[dict[str, Any]]:
    """Every check, of the tables and of the index beside them."""
    problems = broken()
    from kitabxana.search.queries import status

    index = status()
    if index.indexed != index.records and not index.waiting:
        problems.append(
            {"code": "index_behind", "count": abs(index.records - index.indexed), "examples": index.generation}
        )
    return problems
