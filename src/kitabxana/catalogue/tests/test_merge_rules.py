"""What the record that stays takes over: on plain cases, and on real pairs of two agencies."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from kitabxana.catalogue.matching import HOUSE, compare, traits_of
from kitabxana.catalogue.matching.clusters import MOST_TOGETHER, clustered
from kitabxana.catalogue.rules import validate
from kitabxana.catalogue.rules.merging import choosable, entries, fullness, merged, proposed, same_key
from kitabxana.catalogue.rules.validation import errors
from kitabxana.catalogue.tests.builders import field, marc
from kitabxana.formats.marc import iter_records

DATA = Path(__file__).resolve().parents[5] / "shared" / "data" / "marc"


def tags_taken(keep: dict[str, Any], gone: dict[str, Any]) -> list[str]:
    return [entries(gone)[at][0] for at in sorted(proposed(keep, gone))]


def told(whole: dict[str, Any], tag: str) -> list[str]:
    return [
        " ".join(text for pair in content["subfields"] for text in pair.values())
        for name, content in entries(whole)
        if name == tag and isinstance(content, dict)
    ]


def test_numbers_and_headings_that_are_missing_are_proposed_and_what_is_there_is_not() -> None:
    keep = marc(
        field("020", a="9789952212345 (cild)"), field("650", " 4", a="Roman."), field("300", a="428 s."),
        field("700", "1 ", a="Şıxlı, İsmayıl,", d="1919-1995"),
    )  # fmt: skip
    gone = marc(
        field("020", a="978-9952-21-234-5"), field("020", a="9952212343"), field("020", a="5-555-00000-0"),
        field("650", " 4", a="roman"), field("650", " 4", a="Kənd həyatı"), field("300", a="430 s."),
        field("504", a="Biblioqrafiya"), field("700", "1 ", a="Şıxlı, İsmayıl"), field("700", "1 ", a="Xəlilov, Əmir"),
        field("852", b="GNC"), field("952", a="X"), field("040", a="AZ"),
    )  # fmt: skip
    assert tags_taken(keep, gone) == ["020", "650", "504", "700", "852"]
    whole = merged(keep, [(gone, proposed(keep, gone))])
    assert told(whole, "020") == ["9789952212345 (cild)", "5-555-00000-0"]
    assert told(whole, "650") == ["Roman.", "Kənd həyatı"]
    assert told(whole, "300") == ["428 s."]
    assert told(whole, "700")[1] == "Xəlilov, Əmir"
    assert told(whole, "245") == told(keep, "245")


def test_the_old_number_stays_known_and_fields_left_out_go() -> None:
    keep = marc(field("500", a="Yanlış qeyd"), field("520", a="Roman Kür sahilində keçir."), number="K1")
    gone = marc(number="G7")
    place = next(at for at, (tag, _) in enumerate(entries(keep)) if tag == "500")
    whole = merged(keep, [(gone, ())], leave=[place])
    assert told(whole, "035") == ["(AZ-TEST)G7"]
    assert told(whole, "500") == []
    assert told(whole, "520")
    assert told(merged(whole, [(gone, ())]), "035") == ["(AZ-TEST)G7"]


def test_a_field_comes_with_its_original_script_under_a_number_of_its_own() -> None:
    keep = marc(field("246", "3 ", _6="880-01", a="Deli Kur"), field("880", "3 ", _6="246-01/(N", a="Дели Кур"))
    gone = marc(
        field("700", "1 ", _6="880-01", a="Khalilov, Amir"), field("650", " 4", _6="880-02", a="Novel"),
        field("880", "1 ", _6="700-01/(N", a="Хәлилов, Әмир"),
    )  # fmt: skip
    at = [place for place in choosable(gone) if entries(gone)[place][0] in ("700", "650")]
    whole = merged(keep, [(gone, at)])
    assert told(whole, "700") == ["880-02 Khalilov, Amir"]
    assert told(whole, "880") == ["246-01/(N Дели Кур", "700-02/(N Хәлилов, Әмир"]
    assert told(whole, "650") == ["Novel"]  # its script is missing: a link to nothing is not carried over
    place = next(at for at, (tag, _) in enumerate(entries(keep)) if tag == "246")
    left = merged(keep, [], leave=[place])
    assert (told(left, "246"), told(left, "880")) == ([], [])


def test_the_fuller_record_is_the_one_to_stay() -> None:
    brief, full = marc(), marc(field("650", " 4", a="Roman"), field("300", a="428 s."))
    assert fullness(full, copies=0) > fullness(brief, copies=9)
    assert fullness(brief, copies=9) > fullness(brief, copies=1)
    minimal = {**full, "leader": full["leader"][:17] + "5" + full["leader"][18:]}
    assert fullness(brief, copies=0) > fullness(minimal, copies=9)


def test_real_pairs_of_two_agencies_merge_without_a_new_error_and_lose_nothing_that_finds_them() -> None:
    by_isbn: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for parsed in iter_records(DATA / "bib.utf8.mrc.gz"):
        if parsed.marc and parsed.marc["leader"][6:7] == "a":
            for isbn in traits_of(parsed.marc).isbns:
                by_isbn[isbn].append(parsed.marc)
    pairs = 0
    for some in by_isbn.values():
        for keep, gone in pairwise(some):
            match = compare(traits_of(keep), traits_of(gone))
            if match.differs or match.score < HOUSE.sure:
                continue
            pairs += 1
            whole = merged(keep, [(gone, proposed(keep, gone))])
            had = {(one.code, one.tag) for one in errors(validate(keep))}
            assert not [one for one in errors(validate(whole)) if (one.code, one.tag) not in had]
            assert traits_of(whole).isbns >= traits_of(keep).isbns | traits_of(gone).isbns
            keys = {same_key(entry) for entry in entries(whole) if isinstance(entry[1], dict)}
            assert keys >= {same_key(entries(gone)[at]) for at in proposed(keep, gone)}
            assert [entry for entry in entries(whole) if entry in entries(keep)] == entries(keep)
    assert pairs > 20


def test_clusters_join_the_likest_first_and_never_what_was_said_to_be_two() -> None:
    pairs = [(1, 2, 90), (2, 3, 120), (4, 5, 85)]
    assert [(one.records, one.score) for one in clustered(pairs, [])] == [((1, 2, 3), 90), ((4, 5), 85)]
    assert [one.records for one in clustered(pairs, [(1, 3)])] == [(2, 3), (4, 5)]
    assert clustered([], [(1, 2)]) == []
    chain = [(number, number + 1, 100) for number in range(100)]
    assert max(len(one.records) for one in clustered(chain, [])) <= MOST_TOGETHER
