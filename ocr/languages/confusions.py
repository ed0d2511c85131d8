"""Letters that print engines take for each other, and how alike two texts are when that is known.

The pairs stand in the language files. They were counted on lines whose text is known (benchmarks/read.py --fit) and are
used where a doubtful reading is looked up in a closed list: there a letter that is often misread says less against an
entry than one that hardly ever is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from ocr.languages.language import known_languages

Costs = Mapping[tuple[str, str], float]
USUAL = 0.5
"""What a usual confusion costs of another change of one letter."""


@cache
def known_costs() -> Costs:
    """The cost 0..1 of taking one letter for another, both ways, of all languages; "" stands for no letter."""
    found: dict[tuple[str, str], float] = {}
    for one in known_languages().values():
        for a, b in one.confused_pairs:
            found[a, b] = found[b, a] = USUAL
    return MappingProxyType(found)


def likeness(a: str, b: str, costs: Costs | None = None) -> float:
    """How alike two texts are, 0..1: one less the changes, a letter put for another being two, over all letters.

    Without confusions this is rapidfuzz's fuzz.ratio / 100. costs: of confusions; those of the language files if None.
    """
    if not a or not b:
        return float(a == b)
    costs = known_costs() if costs is None else costs
    gone = [costs.get((x, ""), 1.0) for x in a]
    row = [0.0]
    for cost in gone:
        row.append(row[-1] + cost)
    for y in b:
        come = costs.get(("", y), 1.0)
        before, row = row, [row[0] + come]
        for i, x in enumerate(a):
            put = 0.0 if x == y else 2 * costs.get((x, y), 1.0)
            row.append(min(before[i] + put, before[i + 1] + come, row[i] + gone[i]))
    return 1.0 - row[-1] / (len(a) + len(b))
