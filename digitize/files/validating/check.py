"""Check the tables of import files: read in blocks, partitioned if large, checked part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from digitize.errors import InputError
from digitize.files.validating.block import LINE as BLOCK_LINE
from digitize.files.validating.case_files import CaseCount
from digitize.files.validating.deferred_rules import DeferredRules
from digitize.files.validating.findings import Findings, FindingWords
from digitize.files.validating.masks import mask_values
from digitize.files.validating.parts import Parts, Router, pieces
from digitize.files.validating.readers import Place, open_reader
from digitize.files.validating.repeats import REPEATED, TWICE, repeats_found, restore_repeats
from digitize.files.validating.report import CheckReport, Tally
from digitize.files.validating.row_intake import UNREAD, Others, Progress, TakenRows, places_of, take_rows, text_rows
from digitize.files.validating.server import Database
from digitize.files.validating.settings import list_missing_settings
from digitize.files.validating.sources import FoundTables, TableSource, find_sources, find_table, size_of
from validators.checking.check import tables_compared
from validators.checking.rows import find_in_rows
from validators.messages.teller import Teller
from validators.policy.impact import Impact
from validators.rulebook.columns import RECORD
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import load_rules

if TYPE_CHECKING:
    from digitize.files.validating.mapped_rows import Legacy


UNKNOWN = "?"


class FindingTallies:
    """Running counts over parts."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[str, Counter[str]] = {"year": Counter(), "station": Counter()}
        self._rejected: dict[str, Counter[str]] = {"year": Counter(), "station": Counter()}

    def add(self, records: pl.DataFrame | None, rejected: pl.Series) -> None:
        """Count records. rejected: ids of those that are, in any number."""
        if records is None or not records.height:
            return
        there = [c for c in ("year", "district", "police_station") if c in records.columns]
        rows = records.select(pl.col(RECORD).is_in(rejected.unique().implode()).alias("_no"), *there)
        places = [pl.col(c) for c in there if c != "year"]
        year = pl.col("year") if "year" in there else pl.lit(None, dtype=pl.String)
        rows = rows.select(
            "_no",
            pl.when(year.str.contains(r"^[0-9]{4}$")).then(year).fill_null(UNKNOWN).alias("year"),
            (pl.concat_str(places, separator=", ", ignore_nulls=True) if places else pl.lit("")).alias("station"),
        )
        for name in self._rows:
            for key, count, no in rows.group_by(name).agg(pl.len(), pl.col("_no").sum()).iter_rows():
                self._rows[name][key or UNKNOWN] += count
                self._rejected[name][key or UNKNOWN] += no

    def compute(self) -> tuple[Mapping[str, Tally], Mapping[str, Tally]]:
        """By year, and by "district, station", sorted by name."""
        return self._compute_one("year"), self._compute_one("station")

    def _compute_one(self, name: str) -> Mapping[str, Tally]:
        return {key: Tally(n, self._rejected[name][key]) for key, n in sorted(self._rows[name].items())}


