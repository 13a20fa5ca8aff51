"""What must hold in the ledger whatever was done to it; `kitabxana check` asks it all."""

from __future__ import annotations

CHECKS: dict[str, str] = {
    "debit_sum_wrong": """
        SELECT d.id FROM charges_debit d
        LEFT JOIN (SELECT debit_id, sum(amount_minor) AS amount FROM charges_allocation GROUP BY 1) a
            ON a.debit_id = d.id
        WHERE d.outstanding_minor <> d.amount_minor - coalesce(a.amount, 0)""",
    "credit_sum_wrong": """
        SELECT c.id FROM charges_credit c
        LEFT JOIN (SELECT credit_id, sum(amount_minor) AS amount FROM charges_allocation GROUP BY 1) a
            ON a.credit_id = c.id
        WHERE c.remaining_minor <> c.amount_minor - coalesce(a.amount, 0)""",
    "allocation_taken_back_twice": """
        SELECT debit_id, credit_id FROM charges_allocation GROUP BY 1, 2 HAVING sum(amount_minor) < 0""",
    "allocation_across_accounts": """
        SELECT a.id FROM charges_allocation a JOIN charges_debit d ON d.id = a.debit_id
        JOIN charges_credit c ON c.id = a.credit_id
        WHERE d.currency <> c.currency OR d.patron_id IS DISTINCT FROM c.patron_id""",
    "debit_open_without_debt": """
        SELECT id FROM charges_debit WHERE settled_at IS NULL AND outstanding_minor = 0 AND NOT running
        AND kind <> 'lost'""",
    "credit_left_of_what_is_no_money": """
        SELECT id FROM charges_credit WHERE remaining_minor > 0 AND kind <> 'payment'""",
    "receipt_number_missing": """
        SELECT g.id FROM charges_cashregister g LEFT JOIN charges_receipt r ON r.register_id = g.id
        GROUP BY g.id HAVING count(r.id) <> g.last_receipt OR coalesce(max(r.number), 0) <> g.last_receipt""",
    "receipt_of_another_amount": """
        SELECT r.id FROM charges_receipt r LEFT JOIN charges_credit c ON c.id = r.credit_id
        LEFT JOIN charges_debit d ON d.id = r.debit_id
        WHERE r.amount_minor <> coalesce(c.amount_minor, -d.amount_minor)""",
    "cash_without_receipt": """
        SELECT c.id FROM charges_credit c WHERE c.method = 'cash'
        AND NOT EXISTS (SELECT FROM charges_receipt r WHERE r.credit_id = c.id)""",
    "shift_sum_wrong": """
        SELECT s.id FROM charges_shift s LEFT JOIN charges_receipt r ON r.shift_id = s.id AND r.method = 'cash'
        WHERE s.closed_at IS NOT NULL
        GROUP BY s.id HAVING s.expected_minor <> s.float_minor + coalesce(sum(r.amount_minor), 0)""",
    "receipt_in_closed_shift": """
        SELECT r.id FROM charges_receipt r JOIN charges_shift s ON s.id = r.shift_id
        WHERE r.register_id <> s.register_id OR r.at > s.closed_at""",
}
"""Name → statement that returns the offenders."""
