"""How like two records are, point by point, with what speaks for it and against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from kitabxana.catalogue.matching.facts import Match, Point, Traits, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HOUSE: Final = Weights()
_FULL, _NOTHING, _AGAINST = 0.95, 0.72, 0.55
"""Likeness of titles: from the first on it counts fully, below the second not at all, below the third against."""


def compare(mine: Traits, theirs: Traits, *, weights: Weights = HOUSE) -> Match:
    """Score two records; a hard difference makes them two whatever the score."""
    points: list[Point] = []
    for step in _POINTS:
        point = step(mine, theirs, weights)
        if point is not None:
            points.append(point)
    return Match(sum(point.weight for point in points), tuple(points), differs(mine, theirs))


def differs(mine: Traits, theirs: Traits) -> str:
    """The first hard difference: another volume, part, figure in the title, edition, year or kind of thing."""
    for name, apart in _HARD:
        if apart(mine, theirs):
            return name
    return ""


def _other_material(mine: Traits, theirs: Traits) -> bool:
    return bool(mine.material and theirs.material) and mine.material != theirs.material


def _other_volume(mine: Traits, theirs: Traits) -> bool:
    """Another number; also a volume beside the whole, unless the other tells the number in its title."""
    if mine.volumes and theirs.volumes:
        return not mine.volumes & theirs.volumes
    told = mine.volumes or theirs.volumes
    others = theirs.figures if mine.volumes else mine.figures
    return bool(told) and not {str(volume) for volume in told} & others


def _other_part(mine: Traits, theirs: Traits) -> bool:
    if not (mine.part and theirs.part):
        return False
    return fuzz.ratio(mine.part, theirs.part) < 70


def _other_figures(mine: Traits, theirs: Traits) -> bool:
    """ "Algebra 7" and "Algebra 8": each has a number that the other lacks."""
    told = {str(volume) for volume in mine.volumes | theirs.volumes}
    return bool(mine.figures - theirs.figures - told) and bool(theirs.figures - mine.figures - told)


def _other_edition(mine: Traits, theirs: Traits) -> bool:
    return bool(mine.edition and theirs.edition) and mine.edition != theirs.edition


def _other_year(mine: Traits, theirs: Traits) -> bool:
    """More than a year apart; not for what goes on from year to year."""
    if not mine.years or not theirs.years or mine.material[1:2] in ("b", "i", "s"):
        return False
    return _years_apart(mine, theirs) > 1


def _years_apart(mine: Traits, theirs: Traits) -> int:
    return min(abs(one - other) for one in mine.years for other in theirs.years)


_HARD: tuple[tuple[str, Callable[[Traits, Traits], bool]], ...] = (
    ("material", _other_material),
    ("volume", _other_volume),
    ("year", _other_year),
    ("edition", _other_edition),
    ("part", _other_part),
    ("figures", _other_figures),
)


def _control(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    return _shared("control", mine.controls, theirs.controls, weights.control, 0)


def _isbn(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    return _shared("isbn", mine.isbns, theirs.isbns, weights.isbn, -weights.isbn // 2)


def _issn(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    serial = mine.material[1:2] in ("b", "i", "s")  # in a book it is the number of its series
    return _shared("issn", mine.issns, theirs.issns, weights.issn, -weights.issn) if serial else None


def _national(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    """Only numbers of one scheme can disagree."""
    same = {number.partition(":")[0] for number in mine.national} & {
        number.partition(":")[0] for number in theirs.national
    }
    return _shared("national", mine.national, theirs.national, weights.national, -15 if same else 0)


def _shared(name: str, mine: frozenset[str], theirs: frozenset[str], same: int, other: int) -> Point | None:
    if not mine or not theirs:
        return None
    common = mine & theirs
    if common:
        return Point(name, min(common), min(common), same)
    return Point(name, min(mine), min(theirs), other) if other else None


def _title(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    if not mine.titles or not theirs.titles:
        return None
    likeness, one, other = max((_likeness(one, other), one, other) for one in mine.titles for other in theirs.titles)
    heads = max(
        ((fuzz.ratio(one, other) / 100, one, other) for one in mine.heads for other in theirs.heads),
        default=(0.0, "", ""),
    )
    if heads[0] * 0.94 > likeness:  # the remainder of the title is what agencies leave out or put elsewhere
        likeness, one, other = heads[0] * 0.94, heads[1], heads[2]
    if likeness < _NOTHING or (likeness < _FULL and _other_words(one, other) and _other_words(other, one)):
        weight = -weights.title if likeness < _AGAINST else -weights.title // 3
    else:
        weight = round(weights.title * min(1.0, (likeness - _NOTHING) / (_FULL - _NOTHING)))
    return Point("title", one, other, weight)


def _other_words(one: str, other: str) -> bool:
    """ "History of the town of Gəncə" and "… of Bakı": a word that is nowhere in the other title, however spelt."""
    theirs = other.split()
    joined = other.replace(" ", "")
    return any(
        len(word) > 2
        and word not in theirs
        and max(fuzz.ratio(word, another) for another in theirs) < 75
        and fuzz.partial_ratio(word, joined) < 88  # words run together
        for word in one.split()
    )


def _likeness(one: str, other: str) -> float:
    """0 to 1; where one title goes on after the other ends, or words are cut otherwise, a little is taken off."""
    plain = fuzz.ratio(one, other)
    if plain >= 95:
        return plain / 100
    joined = fuzz.ratio(one.replace(" ", ""), other.replace(" ", ""))
    shorter = min(len(one), len(other))
    begins = fuzz.ratio(one[:shorter], other[:shorter]) * 0.93 if shorter >= 12 else 0.0
    return max(plain, joined * 0.99, begins) / 100


def _author(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    if not mine.people or not theirs.people:
        return None
    one, other = " ".join(mine.authors), " ".join(theirs.authors)
    if _named(mine.authors, theirs.people) or _named(theirs.authors, mine.people):
        return Point("author", one, other, weights.author)
    if not mine.authors or not theirs.authors:
        return None
    return Point("author", one, other, -weights.author)


def _named(authors: Iterable[str], people: frozenset[str]) -> bool:
    for author in authors:
        if author in people:
            return True
        if len(author) > 3 and any(
            JaroWinkler.similarity(author, name, score_cutoff=0.9)
            for name in people
            if abs(len(name) - len(author)) < 4
        ):
            return True
    return False


def _year(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    if not mine.years or not theirs.years:
        return None
    apart = _years_apart(mine, theirs)
    weight = weights.year if apart == 0 else weights.year // 4 if apart == 1 else -weights.year
    return Point("year", _list(mine.years), _list(theirs.years), weight)


def _publisher(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    if not mine.publisher or not theirs.publisher:
        return None
    likeness = fuzz.token_set_ratio(mine.publisher, theirs.publisher)
    weight = weights.publisher if likeness >= 85 else weights.publisher // 2 if likeness >= 70 else -weights.publisher
    return Point("publisher", mine.publisher, theirs.publisher, weight)


def _pages(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    if not mine.pages or not theirs.pages:
        return None
    apart = abs(mine.pages - theirs.pages)
    if apart <= 1:
        weight = weights.pages
    elif apart <= max(4, mine.pages // 25):
        weight = weights.pages // 2
    else:
        weight = -weights.pages if apart > max(10, mine.pages // 10) else 0
    return Point("pages", str(mine.pages), str(theirs.pages), weight)


def _edition(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    """A later edition beside a record that names none."""
    del weights
    if (mine.edition > 1) == (theirs.edition > 1):
        return None
    return Point("edition", str(mine.edition or ""), str(theirs.edition or ""), -10)


def _part(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    """A part beside what names none, unless its title says it."""
    del weights
    part, whole = (mine.part, theirs) if mine.part else (theirs.part, mine)
    if not part or bool(mine.part) == bool(theirs.part):
        return None
    if any(fuzz.partial_ratio(part, title) >= 85 for title in whole.titles):
        return None
    return Point("part", mine.part, theirs.part, -30)


def _figures(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    del weights
    told = {str(volume) for volume in mine.volumes | theirs.volumes}
    if mine.figures == theirs.figures or not (mine.figures ^ theirs.figures) - told:
        return None
    return Point("figures", _list(mine.figures), _list(theirs.figures), -12)


def _language(mine: Traits, theirs: Traits, weights: Weights) -> Point | None:
    del weights
    if not mine.language or not theirs.language or mine.language == theirs.language:
        return None
    return Point("language", mine.language, theirs.language, -25)


def _list(values: Iterable[int | str]) -> str:
    return " ".join(sorted(map(str, values)))


_POINTS: tuple[Callable[[Traits, Traits, Weights], Point | None], ...] = (
    _control, _isbn, _issn, _national, _title, _author, _year, _publisher, _pages, _edition, _part, _figures, _language,
)  # fmt: skip
