"""The libraries' own texts: inherited down the tree, given back, refused when they are bad."""

from __future__ import annotations

import pytest
from django.utils import translation

from kitabxana.base.actor import SYSTEM
from kitabxana.kernel.decisions import Refused
from kitabxana.notices.facts import Wording
from kitabxana.notices.messages import refusal_text
from kitabxana.notices.operations import give_back, preview, set_text, set_wishes
from kitabxana.notices.queries import wording, wordings_above
from kitabxana.organisation.queries import tree
from kitabxana.organisation.tests.people import (
    ADMINISTRATOR_ELSEWHERE,
    ADMINISTRATOR_HERE,
    LIBRARIAN_HERE,
)
from kitabxana.patrons.tests.builders import a_reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nation")]
OWN = Wording("Bizim kitab", "Salam, {{ reader.name }}! {{ first.title }}", "{{ first.title }}")
CELL = {"trigger": "hold_ready", "language": "az"}


def holds_at(unit: str) -> str | None:
    organisation = tree()
    return wording("hold_ready", "az", unit=organisation.units[unit], organisation=organisation).unit


def test_the_nearest_text_up_the_tree_holds_and_can_be_given_back() -> None:
    assert holds_at("GNC-M") is None
    set_text(unit="AZ", words=OWN, by=SYSTEM, **CELL)
    set_text(unit="GNC", words=OWN, by=ADMINISTRATOR_HERE, **CELL)
    assert [holds_at(unit) for unit in ("GNC-M", "GNC-2", "SAK-M")] == ["GNC", "GNC", "AZ"]
    organisation = tree()
    above = wordings_above("hold_ready", "az", unit=organisation.units["GNC-M"], organisation=organisation)
    assert [one.unit for one in above] == ["GNC", "AZ", None]
    give_back(unit="GNC", by=ADMINISTRATOR_HERE, **CELL)
    give_back(unit="GNC", by=ADMINISTRATOR_HERE, **CELL)
    assert holds_at("GNC-M") == "AZ"


def test_only_who_may_edits_and_only_there() -> None:
    for by, unit in ((LIBRARIAN_HERE, "GNC-M"), (ADMINISTRATOR_ELSEWHERE, "GNC"), (ADMINISTRATOR_HERE, "AZ")):
        with pytest.raises(Refused, match="not_permitted"):
            set_text(unit=unit, words=OWN, by=by, **CELL)
        with pytest.raises(Refused, match="not_permitted"):
            give_back(unit=unit, by=by, **CELL)


def test_a_bad_wording_is_refused_with_every_part_that_is_wrong() -> None:
    bad = Wording("", "Salam\n{{ reader.pin }}", "{% for a in items %}")
    with pytest.raises(Refused) as found:
        set_text(unit="GNC", words=bad, by=SYSTEM, **CELL)
    params = [dict(one.params) for one in found.value.refusals]
    assert [(one["part"], one["line"], one["why"]) for one in params] == [
        ("subject", 1, "empty"), ("body", 2, "unknown_word"), ("sms", 1, "syntax")
    ]  # fmt: skip
    with translation.override("en"):
        assert refusal_text(found.value.refusals[1]) == "Text, line 2: reader.pin is not known here."
    assert holds_at("GNC") is None
    for cell in ({"trigger": "x", "language": "az"}, {"trigger": "hold_ready", "language": "xx"}):
        with pytest.raises(Refused, match="unknown_trigger"):
            set_text(unit="GNC", words=OWN, by=SYSTEM, **cell)


def test_a_preview_shows_the_text_with_a_real_reader() -> None:
    seen = preview(words=OWN, unit="GNC-M", patron_id=a_reader(), item={"title": "Dəli Kür"}, **CELL)
    assert seen == {"subject": "Bizim kitab", "body": "Salam, Əliyeva Aytən! Dəli Kür", "sms": "Dəli Kür"}


def test_a_reader_chooses_for_oneself_and_for_no_other() -> None:
    from kitabxana.base.actor import Actor
    from kitabxana.notices.queries import wishes_of

    reader, other = a_reader(), a_reader(card="R2")
    oneself = Actor(name="R1", patron_id=reader)
    set_wishes(patron_id=reader, wishes={"holds": "sms", "loans": "account"}, by=oneself)
    set_wishes(patron_id=reader, wishes={"loans": ""}, by=oneself)
    assert wishes_of(reader) == {"holds": "sms"}
    with pytest.raises(Refused, match="not_permitted"):
        set_wishes(patron_id=other, wishes={"holds": "sms"}, by=oneself)
    for wrong in ({"holds": "fax"}, {"fun": "sms"}):
        with pytest.raises(Refused, match="unknown_channel"):
            set_wishes(patron_id=reader, wishes=wrong, by=oneself)
