"""Records packed small: what the cells of many have in common is kept once, in a shape, and the rest as a short text.

A cell of a table says who read it and where, in nearly the same words in every row. A shape holds these words by
number, and a few records as they are written, by which the compressor knows beforehand what will come.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from mappers.record import (
    ABOUT,
    NOT_CAPTURED,
    WRITTEN,
    FieldValue,
    Origin,
    Record,
    RecordValues,
    Row,
    to_plain,
)

SAME = 1
"""Stands for a value that is its raw text."""
HERE = -1
"""Stands for the record's own row of a table in the place of a cell; in the place of a kind, it begins a part: its row
and its id come next, and hold for the cells of parts behind it."""
PART = "@"
"""Stands for the id of a part, where its row is HERE."""
_LOOKED_AT = WRITTEN | {NOT_CAPTURED, ABOUT}
"""Notes of which rules tell."""
_SAMPLES = 3
_KINDS = 500
"""So many kinds of cells are held by number; others are written out where they stand."""
# A quarter of the usual window is more than a record and the samples fill, and is made ready in half of the time.
_WINDOW = -13
# A third less time than the usual level takes, for one byte in forty more.
_LEVEL = 3
_KEPT = 32


class CellKind(NamedTuple):
    """What the cells of one field have in common: all but raw text and value, as FieldValue has it.

    place: number of the origin in the shape, -1 where it is written out. is_here: it lacks the record's row; is_part:
    it lacks the row and the id of a part.
    is_doubtful: a person may have to look at it, even where it has a value.
    """

    name: str
    place: int
    origin: Origin
    is_here: bool
    is_part: bool
    confidence: float
    by: str
    blank: bool
    notes: tuple[str, ...]
    candidates: tuple[str, ...]
    accept: float
    is_doubtful: bool

    def value(self, raw: str, value: str | int | None, origin: Origin) -> FieldValue:
        """A cell of the kind."""
        return FieldValue(
            raw, raw if value == SAME else value, self.confidence, origin, self.by, self.blank, self.notes,  # type: ignore[arg-type]
            self.candidates, self.accept,
        )  # fmt: skip


class RecordShape:
    """The kinds of cells of many records by number, and some of their texts."""

    def __init__(self, kinds: Sequence[str], heads: Sequence[str], samples: bytes) -> None:
        """kinds, heads: as JSON, see `kind_text` and `head_text`. samples: texts of records, one after the other."""
        self.kinds, self.heads, self.samples = tuple(kinds), tuple(heads), samples
        self.number_of = {text: n for n, text in enumerate(self.kinds)}
        places: dict[Origin, int] = {}
        self.known: list[CellKind] = []
        for text in self.kinds:
            kind = _kind(*json.loads(text))
            self.known.append(kind._replace(place=places.setdefault(kind.origin, len(places))))
        self._head_of = {text: n for n, text in enumerate(self.heads)}
        self._heads = [json.loads(text) for text in self.heads]

    @classmethod
    def from_records(cls, records: Sequence[Record]) -> RecordShape:
        """A shape of records such as these."""
        kinds: Counter[str] = Counter()
        heads: Counter[str] = Counter()
        for record in records:
            plain = to_plain(record)
            row = row_of(plain)
            kinds.update({kind_text(n, rest_of(c, row)) for fields in _rows(plain) for n, c in fields.items()})
            heads[head_text(record.pages, record.ignored, record.profile)] += 1
        usual = sorted(text for text, _ in kinds.most_common(_KINDS))
        bare = cls(usual, [text for text, _ in heads.most_common(1)], b"")
        some = records[:: max(1, len(records) // _SAMPLES)][:_SAMPLES]
        return cls(usual, bare.heads, "".join(map(bare.text, some)).encode("utf-8"))

    @classmethod
    def from_bytes(cls, data: bytes) -> RecordShape:
        """The shape that `to_bytes` wrote; the newest are remembered."""
        return _shape(data)

    def to_bytes(self) -> bytes:
        """The shape, to be kept."""
        plain = [self.kinds, self.heads, self.samples.decode("utf-8")]
        return zlib.compress(json.dumps(plain, ensure_ascii=False).encode("utf-8"))

    def text(self, record: Record) -> str:
        """A record as its short text; without its id, form and batch."""
        plain = to_plain(record)
        row = row_of(plain)
        children = [[table, *(self._flat(r, row) for r in rows)] for table, rows in plain["children"].items()]
        head = self.head(record.pages, record.ignored, record.profile)
        fields, rows, left = map(_dump_json, (self._flat(plain["fields"], row), children, plain["left_over"]))
        return packed_text(row, fields, rows, left, head)

    def head(self, pages: Sequence[str], ignored: Sequence[str], profile: str) -> str:
        """What stands in a record's text for these."""
        text = head_text(pages, ignored, profile)
        number = self._head_of.get(text)
        return text if number is None else str(number)

    def compress(self, text: str) -> bytes:
        """A record's text in as few bytes as may be. Raises UnicodeEncodeError where half a sign stands in it."""
        press = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, zdict=self.samples)
        return press.compress(text.encode("utf-8")) + press.flush()

    def decompress(self, data: bytes) -> bytes:
        """The bytes of a record's text."""
        return zlib.decompressobj(_WINDOW, zdict=self.samples).decompress(data)

    def record(self, data: bytes, record_id: str, form: str, batch: str) -> Record:
        """The record that was compressed."""
        row, fields, children, left_over, head = json.loads(self.decompress(data))
        pages, ignored, profile = self._heads[head] if isinstance(head, int) else head
        places: dict[int, Origin] = {}
        tables = {table: tuple([self._row(cells, row, places) for cells in rows]) for table, *rows in children}
        return Record(
            record_id, form, self._row(fields, row, places), tables, tuple(pages), batch, left_over, tuple(ignored),
            profile,
        )  # fmt: skip

    def values(self, data: bytes, record_id: str, form: str, batch: str) -> RecordValues:
        """The values of the record that was compressed."""
        _, fields, children, left_over, head = json.loads(self.decompress(data))
        doubts: list[bool] = [any(text.strip() for text in left_over.values())]
        # What has pages is looked at whole.
        pages = (self._heads[head] if isinstance(head, int) else head)[0]
        doubts.append(bool(left_over and pages))
        by: set[str] = set()
        own = self._values(fields, doubts, by)
        rows = {table: [self._values(cells, doubts, set()) for cells in rows] for table, *rows in children}
        whole = partial(self.record, data, record_id, form, batch)
        return RecordValues(record_id, form, own, rows, any(doubts), frozenset(by), whole, next(iter(pages), ""))

    def _values(self, cells: list[Any], doubts: list[bool], by: set[str]) -> dict[str, str | None]:
        made: dict[str, str | None] = {}
        known = self.known
        it = iter(cells)
        for number, raw, value in zip(it, it, it, strict=True):
            if number == HERE:
                continue
            kind = known[number] if number.__class__ is int else _kind(*number)
            by.add(kind.by)
            made[kind.name] = raw if value == SAME else value
            if kind.is_doubtful or (value is None and not kind.blank):
                doubts.append(True)
        return made

    def _row(self, cells: list[Any], row: int, places: dict[int, Origin]) -> Row:
        made: dict[str, FieldValue] = {}
        part: dict[int, Origin] = {}
        number, of = row, ""
        for kind, raw, value in self.cells(cells):
            if kind is None:
                number, of, part = int(raw), str(value), {}
                continue
            origin = kind.origin
            if kind.is_part:
                origin = _of_part(kind, number, of, part)
            elif kind.is_here:
                # One for all cells that were made of the same cell of the table.
                known = places.get(kind.place)
                if known is None:
                    known = Origin(origin.page, origin.zone, origin.box, origin.file, origin.table, row, origin.column)
                    if kind.place >= 0:
                        places[kind.place] = known
                origin = known
            made[kind.name] = kind.value(raw, value, origin)
        return made

    def cells(self, cells: list[Any]) -> Iterator[tuple[CellKind | None, str, str | int | None]]:
        """(kind, raw, value) of cells as they stand in a text; value may be SAME; (None, row, id) begins a part."""
        it = iter(cells)
        for number, raw, value in zip(it, it, it, strict=True):
            if number == HERE:
                yield None, raw, value
            else:
                yield (self.known[number] if number.__class__ is int else _kind(*number)), raw, value

    def _flat(self, fields: Mapping[str, Mapping[str, Any]], row: int) -> list[Any]:
        flat: list[Any] = []
        part: tuple[int, str] | None = None
        for name, cell in fields.items():
            rest = rest_of(cell, row)
            origin = cell.get("origin", {})
            if origin.get("part") and (origin.get("row", 0), origin["part"]) != part:
                part = origin.get("row", 0), origin["part"]
                flat += [HERE, *part]
            number = self.number_of.get(kind_text(name, rest))
            raw, value = cell["raw"], cell["value"]
            flat += ([name, rest] if number is None else number, raw, SAME if value == raw else value)
        return flat


