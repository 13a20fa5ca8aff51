"""Reads of readers' accounts. Whose account may be seen is the front's question, asked of patrons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from kitabxana.base.statements import prepared
from kitabxana.charges.facts import Account, Balance, CreditFacts, DebitFacts, Settlement, Source
from kitabxana.charges.models import Allocation, Credit, Debit, Receipt
from kitabxana.charges.rules import CORRECTION, FINE, balances
from kitabxana.kernel.money import Money
from kitabxana.organisation.queries import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kitabxana.organisation.facts import Tree


def debit_facts(row: Debit, *, organisation: Tree) -> DebitFacts:
    source = Source(row.source_kind, row.source_id, row.source_part) if row.source_id is not None else None
    return DebitFacts(
        id=row.pk,
        patron_id=row.patron_id,
        unit=organisation.by_id[row.unit_id].code,
        kind=row.kind,
        amount=Money(row.amount_minor, row.currency),
        outstanding=Money(row.outstanding_minor, row.currency),
        charged_at=row.charged_at,
        charged_by=row.charged_by,
        source=source,
        item_id=row.item_id,
        note=row.note,
        running=row.running,
        settled_at=row.settled_at,
    )


def credit_facts(row: Credit, *, organisation: Tree, register_id: int | None = None) -> CreditFacts:
    return CreditFacts(
        id=row.pk,
        patron_id=row.patron_id,
        unit=organisation.by_id[row.unit_id].code,
        kind=row.kind,
        amount=Money(row.amount_minor, row.currency),
        remaining=Money(row.remaining_minor, row.currency),
        credited_at=row.credited_at,
        credited_by=row.credited_by,
        method=row.method,
        note=row.note,
        register_id=register_id,
    )


def account(patron_id: int) -> Account:
    """What is open in a reader's account; three statements."""
    organisation = tree()
    debits = Debit.objects.filter(patron_id=patron_id, settled_at__isnull=True).exclude(running=True, amount_minor=0)
    credits = Credit.objects.filter(patron_id=patron_id, remaining_minor__gt=0)  # noqa: A001
    owed = tuple(debit_facts(row, organisation=organisation) for row in debits.order_by("charged_at", "pk"))
    good = tuple(credit_facts(row, organisation=organisation) for row in credits.order_by("credited_at", "pk"))
    return Account(owed, good, balances(owed, good))


_BALANCES = """
    SELECT patron_id, currency, sum(owed)::bigint, sum(good)::bigint, sum(debts)::bigint FROM (
        SELECT patron_id, currency, outstanding_minor AS owed, 0 AS good, 1 AS debts FROM charges_debit
        WHERE patron_id = ANY(%(patrons)s) AND settled_at IS NULL AND NOT (running AND amount_minor = 0)
        UNION ALL
        SELECT patron_id, currency, 0, remaining_minor, 0 FROM charges_credit
        WHERE patron_id = ANY(%(patrons)s) AND remaining_minor > 0
    ) AS line GROUP BY patron_id, currency
"""


def balances_of(patron_ids: Iterable[int]) -> dict[int, dict[str, Balance]]:
    """Balances by reader and currency, nothing for who owes and has nothing; one statement however many they are."""
    found: dict[int, dict[str, Balance]] = {}
    with prepared() as cursor:
        cursor.execute(_BALANCES, {"patrons": list(patron_ids)})
        for patron, currency, owed, good, debts in cursor.fetchall():
            found.setdefault(patron, {})[currency] = Balance(owed, good, debts)
    return found


def debit(debit_id: int) -> DebitFacts | None:
    row = Debit.objects.filter(pk=debit_id).first()
    return debit_facts(row, organisation=tree()) if row else None


def credit(credit_id: int) -> CreditFacts | None:
    row = Credit.objects.select_related("receipt").filter(pk=credit_id).first()
    return _with_register([row], tree())[0] if row else None


def _with_register(rows: Iterable[Credit], organisation: Tree) -> list[CreditFacts]:
    """Credits read with their receipts."""
    return [
        credit_facts(row, organisation=organisation, register_id=receipt.register_id if receipt else None)
        for row in rows
        for receipt in [getattr(row, "receipt", None)]
    ]


def debits_of(source: Source, *, kind: str | None = None) -> list[DebitFacts]:
    """Everything charged for one thing, oldest first, `kind` narrowing; two statements."""
    rows = Debit.objects.filter(source_kind=source.kind, source_id=source.id, source_part=source.part)
    if kind is not None:
        rows = rows.filter(kind=kind)
    organisation = tree()
    return [debit_facts(row, organisation=organisation) for row in rows.order_by("pk")]


