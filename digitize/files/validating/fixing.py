"""Safe repairs of import files: new files next to the old ones, and a list of all changes."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TextIO
from unicodedata import normalize

import polars as pl

from digitize.errors import InputError
from digitize.files.validating.block import LINE, Block
from digitize.files.validating.readers import Place, open_reader
from digitize.files.validating.sources import TableSource, find_sources
from digitize.machine.csv_cells import safe
from digitize.masking.file_cells import may_tell
from digitize.masking.masks import MASK
from mappers.schema import Column
from mappers.text.folding import fold_digits
from validators.rulebook.columns import TYPES

CHANGES = "changes.csv"
_HEAD = ("file", "line", "field", "repair", "before", "after")
# str.strip by itself would leave the mark of the byte order (U+FEFF).
_BLANKS = " \t\r\n\u00a0\u2007\u202f\ufeff"


@dataclass
class Fixed:
    """Repairs done. files: the new ones; counts: kind of repair -> cells."""

    files: list[Path] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def fix_files(paths: Sequence[Place], form: str, folder: Path) -> Fixed:
    """Write every table as CSV to a new folder with the safe repairs, and the list of them.

    Repairs: "blanks" around a value, "nfc" (Unicode's composed form), "digits" of another script in a number, date or
    amount, "date" (a date in another format with only one reading). Personal data is masked in the list. Nothing is
    written if a row cannot be read, since it would be lost. Raises InputError.
    """
    sources = find_sources(paths, form).sources
    targets = [folder / f"{s.target}.csv" for s in sources]
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder.name}: this folder is not empty; repaired files need a new one")
    if len(set(targets)) < len(targets):
        raise InputError("two of these tables would get the same name when repaired; repair them one after another")
    for source in sources:
        _refuse_broken(source)
    folder.mkdir(parents=True, exist_ok=True)
    fixed = Fixed(targets)
    with (folder / CHANGES).open("w", encoding="utf-8-sig", newline="") as changes:
        csv.writer(changes).writerow(_HEAD)
        for source, target in zip(sources, targets, strict=True):
            _fix(source, target, changes, fixed.counts)
    return fixed


def _refuse_broken(source: TableSource) -> None:
    reader = open_reader(source.path, source.name, source.table)
    for block in reader.blocks({"0": 0}):
        for line, code in block.faults:
            where = f"{source.path.name}: line {line}"
            raise InputError(f"{where} cannot be read ({code}); correct it first, or it would be lost")


def _fix(source: TableSource, target: Path, changes: TextIO, counts: Counter[str]) -> None:
    reader = open_reader(source.path, source.name, source.table)
    columns = {str(place): source.table.column(name) for place, name in enumerate(reader.names)}
    with target.open("w", encoding="utf-8", newline="") as out:
        # As polars ends the rows below.
        csv.writer(out, lineterminator="\n").writerow(reader.names)
        for block in reader.blocks({name: int(name) for name in columns}):
            made = block.frame.with_columns(
                _repair_column(block.frame[name], column) for name, column in columns.items()
            )
            out.write(made.drop(LINE).write_csv(include_header=False))
            for name, column in columns.items():
                _tell(block, made, name, (source, reader.names[int(name)], column), changes, counts)


def _tell(
    block: Block,
    made: pl.DataFrame,
    name: str,
    what: tuple[TableSource, str, Column | None],
    changes: TextIO,
    counts: Counter[str],
) -> None:
    source, header, column = what
    pair = pl.DataFrame({"line": block.frame[LINE], "before": block.frame[name], "after": made[name]})
    # Beside a null `!=` gives null, and the filter would pass such a row over.
    for line, before, after in pair.filter(pl.col("before").ne_missing(pl.col("after"))).iter_rows():
        repairs = repairs_of(before, column)
        counts.update(repairs)
        shown = (MASK, MASK) if may_tell(column, before) else (before, after)
        row = (source.path.name, line, header, " ".join(repairs), *shown)
        csv.writer(changes).writerow([safe(cell) for cell in row])


def _repair_column(cells: pl.Series, column: Column | None) -> pl.Series:
    """The repaired column; each distinct cell is processed once, and only if it may need a repair."""
    doubtful = cells.unique()
    is_typed = column is not None and column.kind in TYPES
    # Cells in which there can be nothing to repair are not looked at.
    odd = doubtful.str.contains(r"[^!-~ ]|^\s|\s$") if not is_typed else doubtful.str.contains(r"[^0-9:.-]")
    is_date = column is not None and column.kind == "date"
    odd = odd | ~doubtful.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$") if is_date else odd
    new = {
        text: made for text in doubtful.filter(odd.fill_null(value=False)) if (made := fix_cell(text, column)) != text
    }
    return cells.replace(new) if new else cells


def fix_cell(text: str, column: Column | None) -> str:
    """A repaired cell; idempotent."""
    return _steps(text, column)[-1][1]


def repairs_of(text: str, column: Column | None) -> list[str]:
    """The kinds of repair that a cell needs."""
    made = []
    for name, after in _steps(text, column):
        if after != text:
            made.append(name)
        text = after
    return made


def _steps(text: str, column: Column | None) -> list[tuple[str, str]]:
    """Name and outcome of each repair, in order."""
    kind = column.kind if column else ""
    steps = [("blanks", text.strip(_BLANKS))]
    steps.append(("nfc", normalize("NFC", steps[-1][1])))
    if kind in TYPES:
        steps.append(("digits", fold_digits(steps[-1][1])))
    if kind == "date":
        steps.append(("date", one_date(steps[-1][1])))
    return steps


def one_date(text: str) -> str:
    """A date as YYYY-MM-DD if it has only one reading, else unchanged.

    "2009/3/12" has its year in front; "25-12-2009" has one reading, since there is no month 25; "3-12-2009" has two.
    """
    # \2: the same sign twice; 3-12/09 is no date.
    found = re.fullmatch(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})", text)
    if not found:
        return text
    first, middle, last = (int(found[i]) for i in (1, 3, 4))
    if len(found[1]) == 4 and len(found[4]) <= 2:
        ways = [(first, middle, last)]
    elif len(found[4]) == 4 and len(found[1]) <= 2:
        ways = [(last, middle, first), (last, first, middle)]
    else:
        return text
    dates = set()
    for way in ways:
        try:
            dates.add(date(*way))
        except ValueError:
            continue
    return dates.pop().isoformat() if len(dates) == 1 else text
