"""Finding, and what is tried when nothing is found."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Final

from kitabxana.catalogue.queries import findable_briefs
from kitabxana.holdings.queries import items_by_barcode, on_shelf
from kitabxana.language import fold, retyped, transliterate, words
from kitabxana.search.facts import And, Counts, Not, Or, Records, SearchAnswer, SearchRequest, Term
from kitabxana.search.models import store
from kitabxana.search.rules.documents import HEADS
from kitabxana.search.rules.kin import BAKU_1926, LAYERS, WRITTEN_WORD, query_keys
from kitabxana.search.rules.loosening import alike, beginnings, most_of, respelt, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitabxana.search.facts import Node
    from kitabxana.search.models import Engine

FEW: Final = 3
"""With fewer hits than this, and a much more usual word spelt alike, that word is offered."""

MUCH_MORE_USUAL: Final = 10
DICTIONARY_WORDS: Final = 20_000
MOST_FORMS: Final = 12
_BEGINNING: Final = 3
LOOKED_THROUGH: Final = 2000
"""How many of the best hits are asked whether a copy is on the shelf."""

FACETS_KEPT: Final = 500
FACETS_SECONDS: Final = 60
BATCH: Final = 10_000


def find(request: SearchRequest) -> SearchAnswer:
    """What is found; with nothing found, what is spelt alike, then what has most of the words."""
    engine = store.current()
    request = replace(request, query=_with_barcodes(request.query))
    answer = _within_reach(engine, request)
    if answer.total:
        return answer if answer.total > FEW else replace(answer, instead=_more_usual(engine, request))
    if _narrowed_away(engine, request):
        return answer
    meant = _meant(engine, request) if LAYERS["fuzzy"] else {}
    if meant:
        spelt_alike = replace(request, query=respelt(request.query, meant))
        answer = _within_reach(engine, spelt_alike)
        if answer.total:
            instead = tuple(
                (term.written or term.word, meant[term.word][0])
                for term in words_of(request.query)
                if term.word in meant
            )
            return replace(answer, loosened="alike", instead=instead)
    fewer = most_of(request.query)
    if fewer is not None:
        answer = _within_reach(engine, replace(request, query=fewer))
        if answer.total:
            return replace(answer, loosened="most")
    return answer


def _narrowed_away(engine: Engine, request: SearchRequest) -> bool:
    """Whether the words do stand together, only not within what was chosen: then there is nothing to respell."""
    if not (request.filters or request.available):
        return False
    return bool(engine.search(replace(request, filters={}, available=False, offset=0, limit=1)).total)


def each_hit(request: SearchRequest, *, batch: int = BATCH) -> Iterator[list[int]]:
    """The ids of all hits, in order of id, a batch at a time: for exports."""
    last = 0
    engine = store.current()
    request = replace(request, query=_with_barcodes(request.query))
    while found := engine.ids_after(request, last, batch):
        yield found
        last = found[-1]


def _with_barcodes(node: Node) -> Node:
    """The query with barcodes looked up: copies are the database's to know."""
    match node:
        case Term("barcode"):
            found = items_by_barcode([node.written or node.word])
            return Records(tuple(item.record_id for item in found.values()))
        case And(parts):
            return And(tuple(_with_barcodes(part) for part in parts))
        case Or(parts):
            return Or(tuple(_with_barcodes(part) for part in parts))
        case Not(part):
            return Not(_with_barcodes(part))
        case _:
            return node


def _within_reach(engine: Engine, request: SearchRequest) -> SearchAnswer:
    if request.available:
        return _available(engine, request)
    answer = engine.search(request)
    if request.facets:
        return replace(answer, counts=_kept_facets(engine, request, answer.total))
    return answer


def _available(engine: Engine, request: SearchRequest) -> SearchAnswer:
    """The hits with a copy on the shelf now, among the best ones: the index knows no loans, the database does."""
    wide = replace(request, offset=0, limit=LOOKED_THROUGH)
    answer = engine.search(wide)
    there = on_shelf((hit.record_id for hit in answer.hits), units=request.filters.get("library", ()))
    kept = tuple(hit for hit in answer.hits if hit.record_id in there)
    return SearchAnswer(
        total=len(kept),
        hits=kept[request.offset : request.offset + request.limit],
        counts=_kept_facets(engine, request, answer.total) if request.facets else Counts(),
        cut=answer.total > LOOKED_THROUGH,
    )


