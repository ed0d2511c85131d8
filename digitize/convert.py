"""From legacy bytes to Unicode: plain text line by line, or whole tables, without a workspace."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from digitize.errors import InputError
from mappers.columns import SAMPLE_ROWS, Column, Wanted, peek, settle, take_sample
from mappers.encodings import load_encodings
from mappers.errors import EncodingUnclear
from mappers.legacy import LegacyRow, LegacyTable, ReadAs, open_tables
from mappers.states import load_state

TEXT_SUFFIXES = (".txt", ".text", ".asc", ".prn", "")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
ORIGIN = ("_row", "_offset", "_deleted", "_problem")


@dataclass
class Done:
    """What became of a table's rows. left_out: row number -> why it was not written."""

    written: int = 0
    deleted: int = 0
    left_out: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def make_wanted(name: str, state: str, folder: Path | None, columns: Sequence[str] = ()) -> Wanted:
    """What was said on the command line. columns: "COLUMN=ENCODING". Raises MappingError."""
    pairs = dict(c.split("=", 1) for c in columns if "=" in c)
    expected = load_state(state.lower()).encodings if state else ()
    return Wanted(load_encodings((folder,) if folder else ()), name, pairs, expected)


def convert_lines(source: BinaryIO, out: TextIO, wanted: Wanted, name: str) -> Column:
    """Text, one line out for each line in. name: of the source, for messages.

    Raises EncodingUnclear before anything is written when the encoding has to be found out and is not clear.
    """
    lines = read_lines(source)
    first = list(islice(lines, SAMPLE_ROWS))
    column = text_column(first, wanted)
    if not column.is_clear:
        raise EncodingUnclear(f"{name}: {column.question} Say which with --from NAME.")
    for line in chain(first, lines):
        out.write(column.decode(line).text + "\n")
    return column


def text_column(lines: Iterable[bytes | str], wanted: Wanted) -> Column:
    """The encoding of plain text, as of a table with one column."""
    rows = (LegacyRow(i, -1, (line,)) for i, line in enumerate(lines, 1))
    return settle(LegacyTable("text", ("text",), iter(())), take_sample(rows, 1), wanted)[0]


def read_lines(source: BinaryIO) -> Iterator[bytes | str]:
    """The lines of a stream without their ends: bytes, or text where a byte order mark says UTF-16."""
    head = source.read(3)
    if head[:2] in _UTF16:
        text = (head + source.read()).decode("utf-16", "replace")
        yield from text.removesuffix("\n").split("\n")
        return
    rest = b"" if head == _BOM else head
    for line in chain(_first_line(rest, source), source):
        yield line.rstrip(b"\r\n")


def _first_line(head: bytes, source: BinaryIO) -> Iterator[bytes]:
    *whole, last = head.split(b"\n")
    yield from whole
    rest = last + source.readline()
    if rest:
        yield rest


def is_text(path: Path, how: ReadAs) -> bool:
    """Whether a file is taken as plain text: it is called so and nothing is said of a table in it."""
    return path.suffix.lower() in TEXT_SUFFIXES and how == ReadAs()


def pick_tables(path: Path, how: ReadAs, only: str = "") -> Iterator[LegacyTable]:
    """The tables of a file, or the one of that name. Raises TableError, InputError."""
    known = []
    for table in open_tables(path, how):
        known.append(table.name)
        if only in ("", table.name):
            yield table
            if only:
                return
    if only:
        raise InputError(f"{path.name} has no table {only}. It has: {', '.join(known)}.")


def convert_table(table: LegacyTable, out: TextIO, wanted: Wanted, *, all_rows: bool) -> Done:
    """One table as UTF-8 CSV. all_rows: deleted and damaged ones too, each with row, offset, mark and problem.

    Raises EncodingUnclear before anything is written when a column's encoding is not clear.
    """
    table, sample = peek(table)
    columns = settle(table, sample, wanted)
    doubtful = [c for c in columns if not c.is_clear]
    if doubtful:
        hint = "Say which with --column COLUMN=NAME, or --from NAME for all."
        raise EncodingUnclear(f"{table.name}: {' '.join(c.question for c in doubtful)} {hint}")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*table.columns, *(ORIGIN if all_rows else ())])
    done = Done()
    for row in table.rows:
        if not all_rows and (row.deleted or row.problem):
            _leave_out(row, done)
            continue
        done.written += 1
        writer.writerow([*_texts(row, columns), *(_origin(row) if all_rows else ())])
    done.notes = [*table.notes]
    return done


def _leave_out(row: LegacyRow, done: Done) -> None:
    done.deleted += row.deleted
    if row.problem:
        done.left_out[row.number] = row.problem


def _texts(row: LegacyRow, columns: Sequence[Column]) -> list[str]:
    return [c.decode(cell).text for c, cell in zip(columns, row.cells, strict=False)]


def _origin(row: LegacyRow) -> tuple[str, ...]:
    return str(row.number), str(row.offset), "yes" if row.deleted else "", row.problem


def csv_to_parquet(path: Path, out: Path) -> None:
    """A CSV as Parquet, all columns text, in constant memory."""
    import polars

    polars.scan_csv(path, infer_schema=False, empty_string_is_null=False).sink_parquet(out)
