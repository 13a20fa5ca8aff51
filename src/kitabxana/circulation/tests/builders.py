"""A rota, and the tables of circulation for tests outside it that must look beneath the operations."""

from __future__ import annotations

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.facts.rotas import Stage
from kitabxana.circulation.models import Allocation, Hold, Loan, PastLoan
from kitabxana.circulation.operations import set_rota


def a_rota(*stages: Stage, name: str = "Səyyar rəf", unit: str = "GNC-M") -> int:
    """A round kept at `unit`: ten days there, twenty at GNC-2, where nothing else is said."""
    round_ = stages or (Stage("GNC-M", 10), Stage("GNC-2", 20))
    return set_rota(name=name, stages=round_, unit=unit, by=SYSTEM, now=timezone.now())


__all__ = ["Allocation", "Hold", "Loan", "PastLoan", "a_rota"]
