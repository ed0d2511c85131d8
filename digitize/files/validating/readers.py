"""Supported kinds of files, and the reader of each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path

import polars as pl

from digitize.errors import InputError
from digitize.files.validating.block import LINE, Block, Row, RowsReader, TableReader
from digitize.files.validating.csv_table import open_csv
from digitize.files.validating.flat_file import read_sheet, sheet_names
from digitize.files.validating.server import Database
from digitize.machine.sandbox import note_file
from mappers.schema import Table

CSV, BOOK, JSON_LINES, PARQUET, DBF, DATABASE = "csv", "book", "json lines", "parquet", "dbf", "database"
_BY_NAME = {
    ".csv": CSV, ".xlsx": BOOK, ".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".parquet": PARQUET, ".dbf": DBF,
    ".sqlite": DATABASE, ".sqlite3": DATABASE, ".db": DATABASE,
}  # fmt: skip
_BEGINNINGS = {b"PAR1": PARQUET, b"SQLite format 3\0": DATABASE}
_BY_READER = {"dbf": DBF, "xlsx": BOOK, "delimited": CSV}
KINDS = "CSV, XLSX, Parquet, JSON lines, DBF and SQLite files"
Place = Path | Database
"""Where tables are."""
_PARQUET_ROWS = 50_000
# Names in a DBF are cut after so many letters.
_DBF_NAME = 10


def kind_of(path: Path) -> str:
    """Kind of table file, by content, and by name only if the content is inconclusive; "" for none."""
    from mappers.errors import TableError
    from mappers.legacy import find_reader, is_surely_table
    from mappers.legacy.lines import is_text
    from mappers.legacy.package import ZIP

    try:
        with path.open("rb") as f:
            head = f.read(4096)
        named = _BY_NAME.get(path.suffix.lower(), "")
        for begins, kind in _BEGINNINGS.items():
            if head.startswith(begins):
                return kind
        # A text that is called one of ours is taken as what it says: looking for its separators costs a pass over it.
        is_told = named in (CSV, JSON_LINES) and is_text(head) and not head.startswith(ZIP)
        reader = "" if is_told or not (named or is_surely_table(path)) else find_reader(path)
    except (OSError, TableError):
        return _BY_NAME.get(path.suffix.lower(), "")
    if reader == "json" and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return JSON_LINES
    return _BY_READER.get(reader) or named


def is_named_so(path: Path) -> bool:
    """Whether a file has the extension of a supported kind."""
    return path.suffix.lower() in _BY_NAME


def names_in(path: Place) -> tuple[str, ...]:
    """Tables in a workbook or database; () for a file that is one table. Raises InputError."""
    if isinstance(path, Database):
        return tuple(path.sizes)
    note_file(path.name)
    kind = kind_of(path)
    if kind == BOOK:
        return sheet_names(path)
    if kind == DATABASE:
        with closing(_connect(path)) as db:
            query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            return tuple(str(r[0]) for r in _query_database(path, db, query))
    return ()


def open_reader(path: Place, name: str, table: Table) -> TableReader:
    """A table of a file, its header read. name: of a sheet or of a database's table. Raises InputError."""
    if isinstance(path, Database):
        return path.open(name)
    note_file(path.name)
    kind = kind_of(path)
    if kind == CSV:
        return open_csv(path)
    if kind == PARQUET:
        return _ParquetReader(path)
    if kind == DATABASE:
        return _database_reader(path, name)
    if kind == JSON_LINES:
        return _json_reader(path)
    if kind == DBF:
        return _dbf_reader(path, table)
    rows = read_sheet(path, name)
    line, header = next(rows)
    return RowsReader([str(h).strip() for h in header], line, rows)