ORPHAN = "T019"
# Of files. Asking the rules of a part takes some twelve times its bytes of memory.
_PART_BYTES, _WHOLE_BYTES, _MOST_PARTS = 24 << 20, 64 << 20, 2000


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Check options. parts: number of parts for large tables, 0: by size.

    unmasked: reason for showing personal data, "" if masked. progress: called with bytes read and total. legacy:
    mapping to apply first; None for files in the import layout. impact: of errors, for counting case files. language:
    of the findings.
    """

    parts: int = 0
    unmasked: str = ""
    progress: Progress | None = None
    legacy: Legacy | None = None
    impact: Impact = Impact()
    language: str = "en"


def check_files(paths: Sequence[Place], form: str, settings: CheckSettings, how: CheckOptions) -> CheckReport:
    """Check files and folders with all rules of a form; see `CheckReport`.

    Raises InputError if nothing can be checked.
    """
    found = FoundTables(()) if how.legacy else find_sources(paths, form)
    names = tuple(sorted({p.name for p in paths} if how.legacy else {s.path.name for s in found.sources}))
    files = tuple(sorted({*names, *found.strays}))
    total = sum(p.stat().st_size for p in _files(paths)) if how.legacy else size_of(found.sources)
    count = how.parts or (1 if total <= _WHOLE_BYTES else min(_MOST_PARTS, total // _PART_BYTES))
    router = Router(count, has_children=any(s.table.child for s in found.sources))
    tallies, case_files = FindingTallies(), CaseCount(form, settings, how.impact)
    findings = Findings(FindingWords(files, settings.policy, Teller(how.language)))
    with Parts(count) as parts, DeferredRules(count) as asides:
        taken = TakenRows(form, settings, files, findings, parts, router, how.progress)
        if how.legacy:
            # What maps takes long to import, and most files need none of it.
            from digitize.files.validating.mapped_rows import take_mapped

            others = take_mapped(taken, _files(paths), form, how.legacy)
        else:
            take_rows(taken, found, total)
            others = rows_compared(form, paths, settings)
        _ask_all(_CheckRun(form, taken, how.unmasked, asides, tallies, case_files), others)
    years, stations = tallies.compute()
    counted = (
        taken.rows,
        taken.unreadable,
        taken.findings,
        found.others,
        _list_questions(form, settings),
        years,
        stations,
    )
    report = CheckReport(form, names, *counted, how.unmasked, case_files=case_files.made)
    read = tuple(s for s in found.sources if isinstance(s.path, Path))
    return replace(report, not_told=list_missing_settings(settings), sources=read)


def _files(paths: Sequence[Place]) -> list[Path]:
    """Files to be mapped. Raises InputError for an invalid one."""
    for path in paths:
        if isinstance(path, Database) or not path.is_file():
            raise InputError(f"{path.name}: there is no such file; --mapping takes files of old tables")
    return [p for p in paths if isinstance(p, Path)]


def _list_questions(form: str, settings: CheckSettings) -> int:
    return len(load_rules(form).keys() - settings.left_out)


@dataclass(frozen=True, slots=True)
class _CheckRun:
    """State of a running check."""

    form: str
    taken: TakenRows
    unmasked: str
    asides: DeferredRules
    tallies: FindingTallies
    case_files: CaseCount

    def keep(self, found: pl.DataFrame) -> None:
        self.taken.findings.add(mask_values(found, self.form, unmask=bool(self.unmasked)))


def _ask_all(asking: _CheckRun, others: Others) -> None:
    taken, settings = asking.taken, asking.taken.settings
    rejecting = [code for code, word in settings.policy.items() if word == "reject"]
    # In one part all rows are at hand, and nothing need wait.
    aside = asking.asides.take if taken.parts.count > 1 else None
    for frames in pieces(taken.parts, asking.form):
        unread, repeats = frames.pop(UNREAD, None), frames.pop(REPEATED, None)
        found = find_in_rows(asking.form, frames, settings, others, aside)
        if aside:
            found = _drop_false_orphans(found, taken.router)
        found = pl.concat([found, unread]) if unread is not None else found
        found = pl.concat([found, repeats_found(asking.form, None if TWICE in settings.left_out else repeats)])
        asking.case_files.add(frames.get(asking.form), found)
        records = restore_repeats(frames.get(asking.form), repeats)
        asking.tallies.add(records, found.filter(pl.col("code").is_in(rejecting))[RECORD])
        asking.keep(found)
    for found in asking.asides.ask():
        asking.keep(found)


def _drop_false_orphans(found: pl.DataFrame, router: Router) -> pl.DataFrame:
    """Drop false orphans, whose record is in another part."""
    orphans = found["code"] == ORPHAN
    return found.filter(~orphans | ~router.knows(found[RECORD])) if orphans.any() else found


def rows_compared(form: str, paths: Sequence[Place], settings: CheckSettings) -> Others:
    """Form -> table -> rows of other forms in a folder or database, needed by cross-form rules of this form."""
    found: dict[str, dict[str, pl.DataFrame]] = {}
    folders = [p for p in paths if isinstance(p, Database) or p.is_dir()]
    wanted: Mapping[str, frozenset[str]] = tables_compared(form, settings) if folders else {}
    for other, names in wanted.items():
        for folder in folders:
            # What is wrong with the file itself is told when it is checked as what it is.
            with suppress(InputError):
                found[other] = {s.table.name: _read_whole(s, other) for s in find_table(folder, other, names)}
    return {other: tables for other, tables in found.items() if tables}


def _read_whole(source: TableSource, form: str) -> pl.DataFrame:
    reader = open_reader(source.path, source.name, source.table)
    frames = [text_rows(b.frame, 0) for b in reader.blocks(places_of(source, reader, form))]
    # A file with a header alone gives no block; the table is there all the same.
    return pl.concat(frames) if frames else text_rows(pl.DataFrame(schema={BLOCK_LINE: pl.Int64}), 0)
