"""An entry of one list tells what another zone holds: a place lies in an area that has a zone of its own.

Both zones' options are weighed together, as a year and its dates are (ocr/forms/agree.py). What an entry implies is an
option of the other zone even where its list does not have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ocr.forms.form import Form
from ocr.languages.lexicon import Lexicon
from ocr.page import Candidate, Decided

_OTHERWISE = 0.05
_COUNTS = 0.6
"""As for what the metadata of a volume tell (ocr/forms/expected.py): one in twenty says otherwise, and only so much of
the knowledge counts, as a natural logarithm."""
_MOST_OTHERS = 15
_UNTOLD = 0.02
_SURE = 0.995
_MOST_OPTIONS = 6

Shares = dict[str, float]
"""Probability 0..1 of each value of a zone; what is missing to 1 is told by none."""


def settle_implied(zones: Mapping[str, Decided], form: Form, lexica: Mapping[str, Lexicon]) -> Iterator[Decided]:
    """The zones of a page of which one's list says what the other holds, weighed together.

    Only zones that a volume has in common: elsewhere on a page other places may stand.
    """
    own = [z for z in form.zones if z.id in form.per_volume and z.list in lexica and z.id in zones]
    for part in own:
        lexicon = lexica[part.list or ""]
        for whole in own:
            if whole.list == lexicon.implied_list and not zones[part.id].blank and not zones[whole.id].blank:
                yield from _weigh_together(zones[part.id], zones[whole.id], lexicon, lexica[whole.list])


def _weigh_together(part: Decided, whole: Decided, lexicon: Lexicon, area: Lexicon) -> Iterator[Decided]:
    parts, wholes = _shares(part), _shares(whole)
    told = {value: lexicon.implies[value] for value in parts if lexicon.implies.get(value)}
    if not told:
        return
    count = min(_MOST_OTHERS, max(2, len(area.entries)))
    untold = max(_UNTOLD, 1 - sum(wholes.values()))
    unseen = max(1, count - len(wholes))
    for values in told.values():
        wholes |= {value: untold / unseen for value in values if value not in wholes}
    both = {(p, w): parts[p] * wholes[w] * _together_share(told.get(p, ()), w, count) for p in parts for w in wholes}
    rest_of = {p: parts[p] * untold * _together_share(told.get(p, ()), "", count) for p in parts}
    none = max(_UNTOLD, 1 - sum(parts.values()))
    total = sum(both.values()) + sum(rest_of.values()) + none * (sum(wholes.values()) + untold)
    yield _decide_by_shares(part, {p: (rest_of[p] + sum(both[p, w] for w in wholes)) / total for p in parts})
    if wholes:
        yield _decide_by_shares(whole, {w: (none * wholes[w] + sum(both[p, w] for p in parts)) / total for w in wholes})


def _together_share(implied_by: tuple[str, ...], value: str, count: int) -> float:
    """How likely a value is beside an entry that implies some, next to any of count values."""
    if not implied_by:
        return 1.0
    if value in implied_by:
        return float((count * (1 - _OTHERWISE) / len(implied_by)) ** _COUNTS)
    return float((count * _OTHERWISE / max(1, count - len(implied_by))) ** _COUNTS)


def _shares(zone: Decided) -> Shares:
    options = (Candidate(zone.value, zone.confidence), *(c for c in zone.candidates if c.text != zone.value))
    # Confidences of several engines may add up to more than 1.
    whole = max(1.0, sum(c.confidence for c in options))
    return {c.text: c.confidence / whole for c in options if c.text}


def _decide_by_shares(zone: Decided, shares: Shares) -> Decided:
    ranked = sorted(shares, key=lambda value: -shares[value])[:_MOST_OPTIONS]
    if not ranked:
        return zone
    best, *others = (Candidate(value, round(min(_SURE, shares[value]), 4)) for value in ranked)
    # What was read stands beside the value only while that value wins.
    raw = zone.raw if best.text == zone.value else best.text
    notes = tuple(n for n in zone.notes if best.text == zone.value or n not in ("unread", "nothing-fits"))
    return replace(zone, raw=raw, value=best.text, confidence=best.confidence, candidates=tuple(others), notes=notes)
