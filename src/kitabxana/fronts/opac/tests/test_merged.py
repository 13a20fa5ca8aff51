"""The address of a record that was merged leads on to the one it went into, in every form."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.facts import Goes
from kitabxana.catalogue.operations import merge_records, undo_merge
from kitabxana.catalogue.tests.builders import a_record, change
from kitabxana.fronts.opac.tests.readers import browser

pytestmark = pytest.mark.django_db


def joined(keep: int, gone: int) -> int:
    return merge_records(keep=keep, gone=[Goes(gone)], by=SYSTEM, now=timezone.now(), through="test").id


def test_every_address_of_the_old_record_leads_to_the_new_until_the_merge_is_undone() -> None:
    keep, gone, middle = a_record(), a_record(), a_record()
    joined(middle, gone)
    made = joined(keep, middle)
    for form in ("/", ".ris", ".marcxml", "/cite/", "/marc/"):
        answer = browser().get(f"/records/{gone}{form}?from=qr")
        assert answer.status_code == 301, form
        assert answer["Location"] == f"/records/{keep}{form}?from=qr"
        assert answer["Cache-Control"] == "no-cache"
        assert browser().get(answer["Location"]).status_code == 200
    undo_merge(merge_id=made, by=SYSTEM, now=timezone.now(), through="test")
    assert browser().get(f"/records/{middle}/").status_code == 200
    assert browser().get(f"/records/{gone}/")["Location"] == f"/records/{middle}/"


def test_nothing_leads_to_what_readers_may_not_see() -> None:
    keep, gone = a_record(), a_record()
    joined(keep, gone)
    change(keep, suppressed=True)
    assert browser().get(f"/records/{gone}/").status_code == 404
    assert browser().get(f"/records/{2**70}/").status_code == 404
