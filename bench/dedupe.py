"""Matching of duplicates: precision and recall on damaged and on real pairs, and the clustering of a large catalogue.

Usage: bench/dedupe.py [--records 100000] [--pairs 4000] [--misses]
Prints one JSON object; needs ../shared/data. Three parts:
"damaged": open records, and copies of them spoilt as life spoils them (bench/damage.py), all in one pot;
what meets on a key is compared, so that a pair that never meets counts as missed.
"real": records of the corpus that share an ISBN, or title and author, and are not equal, from records nobody edited for
a test, held to be one book or two by rules that know nothing of the matching (`same_by_hand`).
"clustered": a multiplied catalogue in which one record in twenty has a damaged double: seconds, peak memory and what
was found. (Hundreds of its records come from one source; where two of these drew one year and kept their title, they
are told as false although nobody could tell them apart.)
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import re
import resource
import sys
import tempfile
import time
from array import array
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]

import multiplied
import orjson
from damage import NUMBERS, damaged, fields_of, texts_changed

from kitabxana.catalogue.matching import HOUSE, Traits, asked_keys, compare, differs, match_keys, traits_of
from kitabxana.catalogue.rules import control_field, pick
from kitabxana.formats.marc import iter_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Marc = dict[str, Any]

LARGEST_BLOCK = 40
"""A key shared by more records than this says nothing and is passed over."""

BUCKET_BITS = 6
TESTED = re.compile(r"C\d{5,}|[Tt]est|MSEARCH|Adv Search|\bAuto\b|AT_")


def corpus() -> list[Marc]:
    """Real full bibliographic records that nobody edited for a test: 008 of 40 characters, a title, 8 fields."""
    seen: set[tuple[str, ...]] = set()
    found = []
    names = ("bib.utf8.mrc.gz", "bib.nonutf8.mrc.gz", "bib.marcxml.xml.gz")
    for name in names:
        for parsed in iter_records(ROOT.parent / "shared" / "data" / "marc" / name):
            marc = parsed.marc
            if not marc or marc["leader"][6:7] not in "acdefgijkmoprt" or not fields_of(marc, "245"):
                continue
            if len(control_field(marc, "008")) != 40 or len(marc["fields"]) < 8:
                continue
            told = json.dumps(fields_of(marc, "245"), ensure_ascii=False)
            identity = (told, *(pick(field, "abc") for field in fields_of(marc, "100", "260", "264", "300", "250")))
            if TESTED.search(told) or identity in seen:
                continue
            seen.add(identity)
            found.append(marc)
    return found


class Pot:
    """Records by the keys and numbers on which they meet."""

    def __init__(self) -> None:
        self.traits: list[Traits] = []
        self.blocks: dict[str, list[int]] = defaultdict(list)

    def add(self, traits: Traits) -> int:
        number = len(self.traits)
        self.traits.append(traits)
        for key in stored(traits):
            self.blocks[key].append(number)
        return number

    def meeting(self, number: int) -> set[int]:
        """What a record would be compared with when it comes in."""
        found = {
            other
            for key in (*asked_keys(self.traits[number]), *numbers(self.traits[number]))
            if len(block := self.blocks.get(key, [])) <= LARGEST_BLOCK
            for other in block
        }
        return found - {number}


def numbers(traits: Traits) -> list[str]:
    return [*(f"isbn {isbn}" for isbn in traits.isbns), *(f"issn {issn}" for issn in traits.issns)]


def stored(traits: Traits) -> list[str]:
    return [*match_keys(traits), *numbers(traits)]


def ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def measure_damaged(records: list[Marc], wanted: int, *, misses: bool) -> dict[str, Any]:
    """Every record with one damaged copy; strangers are all the other records of the corpus, volumes and all."""
    chance = random.Random(7)
    pot, kinds_of, titles = Pot(), {}, []
    for marc in records:
        pot.add(traits_of(marc))
    sources = chance.sample(range(len(records)), min(wanted, len(records)))
    for source in sources:
        spoilt, kinds = damaged(records[source], chance)
        kinds_of[pot.add(traits_of(spoilt))] = (source, kinds)
        titles.append(json.dumps(fields_of(spoilt, "245"), ensure_ascii=False)[:160])
    alike = twins(pot, len(records))
    found = maybe = wrong = right = 0
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    reached = 0
    for number, (source, kinds) in kinds_of.items():
        scores = {other: compare(pot.traits[number], pot.traits[other]) for other in pot.meeting(number)}
        own = scores.get(source)
        reached += own is not None
        sure = {other for other, match in scores.items() if not match.differs and match.score >= HOUSE.sure}
        is_found = source in sure
        found += is_found
        maybe += is_found or bool(own and not own.differs and own.score >= HOUSE.maybe)
        right += len(sure & alike[source])
        strangers = sure - alike[source] - set(kinds_of)
        wrong += len(strangers)
        if misses and strangers:
            told = [pick(field, "abnpc") for other in strangers for field in fields_of(records[other], "245")][:2]
            print("WRONG", scores[min(strangers)], titles[number - len(records)], told, file=sys.stderr)
        for kind in kinds:
            by_kind[kind][0] += is_found
            by_kind[kind][1] += 1
        if misses and not is_found:
            print(kinds, own and (own.score, own.differs), titles[number - len(records)], file=sys.stderr)
    return {
        "pairs": len(kinds_of),
        "precision": ratio(right, right + wrong),
        "recall": ratio(found, len(kinds_of)),
        "recall_with_a_person": ratio(maybe, len(kinds_of)),
        "met_on_a_key": ratio(reached, len(kinds_of)),
        "recall_by_damage": {kind: ratio(*counts) for kind, counts in sorted(by_kind.items())},
    }


def twins(pot: Pot, count: int) -> dict[int, set[int]]:
    """Records of the corpus that are one book before any damage: to find these too is no error."""
    alike = {number: {number} for number in range(count)}
    for number in range(count):
        for other in pot.meeting(number):
            if other < count and same_by_numbers(pot.traits[number], pot.traits[other]):
                alike[number].add(other)
    return alike


def same_by_numbers(one: Traits, other: Traits) -> bool:
    """One book by a shared number, or by plain equality of title, year, author and pages."""
    told = one.isbns & other.isbns or one.national & other.national or one.controls & other.controls
    plain = one.heads[:1] == other.heads[:1] and one.years & other.years and one.authors == other.authors
    parts = one.volumes == other.volumes and one.part == other.part
    return bool(parts and (told or (plain and one.pages == other.pages)))


def same_by_hand(one: Marc, other: Marc, *, numbered: bool = True) -> bool | None:
    """Whether two records with one ISBN (`numbered`), or one title and author, are one book, by rules of thumb; None
    where they can't tell.

    Two: another carrier (leader/06, online), other volume numbers, another part, or one title in years and lengths
    apart (an edition, a translation). One: the same letters of 245 $a and the same year (imprint or 008); without a
    number in common the whole title must be the same, and the length.
    """
    if _carrier(one) != _carrier(other) or _volumes(one) != _volumes(other):
        return False
    parts = [_letters(marc, "p") for marc in (one, other)]
    if all(parts) and parts[0] != parts[1]:
        return False
    if _letters(one, "a")[:20] != _letters(other, "a")[:20]:
        return None
    alike = _letters(one, "ab") == _letters(other, "ab") and _length(one) == _length(other) > 0
    if _years(one) & _years(other):
        return True if numbered or alike else None
    apart = abs(_length(one) - _length(other)) if _length(one) and _length(other) else 0
    lasting = "s" in (one["leader"][7:8], other["leader"][7:8])
    return False if apart > 5 and _years(one) and _years(other) and not lasting else None


def _carrier(marc: Marc) -> tuple[str, bool, bool]:
    told = json.dumps(fields_of(marc, "245", "300"))
    return marc["leader"][6:7], "electronic" in told, control_field(marc, "008")[23:24] in ("o", "s")


def _volumes(marc: Marc) -> list[str]:
    return re.findall(r"\d+", " ".join(pick(field, "n") for field in fields_of(marc, "245")))


def _letters(marc: Marc, codes: str) -> str:
    return re.sub(r"[\W_]+", "", " ".join(pick(field, codes) for field in fields_of(marc, "245"))).casefold()


def _years(marc: Marc) -> set[str]:
    imprint = " ".join(pick(field, "c") for field in fields_of(marc, "260", "264"))
    return set(re.findall(r"\d{4}", imprint)) | set(re.findall(r"^\d{4}$", control_field(marc, "008")[7:11]))


def _length(marc: Marc) -> int:
    extent = " ".join(pick(field, "a") for field in fields_of(marc, "300"))
    return max((int(number) for number in re.findall(r"\d{2,4}", extent)), default=0)


def measure_real(records: list[Marc], *, misses: bool) -> dict[str, Any]:
    """Pairs of the corpus that share an ISBN, and those that share title and author and no ISBN."""
    traits = [traits_of(marc) for marc in records]
    by_isbn: dict[str, set[int]] = defaultdict(set)
    by_title: dict[tuple[str, str], set[int]] = defaultdict(set)
    for number, one in enumerate(traits):
        for isbn in one.isbns:
            by_isbn[isbn].add(number)
        for name in fields_of(records[number], "100", "110", "700")[:1]:
            by_title[_letters(records[number], "a")[:20], pick(name, "a").casefold()[:6]].add(number)
    numbered = pairs_within(by_isbn.values())
    titled = pairs_within(by_title.values()) - numbered
    return {
        "one_isbn": judged_pairs(records, traits, numbered, numbered=True, misses=misses),
        "one_isbn_hidden": measure_without_isbn(traits, numbered, records),
        "one_title_no_isbn_in_common": judged_pairs(records, traits, titled, numbered=False, misses=misses),
    }


def pairs_within(blocks: Iterable[set[int]]) -> set[tuple[int, int]]:
    some = [block for block in blocks if len(block) <= 10]
    return {(one, other) for block in some for one in block for other in block if one < other}


def judged_pairs(
    records: list[Marc], traits: list[Traits], pairs: set[tuple[int, int]], *, numbered: bool, misses: bool
) -> dict[str, Any]:
    counts = {(same, taken): 0 for same in (True, False) for taken in (True, False)}
    undecided = 0
    for one, other in sorted(pairs):
        same = same_by_hand(records[one], records[other], numbered=numbered)
        if same is None:
            undecided += 1
            continue
        match = compare(traits[one], traits[other])
        taken = not match.differs and match.score >= HOUSE.sure
        counts[same, taken] += 1
        if misses and same != taken:
            told = [pick(field, "abnpc")[:90] for at in (one, other) for field in fields_of(records[at], "245")]
            print("REAL", same, match.score, match.differs, told, file=sys.stderr)
    hit, missed, false = counts[True, True], counts[True, False], counts[False, True]
    return {
        "pairs_of_one_book": hit + missed,
        "pairs_of_two": false + counts[False, False],
        "not_judged": undecided,
        "precision": ratio(hit, hit + false),
        "recall": ratio(hit, hit + missed),
    }


def measure_without_isbn(traits: list[Traits], pairs: set[tuple[int, int]], records: list[Marc]) -> dict[str, Any]:
    """The same pairs with every number hidden: what the description alone can do."""
    from dataclasses import replace

    hidden: frozenset[str] = frozenset()
    bare = [replace(one, isbns=hidden, issns=hidden, national=hidden, controls=hidden) for one in traits]
    hit = missed = false = met = 0
    for one, other in pairs:
        same = same_by_hand(records[one], records[other])
        if same is None:
            continue
        match = compare(bare[one], bare[other])
        taken = not match.differs and match.score >= HOUSE.sure
        meets = bool(set(asked_keys(bare[one])) & set(match_keys(bare[other])))
        hit += same and taken and meets
        missed += same and not (taken and meets)
        met += same and meets
        false += (not same) and taken and meets
    return {"precision": ratio(hit, hit + false), "recall": ratio(hit, hit + missed), "met": ratio(met, hit + missed)}


def large(wanted: int, records: list[Marc]) -> Iterator[tuple[Marc, int]]:
    """A multiplied catalogue, each record with numbers of its own; one in twenty followed by its damaged double."""
    chance = random.Random(3)
    for group, marc in enumerate(multiplied.multiplied(wanted, sources=records), 1):
        own = numbered(marc, group, chance)
        yield own, group
        if chance.random() < 0.05:
            yield damaged(own, chance)[0], group


def numbered(marc: Marc, number: int, chance: random.Random) -> Marc:
    """The record with numbers, year and pages of its own: those of its source hundreds of others have too."""
    body = f"978{number:09d}"
    check = -(sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))) % 10
    own = {"020": f"{body}{check}", "010": f"   {number:08d}", "035": f"(OCoLC){number}"}
    fields = []
    for entry in marc["fields"]:
        tag = next(iter(entry))
        if tag in own:
            fields.append({tag: {"ind1": " ", "ind2": " ", "subfields": [{"a": own.pop(tag)}]}})
        elif tag not in NUMBERS:
            fields.append(copy.deepcopy(entry))
    whole = {**marc, "fields": fields}
    year, pages = chance.randint(1950, 2025), chance.randint(40, 700)
    texts_changed(whole, ["260", "264"], "c", lambda text: re.sub(r"(?<!\d)(1[5-9]|20)\d\d(?!\d)", str(year), text))
    texts_changed(whole, ["300"], "a", lambda text: re.sub(r"\d{2,4}", str(pages), text))
    for entry in fields:
        if isinstance(fixed := entry.get("008"), str):
            entry["008"] = f"{fixed[:7]}{year}{fixed[11:]}"
    return whole


def pack(traits: Traits) -> bytes:
    values = [getattr(traits, name) for name in Traits.__slots__]
    return orjson.dumps([sorted(value) if isinstance(value, frozenset) else value for value in values])


def unpack(data: bytes) -> Traits:
    made = dict(zip(Traits.__slots__, orjson.loads(data), strict=True))
    lists = {name: frozenset(made[name]) for name in FROZEN}
    return Traits(**(made | lists | {name: tuple(made[name]) for name in ("titles", "heads", "authors")}))


FROZEN = ("controls", "isbns", "issns", "national", "people", "years", "volumes", "figures")


class Spilled:
    """Traits on disk: what a catalogue's database holds need not lie in memory."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the bench
        self.ends = array("Q", [0])

    def __len__(self) -> int:
        return len(self.ends) - 1

    def add(self, traits: Traits) -> None:
        self.ends.append(self.ends[-1] + self.file.write(pack(traits)))

    def __getitem__(self, number: int) -> Traits:
        start, end = self.ends[number], self.ends[number + 1]
        return unpack(os.pread(self.file.fileno(), end - start, start))


