"""What a rule is: a labelled function over columns, found by scanning `validators/rules/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import getdoc
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from mappers.schema import Column, form_tables
from validators.errors import RuleError

if TYPE_CHECKING:
    import polars as pl

    from validators.columns import Fields

Letter = Literal["E", "W", "I"]
Body = Callable[["Fields"], "pl.Expr"]
Example = Mapping[str, Any]
B = TypeVar("B", bound=Callable[..., Any])

RECORD_ID = "record_id"
_RULE, _MESSAGES, _EXAMPLES = "_rule", "_messages", "_examples"


@dataclass(frozen=True, slots=True)
class Each:
    """A choice of columns, in any table of the form; the rule's body sees each of them as `f.this`.

    names: these columns; record_id is that of every child table. kind, codes: all columns of that kind or code list.
    Empty parts do not choose.
    """

    names: tuple[str, ...] = ()
    kind: str = ""
    codes: str = ""

    def takes(self, column: Column) -> bool:
        """Whether the choice holds this column."""
        if self.names:
            return column.name in self.names
        return (not self.kind or column.kind == self.kind) and (not self.codes or column.codes == self.codes)


def each(*names: str, kind: str = "", codes: str = "") -> Each:
    """Choose columns by name, by kind or by code list."""
    return Each(names, kind, codes)


@dataclass(frozen=True, slots=True)
class _Label:
    code: str
    slug: str
    form: str
    table: str
    fields: tuple[str, ...] | Each
    across: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to be bound to a form.

    code: its id in the rule list. table: the table it runs on. fields: the fields it reads ("parent.fir_date" is a
    field of the parent row, "acts" the child rows themselves); the first one bears the finding. across: it looks at
    more than one record. letter: E, W or I of the rule list. why: the docstring. passes, fails: example records as
    plain values, child rows under their child name, a pair where raw text and value differ; a list where it takes
    several records.
    """

    code: str
    slug: str
    form: str
    table: str
    fields: tuple[str, ...] | Each
    across: bool
    letter: Letter
    english: str
    hindi: str
    passes: Example | list[Example]
    fails: Example | list[Example]
    body: Body

    @property
    def why(self) -> str:
        """Why the rule exists and where the fact comes from."""
        return getdoc(self.body) or ""


def rule(
    code: str, *, slug: str, form: str, fields: tuple[str, ...] | Each, table: str = "", across: bool = False
) -> Callable[[B], B]:
    """Label a function as a rule and return it unchanged.

    table: where the rule runs when it is not the form's own table. The function takes the columns and gives a boolean
    expression: true where the row is in order, null where the rule has nothing to say.
    """
    return _labels(_RULE, _Label(code, slug, form, table or form, fields, across))


def tells(letter: Letter, *, en: str, hi: str) -> Callable[[B], B]:
    """Say how grave the rule is (E, W, I) and what it tells a person, without values."""
    return _labels(_MESSAGES, (letter, en, hi))


def example(*, passes: Example | list[Example], fails: Example | list[Example]) -> Callable[[B], B]:
    """Give one record (or list of records) in order and one that is not; both are run as tests."""
    return _labels(_EXAMPLES, (passes, fails))


def _labels(name: str, value: object) -> Callable[[B], B]:
    def label(function: B) -> B:
        setattr(function, name, value)
        return function

    return label


@cache
def load_rules(form: str = "iif1") -> Mapping[str, Rule]:
    """All rules of a form by code, in the order of their codes; found by scanning `validators/rules/`.

    Raises RuleError when two rules share a code or a slug, or a label is incomplete or names an unknown field.
    """
    from validators import rules

    return collect(made for made in _scan(rules) if made.form == form)


def collect(made: Iterable[Rule]) -> Mapping[str, Rule]:
    """Rules by code, in order. Raises RuleError when two share a code or a slug, or one reads an unknown field."""
    found: dict[str, Rule] = {}
    slugs: set[str] = set()
    for one in made:
        if one.code in found or one.slug in slugs:
            raise RuleError(f"two rules are called {one.code} or {one.slug}")
        _check_fields(one)
        found[one.code] = one
        slugs.add(one.slug)
    return dict(sorted(found.items()))


def _scan(package: ModuleType) -> Iterator[Rule]:
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for thing in vars(module).values():
            if getattr(thing, "__module__", "") == module.__name__ and hasattr(thing, _RULE):
                yield make_rule(thing)


def make_rule(function: Body) -> Rule:
    """The rule that a labelled function stands for. Raises RuleError when a label or the docstring is missing."""
    label: _Label = getattr(function, _RULE)
    for name, decorator in ((_MESSAGES, "tells"), (_EXAMPLES, "example"), ("__doc__", "a docstring")):
        if not getattr(function, name, None):
            raise RuleError(f"rule {label.code}: {decorator} is missing")
    letter, english, hindi = getattr(function, _MESSAGES)
    passes, fails = getattr(function, _EXAMPLES)
    where = (label.code, label.slug, label.form, label.table, label.fields, label.across)
    return Rule(*where, letter, english, hindi, passes, fails, function)


def _check_fields(made: Rule) -> None:
    tables = form_tables(made.form)
    if isinstance(made.fields, Each):
        if RECORD_ID not in made.fields.names and not any(
            made.fields.takes(c) for t in tables.values() for c in t.columns
        ):
            raise RuleError(f"rule {made.code}: its choice of fields holds none")
        return
    children = {t.child for t in tables.values()} - {""}
    for name in made.fields:
        above = name.startswith("parent.")
        table = tables.get(made.form if above else made.table)
        if table is None or not (name in children or name == RECORD_ID or table.column(name.removeprefix("parent."))):
            raise RuleError(f"rule {made.code}: there is no field {name} in {made.table}")
