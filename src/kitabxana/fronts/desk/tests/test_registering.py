"""Registering and changing readers at the desk."""

from __future__ import annotations

from datetime import date

import pytest

from kitabxana.base.actor import SYSTEM
from kitabxana.base.models import AuditEntry
from kitabxana.fronts.desk.tests.people import librarian
from kitabxana.patrons.operations import set_category
from kitabxana.patrons.queries import details, patron_by_card
from kitabxana.patrons.tests.builders import a_reader

TYPED = {"surname": "Quliyeva", "firstname": "Nərgiz", "birth_date": "1990-05-17", "category": "ADULT", "card": "N1"}


@pytest.fixture(autouse=True)
def _categories() -> None:
    set_category(code="ADULT", names={"en": "Adult"}, by=SYSTEM)
    set_category(code="CHILD", names={"en": "Child"}, by=SYSTEM, most_age=14, needs_guarantor=True)


def test_a_reader_is_registered_with_a_surname_a_category_and_a_card() -> None:
    client = librarian()
    answer = client.post("/desk/readers/new/", {"surname": " Quliyeva ", "category": "ADULT", "card": "N1"})
    reader = patron_by_card("N1", scopes=("",))
    assert reader is not None
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/readers/{reader.id}/")
    assert (reader.surname, reader.home_unit, reader.category) == ("Quliyeva", "GNC-M", "ADULT")
    assert (reader.expires_on - reader.enrolled_on).days in (365, 366)
    page = client.get(answer["Location"]).content.decode()
    assert "The reader is registered." in page
    assert 'value="ADULT" selected' in client.get("/desk/readers/new/").content.decode()  # the next one is often alike


