"""What is told when, through which channel, in which words."""

from __future__ import annotations

from kitabxana.notices.rules.choosing import KINDS, after_quiet, choose, phone_number, wait_after
from kitabxana.notices.rules.triggers import CATCH_UP_DAYS, OVERDUE_POLICIES, TRIGGERS, loan_due, overdue_level
from kitabxana.notices.rules.wording import DEFAULTS, SAMPLE, built_in, render, shortened, wording_problem

__all__ = [
    "CATCH_UP_DAYS", "DEFAULTS", "KINDS", "OVERDUE_POLICIES", "SAMPLE", "TRIGGERS",
    "after_quiet", "built_in", "choose", "loan_due", "overdue_level", "phone_number", "render", "shortened",
    "wait_after", "wording_problem",
]  # fmt: skip
