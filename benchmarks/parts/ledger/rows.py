"""Invented rows as the ledger writes them: for `benchmarks.parts.ledger.make`."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mappers.record import FieldValue, Origin, Record

VOLUMES_PER_BATCH = 20
BY = "iif1_print@1"
_OPEN = ("narrative",)
ASKED, WHY = json.dumps(list(_OPEN)), json.dumps({"doubtful": 1})
"""The open fields of a record in review, and why."""
# A record's last columns before the check, and after it.
UNCHECKED = b"s0:s2:[]s2:{}s0:"
CLEAN = b"s5:clean" + b"s2:[]s2:{}s0:"
REVIEW = "".join(f"s{len(t)}:{t}" for t in ("review", ASKED, WHY, "")).encode()


def invented(page: str, number: int, station: str, batch: str, *, is_sure: bool, year: str = "1984") -> Record:
    """An invented FIR on a page."""
    said = {"state": "wb", "district": "Kalpana", "police_station": station, "year": year, "fir_no": str(number)}
    said |= {"registered": f"{year}-03-{number % 28 + 1:02d}", "narrative": "Invented."}
    fields = {}
    for name, value in said.items():
        doubt = name in _OPEN and not is_sure
        origin = Origin(page=page, zone=name, box=(10, 10, 90, 40))
        fields[name] = FieldValue(value, value, 0.4 if doubt else 0.99, origin, BY, accept=0.9)
    return Record(f"{page}-r1", "iif1", fields, {}, (page,), batch)


def now() -> str:
    """The moment, as events say it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def text_of(value: str) -> str:
    """A text as it is written for the hash of its row; of ASCII alone."""
    return f"s{len(value)}:{value}"


def data_of(plain: object) -> bytes:
    """What a step produced, as results keep it."""
    return zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def written_of(value: object) -> bytes:
    """A value as it is written for the hash of its row."""
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    data = str(value).encode()
    return b"%c%d:%b" % (ord("s" if isinstance(value, str) else "i"), len(data), data)


@dataclass(slots=True)
class RowLot:
    """Rows that wait to be inserted, by statement."""

    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)

    def add(self, table: str, *values: object) -> None:
        """One more."""
        self.rows.setdefault(table, []).append(values)


class TextNumbers:
    """The numbers of texts in a dictionary of the ledger. new: those to be inserted."""

    def __init__(self, held: dict[str, int], table: str, last: int) -> None:
        """held: those that are there, by text. last: the highest number."""
        self.table, self.last = table, last
        self._held = held
        self.new: list[tuple[int, str]] = []

    def add(self, text: str) -> int:
        """The number of a text that will not be asked for by `of`."""
        self.last += 1
        self.new.append((self.last, text))
        return self.last

    def of(self, text: str) -> int:
        """The number of a text."""
        if text not in self._held:
            self._held[text] = self.add(text)
        return self._held[text]


class MappedRow(NamedTuple):
    """A record before its check: its first columns as its table has them, and as they are written for their hash."""

    record: str
    batch: str
    row: tuple[Any, ...]
    written: bytes
    is_sure: bool


def is_whole(page: str) -> bool:
    """Whether a page is of the first delivery, whose records are written out; the others share what two say."""
    return int(page.split("-")[2]) <= VOLUMES_PER_BATCH
