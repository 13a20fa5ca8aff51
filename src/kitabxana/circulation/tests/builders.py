"""The tables of circulation for tests outside it that must look beneath the operations."""

from __future__ import annotations

from kitabxana.circulation.models import Allocation, Hold, Loan, PastLoan

__all__ = ["Allocation", "Hold", "Loan", "PastLoan"]
