"""Registration marks of vehicles: accepted forms, and prefixes that did not always exist."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from mappers.codes.tables import read_csv


@cache
def vehicle_patterns() -> Mapping[str, str]:
    """Regular expressions by id, for marks in capitals without blanks, dashes and dots."""
    return {r["pattern_id"]: r["regex"] for r in read_csv("vehicle_patterns.csv")}


@cache
def vehicle_prefixes() -> Mapping[str, str]:
    """Two letters in front of a mark -> ISO day from which they were given; prefixes that always stood are not here."""
    return {r["prefix"]: r["valid_from"] for r in read_csv("vehicle_prefixes.csv")}
