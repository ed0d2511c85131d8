"""The CSV files of this package, and the ways their cells hold several spellings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import resources


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