def measure_large(wanted: int, records: list[Marc]) -> dict[str, Any]:
    """What the desk of duplicates does with a whole catalogue: keys sorted, what meets compared, clusters joined."""
    groups, packed, keys = array("q"), Spilled(), Buckets(63 - BUCKET_BITS)
    making = working = 0.0
    reading = time.perf_counter()
    for number, (marc, group) in enumerate(large(wanted, records)):
        began, worked = time.perf_counter(), time.process_time()
        traits = traits_of(marc)
        for key in stored(traits):
            keys.add((hash(key) & 0x7FFFFFFFFF) << 24 | number)
        packed.add(traits)
        making += time.perf_counter() - began
        working += time.process_time() - worked
        groups.append(group)
    reading = time.perf_counter() - reading
    packed.file.flush()
    began, worked = time.perf_counter(), time.process_time()
    parent = array("l", range(len(packed)))
    compared = joined = 0
    last, mine = -1, None
    for pair in meeting_pairs(keys).each(once=True):
        one, other = pair >> 24, pair & 0xFFFFFF
        if one != last:
            last, mine = one, packed[one]
        assert mine
        theirs = packed[other]
        compared += 1
        if differs(mine, theirs) or compare(mine, theirs).score < HOUSE.sure:
            continue
        joined += 1
        parent[root(parent, other)] = root(parent, one)
    clustering = time.perf_counter() - began
    working += time.process_time() - worked
    clusters = joined_up(parent)
    found, right = judged(clusters, groups)
    planted = len(groups) - len(set(groups))
    return {
        "records": len(packed),
        "planted": planted,
        "compared": compared,
        "clusters": sum(len(members) > 1 for members in clusters.values()),
        "precision": ratio(right, found),
        "recall": ratio(right, planted),
        "seconds_keys": round(making, 1),
        "seconds_clustering": round(clustering, 1),
        "cpu_minutes_for_a_million": round(working / len(packed) * 1e6 / 60, 2),
        "records_per_second": round(len(packed) / (making + clustering)),
        "minutes_for_a_million": round((making + clustering) / len(packed) * 1e6 / 60, 2),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "seconds_making_the_records": round(reading - making, 1),
    }


