"""Read the rows of all sources into parts, and report broken rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from digitize.errors import InputError
from digitize.files.validating.block import LINE as BLOCK_LINE
from digitize.files.validating.block import TableReader
from digitize.files.validating.doubt import DOUBTFUL, Neighbours
from digitize.files.validating.findings import COLUMNS, FILE_BITS, Findings
from digitize.files.validating.parts import Parts, Router
from digitize.files.validating.readers import open_reader
from digitize.files.validating.server import Database
from digitize.files.validating.sources import FoundTables, TableSource, size_of
from digitize.machine.prefetch import read_ahead
from mappers.schema import Table
from validators.rulebook.columns import LINE, RECORD
from validators.rulebook.given import CheckSettings

RECORD_ID, LINE_NAME = "record_id", "line"
Progress = Callable[[int, int], None]
Others = Mapping[str, Mapping[str, pl.DataFrame]]
"""Form -> table -> rows of other forms, with which rules compare."""
UNREAD = "_unread"
"""Among the parts' tables: findings of text that gave no value."""
_FIELDS_SHOWN = 4


@dataclass
class TakenRows:
    """Rows read; filled during reading. files: names; their index is the upper part of a row's line."""

    form: str
    settings: CheckSettings
    files: tuple[str, ...]
    findings: Findings
    parts: Parts
    router: Router
    progress: Progress | None = None
    rows: int = 0
    unreadable: int = 0
    rows_of_records: int = 0

    def tell(self, table: str, faults: list[tuple[int, str, str]]) -> None:
        """Take faults of a file's structure: line, code, field."""
        asked = [one for one in faults if one[1] not in self.settings.left_out]
        rows = [(line, table, "", field, code, None) for line, code, field in asked]
        if rows:
            self.findings.add(pl.DataFrame(rows, schema=COLUMNS, orient="row"))


def take_rows(taken: TakenRows, found: FoundTables, total: int) -> None:
    """Read all rows of the sources. total: their size in bytes. Raises InputError if there are none."""
    for name in found.strays:
        taken.tell("", [(taken.files.index(name) << FILE_BITS, "S009", "")])
    done = 0
    for source in found.sources:
        number = taken.files.index(source.path.name)
        for at in _read(taken, source, number):
            if taken.progress:
                taken.progress(done + at, total)
        # Workbooks and SQLite files stand in the total once, whatever tables they hold; no reader tells how far it is.
        done += size_of([source]) if not source.name or isinstance(source.path, Database) else 0
    has_records = any(not s.table.child for s in found.sources)
    if not (taken.rows_of_records if has_records else taken.rows) and not taken.unreadable:
        name = found.sources[0].path.name
        raise InputError(f"{name}: it has a header but no rows; nothing was checked")


def _read(taken: TakenRows, source: TableSource, number: int) -> Iterator[int]:
    """Take all rows of a table; yields how many bytes of its file have been read."""
    reader = open_reader(source.path, source.name, source.table)
    places = places_of(source, reader, taken.form)
    table, first = source.table, number << FILE_BITS
    taken.tell(table.name, [(first + reader.line, c, n) for c, n in _header_faults(table, reader.names)])
    # No rows, but the table: rules tell a table that was not given from one that has nothing for a record.
    neighbours = _neighbours(taken, table)
    _take(taken, table, text_rows(pl.DataFrame(schema={BLOCK_LINE: pl.Int64, **dict.fromkeys(places, pl.String)}), 0))
    for block in read_ahead(reader.blocks(places)):
        taken.rows += block.frame.height
        taken.rows_of_records += block.frame.height * (not table.child)
        taken.unreadable += len(block.faults)
        taken.tell(table.name, [(first + line, code, "") for line, code in block.faults])
        rows = text_rows(block.frame, first)
        _take(taken, table, rows)
        if neighbours:
            doubtful = neighbours.find_neighbours(rows, [first + line for line, _ in block.faults])
            taken.parts.add(DOUBTFUL, doubtful, taken.router.of_children(doubtful))
        yield block.at


