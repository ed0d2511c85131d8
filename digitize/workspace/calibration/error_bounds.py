"""Statistics of few answers: exact bounds on a share, and evidence that may be checked after every answer.

The answers are right or wrong, each a random sample of its population, and serve two questions. *How large can the
share of wrong ones be?* is answered by the exact binomial bound (Clopper and Pearson 1934), valid for one look. *Is it
below, or above, a limit?* is answered by a bet against the opposite (test martingales: Ville 1939; Waudby- Smith and
Ramdas, "Estimating means of bounded random variables by betting", 2023): wealth that, were the opposite true, exceeds
1/d at any time at all with probability d at most. So checking after every answer and stopping at any time is valid,
which it is not for a one-look bound.
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
    """Probability of at most `wrong` errors in that many answers, each wrong with probability share."""
    if wrong >= answers or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    hit, miss, whole = log(share), log1p(-share), lgamma(answers + 1)
    ways = (whole - lgamma(k + 1) - lgamma(answers - k + 1) + k * hit + (answers - k) * miss for k in range(wrong + 1))
    return min(1.0, sum(map(exp, ways)))


def most_wrong(wrong: int, answers: int, certainty: float) -> float:
    """Exact one-sided upper bound on the error share, at that certainty. 1 without answers."""
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
    """Exact two-sided interval of the correct share; (0, 1) without answers."""
    side = (1 + certainty) / 2
    return 1 - most_wrong(answers - right, answers, side), most_wrong(right, answers, side)


def chance_of_as_many(wrong: int, answers: int, wrong_others: int, others: int) -> float:
    """Probability of at least `wrong` errors among answers, if these and the others are alike (Fisher's exact test).

    Of all errors in both, so many or more fall on answers by chance: a tail of the hypergeometric distribution.
    """
    errors, whole = wrong + wrong_others, answers + others
    ways = (_ways(answers, k) + _ways(others, errors - k) for k in range(wrong, min(errors, answers) + 1))
    return min(1.0, sum(exp(found - _ways(whole, errors)) for found in ways))


def _ways(whole: int, part: int) -> float:
    """Logarithm of the number of ways to choose part of whole; minus infinity if there is none."""
    return lgamma(whole + 1) - lgamma(part + 1) - lgamma(whole - part + 1) if 0 <= part <= whole else -inf


def evidence_below(wrong: int, answers: int, limit: float) -> float:
    """Wealth of a bet, from 1, that fewer than limit (0..1) are wrong.

    If limit or more were wrong, it would ever reach 1/d with probability at most d, however often it is checked.
    """
    return _wealth(wrong, answers, limit, _BELOW)


def evidence_above(wrong: int, answers: int, limit: float) -> float:
    """Wealth of a bet, from 1, that more than limit (0..1) are wrong; read like `evidence_below`."""
    return _wealth(wrong, answers, limit, _ABOVE)


@lru_cache(maxsize=4096)
def _wealth(wrong: int, answers: int, limit: float, stakes: Sequence[tuple[float, float]]) -> float:
    """A mixture of likelihood ratios: depends only on the counts, not on the order of answers."""
    total = 0.0
    for times, stake in stakes:
        share = min(_MOST, times * limit)
        won = (answers - wrong) * (log1p(-share) - log1p(-limit))
        lost = wrong * (log(share / limit) if share else -inf) if wrong else 0.0
        total += stake * exp(min(700.0, won + lost))
    return total
