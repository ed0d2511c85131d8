"""What it costs to take one sound for another: one table of sounds by sounds for each language asked in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mappers.languages import load_languages
from mappers.names.sounds import VOWELS

ALPHABET = " " + VOWELS + "kKgGḳġcCjJzśṣstTdDṭṬḍḌṛṚrṟlḷḻnṇñṅŋmpPbBfvyhʰ"
PAD = 0
# All sounds of the alphabet lie below U+2000.
_CODES = np.zeros(0x2000, np.uint8)
_CODES[[ord(sound) for sound in ALPHABET]] = range(1, len(ALPHABET) + 1)
_MIXED = 1.1
_NEVER = 99.0

Costs = NDArray[np.float32]


@dataclass(frozen=True)
class CostTable:
    """Costs by code of a sound. leave_out: (sounds,); swap: (sounds, sounds). The code 0 is padding."""

    leave_out: Costs
    swap: Costs


def codes_of(sounds: str) -> NDArray[np.uint8]:
    """The codes of a string of sounds."""
    return _CODES[np.frombuffer(sounds.encode("utf-32-le"), np.uint32)]


@cache
def cost_table(language: str) -> CostTable:
    """The costs for text in the script of a language; those for any language where it has none of its own."""
    data = tomllib.loads((resources.files("mappers.names") / "costs.toml").read_text(encoding="utf-8"))
    known = load_languages().get(language)
    return make_table([data["any"], known.costs.model_dump() if known else {}])


def make_table(layers: list[Mapping[str, Any]]) -> CostTable:
    """A table from layers of groups, later ones over earlier ones."""
    size = len(ALPHABET) + 1
    leave_out = np.zeros(size, np.float32)
    swap = np.full((size, size), _MIXED, np.float32)
    for layer in layers:
        for group, cost in layer.get("leave_out", {}).items():
            leave_out[codes_of(group)] = cost
        for group, cost in layer.get("swap", {}).items():
            codes = codes_of(group)
            swap[np.ix_(codes, codes)] = cost
    np.fill_diagonal(swap, 0)
    swap[PAD, :] = swap[:, PAD] = _NEVER
    return CostTable(leave_out, swap)


def distances(asked: str, names: NDArray[np.uint8], table: CostTable) -> tuple[Costs, Costs]:
    """How far a string of sounds lies from many names.

    names: (names, longest) codes, padded with 0 at the end. Returns the cost of the cheapest way from one to the other,
    and the greater of the costs of leaving out all of either: both (names,).
    """
    return distances_by(asked, names, [table], np.zeros(names.shape[0], np.intp))


def distances_by(
    asked: str, names: NDArray[np.uint8], tables: Sequence[CostTable], which: NDArray[np.intp]
) -> tuple[Costs, Costs]:
    """As `distances`, each name by a table of its own. which: (names,) place of the table among some."""
    query = codes_of(asked)
    leave_out, swap = (np.stack(some) for some in zip(*((t.leave_out, t.swap) for t in tables), strict=True))
    # One sound of all names beside another: numpy goes along the names, of which there are thousands.
    at = np.ascontiguousarray(names.T, np.intp) + which * leave_out.shape[1]
    left_out = np.zeros((at.shape[0] + 1, at.shape[1]), np.float32)
    np.cumsum(leave_out.take(at), axis=0, out=left_out[1:])
    row = left_out.copy()
    swaps = {code: swap[:, code].take(at) for code in set(query.tolist())}
    for code in query.tolist():
        best = row + leave_out[which, code]
        np.minimum(best[1:], row[:-1] + swaps[code], out=best[1:])
        # Less the cost of leaving out, a running minimum goes from sound to sound.
        best -= left_out
        for before, behind in pairwise(best):
            np.minimum(before, behind, out=behind)
        best += left_out
        row = best
    # Behind a name only padding follows, which costs nothing: the last column holds the whole name's cost.
    all_left_out = np.array([t.leave_out[query].sum() for t in tables], np.float32)
    return row[-1], np.maximum(left_out[-1], all_left_out[which])


def pair_distances(left: NDArray[np.uint8], right: NDArray[np.uint8], table: CostTable) -> tuple[Costs, Costs]:
    """As `distances`, for many pairs at once: how far each string of sounds lies from the one beside it.

    left, right: (pairs, longest of either) codes, padded with 0 at the end. The cost is the same either way round.
    """
    left_out = np.zeros((right.shape[0], right.shape[1] + 1), np.float32)
    np.cumsum(table.leave_out[right], axis=1, out=left_out[:, 1:])
    row = left_out.copy()
    for codes in left.T:
        cost = table.leave_out[codes][:, None]
        best = row + cost
        np.minimum(best[:, 1:], row[:, :-1] + table.swap[codes[:, None], right], out=best[:, 1:])
        best -= left_out
        row = np.minimum.accumulate(best, axis=1)
        row += left_out
    whole = np.maximum(left_out[:, -1], table.leave_out[left].sum(axis=1))
    return row[:, -1], whole


def code_rows(said: Sequence[str]) -> NDArray[np.uint8]:
    """Strings of sounds as rows of codes, padded with 0 to the longest, or to one."""
    lengths = np.fromiter(map(len, said), np.int64, len(said))
    rows = np.zeros((len(said), max(1, int(lengths.max(initial=0)))), np.uint8)
    # All sounds at once, put where each string has one: a loop over strings costs ten times as much.
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = codes_of("".join(said))
    return rows