def _of_part(kind: CellKind, row: int, of: str, known: dict[int, Origin]) -> Origin:
    """The origin of a cell of a part; one for all cells that were made of the same cell of the table."""
    found = known.get(kind.place)
    if found is None:
        o = kind.origin
        found = Origin(o.page, o.zone, o.box, o.file, o.table, row, o.column, of)
        if kind.place >= 0:
            known[kind.place] = found
    return found


@lru_cache(maxsize=_KEPT)
def _shape(data: bytes) -> RecordShape:
    kinds, heads, samples = json.loads(zlib.decompress(data))
    return RecordShape(kinds, heads, samples.encode("utf-8"))


def _kind(name: str, rest: Mapping[str, Any]) -> CellKind:
    plain = dict(rest.get("origin", {}))
    if plain.get("box"):
        plain["box"] = tuple(plain["box"])
    is_part = plain.get("row") == HERE and plain.get("part") == PART
    is_here = plain.get("row") == HERE and not is_part
    if is_here or is_part:
        del plain["row"]
    if is_part:
        del plain["part"]
    confidence, accept, notes = rest.get("confidence", 1.0), rest.get("accept", 0.0), tuple(rest.get("notes", ()))
    return CellKind(
        name, -1, Origin(**plain), is_here, is_part, confidence, rest.get("by", ""), rest.get("blank", False), notes,
        tuple(rest.get("candidates", ())), accept, confidence < accept or not _LOOKED_AT.isdisjoint(notes),
    )  # fmt: skip


