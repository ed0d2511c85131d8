"""Read the cells of a register's rows: recognised (dear), then decided by the grammars and lists of their columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ocr.cleaning.clean import white_border
from ocr.engine import Engine, Image, LineImage
from ocr.engines import load_engine
from ocr.errors import FormError
from ocr.forms.decide import decide_zone
from ocr.forms.form import Zone
from ocr.handwriting.native import KINDS as NATIVE_KINDS
from ocr.handwriting.sections import changed_sections
from ocr.languages.lexicon import Lexicon
from ocr.page import Candidate, Decided, ZoneReading
from ocr.print.lines import LineText, read_mixed
from ocr.registers.around import DateReader
from ocr.registers.cells import UNREAD, Cell, pictures_of
from ocr.registers.ditto import is_ditto
from ocr.registers.figure_columns import count_digits, look_again, usual_digits
from ocr.registers.figures import BY, MOST_DOUBTFUL, decide_figures, uses_native, with_figures, without_figures
from ocr.registers.form import RegisterColumn, RegisterForm
from ocr.registers.table import AGAIN, RegisterTable, TableRow

STRUCK, STRUCK_IN_PART, DITTO = "struck", "struck-in-part", "ditto"
_DEPTH = 1
_NUMBERS = ("digits", "year")
_IN_ONE_LINE = (*_NUMBERS, "decimal", "date", "time", "sections")
# Asked for figures alone: what a register file says nothing of, and numbers in which a point counts.
_REREAD_KINDS = ("line", "block", "decimal")
_LARGER = 1.5
_DOUBTFUL = 0.8
# Asked for figures alone, Tesseract sees figures in everything.
_DIGITS_WORTH = 0.6
_DITTO_SURE, _DITTO_LIKELY = 0.9, 0.7
_MOST_CANDIDATES = 5
_MISPLACED = 0.8


@dataclass(frozen=True, slots=True)
class RegisterSettings:
    """How cells are read. depth: stages of passes a line gets. handwriting_engine: a second one for what is written.
    digits_engine, latin_engine: for numbers by hand on pages of native digits, and of Latin ones. words_engine: for
    columns that a closed list decides, by hand in another script than Latin. sections: file of the sections that lists
    of them may hold (ocr/handwriting/sections.py).
    """

    engine: str = "tesseract"
    depth: int = _DEPTH
    handwriting_engine: str = "none"
    digits_engine: str = "none"
    latin_engine: str = "none"
    words_engine: str = "none"
    sections: Path | None = None

    def plain(self) -> dict[str, Any]:
        """What recognising cells depends on, as JSON types: for keys."""
        # No register of the package has a column of a list: pages that were read before stay read.
        left_out = ("sections", "words_engine")
        return {k: v for k, v in asdict(self).items() if k not in left_out} | changed_sections(self.sections)


def column_of(form: RegisterForm | None, name: str) -> RegisterColumn:
    """A register's column by the name under which its cells stand; a nameless one holds a line of text."""
    return form.column(name) if form and name in form.ids else RegisterColumn(id=name.strip("_"))


