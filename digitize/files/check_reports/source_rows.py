"""Rows with findings, read again from the files, with personal data masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

import polars as pl

from digitize.errors import InputError
from digitize.files.check_reports.samples import Sample
from digitize.files.validating.block import LINE
from digitize.files.validating.masks import mask_column
from digitize.files.validating.readers import open_reader
from digitize.files.validating.report import CheckReport
from digitize.files.validating.sources import TableSource
from mappers.schema import Table

RowKey = tuple[str, str, int]
"""File, table and line of a row."""


class SourceRows:
    """Rows of a report's files; stored as columns, since a workbook shows thousands of wide rows."""

    def __init__(self, report: CheckReport, samples: Iterable[Sample]) -> None:
        """samples: their findings are shown; other rows are not kept."""
        wanted: dict[tuple[str, str], set[int]] = {}
        for finding in (f for s in samples for f in s.findings if f.line):
            wanted.setdefault((finding.file, finding.table), set()).add(finding.line)
        self._frames: dict[tuple[str, str], pl.DataFrame] = {}
        self._places: dict[RowKey, int] = {}
        for key, source in _sources(report).items():
            if key in wanted:
                frame = _rows(source, sorted(wanted[key]), unmask=bool(report.unmasked))
                self._frames[key] = frame
                self._places |= {(*key, line): at for at, line in enumerate(frame[LINE])}

    def order(self, names: Iterable[str]) -> list[str]:
        """Columns in the order of the file headers; unknown ones last."""
        known = dict.fromkeys(name for frame in self._frames.values() for name in frame.columns)
        place = {name: at for at, name in enumerate(known)}
        return sorted(dict.fromkeys(names), key=lambda n: place.get(n, len(place)))

    def cells(self, key: RowKey) -> Mapping[str, str]:
        """Non-empty cells of a row by column; empty if the row cannot be read again."""
        at = self._places.get(key)
        if at is None:
            return {}
        row = self._frames[key[:2]].row(at, named=True)
        return {name: text for name, text in row.items() if name != LINE and text}


def _sources(report: CheckReport) -> Mapping[tuple[str, str], TableSource]:
    """Sources by file and table; files of the same name are ambiguous."""
    found: dict[tuple[str, str], list[TableSource]] = {}
    for source in report.sources:
        found.setdefault((source.path.name, source.table.name), []).append(source)
    return {key: of_key[0] for key, of_key in found.items() if len(of_key) == 1}


def _rows(source: TableSource, lines: list[int], *, unmask: bool) -> pl.DataFrame:
    parts = [pl.DataFrame(schema={LINE: pl.Int64})]
    # A file that was moved since is shown without its rows; what was found stands all the same.
    with suppress(InputError):
        reader = open_reader(source.path, source.name, source.table)
        # A header may name a column twice; the first one counts.
        places = {name: at for at, name in reversed(list(enumerate(reader.names))) if name and name != LINE}
        for block in reader.blocks(dict(sorted(places.items(), key=lambda i: i[1]))):
            kept = block.frame.filter(pl.col(LINE).is_in(lines))
            if kept.height:
                parts.append(_mask_frame(kept, source.table, unmask=unmask))
    return pl.concat(parts, how="diagonal")


def _mask_frame(frame: pl.DataFrame, table: Table, *, unmask: bool) -> pl.DataFrame:
    names = [n for n in frame.columns if n not in (LINE, "record_id", "line")]
    return frame if unmask else frame.with_columns(mask_column(name, table.column(name)) for name in names)
