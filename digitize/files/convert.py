"""Convert legacy bytes to Unicode: plain text line by line, or whole tables, without a workspace."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, TextIO

from digitize.errors import InputError, OptionsError
from mappers.encodings import load_encodings, to_characters
from mappers.errors import EncodingUnclear
from mappers.legacy import LegacyRow, LegacyTable, ReadAs, find_reader, open_tables
from mappers.legacy.lines import is_text as looks_like_text
from mappers.mapping.column_encodings import (
    SAMPLE_ROWS,
    EncodedColumn,
    WantedEncoding,
    peek,
    settle,
    take_sample,
    watch,
)
from mappers.states import load_state

TEXT_SUFFIXES = (".txt", ".text", ".asc", ".prn", "")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_HEAD = 4096  # enough to tell UTF-16 by its zeros
ORIGIN = ("_row", "_offset", "_deleted", "_problem")
MORE = "_more"


@dataclass
class Done:
    """Result for a table. left_out: row number -> reason it was not written. surplus: rows written without the cells
    after their last column.
    """

    written: int = 0
    surplus: int = 0
    deleted: int = 0
    left_out: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def make_wanted(name: str, state: str, folder: Path | None, columns: Sequence[str] = ()) -> WantedEncoding:
    """Options from the command line. columns: "COLUMN=ENCODING". Raises MappingError, OptionsError."""
    if bare := next((c for c in columns if "=" not in c), None):
        raise OptionsError(f"--column {bare}: write COLUMN=ENCODING.")
    pairs = dict(c.split("=", 1) for c in columns)
    expected = load_state(state.lower()).encodings if state else ()
    return WantedEncoding(load_encodings((folder,) if folder else ()), name, pairs, expected)


def convert_lines(source: BinaryIO, out: TextIO, wanted: WantedEncoding, name: str) -> EncodedColumn:
    """Convert text, one output line per input line. name: of the source, for messages.

    Raises EncodingUnclear before anything is written if the encoding must be detected and is ambiguous.
    """
    lines = read_lines(source)
    first = list(islice(lines, SAMPLE_ROWS))
    column = text_column(first, wanted)
    if not column.is_clear:
        raise EncodingUnclear(f"{name}: {column.question} Say which with --from NAME.")
    text = watch(LegacyTable(name, ("text",), _as_rows(chain(first, lines))), (column,), wanted)
    for row in text.rows:
        out.write(column.decode(row.cells[0]).text + "\n")
    return column


def text_column(lines: Iterable[bytes | str], wanted: WantedEncoding) -> EncodedColumn:
    """Encoding of plain text, treated as a table with one column."""
    return settle(LegacyTable("text", ("text",), iter(())), take_sample(_as_rows(lines), 1), wanted)[0]


def _as_rows(lines: Iterable[bytes | str]) -> Iterator[LegacyRow]:
    return (LegacyRow(i, -1, (line,)) for i, line in enumerate(lines, 1))


def read_lines(source: BinaryIO) -> Iterator[bytes | str]:
    """Lines of a stream without line ends: bytes, or text for UTF-16."""
    head = source.read(_HEAD)
    if wide := _utf16(head):
        text = (head + source.read()).decode(wide, "replace").removeprefix("\ufeff")
        # Only line feeds end a line, as in bytes: splitlines would part at other signs, too.
        yield from (x.removesuffix("\r") for x in text.removesuffix("\n").split("\n") if text)
        return
    for line in chain(_first_line(head.removeprefix(_BOM), source), source):
        yield line.rstrip(b"\r\n")


def _utf16(head: bytes) -> str:
    """UTF-16 variant of a text, by its BOM or the position of zero bytes; "" for none."""
    if head[:2] in _UTF16:
        return "utf-16-le" if head[:2] == _UTF16[0] else "utf-16-be"
    # Latin letters, digits and blanks have a zero byte in UTF-16: all at even places, or all at odd ones.
    even, odd = head[::2].count(0), head[1::2].count(0)
    return "" if bool(even) == bool(odd) else "utf-16-le" if odd else "utf-16-be"


def _first_line(head: bytes, source: BinaryIO) -> Iterator[bytes]:
    *whole, last = head.split(b"\n")
    yield from whole
    # The head ends somewhere within a line.
    rest = last + source.readline()
    if rest:
        yield rest


def is_text(path: Path, how: ReadAs) -> bool:
    """Whether a file is plain text: it has no table, or a text extension and possibly no table.

    Text with separators also counts as text, since legacy fonts use them as letters. Raises EncodingUnclear if it
    starts with column names.
    """
    # Who says how a file is to be read means a table.
    if how != ReadAs():
        return False
    kind, is_called_so = find_reader(path), path.suffix.lower() in TEXT_SUFFIXES
    if not is_called_so:
        return not kind and _is_prose(path)
    if kind == "delimited" and _has_header(path):
        raise EncodingUnclear(
            f"{path.name}: this looks like a table with a header. Give --as table, or --as text to convert it line by "
            f"line."
        )
    return kind in ("", "delimited", "fixed")


def _is_prose(path: Path) -> bool:
    with path.open("rb") as f:
        head = f.read(_HEAD)
    return looks_like_text(head) and bool(head.strip(b"\0 \r\n\t"))


def _has_header(path: Path) -> bool:
    """Whether three columns or more have a header; two parts of a line often match by chance."""
    columns = next(open_tables(path)).columns
    return len(columns) > 2 and not any(c.startswith("COLUMN_") for c in columns)


def pick_tables(path: Path, how: ReadAs, only: str = "") -> Iterator[LegacyTable]:
    """Tables of a file, or the one of that name. Raises TableError, InputError."""
    known = []
    for table in open_tables(path, how):
        known.append(table.name)
        if only in ("", table.name):
            yield table
            if only:
                return
    if only:
        raise InputError(f"{path.name} has no table {only}. It has: {', '.join(known)}.")


def convert_table(table: LegacyTable, out: TextIO, wanted: WantedEncoding, *, all_rows: bool) -> Done:
    """One table as UTF-8 CSV. all_rows: include deleted and damaged rows, each with row, offset, mark and problem.

    Raises EncodingUnclear before anything is written if a column's encoding is ambiguous.
    """
    table, sample = peek(table)
    columns = settle(table, sample, wanted)
    doubtful = [c for c in columns if not c.is_clear]
    if doubtful:
        hint = "Say which with --column COLUMN=NAME, or --from NAME for all."
        raise EncodingUnclear(f"{table.name}: {' '.join(c.question for c in doubtful)} {hint}")
    writer = csv.writer(_Lines(out), lineterminator="\r\n")
    writer.writerow([*table.columns, *((*ORIGIN, MORE) if all_rows else ())])
    done = Done()
    table = watch(table, columns, wanted)
    for row in table.rows:
        if not all_rows and (row.deleted or row.problem):
            _leave_out(row, done)
            continue
        done.written += 1
        more = row.cells[len(columns) :]
        done.surplus += not all_rows and any(c.strip() for c in more)
        writer.writerow([*_texts(row, columns), *((*_origin(row), _rest(more)) if all_rows else ())])
    done.notes = [*table.notes]
    return done


def _rest(cells: Sequence[bytes | str]) -> str:
    """Cells after the last column as JSON; bytes as Windows-1252. "" for none."""
    texts = [to_characters(c) if isinstance(c, bytes) else c for c in cells]
    return json.dumps(texts, ensure_ascii=False) if texts else ""


def _leave_out(row: LegacyRow, done: Done) -> None:
    done.deleted += row.deleted
    if row.problem:
        done.left_out[row.number] = row.problem


def _texts(row: LegacyRow, columns: Sequence[EncodedColumn]) -> list[str]:
    cells = (*row.cells, *[""] * (len(columns) - len(row.cells)))
    return [c.decode(cell).text for c, cell in zip(columns, cells, strict=False)]


@dataclass(frozen=True)
class _Lines:
    """CSV rows ending in a line feed.

    The csv writer is given both line end characters so that it quotes cells with either: some readers take a lone
    carriage return as a row end.
    """

    out: TextIO

    def write(self, row: str) -> None:
        """Write one row."""
        self.out.write(row.removesuffix("\r\n") + "\n")


def _origin(row: LegacyRow) -> tuple[str, ...]:
    return str(row.number), str(row.offset), "yes" if row.deleted else "", row.problem


def csv_to_parquet(path: Path, out: Path) -> None:
    """A CSV as Parquet, all columns text, in constant memory."""
    import polars

    # Nothing is guessed: codes such as 007 keep their zeros, and an empty text is no null.
    polars.scan_csv(path, infer_schema=False, empty_string_is_null=False).sink_parquet(out)
