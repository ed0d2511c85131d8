"""What must be true of a workspace, worked out from what was given to it and from nothing that it wrote.

Rows of FIRs come in tables; of some two say the same or contradict each other, of some a date cannot be. The model
knows which tables count, what people settled and which rules are set, and says of every row where it stands.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

COLUMNS = ("PS", "YR", "NO", "DT", "SECT", "COMP", "ACC", "PLACE")
NO_DAY = "31/02/1998"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, as text. date: DD/MM/YYYY; sections: of the IPC, parted by commas; accused: "" for nobody."""

    number: int
    date: str
    sections: str
    complainant: str
    accused: str
    place: str
    station: str = "Namunakhera"

    def cells(self) -> list[str]:
        """In the order of COLUMNS."""
        return [
            self.station, "1998", str(self.number), self.date, f"IPC {self.sections}", self.complainant, self.accused,
            self.place,
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One file as delivered."""

    name: str
    rows: tuple[Row, ...]

    @property
    def data(self) -> bytes:
        """Its bytes."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([COLUMNS, *(r.cells() for r in self.rows)])
        return text.getvalue().encode()

    @property
    def sha(self) -> str:
        """By which the workspace knows it."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """A record as it must be. content: what the target holds of it once it is clean."""

    verdict: str
    content: tuple[object, ...]


@dataclass
class Model:
    """tables: by SHA-256, in the order of their intake; batch: SHA -> its batch; gone: replaced SHA -> by which.

    settled: (SHA, place of the row from 1) -> date that people gave. held: as settled when a table was purged.
    """

    tables: dict[str, Table] = field(default_factory=dict)
    batch: dict[str, str] = field(default_factory=dict)
    replaces: dict[str, str] = field(default_factory=dict)
    settled: dict[tuple[str, int], str] = field(default_factory=dict)
    carried: set[str] = field(default_factory=set)
    purged: dict[str, dict[int, Standing]] = field(default_factory=dict)
    originals_gone: set[str] = field(default_factory=set)
    rivals: str = "reject"
    place_in: str = "place"
    target: str = "loaded/cctns.sqlite"

    def copy(self) -> Model:
        """As it is now; what is done later does not touch it."""
        own = replace(self)
        for name in ("tables", "batch", "replaces", "settled", "purged"):
            setattr(own, name, dict(getattr(self, name)))
        own.carried, own.originals_gone = set(self.carried), set(self.originals_gone)
        return own

    def gone(self) -> set[str]:
        """SHA-256 of tables that count no more."""
        return set(self.replaces.values())

    def counting(self) -> list[str]:
        """SHA-256 of tables that count."""
        gone = self.gone()
        return [sha for sha in self.tables if sha not in gone]

    def of_name(self, name: str) -> list[str]:
        """Counting tables of that name."""
        return [sha for sha in self.counting() if self.tables[sha].name == name]

    def carry(self) -> None:
        """A run has mapped all: what was settled of replaced rows holds for newer ones that say the same."""
        for newer, old in sorted(self.replaces.items(), key=lambda pair: list(self.tables).index(pair[1])):
            if old in self.carried or old in self.purged:
                continue
            self.carried.add(old)
            for n, m in self._pairs(self.tables[old].rows, self.tables[newer].rows):
                if (old, n) in self.settled and self.tables[newer].rows[m - 1].date == self.tables[old].rows[
                    n - 1
                ].date:
                    self.settled.setdefault((newer, m), self.settled[old, n])

    def _pairs(self, old: tuple[Row, ...], newer: tuple[Row, ...]) -> Iterator[tuple[int, int]]:
        for n, row in enumerate(old, 1):
            if n <= len(newer) and newer[n - 1] == row:
                yield n, n
                continue
            same = [m for m, other in enumerate(newer, 1) if (other.station, other.number) == (row.station, row.number)]
            own = [r for r in old if (r.station, r.number) == (row.station, row.number)]
            if len(same) == len(own) == 1:
                yield n, same[0]

    def standing(self) -> dict[tuple[str, int], Standing]:
        """Each row of a table that counts, by the table's SHA-256 and the row's place from 1."""
        groups: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for sha in self.counting():
            for n, row in enumerate(self.tables[sha].rows, 1):
                if sha not in self.purged:
                    groups.setdefault((row.station, row.number), []).append((sha, n))
        found = {}
        for group in groups.values():
            contents = [self._content(*one) for one in group]
            for place, (one, content) in enumerate(zip(group, contents, strict=True)):
                verdict = "clean" if content[1] else "review"
                if content in contents[:place] or (self.rivals == "reject" and any(c != content for c in contents)):
                    verdict = "reject"
                elif self.rivals == "review" and any(c != content for c in contents):
                    verdict = "review"
                found[one] = Standing(verdict, content)
        for sha, rows in self.purged.items():
            found |= {(sha, n): standing for n, standing in rows.items()}
        return found

    def _content(self, sha: str, n: int) -> tuple[object, ...]:
        row = self.tables[sha].rows[n - 1]
        said = self.settled.get((sha, n), "" if row.date == NO_DAY else row.date)
        day = "-".join(reversed(said.split("/"))) if said else None
        persons = [("complainant", row.complainant), *([("accused", row.accused)] if row.accused else [])]
        acts = [("IPC", s) for s in row.sections.split(", ")]
        places = (row.place, None) if self.place_in == "place" else (None, row.place)
        return (row.number, day, row.station, *places, tuple(persons), tuple(acts))
