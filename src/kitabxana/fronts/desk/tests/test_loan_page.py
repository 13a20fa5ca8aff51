"""The page of one loan: claims, losses, damage, renewals unseen, calling back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.operations import check_out, place_hold
from kitabxana.circulation.queries import claims_of, loan, loans_of, past_loans_of
from kitabxana.circulation.tests.scenes import policy
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.queries import items_by_id
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def scene() -> tuple[int, int, int]:
    """(patron, item, loan), ten days late."""
    patron, item = a_reader(), a_copy(a_record(title="Dəli Kür"), price_minor=900)
    lent = timezone.now() - timedelta(days=25)
    made = check_out(item_id=item, patron_id=patron, unit="GNC-M", by=SYSTEM, now=lent)
    return patron, item, made.id


def act(client: Client, loan_id: int, name: str, **more: Any) -> str:
    return client.post(f"/desk/loans/{loan_id}/", {"act": name, **more}, follow=True).content.decode()


def test_the_page_tells_what_became_of_the_loan(scene: tuple[int, int, int]) -> None:
    patron, _, loan_id = scene
    page = librarian().get(f"/desk/loans/{loan_id}/").content.decode()
    for text in ("Dəli Kür", "B1", "days late", "GNC-M kitabxanası", f"/desk/readers/{patron}/"):
        assert text in page
    assert f"/desk/loans/{loan_id}/" in librarian("GNC-2").get(f"/desk/readers/{patron}/").content.decode()


def test_a_claim_is_noted_once_and_gets_its_outcome(scene: tuple[int, int, int]) -> None:
    patron, item, loan_id = scene
    client = librarian()
    page = act(client, loan_id, "claim", note="qutuya qoydum", once="a")
    assert "It is noted that the reader says the item came back." in page
    assert "qutuya qoydum" in page
    assert "days late" not in page
    act(client, loan_id, "claim", once="a")
    [claimed] = claims_of(patron)
    assert "The reader said so already" in act(client, loan_id, "claim", once="b")
    ended = act(client, loan_id, "settle", claim=claimed.id, outcome="found")
    assert "The claim has its outcome." in ended
    assert past_loans_of(patron)[0].returned_at == claimed.claimed_at
    assert items_by_id([item])[item].place == "shelf"
    assert client.get(f"/desk/loans/{loan_id}/").status_code == 404


def test_a_claim_of_another_loan_is_not_settled_through_this_one(scene: tuple[int, int, int]) -> None:
    patron, _, loan_id = scene
    made = check_out(item_id=a_copy(a_record(), barcode="B2"), patron_id=patron, unit="GNC-M", by=SYSTEM,
                     now=timezone.now())  # fmt: skip
    client = librarian()
    act(client, loan_id, "claim")
    [claimed] = claims_of(patron)
    assert "settled already" in act(client, made.id, "settle", claim=claimed.id, outcome="lost")
    assert claims_of(patron) == [claimed]
    assert "The claim is taken out." in act(client, loan_id, "take_back", claim=claimed.id)
    assert claims_of(patron) == []


def test_lost_found_and_damaged(scene: tuple[int, int, int]) -> None:
    patron, item, loan_id = scene
    client = librarian()
    assert "recorded as lost" in act(client, loan_id, "lost")
    assert "9.00" in client.get(f"/desk/readers/{patron}/account/").content.decode()
    assert "The loan goes on." in act(client, loan_id, "found")
    assert "recorded as damaged" in act(client, loan_id, "damaged")
    assert items_by_id([item])[item].damaged
    assert "no longer recorded as damaged" in act(client, loan_id, "whole")
    assert len(loans_of(patron)) == 1


def test_a_renewal_by_telephone_counts_as_unseen(scene: tuple[int, int, int]) -> None:
    _, _, loan_id = scene
    policy(unseen_renewals_allowed=1, renewals_allowed=5)
    client = librarian()
    assert "of these unseen: 1" in act(client, loan_id, "unseen")
    assert "without being shown" in act(client, loan_id, "unseen")
    found = loan(loan_id)
    assert found is not None
    assert (found.renewals, found.unseen_renewals) == (1, 1)


def test_a_loan_is_called_back(scene: tuple[int, int, int]) -> None:
    patron, _, _ = scene
    policy(recall_days=2, recall_keeps=0)
    record = a_record()
    made = check_out(item_id=a_copy(record, barcode="B2"), patron_id=patron, unit="GNC-M", by=SYSTEM,
                     now=timezone.now())  # fmt: skip
    client = librarian()
    assert "No reader waits for this item." in act(client, made.id, "recall")
    place_hold(record_id=record, patron_id=a_reader(card="W1"), pickup_unit="GNC-M", by=SYSTEM, now=timezone.now())
    assert "The loan is called back." in act(client, made.id, "recall")
    found = loan(made.id)
    assert found is not None
    assert found.due_at < made.due_at - timedelta(days=10)
    assert client.post(f"/desk/loans/{made.id}/", {"act": "burn"}).status_code == 404
