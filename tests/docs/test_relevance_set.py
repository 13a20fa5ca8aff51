"""The judged queries are well formed and speak of records that there are; the measures say what they should."""

from __future__ import annotations

import csv
import math
import re
from collections import Counter

import pytest

from bench.relevance import (
    DEMO,
    GRADES,
    QUERIES,
    Query,
    Result,
    first_best,
    key_of,
    measures,
    ndcg,
    read_queries,
    without,
)
from kitabxana.formats.marc import iter_records

COLUMNS = ["id", "part", "kind", "language", "text", *GRADES]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def kinds_told() -> set[str]:
    text = (QUERIES.parent / "README.md").read_text(encoding="utf-8")
    table = text.partition("| kind | what is tried |")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| ([a-z-]+) \|", table, re.MULTILINE))


def test_every_query_is_whole_and_no_other_one(rows: list[dict[str, str]]) -> None:
    assert len(rows) >= 120
    for column in ("id", "text"):
        assert [value for value, count in Counter(row[column] for row in rows).items() if count > 1] == []
    for row in rows:
        assert all(row[column].strip() == row[column] != "" for column in COLUMNS[:5]), row["id"]
        assert re.fullmatch(r"[a-z]{2,3}", row["language"]), row["id"]
        assert row["text"].isprintable(), row["id"]


def test_every_judged_record_is_in_the_demonstration_and_judged_once(rows: list[dict[str, str]]) -> None:
    known = Counter(key_of(parsed.marc) for parsed in iter_records(DEMO) if parsed.marc)
    assert [key for key, count in known.items() if count > 1] == []
    for row in rows:
        keys = [key for grade in GRADES for key in row[grade].split()]
        assert row["wanted"], row["id"]
        assert [key for key in keys if key not in known] == [], row["id"]
        assert len(keys) == len(set(keys)), row["id"]


def test_every_kind_told_is_there_and_halved(rows: list[dict[str, str]]) -> None:
    assert {row["kind"] for row in rows} == kinds_told()
    assert {row["part"] for row in rows} == {"dev", "held-out"}
    halves = Counter((row["kind"], row["part"]) for row in rows)
    for kind in kinds_told():
        assert halves[kind, "dev"] >= 5, kind
        assert abs(halves[kind, "dev"] - halves[kind, "held-out"]) <= 1, kind


def test_queries_are_read_with_their_grades() -> None:
    found = {query.text: query for query in read_queries()}
    judged = found["kara kitap"].judged
    assert judged == {"AZ-BaKX:KX0000413": 3, "AZ-BaKX:KX0000414": 2}
    assert '"kara kitap"' in found


def test_gain_counts_grade_and_rank() -> None:
    judged = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], judged) == 1
    assert ndcg(["x", "y"], judged) == 0
    ideal = 7 + 3 / math.log2(3) + 1 / 2
    assert math.isclose(ndcg(["x", "c", "a"], judged), (1 / math.log2(3) + 7 / 2) / ideal)
    assert ndcg([*"0123456789", "a"], {"a": 3}) == 0


def test_success_asks_for_the_best_grade_there_is() -> None:
    query = Query("q", "dev", "subject", "az", "muğam", {"a": 2, "b": 2, "c": 1})
    assert [first_best(keys, query.judged) for keys in (["c", "b"], ["c"], [])] == [2, 0, 0]
    results = [Result(query, keys, keys, 1.0) for keys in (["a"], ["c", "b"], ["x"], [*"0123456789", "a"])]
    found = measures(results)
    assert (found["queries"], found["success_at_1"], found["success_at_10"]) == (4, 0.25, 0.5)
    assert found["mrr"] == round((1 + 1 / 2 + 1 / 11) / 4, 4)


def test_a_layer_is_switched_off_and_on_again() -> None:
    weights = {"exact": 8.0, "stemmed": 1.5}
    with without("stemmed", weights):
        assert weights == {"exact": 8.0, "stemmed": 0}
    assert weights == {"exact": 8.0, "stemmed": 1.5}