def accrued(sources: Iterable[Source]) -> dict[Source, int]:
    """What the fines of these sources stand at: their lines less corrections, minor units; one statement.

    Waived and cancelled ones count: they were charged. Sources without a line are left out.
    """
    wanted = set(sources)
    rows = Debit.objects.filter(source_kind__in={one.kind for one in wanted}, source_id__in={one.id for one in wanted})
    corrected = Sum("allocations__amount_minor", filter=Q(allocations__credit__kind=CORRECTION))
    found: dict[Source, int] = {}
    lines = rows.filter(kind=FINE).annotate(corrected=Coalesce(corrected, 0))
    for kind, number, part, amount, less in lines.values_list(
        "source_kind", "source_id", "source_part", "amount_minor", "corrected"
    ):
        source = Source(kind, number or 0, part)
        if source in wanted:
            found[source] = found.get(source, 0) + amount - less
    return found


def running_of(kind: str, *, after: int, limit: int) -> list[int]:
    """Ids above `after`, in order, of the first sources of this kind whose fine runs above nothing; one statement."""
    rows = Debit.objects.filter(kind=FINE, source_kind=kind, source_id__gt=after, running=True, amount_minor__gt=0)
    numbers = rows.order_by("source_id").values_list("source_id", flat=True).distinct()[:limit]
    return [number for number in numbers if number is not None]


def settlements(debit_ids: Iterable[int]) -> dict[int, list[Settlement]]:
    """What has settled these debits, by debit, as far as it was not taken back; one statement."""
    rows = Allocation.objects.filter(debit_id__in=list(debit_ids)).values_list("debit_id", "credit_id", "credit__kind")
    found: dict[int, list[Settlement]] = {}
    for debit_id, credit_id, kind, amount in rows.annotate(amount=Sum("amount_minor")).order_by("credit_id"):
        found.setdefault(debit_id, []).append(Settlement(debit_id, credit_id, kind, amount))
    return found


def history_page(
    patron_id: int, *, offset: int = 0, limit: int | None = None
) -> tuple[int, Sequence[DebitFacts | CreditFacts]]:
    """(number of all, one page) of all that was ever charged and credited, the newest first; five statements."""
    debits = Debit.objects.filter(patron_id=patron_id).exclude(running=True, amount_minor=0)
    credits = Credit.objects.filter(patron_id=patron_id)  # noqa: A001
    numbers = debits.values_list("charged_at", "pk").union(credits.values_list("credited_at", "pk"), all=True)
    total = debits.count() + credits.count()
    end = None if limit is None else offset + limit
    wanted = [number for _at, number in numbers.order_by("-charged_at", "-id")[offset:end]]
    organisation = tree()
    lines: dict[int, DebitFacts | CreditFacts] = {
        row.pk: debit_facts(row, organisation=organisation) for row in debits.filter(pk__in=wanted)
    }
    rows = credits.select_related("receipt").filter(pk__in=wanted)
    lines |= {one.id: one for one in _with_register(rows, organisation)}
    return total, [lines[number] for number in wanted]


def debits_page(patron_id: int, *, offset: int, limit: int) -> tuple[int, list[DebitFacts]]:
    """(number of all, one page) of what was ever charged, the newest first; three statements."""
    rows = Debit.objects.filter(patron_id=patron_id).exclude(running=True, amount_minor=0)
    organisation = tree()
    some = rows.order_by("-charged_at", "-pk")[offset : offset + limit]
    return rows.count(), [debit_facts(row, organisation=organisation) for row in some]


def credits_page(patron_id: int, *, offset: int, limit: int) -> tuple[int, list[CreditFacts]]:
    """(number of all, one page) of what was ever credited, the newest first; three statements."""
    rows = Credit.objects.filter(patron_id=patron_id)
    some = rows.select_related("receipt").order_by("-credited_at", "-pk")[offset : offset + limit]
    return rows.count(), _with_register(some, tree())


def settled_by(credit_id: int) -> list[tuple[DebitFacts, int]]:
    """What a credit settles now, each debit with its part in minor units, oldest first; three statements."""
    rows = Allocation.objects.filter(credit_id=credit_id).values_list("debit_id").annotate(part=Sum("amount_minor"))
    parts = {debit_id: part for debit_id, part in rows if part}
    organisation = tree()
    debits = Debit.objects.filter(pk__in=parts).order_by("pk")
    return [(debit_facts(row, organisation=organisation), parts[row.pk]) for row in debits]


def held_of(patron_id: int) -> dict[str, Any]:
    """All lines and receipts of a reader as JSON values, oldest first; amounts in minor units (for `patron_ties`)."""
    by_id = tree().by_id
    line = ("kind", "unit_id", "amount_minor", "currency", "note")
    debits = Debit.objects.filter(patron_id=patron_id).exclude(running=True, amount_minor=0).order_by("pk")
    credits = Credit.objects.filter(patron_id=patron_id).order_by("pk")  # noqa: A001
    receipts = Receipt.objects.filter(patron_id=patron_id).order_by("pk")
    found = {
        "debits": debits.values(*line, "outstanding_minor", "charged_at"),
        "credits": credits.values(*line, "remaining_minor", "method", "credited_at"),
        "receipts": receipts.values("number", "amount_minor", "method", "at", unit_id=F("register__unit_id")),
    }
    return {
        kind: [
            {"library": by_id[row.pop("unit_id")].code}
            | {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
            for row in rows
        ]
        for kind, rows in found.items()
    }
