"""Categories of readers at the desk: seen by all who work there, changed by who may; who moves on with age."""

from __future__ import annotations

from datetime import date

from kitabxana.fronts.desk.tests.people import administrator, librarian
from kitabxana.patrons.queries import category_list, patrons_by_id
from kitabxana.patrons.tests.builders import a_reader


def test_a_category_is_made_changed_and_bound_to_the_next() -> None:
    boss = administrator()
    child = {"code": "CHILD", "name_az": "Uşaq", "name_en": "Child", "enrolment_months": "24", "most_age": "14",
             "needs_guarantor": "1"}  # fmt: skip
    boss.post("/desk/categories/change/", {"code": "TEEN", "name_az": "Yeniyetmə"})
    page = boss.post("/desk/categories/change/", child | {"next_category": "TEEN"}, follow=True).content.decode()
    assert "Kept." in page
    assert "Yeniyetmə" in page
    made = {one.code: one for one in category_list()}["CHILD"]
    assert (made.most_age, made.next, made.needs_guarantor, made.enrolment_months) == (14, "TEEN", True, 24)
    assert 'value="Uşaq"' in boss.get("/desk/categories/?edit=CHILD").content.decode()
    boss.post("/desk/categories/change/", child)
    assert {one.code: one for one in category_list()}["CHILD"].next is None


def test_what_can_t_be_a_category_is_refused_with_its_reason() -> None:
    boss = administrator()
    for sent, words in (
        ({"code": "A B", "name_az": "X"}, "1 to 10 letters"),
        ({"code": "X", "name_az": "X", "least_age": "20", "most_age": "10"}, "above the most"),
        ({"code": "X", "name_az": "X", "next_category": "X", "most_age": "10"}, "must be another one"),
    ):
        answer = boss.post("/desk/categories/change/", sent)
        assert answer.status_code == 409
        assert words in answer.content.decode()
    assert "X" not in {one.code for one in category_list()}


def test_readers_who_grew_are_seen_first_and_then_moved() -> None:
    boss = administrator()
    boss.post("/desk/categories/change/", {"code": "TEEN", "name_az": "Yeniyetmə", "name_en": "Teens"})
    boss.post("/desk/categories/change/", {"code": "CHILD", "name_az": "Uşaq", "most_age": "14",
                                           "next_category": "TEEN"})  # fmt: skip
    grown = a_reader(category="CHILD", birth_date=date(2000, 1, 1))
    seen = boss.post("/desk/categories/change/", {"ages": "look"}).content.decode()
    assert "→ Teens" in seen
    assert patrons_by_id([grown])[grown].category == "CHILD"
    assert "Readers moved: 1." in boss.post("/desk/categories/change/", {"ages": "move"}, follow=True).content.decode()
    assert patrons_by_id([grown])[grown].category == "TEEN"


def test_a_librarian_sees_them_and_changes_none() -> None:
    a_reader()
    page = librarian().get("/desk/categories/").content.decode()
    assert "Categories of readers" in page
    assert "categories/change" not in page
