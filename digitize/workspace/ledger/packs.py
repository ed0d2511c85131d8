"""Storage of record content: packed with a shared shape, or as JSON."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from digitize.errors import LedgerError
from digitize.workspace.ledger.core import Ledger
from mappers.packed import RecordShape
from mappers.record import Record, RecordValues, from_plain, to_plain, values_of

_PACKED = b"\x01"
"""Begins a record that is packed by a shape, whose number comes next; any other is JSON, compressed."""
EMPTIED = b"\x02"
"""Begins a record whose values were purged: JSON of what may stay, compressed (`digitize.workspace.retention`)."""
_HEAD = 5


class RecordRow(NamedTuple):
    """A record as a ledger row; field names as in `Stored`. data: see `plain_data` and `packed_data`."""

    record: str
    unit: str
    batch: str
    station: str
    language: str
    group: str
    form: str
    hash: str
    data: bytes


def plain_data(record: Record) -> bytes:
    """Stored form of a record without a shared shape."""
    return zlib.compress(json.dumps(to_plain(record), ensure_ascii=False).encode("utf-8"), 6)


def emptied_data(record: Record) -> bytes:
    """Stored form of a record after its values were purged. record: what may stay."""
    return EMPTIED + plain_data(record)


def is_emptied(data: bytes) -> bool:
    """Whether the values of a record were purged."""
    return data[:1] == EMPTIED


def packed_data(shape: RecordShape, number: int, text: str) -> bytes:
    """Stored form of a record's text with a shape. number: of the shape in the ledger."""
    return _PACKED + number.to_bytes(_HEAD - 1, "little") + shape.compress(text)


class Packs:
    """Reads record content, and stores shapes."""

    def __init__(self, ledger: Ledger) -> None:
        """Of one ledger."""
        self._ledger = ledger
        self._shapes: dict[int, RecordShape] = {}

    def add_shape(self, shape: RecordShape) -> int:
        """Store a shape. Returns its number."""
        with self._ledger.writing():
            sql = "INSERT INTO shapes (data) VALUES (?) RETURNING shape"
            number = int(self._ledger.execute(sql, (shape.to_bytes(),)).fetchone()[0])
        self._shapes[number] = shape
        return number

    def shape_of_unit(self, unit: str) -> tuple[int, RecordShape] | None:
        """Shape used by a unit's records, with its number; None if none."""
        row = self._ledger.execute("SELECT data FROM records WHERE unit = ? LIMIT 1", (unit,)).fetchone()
        number = number_in(row["data"]) if row else 0
        return (number, self.shape(number)) if number else None

    def shape(self, number: int) -> RecordShape:
        """Shape of that number. Raises LedgerError if it is missing."""
        if number not in self._shapes:
            row = self._ledger.execute("SELECT data FROM shapes WHERE shape = ?", (number,)).fetchone()
            if row is None:
                raise LedgerError(
                    f"{self._ledger.path}: shape {number} of its records is gone. Restore a backup: "
                    "digitize ledger restore DIR FILE"
                )
            self._shapes[number] = RecordShape.from_bytes(row["data"])
        return self._shapes[number]

    def record_of(self, row: Mapping[str, Any]) -> Record:
        """The record of a row with record, form, batch and data."""
        number, data = number_in(row["data"]), row["data"]
        if number:
            return self.shape(number).record(data[_HEAD:], row["record"], row["form"], row["batch"])
        return from_plain(json.loads(_decompress(data)))

    def shapes_of(self, rows: Iterable[PackedRow]) -> dict[int, bytes]:
        """Shapes of such rows by number, to accompany them."""
        numbers = {number_in(row.data) for row in rows} - {0}
        return {number: self.shape(number).to_bytes() for number in sorted(numbers)}

    def text(self, data: bytes) -> bytes:
        """Searchable text of a record: JSON in which a value may be raw text only."""
        number = number_in(data)
        return self.shape(number).decompress(data[_HEAD:]) if number else _decompress(data)


class PackedRow(NamedTuple):
    """A stored record, detached from its ledger."""

    record: str
    form: str
    batch: str
    data: bytes

    def values(self, shapes: Mapping[int, RecordShape]) -> RecordValues:
        """Its values. shapes: by number, that of the record among them."""
        number = number_in(self.data)
        if number:
            return shapes[number].values(self.data[_HEAD:], self.record, self.form, self.batch)
        return values_of(from_plain(json.loads(_decompress(self.data))))


def number_in(data: bytes) -> int:
    """Number of a record's shape; 0 if not packed."""
    return int.from_bytes(data[1:_HEAD], "little") if data[:1] == _PACKED else 0


def _decompress(data: bytes) -> bytes:
    return zlib.decompress(data[1:] if is_emptied(data) else data)