class Buckets:
    """Numbers apart by their highest bits, so that they are sorted a bucket at a time and never all at once."""

    def __init__(self, shift: int) -> None:
        self.shift = shift
        self.buckets = [array("Q") for _ in range(1 << BUCKET_BITS)]

    def add(self, number: int) -> None:
        self.buckets[number >> self.shift].append(number)

    def each(self, *, once: bool = False) -> Iterator[int]:
        """All of them in order; `once` leaves out doubles. What was given out is forgotten."""
        for at, bucket in enumerate(self.buckets):
            self.buckets[at] = array("Q")
            yield from sorted(set(bucket) if once else bucket)


def meeting_blocks(keys: Buckets) -> Iterator[list[int]]:
    """The records under each key that two have and not too many."""
    block: list[int] = []
    last = -1
    for packed in keys.each():
        key, number = packed >> 24, packed & 0xFFFFFF
        if key != last:
            if 1 < len(block) <= LARGEST_BLOCK:
                yield block
            block, last = [], key
        block.append(number)
    if 1 < len(block) <= LARGEST_BLOCK:
        yield block


def meeting_pairs(keys: Buckets) -> Buckets:
    """Pairs of record numbers under one key, as one number each."""
    pairs = Buckets(48 - BUCKET_BITS)
    for block in meeting_blocks(keys):
        for at, one in enumerate(block):
            for other in block[at + 1 :]:
                pairs.add(one << 24 | other)
    return pairs


def joined_up(parent: array[int]) -> dict[int, list[int]]:
    """The clusters of two and more, by the number at their top."""
    clusters: dict[int, list[int]] = defaultdict(list)
    for number in range(len(parent)):
        if (top := root(parent, number)) != number:
            clusters[top].append(number)
    return {top: [top, *members] for top, members in clusters.items()}


def judged(clusters: dict[int, list[int]], groups: array[int]) -> tuple[int, int]:
    """(pairs found, pairs found that were planted)."""
    found = right = 0
    for members in clusters.values():
        for at, one in enumerate(members):
            found += len(members) - at - 1
            right += sum(groups[one] == groups[other] for other in members[at + 1 :])
    return found, right


def root(parent: array[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    records = corpus()
    print(
        json.dumps(
            {
                "bench": "dedupe",
                "damaged": measure_damaged(records, asked.pairs, misses=asked.misses),
                "real": measure_real(records, misses=asked.misses),
                "clustered": measure_large(asked.records, records) if asked.records else None,
            }
        )
    )


if __name__ == "__main__":
    main()
