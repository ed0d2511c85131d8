"""Applying a mapping, column by column: what equal cells mean is worked out once; every cell ends somewhere."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import repeat
from types import MappingProxyType

from mappers.binding.bound import BoundRule, FormMapping
from mappers.mapping.answers import Answer, Answers
from mappers.mapping.beside import Beside, join_beside
from mappers.mapping.intake_values import add_intake
from mappers.mapping.mapped import Mapped, Values, constants_of
from mappers.mapping.places_then import say_today
from mappers.sources.cells import TABLE, Sources
from mappers.sources.values import MapContext

# Of each column, so many different cells are remembered.
_REMEMBERED = 20_000
# The day that decides which law applies: of the occurrence, else of the report, else the year.
_DAYS = ("occurrence_from", "fir_date", "year")


class Application:
    """A mapping at work under one context; answers are kept from one lot of sources to the next."""

    def __init__(self, mapping: FormMapping, context: MapContext) -> None:
        self._mapping = mapping
        self._context = context
        self.batch = context.batch
        self._answers = Answers(mapping, context)
        self._known: list[dict[Hashable, Answer]] = [{} for _ in mapping.rules]

    def map(self, sources: Sources, told: Mapping[str, Values] = MappingProxyType({})) -> Mapped:
        """One lot of sources, in order. told: what records that they are parts of say of the year and the day."""
        draft = _Draft(sources, self._context, told)
        for rule, known in zip(self._mapping.rules, self._known, strict=True):
            if rule.source in sources.columns:
                self._apply(rule, known, draft)
        draft.join_beside()
        for name, value in constants_of(self._mapping, self._mapping).items():
            draft.fields[name] = [value] * sources.count
        add_intake(draft.fields, self._context, draft.days())
        say_today(draft.fields, self._context, draft.days())
        return Mapped(self._mapping, sources, draft.fields, draft.rows, draft.find_left())

    def _apply(self, rule: BoundRule, known: dict[Hashable, Answer], draft: _Draft) -> None:
        column = draft.sources.columns[rule.source]
        if rule.dialect.when.cells:
            holds = draft.holds(rule)
            column = [stored if held else None for stored, held in zip(column, holds, strict=True)]
            draft.use(rule.source, [stored is not None for stored in column])
        else:
            draft.use(rule.source, None)
        found = self._find_answers(rule, known, draft, column)
        if rule.cleaner.many:
            draft.add_rows(rule.row, found)
        elif rule.by_lines:
            draft.beside.setdefault(rule.row, []).append((rule, found))
        elif rule.spare:
            draft.add_spare(rule, found)
        else:
            draft.add(rule, found)

    def _find_answers(
        self, rule: BoundRule, known: dict[Hashable, Answer], draft: _Draft, column: Sequence[Hashable | None]
    ) -> list[Answer | None]:
        """What the rule makes of each cell of its column; None where there is none."""
        # Before the new ones are added: all of this lot are looked up at the end.
        if len(known) > _REMEMBERED:
            known.clear()
        if rule.cleaner.uses_year or rule.cleaner.uses_day:
            return self._found_then(rule, known, draft, column)
        new = [s for s in dict.fromkeys(column) if s is not None and s not in known]
        if new:
            cells = draft.sources.open(rule.source, new)
            known.update(
                zip(new, self._answers.answer_cells(rule, cells, repeat((self._context.book_year, ""))), strict=True)
            )
        return list(map(known.get, column))

    def _found_then(
        self, rule: BoundRule, known: dict[Hashable, Answer], draft: _Draft, column: Sequence[Hashable | None]
    ) -> list[Answer | None]:
        """The same of a rule that asks for the year of the book, or the day; what is so in all is known by itself."""
        years = draft.years() if rule.cleaner.uses_year else repeat(self._context.book_year, len(column))
        days = draft.days() if rule.cleaner.uses_day else repeat("", len(column))
        keys = list(zip(column, years, days, strict=True))
        new = [k for k in dict.fromkeys(keys) if k[0] is not None and k[0] not in known and k not in known]
        if new:
            stored = list(dict.fromkeys(s for s, _, _ in new))
            cells = dict(zip(stored, draft.sources.open(rule.source, stored), strict=True))
            made = self._answers.answer_cells(rule, [cells[s] for s, _, _ in new], [(y, d) for _, y, d in new])
            known.update(zip(new, made, strict=True))
            known.update((k[0], a) for k, a in zip(new, made, strict=True) if a and rule.means_always(cells[k[0]].text))
        return [known.get(stored) or known.get((stored, year, day)) for stored, year, day in keys]


class _Draft:
    """One lot of sources on its way."""

    def __init__(self, sources: Sources, context: MapContext, told: Mapping[str, Values]) -> None:
        self.sources = sources
        self.fields: dict[str, Values] = {}
        self._told = told
        self.rows: dict[str, list[Answer]] = {}
        self.beside: dict[str, list[tuple[BoundRule, Sequence[Answer | None]]]] = {}
        self._used: dict[str, list[bool] | None] = {}
        self._said = context.book_year
        self._texts: dict[str, list[str]] = {}
        # What was worked out, and of which columns: these are asked for again and again.
        self._years: tuple[Values | None, Sequence[int | None]] = (None, ())
        self._days: tuple[Sequence[Values], Sequence[str]] = ((), ())

    def holds(self, rule: BoundRule) -> list[bool]:
        """Whether the rule's condition holds, for each source."""
        names = [n for n, _ in rule.dialect.when.cells]
        for name in names:
            if name not in self._texts:
                self._texts[name] = [self._text(name, stored) for stored in self._stored_cells(name)]
        return [rule.dialect.when.holds({n: self._texts[n][at] for n in names}) for at in range(self.sources.count)]

    def _stored_cells(self, name: str) -> Sequence[Hashable | None]:
        return self.sources.columns.get(name) or [None] * self.sources.count

    def _text(self, name: str, stored: Hashable | None) -> str:
        if stored is None:
            return ""
        cell = self.sources.cell(name, stored)
        return "" if cell.blank else cell.text

    def use(self, name: str, where: list[bool] | None) -> None:
        """Note that a cell is taken: in every source, or where it says so."""
        before = self._used.get(name, [])
        if where is None or before is None:
            self._used[name] = None
        else:
            self._used[name] = [a or b for a, b in zip(before, where, strict=True)] if before else where

    def unuse(self, name: str, at: int) -> None:
        """Note that nothing of a cell was needed."""
        where = self._used.get(name)
        if where is None:
            where = self._used[name] = [True] * self.sources.count
        where[at] = False

    def find_left(self) -> Mapping[str, Sequence[bool] | None]:
        """Cells that are not taken, as Mapped has them."""
        left: dict[str, Sequence[bool] | None] = {}
        # The name of the table is no cell of it.
        for name in (n for n in self.sources.columns if n != TABLE):
            used = self._used.get(name, [])
            if used is not None:
                left[name] = [not u for u in used] if used else None
        return left

    def years(self) -> Sequence[int | None]:
        """The year of the book as each source writes it, unless it is doubtful and the intake names one: a misread
        year must not move dates.
        """
        year = self._told.get("year") or self.fields.get("year")
        if year is None:
            return [self._said] * self.sources.count
        if self._years[0] is not year:
            self._years = year, _book_years(year, self._said)
        return self._years[1]

    def days(self) -> Sequence[str]:
        """The day that decides which law applies, for each source; "" when it is not known."""
        known = {**self.fields, **self._told}
        columns = [known[n] for n in _DAYS if n in known]
        if not columns:
            return [""] * self.sources.count
        if list(map(id, self._days[0])) != list(map(id, columns)):
            days = [next((v.value for v in vs if v is not None and v.value), "") for vs in zip(*columns, strict=True)]
            self._days = columns, days
        return self._days[1]

    def add_rows(self, kind: str, found: Sequence[Answer | None]) -> None:
        """Keep the rows of a cleaner that may give several."""
        before = self.rows.get(kind) or [()] * self.sources.count
        self.rows[kind] = [b if a is None else a for a, b in zip(found, before, strict=True)]

    def join_beside(self) -> None:
        """Give the persons of one cell what stands beside them, line by line; what no person needed stays unused."""
        for kind, columns in self.beside.items():
            rows = list(self.rows.get(kind) or [()] * self.sources.count)
            for at in range(self.sources.count):
                cells = [
                    Beside(rule, said, self._stored_text(rule.source, at))
                    for rule, found in columns if (said := found[at])
                ]  # fmt: skip
                if cells:
                    rows[at], unneeded = join_beside(rows[at], cells)
                    for name in unneeded:
                        self.unuse(name, at)
            self.rows[kind] = rows

    def _stored_text(self, name: str, at: int) -> Callable[[], str]:
        """Opens a cell as it is stored: few are asked for."""
        return lambda: self.sources.cell(name, stored).raw if (stored := self.sources.columns[name][at]) else ""

    def add(self, rule: BoundRule, found: Sequence[Answer | None]) -> None:
        """Keep a rule's values."""
        if rule.row:
            before = self.rows.get(rule.row) or [({},)] * self.sources.count
            # Where it is the first of its row, equal cells have the same row.
            self.rows[rule.row] = [
                b if a is None else ({**b[0], **a[0]},) if b[0] else a[:1] for a, b in zip(found, before, strict=True)
            ]
            return
        for _, name in rule.targets:
            old = self.fields.get(name)
            new = [None if a is None else a[0].get(name) for a in found]
            self.fields[name] = new if old is None else [n or o for n, o in zip(new, old, strict=True)]

    def add_spare(self, rule: BoundRule, found: Sequence[Answer | None]) -> None:
        """Keep a spare rule's values where the field is empty so far; a cell of which nothing is needed stays."""
        rows = self.rows.get(rule.row) or [({},)] * self.sources.count
        kept: list[Answer | None] = []
        for at, answer in enumerate(found):
            values = answer[0] if answer else {}
            there = rows[at][0] if rule.row else {n: self.fields[n][at] for n in values if n in self.fields}
            wanted = {n: v for n, v in values.items() if (got := there.get(n)) is None or got.blank}
            if not wanted and any(not v.blank for v in values.values()):
                self.unuse(rule.source, at)
            kept.append((wanted,) if wanted else None)
        self.add(rule, kept)


def _book_years(year: Values, told: int | None) -> list[int | None]:
    """What each source says of its year. told: at intake."""
    return [
        told if v is None or not v.value or not v.value.isdecimal() or (told is not None and not v.is_sure())
        else int(v.value)
        for v in year
    ]  # fmt: skip
