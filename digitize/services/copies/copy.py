"""Copy of an FIR: the record as it may be shown, laid out as form IIF-I, as PDF/A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digitize.errors import InputError
from digitize.masking.hidden import HiddenRow
from digitize.services.copies.form import FirForm
from digitize.services.copies.layout import GREY, LABEL, STORY, CopyLayout, LaidCell, LaidText
from digitize.services.copies.parts import FormBox, FormBoxes, FormGrid, FormHeading, FormPart, FormStory
from digitize.services.copies.pdf import HIGH, ArchivePdf, Node
from digitize.services.copies.values import OF_STATE, CopyValues, clean
from digitize.services.copies.words import CopyWords, languages
from mappers.languages import load_languages
from mappers.record import Record

FORM = "iif1"
_BOLD = 0.02
"""Extra weight of titles, in em: each font has one weight only."""
_GAP = 5.0
_SEAL = 70.0
_ROLE = {"public": "Public copy", "police": "Police copy", "court": "Court copy"}


def render(
    record: Record, language: str, *, role: str, digits: str = OF_STATE, withheld: Sequence[HiddenRow] = ()
) -> bytes:
    """Render a printable copy of an FIR as PDF/A bytes; identical for the same record and role.

    record: of form iif1, as the role may see it: masked fields hold MASK and are replaced by words of the language.
    language: one of `languages()`. role: printed on each page. digits: OF_STATE for the usual numerals of the state,
    WESTERN for 0 to 9. withheld: what the law hides in it, said at its end. Raises InputError for another form,
    OptionsError for another language, MachineLacks without HarfBuzz.
    """
    return write_copy_texts(record, language, role=role, digits=digits, withheld=withheld)[0]


def write_copy_texts(
    record: Record, language: str, *, role: str, digits: str = OF_STATE, withheld: Sequence[HiddenRow] = ()
) -> tuple[bytes, tuple[str, ...]]:
    """Like `render`; also returns all texts written, with header and footer once per page."""
    words = CopyWords(language)
    made = _make_parts(record, words, role, digits, withheld)
    pdf = ArchivePdf(made.texts, words.script, language)
    layout = CopyLayout(pdf, is_rtl=words.is_rtl)
    drawing = _Drawing(pdf, layout)
    drawing.draw(made.parts)
    notes = [LaidText(note, LABEL, GREY, is_fixed=True) for note in made.notes]
    # Below them is room for signature and seal.
    layout.break_page_for(_GAP + sum(map(layout.height_of_text, notes)) + _SEAL)
    layout.gap(_GAP)
    for note in notes:
        layout.text(note)
    margins = layout.finish(made.head, made.foot)
    texts = (*(t for part in made.parts for t in _texts(part)), *drawing.again, *made.notes, *margins)
    return pdf.to_bytes(_title(record)), texts


def texts_in(record: Record, language: str, *, role: str, withheld: Sequence[HiddenRow] = ()) -> tuple[str, ...]:
    """All texts of a copy, without rendering it."""
    return _make_parts(record, CopyWords(language), role, OF_STATE, withheld).texts


@dataclass(frozen=True)
class _Made:
    """Content of a copy. head, foot: header and footer of each page."""

    parts: Sequence[FormPart]
    head: Sequence[str]
    foot: Sequence[str]
    notes: Sequence[str]

    @property
    def texts(self) -> tuple[str, ...]:
        return (*(t for part in self.parts for t in _texts(part)), *self.head, *self.foot, *self.notes)


def _make_parts(record: Record, words: CopyWords, role: str, digits: str, withheld: Sequence[HiddenRow]) -> _Made:
    if record.form != FORM:
        raise InputError(f"only form {FORM} can be copied, not {record.form}")
    values = CopyValues(words, record.value("state") or "", FORM, digits)
    form = FirForm(record, words, values)
    # First of all: which labels were not seen on a form is known when they are asked for.
    parts = list(form.parts())
    return _Made(parts, _head(form, record, words, values), _foot(words, role), _notes(words, withheld))


def _title(record: Record) -> str:
    """Number, year and station: the key of the record, which no policy hides."""
    said = [clean(record.value(n) or "") for n in ("fir_no", "year", "police_station")]
    return f"FIR {said[0]}/{said[1]}, {said[2]}"


def _head(form: FirForm, record: Record, words: CopyWords, values: CopyValues) -> tuple[str, str]:
    station = values.show(record.fields, "police_station")
    return f"{words.label('fir.no')} {form.number()}, {words.keep_together(station)}", words.keep_together("I.I.F.-I")


def _foot(words: CopyWords, role: str) -> tuple[str, str]:
    numbered = words.plain("page")
    return numbered, words.keep_together(_ROLE.get(role, role))


def _notes(words: CopyWords, withheld: Sequence[HiddenRow]) -> Sequence[str]:
    notes = [words.word("note"), words.word("lacks")]
    # What was withheld, by which law, and who may ask for it: in English, as the laws are.
    notes += [words.keep_together(f"Withheld: {row.what} ({row.law}). May see it: {row.ask}.") for row in withheld]
    if words.unseen:
        name = load_languages()[words.language].name
        notes.append(
            words.keep_together(
                f"Wording in {name} that was not yet checked on a printed form stands beside English; English counts."
            )
        )
    return notes


def _texts(part: FormPart) -> Iterator[str]:
    match part:
        case FormBoxes(boxes):
            yield from (t for box in boxes for t in (box.label, box.value))
        case FormGrid(columns, rows):
            yield from (title for title, _ in columns)
            yield from (text for row in rows for text in row)
        case FormBox(label, value, _):
            yield from (label, value)
        case FormHeading(text, _) | FormStory(text):
            yield text


class _Drawing:
    """Draws parts. again: titles of tables that continue on a new page, once per repetition."""

    def __init__(self, pdf: ArchivePdf, layout: CopyLayout) -> None:
        self._pdf, self._layout = pdf, layout
        self.again: list[str] = []

    def draw(self, parts: Sequence[FormPart]) -> None:
        """Draw all parts; a heading stays on the page of its content."""
        for part, after in zip(parts, [*parts[1:], None], strict=True):
            match part:
                case FormHeading():
                    self._heading(part, after)
                case FormStory(text):
                    self._layout.text(LaidText(text, STORY))
                case FormBoxes(boxes):
                    self._layout.row(*_row([_cell(box) for box in boxes], self._pdf.root, "P"))
                case FormGrid():
                    self._table(part)

    def _heading(self, part: FormHeading, after: FormPart | None) -> None:
        text = LaidText(part.text, 12.5 if part.is_main else 9.5, weight=_BOLD, is_title=part.is_main, is_fixed=True)
        self._layout.break_page_for(_GAP + self._layout.height_of_text(text) + self._begin_of(after))
        self._layout.gap(0 if part.is_main else _GAP)
        self._layout.text(text, "H1" if part.is_main else "H2")

    def _begin_of(self, part: FormPart | None) -> float:
        """Minimum height of a part that must start on this page."""
        match part:
            case FormBoxes(boxes):
                return self._layout.height_of([_cell(box) for box in boxes])
            case FormGrid(columns, rows):
                return self._layout.height_of(_titles(columns)) + self._layout.height_of(_texts_of(rows[0], columns))
            case _:
                return 4 * STORY

    def _table(self, grid: FormGrid) -> None:
        table = self._pdf.root.add("Table")
        titles = _titles(grid.columns)
        self._layout.row(*_row(titles, table.add("TR"), "TH"))
        for at, row in enumerate(grid.rows):
            cells = _texts_of(row, grid.columns)
            if at and not self._layout.has_room(self._layout.height_of(cells)):
                # Over the page the titles stand once more, to be seen; they are read aloud once.
                self._layout.break_page_for(HIGH)
                self._layout.row(titles, [None] * len(titles))
                self.again += [title for title, _ in grid.columns]
            self._layout.row(*_row(cells, table.add("TR"), "TD"))


def _cell(box: FormBox) -> LaidCell:
    return LaidCell((LaidText(box.label, LABEL, GREY, is_fixed=True), LaidText(box.value)), box.share)


def _titles(columns: Sequence[tuple[str, float]]) -> list[LaidCell]:
    return [LaidCell((LaidText(title, LABEL, GREY, is_fixed=True),), share) for title, share in columns]


def _texts_of(row: Sequence[str], columns: Sequence[tuple[str, float]]) -> list[LaidCell]:
    return [LaidCell((LaidText(text),), share) for text, (_, share) in zip(row, columns, strict=True)]


def _row(cells: list[LaidCell], above: Node, kind: str) -> tuple[list[LaidCell], list[Node]]:
    return cells, [above.add(kind) for _ in cells]


__all__ = ["languages", "render"]
