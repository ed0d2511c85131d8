"""Which page of a delivery is which page that is there: by look, by the names of files, by order between such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LOOK, NAME, ORDER = "look", "name", "order"


@dataclass(frozen=True, slots=True)
class OnePage:
    """A page that comes, or is there. id: its scan, or the page's own. name: of its file; of: pages of that file."""

    id: str
    name: str
    index: int = 0
    of: int = 1


def by_name(new: Sequence[OnePage], old: Sequence[OnePage]) -> dict[str, str]:
    """New page -> old one of a file that is called so, in whatever letters, at the same place of as many pages."""
    places = {_place(p): p.id for p in old}
    return {p.id: places[_place(p)] for p in new if _place(p) in places}


def pair_up(
    new: Sequence[OnePage], old: Sequence[OnePage], same: Mapping[tuple[str, str], float], named: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """New page -> (old page, by what), each old one once. new, old: in order. same: pairs that look alike, how much.

    A name says less than a look: pages of a PDF move by one where one more was scanned. Where most are known, what is
    left between two pairs is paired in order if it is as many on both sides. What lies before the first and behind the
    last pair may be other pages of the book: it is paired so only where all in all as many came as are there.
    """
    pairs: dict[str, tuple[str, str]] = {}
    for one, other in sorted(same, key=lambda pair: (-same[pair], pair)):
        if one not in pairs and other not in {o for o, _ in pairs.values()}:
            pairs[one] = (other, LOOK)
    taken = {other for other, _ in pairs.values()}
    for one, other in named.items():
        if one not in pairs and other not in taken:
            pairs[one] = (other, NAME)
            taken.add(other)
    return {**pairs, **_pair_between(new, old, pairs)} if 2 * len(pairs) >= len(new) else pairs


def _pair_between(
    new: Sequence[OnePage], old: Sequence[OnePage], pairs: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    at = {p.id: i for i, p in enumerate(old)}
    known = [(i, at[pairs[p.id][0]]) for i, p in enumerate(new) if p.id in pairs]
    if len(new) == len(old):
        known = [(-1, -1), *known, (len(new), len(old))]
    found: dict[str, tuple[str, str]] = {}
    for (a, b), (c, d) in zip(known, known[1:], strict=False):
        # As many on both sides, and none of those there is another's: the order on paper is the same.
        others = old[b + 1 : d]
        if c - a == d - b and not {o.id for o in others} & {o for o, _ in pairs.values()}:
            found |= {new[a + k].id: (old[b + k].id, ORDER) for k in range(1, c - a)}
    return found


def _place(page: OnePage) -> tuple[str, int, int]:
    return (page.name.rpartition("/")[2].casefold(), page.index, page.of)
