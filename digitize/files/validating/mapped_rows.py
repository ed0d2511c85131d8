"""Legacy files: rows are mapped as in a run and then checked; findings refer to the legacy rows."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import polars as pl

from digitize.errors import InputError, OptionsError
from digitize.files.mapping.bulk import CHUNK, few_collections
from digitize.files.mapping.draft import one_table
from digitize.files.mapping.find import bound_mapping, settle_for
from digitize.files.validating.findings import FILE_BITS
from digitize.files.validating.row_intake import RECORD_ID, UNREAD, Others, TakenRows
from mappers.legacy import LegacyRow, LegacyTable, ReadAs, find_reader
from mappers.mapping.apply import Application
from mappers.mapping.flat import LINE as FLAT_LINE
from mappers.mapping.flat import FlatColumns, flat_columns
from mappers.mapping.load import FormMapping, legacy_sources
from mappers.schema import form_tables
from mappers.sources.values import MapContext
from validators.checking.check import tables_compared
from validators.checking.plan import plan
from validators.checking.rows import FOUND
from validators.checking.unread import code_of
from validators.rulebook.columns import LINE, RECORD

ANY = "auto"
# Kinds of files that people open as text, and look for a line in.
_TEXTS = ("delimited", "fixed", "sql")
# Counted piece by piece, so that a large file is never in memory as a whole.
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Legacy:
    """How legacy files are read and mapped. mapping: an id, a file, or ANY for the one that fits the columns.

    context: the state, its lists, and the year of the book. table: name, if a file has several.
    """

    mapping: str
    context: MapContext
    how: ReadAs = field(default_factory=ReadAs)
    table: str = ""


@dataclass(frozen=True, slots=True)
class _Old:
    """One legacy table being processed. first: file number, in the upper part of a line. forms, works: of the mapping
    and of secondary records of a row, by name.
    """

    table: LegacyTable
    mapping: FormMapping
    forms: Mapping[str, str]
    works: Mapping[str, Application]
    lines: LineCounter
    first: int


def take_mapped(taken: TakenRows, paths: Sequence[Path], form: str, legacy: Legacy) -> Others:
    """Take all rows of legacy files as mapped records. Returns the rows of other forms.

    Text without a value is reported under its field's rule; a damaged row is unreadable (S011); rows deleted in the old
    system are skipped. Raises InputError and MappingError if a file cannot be read or mapped, and OptionsError if the
    mapping gives nothing of the form.
    """
    others: dict[str, dict[str, list[pl.DataFrame]]] = {}
    wanted = tables_compared(form, taken.settings)
    names: set[str] = set()
    done, total = 0, sum(p.stat().st_size for p in paths)
    for path in paths:
        old = _open(path, form, legacy, taken.files.index(path.name) << FILE_BITS)
        # Ids are made of the table's name and the row's number: two of one name would share them.
        if old.table.name in names:
            raise InputError(f"{path.name}: another file also has a table {old.table.name}; check them one by one")
        names.add(old.table.name)
        with few_collections():
            for rows in _chunks(old.table.rows):
                for other, frames in _take(taken, old, form, rows):
                    for name in frames.keys() & wanted.get(other, frozenset()):
                        others.setdefault(other, {}).setdefault(name, []).append(frames[name])
                if taken.progress:
                    # -1 where the kind of file knows no places.
                    taken.progress(done + max(rows[-1].offset, 0), total)
        done += path.stat().st_size
    if not taken.rows and not taken.unreadable:
        raise InputError(f"{paths[0].name}: it has no rows; nothing was checked")
    # Rows of one chunk may fill other fields than those of the next.
    return {f: {n: pl.concat(of, how="diagonal") for n, of in tables.items()} for f, tables in others.items()}


def _open(path: Path, form: str, legacy: Legacy, first: int) -> _Old:
    table = one_table(path, legacy.how, legacy.table)
    wanted = None if legacy.mapping == ANY else bound_mapping(legacy.mapping)
    mapping, table = settle_for(table, legacy.context, wanted)
    mappings = {"": mapping, **mapping.also}
    works = {name: Application(m, legacy.context) for name, m in mappings.items()}
    forms = {name: m.form for name, m in mappings.items()}
    made = sorted(set(forms.values()))
    if form not in made:
        raise OptionsError(f"{path.name}: {mapping.by} maps it to {', '.join(made)}; name one of these with --form.")
    return _Old(table, mapping, forms, works, LineCounter(path), first)


def _take(
    taken: TakenRows, old: _Old, form: str, rows: list[LegacyRow]
) -> Iterator[tuple[str, Mapping[str, pl.DataFrame]]]:
    """Take the rows' records of the form; yields those of other forms."""
    lines = {r.number: old.first + line for r, line in zip(rows, old.lines.find_lines(rows), strict=True)}
    there = [r for r in rows if not r.deleted]
    usable = [r for r in there if not r.problem]
    taken.rows += len(usable)
    taken.rows_of_records += len(usable)
    taken.unreadable += len(there) - len(usable)
    taken.tell(form, [(lines[r.number], "S011", "") for r in there if r.problem])
    if not usable:
        return
    sources = legacy_sources(old.mapping, old.table.name, old.table.name, old.table.columns, usable)
    for name, work in old.works.items():
        mapped, kept = work.map(sources), usable
        if name:
            needed = [at for at in range(mapped.sources.count) if mapped.is_needed(at)]
            mapped, kept = mapped.keep_only(needed), [usable[at] for at in needed]
        ids = [f"{old.table.name}-r{r.number:07d}{f'+{name}' * bool(name)}" for r in kept]
        made = flat_columns(mapped, ids)
        at = dict(zip(ids, (lines[r.number] for r in kept), strict=True))
        frames = {table: _frame(columns, at) for table, columns in made.tables.items()}
        if old.forms[name] == form:
            children = {row.child for row in mapped.mapping.rows.values()}
            parts = _add(taken, form, frames, frozenset(children))
            _tell_unread(taken, form, made, at, parts)
        else:
            yield old.forms[name], frames


