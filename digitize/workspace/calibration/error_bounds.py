"""How sure a few answers make us: exact bounds on a share, and evidence that may be looked at after every answer.

Two questions are asked of answers that are right or wrong, each a fair draw from what they stand for. *How large can
the share of wrong ones be?* is answered by the exact binomial bound (Clopper and Pearson 1934), which holds for one
look. *Is it below, or above, a limit?* is answered by a bet against the opposite (test martingales: Ville 1939; Waudby-
Smith and Ramdas, "Estimating means of bounded random variables by betting", 2023): wealth that, were the opposite true,
exceeds 1/d at any time at all with probability d at most. So a person may look after every answer and stop when it
suits, which a bound for one look does not bear.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, inf, lgamma, log, log1p

# Where money is put, as multiples of the limit, with its share of the stake. 0: there is no error at all.
_BELOW = ((0.0, 0.3), (0.1, 0.25), (0.2, 0.2), (0.35, 0.15), (0.5, 0.1))
_ABOVE = ((2.0, 0.3), (3.0, 0.25), (5.0, 0.2), (10.0, 0.15), (20.0, 0.1))
_STEPS = 60
_MOST = 0.95


def at_most(wrong: int, answers: int, share: float) -> float:
    """The probability that of so many answers at most so many are wrong, where each is with probability share."""
    if wrong >= answers or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    hit, miss, whole = log(share), log1p(-share), lgamma(answers + 1)
    ways = (whole - lgamma(k + 1) - lgamma(answers - k + 1) + k * hit + (answers - k) * miss for k in range(wrong + 1))
    return min(1.0, sum(map(exp, ways)))


def most_wrong(wrong: int, answers: int, certainty: float) -> float:
    """The exact one-sided bound: with that certainty no larger share of all is wrong. 1 where nothing was answered."""
    if wrong >= answers:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if at_most(wrong, answers, middle) > 1 - certainty:
            low = middle
        else:
            high = middle
    return high


def right_between(right: int, answers: int, certainty: float) -> tuple[float, float]:
    """The exact two-sided interval of the share that is right; (0, 1) where nothing was answered."""
    side = (1 + certainty) / 2
    return 1 - most_wrong(answers - right, answers, side), most_wrong(right, answers, side)


def evidence_below(wrong: int, answers: int, limit: float) -> float:
    """The wealth of one who bet, from 1, that fewer than limit (0..1) are wrong.

    Were limit or more wrong, it would at some time reach 1/d with probability d at most, however often it is looked at.
    """
    return _wealth(wrong, answers, limit, _BELOW)


def evidence_above(wrong: int, answers: int, limit: float) -> float:
    """The wealth of one who bet, from 1, that more than limit (0..1) are wrong; read as `evidence_below` is."""
    return _wealth(wrong, answers, limit, _ABOVE)


@lru_cache(maxsize=4096)
def _wealth(wrong: int, answers: int, limit: float, stakes: Sequence[tuple[float, float]]) -> float:
    """A mixture of likelihood ratios: it depends on the counts alone, not on the order of the answers."""
    total = 0.0
    for times, stake in stakes:
        share = min(_MOST, times * limit)
        won = (answers - wrong) * (log1p(-share) - log1p(-limit))
        lost = wrong * (log(share / limit) if share else -inf) if wrong else 0.0
        total += stake * exp(min(700.0, won + lost))
    return total
