"""Table columns not covered by a mapping: asked once for the mapping, not for every record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mappers.binding.bound import FormMapping  # not for `digitize status`, which needs none of it

LEFT_OVER = "left_over."


@dataclass(frozen=True, slots=True)
class LeftOver:
    """One table column that no mapping rule uses. rows: in which it is not empty; they wait."""

    table: str
    column: str
    rows: int
    mapping: str

    def line(self) -> str:
        """For people."""
        hold = "1 row holds" if self.rows == 1 else f"{self.rows} rows hold"
        return (
            f"Column {self.column} of table {self.table} is not in the mapping, {hold} something and "
            f"{'waits' if self.rows == 1 else 'wait'}: map it, or ignore it with a reason, in {self.mapping}."
        )


def columns_left(mapping: FormMapping, columns: Iterable[str]) -> Mapping[str, Any]:
    """Stored result of a mapped table: {"left": columns without rule or reason, "file": of the mapping}."""
    known = {r.source for r in mapping.all_rules} | mapping.ignored
    left = [c for c in columns if c not in known]
    return {"left": left, "file": Path(mapping.file).name} if left else {}


def columns_left_in_parts(parts: Iterable[tuple[str, str, FormMapping, Iterable[str]]]) -> Mapping[str, Any]:
    """Stored result of a head's table for its parts: {"of_parts": "TABLE.COLUMN" -> [table, column, file to mend]}.

    parts: of each part its name in the system and in its file, its mapping, and those of its columns that tie nothing.
    """
    found = {
        f"{name}.{column}": [table, column, left["file"]]
        for name, table, mapping, columns in parts
        if (left := columns_left(mapping, columns))
        for column in left["left"]
    }
    return {"of_parts": found} if found else {}


def asked_of_mapping(mapped: Mapping[str, Any], paths: Iterable[str]) -> dict[str, str]:
    """Open paths of a record that the mapping must answer: path -> column. mapped: its table's map event."""
    left = frozenset((*mapped.get("left", ()), *mapped.get("of_parts", ())))
    found = {p: p.removeprefix(LEFT_OVER) for p in paths if p.startswith(LEFT_OVER)}
    return {p: c for p, c in found.items() if c in left}