def _dump_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def kind_text(name: str, rest: Mapping[str, Any]) -> str:
    """The name of a kind of cells in a shape."""
    return json.dumps([name, rest], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def head_text(pages: Sequence[str], ignored: Sequence[str], profile: str) -> str:
    """What a record says beside its cells."""
    return json.dumps([list(pages), list(ignored), profile], ensure_ascii=False, separators=(",", ":"))


def packed_text(row: int, fields: str, children: str, left_over: str, head: str) -> str:
    """A record's short text of its parts, which are JSON themselves. row: of the table, 0 for none."""
    return f"[{row},{fields},{children},{left_over},{head}]"


def row_of(plain: Mapping[str, Any]) -> int:
    """The row of a table that a record was made of: that of its first cell with one, but no part's; 0 for none."""
    cells = (cell["origin"] for fields in _rows(plain) for cell in fields.values() if "origin" in cell)
    return next((o["row"] for o in cells if o.get("row") and not o.get("part")), 0)


def rest_of(cell: Mapping[str, Any], row: int) -> dict[str, Any]:
    """What a cell says beside its raw text and value, with HERE for the record's own row."""
    rest = {name: said for name, said in cell.items() if name not in ("raw", "value")}
    origin = rest.get("origin", {})
    if origin.get("part"):
        rest["origin"] = {**origin, "row": HERE, "part": PART}
    elif row and origin.get("row") == row:
        rest["origin"] = {**origin, "row": HERE}
    return rest


def _rows(plain: Mapping[str, Any]) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    yield plain["fields"]
    for rows in plain["children"].values():
        yield from rows
