"""Cases among the keys of a few records, in memory; gives the same result as `CaseIndex`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

Key = tuple[str, ...]
SENSITIVE, NAMED = 1, 2


class FewCases:
    """Cases, settled on construction; thread-safe for queries.

    said: (first key, flags, record) of each record; edges: keys that are one case; firs: (FIR's number, place) as
    numbers; places: of each number; owners: (further key, first key). fir_node: see `CaseIndex.settle`.
    """

    def __init__(
        self, said: Iterable[tuple[int, int, str]], edges: Iterable[tuple[int, int]], firs: Iterable[tuple[int, int]],
        places: Sequence[Key], owners: Iterable[tuple[int, int]], fir_node: Callable[[int, Key], int],
    ) -> None:  # fmt: skip
        """Merge keys of one case, and record possible matches."""
        self._up: dict[int, int] = {}
        self._near: list[tuple[int, int]] = []
        for a, b in edges:
            self._unite(a, b)
        self._unite_alike(firs, places, fir_node)
        self._unite_owned(owners)
        self.flags: dict[int, int] = {}
        self._members: dict[int, list[str]] = {}
        self._beside: dict[int, set[int]] = {}
        self._gather_flags(said)

    def find_root(self, node: int) -> int:
        """The smallest key of the case that a key belongs to."""
        up = self._up
        while (at := up.get(node, node)) != node:
            # Halved on the way, so that no chain stays long.
            up[node] = node = up.get(at, at)
        return node

    def find_possible(self, root: int) -> Iterable[int]:
        """Cases to which a case may belong."""
        return self._beside.get(root, ())

    def list_members(self, root: int) -> Iterable[str]:
        """Record ids of a case that may need masking."""
        return self._members.get(root, ())

    def _unite(self, a: int, b: int) -> bool:
        low, high = sorted((self.find_root(a), self.find_root(b)))
        if low != high:
            self._up[high] = low
        return low != high

    def _unite_alike(
        self, firs: Iterable[tuple[int, int]], places: Sequence[Key], fir_node: Callable[[int, Key], int]
    ) -> None:
        """See `CaseIndex`."""
        by_main: dict[int, set[int]] = {}
        for main, place in firs:
            by_main.setdefault(main, set()).add(place)
        for main, some in by_main.items():
            pairs = list(combinations(sorted(places[n] for n in some), 2))
            fitting = [(fir_node(main, a), fir_node(main, b)) for a, b in pairs if do_places_agree(a, b)]
            if len(fitting) == len(pairs):
                for a, b in fitting:
                    self._unite(a, b)
            else:
                self._near += [pair for x, y in fitting for pair in ((x, y), (y, x))]

    def _unite_owned(self, owners: Iterable[tuple[int, int]]) -> None:
        """A number stated by records of only one case leads to it; of several cases, to none."""
        by_other: dict[int, set[int]] = {}
        for other, node in owners:
            by_other.setdefault(other, set()).add(node)
        roots = self._find_owners(by_other)
        # A number that leads to a case may make one of two, to which others lead then.
        while any([self._unite(other, min(some)) for other, some in roots.items() if len(some) == 1]):
            roots = self._find_owners(by_other)
        self._near += [(other, n) for other, some in roots.items() if len(some) > 1 for n in by_other[other]]

    def _find_owners(self, by_other: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
        return {other: {self.find_root(node) for node in nodes} for other, nodes in by_other.items()}

    def _gather_flags(self, said: Iterable[tuple[int, int, str]]) -> None:
        self._up = {node: self.find_root(node) for node in self._up}
        for a, b in self._near:
            self._beside.setdefault(self.find_root(a), set()).add(self.find_root(b))
        rooted = [(self.find_root(node), flags, record) for node, flags, record in said]
        for root, flags, _ in rooted:
            self.flags[root] = self.flags.get(root, 0) | (flags & (SENSITIVE | NAMED))
        may_be = self._beside.keys() | {b for some in self._beside.values() for b in some}
        for root, _, record in rooted:
            if self.flags[root] != NAMED or root in may_be:
                self._members.setdefault(root, []).append(record)


def do_places_agree(a: Key, b: Key) -> bool:
    """Whether two places (state, district, part of the register) may be one: "" matches any."""
    return all(x == y or not x or not y for x, y in zip(a, b, strict=True))