def _neighbours(taken: TakenRows, table: Table) -> Neighbours | None:
    """For a child table in a file that also has records; otherwise nothing can be missing."""
    return Neighbours(table.name, taken.router.knows) if table.child and taken.rows_of_records else None


def _take(taken: TakenRows, table: Table, frame: pl.DataFrame) -> None:
    part = taken.router.of_children(frame) if table.child else taken.router.of_records(frame)
    taken.parts.add(table.name, frame, part)


def text_rows(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """A block as a text frame of the rules; a row without an id is its own record.

    A child row's line is kept for references to it (`digitize.files.validating.placing`).
    """
    line = pl.col(BLOCK_LINE) + first
    # A zero byte in front, as no id of a text file has it: a row with one is broken (S003).
    alone = pl.concat_str(pl.lit("\x00"), line)
    given = pl.col(RECORD_ID) if RECORD_ID in frame.columns else pl.lit(None, dtype=pl.String)
    record = pl.when(given != "").then(given).otherwise(alone)
    fields = (c for c in frame.columns if c not in (BLOCK_LINE, RECORD_ID))
    return frame.select(record.alias(RECORD), line.alias(LINE), *fields)


def places_of(source: TableSource, reader: TableReader, form: str) -> dict[str, int]:
    """Known columns and their positions, the first of each name. Raises InputError if there is none."""
    known = _load_known_columns(source.table)
    # From the back, so that of two columns of one name the first one stays.
    places = {n: i for i, n in reversed(list(enumerate(reader.names))) if n in known}
    if not places.keys() - {RECORD_ID, LINE_NAME}:
        fields = [c.name for c in source.table.columns]
        raise InputError(refusal(source.path.name, reader.line, reader.names, form, fields))
    return places


def _load_known_columns(table: Table) -> set[str]:
    return {RECORD_ID, *(c.name for c in table.columns)} | ({LINE_NAME} if table.child else set())


def _header_faults(table: Table, names: list[str]) -> Iterator[tuple[str, str]]:
    known = _load_known_columns(table)
    for name, times in Counter(names).items():
        if name not in known:
            yield "S005", name
        elif times > 1:
            yield "S006", name
    if RECORD_ID not in names and table.child:
        yield "S007", RECORD_ID


def refusal(file: str, line: int, names: Sequence[str], form: str, fields: Sequence[str]) -> str:
    """Message for a header without any known column: what was expected, and the likely meaning of its columns."""
    meant = [f'"{name}" would be {field}' for name, field in _meanings(names, form)][:_FIELDS_SHOWN]
    told = f": {'; '.join(meant)}" if meant else ""
    return (
        f"{file}: line {line}: no column is a field of this table{told}. Headers are field ids, such as "
        f"{', '.join(fields[:_FIELDS_SHOWN])} (docs/schema.md); --mapping checks a table with headers of its own."
    )


def _meanings(names: Sequence[str], form: str) -> list[tuple[str, str]]:
    """Column -> field of the form that its header names.

    Only headers made of known words are reported: a file may have no header, and names of persons in its first row.
    """
    from mappers.draft.assign import assign, lend
    from mappers.draft.content import Content
    from mappers.draft.match import ColumnSeen
    from mappers.draft.targets import find_targets
    from mappers.headers.lexicon import load_lexicon
    from mappers.headers.read import UNKNOWN, read_header

    lexicon = load_lexicon()
    known = [
        name
        for name in dict.fromkeys(names)
        if any(not any(t.startswith(UNKNOWN) for t in reading.tokens) for reading in read_header(name, lexicon)[:1])
    ]
    columns = [ColumnSeen(name, (name,), Content(()), i) for i, name in enumerate(known)]
    choices = assign(columns, find_targets(form, lexicon), lend(columns, form, form, lexicon), lexicon)
    return [(c.column.name, c.target.name) for c in choices if c.target]
