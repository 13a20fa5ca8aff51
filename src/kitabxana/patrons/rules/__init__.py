"""What holds of readers: who may be registered, what a PIN may be, ages, numbers and the ways to compare them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kitabxana.kernel.decisions import Rule
from kitabxana.language import bridge, words
from kitabxana.patrons.facts import CHANNELS, HISTORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kitabxana.kernel.decisions import Refusal, Value
    from kitabxana.patrons.facts import CategoryFacts, Draft

LONGEST_SEARCH_KEY = 320
OLDEST = 130
PHONE_DIGITS = 9
"""A number without its country's code: nine digits in Azerbaijan, and the last nine of Türkiye's ten tell enough."""

RELATIONS = ("parent", "grandparent", "guardian", "teacher", "other")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_PHONE = re.compile(r"\+?[\d\s()./-]+")
_CARD = re.compile(r"[^\s]{1,32}")


def search_key(*names: str) -> str:
    """The folded words of a name, by which lists are in order."""
    return " ".join(words(" ".join(names)))[:LONGEST_SEARCH_KEY]


LONGEST_WORD = 80
MOST_WORDS = 12
SHORTEST_MENDED = 4
"""A key of fewer letters is not mended: nearly everything is one letter away from it."""


def name_words(*names: str) -> list[str]:
    """The folded words of a name by which its reader is found, each once."""
    found = dict.fromkeys(word[:LONGEST_WORD] for word in words(" ".join(names)))
    return list(found)[:MOST_WORDS]


def traces(key: str) -> set[str]:
    """A bridge key and all that is left of it when one letter is left out."""
    if len(key) < SHORTEST_MENDED:
        return {key}
    return {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}


def slips(one: str, other: str) -> int:
    """How many letters must be put in, left out, exchanged or swapped with their neighbour to make one of the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, facing in enumerate(other, 1):
            least = min(line[-1] + 1, last[column] + 1, last[column - 1] + (letter != facing))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == facing
            line.append(min(least, before[column - 2] + 1) if swapped else least)
        before, last = last, line
    return last[-1]


def near(one: str, other: str) -> bool:
    """Whether one key may be a slip of the other: one letter, two in a long word."""
    return slips(one, other) <= (2 if len(one) > 7 else 1)


def phone_key(phone: str) -> str:
    """The last digits of a telephone number, by which it is found however it was written; "" for what is none."""
    digits = "".join(filter(str.isdecimal, phone))
    return digits[-PHONE_DIGITS:] if len(digits) >= 5 else ""


_CODE = re.compile(r"[A-Za-z0-9_-]{1,10}")


def category_problem(code: str, *, least_age: int | None, most_age: int | None) -> str | None:
    """Why this can't be a category (a stable code), None when it can."""
    if not _CODE.fullmatch(code):
        return "wrong_category_code"
    if least_age is not None and most_age is not None and least_age > most_age:
        return "wrong_ages"
    return None


def age_on(born: date, day: date) -> int:
    """Whole years. Who was born on 29 February grows older on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def years_earlier(day: date, years: int) -> date:
    """The last birth date of those who are at least so many years old on this day or the next one (zones differ)."""
    return months_later(day, -12 * years) + timedelta(days=1)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def same_name(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether (surname, first name) may be one person's in two spellings or scripts; either order."""
    mine, theirs = ([" ".join(map(bridge, words(part))) for part in pair] for pair in (one, other))
    return mine in (theirs, theirs[::-1])


@dataclass(frozen=True, slots=True)
class Registering:
    """Everything the rules of registration ask."""

    draft: Draft
    category: CategoryFacts
    today: date

    @property
    def age(self) -> int | None:
        return age_on(self.draft.birth_date, self.today) if self.draft.birth_date else None


def _when(condition: object, **params: Value) -> Mapping[str, Value] | None:
    return params if condition else None


def _no_name(facts: Registering) -> Mapping[str, Value] | None:
    return _when(not words(facts.draft.surname))


def _birth(facts: Registering) -> Mapping[str, Value] | None:
    return _when(facts.age is not None and not 0 <= facts.age <= OLDEST)


def _age(facts: Registering) -> Mapping[str, Value] | None:
    least, most = facts.category.least_age, facts.category.most_age
    if facts.age is None or not 0 <= facts.age <= OLDEST:
        return None
    wrong = (least is not None and facts.age < least) or (most is not None and facts.age > most)
    return _when(wrong, age=facts.age, category=facts.category.code)


def _guarantor(facts: Registering) -> Mapping[str, Value] | None:
    return _when(facts.category.needs_guarantor and not facts.draft.guarantors)


def _email(facts: Registering) -> Mapping[str, Value] | None:
    return _when(facts.draft.email and not _EMAIL.fullmatch(facts.draft.email))


