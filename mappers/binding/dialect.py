"""What one source means by its cells: codes, spellings of nothing, and cells that decide whether a rule holds.

All of it belongs to one source and is never shared: religion 1 is Hindu in one table and Muslim in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mappers.clean.date_format import DateFormat
from mappers.text.folding import fold_written, squeeze


def cell_key(text: str) -> str:
    """The key under which a cell's text is compared: one blank for many, no case, digits as 0-9; punctuation counts."""
    return fold_written(squeeze(text)).casefold()


@dataclass(frozen=True)
class Condition:
    """Cells that must hold one of some texts, "" for an empty cell. cells: (column, keys of texts), all of them."""

    cells: tuple[tuple[str, frozenset[str]], ...] = ()

    def holds(self, texts: Mapping[str, str]) -> bool:
        """Whether all cells have one of their texts; a column that is not there counts as empty."""
        return all(cell_key(texts.get(column, "")) in keys for column, keys in self.cells)

    def excludes(self, other: Condition) -> bool:
        """Whether both can never hold at once: they want different texts of one cell."""
        theirs = dict(other.cells)
        return any(column in theirs and not keys & theirs[column] for column, keys in self.cells)


@dataclass(frozen=True)
class LeftRows:
    """Rows of a table that make no record: those for which `when` holds and, where it asks for something, `unless` does
    not. reason: why, for people.
    """

    when: Condition
    unless: Condition
    reason: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at."""
        return tuple(name for one in (self.when, self.unless) for name, _ in one.cells)

    def holds(self, texts: Mapping[str, str]) -> bool:
        """Whether a row is left out. texts: its cells by column."""
        return self.when.holds(texts) and not (self.unless.cells and self.unless.holds(texts))


@dataclass(frozen=True)
class Dialect:
    """How one rule reads its cell before the cleaner does. codes: key of a cell's text -> what it stands for, None
    when the source has no codes there. nulls: keys of texts that say that there is nothing. when: the rule's condition.
    order: of day, month and year, None where they stand as usual.
    """

    codes: Mapping[str, str] | None = None
    nulls: frozenset[str] = frozenset()
    when: Condition = Condition()
    order: DateFormat | None = None

    @property
    def is_usual(self) -> bool:
        """Whether a cell's text is what the cleaner reads."""
        return self.codes is None and self.order is None

    def is_null(self, text: str) -> bool:
        """Whether a text is one of this source's spellings of nothing."""
        return bool(self.nulls) and cell_key(text) in self.nulls

    def meaning(self, text: str) -> str | None:
        """What a text stands for: itself where the source has no codes, None when the code is not known."""
        return self.order_date(text) if self.codes is None else self.codes.get(cell_key(text))

    def order_date(self, text: str) -> str:
        """A date in the usual order; any other text as it is."""
        return text if self.order is None else self.order.reorder(text)


def make_condition(cells: Mapping[str, str | Iterable[str]]) -> Condition:
    """A condition as a mapping file writes it: column -> text or texts."""
    texts = {c: (wanted,) if isinstance(wanted, str) else tuple(wanted) for c, wanted in cells.items()}
    return Condition(tuple((c, frozenset(map(cell_key, wanted))) for c, wanted in texts.items()))
