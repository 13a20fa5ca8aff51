"""Finding readers by whatever is at hand: name, card, telephone, e-mail.

A name is looked up in two steps: the words typed are met with the words that occur in names (a small vocabulary with
keys for spelling, script and slips of the finger), then the readers who have one of each are read from the links.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q

from kitabxana.base.actor import EVERYWHERE
from kitabxana.language import bridge, is_rtl, skeleton
from kitabxana.organisation.queries import tree
from kitabxana.patrons.models import Patron
from kitabxana.patrons.queries.numbers import patrons_by_number
from kitabxana.patrons.rules import SHORTEST_MENDED, name_words, near, phone_key, traces

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FOUND = 500
MOST_WORDS_MEANT = 400
_LAST = "\U0010ffff"
_SHORT_PHONE = 7
_WORDS = f"""
    (SELECT %s, id, word, word COLLATE "C" >= %s AND word COLLATE "C" < %s FROM patrons_nameword
    WHERE (word >= %s AND word < %s) OR (bridge >= %s AND bridge < %s) LIMIT {MOST_WORDS_MEANT + 1})
"""  # noqa: S608 - our own number


@dataclass(frozen=True, slots=True)
class _Asked:
    """One typed word and the words of names it may stand for; `plain` are those that begin as it was typed."""

    word: str
    plain: dict[int, str]
    spelt: dict[int, str]

    @property
    def ids(self) -> list[int]:
        return [*self.plain, *self.spelt]

    @property
    def is_weak(self) -> bool:
        """Begins so many words (an initial does) that readers are not looked up by it, only sifted."""
        return len(self.ids) > MOST_WORDS_MEANT


def units_in(prefixes: Sequence[str]) -> list[int] | None:
    """Ids of the libraries whose readers are seen with these scopes; None for all there are.

    The libraries of one system (MKS) share their readers.
    """
    if EVERYWHERE in prefixes:
        return None
    organisation = tree()
    seen: set[int] = set()
    for prefix in prefixes:
        code = prefix.rstrip("/").rpartition("/")[2]
        shared = organisation.system_of(code).path if code in organisation.units else prefix
        seen |= {unit.id for unit in organisation.under(shared)}
    return sorted(seen)


def find(text: str, *, units: list[int] | None, most: int = MOST_FOUND) -> list[int]:
    """Ids of readers of these libraries for what was typed, the best first, at most `most`; [] for no text.

    A text with a digit or an @ is a card's, telephone or national number or an e-mail, whole; anything else is a name.
    """
    if units == [] or not text.strip():
        return []
    if "@" in text or any(map(str.isdecimal, text)):
        return _by_number(text.strip(), units, most)
    return _by_name(name_words(text), units, most)


def _by_number(text: str, units: list[int] | None, most: int) -> list[int]:
    """Each of the ways is an index look-up of its own; together they are rarely more than one reader."""
    here = Q(deleted_at__isnull=True) if units is None else Q(deleted_at__isnull=True, home_unit__in=units)
    ways = [Q(cards__number__in={text, text.upper()})]
    if "@" in text:
        ways = [Q(email=text.lower())]
    elif sum(map(str.isdecimal, text)) >= _SHORT_PHONE:
        ways.append(Q(phone_key=phone_key(text)))
    if persons := patrons_by_number(text):
        ways.append(Q(pk__in=persons))
    found: dict[int, None] = {}
    for way in ways:
        found |= dict.fromkeys(Patron.objects.filter(here & way).values_list("pk", flat=True)[:most])
    return list(found)


def _by_name(typed: list[str], units: list[int] | None, most: int) -> list[int]:
    """Whose name begins as typed, by name; then who has all the words, in whatever order and spelling."""
    if not typed:
        return []
    first = _beginning(" ".join(typed), units, most)
    if len(first) == most:
        return first
    asked = _spelt(typed)
    joined = [one.ids for one in asked if not one.is_weak] or [one.ids for one in asked]
    found = _linked(joined, units, most) if all(one.ids for one in asked) else []
    ranked = list(dict.fromkeys([*first, *_ranked(found, asked)]))
    if not ranked:  # nobody is called as typed: perhaps a slip of the finger, or the Arabic script
        mended = _mended(asked)
        ranked = _ranked(_linked(mended, units, most), []) if all(mended) else []
    return ranked[:most]


def _beginning(text: str, units: list[int] | None, most: int) -> list[int]:
    """Readers whose name begins with this folded text, in name order."""
    rows = Patron.objects.filter(search_key__gte=text, search_key__lt=text + _LAST, deleted_at__isnull=True)
    if units is not None:
        rows = rows.filter(home_unit__in=units)
    return list(rows.order_by("search_key", "pk").values_list("pk", flat=True)[:most])


def _spelt(typed: list[str]) -> list[_Asked]:
    """The words of names that begin as typed, and those that begin so in another spelling: one statement for all."""
    params: list[Any] = []
    for at, word in enumerate(typed):
        key = bridge(word)
        params += [at, *[word, word + _LAST] * 2, key or _LAST, key + _LAST]
    asked = [_Asked(word, {}, {}) for word in typed]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([_WORDS] * len(typed)), params)
        for at, number, word, begins in cursor.fetchall():
            (asked[at].plain if begins else asked[at].spelt)[number] = word
    return asked


def _mended(asked: list[_Asked]) -> list[list[int]]:
    """For each typed word also the ids of those a slip away, and of those with its consonants in Arabic script."""
    keys = {at: bridge(one.word) for at, one in enumerate(asked)}
    shares = {trace: at for at, key in keys.items() if len(key) >= SHORTEST_MENDED for trace in traces(key)}
    bones = {skeleton(one.word): at for at, one in enumerate(asked) if is_rtl(one.word)}
    found = [one.ids for one in asked]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.trace, w.id, w.bridge FROM patrons_nametrace t JOIN patrons_nameword w ON w.id = t.word_id
            WHERE t.trace = ANY(%s) UNION ALL
            SELECT NULL, id, skeleton FROM patrons_nameword WHERE skeleton = ANY(%s) AND skeleton <> ''""",
            [list(shares), list(bones)],
        )
        for trace, number, key in cursor.fetchall():
            if trace is None:
                found[bones[key]].append(number)
                continue
            for at, mine in keys.items():
                if trace in traces(mine) and near(mine, key):
                    found[at].append(number)
    return found