def _phone(facts: Registering) -> Mapping[str, Value] | None:
    phone = facts.draft.phone
    return _when(phone and not (_PHONE.fullmatch(phone) and phone_key(phone)))


def _card(facts: Registering) -> Mapping[str, Value] | None:
    return _when(facts.draft.card and not _CARD.fullmatch(facts.draft.card), card=facts.draft.card)


def _term(facts: Registering) -> Mapping[str, Value] | None:
    start, end = facts.draft.enrolled_on, facts.draft.expires_on
    return _when(start and end and end < start)


def _choices(facts: Registering) -> Mapping[str, Value] | None:
    known = facts.draft.history in HISTORY and set(facts.draft.contact_by) <= set(CHANNELS)
    return _when(not known)


def _number(facts: Registering) -> Mapping[str, Value] | None:
    draft = facts.draft
    if not draft.number:
        return None
    return _when(number_problem(draft.number_kind, draft.number), kind=draft.number_kind)


REGISTER: Sequence[Rule[Registering]] = (
    Rule("no_name", _no_name),
    Rule("bad_birth_date", _birth),
    Rule("bad_email", _email),
    Rule("bad_phone", _phone),
    Rule("bad_card", _card),
    Rule("bad_term", _term),
    Rule("bad_choice", _choices),
    Rule("bad_number", _number),
    Rule("wrong_age", _age, "patrons.edit"),
    Rule("needs_guarantor", _guarantor, "patrons.edit"),
)
"""In the order a desk reads them; the same hold when a reader is changed."""


CONTACT = {
    "contact": frozenset({"email", "phone", "address", "city", "postcode"}),
    "reach": frozenset({"email", "phone"}),
    "nothing": frozenset[str](),
}
"""What a reader may change of the own contacts, by the library's policy `own_contact`."""

OWN_CHOICE = frozenset({"language", "contact_by", "history", "shown_to_guarantor"})
"""What is every reader's own to decide, at every library."""


def changeable(own_contact: str) -> frozenset[str]:
    """Fields of a draft that a reader may change of the own account."""
    return CONTACT[own_contact] | OWN_CHOICE


def shown_by_rule(guarantor_sees: str, *, is_child: bool) -> bool:
    """Whether who answers for a reader sees the account whatever the reader says; `is_child`: someone must answer."""
    return guarantor_sees == "children" and is_child


def shown_to_guarantor(guarantor_sees: str, *, is_child: bool, agreed: bool) -> bool:
    """Whether who answers for a reader sees what the reader has, waits for and owes."""
    return guarantor_sees != "nobody" and (agreed or shown_by_rule(guarantor_sees, is_child=is_child))


def standing(
    found: Iterable[Refusal], *, lift: frozenset[str], may: Callable[[str], bool]
) -> tuple[Refusal, ...]:  # fmt: skip
    """What still stands after lifting what may be lifted."""
    return tuple(one for one in found if not (one.code in lift and one.override and may(one.override)))


def pin_problem(pin: str, *, least: int, known: Iterable[str] = ()) -> str | None:
    """Why this can't be a reader's PIN (a stable code), None when it can.

    `known` is what others may know of the reader (card, birth date's digits, telephone): a PIN is no part of it.
    """
    if len(pin) < least:
        return "pin_too_short"
    if len(pin) > 128 or not pin.isprintable():
        return "bad_pin"
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(pin)}
    halves = pin[: len(pin) // 2] * 2
    if steps in ({0}, {1}, {-1}) or halves == pin:
        return "pin_trivial"
    if any(pin in text for text in known):
        return "pin_known"
    return None


NUMBER_KINDS = ("fin", "tckn", "passport")
"""Azerbaijan's FİN of the identity card, Türkiye's T.C. kimlik no, any passport's number."""

_FIN = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_PASSPORT = re.compile(r"[0-9A-Z]{5,20}")


def plain_number(number: str) -> str:
    """A national number as it is compared: capitals and digits alone."""
    return "".join(filter(str.isalnum, number)).upper()


def number_problem(kind: str, number: str) -> str | None:
    """Why this can't be a number of its kind (a stable code), None when it can."""
    plain = plain_number(number)
    good = (
        (kind == "fin" and _FIN.fullmatch(plain))
        or (kind == "tckn" and _is_tckn(plain))
        or (kind == "passport" and _PASSPORT.fullmatch(plain))
    )
    return None if good else "bad_number"


def _is_tckn(plain: str) -> bool:
    """Eleven digits, the first not 0; the tenth and the eleventh are check digits (Law 5490, MERNİS)."""
    if len(plain) != 11 or not (plain.isascii() and plain.isdecimal()) or plain[0] == "0":
        return False
    digits = [int(digit) for digit in plain]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and digits[10] == sum(digits[:10]) % 10
