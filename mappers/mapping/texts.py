"""Mapped sources as the texts that their records are hashed and kept by: no record is made of them.

Equal to what `to_records` and `to_plain` give, and a test holds that. What equal cells become is worked out once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from mappers.mapping.answers import SaidRow, SourceAnswers
from mappers.mapping.apply import Application
from mappers.mapping.mapped import Mapped, Values, says_anything
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
_MOST_KNOWN = 4096
"""So many cells of a column, rows of a kind and kinds of cells are remembered."""


class _KnownTexts:
    """What cells and rows of one form became. Each stands with what it was made of, so that its id stays its own."""

    def __init__(self) -> None:
        self.columns: dict[str, dict[int, tuple[SourceAnswers, _Fragment]]] = {}
        self.rows: dict[str, dict[int, tuple[SaidRow, _Fragment | None]]] = {}
        self.kinds: dict[tuple[object, ...], tuple[Origin, str, str]] = {}
        self.ignored: dict[tuple[str, ...], tuple[str, str]] = {}

    def forget(self) -> None:
        """Before a lot: what has become too much is worked out anew."""
        every: list[dict[Any, Any]] = [*self.columns.values(), *self.rows.values(), self.kinds, self.ignored]
        for known in every:
            if len(known) > _MOST_KNOWN:
                known.clear()


class TextMemory:
    """What the texts of one lot leave for the next, where both are made by the same applications."""

    def __init__(self) -> None:
        """Of no lot yet."""
        self._known: dict[str, _KnownTexts] = {}

    def known_of(self, name: str) -> _KnownTexts:
        """What is known of one of the forms."""
        return self._known.setdefault(name, _KnownTexts())


def table_texts(
    works: Mapping[str, Application],
    sources: Sources,
    ids: Sequence[str],
    numbers: Sequence[int],
    shape: RecordShape,
    key: Sequence[str],
    memory: TextMemory | None = None,
) -> Iterator[RecordText]:
    """The records of rows of a table, in the order of `map_rows`.

    works: "" -> the mapping, name -> its other forms. ids, numbers: of each row. key: fields whose values are wanted.
    memory: of lots before, by the same works and the same shape.
    """
    made = {name: work.map(sources) for name, work in works.items()}
    yield from mapped_texts(made, works[""].batch, ids, numbers, shape, key, memory)


def mapped_texts(
    made: Mapping[str, Mapped],
    batch: str,
    ids: Sequence[str],
    numbers: Sequence[int],
    shape: RecordShape,
    key: Sequence[str],
    memory: TextMemory | None = None,
) -> Iterator[RecordText]:
    """The records of mapped sources, as `table_texts` has them; heads of a system may have the rows of parts."""
    main, others = made[""], {name: mapped for name, mapped in made.items() if name}
    memory = memory or TextMemory()
    texts = {name: _MappedTexts(mapped, batch, shape, memory.known_of(name)) for name, mapped in made.items()}
    for at, (record_id, row) in enumerate(zip(ids, numbers, strict=True)):
        also = [name for name, other in others.items() if other.is_needed(at)]
        left = texts[""].left_over(at)
        if also and left:
            left = {c: t for c, t in left.items() if not any(others[n].takes(c, at) for n in also)}
        yield texts[""].record(at, record_id, row, left, _key_of(main, key, at))
        for name in also:
            yield texts[name].record(at, f"{record_id}+{name}", row, {}, _key_of(others[name], key, at))


def _key_of(mapped: Mapped, key: Sequence[str], at: int) -> tuple[SourceAnswers | None, ...]:
    fields = mapped.fields
    return tuple([fields[n][at] if n in fields else None for n in key])


class _MappedTexts:
    """The texts of one form's records of a lot."""

    def __init__(self, mapped: Mapped, batch: str, shape: RecordShape, known: _KnownTexts) -> None:
        self._mapped, self._shape, self._known = mapped, shape, known
        known.forget()
        form = mapped.mapping.form
        self._form, self._start = form, f'{{"batch":{quoted(batch)},"children":{{'
        self._behind_fields = f'}},"form":{quoted(form)},"id":'
        columns = {name: self._column(name, values) for name, values in mapped.fields.items()}
        whole = [[f.whole for f in columns[n]] for n in sorted(columns)]
        packed = [[f.packed for f in column] for column in columns.values()]
        count = mapped.sources.count
        self._whole = [",".join(filter(None, row)) for row in zip(*whole, strict=True)] or [""] * count
        self._packed = [",".join(filter(None, row)) for row in zip(*packed, strict=True)] or [""] * count
        self._kept = {n: w for n, w in mapped.left.items() if n not in mapped.mapping.ignored}
        self._ignored = any(n in mapped.mapping.ignored for n in mapped.left)
        self._kinds = [(k, b.child, mapped.rows[k]) for k, b in mapped.mapping.rows.items() if k in mapped.rows]

    def left_over(self, at: int) -> Mapping[str, str]:
        """As `Mapped.left_over`, which is asked only where a column is left at all."""
        return self._mapped.left_over(at) if self._kept or self._mapped.of_parts else {}

    def record(
        self, at: int, record_id: str, row: int, left: Mapping[str, str], key: tuple[SourceAnswers | None, ...]
    ) -> RecordText:
        """One record of the form."""
        tables: dict[str, list[_Fragment]] = {}
        for kind, child, rows in self._kinds:
            found = [f for r in rows[at] if (f := self._row(kind, r)) is not None]
            if found:
                tables.setdefault(child, []).extend(found)
        ignored, head = self._said_of(self._mapped.list_ignored(at) if self._ignored else ())
        of_tables = [f'"{t}":[{",".join([f.whole for f in tables[t]])}]' for t in sorted(tables)]
        whole = (
            f'{self._start}{",".join(of_tables)}}},"fields":{{{self._whole[at]}{self._behind_fields}{quoted(record_id)}'
            f',"ignored":{ignored},"left_over":{_dump_json(left) if left else "{}"},"pages":[]}}'
        )
        children = ",".join([f'["{t}",{",".join([f.packed for f in rows])}]' for t, rows in tables.items()])
        over = json.dumps(left, ensure_ascii=False, separators=(",", ":")) if left else "{}"
        packed = packed_text(row, f"[{self._packed[at]}]", f"[{children}]", over, head)
        return RecordText(record_id, self._form, whole.replace(_ROW, str(row)), packed, key)

    def _said_of(self, ignored: tuple[str, ...]) -> tuple[str, str]:
        """What the texts say of cells that are left out on purpose: hardly two records differ in them."""
        found = self._known.ignored.get(ignored)
        if found is None:
            found = self._known.ignored[ignored] = _dump_json(list(ignored)), self._shape.head((), ignored, "")
        return found

    def _row(self, kind: str, row: SaidRow) -> _Fragment | None:
        """A row of a child table; None of one that says nothing."""
        rows = self._known.rows.setdefault(kind, {})
        found = rows.get(id(row))
        if found is None:
            found = rows[id(row)] = row, self._made_row(kind, row) if says_anything(row) else None
        return found[1]

    def _made_row(self, kind: str, row: SaidRow) -> _Fragment:
        cells = {n: self._cell(n, v) for n, v in {**self._mapped.constants(kind), **row}.items()}
        whole, packed = ",".join([cells[n].whole for n in sorted(cells)]), [f.packed for f in cells.values()]
        part = next((v.origin for v in row.values() if v.origin.part), None)
        if part is not None:
            packed.insert(0, _begins(part))
        return _Fragment(f"{{{whole}}}", f"[{','.join(packed)}]")

    def _column(self, name: str, values: Values) -> list[_Fragment]:
        """The cells of a field; of most columns many are the same."""
        known = self._known.columns.setdefault(name, {})
        made: list[_Fragment] = []
        for said in values:
            if said is None:
                made.append(_NO_CELL)
                continue
            found = known.get(id(said))
            if found is None:
                cell = self._cell(name, said)
                if said.origin.part:
                    cell = cell._replace(packed=f"{_begins(said.origin)},{cell.packed}")
                found = known[id(said)] = said, cell
            made.append(found[1])
        return made

    def _cell(self, name: str, said: SourceAnswers) -> _Fragment:
        stored, value, confidence, o, *rest = said
        # The origins of a table's cells are few and are held, so that which one it is tells them apart; of parts each
        # row has its own.
        key = (name, confidence, (o.file, o.table, o.column) if o.part else id(o), *rest)
        _, number, before = self._known.kinds.get(key) or self._kind(key, name, said)
        if o.part:
            before = before.replace(_PART_HERE, f'"part":{quoted(o.part)},"row":{o.row}', 1)
        raw = quoted(stored)
        if value == stored:
            return _Fragment(f'"{name}":{{{before}"raw":{raw},"value":{raw}}}', f"{number},{raw},1")
        short = "null" if value is None else quoted(value)
        return _Fragment(f'"{name}":{{{before}"raw":{raw},"value":{short}}}', f"{number},{raw},{short}")

    def _kind(self, key: tuple[object, ...], name: str, said: SourceAnswers) -> tuple[Origin, str, str]:
        """What stands for the kind of a cell in the packed text, and what stands before its raw text in the whole."""
        o = said.origin
        here = Origin(file=o.file, table=o.table, row=HERE, column=o.column) if o.column and not o.row else o
        if o.part:
            here = Origin(file=o.file, table=o.table, row=HERE, column=o.column, part=PART)
        plain = value_to_plain(said.place_at(here))
        rest = {n: v for n, v in plain.items() if n not in ("raw", "value")}
        text = kind_text(name, rest)
        number = self._shape.number_of.get(text)
        inner = _dump_json(rest)[1:-1]
        inner = inner if o.part else inner.replace(_ROW_HERE, f'"row":{_ROW}')
        found = self._known.kinds[key] = o, text if number is None else str(number), inner and inner + ","
        return found


def _begins(part: Origin) -> str:
    """What stands before the cells of a part."""
    return f"{HERE},{part.row},{quoted(part.part)}"


def _dump_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
