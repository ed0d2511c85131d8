"""Binding the other forms that the rows of a mapping make, and their agreement on what its cells are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mappers.binding.bound import FormMapping
from mappers.binding.model import AlsoForm, MappingFile, MatchRule
from mappers.errors import MappingError
from mappers.toml import did_you_mean


def as_file(model: MappingFile, form: AlsoForm) -> MappingFile:
    """One of the other forms as a file of its own, which may look at all cells of the row."""
    cells = dict.fromkeys([*_sources(model), *(r.source for r in form.rules)])
    own = {
        "form": form.form, "set": form.set, "rows": form.rows, "rules": form.rules, "ignore": (), "also": {},
        "match": MatchRule(columns=tuple(cells)),
    }  # fmt: skip
    return model.model_copy(update=own)


def _sources(model: MappingFile) -> list[str]:
    named = (*(r.source for r in model.rules), *(i.source for i in model.ignore), *model.match.columns)
    return list(dict.fromkeys(named))


def with_also(mapping: FormMapping, also: Mapping[str, FormMapping]) -> FormMapping:
    """A mapping with its other forms, which must agree with it on what its cells are. Raises MappingError."""
    encoding_of = {r.source: r.encoding for r in mapping.rules}
    mapped = {r.source for r in mapping.rules} | mapping.ignored | set(mapping.match.columns)
    for name, other in also.items():
        key = f"{mapping.file}: also.{name}"
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
