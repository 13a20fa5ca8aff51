"""The shape of every answer the house gives to "may this be done?"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Facts = TypeVar("Facts")
Value = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why an action is not done.

    `code` is stable and documented; `params` fill the translated text; `override` names the permission that lifts
    it, None when nobody may.
    """

    code: str
    params: Mapping[str, Value] = field(default_factory=dict)
    override: str | None = None


class Refused(Exception):
    """Raised by an operation that changed nothing, with every refusal that stood in its way."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(", ".join(refusal.code for refusal in self.refusals))

    @classmethod
    def one(cls, code: str, /, *, override: str | None = None, **params: Value) -> Refused:
        return cls([Refusal(code, params, override)])


@dataclass(frozen=True, slots=True)
class Rule(Generic[Facts]):
    """One line of a rule table: `refuses` gives the text's parameters when it refuses, None when it does not."""

    code: str
    refuses: Callable[[Facts], Mapping[str, Value] | None]
    override: str | None = None


def refusals(rules: Iterable[Rule[Facts]], facts: Facts) -> tuple[Refusal, ...]:
    """Ask every rule, in order, and collect every refusal: a desk must see all of them at once."""
    found = ((rule, rule.refuses(facts)) for rule in rules)
    return tuple(Refusal(rule.code, params, rule.override) for rule, params in found if params is not None)
