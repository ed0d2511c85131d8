"""Binding what a mapping file says of its source's codes, spellings of nothing and conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mappers.binding.dialect import Dialect, LeftRows, cell_key, make_condition
from mappers.binding.model import MappingFile, MapRule
from mappers.clean import CleanContext, Cleaner
from mappers.clean.date_format import DateFormat, date_format
from mappers.codes import act_list, code_lists
from mappers.errors import MappingError
from mappers.sources.cells import TABLE
from mappers.toml import did_you_mean

Fail = Callable[[str], MappingError]


def bind_dialect(model: MappingFile, rule: MapRule, cleaner: Cleaner, codes: str, fail: Fail) -> Dialect:
    """The dialect of one rule, every value checked against what its field can hold.

    codes: name of the field's list, "" for none. fail: makes the error of a message. Raises what it makes for a value
    that the list has not, a code with two meanings, a table or a column that does not exist.
    """
    _check_when(model, rule, fail)
    nulls = _nulls(model.nulls if rule.nulls is None else rule.nulls, fail)
    values = _values(model, rule, fail)
    order = _order(rule, cleaner, fail)
    if not values:
        return Dialect(None, nulls, make_condition(rule.when), order)
    if cleaner.clean is None:
        raise fail(f"values: cleaner {cleaner.name} gives parts; values are for one value")
    meant = _index_values(values, fail)
    for code, value in values.items():
        if value:
            _check_value(code, value, cleaner, codes, fail)
    both = sorted(nulls & meant.keys())
    # The mapping's own nulls give way to a code of the same text; those of the rule itself must not clash with one.
    if both and rule.nulls is not None:
        raise fail(f"nulls: {both[0]} is one of the values, too")
    empty = {code for code, value in meant.items() if not value}
    return Dialect(meant, (nulls - meant.keys()) | empty, make_condition(rule.when), order)


def _order(rule: MapRule, cleaner: Cleaner, fail: Fail) -> DateFormat | None:
    if not rule.date_format:
        return None
    if not cleaner.name.startswith("date"):
        raise fail(f"date_format: cleaner {cleaner.name} gives no date")
    order = date_format(rule.date_format)
    if order is None:
        raise fail(f"date_format: {rule.date_format} is none; write DD, MM and YY or YYYY in their order, as DDMMYY")
    return order


def _index_values(values: Mapping[str, str], fail: Fail) -> Mapping[str, str]:
    meant: dict[str, str] = {}
    for code, value in values.items():
        first = meant.setdefault(cell_key(code), value)
        if first != value:
            raise fail(f"values: {code} stands for {first} and for {value}")
    return meant


def _nulls(texts: Iterable[str], fail: Fail) -> frozenset[str]:
    keys = frozenset(map(cell_key, texts))
    if "" in keys:
        raise fail("nulls: an empty cell is empty anyway; leave it out")
    return keys


def _values(model: MappingFile, rule: MapRule, fail: Fail) -> Mapping[str, str]:
    if not isinstance(rule.values, str):
        return rule.values
    if rule.values and rule.values not in model.values:
        raise fail(f"values: there is no table values.{rule.values}{did_you_mean(rule.values, model.values)}")
    return model.values.get(rule.values, {})


def _check_value(code: str, value: str, cleaner: Cleaner, codes: str, fail: Fail) -> None:
    """A value must be one that its field can have: of its list, or in a form that the cleaner understands."""
    closed = act_list() if codes == "act" else code_lists().get(codes)
    if closed and not closed.is_open:
        if value not in closed.values:
            hint = did_you_mean(value, closed.values)
            raise fail(f"values.{code}: {value} is not in the list {closed.name}{hint}")
        return
    if cleaner.clean is not None and cleaner.clean(value, CleanContext(codes=codes)).value is None:
        raise fail(f"values.{code}: cleaner {cleaner.name} makes nothing of {value}")


def bind_left(model: MappingFile, index: int, fail: Fail) -> LeftRows:
    """One rule of rows that are left out. Raises what fail makes."""
    rule = model.leave_rows[index]
    if model.match.families:
        raise fail("rows of tables are left out; a page's are answered by a person")
    if not rule.when and not rule.unless:
        raise fail("give when or unless: without them every row would be left out")
    for key, cells in (("when", rule.when), ("unless", rule.unless)):
        _check_columns(model, key, cells, fail)
    return LeftRows(make_condition(rule.when), make_condition(rule.unless), rule.reason)


def _check_when(model: MappingFile, rule: MapRule, fail: Fail) -> None:
    _check_columns(model, "when", rule.when, fail)


def _check_columns(model: MappingFile, key: str, columns: Iterable[str], fail: Fail) -> None:
    """A condition names cells that the mapping accounts for: a misspelt column would never hold."""
    known = {r.source for r in model.rules} | {i.source for i in model.ignore} | {*model.match.columns, TABLE}
    for column in columns:
        if column not in known:
            raise fail(f"{key}: {column} is neither mapped nor ignored{did_you_mean(column, known)}")
