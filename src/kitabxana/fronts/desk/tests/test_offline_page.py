"""Conflicts of offline desks: told in words, put away once looked at."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.circulation.facts import OfflineFacts
from kitabxana.circulation.operations import replay
from kitabxana.circulation.queries import offline_conflicts
from kitabxana.fronts.desk.tests.people import librarian


def test_a_conflict_is_told_and_put_away() -> None:
    now = timezone.now()
    replay(unit="GNC-M", events=[OfflineFacts("1", "check_out", "NOPE", now - timedelta(hours=1), "R1")], by=SYSTEM,
           now=now)  # fmt: skip
    client = librarian()
    page = client.get("/desk/offline/").content.decode()
    assert "There is no item with the barcode NOPE." in page
    [one] = offline_conflicts(scopes=("AZ/",), limit=9)
    assert "NOPE" not in librarian("SAK-M").get("/desk/offline/").content.decode()
    assert "Nothing waits." in client.post("/desk/offline/", {"event": one.id}, follow=True).content.decode()
    assert "settled already" in client.post("/desk/offline/", {"event": one.id}, follow=True).content.decode()
