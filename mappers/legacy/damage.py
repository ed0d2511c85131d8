"""Damage that many rows share, said once: what it is, in how many rows, and the first of them."""

from __future__ import annotations

from collections.abc import Iterator

_SHOWN = 5
# A file that is damaged all over names a new kind in every row.
_MOST_KINDS = 1000


class RowDamage:
    """Collects what is wrong with rows while they stream; memory does not grow with their number."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, list[int]]] = {}

    def add(self, what: str, row: int) -> None:
        """Remember that this is wrong with a row. what: a clause such as "column AGE: a number is damaged"."""
        count, first = self._found.get(what, (0, []))
        if not count and len(self._found) >= _MOST_KINDS:
            what = "other damage"
            count, first = self._found.get(what, (0, []))
        if len(first) < _SHOWN:
            first.append(row)
        self._found[what] = (count + 1, first)

    def sentences(self) -> Iterator[str]:
        """One sentence for each kind of damage, in the order in which the kinds were met."""
        for what, (count, first) in self._found.items():
            shown = ", ".join(map(str, first)) + (", ..." if count > len(first) else "")
            yield f"{what} in {count} rows (row {shown})" if count > 1 else f"{what} in row {shown}"
