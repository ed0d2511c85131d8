"""What stands in the columns of a table, as far as ties between tables can be told by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from mappers.systems.keys import cell_text, key_of

_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:\D.*)?")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?::\d{2})?")
# A key is written short; a name or a story is not.
_LONGEST_KEY = 24
NEARLY_ALL = 0.97


@dataclass(frozen=True)
class ColumnProfile:
    """One column. keys: of its cells, "" where empty, in the order of the rows; texts: some that say something."""

    name: str
    keys: tuple[str, ...]
    texts: tuple[str, ...]

    @cached_property
    def values(self) -> frozenset[str]:
        """Its different keys."""
        return frozenset(k for k in self.keys if k)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each of its keys stands there."""
        return Counter(k for k in self.keys if k)

    @cached_property
    def filled(self) -> int:
        """How many of its cells say something."""
        return sum(map(bool, self.keys))

    @property
    def is_unique(self) -> bool:
        """Whether hardly a value stands in two rows, and hardly a row has none; keys are broken here and there."""
        return (
            self.filled >= 2
            and len(self.values) >= NEARLY_ALL * self.filled
            and self.filled >= NEARLY_ALL * len(self.keys)
        )

    @cached_property
    def is_key_like(self) -> bool:
        """Whether its cells could be keys: short, and neither days nor hours nor sentences."""
        return bool(self.texts) and self._share(_is_key_text) > 0.9

    @cached_property
    def numbers(self) -> float:
        """Share of cells that are whole numbers."""
        return self._share(str.isdecimal)

    @cached_property
    def letters(self) -> float:
        """Share of cells that are words: letters, and no number at the front."""
        return self._share(lambda t: any(c.isalpha() for c in t) and not t[0].isdecimal())

    @cached_property
    def length(self) -> float:
        """Mean length of its texts."""
        return sum(map(len, self.texts)) / len(self.texts) if self.texts else 0.0

    @cached_property
    def is_special(self) -> float:
        """How little it is chance that another column's values are among these, 0 to 1: 1 to 12 stands everywhere."""
        if not self.values:
            return 0.0
        whole = [int(v) for v in self.values if v.isdecimal() and len(v) < 18]
        if len(whole) < 0.9 * len(self.values):
            return 1.0 if sum(map(len, self.values)) >= 4 * len(self.values) else 0.6
        span = max(whole) - min(whole) + 1
        if min(whole) >= 1000:
            return 0.8
        # Numbers that begin somewhere else than at 1 are more than the place in a list.
        return 0.5 if min(whole) > 20 or len(whole) <= 0.5 * span else 0.1

    @cached_property
    def pieces(self) -> int:
        """Of how many pieces most of its keys are made: 2 of "17/2009"."""
        counts = sorted(k.count("/") + 1 for k in self.keys if k)
        return counts[len(counts) // 2] if counts else 0

    def _share(self, test: Callable[[str], bool]) -> float:
        return sum(map(test, self.texts)) / len(self.texts) if self.texts else 0.0


def _is_key_text(text: str) -> bool:
    return len(text) <= _LONGEST_KEY and text.count(" ") < 2 and not _DAY.fullmatch(text) and not _CLOCK.fullmatch(text)


@dataclass(frozen=True)
class TableProfile:
    """One table. rows: how many were looked at; is_cut: whether there are more."""

    name: str
    columns: tuple[ColumnProfile, ...]
    rows: int
    is_cut: bool = False

    def column(self, name: str) -> ColumnProfile:
        """One column by its name."""
        return next(c for c in self.columns if c.name == name)

    @cached_property
    def key_like(self) -> tuple[ColumnProfile, ...]:
        """Columns that could be keys of other tables' rows."""
        return tuple(c for c in self.columns if c.is_key_like and c.filled)

    @cached_property
    def key_columns(self) -> tuple[ColumnProfile, ...]:
        """Columns by which other tables could know its rows."""
        return tuple(c for c in self.columns if c.is_unique and c.is_key_like)


def profile(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[bytes | str]], most: int, *, texts: int = 200
) -> TableProfile:
    """The profile of a table from its first `most` rows."""
    keys: list[list[str]] = [[] for _ in columns]
    said: list[list[str]] = [[] for _ in columns]
    count, is_cut = 0, False
    for cells in rows:
        if count == most:
            is_cut = True
            break
        count += 1
        for at, cell in enumerate(cells[: len(columns)]):
            keys[at].append(key_of([cell]))
            if cell and len(said[at]) < texts and (text := cell_text(cell).strip()):
                said[at].append(text)
    found = (ColumnProfile(n, tuple(k), tuple(t)) for n, k, t in zip(columns, keys, said, strict=True))
    return TableProfile(name, tuple(found), count, is_cut)
