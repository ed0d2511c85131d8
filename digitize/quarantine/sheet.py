"""The quarantine as a spreadsheet: a row for every field of a record, with an empty column for the right value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digitize.errors import InputError
from digitize.files.workbook import (
    FilledLine,
    SheetLayout,
    offer_words,
    read_filled,
    save_book,
    start_sheet,
    write_cells,
)
from digitize.masking.file_cells import may_tell
from digitize.masking.masks import MASK
from digitize.masking.unmasking import Unmasking, hash_files
from digitize.quarantine.rejects import Reject, make_update
from digitize.targets.base import Target
from mappers.schema import form_tables
from mappers.schema.parts.table import Column
from validators.messages.teller import Teller
from validators.messages.telling import tell_finding
from validators.messages.texts import ENGLISH

_COLUMNS = {
    "reject": 9, "field": 30, "value": 34, "right value": 34, "verdict": 11, "rules say": 60, "record": 30, "where": 30,
}  # fmt: skip
_TO_FILL = ("right value", "verdict")
_LAYOUT = SheetLayout(
    "quarantine", "quarantine sheet", _COLUMNS, keys=("reject", "field"), to_fill=_TO_FILL, answers=_TO_FILL, still="C2"
)
# A cell holds 32,000 characters (`digitize.files.workbook`); what is said of the rest needs some.
_LONGEST_CELL = 31_000
BLANK, CONFIRM, DROP = "blank", "confirm", "drop"
VERDICTS = (BLANK, CONFIRM, DROP)
RAW = "(row)"
_GUIDE = (
    "Type the correct value into 'right value', in the form in which it is loaded: dates 2009-03-12, times 14:30, "
    "codes of the lists.",
    "To empty a field, choose blank as verdict. For a field that is not listed, copy a row of the record and change "
    "'field'.",
    "If a rule only asks, and the source really says so, choose confirm.",
    "If a row is not a record at all, choose drop in any of its lines. It stays in the target's quarantine as dropped.",
    "Masked values do not change unless you type a right value.",
    "Then: digitize quarantine import FILE --target URL --operator NAME, and: digitize quarantine replay --target URL",
)


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    """One filled row; line: its number in the sheet."""

    line: int
    reject: int
    field: str
    value: str
    verdict: str


def write_sheet(path: Path, rejects: Iterable[Reject], *, unmask: bool, language: str = ENGLISH) -> int:
    """Write rejects; private values are masked unless needed. Returns their number.

    language: of the findings. Raises OSError, and RuleError for a language without texts.
    """
    book, sheet = start_sheet(_LAYOUT)
    teller = Teller(language)
    line, count = 1, 0
    for reject in rejects:
        count += 1
        for cells in _make_rows(reject, teller, unmask=unmask):
            line += 1
            write_cells(sheet, line, {name: cells.get(name, "") for name in _COLUMNS}, _TO_FILL)
    # Room for fields that are not listed: people add lines for them, see the guide.
    offer_words(sheet, _LAYOUT.find_letter("verdict"), line + 200, VERDICTS)
    save_book(book, path, _GUIDE)
    return count


def _make_rows(reject: Reject, teller: Teller, *, unmask: bool) -> Iterator[dict[str, object]]:
    """The fields with findings first, then the others."""
    said: dict[str, list[str]] = {}
    for f in reject.findings:
        said.setdefault(f.field or RAW, []).append(f"{f.code} {f.severity}: {tell_finding(teller, reject.form, f)}")
    cells = dict(reject.record.cells())
    # Where no value came of a text, people see the text.
    values = {path: (cell.value if cell.value is not None else cell.raw) for path, cell in cells.items()}
    if reject.record.left_over:
        values[RAW] = "\n".join(reject.record.left_over.values())
    same = {"reject": reject.id, "record": reject.record.id, "where": reject.place}
    for path in (*said, *(p for p in values if p not in said)):
        value = values.get(path, "")
        hidden = bool(value) and not unmask and is_private(reject.form, path, value)
        yield {
            **same,
            "field": path,
            "value": MASK if hidden else _shorten_value(value),
            "rules say": "\n".join(said.get(path, ())),
        }


def _shorten_value(value: str) -> str:
    """A value shortened to fit a cell; the quarantine has it in full."""
    if len(value) <= _LONGEST_CELL:
        return value
    return f"{value[:_LONGEST_CELL]} [{len(value)} characters; the quarantine holds them all]"


def mark_shown(target: Target, rejects: Sequence[Reject], who: Unmasking, out: Path | None = None) -> list[Reject]:
    """Log in each reject's trail who saw which private fields, and the sheet's hash once written.

    Returns the rejects with the extended trails.
    """
    files = {"files": hash_files([out])} if out else {}
    marked = []
    for reject in rejects:
        shown = sorted({p for p, c in reject.record.cells() if is_private(reject.form, p, c.value or c.raw)})
        step = {"did": "written in full" if out else "shown in full", **who.as_plain(), "fields": shown, **files}
        target.run_all([make_update(reject, reject.state, step)])
        marked.append(replace(reject, trail=[*reject.trail, step]))
    return marked


def is_private(form: str, path: str, value: str) -> bool:
    """Whether a field may be personal data; an unreadable row may contain anything."""
    return path == RAW or may_tell(find_column(form, path), value)


def find_column(form: str, path: str) -> Column | None:
    """Column of a path such as "acts[0].section"; None if the form has none."""
    own, _, name = path.rpartition(".")
    child = own.partition("[")[0]
    table = next((t for t in form_tables(form).values() if t.child == child), None)
    return table.column(name) if table else None


def read_sheet(path: Path) -> list[CorrectedRow]:
    """Filled rows. Raises InputError, naming the invalid line."""
    return [_parse_line(path, filled) for filled in read_filled(path, _LAYOUT)]


def _parse_line(path: Path, filled: FilledLine) -> CorrectedRow:
    row, where = filled.cells, f"{path.name}: line {filled.line}"
    value, verdict = row["right value"], row["verdict"].lower()
    if filled.fault:
        raise InputError(f"{where}: {filled.fault}.")
    if not row["reject"].isdecimal():
        raise InputError(f"{where}: 'reject' is not a number.")
    if verdict and verdict not in VERDICTS:
        raise InputError(f"{where}: the verdict must be one of {', '.join(VERDICTS)}.")
    if value and verdict:
        raise InputError(f"{where}: a right value and a verdict contradict each other.")
    return CorrectedRow(filled.line, int(row["reject"]), row["field"], value, verdict)
