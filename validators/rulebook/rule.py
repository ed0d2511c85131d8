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

    from validators.rulebook.columns import Fields

Letter = Literal["E", "W", "I"]
Body = Callable[["Fields"], "pl.Expr"]
Example = Mapping[str, Any]
B = TypeVar("B", bound=Callable[..., Any])

RECORD_ID = "record_id"
# A rule of every form that has its fields; its examples are of the first form.
EVERY_FORM = "*"
FIRST_FORM = "iif1"
# Scanned, not imported: rules stand on this module, and a new one is one new file.
RULES = "validators.rules"
_RULE, _MESSAGES, _EXAMPLES = "_rule", "_messages", "_examples"


@dataclass(frozen=True, slots=True)
class Each:
    """A choice of columns, in any table of the form; the rule's body sees each of them as `f.this`.

    names: these columns; record_id is that of every child table. kind, codes: all columns of that kind or code list;
    several kinds are parted by a blank. Empty parts do not choose. besides: names and code lists that are left out.
    """

    names: tuple[str, ...] = ()
    kind: str = ""
    codes: str = ""
    besides: tuple[str, ...] = ()

    def takes(self, column: Column) -> bool:
        """Whether the choice holds this column."""
        if self.names:
            return column.name in self.names
        if column.name in self.besides or column.codes in self.besides:
            return False
        kinds = self.kind.split()
        return (not kinds or column.kind in kinds) and (not self.codes or column.codes == self.codes)


def each(*names: str, kind: str = "", codes: str = "", besides: tuple[str, ...] = ()) -> Each:
    """Choose columns by name, by kind or by code list."""
    return Each(names, kind, codes, besides)


