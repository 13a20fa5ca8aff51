"""A record that was merged is answered with the address of the one it went into."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import merge_records
from kitabxana.catalogue.tests.builders import a_record, change
from kitabxana.fronts.rest.tests.callers import a_librarian, codes
from kitabxana.organisation.tests.builders import a_nation

pytestmark = [pytest.mark.django_db, pytest.mark.urls("kitabxana.fronts.rest.tests.urls")]


def test_a_merged_record_answers_where_it_went() -> None:
    a_nation()
    here, keep, gone = a_librarian(), a_record(), a_record()
    merge_records(keep=keep, gone=[Goes(gone)], by=SYSTEM, now=timezone.now(), through="test")
    answer = here.get(f"/biblios/{gone}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (301, "no-store")  # a merge can be undone
    assert answer.headers["Location"].endswith(f"/biblios/{keep}")
    change(keep, suppressed=True)
    assert codes(here.get(f"/biblios/{gone}")) == ["unknown_record"]
