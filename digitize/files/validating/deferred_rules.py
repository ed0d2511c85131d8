"""Rules that compare rows of different stations; for large files they run at the end on buffered rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType

import polars as pl

from digitize.files.validating.parts import Parts
from validators.checking.plan import RuleQuestion
from validators.checking.rows import ask_again
from validators.rulebook.columns import LINE, RECORD

# Rules across records that compare within one station, or with rows that are at hand as a whole.
_AT_A_STATION = frozenset(
    {"R001", "R002", "R003", "R004", "R005", "R007", "R011", "P001", "P002", "T001", "T017", "T019"}
)
# Of the others: the columns in which rows are the same that such a rule looks at together. One that does not stand here
# sees all rows at once.
_ALIKE: Mapping[str, tuple[str, ...]] = {
    "T025": (RECORD,),
    "R009": ("name", "relative_name", "address"),
    "R010": ("narrative",),
}


class DeferredRules:
    """Buffered input of such rules until all rows are read. A context manager, like `Parts`."""

    def __init__(self, count: int) -> None:
        """count: of parts."""
        self._parts = Parts(count)
        self._questions: dict[str, RuleQuestion] = {}

    def __enter__(self) -> DeferredRules:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Delete the buffer."""
        self._parts.__exit__(kind, error, at)

    def take(self, question: RuleQuestion, frame: pl.DataFrame) -> bool:
        """Buffer the columns a rule reads if it is such a rule; returns whether it is."""
        rule = question.bound.rule
        if not rule.across or rule.code in _AT_A_STATION:
            return False
        name = f"{rule.code}.{question.bound.table.name}.{question.bound.fields[0]}"
        self._questions[name] = question
        kept = frame.select(sorted({RECORD, LINE, *question.reads}))
        self._parts.add(name, kept, self._part(kept, _ALIKE.get(rule.code, ())))
        return True

    def _part(self, rows: pl.DataFrame, alike: tuple[str, ...]) -> pl.Series:
        if not alike:
            # All in one part: any two rows may be looked at together.
            return pl.zeros(rows.height, pl.UInt16, eager=True)
        return rows.select((pl.struct(alike).hash() % self._parts.count).cast(pl.UInt16)).to_series()

    def ask(self) -> Iterator[pl.DataFrame]:
        """Their findings, as from `find_in_rows`."""
        if self._questions:
            for part in range(self._parts.count):
                for name, frame in self._parts.read(part).items():
                    yield ask_again(self._questions[name], frame)
