"""Settle on one value a zone: the cheap half of reading, pure text, done again whenever a list changes.

Every value rests on a candidate: a part of it that fits the zone's grammar, or the one entry of a closed list that it
resembles clearly. Confidence falls where candidates disagree: to be wrong and sure is the worst that can happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ocr.errors import FormError
from ocr.forms.agree import settle_dates, told_twice
from ocr.forms.by_word import is_by_word, with_words
from ocr.forms.expected import as_expected
from ocr.forms.figures import is_for_figures, is_told, weigh
from ocr.forms.form import Form, Zone
from ocr.forms.grammar import Fit, fit
from ocr.forms.implied import settle_implied
from ocr.forms.legible import on_the_scan, without_noise
from ocr.languages.language import language
from ocr.languages.lexicon import Lexicon, fold_text
from ocr.page import INK_CUT, Candidate, Decided, Reading, Recognition, ZoneReading

# Part of the key of every page's values: raised when they are to be decided again.
DECIDE_VERSION = "9"
_EXACT_KINDS = ("digits", "decimal", "year", "date", "time", "choice")
_AGREED, _AGREED_EXACTLY = 0.3, 0.6
"""Of the doubt that is left, the part that another pass takes away by agreeing. Numbers of which Tesseract was not sure
were right in 38 of 44 cases when a second pass gave the same, and in 9 of 37 when it did not (200 worn lines)."""
_OPPOSED = 0.5
_MOST_OF_BLOCK = 0.9
"""What several lines of free text are sure of at most: hardly ever are all letters right (of 32 wrong values from 0.9
on, on 120 drawn pages, 21 were narratives)."""
_NUMBER_KINDS = ("digits", "decimal", "year", "date", "time")
_ALONE = 0.85
"""What one engine alone says of figures in native digits is sure of at most: passes of Tesseract agree on a wrong one,
too (two on nine sample pages from 0.9 on, Latin nines taken for native ones among them). Of Latin figures it is the
same on a page whose other numbers are not Latin: 909 was read of a Devanagari 101, and was 0.95 sure."""
_RATHER = 0.5
_LEGIBLE = 0.4
# One alone may be a native number that was misread.
_LEAST_LATIN = 2
_MOST_OTHERS = 5
_CLEAR = 0.15
_ALIKE_FROM, _ALIKE_TO = 0.55, 0.95
_EXACT_HIT = 0.9
_OWN = "fields"
_MARKS = "marks"
_NEARLY = 0.85
"""What a list that is not complete is sure of at most where no candidate is one of its spellings. Of 780
names of places, each read as it is spelled and taken out of its list, 29 passed as another before."""
_OWN_FROM = 0.3
"""Below this probability what our own recogniser says is one candidate among others."""


@dataclass(frozen=True, slots=True)
class _Option:
    """One value with the candidate it rests on (the surest), the confidences of all that give it, and their engines."""

    value: str
    raw: str
    confidences: tuple[float, ...]
    agreed: float = _AGREED
    engines: frozenset[str] = frozenset()

    @property
    def support(self) -> float:
        """Confidence 0..1 of the surest candidate, raised a little by each other that agrees."""
        best, *others = sorted(self.confidences, reverse=True)
        for other in others:
            best += (1 - best) * self.agreed * other
        return best


def decide_page(
    recognition: Recognition, form: Form, lexica: Mapping[str, Lexicon], metadata: Mapping[str, str] | None = None
) -> Reading:
    """Settle on the values of a recognised page.

    form: the one the recognition names. lexica: closed lists by the name under which zones ask for them. metadata: of
    the page's volume, by zone (ocr/forms/expected.py). Raises FormError when a zone asks for a list that is not there.
    """
    read = {z.zone: on_the_scan(z, recognition.width, recognition.height) for z in recognition.zones}
    by_word = {z.id: z for z in form.zones if z.id in read and is_by_word(read[z.id])}
    by_print = read | {name: replace(read[name], matrices=()) for name in by_word}
    zones = {z.id: decide_zone(by_print[z.id], z, _lexicon(form, z, lexica)) for z in form.zones if z.id in read}
    for zone in form.zones:
        if zone.repeats and zone.id in zones:
            told = zones.pop(zone.id)
            if zone.repeats in zones:
                zones[zone.repeats] = told_twice(zones[zone.repeats], told)
    # In this order: what is written twice, days and years, places, metadata.
    # Doubt of lone figures last: nothing may lift it.
    for rule in form.agree:
        zones |= {d.zone: d for d in settle_dates(zones, rule)}
    zones |= {d.zone: d for d in settle_implied(zones, form, lexica)}
    zones |= {d.zone: d for d in as_expected(zones, form, lexica, metadata or {})}
    zones |= {d.zone: d for d in _doubted_figures(form, read, zones)}
    # What nobody measured makes nothing else surer, and is made no surer.
    zones |= {
        name: _with_words(zones[name], read[name], zone, _lexicon(form, zone, lexica))
        for name, zone in by_word.items()
        if name in zones
    }
    # Last, for what stands twice on a page may be surer than each alone.
    zones = without_noise(zones, read, {z.id: z.kind for z in form.zones})
    cut = [n for n, d in zones.items() if INK_CUT in read[n].marks and not d.blank]
    zones |= {name: replace(zones[name], notes=(*zones[name].notes, INK_CUT)) for name in cut}
    return Reading(form.id, form.family, zones, form.part, recognition.reason)


def decide_zone(reading: ZoneReading, zone: Zone, lexicon: Lexicon | None = None) -> Decided:
    """Settle on one zone's value among its candidates.

    A blank zone has the value "" with confidence 1; a zone with ink that nothing could read has "" with 0.
    """
    if reading.blank:
        return Decided(zone.id, "", "", 1.0, reading.box, blank=True)
    if is_by_word(reading):
        return _with_words(decide_zone(replace(reading, matrices=()), zone, lexicon), reading, zone, lexicon)
    texts = [c for c in reading.candidates if c.text.strip()]
    if lexicon is None and zone.kind in _NUMBER_KINDS and is_for_figures(texts):
        return weigh(replace(reading, candidates=tuple(texts)), zone.kind, lambda some: decide_zone(some, zone))
    own = _own_reading(reading, zone, lexicon, texts)
    if own is not None:
        return own
    if not texts:
        return Decided(zone.id, "", "", 0.0, reading.box, notes=("unread",))
    is_exact = lexicon is not None or zone.kind in _EXACT_KINDS
    options = _options(texts, _grammar(zone, lexicon), _AGREED_EXACTLY if is_exact else _AGREED)
    if not options:
        surest = max(texts, key=lambda c: c.confidence)
        return Decided(zone.id, surest.text, "", 0.0, reading.box, False, _as_candidates(texts), ("nothing-fits",))
    best, *others = options
    confidence = best.support * (1 - _opposition(best, others, is_exact=is_exact))
    if zone.kind == "block":
        confidence = min(confidence, _MOST_OF_BLOCK)
    # A text that no entry spells may be a name that the list does not have.
    if lexicon is not None and lexicon.complete < 1 and not any(lexicon.exact(c.text) == best.value for c in texts):
        confidence = min(confidence, _NEARLY)
    if len(best.engines) < 2 and _is_native_number(best.raw, zone):
        confidence = min(confidence, _ALONE)
    kept = tuple(Candidate(o.value, round(o.support, 4)) for o in others[:_MOST_OTHERS])
    return Decided(zone.id, best.raw, best.value, round(confidence, 4), reading.box, False, kept)


def _own_reading(
    reading: ZoneReading, zone: Zone, lexicon: Lexicon | None, texts: Sequence[Candidate]
) -> Decided | None:
    """The value our own recogniser of handwriting gives, unless it hardly says anything.

    Its confidences are probabilities, measured for each kind of zone; other engines' passes do not change them. A mark
    among printed answers does: then all candidates are weighed.
    """
    if any(c.by.startswith(_MARKS) for c in texts):
        return None
    if lexicon is not None and reading.matrices:
        return _own_entry(reading, zone, lexicon, texts)
    grammar = _grammar(zone, lexicon)
    read = [(c, grammar(c.text).value) for c in texts if c.by.startswith(_OWN)]
    found = [(c, value) for c, value in read if value]
    if not found or found[0][0].confidence < _OWN_FROM:
        return None
    (best, value), *others = found
    kept = tuple(Candidate(text, c.confidence, c.by) for c, text in others[:_MOST_OTHERS])
    return Decided(zone.id, best.text, value, best.confidence, reading.box, False, kept)


def _own_entry(reading: ZoneReading, zone: Zone, lexicon: Lexicon, texts: Sequence[Candidate]) -> Decided | None:
    """The entry of a list that the matrices of a zone bear, as likely as it is that they hold an entry at all.

    Where they rather do not, what they say in free text is one of the candidates.
    """
    from ocr.calibration.fields import probability
    from ocr.calibration.listed import probability_of_entry
    from ocr.handwriting.entries import read_entry
    from ocr.handwriting.packed import CHARACTERS, unpack

    found = read_entry([unpack(m) for m in reading.matrices], CHARACTERS, lexicon)
    sure = [probability("entry", s.facts) for s in found]
    if not found or sure[0] < _OWN_FROM:
        return None
    best = found[0]
    held = probability_of_entry(best.listed_facts, lexicon.complete, is_whole=best.is_whole, none=best.none)
    entries = [Candidate(s.value, round(p * held, 4), _OWN) for s, p in zip(found, sure, strict=True)]
    free = [c for c in texts if c.by.startswith(_OWN) and not lexicon.exact(c.text)] if held < _RATHER else []
    # Never above the entry: it is for a person to see, and no list bears it.
    said = [replace(c, confidence=min(c.confidence, entries[0].confidence)) for c in free[:1]]
    kept = tuple(sorted([*entries[1:_MOST_OTHERS], *said], key=lambda c: -c.confidence))
    return Decided(zone.id, best.text, best.value, entries[0].confidence, reading.box, False, kept)


def _grammar(zone: Zone, lexicon: Lexicon | None) -> Callable[[str], Fit]:
    lexicon = lexicon or choices_of(zone)
    if lexicon is None:
        return lambda text: fit(zone.kind, text)
    return lambda text: _fit_list(lexicon, text)


def _with_words(said: Decided, reading: ZoneReading, zone: Zone, lexicon: Lexicon | None) -> Decided:
    entries = lexicon or choices_of(zone)
    return with_words(said, reading, zone, entries) if entries else said


def choices_of(zone: Zone) -> Lexicon | None:
    """The printed answers of a zone as a list, None where it has none."""
    return Lexicon(zone.id, tuple((choice, ()) for choice in zone.choices)) if zone.kind == "choice" else None


def _fit_list(lexicon: Lexicon, text: str) -> Fit:
    """The entry that a text resembles, if it is clearly nearer to it than to any other."""
    hits = lexicon.find(text, 2)
    if not hits:
        return Fit("", 0.0)
    second = hits[1].score if len(hits) > 1 else 0.0
    alike = min(1.0, (hits[0].score - _ALIKE_FROM) / (_ALIKE_TO - _ALIKE_FROM))
    clear = min(1.0, (hits[0].score - second) / _CLEAR)
    # Exactly one entry: another that is nearly alike takes little from it.
    if hits[0].score == 1.0 > second:
        return Fit(hits[0].value, max(_EXACT_HIT, clear))
    return Fit(hits[0].value, alike * clear) if clear > 0 else Fit("", 0.0)


def _options(texts: Sequence[Candidate], grammar: Callable[[str], Fit], agreed: float) -> list[_Option]:
    """The values that candidates give, best supported first; values that differ in blanks or signs alone are one."""
    found: dict[str, _Option] = {}
    for candidate in sorted(texts, key=lambda c: -c.confidence):
        value, fits = grammar(candidate.text)
        if not value or fits <= 0:
            continue
        # Of a value of signs alone nothing is left when it is folded.
        key = fold_text(value) or value
        before = found.get(key)
        confidences = (*(before.confidences if before else ()), candidate.confidence * fits)
        keep = before if before and before.confidences[0] >= confidences[-1] else None
        engines = (before.engines if before else frozenset()) | {candidate.by.partition(":")[0]}
        said = (keep.value, keep.raw) if keep else (value, candidate.text)
        found[key] = _Option(*said, confidences, agreed, engines)
    return sorted(found.values(), key=lambda o: (-o.support, o.value))


def _opposition(best: _Option, others: Sequence[_Option], *, is_exact: bool) -> float:
    """Share 0..0.5 of its confidence that the best value loses to others, by their support and their distance."""
    from rapidfuzz.distance import Levenshtein

    lost = 0.0
    for other in others:
        apart = Levenshtein.normalized_distance(best.value, other.value)
        # Numbers and entries that differ at all contradict; long texts apart by a letter hardly do.
        weight = 1.0 if is_exact else min(1.0, 2 * apart)
        lost = max(lost, _OPPOSED * 2 * weight * other.support / max(1e-9, best.support + other.support))
    return min(_OPPOSED, lost)


def _lexicon(form: Form, zone: Zone, lexica: Mapping[str, Lexicon]) -> Lexicon | None:
    if zone.list is None:
        return None
    if zone.list not in lexica:
        known = ", ".join(sorted(lexica)) or "none"
        raise FormError(f"{form.id}.toml: zone {zone.id}: there is no list {zone.list!r} (known: {known})")
    return lexica[zone.list]


def _doubted_figures(form: Form, read: Mapping[str, ZoneReading], zones: Mapping[str, Decided]) -> Iterator[Decided]:
    """Numbers that one engine alone read in Latin figures, where the language has its own and the page has these."""
    if language(form.languages[0]).digits.isascii():
        return
    asked = [z.id for z in form.zones if z.kind in _NUMBER_KINDS and z.id in zones]
    numbers = [zones[z] for z in asked if zones[z].raw and not is_told(read[z].candidates)]
    legible = [d.raw for d in numbers if d.confidence >= _LEGIBLE]
    latin = sum(map(_is_latin, legible))
    if latin >= _LEAST_LATIN and 2 * latin > len(legible):
        return
    for decided in numbers:
        engines = {c.by.partition(":")[0] for c in read[decided.zone].candidates}
        if _is_latin(decided.raw) and len(engines) < 2 and decided.confidence > _ALONE:
            yield replace(decided, confidence=_ALONE)


def _is_latin(text: str) -> bool:
    """Whether all figures are 0 to 9."""
    return any(map(str.isdecimal, text)) and all(c.isascii() for c in text if c.isdecimal())


def _is_native_number(text: str, zone: Zone) -> bool:
    """Whether figures of an Indian or the Arabic script stand in a zone of numbers, or alone in one of text."""
    is_native = any(c.isdecimal() and not c.isascii() for c in text)
    return is_native and (zone.kind in _NUMBER_KINDS or not any(map(str.isalpha, text)))


def _as_candidates(texts: Sequence[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(texts, key=lambda c: -c.confidence)[:_MOST_OTHERS])
