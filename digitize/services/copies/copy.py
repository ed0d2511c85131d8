"""A copy of an FIR: the record as it may be shown, laid out as form IIF-I, as PDF/A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digitize.errors import InputError
from digitize.services.copies.form import Box, Boxes, FirForm, Grid, Heading, Part, Story
from digitize.services.copies.layout import GREY, LABEL, STORY, Cell, Layout, Text
from digitize.services.copies.pdf import ArchivePdf, Node
from digitize.services.copies.values import OF_STATE, Values
from digitize.services.copies.words import Words, languages
from mappers.languages import load_languages
from mappers.record import Record

FORM = "iif1"
_BOLD = 0.022
"""How much thicker titles are, in em: there is one weight of each font."""
_ROLE = {"public": "Public copy", "police": "Police copy", "court": "Court copy"}


def render(record: Record, language: str, *, role: str, digits: str = OF_STATE) -> bytes:
    """A printable copy of an FIR in one of `languages()`, as bytes of a PDF/A; the same for the same record and role.

    record: of form iif1, as the role may see it: masked fields hold MASK, and words of the language stand there.
    role: whose view it is; it stands on each page. digits: OF_STATE for the numerals that the state's records have
    first, WESTERN for 0 to 9. Raises InputError for a record of another form, OptionsError for another language,
    MachineLacks without HarfBuzz.
    """
    return written(record, language, role=role, digits=digits)[0]


def written(record: Record, language: str, *, role: str, digits: str = OF_STATE) -> tuple[bytes, tuple[str, ...]]:
    """The same, and all texts that were written into it, those over and below pages once for each page."""
    if record.form != FORM:
        raise InputError(f"a copy is made of form {FORM} alone, not of {record.form}")
    words = Words(language)
    values = Values(words, record.value("state") or "", FORM, digits)
    form = FirForm(record, words, values)
    parts = list(form.parts())
    head, foot, notes = _head(form, record, words, values), _foot(words, role), _notes(words)
    texts = [t for part in parts for t in _texts(part)]
    pdf = ArchivePdf([*texts, *head, *foot, *notes], words.script, language)
    layout = Layout(pdf, is_rtl=words.is_rtl)
    for part in parts:
        _draw(pdf, layout, part)
    layout.gap(8)
    for note in notes:
        layout.text(Text(note, LABEL, GREY))
    margins = layout.finish(head, foot)
    return pdf.to_bytes(_title(record)), (*texts, *notes, *margins)


def _title(record: Record) -> str:
    """Number, year and station: the key of the record, which no policy hides."""
    said = [record.value(n) or "" for n in ("fir_no", "year", "police_station")]
    return f"FIR {said[0]}/{said[1]}, {said[2]}"


def _head(form: FirForm, record: Record, words: Words, values: Values) -> tuple[str, str]:
    station = values.show(record.fields, "police_station")
    return f"{words.label('fir.no')} {form.number()}, {station}", "I.I.F.-I"


def _foot(words: Words, role: str) -> tuple[str, str]:
    numbered = words.plain("page")
    return numbered, _ROLE.get(role, role)


def _notes(words: Words) -> Sequence[str]:
    notes = [words.word("copy")]
    if words.unseen:
        name = load_languages()[words.language].name
        notes.append(f"Wording in {name} that was not yet checked on a printed form stands beside English; English counts.")
    return notes


def _texts(part: Part) -> Iterator[str]:
    match part:
        case Boxes(boxes):
            yield from (t for box in boxes for t in (box.label, box.value))
        case Grid(columns, rows):
            yield from (title for title, _ in columns)
            yield from (text for row in rows for text in row)
        case Box(label, value, _):
            yield from (label, value)
        case Heading(text, _) | Story(text):
            yield text


def _draw(pdf: ArchivePdf, layout: Layout, part: Part) -> None:
    match part:
        case Heading(text, is_main):
            layout.gap(0 if is_main else 5)
            size = 12.5 if is_main else 9.5
            layout.text(Text(text, size, weight=_BOLD, is_title=is_main), "H1" if is_main else "H2")
        case Story(text):
            layout.text(Text(text, STORY))
        case Boxes(boxes):
            cells = [_cell(box) for box in boxes]
            layout.row(cells, [pdf.root.add("P") for _ in boxes])
        case Grid():
            _draw_table(pdf, layout, part)


def _cell(box: Box) -> Cell:
    return Cell((Text(box.label, LABEL, GREY), Text(box.value)), box.share)


def _draw_table(pdf: ArchivePdf, layout: Layout, grid: Grid) -> None:
    table = pdf.root.add("Table")
    shares = [share for _, share in grid.columns]
    titles = [Cell((Text(title, LABEL, GREY),), share) for title, share in grid.columns]
    layout.row(titles, _row(table, "TH", len(titles)))
    for row in grid.rows:
        cells = [Cell((Text(text),), share) for text, share in zip(row, shares, strict=True)]
        layout.row(cells, _row(table, "TD", len(cells)))


def _row(table: Node, kind: str, count: int) -> list[Node]:
    row = table.add("TR")
    return [row.add(kind) for _ in range(count)]


__all__ = ["languages", "render"]
