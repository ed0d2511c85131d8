"""Read the pages of one register: rows joined over pages, cells decided by grammars, ditto marks resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ocr.clean import white_border
from ocr.decide import decide_zone
from ocr.engine import Engine, Image, LineImage
from ocr.engines import load_engine
from ocr.errors import FormError
from ocr.form import Zone
from ocr.lexicon import Lexicon
from ocr.lines import LineText, read_mixed
from ocr.page import Box, Candidate, Decided, ZoneReading
from ocr.registers.cells import Cell, pictures_of
from ocr.registers.ditto import is_ditto
from ocr.registers.form import Column, RegisterForm, Registers, package_registers
from ocr.registers.header import Reader
from ocr.registers.table import AGAIN, Ask, Layout, Table, TableRow, read_table
from ocr.scan import OpenedPage

_DEPTH = 1
_NUMBERS = ("digits", "year")
_DOUBTFUL = 0.8
_DIGITS_WORTH = 0.6
_DITTO_SURE, _DITTO_LIKELY = 0.9, 0.7
_DITTO_DOUBT = 0.75
_MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Part:
    """What of a row stands on a page after its first: boxes on that scan, cells by column id as read there."""

    page: int
    boxes: tuple[Box, ...]
    cells: Mapping[str, Decided]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a register.

    number: from 1 over all pages. page: on which it begins, from 0. boxes: on the scan, one for each half of it. cells:
    by column id; their notes say "ditto" (the value is that of the cell above), "struck", "continued". doubtful: a
    border was not surely seen, or its number is missing. notes: "continued" when it goes on on the next page,
    "continuation" when its beginning was not among the pages. more: its parts on later pages, which cells hold too.
    """

    number: int
    page: int
    boxes: tuple[Box, ...]
    cells: Mapping[str, Decided]
    doubtful: bool
    notes: tuple[str, ...] = ()
    more: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class PageNote:
    """What was found on one page: its rows' count, whether it has a header, its register or why it is none."""

    rows: int
    header: bool
    reason: str = ""
    form: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """The rows of some pages of one volume. form: id, None with a reason when no known register fits."""

    form: str | None
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()
    pages: tuple[PageNote, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RegisterSettings:
    """How cells are read. depth: stages of looks a line gets. handwriting_engine: a second one for what is written."""

    engine: str = "tesseract"
    depth: int = _DEPTH
    handwriting_engine: str = "none"


def read_register(
    pages: Iterable[OpenedPage | Image],
    form: RegisterForm | str | None = None,
    languages: Sequence[str] = (),
    *,
    lexica: Mapping[str, Lexicon] | None = None,
    settings: RegisterSettings | None = None,
    registers: Registers | None = None,
) -> RegisterReading:
    """Read pages of one volume in their order.

    pages: opened scans, or grey (height, width) uint8; each one page or one spread, held one at a time. form: a
    register or its id, None to take it from the header. languages: two-letter codes, best first. lexica: closed lists
    by the name that columns ask for. Raises FormError for an unknown id or list, and what engines raise.
    """
    settings = settings or RegisterSettings()
    known = registers or package_registers()
    asked = _form(form, known)
    codes = tuple(languages) or ("en",)
    engine = load_engine(settings.engine)
    ask = Ask(asked, codes, print_reader(engine), known)
    reader = _CellReader(engine, codes, settings, lexica or {})
    layout: Layout | None = None
    found: RegisterForm | None = None
    columns: tuple[str, ...] = ()
    notes: list[PageNote] = []
    rows: list[tuple[int, TableRow, dict[str, Decided]]] = []
    for number, page in enumerate(pages):
        table = read_table(page.grey if isinstance(page, OpenedPage) else page, ask, layout)
        if table.heading is not None or layout is None:
            layout = table.layout or layout
        found, columns = found or table.form, columns or table.columns
        form_id = table.form.id if table.form else None
        begins = table.heading is not None and bool(notes) and form_id != notes[-1].form
        notes.append(PageNote(len(table.rows), table.heading is not None, table.reason, form_id))
        own = [replace(row, continues=row.continues and not begins) for row in table.rows]
        rows += [(number, row, reader.read(table, row)) for row in own]
    reason = "" if found else next((n.reason for n in notes if n.reason), "no pages")
    return RegisterReading(found.id if found else None, resolve_ditto(join_rows(rows)), columns, tuple(notes), reason)


def _form(form: RegisterForm | str | None, known: Registers) -> RegisterForm | None:
    if not isinstance(form, str):
        return form
    if form not in known.forms:
        raise FormError(f"there is no register {form!r} (known: {', '.join(sorted(known.forms))})")
    return known.forms[form]


def print_reader(engine: Engine) -> Reader:
    """Reads printed header cells, which may have several lines."""

    def read(pictures: Sequence[Image], code: str) -> list[str]:
        if code not in engine.languages():
            return [""] * len(pictures)
        asked = [LineImage(white_border(p), (code,), block=True) for p in pictures]
        return [t.text for t in engine.read(asked)]

    return read


class _CellReader:
    """Reads the cells of rows and decides them."""

    def __init__(
        self, engine: Engine, codes: tuple[str, ...], settings: RegisterSettings, lexica: Mapping[str, Lexicon]
    ) -> None:
        self._engine = engine
        self._codes = tuple(c for c in codes if c in engine.languages())
        self._settings = settings
        self._lexica = lexica
        by_hand = settings.handwriting_engine
        self._hand = load_engine(by_hand) if by_hand not in ("", "none") else None

    def read(self, table: Table, row: TableRow) -> dict[str, Decided]:
        """All cells of a row by column id; a repeated number column is left out."""
        names = [n for n in row.cells if n != AGAIN]
        written = [n for n in names if not row.cells[n].blank]
        pictures = {n: pictures_of(table.sheet, row.cells[n], table.marks) for n in written}
        flat = [(n, p) for n in written for p in pictures[n]]
        texts = read_mixed(self._engine, [p for _, p in flat], self._codes, self._settings.depth) if self._codes else []
        by_cell: dict[str, list[LineText]] = {n: [] for n in written}
        for (n, _), text in zip(flat, texts, strict=False):
            by_cell[n].append(text)
        decided = {}
        for name in names:
            column = table.form.column(name) if table.form and name in table.form.ids else Column(id=name.strip("_"))
            cell = row.cells[name]
            others = self._by_hand(column, pictures.get(name, []))
            others += self._as_number(column, pictures.get(name, []), by_cell.get(name, []))
            decided[name] = self._decide(name, column, cell, by_cell.get(name, []), others)
        return decided

    def _by_hand(self, column: Column, pictures: Sequence[Image]) -> tuple[Candidate, ...]:
        if self._hand is None or not column.handwriting or not pictures:
            return ()
        texts = self._hand.read([LineImage(p, self._codes or ("en",), kind=column.kind) for p in pictures])
        least = min((t.confidence for t in texts), default=0.0)
        return (Candidate("\n".join(t.text for t in texts), least, self._hand.name_and_version().split(" ")[0]),)

    def _as_number(self, column: Column, pictures: Sequence[Image], lines: Sequence[LineText]) -> tuple[Candidate, ...]:
        """A second look at a number in doubt, for figures alone: native ones and Western ones."""
        if column.kind not in _NUMBERS or len(pictures) != 1 or all(x.confidence >= _DOUBTFUL for x in lines):
            return ()
        codes = dict.fromkeys((*self._codes[:1], "en"))
        asked = [LineImage(pictures[0], (c,), digits=True, kind=column.kind) for c in codes]
        texts = self._engine.read(asked)
        return tuple(Candidate(t.text, t.confidence * _DIGITS_WORTH, "digits") for t in texts if t.text)

    def _decide(
        self, name: str, column: Column, cell: Cell, lines: Sequence[LineText], others: Sequence[Candidate]
    ) -> Decided:
        candidates = tuple(sorted((*_candidates(lines), *others), key=lambda c: -c.confidence))
        reading = ZoneReading(name, cell.box, candidates, blank=cell.blank)
        lexicon = None
        if column.list is not None:
            if column.list not in self._lexica:
                raise FormError(f"column {column.id} asks for the list {column.list!r}, which is not there")
            lexicon = self._lexica[column.list]
        text = candidates[0].text if candidates else ""
        ditto = (
            _DITTO_SURE
            if is_ditto(text, self._codes)
            else _DITTO_LIKELY
            if cell.ditto and _is_no_number(column, text)
            else 0.0
        )
        zone = Zone(id=column.id, box=(0, 0, 1, 1), kind=column.kind)
        decided = decide_zone(reading, zone, lexicon)
        notes = list(decided.notes)
        if ditto and not cell.blank:
            decided = replace(decided, raw=text or '"', value="", confidence=ditto)
            notes = ["ditto"]
        if cell.struck:
            notes.append("struck")
            decided = replace(decided, confidence=min(decided.confidence, 0.5))
        return replace(decided, notes=tuple(notes))


def _is_no_number(column: Column, text: str) -> bool:
    """Whether two strokes cannot be the number 11 there."""
    return column.kind not in ("digits", "year") or not any(c.isdecimal() for c in text)


def _candidates(lines: Sequence[LineText]) -> tuple[Candidate, ...]:
    """The texts of a cell: of one line all its readings, of several the surest of each, joined."""
    if not lines:
        return ()
    if len(lines) == 1:
        line = lines[0]
        own = [Candidate(line.text, line.confidence, line.by)] if line.text else []
        others = [
            replace(c, confidence=min(c.confidence, line.confidence) * 0.9)
            for c in line.candidates
            if c.text != line.text
        ]
        return tuple((own + others)[:_MOST_CANDIDATES])
    text = "\n".join(line.text for line in lines if line.text)
    product = 1.0
    for line in lines:
        product *= line.confidence
    return (Candidate(text, round(product, 4), lines[0].by),) if text else ()


def join_rows(rows: Sequence[tuple[int, TableRow, dict[str, Decided]]]) -> list[Row]:
    """Rows in order; what continues the last row of the page before is joined to it."""
    found: list[Row] = []
    for page, row, cells in rows:
        if row.continues and found and found[-1].page == page - 1:
            found[-1] = _with_more(found[-1], Part(page, row.boxes, cells))
            continue
        notes = ("continuation",) if row.continues else ()
        found.append(Row(len(found) + 1, page, row.boxes, cells, row.doubtful, notes))
    return found


def _with_more(row: Row, part: Part) -> Row:
    """A row with what the next page says; a cell that goes on has both texts, one below the other."""
    joined = dict(row.cells)
    for name, more in part.cells.items():
        before = joined.get(name)
        if more.blank or before is None:
            continue
        if before.blank:
            joined[name] = replace(more, notes=(*more.notes, "continued"))
            continue
        value = "\n".join(x for x in (before.value, more.value) if x)
        joined[name] = replace(
            before,
            raw=f"{before.raw}\n{more.raw}",
            value=value,
            confidence=round(before.confidence * more.confidence, 4),
            candidates=(),
            notes=(*before.notes, "continued"),
        )
    return replace(row, cells=joined, notes=(*row.notes, "continued"), more=(*row.more, part))


def resolve_ditto(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Ditto marks with the value of the cell above; one without a cell above keeps no value, and a person is asked."""
    found: list[Row] = []
    for row in rows:
        cells = dict(row.cells)
        for name, cell in cells.items():
            if "ditto" not in cell.notes:
                continue
            above = found[-1].cells.get(name) if found else None
            if above is None or above.blank or not above.value:
                cells[name] = replace(cell, value="", confidence=0.0, notes=(*cell.notes, "nothing-above"))
            else:
                sure = round(min(cell.confidence, above.confidence * _DITTO_DOUBT / 0.75), 4)
                cells[name] = replace(cell, value=above.value, confidence=sure)
        found.append(replace(row, cells=cells))
    return tuple(found)
