"""What the weights rest on: how often two records of one person agree, and how often those of two do, in bits."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import polars as pl

from sample_data.makers.persons import Pairs, PersonMaker
from validators.doubles.names import NameMatcher
from validators.doubles.persons import COLUMNS
from validators.doubles.weights import load_weights
from validators.doubles.words import read_words

_LEVELS = ("different", "initial", "alike", "close", "same")
_YEARS = (0, 1, 2, 3, 4, 5, 6, 8, 10, 200)


def estimate(count: int, seed: int) -> dict[str, Any]:
    """m, u and bits of each level of names, years of birth, sex, district and telephone, in a generated register."""
    register = PersonMaker(seed + 1000).register(count)
    frame = pl.DataFrame(register.rows, schema=COLUMNS)
    die = random.Random(seed)
    others = {(die.randrange(frame.height), die.randrange(frame.height)) for _ in range(20 * count)}
    others = {(a, b) for a, b in others if a != b} - register.same - {(b, a) for a, b in register.same}
    m, u = _shares(frame, register.same), _shares(frame, others)
    return {name: {key: _line(m[name][key], u[name][key]) for key in m[name]} for name in m}


def _line(m: float, u: float) -> dict[str, float]:
    return {"m": round(m, 4), "u": round(u, 5), "bits": round(float(np.log2(max(m, 1e-4) / max(u, 1e-5))), 1)}


def _shares(frame: pl.DataFrame, pairs: Pairs) -> dict[str, dict[str, float]]:
    left, right = (np.array(side) for side in zip(*sorted(pairs), strict=True))
    words, columns = read_words([frame["name"], frame["relative_name"]])
    matcher = NameMatcher(words, load_weights().words)
    found: dict[str, dict[str, float]] = {}
    for name, rows in zip(("name", "relative_name"), columns, strict=True):
        match = matcher.match(rows[left], rows[right])
        known = match.is_known
        found[f"{name}, lowest level"] = {
            word: float((match.lowest[known] == i).mean()) for i, word in enumerate(_LEVELS)
        }
        found[f"{name}, words in conflict"] = {str(n): float((match.conflicts[known] == n).mean()) for n in range(3)}
    years = frame["birth_year"].to_numpy()
    apart = np.abs(years[left] - years[right])
    apart = apart[~np.isnan(apart)]
    found["years apart"] = {
        f"<= {last}": float(((apart > first) & (apart <= last)).mean())
        for first, last in zip((-1, *_YEARS), _YEARS, strict=False)
    }
    for name in ("sex", "district", "phone"):
        column = np.array(frame[name].to_list(), object)
        known = (column[left] != None) & (column[right] != None)  # noqa: E711
        found[name] = {"the same": float((column[left] == column[right])[known].mean())}
    return found