class CellReader:
    """Recognises the cells of rows."""

    def __init__(self, engine: Engine, languages: Sequence[str], settings: RegisterSettings) -> None:
        """languages: two-letter codes, best first; those that the engine lacks are left out."""
        self._engine = engine
        self._codes = tuple(c for c in languages if c in engine.languages())
        self._settings = settings
        self._hand = _engine_of(settings.handwriting_engine)
        self._digits = _engine_of(settings.digits_engine)
        self._latin = _engine_of(settings.latin_engine)
        self._words = _engine_of(settings.words_engine)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that cells are read in."""
        return self._codes

    def read(self, table: RegisterTable, row: TableRow) -> list[ZoneReading]:
        """All cells of a row under their column ids; a repeated number column is left out."""
        names = [n for n in row.cells if n != AGAIN]
        written = [n for n in names if not row.cells[n].blank]
        pictures = {n: pictures_of(table.sheet, row.cells[n], table.marks) for n in written}
        flat = [(n, p) for n in written for p in pictures[n]]
        texts = read_mixed(self._engine, [p for _, p in flat], self._codes, self._settings.depth) if self._codes else []
        by_cell: dict[str, list[LineText]] = {n: [] for n in written}
        # Not strict: where the engine has none of the languages there are no texts.
        for (n, _), text in zip(flat, texts, strict=False):
            by_cell[n].append(text)
        found = []
        for name in names:
            column, lines = column_of(table.form, name), by_cell.get(name, [])
            others = self._by_hand(column, pictures.get(name, []))
            others += self._as_number(column, pictures.get(name, []), lines)
            read = _make_reading(name, row.cells[name], (*_candidates(lines), *others))
            found.append(replace(read, matrices=self._by_word(column, pictures.get(name, []), lines)))
        return found

    def with_figures(self, table: RegisterTable, rows: Sequence[Sequence[ZoneReading]]) -> list[list[ZoneReading]]:
        """The cells of all rows of a page, numbers also as the engine for handwriting reads them in its digits.

        rows: the cells of each row of the table, as read before.
        """
        rows = self._reread_figures(table, rows)
        found = self._engine_for_figures(table, rows)
        if found is None:
            return [list(own) for own in rows]
        engine, languages, is_known = found
        return [
            [self._figures(engine, languages, table, row.cells[z.zone], z, is_known=is_known) for z in own]
            for row, own in zip(table.rows, rows, strict=True)
        ]

    def _reread_figures(
        self, table: RegisterTable, rows: Sequence[Sequence[ZoneReading]]
    ) -> Sequence[Sequence[ZoneReading]]:
        """The cells of columns of figures after a second look for figures alone: added, confirmed or doubted."""
        names = [n.zone for n in (rows[0] if rows else ()) if column_of(table.form, n.zone).kind in _REREAD_KINDS]
        usual = {n: usual_digits([c for own in rows for c in own if c.zone == n]) for n in names}
        if not any(usual.values()):
            return rows
        found = [list(own) for own in rows]
        shown: dict[tuple[int, int], list[Image]] = {}
        for r, (row, own) in enumerate(zip(table.rows, rows, strict=True)):
            is_entry = _is_entry(table.form, own)
            for c, cell in enumerate(own):
                if usual.get(cell.zone) is None or cell.blank or not cell.candidates:
                    continue
                fits = _fits_column(cell, usual[cell.zone] or 0)
                # Two looks at handwriting often make the same mistake.
                by_hand = column_of(table.form, cell.zone).handwriting
                if not fits or (is_entry and not by_hand and not row.cells[cell.zone].misplaced):
                    pictures = _figure_pictures(pictures_of(table.sheet, row.cells[cell.zone], table.marks))
                    shown[r, c] = pictures[-1:] if fits else pictures
        seen = iter(self._read_figures([p for pictures in shown.values() for p in pictures]))
        for (r, c), pictures in shown.items():
            cell = found[r][c]
            found[r][c] = look_again(cell, [next(seen) for _ in pictures], usual[cell.zone] or 0)
        return found

    def _read_figures(self, pictures: Sequence[Image]) -> list[Candidate]:
        """What each picture of a cell shows when it is asked for figures alone."""
        codes = tuple(self._codes[:1]) or ("en",)
        texts = self._engine.read([LineImage(p, codes, digits=True, kind="digits") for p in pictures])
        return [Candidate(t.text, t.confidence, "tesseract") for t in texts]

    def date_reader(self, table: RegisterTable, rows: Sequence[Sequence[ZoneReading]]) -> DateReader | None:
        """What reads dates written by hand in the digits of a page; None where no engine does.

        rows: the cells of each row of the table.
        """
        found = self._engine_for_figures(table, rows)
        if found is None:
            return None
        engine, languages, is_known = found
        most = 1.0 if is_known else MOST_DOUBTFUL

        def read(picture: Image) -> Candidate | None:
            text = engine.read([LineImage(picture, languages, kind="date")])[0]
            return Candidate(text.text, min(most, text.confidence), BY) if text.text else None

        return read

    def _engine_for_figures(
        self, table: RegisterTable, rows: Sequence[Sequence[ZoneReading]]
    ) -> tuple[Engine, tuple[str], bool] | None:
        """The engine for the digits of a page, its language, and whether it is known which digits these are."""
        code = next(iter(self._codes), "")
        asked = [z for own in rows for z in own if not z.blank and column_of(table.form, z.zone).kind in NATIVE_KINDS]
        is_native = uses_native(asked, code) if code else None
        engine, languages = (self._latin, ("en",)) if is_native is False else (self._digits, (code,))
        if engine is None or not code or languages[0] not in engine.languages():
            return None
        return engine, languages, is_native is not None

    def _figures(
        self,
        engine: Engine,
        languages: tuple[str],
        table: RegisterTable,
        cell: Cell,
        reading: ZoneReading,
        *,
        is_known: bool,
    ) -> ZoneReading:
        column = column_of(table.form, reading.zone)
        if cell.blank or not column.handwriting or column.kind not in NATIVE_KINDS:
            return reading
        if DITTO in reading.marks or is_ditto(_first_text(reading), self._codes):
            return reading
        pictures = pictures_of(table.sheet, cell, table.marks)
        if len(pictures) != 1:  # half a number is read surely, and is wrong
            return reading
        text = engine.read([LineImage(pictures[0], languages, kind=column.kind)])[0]
        return with_figures(reading, (Candidate(text.text, text.confidence), *text.others), is_known=is_known)

    def _by_hand(self, column: RegisterColumn, pictures: Sequence[Image]) -> tuple[Candidate, ...]:
        is_broken = len(pictures) > 1 and column.kind in _IN_ONE_LINE  # half a number is read surely, and is wrong
        if self._hand is None or not column.handwriting or not pictures or is_broken:
            return ()
        codes, known = self._codes or ("en",), self._settings.sections
        texts = self._hand.read([LineImage(p, codes, kind=column.kind, sections=known) for p in pictures])
        least = min((t.confidence for t in texts), default=0.0)
        return (Candidate("\n".join(t.text for t in texts), least, self._hand.name_and_version().split(" ")[0]),)

    def _by_word(self, column: RegisterColumn, pictures: Sequence[Image], lines: Sequence[LineText]) -> tuple[str, ...]:
        """What is seen of an entry of a list that stands in one line, where print is not sure of it."""
        code = next(iter(self._codes), "")
        if self._words is None or column.list is None or not column.handwriting or len(pictures) != 1:
            return ()
        if code not in self._words.languages() or any(x.confidence >= _DOUBTFUL for x in lines):
            return ()
        return self._words.read([LineImage(pictures[0], (code,), is_listed=True)])[0].matrices

    def _as_number(
        self, column: RegisterColumn, pictures: Sequence[Image], lines: Sequence[LineText]
    ) -> tuple[Candidate, ...]:
        """A second look at a number in doubt, for figures alone: native ones and Western ones."""
        if column.kind not in _NUMBERS or len(pictures) != 1 or all(x.confidence >= _DOUBTFUL for x in lines):
            return ()
        codes = dict.fromkeys((*self._codes[:1], "en"))
        asked = [LineImage(pictures[0], (c,), digits=True, kind=column.kind) for c in codes]
        texts = self._engine.read(asked)
        return tuple(Candidate(t.text, t.confidence * _DIGITS_WORTH, "tesseract") for t in texts if t.text)


def decide_cell(
    reading: ZoneReading, column: RegisterColumn, languages: Sequence[str], lexica: Mapping[str, Lexicon]
) -> Decided:
    """Settle on the value of one cell; its notes say "ditto" (then it has none of its own), "struck", and
    "struck-in-part" where a word of it is.

    languages: those that cells were read in. Raises FormError when the column asks for a list that is not there.
    """
    if column.list is not None and column.list not in lexica:
        raise FormError(f"column {column.id} asks for the list {column.list!r}, which is not there")
    zone = Zone(id=column.id, box=(0, 0, 1, 1), kind=column.kind)
    figures = decide_figures(reading, zone) if column.list is None else None
    decided = figures or decide_zone(reading, zone, lexica[column.list] if column.list is not None else None)
    notes = list(decided.notes)
    text = _first_text(reading)
    ditto = _how_ditto(reading, column, text, languages)
    if ditto and not reading.blank:
        decided = replace(decided, raw=text or '"', value="", confidence=ditto)
        notes = [DITTO]
    # A ditto mark is strokes itself, and never counts as struck out.
    strokes = [x for x in (STRUCK, STRUCK_IN_PART) if x in reading.marks and not (ditto and not reading.blank)]
    if strokes:
        notes += strokes
        # What was struck out keeps its text, but is never sure.
        decided = replace(decided, confidence=min(decided.confidence, 0.5))
    return replace(decided, zone=reading.zone, notes=tuple(notes))


def _first_text(reading: ZoneReading) -> str:
    """The surest text of a cell; the engine for numbers takes a ditto mark for one."""
    return next((c.text for c in without_figures(reading.candidates)), "")


def _figure_pictures(pictures: Sequence[Image]) -> list[Image]:
    """A cell of one line as it is, with paper around it, and larger; none of a cell of several lines."""
    if len(pictures) != 1:
        return []
    return [pictures[0], white_border(pictures[0]), white_border(enlarge(pictures[0], _LARGER))]


def _is_entry(form: RegisterForm | None, cells: Sequence[ZoneReading]) -> bool:
    """Whether a row has a number of its own: heads and foot rows have figures that are no record."""
    return form is not None and any(
        z.zone == form.row_start and any(c.isdecimal() for x in z.candidates for c in x.text) for z in cells
    )


def _fits_column(cell: ZoneReading, digits: int) -> bool:
    """Whether a cell's surest text has the digits of its column and nothing else."""
    return bool(cell.candidates) and count_digits(cell.candidates[0].text) == digits


