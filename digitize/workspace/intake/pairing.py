"""Match pages of a delivery with existing pages: by image, by file name, by order in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LOOK, NAME, ORDER = "look", "name", "order"


@dataclass(frozen=True, slots=True)
class OnePage:
    """A new or existing page. id: its scan, or the page's own. name: of its file; of: pages of that file."""

    id: str
    name: str
    index: int = 0
    of: int = 1


def by_name(new: Sequence[OnePage], old: Sequence[OnePage]) -> dict[str, str]:
    """New page -> old page of a file with the same name (ignoring case), position and page count."""
    places = {_place(p): p.id for p in old}
    return {p.id: places[_place(p)] for p in new if _place(p) in places}


def pair_up(
    new: Sequence[OnePage], old: Sequence[OnePage], same: Mapping[tuple[str, str], float], named: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """New page -> (old page, criterion), each old one once. new, old: in order. same: pairs that look alike, with
    similarity.

    A name is weaker than an image: pages of a PDF shift by one if one more was scanned. If most are matched, the rest
    between two pairs is matched in order if both sides have as many. Pages before the first and after the last pair may
    be other pages of the book: they are matched only if the totals are equal.
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
