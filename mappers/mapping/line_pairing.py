"""Persons of one cell, and the columns beside them that hold one line for each: names in one, ages in the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from mappers.mapping.answers import Answer, SaidRow, SourceAnswers

OF_SEVERAL = "of-several-persons"
"""Note of a value that stands beside several persons and does not say whose it is."""
_UNSURE = 0.5


def join_beside(persons: Answer, beside: Sequence[Answer]) -> Answer:
    """Rows of persons, each with its own lines of the columns beside them.

    A column with as many lines as there are persons gives each the line of its place. Otherwise nothing says whose a
    line is: what there is goes to the persons in their order, doubted.
    """
    others = tuple(row for row in persons if _is_of_others(row))
    named = tuple(row for row in persons if not _is_of_others(row))
    rows: list[dict[str, SourceAnswers]] = [dict(row) for row in named]
    for lines in beside:
        said = [line for line in lines if any(not v.blank for v in line.values())]
        is_clear = len(said) == len(named) or not named
        for at, line in enumerate(said):
            if at == len(rows):
                rows.append({})
            for name, value in line.items():
                rows[at].setdefault(name, value if is_clear else _doubt(value))
    return (*rows, *others)


def join_all(persons: Sequence[Answer], columns: Sequence[Sequence[Answer | None]]) -> Iterator[Answer]:
    """The same for a whole lot of sources; columns: the answers of each rule beside the persons."""
    for row, *beside in zip_longest(persons, *columns, fillvalue=()):
        yield join_beside(row or (), [b for b in beside if b]) if any(beside) else row or ()


def _is_of_others(row: SaidRow) -> bool:
    """Whether a row stands for persons who are only counted."""
    return "name" not in row and "status" in row


def _doubt(value: SourceAnswers) -> SourceAnswers:
    return value._replace(confidence=min(value.confidence, _UNSURE), notes=(*value.notes, OF_SEVERAL))
