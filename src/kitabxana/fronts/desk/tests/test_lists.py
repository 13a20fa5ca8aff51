"""Lists and numbers at the desk: what holds at a level, who said it, and saying something else."""

from __future__ import annotations

import re
from typing import Any

from kitabxana.base.actor import SYSTEM
from kitabxana.fronts.desk.tests.people import administrator, signed_in
from kitabxana.fronts.desk.tests.test_cost import cost
from kitabxana.holdings.operations import set_entry
from kitabxana.holdings.queries import Lists, numbering_for
from kitabxana.organisation.tests.builders import a_login

RR = {
    "code": "RR",
    "name_az": "Oxu zalı",
    "name_en": "Reading room",
    "name_tr": "Okuma salonu",
    "name_ru": "Читальный зал",
}


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def here() -> Any:
    """An administrator of the system GNC alone."""
    return signed_in(a_login("müdir", role="administrator", unit="GNC"), unit="GNC-M")


def test_an_entry_is_said_at_one_level_and_seen_with_its_origin_below() -> None:
    client = here()
    done = client.post("/desk/lists/?unit=GNC&kind=location", RR)
    assert done["Location"] == "/desk/lists/?unit=GNC&kind=location&saved=1"
    assert Lists().at("location", "GNC-2")["RR"].names["ru"] == "Читальный зал"
    assert "said here" in text(client.get("/desk/lists/?unit=GNC&kind=location"))
    below = text(client.get("/desk/lists/?unit=GNC-M&kind=location"))
    assert re.search(r"<summary>Reading room</summary>", below)
    assert "GNC MKS</td>" in below
    client.post("/desk/lists/?unit=GNC-2&kind=location", {"code": "RR", "hidden": "1"})
    above = text(client.get("/desk/lists/?unit=GNC&kind=location"))
    assert re.search(r"GNC-2 kitabxanası <span class=\"k-muted\">\(hidden\)", above)
    client.post("/desk/lists/?unit=GNC-2&kind=location", {"code": "RR", "drop": "1"})
    assert not Lists().at("location", "GNC-2")["RR"].hidden


def test_item_types_are_made_and_kept_in() -> None:
    client = here()
    client.post("/desk/lists/?unit=GNC&kind=item_type", {"code": "MSC", "name_az": "Mikroskop", "not_for_loan": "1"})
    made = Lists().at("item_type", "GNC-M")["MSC"]
    assert (made.origin, made.not_for_loan) == ("GNC", True)
    client.post("/desk/lists/?unit=GNC-M&kind=item_type", {"code": "MSC", "name_az": "Böyüdücü"})
    assert Lists().at("item_type", "GNC-M")["MSC"].not_for_loan  # a name of its own does not lend it


def test_what_can_t_be_is_told() -> None:
    answer = here().post("/desk/lists/?unit=GNC&kind=item_type", {"code": "ELEVENSIGNS"})
    assert answer.status_code == 422
    assert "an item type&#x27;s at most 10" in text(answer)
    assert 'value="ELEVENSIGNS"' in text(answer)


def test_one_says_nothing_above_or_beside_one_s_own_branch() -> None:
    client = here()
    for level in ("AZ", "SAK", "*"):
        assert client.get(f"/desk/lists/?unit={level}").status_code == 403
        assert client.post(f"/desk/lists/?unit={level}&kind=location", RR).status_code == 403
    page = text(client.get("/desk/lists/"))
    assert 'value="GNC-2"' in page
    assert 'value="SAK"' not in page
    assert 'value="*"' not in page
    assert Lists().at("location", "SAK-M") == {}
    everyone = administrator()
    everyone.post("/desk/lists/?unit=*&kind=location", RR)
    assert Lists().at("location", "SAK-M")["RR"].origin is None
    assert "The whole installation" in text(everyone.get("/desk/lists/?unit=SAK"))


def test_numbers_begin_at_a_level_and_are_drawn_from_below() -> None:
    client = here()
    sent = {"series": "accession", "prefix": "İ-", "digits": "6", "last": "48210"}
    client.post("/desk/lists/?unit=GNC", sent)
    run = numbering_for("accession", "GNC-2")
    assert run is not None
    assert (run.unit, run.text(run.last + 1)) == ("GNC", "İ-048211")
    assert "İ-048211" in text(client.get("/desk/lists/?unit=GNC-2"))
    for wrong in ({"digits": "99"}, {"last": "-4"}, {"series": "shoe"}):
        assert client.post("/desk/lists/?unit=GNC", sent | wrong).status_code == 422
    assert administrator().post("/desk/lists/?unit=*", sent).status_code == 422


def test_the_page_costs_the_same_however_long_the_list() -> None:
    client = here()
    few = cost(client, "/desk/lists/?unit=GNC&kind=location")
    for number in range(20):
        set_entry(kind="location", unit="GNC", code=f"L{number}", names={"az": f"Zal {number}"}, by=SYSTEM)
        set_entry(kind="location", unit="GNC-2", code=f"L{number}", names={}, hidden=True, by=SYSTEM)
    assert cost(client, "/desk/lists/?unit=GNC&kind=location") == few <= 18
