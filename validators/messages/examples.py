"""The example of a rule in words: what stands in a field that passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from validators.rulebook.rule import Each, Rule

# Of kinds of fields, where the rule's own example is of another field.
_OF_KIND: Mapping[str, str] = {
    **{"date": "2009-03-12", "time": "16:10", "int": "34", "year": "2009", "decimal": "1.5", "money": "1250"},
    "name": "Ramesh Kumar",
}


def example_words(example: Any) -> str:
    """An example in one line: field = value, child rows in brackets, records parted by a bar."""
    if isinstance(example, list):
        return " | ".join(example_words(one) for one in example)
    if isinstance(example, Mapping):
        return ", ".join(f"{name} = {_value(value)}" for name, value in example.items())
    return _value(example)


def passing(made: Rule, field: str, kind: str, values: Sequence[str]) -> str:
    """What may stand there. kind, values: of the field, and of its closed list."""
    own = next((v for name, v in _cells(made.passes) if name == field), "")
    if isinstance(made.fields, Each) or len(made.fields) == 1:
        return own or next(iter(values), "") or _OF_KIND.get(kind, "")
    return example_words(_without_equal(made.passes)) or own or _OF_KIND.get(kind, "")


def kind_example(kind: str, values: Sequence[str]) -> str:
    """What may stand in a field of that kind."""
    return next(iter(values), "") or _OF_KIND.get(kind, "")


def _cells(example: Any) -> Iterator[tuple[str, str]]:
    """(field, value) of all cells in an example, child rows included."""
    for one in example if isinstance(example, list) else [example]:
        for name, value in one.items():
            if isinstance(value, list):
                yield from _cells(value)
            elif shown := _value(value):
                yield name, shown


def _without_equal(example: Any) -> Any:
    """Of several records only what is not the same in all: the rest tells nothing of the rule."""
    if not isinstance(example, list):
        return example
    first, *others = example
    same = {k for k, v in first.items() if others and all(o.get(k) == v for o in others)}
    return [{k: v for k, v in one.items() if k not in same} for one in example]


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(f"[{example_words(row)}]" for row in value)
    if isinstance(value, tuple):
        return f"{value[-1]} (written: {value[0]})"
    return "" if value is None else str(value)
