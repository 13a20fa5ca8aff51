"""A form that arrives twice does its work once (case 11)."""

from __future__ import annotations

from kitabxana.base.models import AuditEntry, IdempotencyKey
from kitabxana.catalogue.tests.builders import a_record
from kitabxana.circulation.queries import loans_of
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.holdings.tests.builders import a_copy
from kitabxana.patrons.tests.builders import a_reader


def actions() -> list[str]:
    trail = AuditEntry.objects.filter(action__startswith="loan.").order_by("at")
    return list(trail.values_list("action", flat=True))


def test_case_11_a_scan_a_renewal_and_a_return_sent_twice_are_done_once() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    pages = [
        client.post(f"/desk/check-out/{patron}/", {"q": "B1", "once": "k1"}, follow=True).content.decode()
        for _ in range(2)
    ]
    assert all("Lent. Due" in page for page in pages)
    loan = loans_of(patron)[0]
    for _ in range(2):
        client.post(f"/desk/check-out/{patron}/renew/", {"loan": loan.id, "once": "k2"})
    assert loans_of(patron)[0].renewals == 1
    for _ in range(2):
        page = client.post("/desk/check-in/", {"q": "B1", "once": "k3"}, follow=True).content.decode()
        assert "was not on loan" not in page
    assert actions() == ["loan.check_out", "loan.renew", "loan.check_in"]
    assert IdempotencyKey.objects.count() == 3


def test_case_11_without_a_key_a_second_scan_is_a_second_request() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    first = client.post(f"/desk/check-out/{patron}/", {"q": "B1"}, follow=True).content.decode()
    second = client.post(f"/desk/check-out/{patron}/", {"q": "B1"}, follow=True).content.decode()
    assert "The reader has this item already" not in first
    assert "The reader has this item already" in second
    assert not IdempotencyKey.objects.exists()


def test_case_11_the_page_gives_every_form_a_key_of_its_own() -> None:
    patron, _item = a_reader(), a_copy(a_record())
    client = librarian()
    keys = [
        client.get(f"/desk/check-out/{patron}/").content.decode().split('name="once" value="')[1][:32] for _ in range(2)
    ]
    assert keys[0] != keys[1]
    assert all(len(key) == 32 for key in keys)
