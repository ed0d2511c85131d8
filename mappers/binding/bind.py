"""Binding a mapping file: every name in it is looked up and checked before the first page or row."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path

from mappers.binding.bound import AUTO, BoundRow, BoundRule, FormMapping
from mappers.binding.cell_meanings import bind_dialect, bind_left
from mappers.binding.dialect import make_condition
from mappers.binding.model import AlsoForm, MappingFile, MapRule, MatchRule
from mappers.clean import Cleaner, load_cleaners
from mappers.clean.digits import fit_to_field
from mappers.codes import act_list, code_lists, states
from mappers.encodings import Encoding, encodings
from mappers.errors import MappingError
from mappers.schema import Column, Table, form_tables
from mappers.sources.cells import TABLE
from mappers.toml import did_you_mean, read_model

_OPEN_LISTS = ("station", "district")
# Fields of places: their names are looked up, never taken as they are written.
_PLACE = re.compile(r"(?:^|_)(?:state|district|police_station|ps)$")
# These are mapped first, in this order: the others need the year as a pivot and the day to know the law in force.
_FIRST = ("year", "fir_date", "occurrence_from")


def bind_file(path: Traversable | Path, known: Mapping[str, Encoding] | None = None) -> FormMapping:
    """Read and bind one mapping file. known: the encodings it may name; those of this package when not given.

    Raises MappingError naming file, key and, where there is one, a near miss: for a form, table, field, cleaner,
    part, list or encoding that does not exist, a source or field used twice, or a value its list does not know.
    """
    known = encodings() if known is None else known
    model, content = read_model(path, MappingFile), path.read_bytes()
    also = {
        name: _Binder(path.name, as_file(model, form), known, f"also.{name}.").bind(content)
        for name, form in model.also.items()
    }
    also = {
        name: replace(m, needs=model.also[name].needs, when=make_condition(model.also[name].when))
        for name, m in also.items()
    }
    bound = with_also(_Binder(path.name, model, known).bind(content), also)
    return replace(bound, notes=tuple(notes_of(bound, model)))


class _Binder:
    """Looks up the names of one file; all checks share its name for their messages."""

    def __init__(self, file: str, model: MappingFile, known: Mapping[str, Encoding], part: str = "") -> None:
        self._file = file
        self._part = part
        self._model = model
        self._known = known
        self._tables = self._form_tables()

    def bind(self, content: bytes) -> FormMapping:
        m = self._model
        self._check_match()
        rows = {name: self._row(name) for name in m.rows}
        rules = tuple(self._rule(i, r) for i, r in enumerate(m.rules))
        self._check_constants("set", self._tables[m.form], m.set)
        self._check_sources(rules)
        self._check_targets(rules)
        ordered = tuple(sorted(map(partial(_mark_line_pairing, rules), rules), key=_order))
        ignored = frozenset(i.source for i in m.ignore)
        named = {r.source: self._known[r.encoding] for r in rules if r.encoding in self._known}
        # A column of "auto" may turn out to be in any encoding, so the digest rests on all tables.
        used = self._known if AUTO in (r.encoding for r in rules) else named
        return FormMapping(
            id=m.id, version=m.version, title=m.title, form=m.form, file=self._file, digest=_digest(content, used),
            match=m.match, set=dict(m.set), rows=rows, rules=ordered, ignored=ignored, encodings=named,
            encoding_checked=m.encoding_checked, part=m.part,
            left_rows=tuple(bind_left(m, i, partial(self._fail, f"leave_rows[{i}]")) for i in range(len(m.leave_rows))),
        )  # fmt: skip

    def _fail(self, key: str, message: str) -> MappingError:
        return MappingError(f"{self._file}: {self._part}{key}: {message}")

    def _form_tables(self) -> Mapping[str, Table]:
        try:
            return form_tables(self._model.form)
        except MappingError as e:
            raise self._fail("form", str(e)) from e

    def _check_match(self) -> None:
        match = self._model.match
        if bool(match.families) == bool(match.columns):
            raise self._fail("match", "give either families (of pages) or columns (of tables)")
        for code in match.states:
            if code not in states():
                raise self._fail("match.states", f"there is no state {code}{did_you_mean(code, states())}")
        stem = self._file.removesuffix(".toml")
        if stem != self._model.id:
            raise self._fail("id", f"the file is called {stem}, the mapping {self._model.id}")

    def _row(self, name: str) -> BoundRow:
        rule = self._model.rows[name]
        children = {t.child: t for t in self._tables.values() if t.child}
        if rule.table not in children:
            hint = did_you_mean(rule.table, children) or f" (there are: {', '.join(children)})"
            raise self._fail(f"rows.{name}.table", f"form {self._model.form} has no child table {rule.table}{hint}")
        self._check_constants(f"rows.{name}.set", children[rule.table], rule.set)
        return BoundRow(name, rule.table, dict(rule.set))

    def _rule(self, index: int, rule: MapRule) -> BoundRule:
        key = f"map[{index}] (from {rule.source})"
        table = self._table_of(key, rule)
        cleaners = load_cleaners()
        if rule.clean not in cleaners:
            raise self._fail(key, f"there is no cleaner {rule.clean}{did_you_mean(rule.clean, cleaners)}")
        cleaner = cleaners[self._cleaner_name(rule, table)]
        if isinstance(rule.to, str):
            cleaner = fit_to_field(cleaner, rule.to)
        targets = self._targets(key, rule, cleaner)
        columns = {field: self._column(key, table, field) for _, field in targets}
        if cleaner.kinds and targets[0][0] == "":
            self._check_kind(key, cleaner, columns[targets[0][1]])
        for part, name in targets:
            self._check_list(key, cleaner, part, columns[name])
        codes = {field: self._codes(key, rule, cleaner, c) for field, c in columns.items()}
        dialect = bind_dialect(self._model, rule, cleaner, codes.get(targets[0][1], ""), partial(self._fail, key))
        unrouted = frozenset(cleaner.parts) - {part for part, _ in targets} - set(cleaner.derived)
        constants = self._model.rows[rule.into].set if rule.into else self._model.set
        keeps_text = any(p == cleaner.main and columns[f].kind in ("text", "name") for p, f in targets if p)
        return BoundRule(
            rule.source, cleaner, targets, rule.into, codes, self._encoding(key, rule), rule.continued, rule.spare,
            dialect, unrouted, dict(constants), keeps_text,
        )  # fmt: skip

    @staticmethod
    def _cleaner_name(rule: MapRule, table: Table) -> str:
        """A table of values says what a code means, so that a field with a list needs no cleaner named beside it."""
        column = table.column(rule.to) if isinstance(rule.to, str) else None
        is_coded = (
            bool(rule.values) and column is not None and column.kind == "code" and bool(rule.list or column.codes)
        )
        return "code" if is_coded and rule.clean == "text" else rule.clean

    def _table_of(self, key: str, rule: MapRule) -> Table:
        if not rule.into:
            return self._tables[self._model.form]
        if rule.into not in self._model.rows:
            raise self._fail(key, f"into: there is no row {rule.into}{did_you_mean(rule.into, self._model.rows)}")
        child = self._model.rows[rule.into].table
        return next(t for t in self._tables.values() if t.child == child)

    def _targets(self, key: str, rule: MapRule, cleaner: Cleaner) -> tuple[tuple[str, str], ...]:
        if cleaner.clean is not None:
            if not isinstance(rule.to, str):
                raise self._fail(key, f"to: cleaner {cleaner.name} gives one value; name one field")
            return (("", rule.to),)
        if isinstance(rule.to, str):
            parts = ", ".join(cleaner.parts)
            raise self._fail(key, f"to: cleaner {cleaner.name} gives parts ({parts}); say which goes where")
        for part in rule.to:
            if part not in cleaner.parts:
                hint = did_you_mean(part, cleaner.parts) or f" (parts: {', '.join(cleaner.parts)})"
                raise self._fail(key, f"to: cleaner {cleaner.name} has no part {part}{hint}")
        if cleaner.main not in rule.to:
            raise self._fail(key, f"to: the part {cleaner.main} must go somewhere: it keeps what cannot be split")
        if cleaner.many and not rule.into:
            raise self._fail(key, f"into: cleaner {cleaner.name} may give several rows; name a row of [rows]")
        return tuple(rule.to.items())

    def _column(self, key: str, table: Table, field: str) -> Column:
        column = table.column(field)
        if column is None:
            hint = did_you_mean(field, [c.name for c in table.columns])
            raise self._fail(key, f"to: table {table.name} has no field {field}{hint}")
        return column

    def _check_kind(self, key: str, cleaner: Cleaner, column: Column) -> None:
        is_free = column.kind == "code" and not column.codes and not _PLACE.search(column.name)
        if column.kind not in cleaner.kinds and not (is_free and "text" in cleaner.kinds):
            raise self._fail(key, f"cleaner {cleaner.name} does not give a {column.kind}, which {column.name} wants")

    def _check_list(self, key: str, cleaner: Cleaner, part: str, column: Column) -> None:
        """A cleaner that gives the codes of one list fills no field of another; lists of stations fit places."""
        gives = cleaner.lists.get(part, "")
        is_open = gives in _OPEN_LISTS and not column.codes
        if gives and column.kind == "code" and gives != column.codes and not is_open:
            wants = f"the list {column.codes}" if column.codes else "another list"
            named = f"part {part} of cleaner {cleaner.name}" if part else f"cleaner {cleaner.name}"
            raise self._fail(key, f"{named} gives codes of the list {gives}; {column.name} has {wants}")

    def _codes(self, key: str, rule: MapRule, cleaner: Cleaner, column: Column) -> str:
        name = rule.list or column.codes
        known = (*code_lists(), *_OPEN_LISTS, "act")
        if name and name not in known:
            raise self._fail(key, f"list: there is no list {name}{did_you_mean(name, known)}")
        if cleaner.name == "code" and not name:
            raise self._fail(key, f"list: field {column.name} has no list; name one")
        return name

    def _encoding(self, key: str, rule: MapRule) -> str:
        name = self._model.encoding if rule.encoding is None else rule.encoding
        if name and name != AUTO and name not in self._known:
            hint = did_you_mean(name, self._known) or f" (there are: {', '.join(self._known)})"
            raise self._fail(key, f"encoding: {name} is not known{hint}")
        return name

    def _check_constants(self, key: str, table: Table, constants: Mapping[str, str]) -> None:
        for name, value in constants.items():
            column = self._column(f"{key}.{name}", table, name)
            codes = act_list() if column.codes == "act" else code_lists().get(column.codes)
            if codes and not codes.is_open and value not in codes.values:
                hint = did_you_mean(value, codes.values)
                raise self._fail(f"{key}.{name}", f"{value} is not in the list {codes.name}{hint}")

    def _check_sources(self, rules: Sequence[BoundRule]) -> None:
        """A cell goes to one place, unless rules that exclude each other take it; what none takes may be ignored."""
        ignored = [i.source for i in self._model.ignore]
        first: dict[str, list[BoundRule]] = {}
        for rule in rules:
            others = first.setdefault(rule.source, [])
            if not all(_exclude(rule, o) for o in others):
                places = " and ".join(dict.fromkeys(_place(r) for r in (*others, rule)))
                raise self._fail(
                    "map/ignore", f"{rule.source} is named twice, by the rules to {places}{_explain_overlap(rule)}"
                )
            if any(o.encoding != rule.encoding for o in others):
                raise self._fail("map", f"{rule.source} has two encodings")
            others.append(rule)
        for source in ignored:
            is_always_mapped = any(not r.dialect.when.cells for r in first.get(source, ()))
            if is_always_mapped or ignored.count(source) > 1:
                raise self._fail("map/ignore", f"{source} is named twice: take one [[map]] or [[ignore]] of it out")

    def _check_targets(self, rules: tuple[BoundRule, ...]) -> None:
        taken = {("", f): "set" for f in self._model.set}
        taken |= {(name, f): f"rows.{name}.set" for name, row in self._model.rows.items() for f in row.set}
        filled: dict[tuple[str, str], list[BoundRule]] = {}
        for rule in (r for r in rules if not r.spare):
            for _, name in rule.targets:
                others = filled.setdefault((rule.row, name), [])
                if by := taken.get((rule.row, name)):
                    raise self._fail(f"map (from {rule.source})", f"{name} is filled twice: {by} has it; keep one")
                if clash := [o.source for o in others if not _exclude(rule, o)]:
                    raise self._fail("map", f"{name} is filled twice: {_name_conflict(clash[0], rule.source)}")
                others.append(rule)
        for rule in rules:
            same = [r for r in rules if r is not rule and r.row == rule.row and not _exclude(rule, r)]
            if rule.cleaner.many and (many := [r for r in same if r.cleaner.many]):
                raise self._fail(
                    "map", f"rows {rule.row} are filled twice: {_name_conflict(rule.source, many[0].source)}"
                )


def _mark_line_pairing(rules: Sequence[BoundRule], rule: BoundRule) -> BoundRule:
    """The rule, marked where another one gives several rows of its kind."""
    has_many = any(r.cleaner.many and r.row == rule.row and not _exclude(r, rule) for r in rules if r is not rule)
    return replace(rule, by_lines=True) if rule.row and has_many and not rule.cleaner.many else rule


def _exclude(one: BoundRule, other: BoundRule) -> bool:
    return one.dialect.when.excludes(other.dialect.when)


def _explain_overlap(rule: BoundRule) -> str:
    return ", which may hold at once: let their `when` differ" if rule.dialect.when.cells else "; keep one of them"


def _place(rule: BoundRule) -> str:
    return f"{rule.row}.{rule.targets[0][1]}".lstrip(".")


def _name_conflict(first: str, second: str) -> str:
    """The two rules of a conflict, and how it is settled."""
    return (
        f"by the rule from {first} and by that from {second}. Keep one of them, or write spare = true at the one that"
        " only fills what the other leaves empty, or give each a when that never holds together with the other's."
    )


def _digest(content: bytes, named: Mapping[str, Encoding]) -> str:
    tables = sorted({e.info.digest for e in named.values() if e.info.digest})
    return hashlib.sha256(content + "".join(tables).encode("ascii")).hexdigest()


def _order(rule: BoundRule) -> int:
    field = rule.targets[0][1]
    return _FIRST.index(field) if not rule.row and field in _FIRST else len(_FIRST)


def as_file(model: MappingFile, form: AlsoForm) -> MappingFile:
    """One of the other forms as a file of its own, which may look at all cells of the row."""
    cells = dict.fromkeys([*_sources(model), *(r.source for r in form.rules)])
    own = {
        "form": form.form, "set": form.set, "rows": form.rows, "rules": form.rules, "ignore": (), "also": {},
        "leave_rows": (),
        "match": MatchRule(columns=tuple(cells)),
    }  # fmt: skip
    return model.model_copy(update=own)


def _sources(model: MappingFile) -> list[str]:
    named = (*(r.source for r in model.rules), *(i.source for i in model.ignore), *model.match.columns)
    return list(dict.fromkeys(named))


def with_also(mapping: FormMapping, also: Mapping[str, FormMapping]) -> FormMapping:
    """A mapping with its other forms, which must agree with it on what its cells are. Raises MappingError."""
    encoding_of = {r.source: r.encoding for r in mapping.rules}
    mapped = {r.source for r in mapping.rules} | mapping.ignored | {*mapping.match.columns, TABLE}
    for name, other in also.items():
        key = f"{mapping.file}: also.{name}"
        if mapping.part:
            raise MappingError(
                f"{key}: rows of a part go into the record of their head and make none of another form. Take this out, "
                f"and map its columns into [rows] of the case, or ignore each with a reason: until then the case waits"
            )
        for rule in other.rules:
            if rule.encoding != encoding_of.setdefault(rule.source, rule.encoding):
                raise MappingError(f"{key}: {rule.source} has two encodings")
            if rule.source in mapping.ignored and not rule.dialect.when.cells:
                raise MappingError(f"{key}: {rule.source} is ignored, and mapped here")
            mapped.add(rule.source)
        for column, _ in other.when.cells:
            if column not in mapped:
                raise MappingError(f"{key}: when: {column} is neither mapped nor ignored{did_you_mean(column, mapped)}")
        for column in other.needs:
            if column not in mapped:
                raise MappingError(f"{key}: needs: no rule takes {column}{did_you_mean(column, mapped)}")
    encodings = {c: e for m in (mapping, *also.values()) for c, e in m.encodings.items()}
    return replace(mapping, also=also, encodings=encodings)


_ALIKE = 0.75


def notes_of(mapping: FormMapping, model: MappingFile) -> Iterator[str]:
    """Rows that are parts of other records, columns spelled otherwise than under [match], parts without a field."""
    if model.part:
        yield "each row is a part of a record that another table makes; it waits and is not loaded"
    yield from _misspelt(mapping, model)
    for name, form in {"": mapping, **mapping.also}.items():
        for rule in sorted(form.rules, key=lambda r: r.source):
            if rule.unrouted:
                parts = ", ".join(p for p in rule.cleaner.parts if p in rule.unrouted)
                kept = f"{rule.main} keeps the whole text" if rule.keeps_text else f"{rule.main} gets no value"
                where = f"also.{name}.map" if name else "map"
                lost = f"no field for {parts} (cleaner {rule.cleaner.name})"
                yield f"{where} (from {rule.source}): {lost}; where a cell has it, {kept}"


def _misspelt(mapping: FormMapping, model: MappingFile) -> Iterator[str]:
    """A source that [match] does not name, where it names one much like it that nothing takes."""
    named = [*(r.source for r in mapping.all_rules), *(i.source for i in model.ignore)]
    free = [c for c in mapping.match.columns if c not in named]
    keys = {_key(c): c for c in free}
    for source in dict.fromkeys(named):
        if source not in mapping.match.columns:
            near = get_close_matches(_key(source), list(keys), n=1, cutoff=_ALIKE)
            if near:
                yield f"no column {source} is named in [match]; did you mean {keys[near[0]]}?"


def _key(column: str) -> str:
    return "".join(c for c in column.casefold() if c.isalnum())