@dataclass(frozen=True, slots=True)
class _Label:
    code: str
    slug: str
    forms: tuple[str, ...]
    table: str
    fields: tuple[str, ...] | Each
    across: bool
    needs: tuple[str, ...]
    acts: tuple[str, ...]
    sections: tuple[str, ...]
    names_other: bool

    @property
    def is_general(self) -> bool:
        """Whether it is asked of every form that has its fields."""
        return self.forms == (EVERY_FORM,)

    @property
    def first(self) -> str:
        """The form of which its examples are."""
        return FIRST_FORM if self.is_general else self.forms[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to be bound to a form.

    code: its id in the rule list. table: the table it runs on. fields: the fields it reads ("parent.fir_date" is a
    field of the parent row, "acts" the child rows themselves, "acts.section" a field of all of these, "iif1:fir_date"
    one of the records of another form); the first one bears the finding. across: it looks at
    more than one record. forms: of which it is asked; EVERY_FORM for all that have its fields. letter: E, W or I of the
    rule list.
    why: the docstring. passes, fails: example records as plain values, child rows under their child name, a pair where
    raw text and value differ; a list where it takes several records. needs: fields of its table or of the parent row;
    where any of them is empty ("phone|mobile": both of them), it has nothing to say. acts, sections: the same, where
    none of these is among the record's acts, or its sections without their clauses. names_other: its body tells another
    row (`validators.doubles.other`).
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
    forms: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    names_other: bool = False

    @property
    def is_general(self) -> bool:
        """Whether it is asked of every form that has its fields."""
        return self.forms == (EVERY_FORM,)

    @property
    def why(self) -> str:
        """Why the rule exists and where the fact comes from."""
        return getdoc(self.body) or ""


def rule(
    code: str,
    *,
    slug: str,
    form: str | tuple[str, ...],
    fields: tuple[str, ...] | Each,
    table: str = "",
    across: bool = False,
    needs: tuple[str, ...] = (),
    acts: tuple[str, ...] = (),
    sections: tuple[str, ...] = (),
    names_other: bool = False,
) -> Callable[[B], B]:
    """Label a function as a rule and return it unchanged.

    form: one form or several, the first one that of its examples, or EVERY_FORM for all that have the fields.
    table: where the rule runs when it is not the form's own table; in a rule of several forms the records' name for
    it ("persons"). needs: fields without any of which the rule has nothing to say ("phone|mobile": without both),
    so that it is not asked where one is empty in all rows. acts, sections: of which one must be named, in the same
    way; sections without their clauses, of whatever act. The function takes the columns and gives a boolean
    expression: true where the row is in order, null where the rule has nothing to say. With names_other it gives
    text instead: which other row it suspects, and why (`validators.doubles.other.tell_other`), null where it suspects
    none.
    """
    forms = form if isinstance(form, tuple) else (form,)
    return _labels(_RULE, _Label(code, slug, forms, table, fields, across, needs, acts, sections, names_other))


def tells(letter: Letter, *, en: str, hi: str = "") -> Callable[[B], B]:
    """Say how grave the rule is (E, W, I) and what it tells a person, without values; in Hindi the English where ""."""
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
def load_rules(form: str = FIRST_FORM) -> Mapping[str, Rule]:
    """All rules of a form by code, in the order of their codes; found by scanning `validators/rules/`.

    Raises RuleError when two rules share a code or a slug, or a label is incomplete or names an unknown field.
    """
    return collect(made for function in _scan(importlib.import_module(RULES)) if (made := rule_of_form(function, form)))


@cache
def every_rule() -> Mapping[str, Rule]:
    """All rules by code, each in the form of its examples. Raises RuleError when two functions share a code."""
    return collect(make_rule(function) for function in _scan(importlib.import_module(RULES)))


def collect(made: Iterable[Rule]) -> Mapping[str, Rule]:
    """Rules by code, in order. Raises RuleError when two share a code or a slug, or one reads an unknown field."""
    found: dict[str, Rule] = {}
    slugs: set[str] = set()
    for one in made:
        if one.code in found or one.slug in slugs:
            raise RuleError(f"two rules are called {one.code} or {one.slug}")
        _check_fields(one.code, one.form, one.table, one.fields)
        found[one.code] = one
        slugs.add(one.slug)
    return dict(sorted(found.items()))


def _scan(package: ModuleType) -> Iterator[Body]:
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for thing in vars(module).values():
            # What one file of rules has imported from another is not found a second time.
            if getattr(thing, "__module__", "") == module.__name__ and hasattr(thing, _RULE):
                yield thing


def rule_of_form(function: Body, form: str) -> Rule | None:
    """The rule that a labelled function stands for in a form; None when it is a rule of another one.

    A rule of every form is none of those that lack its fields; but the first form, of which its examples are, has them.
    """
    label: _Label = getattr(function, _RULE)
    if not label.is_general and form not in label.forms:
        return None
    if label.is_general and form != FIRST_FORM and not _has_fields(label, form):
        return None
    return make_rule(function, form)


def _has_fields(label: _Label, form: str) -> bool:
    try:
        _check_fields(label.code, form, _table_of(label, form), label.fields)
    except RuleError:
        return False
    return True


def _table_of(label: _Label, form: str) -> str:
    """The table's name in the form; "" when it has no such child table."""
    if label.table in form_tables(form) or not label.table:
        return label.table or form
    return next((t.name for t in form_tables(form).values() if t.child == label.table), "")


def make_rule(function: Body, form: str = "") -> Rule:
    """The rule that a labelled function stands for, in a form when it is one of several.

    Raises RuleError when a label or the docstring is missing.
    """
    label: _Label = getattr(function, _RULE)
    form = form or label.first
    for name, decorator in ((_MESSAGES, "tells"), (_EXAMPLES, "example"), ("__doc__", "a docstring")):
        if not getattr(function, name, None):
            raise RuleError(f"rule {label.code}: {decorator} is missing")
    letter, english, hindi = getattr(function, _MESSAGES)
    passes, fails = getattr(function, _EXAMPLES)
    where = (label.code, label.slug, form, _table_of(label, form), label.fields, label.across)
    asked = (label.forms, label.needs, label.acts, label.sections, label.names_other)
    return Rule(*where, letter, english, hindi, passes, fails, function, *asked)


def _check_fields(code: str, form: str, table_name: str, fields: tuple[str, ...] | Each) -> None:
    tables = form_tables(form)
    if isinstance(fields, Each):
        # record_id is no column of any table.
        if RECORD_ID not in fields.names and not any(fields.takes(c) for t in tables.values() for c in t.columns):
            raise RuleError(f"rule {code}: its choice of fields holds none")
        return
    children = {t.child for t in tables.values()} - {""}
    for name in fields:
        if ":" in name or name.partition(".")[0] in children:
            _check_other(code, form, name)
            continue
        above = name.startswith("parent.")
        table = tables.get(form if above else table_name)
        if table is None or not (name in children or name == RECORD_ID or table.column(name.removeprefix("parent."))):
            raise RuleError(f"rule {code}: there is no field {name} in {table_name}")


def _check_other(code: str, form: str, name: str) -> None:
    """A child's rows, one of their fields, or either of another form."""
    other, _, inner = name.rpartition(":")
    child, _, last = inner.rpartition(".") if "." in inner or other else (inner, "", "")
    of_child = [t for t in form_tables(other or form).values() if t.child == child]
    if not of_child or not (of_child[0].column(last) or not last):
        raise RuleError(f"rule {code}: there is no field {name}")
