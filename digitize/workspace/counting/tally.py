"""Counts of a part as stored in the ledger, and their sums."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LINE = ("pages", "waiting", "read", "failed", "records", "in_review", "rejected", "loaded")
"""The columns of a line of counts, in order."""
_BY = ("volume", "station", "language")
_VERDICTS = {"clean": "clean", "review": "in_review", "reject": "rejected", "": "unchecked"}
NOT_SAID = "(not said)"


@dataclass(slots=True)
class PartCounts:
    """Counts of one part.

    totals: by the names of Totals. by: volume, station, language -> name -> line of counts. kinds: file, page, map ->
    reason for failure. failed: "kind|what triggers a retry". left: column of a table -> rows; of_parts: those of them
    that are of its parts -> [table, column, mapping]. asked: number of open fields -> [number of records, the first of
    them]. captured: profile -> [records, loaded, fields].
    """

    totals: dict[str, int] = field(default_factory=dict)
    by: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    kinds: dict[str, Counter[str]] = field(
        default_factory=lambda: {"file": Counter(), "page": Counter(), "map": Counter()}
    )
    failed: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    table: str = ""
    mapping: str = ""
    of_parts: dict[str, list[str]] = field(default_factory=dict)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, list[Any]] = field(default_factory=dict)
    captured: dict[str, list[Any]] = field(default_factory=dict)
    not_mapped: int = 0

    def total(self, name: str, n: int) -> None:
        """Add to a total."""
        if n:
            self.totals[name] = self.totals.get(name, 0) + n

    def _lines(self, volume: str, station: str, language: str) -> list[list[int]]:
        names = (volume, station or NOT_SAID, language or NOT_SAID)
        empty = [0] * len(LINE)
        return [self.by.setdefault(k, {}).setdefault(n, list(empty)) for k, n in zip(_BY, names, strict=True)]

    def add_page(self, status: str, volume: str, station: str, language: str) -> None:
        """Count one page. status: waiting, read or failed."""
        self.total("pages", 1)
        self.total(f"pages_{status}", 1)
        at = LINE.index(status)
        for line in self._lines(volume, station, language):
            line[0] += 1
            line[at] += 1

    def add_records(self, volume: str, row: Mapping[str, Any]) -> None:
        """Count n records that are alike."""
        n, verdict, loaded = row["n"], row["verdict"], row["n"] * row["loaded"]
        own = (n, n * (verdict == "review"), n * (verdict == "reject"), loaded)
        self.total("records", n)
        self.total("loaded", loaded)
        self.total("loaded_not_clean", loaded * (verdict != "clean"))
        self.total("open_fields", n * len(json.loads(row["open"])))
        self.total(_VERDICTS.get(verdict, "unchecked"), n)
        for line in self._lines(volume, row["station"], row["language"]):
            for at, more in enumerate(own, start=4):
                line[at] += more

    def note_asked(self, fields: int, records: int, first: str) -> None:
        """Count records with so many open fields."""
        before = self.asked.get(str(fields))
        self.asked[str(fields)] = [before[0] + records, min(before[1], first)] if before else [records, first]

    def add_captured(self, profile: str, records: int, loaded: int, fields: Mapping[str, int] | None = None) -> None:
        """Count captured records of a profile."""
        row = self.captured.setdefault(profile, [0, 0, {}])
        row[0] += records
        row[1] += loaded
        for name, n in (fields or {}).items():
            row[2][name] = row[2].get(name, 0) + n

    def as_text(self) -> str:
        """Stored form: non-empty counts in canonical order."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        plain["kinds"] = {kind: dict(some) for kind, some in self.kinds.items() if some}
        plain["reasons"] = {why: n for why, n in self.reasons.items() if n}
        return json.dumps(
            {k: v for k, v in plain.items() if v}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )


def add_lines(into: dict[str, dict[str, list[int]]], by: Mapping[str, Mapping[str, list[int]]]) -> None:
    """Add the lines of a part to those of all."""
    for kind, lines in by.items():
        there = into.setdefault(kind, {})
        for name, line in lines.items():
            before = there.get(name)
            there[name] = [a + b for a, b in zip(before, line, strict=True)] if before else list(line)
