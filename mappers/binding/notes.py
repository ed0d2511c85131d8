"""What a person should know of a mapping that can be used all the same."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mappers.binding.bound import FormMapping
from mappers.binding.model import MappingFile

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
