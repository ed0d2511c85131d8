"""A register file tried on pages: which rows and cells are found with it, as a picture and as counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digitize.errors import InputError
from digitize.files.forms.library import NamedPage
from ocr.drafting.ruled_columns import find_rules, fits_columns
from ocr.engine import Engine
from ocr.outputs.table_picture import draw_table
from ocr.registers import RegisterForm, Registers, package_registers
from ocr.registers.form import load_register
from ocr.registers.labels import fit_form
from ocr.registers.look import Ask, Layout
from ocr.registers.table import AGAIN, RegisterTable, read_table
from ocr.registers.volume import print_reader


@dataclass(frozen=True, slots=True)
class TriedPage:
    """One page read with a register file.

    columns: of the page, as against those of the file. heads: how many heads are known labels of the file's columns,
    None without a header. written, blank: cells; doubtful_cells: those that may lie elsewhere or hold faint writing.
    reason: why its rows are not the register's, "" as usual.
    """

    name: str
    columns: int
    heads: int | None
    rows: int
    doubtful_rows: int
    written: int
    blank: int
    doubtful_cells: int
    reason: str

    @property
    def is_read(self) -> bool:
        """Whether the page has all columns of the file and rows in them."""
        return not self.reason

    def to_plain(self) -> dict[str, Any]:
        """What the command prints as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Tried:
    """A page's counts and the table that they are of."""

    page: TriedPage
    table: RegisterTable

    def draw(self) -> bytes:
        """Its picture, PNG."""
        form = self.table.form
        return draw_table(self.table, {c.id: c.kind for c in form.columns} if form else {})


def open_register(path: Path) -> RegisterForm:
    """A register file. Raises FormError naming the line and what to write, InputError when it is not there."""
    if not path.is_file():
        raise InputError(f"{path} does not exist. Draft one: digitize registers new SCAN... --id ID --out DIR")
    return load_register(path)


def try_register(
    form: RegisterForm, scans: Iterable[NamedPage], engine: Engine, languages: Sequence[str]
) -> Iterator[Tried]:
    """Read pages with a register, each after those before it, as a run does. Raises what the engine raises."""
    known = package_registers().model_copy(update={"forms": {form.id: form}})
    ask = Ask(form, tuple(languages) or ("en",), print_reader(engine), known, engine)
    layout: Layout | None = None
    for scan in scans:
        table = read_table(scan.grey, ask, layout)
        layout = table.layout or layout
        yield Tried(_count(scan, table, form, known), table)


def label_languages(form: RegisterForm) -> tuple[str, ...]:
    """The languages that the labels and titles of a register are in, most labels first."""
    codes = [code for column in form.columns for code in column.labels] + list(form.titles)
    return tuple(sorted(dict.fromkeys(codes), key=lambda code: (-codes.count(code), code)))


def _count(scan: NamedPage, table: RegisterTable, form: RegisterForm, known: Registers) -> TriedPage:
    cells = [cell for row in table.rows for column, cell in row.cells.items() if column != AGAIN]
    heads = fit_form(table.heading, form, known).matched if table.heading else None
    return TriedPage(
        scan.name, sum(c != AGAIN for c in table.columns), heads, len(table.rows), sum(r.doubtful for r in table.rows),
        sum(not c.blank for c in cells), sum(c.blank for c in cells), sum(c.misplaced or c.unread for c in cells),
        _reason(scan, table, form),
    )  # fmt: skip


def _reason(scan: NamedPage, table: RegisterTable, form: RegisterForm) -> str:
    """Why a page is not read as the register's, with what to do."""
    if table.grid is None or table.form is None:
        return table.reason
    widths, split = [c.width for c in form.columns], form.split
    # Asked of the page itself: reading brings any page to the number of columns that its register has.
    own = find_rules(scan.grey, scan.name)
    lacking = [c for c in form.ids if c not in table.columns]
    if (
        isinstance(own, int)
        or lacking
        or not fits_columns(own, [widths[:split], widths[split:]] if split else [widths])
    ):
        seen = 0 if isinstance(own, int) else sum(own.counts)
        few = f"; not found: {', '.join(lacking)}" if 0 < len(lacking) < len(form.ids) / 2 else ""
        return f"its lines separate {seen} columns, the file has {len(form.ids)}{few}"
    return "" if table.rows else "no row was found below its header"
