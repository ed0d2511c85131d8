"""What a rule makes of a cell: the values of its fields, worked out once for each text and context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from typing import Any, NamedTuple

from mappers.binding.bound import BoundRule, FormMapping
from mappers.clean.base import CleanContext, CleanedCell, CleanedRows
from mappers.clean.gregorian import FAR, FAR_NOTE
from mappers.clean.names import clean_name
from mappers.clean.persons import lines_of
from mappers.clean.titles import without_titles
from mappers.codes.places import place_lists
from mappers.record import WRITTEN, FieldValue, Origin
from mappers.sources.cells import SourceCell
from mappers.sources.values import MapContext
from mappers.text.folding import squeeze


class SourceAnswers(NamedTuple):
    """A value on its way: what a FieldValue is, as cheap as a tuple. A table of millions of rows makes few of those.

    origin: of the cell; without the row for cells of tables.
    """

    raw: str
    value: str | None
    confidence: float = 1.0
    origin: Origin = Origin()
    by: str = ""
    blank: bool = False
    notes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    accept: float = 0.0

    def is_sure(self) -> bool:
        """As FieldValue has it."""
        return (self.value is not None or self.blank) and self.confidence >= self.accept

    def place_at(self, origin: Origin) -> FieldValue:
        """The value with its full origin."""
        return FieldValue(
            self.raw, self.value, self.confidence, origin, self.by, self.blank, self.notes, self.candidates, self.accept
        )


SaidRow = Mapping[str, SourceAnswers]
# As SourceAnswers._make, in a third of the time.
_answer: Callable[[tuple[Any, ...]], SourceAnswers] = partial(tuple.__new__, SourceAnswers)
# One row of values; several or none for a cleaner that may give many.
Answer = tuple[SaidRow, ...]
# The year of a book, and the day that decides the law.
When = tuple[int | None, str]

_NIL = frozenset("-–—_./*=~ \t\r\n")
_UNKNOWN_CODE = CleanedCell(None, 0.0, ("code-unknown",))
_UNPARSED = CleanedCell(None, 0.0, ("unparsed",))
_NOT_MAPPED = "parts-not-mapped"
READ = "read-plainly"
"""Note of the year of a page that was read surely and is none all the same: it is doubted, and gives way to nothing."""
# From this certainty on a reading counts as plain.
_PLAINLY = 0.9
# What a value of a table needs to pass where its cleaner doubts its year: cells of tables have no bar of their own.
_DOUBTED = 0.5
_OF_TEXT = frozenset({"text", "block"})
_OF_PERSONS = frozenset({"person", "persons", "officer", "relative"})


def is_nil(text: str) -> bool:
    """Whether a text says that there is nothing: blanks, dashes, dots."""
    first = text[:1]
    # The first sign settles it for nearly all cells.
    return not first or ((first in _NIL or first.isspace()) and (not text.strip() or _NIL.issuperset(text)))


def _answer_no(_: str) -> bool:
    return False


def _says_nothing(rule: BoundRule, text: str) -> bool:
    """Whether a piece of a cell is blank, or one of the source's spellings of nothing."""
    return is_nil(text) or rule.dialect.is_null(text)


def _keep_lost_parts(rule: BoundRule, found: CleanedRows, text: str, year: int | None) -> CleanedRows:
    """Rows in which no part that the mapping leaves out is lost: the main part takes the whole text then, or no value
    where it is no text, so that a person looks. A part that another field or the book says already is no loss.
    """
    pieces = found.texts or ("",) * len(found.rows)
    rows = [_kept_whole(rule, row, (piece or text, piece), year) for row, piece in zip(found.rows, pieces, strict=True)]
    return found._replace(rows=tuple(rows))


