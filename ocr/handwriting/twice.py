"""Lists of sections that a form has twice: what either place seems to hold is weighed in the matrices of both.

What stands at the head of a form is written once more at its foot; each place has its own slips and smears.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.calibration.fields import Facts, spread
from ocr.handwriting.chance import shares
from ocr.handwriting.sections import WORST_LOG, LinePasses, Row, SectionList, Sections, as_text, join_rows

_MOST_ROWS = 6
_MOST_PARTS = 3
_OTHERWISE = -3.0
"""Natural logarithm of how often a place holds something else."""
_WITHOUT = -1.5
"""Of how often a place leaves out sections of other titles than the main one, or has them where nobody looks."""


@dataclass(frozen=True)
class TwiceRead:
    """A list of sections.

    logs: how likely next to all lists in each place, natural; share: 0..1 of the probability among the lists that were
    compared; firsts: share of the places whose own likeliest list it is, or its sections of the main title.
    """

    text: str
    logs: tuple[float, float]
    share: float
    firsts: float

    @property
    def facts(self) -> Facts:
        """What its probability is weighed by."""
        here, there = (max(WORST_LOG, log) for log in self.logs)
        return (spread(self.share), max(here, there), min(here, there), self.firsts)


def read_twice(places: Sequence[Sequence[LinePasses]], known: Sections) -> list[TwiceRead]:
    """The lists that two places bear together, best first; [] where either bears none by itself."""
    said = [join_rows([line.rank_rows() for line in lines], known)[:_MOST_ROWS] for lines in places]
    if not all(said):
        return []
    # Of rows with the same sections the last stays: the first place's own, in its order.
    rows = list(
        {_key(row, known): row for row in (*_mix_titles(said, known), *_rows(said[1]), *_rows(said[0]))}.values()
    )
    number = {_key(row, known): at for at, row in enumerate(rows)}
    main = [number.get(_key(_main(row, known), known), at) for at, row in enumerate(rows)]
    prior = np.array([sum(known.members[i].weight for i in row) for row in rows])
    logs, likely = [], np.zeros(len(rows))
    for lines, own in zip(places, said, strict=True):
        whole = _logs(lines, rows, own, known)
        without = np.where(np.arange(len(rows)) == main, -np.inf, whole[main] + _WITHOUT)
        logs.append(np.maximum(whole, without))
        # Each place's log holds the prior; it is taken out here and counted once, below.
        likely += np.logaddexp.reduce([whole - prior, without - prior[main], np.full(len(rows), _OTHERWISE)])
    found = shares(likely + prior)
    tops = [_key(one[0].row, known) for one in said]
    listed = [
        TwiceRead(
            as_text([known.members[i] for i in row], known.main),
            (float(logs[0][at]), float(logs[1][at])),
            float(found[at]),
            sum(top in (_key(row, known), _key(rows[main[at]], known)) for top in tops) / len(tops),
        )
        for at, row in enumerate(rows)
    ]
    return sorted(listed, key=lambda one: (-one.share, one.text))


def _rows(said: Sequence[SectionList]) -> list[Row]:
    return [one.row for one in said]


def _mix_titles(said: Sequence[Sequence[SectionList]], known: Sections) -> list[Row]:
    """Each place's sections of the main title alone, and with the other place's of other titles."""
    likely = [row for place in said for row in _rows(place[:_MOST_PARTS])]
    main = [part for row in likely if (part := _main(row, known))]
    others = [_drop_main_title(row, known) for place in said for row in _rows(place[:1])]
    return [(*part, *other) for part in main for other in ((), *others)]


def _main(row: Row, known: Sections) -> Row:
    return tuple(i for i in row if known.members[i].title == known.main)


def _drop_main_title(row: Row, known: Sections) -> Row:
    return tuple(i for i in row if known.members[i].title != known.main)


def _key(row: Row, known: Sections) -> frozenset[str]:
    return frozenset(known.members[i].value for i in row)


def _logs(lines: Sequence[LinePasses], rows: Sequence[Row], own: Sequence[SectionList], known: Sections) -> np.ndarray:
    """How likely each row is in a place: over its lines, split where that is likeliest; its own rows as it had them."""
    had = {_key(one.row, known): one.log for one in own}
    # A list may go on into a zone's second line behind any of its sections.
    splits = [(at, row[:cut], row[cut:]) for at, row in enumerate(rows) for cut in range(len(row) + 1)]
    found = np.full(len(rows), -np.inf)
    if len(lines) == 1:
        found = np.array(lines[0].logs([(*row, *lines[0].tail()) for row in rows]))
    else:
        first, second = (
            line.logs([(*part, *line.tail()) for part in parts])
            for line, parts in zip(lines, ([s[1] for s in splits], [s[2] for s in splits]), strict=True)
        )
        for (at, _, _), a, b in zip(splits, first, second, strict=True):
            found[at] = max(found[at], a + b)
    return np.array([max(log, had.get(_key(row, known), log)) for log, row in zip(found, rows, strict=True)])
