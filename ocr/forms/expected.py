"""What is known of a page before it is read: most pages of a volume tell one place and year, which its metadata has.
Which zones tell such things the form file says, under per_volume.

A zone's own options are weighed by it; none is added, and a page that plainly says otherwise keeps its word, less
surely, so that a person is asked: volumes hold loose sheets of others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from operator import eq

from ocr.forms.form import Form
from ocr.languages.lexicon import Lexicon
from ocr.page import Candidate, Decided

_OTHERWISE = 0.05
"""How often a page of a volume tells another value than its metadata."""
_COUNTS = 0.6
"""Share of that knowledge, as a natural logarithm, that counts. Of 256 real pages with the right place as metadata .95
pass from 0.9 on and none wrongly; with another one 2 in a hundred are taken for it. With all of it that would be 7."""
_MOST_OTHERS = 15
"""Values a zone is taken to have at most: the longer a list, the more would be made of metadata, and it was measured on
one of so many."""
_UNTOLD = 0.02
_SURE = 0.995
AS_METADATA = "as-metadata"
"""Note of a value that is the one in its volume's metadata."""


def as_expected(
    zones: Mapping[str, Decided], form: Form, lexica: Mapping[str, Lexicon], metadata: Mapping[str, str]
) -> Iterator[Decided]:
    """The zones of a page whose values its volume's metadata tells, weighed with that.

    metadata: by zone of the form's per_volume; what is in no list that its zone asks for tells nothing.
    """
    for zone in form.zones:
        decided, value = zones.get(zone.id), metadata.get(zone.id, "") if zone.id in form.per_volume else ""
        if decided is None or not value or not decided.value or decided.blank:
            continue
        lexicon = lexica.get(zone.list or "")
        if lexicon is not None:
            entry = next((hit.value for hit in lexicon.find(value, 1) if hit.score == 1.0), "")
            if entry:
                yield _weigh_options(decided, partial(eq, entry), min(_MOST_OTHERS, len(lexicon.entries)))
        elif zone.kind == "year" and _year(value):
            yield _weigh_options(decided, partial(_is_same_year, value), _MOST_OTHERS)


def _weigh_options(zone: Decided, is_expected: Callable[[str], bool], count: int) -> Decided:
    """A zone's options with what metadata says; count: how many values there are for it to be one of."""
    options = (Candidate(zone.value, zone.confidence), *(c for c in zone.candidates if c.text != zone.value))
    # Confidences of several engines may add up to more than 1.
    whole = max(1.0, sum(c.confidence for c in options))
    untold = max(_UNTOLD, 1 - sum(c.confidence for c in options) / whole)
    same, other = ((count * share) ** _COUNTS for share in (1 - _OTHERWISE, _OTHERWISE / max(1, count - 1)))
    hits = [is_expected(c.text) for c in options]
    weights = [c.confidence / whole * (same if hit else other) for c, hit in zip(options, hits, strict=True)]
    unseen = max(1, count - len(options))
    # Where no option is the expected value, it may be among those that none tells.
    missed = 0.0 if any(hits) else untold / unseen * (same - other)
    total = sum(weights) + untold * other + missed
    ranked = sorted(range(len(options)), key=lambda at: -weights[at])
    weighed = [replace(options[at], confidence=round(min(_SURE, weights[at] / total), 4)) for at in ranked]
    best, *others = weighed
    raw = zone.raw if ranked[0] == 0 else best.text
    notes = (*zone.notes, AS_METADATA) if hits[ranked[0]] else zone.notes
    return replace(zone, raw=raw, value=best.text, confidence=best.confidence, candidates=tuple(others), notes=notes)


def _is_same_year(expected: str, text: str) -> bool:
    return _year(text) == _year(expected)


def _year(text: str) -> str:
    """The last two figures of a year, as many write no more; "" for what is none."""
    found = re.fullmatch(r"'?(?:\d\d)?(\d\d)", text.strip())
    return found[1] if found else ""
