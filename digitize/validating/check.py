"""Check the tables of import files: read in blocks, parted where they are large, asked part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import polars as pl

from digitize.errors import InputError
from digitize.validating.aside import Asides
from digitize.validating.block import LINE as BLOCK_LINE
from digitize.validating.findings import COLUMNS, FILE_BITS, Findings, Words
from digitize.validating.masks import mask_values
from digitize.validating.parts import Parts, Router, pieces
from digitize.validating.readers import Place, open_reader
from digitize.validating.report import Report
from digitize.validating.server import Database
from digitize.validating.sources import Found, Source, find_sources, find_table, size_of
from digitize.validating.tallies import Tallies
from mappers.schema import Table
from validators.check import tables_compared
from validators.columns import LINE, RECORD
from validators.rows import find_in_rows
from validators.rule import every_rule, load_rules
from validators.settings import CheckSettings
from validators.structure import STRUCTURE

RECORD_ID, LINE_NAME = "record_id", "line"
ORPHAN = "T019"
# Of files. Asking the rules of a part takes some twelve times its bytes of memory.
_PART_BYTES, _WHOLE_BYTES, _MOST_PARTS = 24 << 20, 64 << 20, 2000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class How:
    """How files are checked. parts: into how many parts large tables are cut, 0: as their size asks for.

    unmasked: the reason for which values of persons are shown, "" where they are not. progress: is told how many bytes
    of how many have been read.
    """

    parts: int = 0
    unmasked: str = ""
    progress: Progress | None = None


@dataclass
class _Run:
    """What one run knows; lives while files are checked."""

    form: str
    settings: CheckSettings
    how: How
    files: tuple[str, ...]
    findings: Findings
    parts: Parts
    router: Router
    rows: int = 0
    unreadable: int = 0
    rows_of_records: int = 0


def check_files(paths: Sequence[Place], form: str, settings: CheckSettings, how: How) -> Report:
    """Check files and folders by all rules of a form. Raises InputError when nothing can be checked; see `Report`."""
    found = find_sources(paths, form)
    names = tuple(sorted({s.path.name for s in found.sources}))
    files = tuple(sorted({*names, *found.strays}))
    total = size_of(found.sources)
    count = how.parts or (1 if total <= _WHOLE_BYTES else min(_MOST_PARTS, total // _PART_BYTES))
    router = Router(count, has_children=any(s.table.child for s in found.sources))
    with Parts(count) as parts, Asides(count) as asides:
        run = _Run(form, settings, how, files, Findings(_words(files, settings)), parts, router)
        _read_all(run, found, total)
        tallies = Tallies()
        _ask_all(run, asides, tallies, _compared(form, paths, settings))
    years, stations = tallies.made()
    counted = (run.rows, run.unreadable, run.findings, found.others, _asked(form, settings), years, stations)
    return Report(form, names, *counted, how.unmasked)


def _asked(form: str, settings: CheckSettings) -> int:
    return len(load_rules(form).keys() - settings.left_out)


def _words(files: tuple[str, ...], settings: CheckSettings) -> Words:
    messages = {code: made.english for code, made in every_rule().items()}
    return Words(files, settings.policy, {**messages, **{code: fault.english for code, fault in STRUCTURE.items()}})


def _read_all(run: _Run, found: Found, total: int) -> None:
    for name in found.strays:
        _tell(run, "", [(run.files.index(name) << FILE_BITS, "S009", "")])
    done = 0
    for source in found.sources:
        number = run.files.index(source.path.name)
        for at in _read(run, source, number):
            if run.how.progress:
                run.how.progress(done + at, total)
        done += size_of([source]) if not source.name or isinstance(source.path, Database) else 0
    has_records = any(not s.table.child for s in found.sources)
    if not (run.rows_of_records if has_records else run.rows) and not run.unreadable:
        name = found.sources[0].path.name
        raise InputError(f"{name}: there is a header and no row below it; nothing was checked")


def _read(run: _Run, source: Source, number: int) -> Iterator[int]:
    """Take all rows of a table; yields how many bytes of its file have been read."""
    reader = open_reader(source.path, source.name, source.table)
    places = _places(source, reader.names)
    table, first = source.table, number << FILE_BITS
    _tell(run, table.name, [(first + reader.line, c, n) for c, n in _header_faults(table, reader.names)])
    _take(run, table, _text_frame(pl.DataFrame(schema={BLOCK_LINE: pl.Int64, **dict.fromkeys(places, pl.String)}), 0))
    for block in reader.blocks(places):
        run.rows += block.frame.height
        run.rows_of_records += block.frame.height * (not table.child)
        run.unreadable += len(block.faults)
        _tell(run, table.name, [(first + line, code, "") for line, code in block.faults])
        _take(run, table, _text_frame(block.frame, first))
        yield block.at


def _take(run: _Run, table: Table, frame: pl.DataFrame) -> None:
    part = run.router.of_children(frame) if table.child else run.router.of_records(frame)
    run.parts.add(table.name, frame, part)


def _text_frame(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """A block as a text frame of the rules; a row without an id is a record of its own."""
    line = pl.col(BLOCK_LINE) + first
    alone = pl.concat_str(pl.lit("\x00"), line)
    given = pl.col(RECORD_ID) if RECORD_ID in frame.columns else pl.lit(None, dtype=pl.String)
    record = pl.when(given != "").then(given).otherwise(alone)
    fields = (c for c in frame.columns if c not in (BLOCK_LINE, RECORD_ID, LINE_NAME))
    return frame.select(record.alias(RECORD), line.alias(LINE), *fields)


def _places(source: Source, names: list[str]) -> dict[str, int]:
    """Known columns and where they stand, the first one of each name."""
    known = _known(source.table)
    places = {n: i for i, n in reversed(list(enumerate(names))) if n in known}
    if not places.keys() - {RECORD_ID, LINE_NAME}:
        raise InputError(
            f"{source.path.name}: line 1: no column is a field of {source.table.name}; headers are field ids such as "
            f"{', '.join(c.name for c in source.table.columns[:4])}"
        )
    return places


def _known(table: Table) -> set[str]:
    return {RECORD_ID, *(c.name for c in table.columns)} | ({LINE_NAME} if table.child else set())


def _header_faults(table: Table, names: list[str]) -> Iterator[tuple[str, str]]:
    known = _known(table)
    for name, times in Counter(names).items():
        if name not in known:
            yield "S005", name
        elif times > 1:
            yield "S006", name
    if RECORD_ID not in names and table.child:
        yield "S007", RECORD_ID


def _tell(run: _Run, table: str, faults: list[tuple[int, str, str]]) -> None:
    rows = [(line, table, "", field, code, None) for line, code, field in faults if code not in run.settings.left_out]
    if rows:
        run.findings.add(pl.DataFrame(rows, schema=COLUMNS, orient="row"))


def _ask_all(run: _Run, asides: Asides, tallies: Tallies, others: dict[str, dict[str, pl.DataFrame]]) -> None:
    rejecting = [code for code, word in run.settings.policy.items() if word == "reject"]
    for frames in pieces(run.parts):
        found = find_in_rows(run.form, frames, run.settings, others, asides.take if run.parts.count > 1 else None)
        if run.parts.count > 1:
            found = _without_false_orphans(found, run.router)
        tallies.add(frames.get(run.form), found.filter(pl.col("code").is_in(rejecting))[RECORD])
        _keep(run, found)
    for found in asides.ask():
        _keep(run, found)


def _without_false_orphans(found: pl.DataFrame, router: Router) -> pl.DataFrame:
    """A row may only seem to have no record, since that lies in another part."""
    orphans = found["code"] == ORPHAN
    return found.filter(~orphans | ~router.knows(found[RECORD])) if orphans.any() else found


def _keep(run: _Run, found: pl.DataFrame) -> None:
    run.findings.add(mask_values(found, run.form, unmask=bool(run.how.unmasked)))


def _compared(form: str, paths: Sequence[Place], settings: CheckSettings) -> dict[str, dict[str, pl.DataFrame]]:
    """Form -> table -> rows, of the other forms in a folder or database whose records a rule of this form looks at."""
    found: dict[str, dict[str, pl.DataFrame]] = {}
    folders = [p for p in paths if isinstance(p, Database) or p.is_dir()]
    wanted: Mapping[str, frozenset[str]] = tables_compared(form, settings) if folders else {}
    for other, names in wanted.items():
        for folder in folders:
            # What is wrong with the file itself is told when it is checked as what it is.
            with suppress(InputError):
                found[other] = {s.table.name: _whole(s) for s in find_table(folder, other, names)}
    return {other: tables for other, tables in found.items() if tables}


def _whole(source: Source) -> pl.DataFrame:
    reader = open_reader(source.path, source.name, source.table)
    frames = [_text_frame(b.frame, 0) for b in reader.blocks(_places(source, reader.names))]
    return pl.concat(frames) if frames else _text_frame(pl.DataFrame(schema={BLOCK_LINE: pl.Int64}), 0)