def _frame(columns: Mapping[str, list[str | None]], at: Mapping[str, int]) -> pl.DataFrame:
    ids = columns[RECORD_ID]
    fields = {n: values for n, values in columns.items() if n not in (RECORD_ID, FLAT_LINE)}
    schema = {RECORD: pl.String, LINE: pl.Int64, **dict.fromkeys(fields, pl.String)}
    return pl.DataFrame({RECORD: ids, LINE: [at[str(one)] for one in ids], **fields}, schema=schema)


def _add(taken: TakenRows, form: str, frames: Mapping[str, pl.DataFrame], children: frozenset[str]) -> pl.DataFrame:
    """Route each record with its rows to a part. Returns the part of each record.

    children: child tables the mapping can fill; only these exist, possibly empty: data in another table of the old
    system is not missing.
    """
    part = taken.router.of_records(frames[form])
    taken.parts.add(form, frames[form], part)
    parts = pl.DataFrame({RECORD: frames[form][RECORD], "part": part})
    for table in form_tables(form).values():
        if table.child in children:
            frame = frames.get(table.name, pl.DataFrame(schema={RECORD: pl.String, LINE: pl.Int64}))
            taken.parts.add(table.name, frame, _parts_of(frame, parts))
    return parts


def _parts_of(frame: pl.DataFrame, parts: pl.DataFrame) -> pl.Series:
    return frame.select(RECORD).join(parts, on=RECORD, how="left", maintain_order="left")["part"]


def _tell_unread(taken: TakenRows, form: str, made: FlatColumns, at: Mapping[str, int], parts: pl.DataFrame) -> None:
    """Report text without a value if the rule of its field ignores empty values; stored with its record."""
    tables, loud = form_tables(form), _spoken_of_empty(taken, form)
    rows = []
    for doubt in made.doubts:
        column = tables[doubt.table].column(doubt.field)
        if doubt.said.value is None and column is not None:
            code, record = code_of(column, doubt.said.notes), doubt.record_id
            if code not in taken.settings.left_out and (doubt.table, doubt.field, code) not in loud:
                rows.append((doubt.table, at[record], record, doubt.field, code, doubt.said.raw, record))
    if rows:
        frame = pl.DataFrame(rows, schema=FOUND, orient="row")
        taken.parts.add(UNREAD, frame, _parts_of(frame, parts))


def _spoken_of_empty(taken: TakenRows, form: str) -> frozenset[tuple[str, str, str]]:
    """(table, field, rule) of rules that report empty fields themselves."""
    questions = plan(form, taken.settings).questions
    return frozenset(
        (table, q.bound.fields[0], q.bound.rule.code)
        for table, asked in questions.items()
        for q in asked
        if not q.is_silent
    )


def _chunks(rows: Iterator[LegacyRow]) -> Iterator[list[LegacyRow]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


class LineCounter:
    """Counts lines while rows pass in order.

    For binary files the row number is used.
    """

    def __init__(self, path: Path) -> None:
        """path: of the file."""
        self._path, self._offset, self._line = path, 0, 1
        self._is_text = find_reader(path) in _TEXTS and not _is_utf16(path)

    def find_lines(self, rows: Sequence[LegacyRow]) -> list[int]:
        """The lines of the next rows, from 1."""
        if not self._is_text or any(row.offset < 0 for row in rows):
            return [row.number for row in rows]
        with self._path.open("rb") as f:
            f.seek(self._offset)
            return [self._line_of(f, row.offset) for row in rows]

    def _line_of(self, f: BinaryIO, offset: int) -> int:
        while self._offset < offset and (piece := f.read(min(_PIECE, offset - self._offset))):
            self._line += piece.count(b"\n")
            self._offset += len(piece)
        return self._line


def _is_utf16(path: Path) -> bool:
    with path.open("rb") as f:
        return f.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
