"""Applying a mapping: source cells in, records out; every cell is mapped, ignored or reported as left over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mappers.bind import BoundRow, BoundRule, FormMapping
from mappers.clean.base import CleanContext, Cleaned, CleanedRows
from mappers.codes.places import place_lists
from mappers.record import FieldValue, Origin, Record, Row
from mappers.values import MapContext

_INTAKE = "intake"
_STATION_LIST = "station list"
_NIL = frozenset("-–—_./*=~ \t\r\n")
_UNKNOWN_CODE = Cleaned(None, 0.0, ("code-unknown",))


@dataclass(frozen=True, slots=True)
class Cell:
    """One source cell. raw: as stored or read. text: what is cleaned (decoded, decided). blank: surely empty."""

    raw: str
    text: str
    origin: Origin
    confidence: float = 1.0
    blank: bool = False
    notes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    accept: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """All cells one record is made from, by zone or column, with the record's id and pages."""

    record_id: str
    cells: Mapping[str, Cell]
    pages: tuple[str, ...] = ()


def apply_mapping(mapping: FormMapping, sources: Iterable[Source], context: MapContext) -> Iterator[Record]:
    """One record a source. Cleaning the same text twice in one call is done once."""
    run = _Run(mapping, context)
    for source in sources:
        yield run.record(source)


@dataclass
class _Draft:
    """A record in the making; lives for one call of _Run.record."""

    fields: dict[str, FieldValue] = field(default_factory=dict)
    rows: dict[str, list[dict[str, FieldValue]]] = field(default_factory=dict)
    not_needed: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def day(self) -> str:
        """The day that decides which law applies: of the occurrence, else of the report, else the year."""
        for name in ("occurrence_from", "fir_date", "year"):
            got = self.fields.get(name)
            if got and got.value:
                return got.value
        return ""


