"""What a recogniser's matrix says: the plain reading, how likely a string is, the strings of a grammar it holds.

A matrix is (frames, classes) float32 of natural logarithms, class 0 the blank. A symbol stretched over several frames
is one symbol; a blank between two equal symbols keeps them two (Graves et al. 2006, connectionist temporal
classification).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from heapq import heappushpop
from math import exp, inf, log1p
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

LogProbs = NDArray[np.float32]

# Not -inf: the difference of two of these must be a number.
NEVER = -1e9
# A frame costs nothing to pass over when its blank is half as likely (e^-0.7) as its best class, or more.
_BLANK_FROM = -0.7
_BEAM = 48


class Scored(NamedTuple):
    """A text with the natural logarithm of how likely it is, relative to the best that the matrix can hold."""

    text: str
    log: float


class Grammar(Protocol):
    """Which texts there are, asked one symbol at a time."""

    def follows(self, prefix: str) -> str:
        """The symbols that may stand after a prefix."""
        ...

    def weight(self, text: str) -> float | None:
        """None when the text is not whole; else the logarithm of what it weighs before it is looked at (0: as any)."""
        ...


@dataclass(frozen=True)
class TextList:
    """A grammar that holds the texts of a list and no others."""

    texts: tuple[str, ...]

    def follows(self, prefix: str) -> str:
        """The symbols after a prefix in any of the texts."""
        return self._next.get(prefix, "")

    def weight(self, text: str) -> float | None:
        """0 for a text of the list."""
        return 0.0 if text in self._text_set else None

    @cached_property
    def _text_set(self) -> frozenset[str]:
        return frozenset(self.texts)

    @cached_property
    def _next(self) -> Mapping[str, str]:
        found: dict[str, set[str]] = {}
        for text in self.texts:
            for i, symbol in enumerate(text):
                found.setdefault(text[:i], set()).add(symbol)
        return {prefix: "".join(sorted(symbols)) for prefix, symbols in found.items()}


@dataclass(frozen=True)
class Folded:
    """A matrix over few symbols: logs (frames, 1 + len(symbols)), blank first; best (frames,): of all classes."""

    logs: LogProbs
    symbols: str
    best: NDArray[np.float32]


def greedy(matrix: LogProbs, characters: Sequence[str]) -> tuple[str, float]:
    """The likeliest symbol of each frame, repeats and blanks taken out, and the mean probability of those symbols.

    characters: one for each class after the blank. An empty matrix gives ("", 0.0).
    """
    if not len(matrix):
        return "", 0.0
    classes = matrix.argmax(1)
    # The blank put before makes a symbol in the first frame begin there.
    starts = np.flatnonzero((classes != 0) & (np.diff(classes, prepend=0) != 0))
    text = "".join(characters[classes[i] - 1] for i in starts)
    sure = float(np.exp(matrix[starts, classes[starts]]).mean()) if len(starts) else 0.0
    return text, sure


def likelihood(matrix: LogProbs, labels: Sequence[int]) -> float:
    """Logarithm of the probability that the whole matrix says exactly these classes, over all alignments.

    labels: classes, none of them 0. A text that needs more frames than there are gets NEVER.
    """
    states = np.zeros(2 * len(labels) + 1, np.intp)
    states[1::2] = labels
    may_skip = np.zeros(len(states), np.bool_)
    # Two equal symbols need the blank between them, or they are one.
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    alpha = np.full(len(states), NEVER)
    for frame, row in enumerate(matrix[:, states].astype(np.float64)):
        if frame == 0:
            alpha[:2] = row[:2]
            continue
        before = np.concatenate([[NEVER], alpha[:-1]])
        skipped = np.where(may_skip, np.concatenate([[NEVER, NEVER], alpha[:-2]])[: len(states)], NEVER)
        alpha = np.logaddexp(np.logaddexp(alpha, before), skipped) + row
    if not len(matrix):
        return 0.0 if not labels else NEVER
    return max(NEVER, float(np.logaddexp(alpha[-1], alpha[-2] if labels else NEVER)))


def fold(matrix: LogProbs, characters: Sequence[str], lookalikes: Mapping[str, Mapping[str, float]]) -> Folded:
    """A matrix over a few symbols, each with the probability of all classes that look like it.

    lookalikes: symbol to {character: share 0..1 of its probability that counts}. A class may count for several symbols.
    """
    index = {c: i + 1 for i, c in enumerate(characters)}
    probabilities = np.exp(matrix)
    columns = [probabilities[:, 0]]
    for shares in lookalikes.values():
        known = [(index[c], share) for c, share in shares.items() if c in index]
        column = sum((share * probabilities[:, i] for i, share in known), np.zeros(len(matrix), np.float32))
        columns.append(np.minimum(column, 1.0))
    logs = np.log(np.maximum(np.stack(columns, axis=1), 1e-9)).astype(np.float32)
    best = matrix.max(1) if len(matrix) else np.zeros(0, np.float32)
    return Folded(logs, "".join(lookalikes), np.asarray(best, np.float32))


def spot(folded: Folded, grammar: Grammar, limit: int = 5, passing: float = 2.0) -> list[Scored]:
    """The texts of a grammar that the matrix holds, best first, with anything before and after them.

    passing: what a frame costs that is not blank and no part of the text (a printed label, the next word). On
    handwritten running numbers 2 is best: at 1 digits are passed over, at 4 labels are read as digits. Logs are
    relative to the best reading of each frame: 0 is as good as the matrix allows.
    """
    relative = _relative(folded)
    cost = _passing(relative, passing)
    before, after = np.concatenate([[0.0], np.cumsum(cost)]), np.concatenate([np.cumsum(cost[::-1])[::-1], [0.0]])
    search = _Search(folded.symbols, grammar)
    for frame, row in enumerate(relative.tolist()):
        search.step(row, float(before[frame]), float(after[frame + 1]))
    found = [Scored(text, log) for text, log in search.whole.items()]
    return sorted(found, key=lambda s: (-s.log, s.text))[:limit]


def score_no_text(folded: Folded, passing: float = 2.0) -> float:
    """Logarithm of the matrix holding no text at all, to compare with what spot gives."""
    return float(_passing(_relative(folded), passing).sum())


def _relative(folded: Folded) -> NDArray[np.float32]:
    """Logs less those of the best class of each frame."""
    best = np.maximum(folded.best, folded.logs.max(1, initial=NEVER))
    return np.asarray(folded.logs - best[:, None], np.float32)


def _passing(relative: NDArray[np.float32], cost: float) -> NDArray[np.float64]:
    return np.where(relative[:, 0] >= _BLANK_FROM, 0.0, -cost)


def posteriors(found: Collection[Scored]) -> list[float]:
    """Shares 0..1 of the texts found, by their likelihood, summing to 1."""
    if not found:
        return []
    logs = np.array([s.log for s in found])
    weights = np.exp(logs - logs.max())
    return [float(w) for w in weights / weights.sum()]


class _Search:
    """Prefix search through a grammar: of each prefix the log of ending in a blank and of ending in its last symbol."""

    def __init__(self, symbols: str, grammar: Grammar) -> None:
        self._column = {s: i + 1 for i, s in enumerate(symbols)}
        # The same prefixes are asked for in frame after frame.
        self._follows = cache(grammar.follows)
        self._weight = cache(grammar.weight)
        self._beam: dict[str, tuple[float, float]] = {}
        self.whole: dict[str, float] = {}

    def step(self, row: list[float], start: float, end: float) -> None:
        """Go on by a frame; start: log of all before it being no part of the text, end: of all after it.

        What is less likely than as many as the beam holds is passed over before its text is put together.
        """
        self._beam[""] = (start, NEVER)
        stays = {
            prefix: (_add(blank, symbol) + row[0], symbol + row[self._column[prefix[-1]]])
            for prefix, (blank, symbol) in self._beam.items()
            if prefix
        }
        # A heap of the likeliest so far: its first is what a text must reach to stay in the beam.
        held = [-inf] * _BEAM
        for stay in stays.values():
            heappushpop(held, _add(*stay))
        likeliest = sorted(((row[column], symbol) for symbol, column in self._column.items()), reverse=True)
        grown = dict(stays)
        for prefix, (blank, symbol) in self._beam.items():
            both = _add(blank, symbol)
            for log, following in likeliest:
                # The likeliest symbols come first, so none of the others can come in either.
                if both + log < held[0]:
                    break
                text = prefix + following
                if text not in stays and following in self._follows(prefix):
                    came = (blank if prefix.endswith(following) else both) + log
                    grown[text] = (NEVER, came)
                    heappushpop(held, came)
        # A text already in the beam is also reached by growing: both ways add up.
        for text, (stayed, symbol) in stays.items():
            before = self._beam.get(text[:-1])
            if before is not None:
                came = before[0] if text[-2:-1] == text[-1] else _add(*before)
                grown[text] = (stayed, _add(symbol, came + row[self._column[text[-1]]]))
        # Equally likely texts are kept in the order of their letters, so that each run gives the same.
        best = sorted(grown.items(), key=lambda g: (-_add(*g[1]), g[0]))[:_BEAM]
        self._beam = dict(best)
        for text, (_, symbol) in best:
            weight = self._weight(text)
            if weight is not None:
                self.whole[text] = max(self.whole.get(text, NEVER), symbol + end + weight)


def _add(a: float, b: float) -> float:
    """log(exp(a) + exp(b)), quicker than numpy's on two numbers."""
    if a < b:
        a, b = b, a
    # e^-40 is less than a double resolves.
    return a if b <= NEVER or a - b > 40 else a + log1p(exp(b - a))