def test_without_a_card_a_number_is_made_that_nobody_has() -> None:
    client = librarian()
    numbers = set()
    for surname in ("Birinci", "İkinci"):
        answer = client.post("/desk/readers/new/", {"surname": surname, "category": "ADULT"})
        found = details(int(answer["Location"].split("/")[-2]), scopes=("",))
        assert found is not None
        numbers.add(found.facts.card)
    assert len(numbers) == 2
    assert all(number.startswith("AZ0") and len(number) == 10 for number in numbers)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"surname": "  "}, "A reader needs a surname."),
        ({"birth_date": "2099-01-01"}, "The birth date can&#x27;t be right."),
        ({"birth_date": "17.05"}, "The birth date can&#x27;t be right."),
        ({"email": "nergiz"}, "This is no e-mail address."),
        ({"phone": "call me"}, "This is no telephone number."),
        ({"category": "NONE"}, "There is no category with the code NONE."),
        ({"category": "CHILD", "birth_date": "2020-01-01"}, "someone must answer for the reader"),
        ({"category": "CHILD", "guarantor": "NOBODY"}, "No such guarantor was found."),
        ({"category": "CHILD"}, "years, the reader does not belong in this category"),
        ({"expires_on": "2001-01-01"}, "The membership would end before it begins."),
        ({"card": "R1"}, "a number is never used again"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(typed: dict[str, str], told: str) -> None:
    a_reader(card="R1")
    before = AuditEntry.objects.filter(action="patron.register").count()
    answer = librarian().post("/desk/readers/new/", TYPED | {"card": "N1"} | typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert told in page
    assert 'value="Nərgiz"' in page
    assert AuditEntry.objects.filter(action="patron.register").count() == before


def test_one_who_seems_known_is_shown_and_registered_only_when_asked_again() -> None:
    other = a_reader(surname="Гулиева", firstname="Наргиз", birth_date=date(1990, 5, 17))
    client = librarian()
    answer = client.post("/desk/readers/new/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'href="/desk/readers/{other}/"' in page
    assert 'name="lift" value="likely_duplicate"' in page
    assert client.post("/desk/readers/new/", TYPED | {"lift": "likely_duplicate"}).status_code == 302
    assert patron_by_card("N1", scopes=("",)) is not None


def test_one_of_another_system_who_seems_known_is_told_of_but_not_shown() -> None:
    other = a_reader(surname="Quliyeva", firstname="Nərgiz", birth_date=date(1990, 5, 17), home_unit="SAK-M")
    page = librarian().post("/desk/readers/new/", TYPED).content.decode()
    assert "is registered at SAK-M kitabxanası" in page
    assert f"/desk/readers/{other}/" not in page


def test_a_pin_that_can_t_be_does_not_undo_the_registration() -> None:
    client = librarian()
    answer = client.post("/desk/readers/new/", TYPED | {"pin": "1111"}, follow=True)
    assert "This PIN is guessed at once." in answer.content.decode()
    reader = patron_by_card("N1", scopes=("",))
    assert reader is not None
    found = details(reader.id, scopes=("",))
    assert found is not None
    assert not found.has_login
    assert "1111" not in answer.content.decode()


def test_a_change_is_kept_and_told_of_by_name_only() -> None:
    one = a_reader(phone="+994 50 111 22 33")
    client = librarian()
    form = client.get(f"/desk/readers/{one}/edit/")
    seen = form.context["seen"]
    values = {"surname": "Əliyeva", "firstname": "Aytən", "category": "ADULT", "phone": "+994 55 999 88 77"}
    assert client.post(f"/desk/readers/{one}/edit/", values | {"seen": seen}).status_code == 302
    found = details(one, scopes=("",))
    assert found is not None
    assert found.facts.phone == "+994 55 999 88 77"
    [entry] = AuditEntry.objects.filter(action="patron.edit")
    assert entry.after == {"phone": True, "contact_by": True}
    late = client.post(f"/desk/readers/{one}/edit/", values | {"seen": seen, "phone": "+994 70 000 00 01"})
    assert late.status_code == 409
    assert "Someone else changed this reader meanwhile." in late.content.decode()
    again = details(one, scopes=("",))
    assert again is not None
    assert again.facts.phone == "+994 55 999 88 77"


def test_cards_restrictions_and_guarantors_from_the_reader_s_page() -> None:
    one, parent = a_reader(), a_reader(card="P1", surname="Əliyev")
    client = librarian()
    at = f"/desk/readers/{one}"
    for act, values in (
        ("card", {"number": "R2", "instead_of": "R1", "state": "lost"}),
        ("restrict", {"reason": "Kitabı cırıb", "until": "2099-01-01"}),
        ("guarantor", {"card": "P1", "relation": "parent"}),
        ("guarantor", {"name": "Sevda Əliyeva", "phone": "+994 12 000 00 00"}),
        ("pin", {"pin": "8302"}),
    ):
        assert "k-note--ok" in client.post(f"{at}/{act}/", values, follow=True).content.decode(), act
    found = details(one, scopes=("",))
    assert found is not None
    assert [(card.number, card.state) for card in found.cards] == [("R2", "valid"), ("R1", "lost")]
    assert found.facts.restrictions == ("Kitabı cırıb",)
    assert [(kin.patron_id, kin.name) for kin in found.guarantors] == [
        (parent, "Əliyev Aytən"),
        (None, "Sevda Əliyeva"),
    ]
    assert found.has_login
    page = client.get(f"{at}/").content.decode()
    assert all(text in page for text in ("Kitabı cırıb", "Sevda Əliyeva", "R2"))
    client.post(f"{at}/lift/", {"restriction": found.restrictions[0].id})
    client.post(f"{at}/guarantor/", {"end": found.guarantors[0].id})
    client.post(f"{at}/card-state/", {"number": "R2", "state": "lost"})
    after = details(one, scopes=("",))
    assert after is not None
    assert after.facts.restrictions == ()
    assert [one.in_force for one in after.restrictions] == [False]
    assert len(after.guarantors) == 1
    assert after.facts.card_state == "lost"


def test_another_reader_s_restriction_is_not_lifted_through_this_one() -> None:
    one, other = a_reader(), a_reader(card="R2")
    client = librarian()
    client.post(f"/desk/readers/{other}/restrict/", {"reason": "borc"})
    theirs = details(other, scopes=("",))
    assert theirs is not None
    client.post(f"/desk/readers/{one}/lift/", {"restriction": theirs.restrictions[0].id})
    after = details(other, scopes=("",))
    assert after is not None
    assert after.facts.restrictions == ("borc",)


def test_who_looked_at_a_reader_is_written_down_once_a_while() -> None:
    from django.core.cache import cache

    cache.clear()
    one = a_reader()
    client = librarian()
    for address in (f"/desk/readers/{one}/", f"/desk/readers/{one}/", f"/desk/check-out/{one}/"):
        assert client.get(address).status_code == 200
    [entry] = AuditEntry.objects.filter(action="patron.view", object_id=str(one))
    assert (entry.actor_name, entry.unit, entry.address) == ("lib-GNC-M", "GNC-M", "127.0.0.1")
    librarian("GNC-2").get(f"/desk/readers/{one}/")
    assert AuditEntry.objects.filter(action="patron.view").count() == 2
    librarian("SAK-M").get(f"/desk/readers/{one}/")  # is not shown the reader, and has not looked
    assert AuditEntry.objects.filter(action="patron.view").count() == 2
