"""The CSV files of this package, and the ways their cells hold several spellings."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from mappers.errors import MappingError


def read_csv(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the package's CSV files."""
    with (resources.files("mappers.codes") / name).open("r", encoding="utf-8") as f:
        yield from csv.DictReader(f)


def split_ways(text: str) -> tuple[str, ...]:
    """The parts of "one; other"."""
    return tuple(way.strip() for way in text.split(";") if way.strip())


def native_ways(text: str) -> tuple[str, ...]:
    """All spellings of "hi: one; other / mr: third", whatever their language."""
    return tuple(way for part in text.split(" / ") for way in split_ways(part.partition(":")[2]))


def read_head(path: Path) -> tuple[float | None, list[str]]:
    """How complete a CSV file of a workspace says that it is, and its lines without that.

    It says so before its columns: `# complete = true`, false, or the share of what is written that it has. None where
    it says nothing. Raises MappingError for another word and for a file that is not in UTF-8, naming the file.
    """
    try:
        # As csv wants it: a line ends where its end is, and nowhere within a cell.
        with path.open(encoding="utf-8-sig", newline="") as f:
            lines = list(f)
    except (OSError, UnicodeDecodeError) as e:
        raise MappingError(f"{path} cannot be read as CSV in UTF-8. Save it as that and try again.") from e
    count = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    try:
        said = tomllib.loads("\n".join(line.lstrip("#").strip() for line in lines[:count] if "=" in line))
    except tomllib.TOMLDecodeError as e:
        raise MappingError(f"{path}: the lines before the columns cannot be understood: {e}") from e
    if unknown := sorted(set(said) - {"complete"}):
        raise MappingError(
            f"{path}: there is no key {unknown[0]}; before the columns a list may have: # complete = true"
        )
    return share_complete(said.get("complete"), str(path)), lines[count:]


def share_complete(said: object, where: str) -> float | None:
    """What a list says of itself as a share 0..1. Raises MappingError for anything but true, false and a share."""
    if said is None or said is False:
        return None
    if said is True or (isinstance(said, int | float) and 0 < said <= 1):
        return float(said)
    raise MappingError(f"{where}: complete must be true, false, or a share between 0 and 1")
