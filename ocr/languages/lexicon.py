"""Closed lists: the values a zone can hold, with the ways people write them; found again in a doubtful reading."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ocr.languages.language import known_languages
from ocr.languages.script import fold_digits, nfc

_SHORT = 4
_LEAST = 0.6
_PARTIAL_WORTH = 0.92
INCOMPLETE = 0.9
"""How complete a list is taken to be of which nobody says that it is."""


class Hit(NamedTuple):
    """One value of a list that a text may mean; score 0..1 is how alike text and its nearest spelling are."""

    value: str
    score: float


@dataclass(frozen=True)
class Lexicon:
    """A closed list. entries: canonical value and its other spellings, as plain text.

    Spellings are compared without case, blanks and punctuation, with digits of any script as 0-9. beside: words printed
    beside such values on forms, so that a crop may hold them, too. trained: entries that the recogniser of handwriting
    was trained on, as ocr.handwriting.entries folds them; None for those of the package's weights. complete: how often
    0..1 what is written is one of them; 1 for a list that can have no other. implies: of an entry, values of the list
    implied_list that stand beside it, as areas beside a place.
    """

    name: str
    entries: tuple[tuple[str, tuple[str, ...]], ...]
    beside: tuple[str, ...] = ()
    trained: frozenset[str] | None = None
    complete: float = INCOMPLETE
    implies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implied_list: str = ""
    _spellings: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _values: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pairs = {(fold_text(s), value) for value, others in self.entries for s in (value, *others)}
        # A set has no order of its own: ties must come out the same on each run.
        ordered = sorted(p for p in pairs if p[0])
        # The class is frozen; these are worked out once.
        object.__setattr__(self, "_spellings", tuple(s for s, _ in ordered))
        object.__setattr__(self, "_values", tuple(v for _, v in ordered))

    def exact(self, text: str) -> str:
        """The value of which text is a spelling; "" for none, and for a spelling of several."""
        wanted = fold_text(text)
        values = {self._values[at] for at in range(*self._range(wanted))} if wanted else set()
        return values.pop() if len(values) == 1 else ""

    def _range(self, wanted: str) -> tuple[int, int]:
        return bisect_left(self._spellings, wanted), bisect_right(self._spellings, wanted)

    def find(self, text: str, limit: int = 5) -> list[Hit]:
        """Values the text may mean, best first, each once; none that is less than 0.6 alike.

        A spelling of under four letters counts only when the text is exactly that: "EC" is in many words.
        """
        wanted = fold_text(text)
        if not wanted:
            return []
        best: dict[str, float] = {}
        for index, score in self._scores(wanted):
            spelling, value = self._spellings[index], self._values[index]
            if score >= _LEAST and (len(spelling) >= _SHORT or spelling == wanted):
                best[value] = max(best.get(value, 0.0), score)
        hits = [Hit(value, round(score, 4)) for value, score in best.items()]
        return sorted(hits, key=lambda h: (-h.score, h.value))[:limit]

    def _scores(self, wanted: str) -> list[tuple[int, float]]:
        """Index and likeness of the spellings nearest to a folded text; a spelling inside more text counts less.

        The nearest are sought as if no letters were taken for each other, which is fast, and weighed knowing it.
        """
        from rapidfuzz import fuzz, process

        whole = process.extract(wanted, self._spellings, scorer=fuzz.ratio, limit=20)
        scores = [(index, likeness(wanted, spelling)) for spelling, _, index in whole]
        if len(wanted) > _SHORT:
            inside = process.extract(wanted, self._spellings, scorer=fuzz.partial_ratio, limit=20)
            # A very short spelling is inside many a text, and a longer one cannot be inside this.
            enough = [x for x in inside if _SHORT <= len(x[0]) <= len(wanted)]
            scores += [(index, _PARTIAL_WORTH * score / 100) for _, score, index in enough]
        return scores


def fold_text(text: str) -> str:
    """Text for comparing: NFC, without case, blanks, joiners and punctuation, digits as 0-9."""
    kept = (c for c in nfc(text).casefold() if unicodedata.category(c)[0] in "LMN")
    return fold_digits("".join(kept))


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
