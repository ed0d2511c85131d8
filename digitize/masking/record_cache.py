"""Cache of per-record results that are needed repeatedly while a case is processed."""

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
    """Objects compared by identity. Held, so that their ids are not reused."""

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
    """Cache a function of a record, and of rows or words.

    Records and rows are immutable; an equal but different object is computed again. Keeps the last few hundred records,
    shared by all threads.
    """

    @lru_cache(maxsize=_KEPT)
    def ask_cached(these: _IdentityKey) -> T:
        return ask(*these.things, **these.named)

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        return ask_cached(_IdentityKey(args, kwargs))

    return answer
