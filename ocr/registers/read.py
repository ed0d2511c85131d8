"""Read the pages of one register at once: rows joined over pages, ditto marks resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ocr.engine import Image
from ocr.languages.lexicon import Lexicon
from ocr.page import Around, Carried, Decided, Reading, Recognition, RowPlace
from ocr.registers.around import missing_numbers
from ocr.registers.cell_reader import RegisterSettings
from ocr.registers.form import RegisterForm, Registers, package_registers
from ocr.registers.join import Part, Row, join_rows, resolve_ditto
from ocr.registers.volume import HEADER, VolumeReader, decide_register, find_register, print_reader
from ocr.scans.scan import OpenedPage

__all__ = [
    "PageNote",
    "Part",
    "RegisterReading",
    "RegisterSettings",
    "Row",
    "join_rows",
    "print_reader",
    "read_register",
    "resolve_ditto",
    "rows_of",
]


@dataclass(frozen=True, slots=True)
class PageNote:
    """What was found on one page: its rows' count, whether it has a header, its register or why it is none.

    around: notes beside the table, and the page's number.
    """

    rows: int
    header: bool
    reason: str = ""
    form: str | None = None
    around: tuple[Around, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the page, two of a spread, from the left; none where none was read surely."""
        own = [a for a in self.around if a.number is not None]
        return tuple(a.number for a in sorted(own, key=lambda a: a.box.x0) if a.number is not None)


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """The rows of some pages of one volume. form: id, None with a reason when no known register fits."""

    form: str | None
    rows: tuple[Row, ...]
    columns: tuple[str, ...] = ()
    pages: tuple[PageNote, ...] = ()
    reason: str = ""

    @property
    def missing_pages(self) -> tuple[int, ...]:
        """Page numbers between the first and the last of those read that no page has: an audit must see them."""
        return missing_numbers([n for page in self.pages for n in page.numbers])


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
    known = registers or package_registers()
    asked = find_register(form, known)
    reader = VolumeReader(asked, languages, settings=settings, registers=known)
    before: Carried | None = None
    found: str | None = None
    columns: tuple[str, ...] = ()
    notes: list[PageNote] = []
    rows: list[tuple[int, RowPlace, Mapping[str, Decided]]] = []
    for number, page in enumerate(pages):
        seen = reader.recognise(page, before)
        own = asked if asked and asked.id == seen.form else known.forms.get(seen.form or "")
        rows += [(number, place, cells) for place, cells in rows_of(decide_register(seen, own, languages, lexica))]
        before = seen.carried
        found, columns = found or seen.form, columns or (before.columns if before else ())
        notes.append(_note(seen))
    reason = "" if found else next((n.reason for n in notes if n.reason), "no pages")
    return RegisterReading(found, resolve_ditto(join_rows(rows)), columns, tuple(notes), reason)


def rows_of(reading: Reading) -> list[tuple[RowPlace, Mapping[str, Decided]]]:
    """The rows of a page, each with its cells by column id."""
    cells: dict[str, dict[str, Decided]] = {row.id: {} for row in reading.rows}
    for name, decided in reading.zones.items():
        row, _, column = name.partition(".")
        cells[row][column] = replace(decided, zone=column)
    return [(row, cells[row.id]) for row in reading.rows]


def _note(seen: Recognition) -> PageNote:
    return PageNote(len(seen.rows), HEADER in seen.notes, seen.reason, seen.form, seen.around)