class _Facets:
    """Counts of the last searches, so that paging, sorting and crawlers do not count anew; per process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[float, Counts]] = OrderedDict()
        self._lock = Lock()

    def of(self, engine: Engine, request: SearchRequest, total: int) -> Counts:
        key = (engine.stamp(), request.query, tuple(sorted(request.filters.items())), request.facets)
        now = time.monotonic()
        with self._lock:
            known = self._kept.get(key)
            if known and known[0] > now:
                self._kept.move_to_end(key)
                return known[1]
        counted = engine.facets(request, total)
        with self._lock:
            self._kept[key] = (now + FACETS_SECONDS, counted)
            while len(self._kept) > FACETS_KEPT:
                self._kept.popitem(last=False)
        return counted


_kept_facets = _Facets().of


def _meant(engine: Engine, request: SearchRequest) -> dict[str, list[str]]:
    """Words of a query that stand in no record (else those in very few), with what may be meant by them."""
    terms = list(words_of(request.query))
    doubtful = [term for term in terms if not _known(engine, term)]
    if not doubtful and len(terms) > 1:
        doubtful = [term for term in terms if engine.frequency("all", term.word) <= FEW]
    found: dict[str, list[str]] = {}
    for term in doubtful:
        if term.word not in found:
            written = term.written or term.word
            otherwise = (fold(retyped(written)), fold(transliterate(written, BAKU_1926, "az-Latn")))
            if known := [word for word in otherwise if word != term.word and _known(engine, Term(term.field, word))]:
                found[term.word] = known
            elif near := _same_stem(engine, term) or [
                word for word, _ in alike(term.word, _dictionary(engine, term.word))
            ]:
                found[term.word] = near
    return found


def as_written(word: str) -> str:
    """A folded word of the index as its records write it: "xemse" is "Xəmsə". One statement."""
    hits = store.current().search(SearchRequest(Term("all", word, exact=True), limit=3)).hits
    for brief in findable_briefs(hit.record_id for hit in hits).values():
        for text in (brief.get(part, "") for part in ("title", "rest", "author", "by")):
            for written in WRITTEN_WORD.finditer(text):
                if words(written[0]) == [word]:
                    return written[0]
    return word


def _known(engine: Engine, term: Term) -> bool:
    if engine.frequency("all", term.word):
        return True
    keys = [key for layer, key in query_keys(term.word, term.written) if layer in ("bridged", "transliterated")]
    return any(engine.frequency(f"{name}_kin", key) for key in keys for name in HEADS)


def _same_stem(engine: Engine, term: Term) -> list[str]:
    """Other forms of a word: keys of stems stand in titles, names and subjects only, words everywhere."""
    wanted = {key for layer, key in query_keys(term.word, term.written) if layer == "stemmed"}
    counted = engine.terms("all", term.word[:_BEGINNING], DICTIONARY_WORDS) if len(term.word) > _BEGINNING else []
    forms = [word for word, _ in counted if wanted & {key for layer, key in query_keys(word) if layer == "stemmed"}]
    return forms[:MOST_FORMS]


def _dictionary(engine: Engine, word: str) -> dict[str, int]:
    """The index's own words, by which a misspelt one may be meant, with the number of their records."""
    counted: dict[str, int] = {}
    for beginning in beginnings(word):
        for name in HEADS:
            for other, count in engine.terms(name, beginning, DICTIONARY_WORDS):
                counted[other] = counted.get(other, 0) + count
    return counted


def _more_usual(engine: Engine, request: SearchRequest) -> tuple[tuple[str, str], ...]:
    """For rare words: a word spelt alike that is much more usual."""
    offered = []
    for term in words_of(request.query):
        count = engine.frequency("all", term.word)
        if count > FEW:
            continue
        counted = _dictionary(engine, term.word)
        nearest = [word for word, edits in alike(term.word, counted) if edits == 1]
        if nearest and counted[nearest[0]] >= MUCH_MORE_USUAL * max(count, 1):
            offered.append((term.written or term.word, nearest[0]))
    return tuple(offered)