def enlarge(picture: Image, by: float) -> Image:
    """A picture so many times larger."""
    import cv2

    return np.asarray(cv2.resize(picture, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC), np.uint8)


def _engine_of(name: str) -> Engine | None:
    return load_engine(name) if name not in ("", "none") else None


def _how_ditto(reading: ZoneReading, column: RegisterColumn, text: str, languages: Sequence[str]) -> float:
    """How sure a cell is a ditto mark, 0.0 when it is none."""
    if is_ditto(text, languages):
        return _DITTO_SURE
    return _DITTO_LIKELY if DITTO in reading.marks and _is_no_number(column, text) else 0.0


def _is_no_number(column: RegisterColumn, text: str) -> bool:
    """Whether two strokes cannot be the number 11 there."""
    return column.kind not in _NUMBERS or not any(c.isdecimal() for c in text)


def _make_reading(name: str, cell: Cell, candidates: Sequence[Candidate]) -> ZoneReading:
    # Letters that are surely read may be half of a cell whose border was put, not seen.
    most = _MISPLACED if cell.misplaced else 1.0
    capped = [replace(c, confidence=min(c.confidence, most)) for c in candidates]
    ordered = tuple(sorted(capped, key=lambda c: -c.confidence))
    return ZoneReading(name, cell.box, ordered, blank=cell.blank and not cell.unread, marks=marks_of(cell))


def marks_of(cell: Cell) -> tuple[str, ...]:
    """What was seen of a cell beside its text."""
    struck_in_part = cell.struck_in_part and not cell.struck
    seen = {STRUCK: cell.struck, STRUCK_IN_PART: struck_in_part, DITTO: cell.ditto, UNREAD: cell.unread}
    return tuple(word for word, is_seen in seen.items() if is_seen)


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
    # A cell is right only where all of its lines are.
    product = 1.0
    for line in lines:
        product *= line.confidence
    return (Candidate(text, round(product, 4), lines[0].by),) if text else ()