class _ParquetReader:
    """A Parquet file; a row's line is its place in the file, from 1."""

    line = 0

    def __init__(self, path: Path) -> None:
        try:
            self._scan = pl.scan_parquet(path)
            schema = self._scan.collect_schema()
            self._height = int(self._scan.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as e:
            raise InputError(f"{path.name}: this is not a Parquet file, or it is damaged") from e
        self._path, self.names = path, list(schema.names())
        nested = [n for n, kind in schema.items() if kind.is_nested()]
        if nested:
            raise InputError(f"{path.name}: column {nested[0]} contains lists or structures; the import layout is flat")

    def blocks(self, wanted: Mapping[str, int]) -> Iterator[Block]:
        """See `TableReader`."""
        columns = [_as_text(self.names[place], self._scan.collect_schema()).alias(n) for n, place in wanted.items()]
        for start in range(0, self._height, _PARQUET_ROWS):
            try:
                frame = self._scan.slice(start, _PARQUET_ROWS).select(columns).collect()
            except (pl.exceptions.PolarsError, OSError) as e:
                raise InputError(f"{self._path.name}: the file is damaged after row {start}") from e
            lines = pl.int_range(start + 1, start + 1 + frame.height, dtype=pl.Int64, eager=True).alias(LINE)
            frame = frame.select(lines, *wanted)
            broken = frame.select(pl.any_horizontal(pl.lit(value=False), *_holds_zero(wanted)).alias(LINE))[LINE]
            yield Block(frame.filter(~broken), tuple((n, "S003") for n in frame[LINE].filter(broken)))


def _holds_zero(wanted: Iterable[str]) -> Iterator[pl.Expr]:
    """Whether a text holds a zero byte, which PostgreSQL does not accept."""
    for name in wanted:
        yield pl.col(name).str.contains("\x00", literal=True).fill_null(value=False)


def _as_text(name: str, schema: pl.Schema) -> pl.Expr:
    """A typed column as canonical text: dates as YYYY-MM-DD, times as HH:MM, whole numbers without a decimal point."""
    kind, column = schema[name], pl.col(name)
    if kind == pl.Date:
        return column.dt.strftime("%Y-%m-%d")
    if kind == pl.Time:
        return column.dt.strftime("%H:%M")
    if kind == pl.Datetime:
        has_hour = column.dt.time() != pl.time(0, 0)
        return pl.when(has_hour).then(column.dt.strftime("%Y-%m-%d %H:%M")).otherwise(column.dt.strftime("%Y-%m-%d"))
    if kind.is_float():
        return column.cast(pl.String).str.strip_suffix(".0")
    return column.cast(pl.String, strict=False)


def _connect(path: Path) -> sqlite3.Connection:
    try:
        # Rows are read ahead in another thread, one at a time all the same.
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    except sqlite3.Error as e:
        raise InputError(f"{path.name}: the database cannot be opened") from e


def _query_database(path: Path, db: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...]]:
    try:
        yield from db.execute(query)
    except sqlite3.Error as e:
        raise InputError(f"{path.name}: the database cannot be read; is it a complete database?") from e


def _database_reader(path: Path, name: str) -> RowsReader:
    """A table of a database; a row's line is its place in the table, from 1."""
    quoted = name.replace('"', '""')
    with closing(_connect(path)) as db:
        names = [str(r[1]) for r in _query_database(path, db, f'PRAGMA table_info("{quoted}")')]
    return RowsReader(names, 0, _database_rows(path, f'SELECT * FROM "{quoted}"'))


def _database_rows(path: Path, query: str) -> Iterator[Row]:
    with closing(_connect(path)) as db:
        # As bytes: one text that is not UTF-8 is told with its row, and does not end the reading.
        db.text_factory = bytes
        for line, row in enumerate(_query_database(path, db, query), 1):
            yield line, _texts(row)


def _texts(row: tuple[object, ...]) -> list[str] | str:
    try:
        cells = [_plain(c) for c in row]
    except UnicodeDecodeError:
        return "S001"
    return "S003" if any("\x00" in c for c in cells) else cells


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _json_reader(path: Path) -> RowsReader:
    """JSON lines; the header is the union of all keys, in order of appearance."""
    names: dict[str, None] = {}
    # Read twice: the last line may bring a name that none before it has.
    for _, row in _objects(path):
        if isinstance(row, dict):
            names.update(dict.fromkeys(row))
    if not names:
        raise InputError(f"{path.name}: no line is a JSON object")
    return RowsReader(list(names), 0, _object_rows(path, list(names)))


def _object_rows(path: Path, names: list[str]) -> Iterator[Row]:
    for line, row in _objects(path):
        if isinstance(row, str):
            yield line, row
        elif any(isinstance(v, dict | list) for v in row.values()):
            yield line, "S010"
        else:
            yield line, _texts(tuple(row.get(name) for name in names))


def _objects(path: Path) -> Iterator[tuple[int, dict[str, object] | str]]:
    try:
        with path.open("rb") as f:
            for line, raw in enumerate(f, 1):
                raw = raw.removeprefix(b"\xef\xbb\xbf")
                if raw.strip():
                    yield line, _object(raw)
    except OSError as e:
        raise InputError(f"{path.name}: cannot be read: {e.strerror or type(e).__name__}") from e


def _object(raw: bytes) -> dict[str, object] | str:
    try:
        made = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return "S001"
    except (ValueError, RecursionError):  # brackets nested by the thousand
        return "S010"
    return made if isinstance(made, dict) else "S010"


def _dbf_reader(path: Path, table: Table) -> RowsReader:
    """A DBF file; the line of a row is its number in it. A name cut to ten letters is that of the field it begins."""
    from mappers.errors import TableError
    from mappers.legacy import ReadAs, open_table

    try:
        made = open_table(path, 0, ReadAs(kind="dbf"))
        rows = iter(made.rows)
        # The first row is read now, so that a file that is no DBF is told before any row is taken.
        first = next(rows, None)
    except TableError as e:
        raise InputError(str(e)) from e
    names = [_whole_name(n, table) for n in made.columns]
    kept = (r for r in chain([first] if first else [], rows) if not r.deleted)
    return RowsReader(names, 0, ((r.number, "S011" if r.problem else _texts(r.cells)) for r in kept))


def _whole_name(name: str, table: Table) -> str:
    name = name.strip().lower()
    known = ["record_id", "line", *(c.name for c in table.columns)]
    begun = [n for n in known if n == name] or [n for n in known if len(name) == _DBF_NAME and n.startswith(name)]
    return begun[0] if len(begun) == 1 else name