def _kept_whole(
    rule: BoundRule, row: Mapping[str, CleanedCell], whole: tuple[str, str], year: int | None
) -> Mapping[str, CleanedCell]:
    """whole: the text of the row, and the piece of the source that is its raw text ("" for all)."""
    lost = [p for p, c in row.items() if p in rule.unrouted and c.value not in (None, rule.constants.get(p))]
    if year is not None:
        lost = [p for p in lost if p != "year" or row[p].value != str(year)]
    if not lost:
        return row
    main = row.get(rule.cleaner.main, _UNPARSED)
    notes = (*main.notes, _NOT_MAPPED)
    is_whole = main.value is not None and rule.keeps_text
    value, confidence = (squeeze(whole[0]), min(main.confidence, 0.5)) if is_whole else (None, 0.0)
    return {**row, rule.cleaner.main: CleanedCell(value, confidence, notes, whole[1])}


def _is_plain(cell: SourceCell) -> bool:
    """Whether letters or digits of a page were read surely."""
    is_sure = bool(cell.origin.zone) and cell.confidence >= max(cell.accept, _PLAINLY)
    return is_sure and any(map(str.isalnum, cell.text))


class Answers:
    """The answers of one mapping under one context. Values carry the origins of their cells."""

    def __init__(self, mapping: FormMapping, context: MapContext) -> None:
        self._by = mapping.by
        state = context.state.code if context.state else ""
        lists = {**place_lists(state), **context.lists}
        self._base = CleanContext(context.language, state, context.book_year, "", "", lists)
        self._contexts: dict[tuple[int | None, str, str], CleanContext] = {}

    def answer_cells(self, rule: BoundRule, cells: Sequence[SourceCell], whens: Iterable[When]) -> list[Answer]:
        """What a rule makes of cells. whens: of each the year of its book and the day that decides the law."""
        make = self._lines if rule.by_lines else self._make(rule)
        is_null = rule.dialect.is_null if rule.dialect.nulls else _answer_no
        return [
            self._empty(rule, cell) if cell.blank or is_nil(cell.text) or is_null(cell.text)
            else make(rule, cell, year, day)
            for cell, (year, day) in zip(cells, whens, strict=False)
        ]  # fmt: skip

    def _make(self, rule: BoundRule) -> Callable[[BoundRule, SourceCell, int | None, str], Answer]:
        if rule.cleaner.clean is None:
            return partial(self._rows, dict(rule.targets))
        if not rule.dialect.is_usual:
            return self._clean_value
        return (
            self._text
            if rule.cleaner.name in _OF_TEXT
            else self._name
            if rule.cleaner.name == "name"
            else self._clean_value
        )

    def _lines(self, rule: BoundRule, cell: SourceCell, year: int | None, day: str) -> Answer:
        """A row for each line of a cell beside several persons; a line that says nothing keeps its place."""
        make, lines = self._make(rule), lines_of(cell.text, rule.cleaner.name)
        if len(lines) < 2:
            return make(rule, cell, year, day)
        pieces = [cell._replace(raw=line, text=line) for line in lines]
        return tuple(
            row for piece in pieces
            for row in (self._empty(rule, piece) if _says_nothing(rule, piece.text) else make(rule, piece, year, day))
        )  # fmt: skip

    def _text(self, rule: BoundRule, cell: SourceCell, year: int | None, day: str) -> Answer:
        """As `_clean_value`, for cleaners of text that ask for nothing beside it: most of a table is text."""
        assert rule.cleaner.clean is not None
        return ({rule.targets[0][1]: self._value(cell, rule.cleaner.clean(cell.text, self._base))},)

    def _name(self, rule: BoundRule, cell: SourceCell, year: int | None, day: str) -> Answer:
        """As `_clean_value`, for names."""
        answer = clean_name(cell.text, self._base)
        return ({rule.targets[0][1]: self._value(cell, answer if cell.origin.zone else without_titles(answer))},)

    def _clean_value(self, rule: BoundRule, cell: SourceCell, year: int | None, day: str) -> Answer:
        assert rule.cleaner.clean is not None
        name = rule.targets[0][1]
        meant = rule.dialect.meaning(cell.text)
        context = self._context(year, day, rule.codes.get(name, ""))
        answer = _UNKNOWN_CODE if meant is None else rule.cleaner.clean(meant, context)
        if rule.cleaner.name == "name" and not cell.origin.zone:
            answer = without_titles(answer)
        if rule.cleaner.name == "year" and answer.value is None and _is_plain(cell):
            answer = answer._replace(notes=(*answer.notes, READ))
        return ({name: self._value(cell, answer)},)

    def _rows(self, names: Mapping[str, str], rule: BoundRule, cell: SourceCell, year: int | None, day: str) -> Answer:
        """names: part -> field."""
        assert rule.cleaner.rows is not None
        text = cell.text if rule.dialect.order is None else rule.dialect.order_date(cell.text)
        found = rule.cleaner.rows(text, self._context(year, day, ""))
        empty = [_says_nothing(rule, text) for text in found.texts]
        if empty and all(empty):
            return ()
        if rule.unrouted:
            found = _keep_lost_parts(rule, found, cell.text, year)
        if rule.cleaner.many:
            # A piece that says nothing keeps its place, by which the lines of other cells are counted.
            return tuple([
                self._blank(rule, cell, text) if is_empty else self._parts(rule, names, cell, row, found)
                for row, text, is_empty in zip_longest(found.rows or ({},), found.texts, empty)
            ])  # fmt: skip
        return (self._parts(rule, names, cell, found.rows[0] if found.rows else {}, found),)

    def _empty(self, rule: BoundRule, cell: SourceCell) -> Answer:
        written = bool(cell.text.strip())
        blank = cell.blank or written
        notes = ("nil",) if written else cell.notes if blank else ("unread", *cell.notes)
        empty = SourceAnswers(
            cell.raw, None, cell.confidence, cell.origin, self._by, blank, notes, cell.candidates, cell.accept
        )
        if not rule.cleaner.many:
            return (dict.fromkeys((f for _, f in rule.targets), empty),)
        # Where nobody can read it, or words are no value, something is written: a row says so.
        return () if empty.is_sure() and WRITTEN.isdisjoint(notes) else ({rule.main: empty},)

    def _blank(self, rule: BoundRule, cell: SourceCell, text: str) -> SaidRow:
        """The row of a piece that says nothing."""
        return {rule.main: SourceAnswers(text, None, cell.confidence, cell.origin, self._by, True, ("nil",))}

    def _parts(
        self, rule: BoundRule, names: Mapping[str, str], cell: SourceCell, parts: Mapping[str, CleanedCell],
        found: CleanedRows,
    ) -> SaidRow:  # fmt: skip
        if rule.cleaner.name in _OF_PERSONS and not cell.origin.zone:
            # On paper a name is what stands there; in a table it is what people are found by.
            is_officer = rule.cleaner.name == "officer"
            parts = {
                p: without_titles(c, is_officer=is_officer) if p.endswith("name") and _NOT_MAPPED not in c.notes else c
                for p, c in parts.items()
            }
        if len(parts) == 1:
            ((part, only),) = parts.items()
            out = {names[part]: self._value(cell, only, found.notes)} if part in names else {}
        else:
            out = {name: self._value(cell, parts[part], found.notes) for part, name in names.items() if part in parts}
        return out or {rule.main: self._value(cell, _UNPARSED, found.notes)}

    def _value(self, cell: SourceCell, answer: CleanedCell, more: tuple[str, ...] = ()) -> SourceAnswers:
        value, confidence, notes, raw = answer
        stored, _, origin, sure, _, seen, candidates, accept = cell
        if seen or more:
            notes = (*seen, *notes, *more)
        if confidence == FAR and FAR_NOTE in notes:
            accept = max(accept, _DOUBTED)
        return _answer((raw or stored, value, sure * confidence, origin, self._by, False, notes, candidates, accept))

    def _context(self, year: int | None, day: str, codes: str) -> CleanContext:
        key = (year, day, codes)
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = replace(self._base, book_year=year, day=day, codes=codes)
        return found