def _linked(wanted: list[list[int]], units: list[int] | None, most: int) -> list[int]:
    """Readers who have a word of each list in the name. Constants let the planner begin with the rarest word."""
    joins = "".join(
        f" JOIN patrons_namelink l{at} ON l{at}.patron_id = l0.patron_id AND l{at}.word_id = ANY(%s)"
        for at in range(1, len(wanted))
    )
    here = "" if units is None else " AND l0.unit_id = ANY(%s)"
    params: list[Any] = [*wanted[1:], wanted[0], *([] if units is None else [units])]
    statement = f"SELECT l0.patron_id FROM patrons_namelink l0{joins} WHERE l0.word_id = ANY(%s){here} LIMIT {2 * most}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = dict.fromkeys(row[0] for row in cursor.fetchall())
    return list(found)[:most]


def _ranked(found: list[int], asked: list[_Asked]) -> list[int]:
    """Whole words before beginnings, as typed before other spellings, then by name; weak words are asked for here."""
    rows = Patron.objects.filter(pk__in=found, deleted_at__isnull=True).values_list("pk", "search_key")
    weak = [one.word for one in asked if one.is_weak]

    def rank(row: tuple[int, str]) -> tuple[int, str, int]:
        names = row[1].split()
        worth = (0 if one.word in names else 1 if any(n.startswith(one.word) for n in names) else 2 for one in asked)
        return sum(worth), row[1], row[0]

    kept = (row for row in rows if all(any(n.startswith(word) for n in row[1].split()) for word in weak))
    return [pk for pk, _ in sorted(kept, key=rank)]
