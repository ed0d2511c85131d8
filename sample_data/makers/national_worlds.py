"""Worlds in which it is known which states are slowest and when each ends: paces of many kinds, with noise and stops.

Each state works at a pace of its own, drawn wide. Months differ by chance and by season (fewer records in the rains and
at elections), some states begin slowly, some hire people or lose them at some time, some stop for months, a few for
ever. The same process goes on after the day on which the picture is looked at, until the state is complete: so the end
is known, and it depends on what nobody can know on that day. The page's spans, 3 to 24 months, were chosen on worlds of
seed 1, its likely end (`offices/pace.py`: five years, three changes, one and a half of Schwarz's penalty) on those of
seeds 1 and 3; figures are of seed 102.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from digitize.offices.history import Projection, project_reporters
from digitize.offices.lag import find_lags
from digitize.offices.measures import COMPLETE, Counts, Coverage
from digitize.offices.pace import MOST_MONTHS
from digitize.offices.rollup import ReportedPlace
from digitize.offices.states import shown_states
from digitize.offices.store_rows import Received

_MONTHS = 600
_FIRST = date(2016, 1, 31)


@dataclass(frozen=True)
class State:
    """loaded: at the end of each month, for ever so long; end: the month in which it is complete, None for never."""

    expected: int
    loaded: np.ndarray
    end: int | None


def world(rng: np.random.Generator) -> dict[str, State]:
    """All 36 states."""
    return {code: _state(rng) for code in shown_states()}


def _state(rng: np.random.Generator) -> State:
    expected = int(rng.lognormal(13, 1))
    months = np.arange(_MONTHS)
    pace = np.full(_MONTHS, expected / rng.lognormal(4.4, 0.6))
    if rng.random() < 0.5:
        pace *= np.minimum(1, (months + 1) / rng.integers(3, 18))
    if rng.random() < 0.4:
        pace[rng.integers(12, 90) :] *= rng.choice([0.5, 0.7, 1.4, 2.0])
    pace *= 1 + rng.uniform(0, 0.4) * np.sin(2 * np.pi * (months + rng.integers(0, 12)) / 12)
    pace *= rng.lognormal(0, rng.uniform(0.05, 0.4), _MONTHS)
    if rng.random() < 0.3:
        start = rng.integers(6, 90)
        pace[start : start + rng.integers(2, 9)] = 0
    if rng.random() < 0.08:
        pace[rng.integers(20, 80) :] = 0
    loaded = np.minimum(np.floor(np.cumsum(pace)), expected).astype(np.int64)
    done = np.flatnonzero(100 * loaded >= COMPLETE * expected)
    return State(expected, loaded, int(done[0]) if len(done) else None)


def _day(month: int) -> date:
    first = date(_FIRST.year + (_FIRST.month - 1 + month + 1) // 12, (_FIRST.month + month) % 12 + 1, 1)
    return first - timedelta(days=1)


def with_laggards(rng: np.random.Generator, states: dict[str, State], month: int) -> tuple[dict[str, State], set[str]]:
    """The world with five states that take half as long again, and up to three times as long, as the slowest other.

    No other stands still on that day: such a state rightly comes first, for nobody knows whether it goes on.
    """
    five = {str(c) for c in rng.choice(sorted(states), 5, replace=False)}
    others = {c: s for c, s in states.items() if c not in five}
    for code in others:
        while (end := others[code].end) is None or (end > month and _stands_still(others[code], month)):
            others[code] = _state(rng)
    left = max(3, *((s.end or 0) - month for s in others.values()))
    months = np.arange(_MONTHS)
    made = dict(others)
    for code in sorted(five):
        ahead, expected = left * rng.uniform(1.5, 3), int(rng.lognormal(13, 1))
        pace = np.full(_MONTHS, 0.99 * expected / (month + ahead))
        pace *= 1 + rng.uniform(0, 0.4) * np.sin(2 * np.pi * (months + rng.integers(0, 12)) / 12)
        pace *= rng.lognormal(0, rng.uniform(0.05, 0.3), _MONTHS)
        made[code] = State(expected, np.minimum(np.floor(np.cumsum(pace)), expected).astype(np.int64), None)
    return made, five


def _stands_still(s: State, month: int) -> bool:
    return int(s.loaded[month]) == int(s.loaded[max(0, month - 3)])


def look(states: dict[str, State], month: int) -> tuple[list[str], dict[str, Projection]]:
    """The states as the page orders them on the last day of a month, and when it says that each ends."""
    rows, parts = [], []
    for code, s in states.items():
        counts = [Counts(expected=s.expected, records=int(n), loaded=int(n), of_expected=int(n), validated=int(n))
                  for n in s.loaded[: month + 1]]  # fmt: skip
        parts.append(ReportedPlace("state", code, code, counts[-1], Coverage(9, 9)))
        rows += [Received(m, "", "", "", code, _day(m).isoformat(), "taken", (), {"totals": c.as_plain()})
                 for m, c in enumerate(counts)][-MOST_MONTHS - 2 :]  # fmt: skip
    ends = project_reporters(rows, _day(month))
    order = list(find_lags(ReportedPlace("nation", "in", "", parts=parts), ends, 45, rows))
    return order, {code: e for code, e in ends.items() if e.first}


def judge(worlds: int, seed: int) -> dict[str, float | int | None]:
    """How often the page is right.

    lag_found_in_top: worlds in which five states that are clearly slowest are the first five. lag_found_of_five: in
    worlds as they come, how many of the five that will end last, or never, are among the first five: that depends on
    what nobody knows yet, too. finish_error_months: how far the likely end is from the one that came, median of all;
    _year, _3_years: of those that came within so long. finish_inside: ends that came within the range that is told and
    a month around it.
    """
    whole, hits, errors = 0, 0, list[tuple[float, float, bool]]()
    for n in range(worlds):
        rng = np.random.default_rng([seed, n])
        states, month = world(rng), int(rng.integers(24, 96))
        order, ends = look(states, month)
        hits += len(set(order[:5]) & _slowest(states))
        errors += [x for code, e in ends.items() if (x := _error(e, states[code].end, month)) is not None]
        clear, five = with_laggards(rng, states, month)
        whole += set(look(clear, month)[0][:5]) == five

    def median(within: float) -> float | None:
        near = [e for e, came, _ in errors if came <= within]
        return round(statistics.median(near), 2) if near else None

    return {
        "lag_found_in_top": round(whole / worlds, 3), "lag_found_of_five": round(hits / (5 * worlds), 3),
        "finish_error_months": median(10**6), "finish_error_year": median(12), "finish_error_3_years": median(36),
        "finish_inside": round(sum(x for *_, x in errors) / len(errors), 3) if errors else None,
    }  # fmt: skip


def _slowest(states: dict[str, State]) -> set[str]:
    order = sorted(states, key=lambda c: -(states[c].end if states[c].end is not None else 10**6))
    # With more than five that never end, any five of them are the slowest.
    never = {c for c in order if states[c].end is None}
    return never if len(never) > 5 else set(order[:5])


def _error(told: Projection, end: int | None, month: int) -> tuple[float, float, bool] | None:
    """Months from the likely end to the one that came, months from the day to that, and whether it was in the range."""
    if end is None or end <= month or told.likely is None or told.first is None or told.last is None:
        return None
    came, around = _day(end), timedelta(days=31)
    return abs((told.likely - came).days) / 30.44, end - month, told.first - around <= came <= told.last + around
