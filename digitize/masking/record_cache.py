"""What is asked of one record again and again while a case is looked at is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from operator import is_
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T", bound=Hashable)
_KEPT = 512
"""Answers of each function: more records than cases that are looked at together have."""


class _IdentityKey:
    """Things taken for themselves: others that are equal to them are others. Held, so that none takes their place."""

    __slots__ = ("named", "number", "things")

    def __init__(self, things: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.things, self.named = things, named
        self.number = hash(tuple(map(id, things)))

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _IdentityKey) or len(self.things) != len(other.things):
            return False
        return self.named == other.named and all(map(is_, self.things, other.things))


def cache_per_record(ask: Callable[P, T]) -> Callable[P, T]:
    """A function of a record, and of rows or words beside it: the same record is not looked through twice.

    Records and rows do not change once they are made; another one with the same cells is looked through anew. Answers
    of the last few hundred records are kept, by all threads together.
    """

    @lru_cache(maxsize=_KEPT)
    def ask_cached(these: _IdentityKey) -> T:
        return ask(*these.things, **these.named)

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        return ask_cached(_IdentityKey(args, kwargs))

    return answer
