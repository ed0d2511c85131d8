"""Persons of one cell, and the lines of other cells that stand beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mappers.binding.bound import BoundRule
from mappers.clean.persons import OTHERS
from mappers.mapping.answers import Answer, SaidRow, SourceAnswers
from mappers.mapping.mapped import says_anything

OF_SEVERAL = "of-several-persons"
"""Note of a cell that stands beside several persons and does not say whose its lines are: it gives no value."""


class Beside(NamedTuple):
    """A cell beside persons. lines: what the rule makes of each of its lines. stored: reads it as it is stored."""

    rule: BoundRule
    lines: Answer
    stored: Callable[[], str]


def join_beside(persons: Answer, beside: Sequence[Beside]) -> tuple[Answer, list[str]]:
    """Rows of persons, each with its own lines of the cells beside them; and the columns with lines that nobody needs.

    A cell with as many lines as there are persons gives each the line of its place; a person whom nobody could name, or
    of whom nothing is written, has a place as any other. Otherwise nothing says whose a line is, and nobody gets one:
    each is asked, with the lines to choose from. Persons who are only counted behind the last one have no lines.
    """
    cells = [cell for cell in beside if any(not v.blank for line in cell.lines for v in line.values())]
    places = _count_places(persons) if persons else max((len(cell.lines) for cell in cells), default=0)
    rows: list[dict[str, SourceAnswers]] = [dict(row) for row in persons] or [{} for _ in range(places)]
    empty = [bool(row) and not says_anything(row) for row in rows]
    unneeded = [cell.rule.source for cell in cells if not _add(rows, empty, places, cell)]
    return tuple(rows), unneeded


def _count_places(persons: Answer) -> int:
    """How many of the persons may have a line; 0 where those who are only counted stand between others."""
    others = [_is_of_others(row) for row in persons]
    places = others.index(True) if True in others else len(others)
    return places if all(others[places:]) else 0


def _is_of_others(row: SaidRow) -> bool:
    """Whether a row stands for persons who are only counted."""
    return any(OTHERS in v.notes for v in row.values())


def _add(rows: Sequence[dict[str, SourceAnswers]], empty: Sequence[bool], places: int, cell: Beside) -> bool:
    """Add a cell's lines to the rows of their places. empty: places at which nobody is written; a line there is asked.
    Returns whether every line was needed.
    """
    if len(cell.lines) != places:
        doubt = _doubt(cell)
        needy = [row for row in rows[:places] or rows if _lacks(row, cell.rule.main)]
        for row in needy:
            row[cell.rule.main] = doubt
        return bool(needy)
    needed = True
    for row, is_empty, line in zip(rows, empty, cell.lines, strict=False):
        for name, value in line.items():
            if _lacks(row, name):
                row[name] = _without_value(value, [value]) if is_empty and not value.blank else value
            elif not value.blank:
                needed = False
    return needed


def _lacks(row: SaidRow, name: str) -> bool:
    return (got := row.get(name)) is None or got.blank


def _doubt(cell: Beside) -> SourceAnswers:
    """What a cell says to each of the persons whose it may be: its lines are offered, and none is taken."""
    said = [line[cell.rule.main] for line in cell.lines if cell.rule.main in line]
    first = next(v for line in cell.lines for v in line.values() if not v.blank)
    return _without_value(first._replace(raw=cell.stored()), said)


def _without_value(value: SourceAnswers, said: Sequence[SourceAnswers]) -> SourceAnswers:
    read = dict.fromkeys(v.value for v in said if v.value is not None)
    return value._replace(value=None, confidence=0.0, notes=(*value.notes, OF_SEVERAL), candidates=tuple(read))
