"""What readers change themselves, and who sees whose account."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kitabxana.base.actor import SYSTEM, Actor
from kitabxana.kernel.decisions import Refused
from kitabxana.organisation.operations import set_policy
from kitabxana.organisation.tests.builders import a_nation
from kitabxana.patrons.operations import add_guarantor, change_own, export_everything, set_category
from kitabxana.patrons.queries import own_account, patrons_by_id, wards_of
from kitabxana.patrons.rules import changeable, shown_to_guarantor
from kitabxana.patrons.tests.builders import a_reader

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation(db: None) -> None:
    a_nation()


def reader_of(patron_id: int) -> Actor:
    return Actor(name="reader", patron_id=patron_id)


def change(patron_id: int, **changes: object) -> None:
    change_own(patron_id=patron_id, changes=changes, by=reader_of(patron_id), now=timezone.now())


def test_a_reader_changes_what_the_library_leaves_to_readers() -> None:
    patron = a_reader()
    change(patron, email="Aytən@Kitab.az", phone="+994 50 111 22 33", address="Nizami 5", city="Gəncə")
    now = patrons_by_id([patron])[patron]
    assert (now.email, now.phone, now.address) == ("aytən@kitab.az", "+994 50 111 22 33", "Nizami 5")
    set_policy(name="own_contact", value="reach", by=SYSTEM)
    with pytest.raises(Refused, match="ask_library"):
        change(patron, address="Füzuli 1")
    change(patron, email="", address="Nizami 5")  # a form sends back what it was not allowed to change
    set_policy(name="own_contact", value="nothing", by=SYSTEM)
    with pytest.raises(Refused, match="ask_library"):
        change(patron, email="a@b.az")
    change(patron, history="never", language="tr", contact_by=("email",))
    now = patrons_by_id([patron])[patron]
    assert (now.email, now.history, now.language) == ("", "never", "tr")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("email", "no address", "bad_email"), ("phone", "x", "bad_phone"), ("history", "maybe", "bad_choice"),
     ("surname", "Başqa", "ask_library"), ("category", "CHILD", "ask_library"),
     ("expires_on", "2099-01-01", "ask_library")],
)  # fmt: skip
def test_what_a_reader_can_not_say(field: str, value: str, code: str) -> None:
    patron = a_reader()
    with pytest.raises(Refused, match=code):
        change(patron, **{field: value})


def test_nobody_changes_or_exports_in_a_reader_s_name() -> None:
    patron, other = a_reader(), a_reader(card="R2")
    for by in (SYSTEM, reader_of(other)):
        with pytest.raises(Refused, match="not_permitted"):
            change_own(patron_id=patron, changes={"email": ""}, by=by, now=timezone.now())
    with pytest.raises(Refused, match="not_permitted"):
        export_everything(patron_id=patron, by=reader_of(other), now=timezone.now())
    held = export_everything(patron_id=patron, by=reader_of(patron), now=timezone.now())
    assert held["reader"]["surname"] == "Əliyeva"


@pytest.mark.parametrize(
    ("policy", "is_child", "agreed", "seen"),
    [("children", True, False, True), ("children", False, False, False), ("children", False, True, True),
     ("agreed", True, False, False), ("agreed", True, True, True), ("nobody", True, True, False)],
)  # fmt: skip
def test_whose_account_a_guarantor_sees(policy: str, *, is_child: bool, agreed: bool, seen: bool) -> None:
    assert shown_to_guarantor(policy, is_child=is_child, agreed=agreed) is seen


def test_what_is_a_reader_s_own_to_decide_is_so_everywhere() -> None:
    assert {"history", "language", "contact_by", "shown_to_guarantor"} == changeable("nothing")


def test_a_family_is_those_one_answers_for() -> None:
    parent, child, grown = a_reader(), a_reader(card="C1"), a_reader(card="C2", surname="Babayev")
    for ward in (child, grown):
        add_guarantor(patron_id=ward, guarantor_id=parent, relation="parent", by=SYSTEM)
    assert {one.patron.id: one.seen for one in wards_of(parent)} == {child: False, grown: False}
    change(grown, shown_to_guarantor=True)
    assert {one.patron.id: one.seen for one in wards_of(parent)} == {child: False, grown: True}
    set_category(code="ADULT", names={"az": "Uşaq"}, needs_guarantor=True, by=SYSTEM)
    assert {one.patron.id: one.seen for one in wards_of(parent)} == {child: True, grown: True}
    assert own_account(child).by_rule
    assert not own_account(child).can_agree
    set_policy(name="guarantor_sees", value="nobody", by=SYSTEM)
    assert {one.patron.id: one.seen for one in wards_of(parent)} == {child: False, grown: False}
    assert not own_account(child).can_agree
    assert wards_of(child) == []