class _Run:
    """What one call of apply_mapping shares between its records: contexts and answers already worked out."""

    def __init__(self, mapping: FormMapping, context: MapContext) -> None:
        self._mapping = mapping
        self._context = context
        state = context.state.code if context.state else ""
        lists = {**place_lists(state), **context.lists}
        self._base = CleanContext(context.language, state, context.book_year, "", "", lists)
        self._contexts: dict[tuple[int | None, str, str], CleanContext] = {}
        self._answers: dict[tuple[str, str, int | None, str, str], Cleaned | CleanedRows] = {}
        self._has_conditions = any(r.dialect.when.cells for r in mapping.rules)

    def record(self, source: Source) -> Record:
        mapping = self._mapping
        draft = _Draft()
        texts = {n: "" if c.blank else c.text for n, c in source.cells.items()} if self._has_conditions else {}
        for rule in mapping.rules:
            cell = source.cells.get(rule.source)
            if cell is not None and rule.dialect.when.holds(texts):
                draft.used.add(rule.source)
                self._apply(draft, rule, cell)
        for name, value in mapping.set.items():
            draft.fields[name] = FieldValue(value, value, by=mapping.by)
        self._add_intake(draft)
        taken = draft.used - draft.not_needed
        rest = {k: c for k, c in source.cells.items() if k not in taken}
        return Record(
            id=source.record_id,
            form=mapping.form,
            fields=draft.fields,
            children=self._children(draft),
            pages=source.pages,
            batch=self._context.batch,
            left_over={k: c.text for k, c in rest.items() if k not in mapping.ignored},
            ignored=tuple(k for k in rest if k in mapping.ignored),
        )

    def _apply(self, draft: _Draft, rule: BoundRule, cell: Cell) -> None:
        rows = draft.rows.setdefault(rule.row, [{}]) if rule.row else [draft.fields]
        if cell.blank or not cell.text.strip() or _NIL.issuperset(cell.text) or rule.dialect.is_null(cell.text):
            empty = self._empty(cell)
            if not rule.cleaner.many:
                self._put(draft, rule, rows[0], dict.fromkeys((f for _, f in rule.targets), empty))
            elif not empty.is_sure():
                draft.rows[rule.row] = [{rule.main: empty}]
            return
        if rule.cleaner.clean is not None:
            name = rule.targets[0][1]
            meant = rule.dialect.meaning(cell.text)
            answer = _UNKNOWN_CODE if meant is None else self._ask(rule.cleaner.clean, rule, meant, draft)
            self._put(draft, rule, rows[0], {name: self._value(cell, answer)})
            return
        found = self._ask_rows(rule, cell.text, draft)
        if rule.cleaner.many:
            draft.rows[rule.row] = [self._parts(rule, cell, r, found) for r in found.rows or ({},)]
        else:
            self._put(draft, rule, rows[0], self._parts(rule, cell, found.rows[0] if found.rows else {}, found))

    @staticmethod
    def _put(draft: _Draft, rule: BoundRule, row: dict[str, FieldValue], values: Mapping[str, FieldValue]) -> None:
        """Keep a rule's values; those of a spare rule only where the field is empty so far."""
        if rule.spare:
            is_written = any(not v.blank for v in values.values())
            values = {n: v for n, v in values.items() if n not in row or row[n].blank}
            if is_written and not values:
                draft.not_needed.add(rule.source)
        row.update(values)

    def _parts(
        self, rule: BoundRule, cell: Cell, parts: Mapping[str, Cleaned], found: CleanedRows
    ) -> dict[str, FieldValue]:
        out = {name: self._value(cell, parts[part], found.notes) for part, name in rule.targets if part in parts}
        if not out:
            out[rule.main] = self._value(cell, Cleaned(None, 0.0, ("unparsed",)), found.notes)
        return out

    def _value(self, cell: Cell, answer: Cleaned, more: tuple[str, ...] = ()) -> FieldValue:
        return FieldValue(
            answer.raw or cell.raw,
            answer.value,
            cell.confidence * answer.confidence,
            cell.origin,
            self._mapping.by,
            False,
            (*cell.notes, *answer.notes, *more),
            cell.candidates,
            cell.accept,
        )

    def _empty(self, cell: Cell) -> FieldValue:
        written = bool(cell.text.strip())
        blank = cell.blank or written
        notes = ("nil",) if written else () if blank else ("unread",)
        return FieldValue(
            cell.raw, None, cell.confidence, cell.origin, self._mapping.by, blank, notes, cell.candidates, cell.accept
        )

    def _ask(self, clean: Callable[[str, CleanContext], Cleaned], rule: BoundRule, text: str, draft: _Draft) -> Cleaned:
        context = self._context_for(draft, rule, rule.targets[0][1])
        key = (rule.cleaner.name, context.codes, context.book_year, context.day, text)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = clean(text, context)
        assert isinstance(answer, Cleaned)
        return answer

    def _ask_rows(self, rule: BoundRule, text: str, draft: _Draft) -> CleanedRows:
        context = self._context_for(draft, rule, "")
        key = (rule.cleaner.name, "", context.book_year, context.day, text)
        answer = self._answers.get(key)
        if answer is None:
            assert rule.cleaner.rows is not None
            answer = self._answers[key] = rule.cleaner.rows(text, context)
        assert isinstance(answer, CleanedRows)
        return answer

    def _context_for(self, draft: _Draft, rule: BoundRule, target: str) -> CleanContext:
        year = self._book_year(draft)
        day = draft.day() if rule.cleaner.uses_day else ""
        key = (year, day, rule.codes.get(target, ""))
        if key not in self._contexts:
            self._contexts[key] = replace(self._base, book_year=year, day=day, codes=key[2])
        return self._contexts[key]

    def _book_year(self, draft: _Draft) -> int | None:
        """The year as written, unless it is doubtful and the intake names one: a misread year must not move dates."""
        got, said = draft.fields.get("year"), self._context.book_year
        if got is None or not got.value or not got.value.isdecimal() or (said is not None and not got.is_sure()):
            return said
        return int(got.value)

    def _add_intake(self, draft: _Draft) -> None:
        """Fill from what was said at intake, only where the source has nothing at all."""
        c = self._context
        known = {
            "state": c.state.code if c.state else "",
            "district": c.district,
            "police_station": c.station,
            "year": str(c.book_year or ""),
        }
        for name, value in known.items():
            got = draft.fields.get(name)
            if value and (got is None or got.blank):
                draft.fields[name] = FieldValue("", value, by=_INTAKE)
        self._add_district(draft)

    def _add_district(self, draft: _Draft) -> None:
        """The station's own district, where neither the source nor the intake names one; as sure as the station."""
        station, district = draft.fields.get("police_station"), draft.fields.get("district")
        known = self._context.district_of.get((station and station.value) or "")
        if station is not None and known and (district is None or district.blank):
            draft.fields["district"] = replace(station, value=known, by=_STATION_LIST, notes=(), candidates=())

    def _children(self, draft: _Draft) -> Mapping[str, tuple[Row, ...]]:
        tables: dict[str, list[Row]] = {}
        for name, row in self._mapping.rows.items():
            for values in draft.rows.get(name, ()):
                if any(not v.blank for v in values.values()):
                    tables.setdefault(row.child, []).append(self._with_constants(row, values))
        return {t: tuple(rows) for t, rows in tables.items()}

    def _with_constants(self, row: BoundRow, values: Row) -> Row:
        fixed = {k: FieldValue(v, v, by=self._mapping.by) for k, v in row.set.items() if k not in values}
        return {**fixed, **values}
