"""What a mapping file does, as rows that a person who reads no TOML can check and sign."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from mappers.binding.bound import AUTO
from mappers.binding.model import AlsoForm, MappingFile, MapRule
from mappers.encodings import encodings
from mappers.errors import MappingError
from mappers.schema import Column, Table, form_tables
from mappers.toml import did_you_mean, read_model

# Said at intake, for every table.
_AT_INTAKE = ("state", "district", "police_station", "year")
Form = MappingFile | AlsoForm


@dataclass(frozen=True)
class CleanerWords:
    """A cleaner in words. what: what the cell is taken for. doubt: what happens where it is not sure, "" for no more
    than that the text stays and a person is asked.
    """

    what: str
    how: str
    doubt: str = ""


@dataclass(frozen=True)
class Destination:
    """A field that a cell fills. who: whose field, for rows of persons and the like. item: on the printed form."""

    label: str
    item: str = ""
    who: str = ""


@dataclass(frozen=True)
class ExplainedRule:
    """One rule. values: code -> label of what it stands for. when: column -> texts. encoding: title, "" for plain."""

    source: str
    words: CleanerWords
    to: tuple[Destination, ...]
    values: Mapping[str, str]
    when: Mapping[str, tuple[str, ...]]
    nulls: tuple[str, ...]
    encoding: str = ""
    is_spare: bool = False


@dataclass(frozen=True)
class ExplainedForm:
    """One form that a row makes. title: of the form. fixed: label -> value that no cell gives. missing: labels of
    fields that the form asks for and this source does not have. needs: columns of which one must say something.
    when: column -> texts, else the row makes no such record.
    """

    form: str
    title: str
    rules: tuple[ExplainedRule, ...]
    fixed: tuple[tuple[str, str], ...]
    missing: tuple[Destination, ...]
    needs: tuple[str, ...] = ()
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ExplainedLeftRows:
    """Rows that make no record, and why. when: column -> texts; unless: the same of rows that are kept."""

    when: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    reason: str


@dataclass(frozen=True)
class Explained:
    """A whole mapping. ignored: source -> why. left_rows: rows that make no record."""

    id: str
    version: str
    title: str
    states: tuple[str, ...]
    forms: tuple[ExplainedForm, ...]
    ignored: Mapping[str, str]
    left_rows: tuple[ExplainedLeftRows, ...] = ()


@cache
def cleaner_words() -> Mapping[str, CleanerWords]:
    """Every cleaner in words, by name."""
    text = (resources.files("mappers.explain") / "cleaners.toml").read_text(encoding="utf-8")
    return {name: CleanerWords(**words) for name, words in tomllib.loads(text).items()}


def mapping_file(name: str, folders: Sequence[Path] = ()) -> Traversable | Path:
    """The file of a mapping by its id, in these folders or in the package.

    Raises MappingError with a near miss when there is none.
    """
    package = resources.files("mappers") / "mappings"
    for folder in (*folders, package):
        if (folder / f"{name}.toml").is_file():
            return folder / f"{name}.toml"
    known = sorted(p.name.removesuffix(".toml") for p in package.iterdir() if p.name.endswith(".toml"))
    raise MappingError(f"there is no mapping {name}{did_you_mean(name, known)} (there are: {', '.join(known)})")


def explain_mapping(path: Traversable | Path) -> Explained:
    """A mapping file in words. Raises MappingError when it cannot be read; bind it first to know that it holds."""
    m = read_model(path, MappingFile)
    forms = (_form(m, m, ()), *(_form(m, also, also.needs) for also in m.also.values()))
    left = tuple(ExplainedLeftRows(_texts(r.when), _texts(r.unless), r.reason) for r in m.leave_rows)
    return Explained(m.id, m.version, m.title, m.match.states, forms, {i.source: i.reason for i in m.ignore}, left)


def _form(m: MappingFile, form: Form, needs: tuple[str, ...]) -> ExplainedForm:
    tables = form_tables(form.form)
    rules = tuple(_rule(m, form, rule, tables) for rule in form.rules)
    return ExplainedForm(
        form.form,
        # The title of a form is how its model's docstring begins.
        " ".join((tables[form.form].model.__doc__ or form.form).split()).split(":")[0].rstrip("."),
        rules,
        tuple(_list_constants(form, tables)),
        tuple(_missing(form, tables)),
        needs,
        _texts(form.when) if isinstance(form, AlsoForm) else {},
    )


def _rule(m: MappingFile, form: Form, rule: MapRule, tables: Mapping[str, Table]) -> ExplainedRule:
    table = _table(form, rule.into, tables)
    fields = [rule.to] if isinstance(rule.to, str) else list(rule.to.values())
    who = _name_owner(form, rule.into)
    to = tuple(_destination(table.column(f), who) for f in fields)
    return ExplainedRule(
        rule.source,
        cleaner_words()["code" if rule.values and rule.clean == "text" else rule.clean],
        to,
        m.values.get(rule.values, {}) if isinstance(rule.values, str) else rule.values,
        _texts(rule.when),
        m.nulls if rule.nulls is None else rule.nulls,
        _encoding(m.encoding if rule.encoding is None else rule.encoding),
        rule.spare,
    )


def _texts(when: Mapping[str, str | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {c: (t,) if isinstance(t, str) else tuple(t) for c, t in when.items()}


def _table(form: Form, into: str, tables: Mapping[str, Table]) -> Table:
    if not into:
        return tables[form.form]
    return next(t for t in tables.values() if t.child == form.rows[into].table)


def _name_owner(form: Form, into: str) -> str:
    """Whose field a row's is: its role where it has one, else the kind of row."""
    return form.rows[into].set.get("role", into).replace("_", " ") if into else ""


def _destination(column: Column | None, who: str) -> Destination:
    assert column is not None
    return Destination(column.label, column.item, who)


def _encoding(name: str) -> str:
    if name == AUTO:
        return "found out from the column"
    known = encodings().get(name)
    return known.info.title if known else name


def _list_constants(form: Form, tables: Mapping[str, Table]) -> Iterator[tuple[str, str]]:
    for name, value in form.set.items():
        column = tables[form.form].column(name)
        yield column.label if column else name, value


def _missing(form: Form, tables: Mapping[str, Table]) -> Iterator[Destination]:
    """Mandatory fields of the form and of its child rows that no rule and no constant fills."""
    filled = {(r.into, f) for r in form.rules for f in ([r.to] if isinstance(r.to, str) else r.to.values())}
    own = {f for into, f in filled if not into} | set(form.set) | set(_AT_INTAKE)
    yield from (_destination(c, "") for c in tables[form.form].columns if c.mandatory and c.name not in own)
    for table in tables.values():
        kinds = [n for n, row in form.rows.items() if row.table == table.child]
        for column in table.columns if table.child else ():
            if column.mandatory and not _is_filled(form, filled, kinds, column.name):
                yield _destination(column, table.child)


def _is_filled(form: Form, filled: set[tuple[str, str]], kinds: list[str], field: str) -> bool:
    return any((kind, field) in filled or field in form.rows[kind].set for kind in kinds)
