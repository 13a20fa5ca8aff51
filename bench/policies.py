"""How long one policy takes to resolve: a nation of 1,300 libraries, 40,000 rows. `python bench/policies.py`.

Cold is the first question of a cell after the tree has changed, warm every other. No database: the tree holds all.
`a_check_out_us` is all that one check-out asks of its length and limits. Prints one JSON object.
"""

from __future__ import annotations

import json
import random
import time
import uuid

from kitabxana.circulation.facts.terms import LimitTerms, LoanTerms
from kitabxana.circulation.rules import Cell, terms
from kitabxana.organisation.facts import Tree, UnitFacts
from kitabxana.organisation.rules import POLICIES, decide

SYSTEMS, LIBRARIES_OF_EACH, ROWS, QUESTIONS = 75, 17, 40_000, 200_000
CATEGORIES = [f"C{n}" for n in range(10)]
TYPES = [f"T{n}" for n in range(20)]
MOST_MICROSECONDS = 20.0


def a_nation(chance: random.Random) -> Tree:
    paths = {"TR": "TR/"}
    for system in range(SYSTEMS):
        paths[f"S{system}"] = f"TR/S{system}/"
        for library in range(LIBRARIES_OF_EACH):
            paths[f"S{system}L{library}"] = f"TR/S{system}/S{system}L{library}/"
    units = {
        code: UnitFacts(number, code, "library", path, None, {}, "TR", "Europe/Istanbul", "TRY")
        for number, (code, path) in enumerate(paths.items())
    }
    codes, rows = list(units), {name: {} for name in POLICIES}
    for _ in range(ROWS):
        name = chance.choice(list(POLICIES))
        cell = (chance.choice(codes), chance.choice([*CATEGORIES, None]), chance.choice([*TYPES, None]))
        rows[name][cell] = POLICIES[name].default
    return Tree(uuid.uuid4(), units, {unit.id: unit for unit in units.values()}, {}, {}, policies=rows)


def microseconds(tree: Tree, asked: list[tuple[str, str, str, str]]) -> float:
    begun = time.perf_counter()
    for name, unit, category, item_type in asked:
        decide(tree, name, unit=unit, category=category, item_type=item_type)
    return (time.perf_counter() - begun) / len(asked) * 1e6


def main() -> None:
    chance = random.Random(5)
    tree = a_nation(chance)
    codes, names = list(tree.units), list(POLICIES)
    asked = list(
        {
            (chance.choice(names), chance.choice(codes), chance.choice(CATEGORIES), chance.choice(TYPES))
            for _ in range(QUESTIONS)
        }
    )
    cold = microseconds(tree, asked[:100_000])
    warm = microseconds(tree, asked[:100_000])
    cell = Cell(codes[-1], CATEGORIES[0], TYPES[0])
    begun = time.perf_counter()
    for _ in range(10_000):
        terms(LoanTerms, tree, cell)
        terms(LimitTerms, tree, cell)
    whole = (time.perf_counter() - begun) / 10_000 * 1e6
    plain = dict.fromkeys(asked)
    begun = time.perf_counter()
    for one in asked:
        plain.get(one)
    yardstick = (time.perf_counter() - begun) / len(asked) * 1e6
    answer = {
        "units": len(codes),
        "rows": sum(map(len, tree.policies.values())),
        "policies": len(POLICIES),
        "cold_us": round(cold, 2),
        "warm_us": round(warm, 2),
        "a_check_out_us": round(whole, 1),
        "dict_look_up_us": round(yardstick, 3),
        "warm_to_look_up": round(warm / yardstick, 1),
        "most_us": MOST_MICROSECONDS,
    }
    print(json.dumps(answer))
    assert max(cold, warm) < MOST_MICROSECONDS


if __name__ == "__main__":
    main()
