"""The beats of a state's stations, from a list that somebody keeps; none is shipped."""

from __future__ import annotations

import csv
from pathlib import Path

from mappers.errors import MappingError

_COLUMNS = ("district", "station", "beat")


def read_beats(state: str, path: Path) -> tuple[tuple[str, str, str, str], ...]:
    """(state code, district, station, beat) of every row of a CSV file with the columns district, station and beat.

    Raises MappingError when the file cannot be read or lacks a column.
    """
    try:
        with path.open("r", encoding="utf-8-sig", newline="") as f:
            rows = csv.DictReader(f)
            lacking = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
            if lacking:
                raise MappingError(
                    f"{path.name}: there is no column {lacking[0]}; a list of beats has {', '.join(_COLUMNS)}"
                )
            return tuple((state, *((row[name] or "").strip() for name in _COLUMNS)) for row in rows)  # type: ignore[misc]
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise MappingError(f"{path.name}: the list of beats cannot be read") from e
