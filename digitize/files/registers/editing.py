"""A register file corrected on a page of its scans: columns by where their rules lie, tried before they are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digitize.errors import InputError
from digitize.files.forms.library import NamedPage
from digitize.files.registers.trial import Tried, label_languages, try_register
from digitize.files.registers.write import LOOK, read_remarks, register_text, write_picture, write_register
from ocr.engine import Engine
from ocr.errors import FormError
from ocr.forms.faults import describe_fault
from ocr.forms.form import Kind
from ocr.languages.writing import language_of
from ocr.registers import RegisterForm, known_registers
from ocr.registers.form import RegisterColumn
from ocr.registers.line import RuledLine
from ocr.registers.table import AGAIN

_EVERY_PX = 100
_KINDS = tuple(kind for kind in get_args(Kind) if kind != "choice")


class ColumnEdit(BaseModel):
    """One column as a person left it. source: its id in the file, "" for a new one. head: what is printed above it.

    again: a right-hand page repeats the number of the row there, which the file does not hold.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: str
    head: str = ""
    source: str = ""
    again: bool = False


class RegisterEdit(BaseModel):
    """A register as a person left it. columns: from the left, between the rules of one page or of two.

    halves: where the rules of each page lie, outermost ones too, in pixels of the sheet.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    row_start: str
    halves: tuple[tuple[float, ...], ...] = Field(min_length=1, max_length=2)
    columns: tuple[ColumnEdit, ...]


class RegisterEditing:
    """One register file that is corrected over some scans. Not for several threads at once."""

    def __init__(
        self, path: Path, form: RegisterForm, scans: Sequence[NamedPage], engine: Engine, languages: Sequence[str] = ()
    ) -> None:
        """languages: of its heads, best first; those of the file's labels when none are given."""
        self._path = path
        self._form = self._shown = form
        self._scans = scans
        self._engine = engine
        self._languages = tuple(languages) or label_languages(form) or ("en",)

    def read(self, page: int = 0, form: RegisterForm | None = None) -> Tried:
        """A page as it reads with the file, or with another form of it. page: counted from 0.

        Raises InputError where it does not show the form's columns, and what the engine raises.
        """
        if not 0 <= page < len(self._scans):
            raise InputError(f"There is no page {page + 1}; there are {len(self._scans)}.")
        # Each by itself: a page that is looked at alone must not lean on the one before.
        wanted, scan = form or self._form, self._scans[page]
        tried = next(try_register(wanted, [scan], self._engine, self._languages))
        if tried.table.grid is None or tuple(c for c in tried.table.columns if c != AGAIN) != wanted.ids:
            raise InputError(f"{scan.name}: {tried.page.reason or 'the columns of the file were not found on it'}.")
        return tried

    def show(self, tried: Tried, form: RegisterForm | None = None) -> dict[str, Any]:
        """What the page in the browser shows of a reading, as JSON types."""
        form, table = form or self._form, tried.table
        # What a person changes next are the columns shown now.
        self._shown = form
        grid = table.grid
        halves = grid.halves if grid is not None else ()
        top, bottom = (grid.top, grid.bottom) if grid is not None else (0, 0)
        found = [[_show_rule(line, top, bottom) for line in half.uprights] for half in halves]
        return {
            "file": self._path.name, "title": form.title, "rowStart": form.row_start,
            "pages": [scan.name for scan in self._scans], "kinds": list(_KINDS), "width": table.sheet.width,
            "height": len(table.sheet.image), "halves": found,
            "columns": list(_show_columns(tried, form, self._languages)), "page": tried.page.to_plain(),
        }  # fmt: skip

    def change(self, edit: RegisterEdit) -> RegisterForm:
        """The register as a person left it. Raises FormError saying what is wrong and what to write."""
        counts = [len(rules) - 1 for rules in edit.halves]
        if sum(counts) != len(edit.columns) or min(counts) < 1:
            raise FormError(f"{sum(counts)} columns lie between the rules, and {len(edit.columns)} were described.")
        widths = [b - a for rules in edit.halves for a, b in zip(rules, rules[1:], strict=False)]
        if min(widths) <= 0:
            raise FormError("A rule lies to the left of the one before it. Drag it back.")
        kept = [(c, w) for c, w in zip(edit.columns, widths, strict=True) if not c.again]
        right = [c.id for c in edit.columns[counts[0] :] if not c.again]
        whole = sum(w for _, w in kept)
        plain = {
            **self._shown.model_dump(by_alias=True), "title": edit.title, "row_start": edit.row_start,
            "spread_from": right[0] if len(counts) == 2 and right else "",
            "column": [self._column(c, 100 * w / whole) for c, w in kept],
        }  # fmt: skip
        try:
            return RegisterForm.model_validate(plain)
        except ValidationError as e:
            raise FormError(describe_fault(e, RegisterForm)) from e

    def save(self, form: RegisterForm) -> None:
        """Write the file. Remarks that asked to look are left out: a person looked.

        Raises FormError, DiskFull and InputError.
        """
        head, above = read_remarks(self._path.read_text(encoding="utf-8"))
        head, above = _without_looks(head), {name: _without_looks(lines) for name, lines in above.items()}
        self._form = write_register(self._path, register_text(form, head, above))
        # Whoever goes on in this process must find the new file.
        known_registers.cache_clear()

    def draw(self, tried: Tried) -> None:
        """Write the picture beside the file, of a page that was read with it. Raises DiskFull and InputError."""
        write_picture(self._path.with_suffix(".png"), tried.draw())

    def _column(self, edit: ColumnEdit, width: float) -> dict[str, Any]:
        """A column as the file will hold it: of one that was there, what the page does not show stays."""
        own = self._shown.column(edit.source) if edit.source in self._shown.ids else None
        plain: dict[str, Any] = own.model_dump() if own is not None else {}
        labels = dict(plain.pop("labels", {}))
        head = " ".join(edit.head.split())
        if head and head != _head_of(own):
            code = language_of(head, self._languages)
            labels[code] = (head, *labels.get(code, ())[1:])
        elif not head and _head_of(own):
            labels = {}
        return {**plain, "id": edit.id, "kind": edit.kind, "width": round(max(0.1, width), 1), "labels": labels}


def _head_of(column: RegisterColumn | None) -> str:
    """What is printed above a column by its own file; "" where its labels are those of the languages."""
    return next((texts[0] for texts in column.labels.values() if texts), "") if column is not None else ""


def _without_looks(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not line.startswith(LOOK)]


def _show_rule(line: RuledLine, top: int, bottom: int) -> dict[str, Any]:
    """Where a rule lies, and how it bends: points of height and distance from its middle, in pixels of the sheet."""
    last = min(bottom, len(line.at) - 1)
    y = np.append(np.arange(max(0, top), last, _EVERY_PX), last)
    bend = [[int(h), round(float(line.at[h]) - line.middle, 1)] for h in y]
    return {"x": round(line.middle, 1), "seen": line.support > 0, "bend": bend}


def _show_columns(tried: Tried, form: RegisterForm, languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    """known: what languages say is printed above a column of its id."""
    registers = known_registers()
    for name in tried.table.columns:
        own = form.column(name) if name != AGAIN else None
        kind = own.kind if own is not None else "line"
        known = next(iter(registers.labels_of(own, languages)), "") if own is not None else ""
        yield {"id": name, "kind": kind, "head": _head_of(own), "source": name, "again": own is None, "known": known}
