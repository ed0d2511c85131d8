"""How long the work that is left will take: at the newest level of the pace, with the swing of the year.

Months differ by chance, by season and because people are hired or leave; some have no work at all. A mean of the last
months is wrong after a change, and a mean of the last year is late to see one. So the logarithm of the monthly pace is
fitted by levels with a yearly swing: a new level is believed where it explains enough (Schwarz's criterion), and the
work left is walked month by month at the newest one. Months in which next to nothing was done are no pace: they end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST_MONTHS = 60
"""Five years: what was before says little of today's people."""
_LEAST_MONTHS = 6
_STILL = 0.1
"""Of the median month: with less a month counts as one without work."""
_LEAST_LEVEL = 4
"""Months of a level; three good ones may be chance."""
_MOST_CHANGES = 3
_YEAR = 12


def estimate_months_left(done: Sequence[float], left: float) -> float | None:
    """How many months, and parts of one, so much work takes. done: of each month, the newest last.

    None where fewer than six months had any work: then nobody can tell a level from chance.
    """
    import numpy as np

    paces = np.asarray(done[-MOST_MONTHS:], dtype=float)
    if not (paces > 0).any():
        return None
    worked = np.flatnonzero(paces > _STILL * np.median(paces[paces > 0]))
    if len(worked) < _LEAST_MONTHS:
        return None
    level, swing = _fit_levels(worked, np.log(paces[worked]))
    coming = level * np.exp(_make_season(np.arange(len(paces), len(paces) + _YEAR)) @ swing)
    years, rest = divmod(left, float(coming.sum()))
    months = years * _YEAR
    for pace in coming:
        if rest <= pace:
            return float(months + rest / pace)
        months, rest = months + 1, rest - pace
    return float(months)


def _make_season(months: np.ndarray) -> np.ndarray:
    import numpy as np

    angle = 2 * math.pi * months / _YEAR
    return np.column_stack([np.sin(angle), np.cos(angle)])


def _fit_levels(months: np.ndarray, logs: np.ndarray) -> tuple[float, np.ndarray]:
    """The newest level, as a mean of paces, and the yearly swing; none where less than a year is known."""
    import numpy as np

    season = _make_season(months) if len(months) >= _YEAR else np.empty((len(months), 0))
    changes: list[int] = []
    best, found, rest = _fit_changes(months, logs, changes, season)
    while len(changes) < _MOST_CHANGES:
        tried = [
            (*_fit_changes(months, logs, [*changes, int(at)], season), int(at))
            for at in months[_LEAST_LEVEL : len(months) - _LEAST_LEVEL + 1]
            if all(abs(int(at) - c) >= _LEAST_LEVEL for c in changes)
        ]
        better = min(tried, key=lambda t: t[0], default=None)
        if better is None or better[0] >= best:
            break
        best, found, rest = better[:3]
        changes.append(better[3])
    swing = found[1 + len(changes) :] if season.shape[1] else np.zeros(2)
    # Of a logarithm's mean the mean itself is more, by half of the spread.
    return float(np.exp(found[: 1 + len(changes)].sum() + rest.var() / 2)), swing


def _fit_changes(
    months: np.ndarray, logs: np.ndarray, changes: Sequence[int], season: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Schwarz's criterion, coefficients and what is left unexplained."""
    import numpy as np

    steps = [np.ones(len(months)), *(np.asarray(months >= c, dtype=float) for c in changes)]
    columns = np.column_stack([*steps, season])
    found = np.linalg.lstsq(columns, logs, rcond=None)[0]
    rest = logs - columns @ found
    # Each change costs a place and a level.
    cost = _PENALTY * 2 * len(changes) * math.log(len(logs))
    return len(logs) * math.log(max(float((rest**2).mean()), 1e-4)) + cost, found, rest


_PENALTY = 1.5
"""Times Schwarz's: a level that is believed too soon costs more than one that is seen late."""
