"""Mapped sources as the texts that their records are hashed and kept by: no record is made of them.

Equal to what `to_records` and `to_plain` give, and a test holds that. What equal cells become is worked out once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from mappers.mapping.answers import SaidRow, SourceAnswers
from mappers.mapping.apply import Application
from mappers.mapping.mapped import Mapped, Values
from mappers.packed import HERE, PART, RecordShape, kind_text, packed_text
from mappers.record import Origin, value_to_plain
from mappers.sources.cells import Sources

# Stands for the number of the row until it is known. JSON writes no such sign.
_ROW = "\x00"
_ROW_HERE = f'"row":{HERE}'
_PART_HERE = f'"part":"{PART}","row":{HERE}'
Fields = Mapping[str, SourceAnswers]


class RecordText(NamedTuple):
    """One record. whole: its JSON, keys sorted, as it is hashed. packed: as a shape packs it. key: the values of the
    fields that were asked for.
    """

    id: str
    form: str
    whole: str
    packed: str
    key: tuple[SourceAnswers | None, ...]


class _Fragment(NamedTuple):
    """A cell, or a row of cells, as a part of either text."""

    whole: str
    packed: str


_NO_CELL = _Fragment("", "")


def table_texts(
    works: Mapping[str, Application],
    sources: Sources,
    ids: Sequence[str],
    numbers: Sequence[int],
    shape: RecordShape,
    key: Sequence[str],
) -> Iterator[RecordText]:
    """The records of rows of a table, in the order of `map_rows`.

    works: "" -> the mapping, name -> its other forms. ids, numbers: of each row. key: fields whose values are wanted.
    """
    made = {name: work.map(sources) for name, work in works.items()}
    yield from mapped_texts(made, works[""].batch, ids, numbers, shape, key)


def mapped_texts(
    made: Mapping[str, Mapped],
    batch: str,
    ids: Sequence[str],
    numbers: Sequence[int],
    shape: RecordShape,
    key: Sequence[str],
) -> Iterator[RecordText]:
    """The records of mapped sources, as `table_texts` has them; heads of a system may have the rows of parts."""
    main, others = made[""], {name: mapped for name, mapped in made.items() if name}
    texts = {name: _MappedTexts(mapped, batch, shape) for name, mapped in made.items()}
    for at, (record_id, row) in enumerate(zip(ids, numbers, strict=True)):
        also = [name for name, other in others.items() if other.is_needed(at)]
        left = texts[""].left_over(at)
        if also and left:
            left = {c: t for c, t in left.items() if not any(others[n].takes(c, at) for n in also)}
        yield texts[""].record(
            at, record_id, row, left, [main.fields[n][at] if n in main.fields else None for n in key]
        )
        for name in also:
            fields = others[name].fields
            own = [fields[n][at] if n in fields else None for n in key]
            yield texts[name].record(at, f"{record_id}+{name}", row, {}, own)


class _MappedTexts:
    """The texts of one form's records. Fragments are remembered as long as what they are made of is held."""

    def __init__(self, mapped: Mapped, batch: str, shape: RecordShape) -> None:
        self._mapped, self._shape = mapped, shape
        self._cells: dict[tuple[str, int], _Fragment] = {}
        self._kinds: dict[tuple[object, ...], tuple[str, str]] = {}
        self._rows: dict[tuple[str, int], _Fragment | None] = {}
        self._start = f'{{"batch":{quoted(batch)},"children":{{'
        self._form = f'}},"form":{quoted(mapped.mapping.form)},"id":'
        columns = {name: self._column(name, values) for name, values in mapped.fields.items()}
        whole = [[f.whole for f in columns[n]] for n in sorted(columns)]
        packed = [[f.packed for f in column] for column in columns.values()]
        count = mapped.sources.count
        self._whole = [",".join(filter(None, row)) for row in zip(*whole, strict=True)] or [""] * count
        self._packed = [",".join(filter(None, row)) for row in zip(*packed, strict=True)] or [""] * count
        self._kept = {n: w for n, w in mapped.left.items() if n not in mapped.mapping.ignored}
        self._ignored = any(n in mapped.mapping.ignored for n in mapped.left)

    def left_over(self, at: int) -> Mapping[str, str]:
        """As `Mapped.left_over`, which is asked only where a column is left at all."""
        return self._mapped.left_over(at) if self._kept else {}

    def record(
        self, at: int, record_id: str, row: int, left: Mapping[str, str], key: Sequence[SourceAnswers | None]
    ) -> RecordText:
        """One record of the form."""
        tables: dict[str, list[_Fragment]] = {}
        for kind, bound in self._mapped.mapping.rows.items():
            if kind in self._mapped.rows:
                found = [f for r in self._mapped.rows[kind][at] if (f := self._row(kind, r)) is not None]
                if found:
                    tables.setdefault(bound.child, []).extend(found)
        ignored = self._mapped.ignored(at) if self._ignored else ()
        whole = (
            self._start + ",".join([f'"{t}":[{",".join([f.whole for f in tables[t]])}]' for t in sorted(tables)])
            + '},"fields":{' + self._whole[at] + self._form + quoted(record_id) + ',"ignored":' + _dumped(list(ignored))
            + ',"left_over":' + (_dumped(left) if left else "{}") + ',"pages":[]}'
        )  # fmt: skip
        children = ",".join([f'["{t}",{",".join([f.packed for f in rows])}]' for t, rows in tables.items()])
        over = json.dumps(left, ensure_ascii=False, separators=(",", ":")) if left else "{}"
        packed = packed_text(row, f"[{self._packed[at]}]", f"[{children}]", over, self._shape.head((), ignored, ""))
        return RecordText(record_id, self._mapped.mapping.form, whole.replace(_ROW, str(row)), packed, tuple(key))

    def _row(self, kind: str, row: SaidRow) -> _Fragment | None:
        """A row of a child table; None of one that says nothing."""
        key = (kind, id(row))
        if key not in self._rows:
            self._rows[key] = self._made_row(kind, row)
        return self._rows[key]

    def _made_row(self, kind: str, row: SaidRow) -> _Fragment | None:
        if all(said.blank for said in row.values()):
            return None
        cells = {n: self._cell(n, v) for n, v in {**self._mapped.constants(kind), **row}.items()}
        whole, packed = (cells[n].whole for n in sorted(cells)), [f.packed for f in cells.values()]
        part = next((v.origin for v in row.values() if v.origin.part), None)
        if part is not None:
            packed.insert(0, _begins(part))
        return _Fragment(f"{{{','.join(whole)}}}", f"[{','.join(packed)}]")

    def _column(self, name: str, values: Values) -> list[_Fragment]:
        """The cells of a field; of most columns many are the same."""
        made = {id(v): self._cell(name, v) for v in {id(v): v for v in values if v is not None}.values()}
        made |= {id(v): made[id(v)]._replace(packed=f"{_begins(v.origin)},{made[id(v)].packed}")
                 for v in values if v is not None and v.origin.part}  # fmt: skip
        return [_NO_CELL if v is None else made[id(v)] for v in values]

    def _cell(self, name: str, said: SourceAnswers) -> _Fragment:
        key = (name, id(said))
        found = self._cells.get(key)
        if found is None:
            number, rest = self._kind(name, said)
            raw = quoted(said.raw)
            value = "null" if said.value is None else raw if said.value == said.raw else quoted(said.value)
            short = "1" if said.value == said.raw else value
            found = self._cells[key] = _Fragment(
                f'"{name}":{{{rest}"raw":{raw},"value":{value}}}', f"{number},{raw},{short}"
            )
        return found

    def _kind(self, name: str, said: SourceAnswers) -> tuple[str, str]:
        """What stands for the kind of a cell in the packed text, and what stands before its raw text in the whole."""
        o = said.origin
        # The origins of a table's cells are few and are held, so that which one it is tells them apart; of parts each
        # row has its own.
        key = (name, said.confidence, (o.file, o.table, o.column) if o.part else id(o), *said[4:])
        found = self._kinds.get(key)
        if found is None:
            here = Origin(file=o.file, table=o.table, row=HERE, column=o.column) if o.column and not o.row else o
            if o.part:
                here = Origin(file=o.file, table=o.table, row=HERE, column=o.column, part=PART)
            plain = value_to_plain(said.at(here))
            rest = {n: v for n, v in plain.items() if n not in ("raw", "value")}
            text = kind_text(name, rest)
            number = self._shape.number_of.get(text)
            inner = _dumped(rest)[1:-1]
            inner = inner if o.part else inner.replace(_ROW_HERE, f'"row":{_ROW}')
            found = self._kinds[key] = (text if number is None else str(number), inner and inner + ",")
        if not o.part:
            return found
        return found[0], found[1].replace(_PART_HERE, f'"part":{quoted(o.part)},"row":{o.row}', 1)


def _begins(part: Origin) -> str:
    """What stands before the cells of a part."""
    return f"{HERE},{part.row},{quoted(part.part)}"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
