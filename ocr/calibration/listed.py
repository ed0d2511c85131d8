"""How sure it is that a field holds an entry of its list at all, and nothing that the list does not have.

Fitted by benchmarks/lists.py --fit on pages read with the true entry in the list and with it taken out, as many of
either; how complete a list is shifts the odds.
"""

from __future__ import annotations

from math import exp, log

from ocr.calibration.fields import Facts, predict, probability

KIND = "listed"
_MOST = 0.999


def probability_of_entry(
    facts: Facts,
    complete: float,
    *,
    is_whole: bool,
    none: float,
    weights: tuple[float, ...] | None = None,
    kind: str = KIND,
) -> float:
    """0..1 that a field holds an entry of the list.

    facts: of ocr.handwriting.entries. complete: how often 0..1 what is written is in the list; 1: always. is_whole: as
    a spelling of the entry; one word of its name says nothing on whether there is another of that word. none: share of
    what was seen that names have which differ from those of the list by such a word as North. weights: other ones than
    the package's for that kind of field.
    """
    if complete >= 1:
        return 1.0
    seen = probability(kind, facts) if weights is None else predict(weights, facts)
    seen = min(_MOST, max(1 - _MOST, seen))
    odds = log(seen / (1 - seen)) + log(complete / (1 - complete))
    sure = 1 / (1 + exp(-odds))
    # One word: the list must have the name, and no name that it lacks may have the word.
    return (1 - none) * (sure if is_whole else min(complete**2, sure))
