"""What a field of a closed list holds by its handwritten words, beside what the engine for print made of it.

Of these weights it was never measured on real pages how sure they are: what they say is always asked, however sure it
looks, and offered rather than put into the box, until a workspace's own answers show otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from ocr.forms.form import Zone
from ocr.languages.lexicon import Lexicon
from ocr.page import HAND_NOT_MEASURED, Candidate, Decided, ZoneReading

BY = "words"
_MOST = 0.62
"""What the surest entry is said to be, lesser ones as much lower: below what any form's file lets pass, and above the
last steps at which a workspace may find that its own answers open a threshold (.6 and .5)."""
_MOST_OTHERS = 5


def is_by_word(reading: ZoneReading) -> bool:
    """Whether a zone's matrices are those of words in another script than Latin."""
    from ocr.handwriting.packed import script_of

    return bool(reading.matrices) and script_of(reading.matrices[0]) is not None


def with_words(said: Decided, reading: ZoneReading, zone: Zone, lexicon: Lexicon) -> Decided:
    """The value that print gives, or the entry that was seen as handwriting where that is surer; the other beside it.

    said: decided without what was seen of handwriting.
    """
    found = _entries(reading, lexicon)
    if not found:
        return said
    (best, raw), *rest = found
    others = [one for one, _ in rest]
    if said.value and said.confidence >= best.confidence:
        return replace(said, candidates=_list_others(said.value, [*said.candidates, best, *others]))
    other = [Candidate(said.value, said.confidence)] if said.value else []
    kept = _list_others(best.text, [*others, *other, *said.candidates])
    return Decided(zone.id, raw, best.text, best.confidence, reading.box, False, kept, (HAND_NOT_MEASURED,))


def _entries(reading: ZoneReading, lexicon: Lexicon) -> list[tuple[Candidate, str]]:
    """The entries that the matrices bear, likeliest first, none surer than _MOST, with their spelling on the paper."""
    from ocr.calibration.fields import probability
    from ocr.calibration.listed import probability_of_entry
    from ocr.handwriting.packed import script_of, unpack
    from ocr.handwriting.word_entries import read_word_entry

    script = script_of(reading.matrices[0])
    if script is None:
        return []
    found = read_word_entry([unpack(m) for m in reading.matrices], script, lexicon)
    if not found:
        return []
    held = probability_of_entry(found[0].listed_facts, lexicon.complete, is_whole=True, none=0.0, kind="listed_words")
    return [(Candidate(s.value, round(_MOST * held * probability("words", s.facts), 4), BY), s.text) for s in found]


def _list_others(value: str, candidates: list[Candidate]) -> tuple[Candidate, ...]:
    """Other candidates than a value, each text once, surest first."""
    surest: dict[str, Candidate] = {}
    for one in sorted(candidates, key=lambda c: -c.confidence):
        surest.setdefault(one.text, one)
    surest.pop(value, None)
    return tuple(surest.values())[:_MOST_OTHERS]
