"""The zones of one page read: all once, handwriting by our own recogniser, printed lines in doubt put to a vote.

Of 308 doubtful zones of drawn forms one pass and its repetitions had 0.24 right and 0.36 of the letters wrong, the vote
0.55 and 0.10 (docs/lab.md, "Passes and votes").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ocr.calibration.lines import facts_of, load_model
from ocr.engine import Engine, EngineText, LineImage
from ocr.engines import load_engine
from ocr.errors import OutOfTime
from ocr.forms.crops import Crop
from ocr.forms.figures import LATIN, MOST_UNTOLD, NATIVE, UNTOLD, plain
from ocr.forms.form import Form, Zone
from ocr.forms.networks import FIGURED
from ocr.forms.settings import OWN_ENGINE, ReadSettings, handwriting_engine
from ocr.forms.words import WORDS, has_listed_words
from ocr.handwriting.page_digits import uses_native
from ocr.page import INK_CUT, Candidate, Word, ZoneReading
from ocr.print.lines import SURE, LineText, read_mixed
from ocr.scans.time_limit import TimeLimit

_TRIED, _LEAST_TYPED = 4, 3
_TYPED = 0.12
"""Handwritten zones whose print is tried at first, how many of thrice as many must be legible on a typed page, and the
probability from which one is: of 427 zones on 22 real pages of handwriting two were, the best with 0.20; of 71 on two
typed pages, one badly worn, 45."""
_TRIED_KINDS = ("line", "digits", "date", "time")
_DOUBTFUL = 0.8
"""Below this confidence of the engine's own a zone of several lines is read again in other ways."""
_MOST_OTHERS = 5
Passes = dict[str, list[tuple[str, EngineText]]]
"""What was read in each zone: by which engine in which way, and the text; the last pass is that of print."""


class ZoneReader:
    """Asks the engines about the crops of one page: all once, the doubtful ones again in other ways."""

    def __init__(self, settings: ReadSettings, form: Form, limit: TimeLimit) -> None:
        """limit: the page's time."""
        self._settings = settings
        self._form = form
        self._limit = limit
        self._engines: list[str] = []

    def read(self, crops: Sequence[Crop]) -> tuple[tuple[ZoneReading, ...], tuple[str, ...]]:
        """What was read in each zone, and the engines' names and versions."""
        passes: Passes = {c.zone.id: [] for c in crops}
        blank = {c.zone.id for c in crops if c.blank}
        # A zone that repeats a blank one is not read either: what is blank stays blank.
        inked = [c for c in crops if not {c.zone.id, c.zone.repeats} & blank]
        printed = self._read_first(inked, passes)
        # What a second engine will read is not looked at twice by one that cannot read handwriting.
        doubtful = [c for c in printed if _is_doubtful(c, passes[c.zone.id]) and not self._is_for_other_engine(c)]
        self._read_again([c for c in doubtful if c.zone.kind != "block"], passes)
        blocks = [c for c in doubtful if c.zone.kind == "block"]
        if blocks:
            engine = self._engine(self._settings.engine)
            self._pass(engine, [a for c in blocks for a in self._second_passes(c, engine)], passes)
        self._read_with_other_engine(inked, passes)
        return tuple(_reading(c, passes[c.zone.id]) for c in crops), tuple(dict.fromkeys(self._engines))

    def _read_first(self, crops: Sequence[Crop], passes: Passes) -> list[Crop]:
        """Look at each crop once, at handwriting with our own recognisers; returns those that are print or may be.

        What is written in English on a form is ours to read, unless a few zones show that the page is typed.
        """
        handwritten = [c for c in crops if self._has_own_engine and c.zone.handwriting]
        english = [c for c in handwritten if self._languages(c.zone)[0] == "en"]
        ours = {c.zone.id for c in english}
        self._read_print([c for c in crops if c.zone.id not in ours], passes)
        if self._is_typed(english, passes):
            self._read_print([c for c in english if not passes[c.zone.id]], passes)
            ours = set()
        elif english:
            self._read_handwriting(english, passes)
        self._read_figures([c for c in handwritten if c.zone.id not in ours], passes)
        self._read_words([c for c in handwritten if c.zone.id not in ours], passes)
        return [c for c in crops if c.zone.id not in ours]

    def _is_typed(self, crops: Sequence[Crop], passes: Passes) -> bool:
        """Whether zones for handwriting hold print: some are tried, and more where any of these can be read at all."""
        tried = _spread([c for c in crops if c.zone.kind in _TRIED_KINDS], 3 * _TRIED)
        legible = 0
        # Every third zone first: on a page of handwriting most of the tries are saved.
        for some in (tried[::3], [c for at, c in enumerate(tried) if at % 3]):
            self._read_print(some, passes)
            legible += sum(passes[c.zone.id][-1][1].confidence >= _TYPED for c in some)
            if not legible:
                return False
        return legible >= min(_LEAST_TYPED, len(tried))

    def _read_handwriting(self, crops: Sequence[Crop], passes: Passes) -> None:
        """Have our own recogniser read English; sections that stand in two zones are looked at in both at once."""
        engine = self._engine(handwriting_engine(self._settings))
        again = {c.zone.repeats: c.handwriting().image for c in crops if c.zone.repeats and c.zone.kind == "sections"}
        asked = [c for c in crops if c.zone.repeats is None or c.zone.repeats not in again]
        known = self._settings.sections
        lines = [(c, replace(c.handwriting(), again=again.get(c.zone.id), sections=known)) for c in asked]
        self._pass(engine, [("hand", c, line) for c, line in lines], passes)

    def _read_print(self, crops: Sequence[Crop], passes: Passes) -> None:
        if not crops:
            return
        engine = self._engine(self._settings.engine)
        self._pass(engine, [("clean", c, c.line(self._languages(c.zone)[:1])) for c in crops], passes)
        for crop in crops:
            passes[crop.zone.id][-1] = _judge(crop, *passes[crop.zone.id][-1])

    def _read_again(self, crops: Sequence[Crop], passes: Passes) -> None:
        """Have doubtful lines read in more ways and voted for; the vote takes the place of the first pass."""
        readable = self._engine(self._settings.engine).languages()
        by_codes: dict[tuple[str, ...], list[Crop]] = defaultdict(list)
        for crop in crops:
            first, *others = self._languages(crop.zone)
            by_codes[first, *[x for x in others if x in readable][:1]].append(crop)
        for codes, those in by_codes.items():
            engine = self._engine(self._settings.engine)
            seen = [passes[c.zone.id][-1][1] for c in those]
            lines = read_mixed(engine, [c.raw for c in those], codes, seen=seen)
            for crop, line in zip(those, lines, strict=True):
                proposed = passes[crop.zone.id][-1][1].others
                passes[crop.zone.id][-1] = f"{self._settings.engine.partition(':')[0]}:vote", _vote(line, proposed)

    def _second_passes(self, crop: Crop, engine: Engine) -> Iterable[tuple[str, Crop, LineImage]]:
        """Other ways to look at a doubtful crop of several lines: as scanned, in the next language."""
        first, *others = self._languages(crop.zone)
        line = crop.line((first,))
        yield "raw", crop, replace(line, image=crop.raw)
        readable = engine.languages()
        for other in [x for x in others if x in readable][:1]:
            yield other, crop, replace(line, languages=(other,))

    @property
    def _has_own_engine(self) -> bool:
        return handwriting_engine(self._settings).partition(":")[0] == OWN_ENGINE

    def _read_figures(self, crops: Sequence[Crop], passes: Passes) -> None:
        """Have numbers, dates and hours that are written in an Indian language read in the digits that the page has.

        Latin ones are read by two engines, since one alone is sure of a wrong one now and then.
        """
        # The first twenty digits or so tell which digits the page has.
        asked = sorted((c for c in crops if c.zone.kind in FIGURED), key=lambda c: FIGURED.index(c.zone.kind))
        code = self._languages(asked[0].zone)[0] if asked else "en"
        # What an office taught was taught on pages of other languages: figures typed in English are read as ever.
        engine = self._settings.digits_engine if code == "en" else self._settings.own_digits_engine
        if not asked or engine == "none":
            return
        other = engine.partition(":")[2]
        images = (c.handwriting().image for c in asked)
        is_native = code != "en" and uses_native(images, code, Path(other) if other else None)
        if is_native is False:
            # Latin numbers that Tesseract read surely need no second reader.
            asked = [c for c in asked if passes[c.zone.id][-1][1].confidence < SURE]
            self._read_before(
                self._engine(handwriting_engine(self._settings)), f"{OWN_ENGINE}:hand", "en", asked, passes
            )
        read_in, by = ("en", LATIN) if is_native is False else (code, NATIVE if is_native else UNTOLD)
        self._read_before(self._engine(engine), by, read_in, asked, passes)

    def _read_words(self, crops: Sequence[Crop], passes: Passes) -> None:
        """Have entries of closed lists seen as handwriting in scripts whose words are known, where print is unsure."""
        asked = [
            c for c in crops if has_listed_words(c.zone, self._form) and passes[c.zone.id][-1][1].confidence < SURE
        ]
        for code in dict.fromkeys(self._languages(c.zone)[0] for c in asked):
            some = [c for c in asked if self._languages(c.zone)[0] == code]
            self._read_before(self._engine(self._settings.words_engine), f"{WORDS}:hand", code, some, passes)

    def _read_before(self, engine: Engine, by: str, code: str, crops: Sequence[Crop], passes: Passes) -> None:
        """Put what an engine for handwriting says before what was seen of print, which may be looked at again."""
        if not crops or code not in engine.languages():
            return
        self._engines.append(engine.name_and_version())
        texts = engine.read([_asked_in(c, code) for c in crops])
        for crop, text in zip(crops, texts, strict=True):
            passes[crop.zone.id].insert(0, (by, _cap_confidence(text, MOST_UNTOLD) if by == UNTOLD else text))

    def _read_with_other_engine(self, crops: Sequence[Crop], passes: Passes) -> None:
        """Have another engine than our own read what is written in English."""
        handwritten = [c for c in crops if self._is_for_other_engine(c)]
        if handwritten:
            engine = self._engine(handwriting_engine(self._settings))
            lines = [(c, replace(c.line(("en",)), sections=self._settings.sections)) for c in handwritten]
            self._pass(engine, [("clean", c, line) for c, line in lines], passes)
            self._pass(engine, [("raw", c, replace(line, image=c.raw)) for c, line in lines], passes)

    def _is_for_other_engine(self, crop: Crop) -> bool:
        has_other = handwriting_engine(self._settings) != "none" and not self._has_own_engine
        return has_other and crop.zone.handwriting and "en" in self._languages(crop.zone)

    def _pass(
        self,
        engine: Engine,
        asked: Sequence[tuple[str, Crop, LineImage]],
        passes: Passes,
    ) -> None:
        if not asked:
            return
        name = engine.name_and_version()
        self._engines.append(name)
        texts = engine.read([line for _, _, line in asked])
        for (how, crop, _), text in zip(asked, texts, strict=True):
            passes[crop.zone.id].append((f"{name.split(' ')[0]}:{how}", text))

    def _engine(self, name: str) -> Engine:
        """The engine with the time that is left. Raises OutOfTime when there is none."""
        left = self._limit.left_s()
        if left <= 0:
            limit = f"{self._settings.seconds_per_page:g} seconds of the processor"
            raise OutOfTime(f"not read within {limit}. Raise read.seconds_per_page, or check the scan.")
        return load_engine(name, left)

    def _languages(self, zone: Zone) -> tuple[str, ...]:
        """The zone's languages, or the form's with those the page is likely in first."""
        if zone.languages:
            return zone.languages
        likely = [x for x in self._settings.languages if x in self._form.languages]
        return tuple(dict.fromkeys([*likely, *self._form.languages]))


def _asked_in(crop: Crop, code: str) -> LineImage:
    """The crop for an engine that reads handwriting in a language; what printed answers decide is a list, too."""
    line = crop.handwriting()
    return replace(line, languages=(code,), is_listed=line.is_listed or bool(crop.zone.choices))


def _vote(line: LineText, more: Sequence[Candidate] = ()) -> EngineText:
    """A line after several passes with the probability that it is right; the other readings share what is left.

    more: other texts that the first pass proposed.
    """
    said = Counter(" ".join(c.text.split()) for c in line.candidates if c.text.strip())
    others = [(text, n) for text, n in said.most_common() if text != line.text][:_MOST_OTHERS]
    left = (1 - line.confidence) / max(1, sum(said.values()))
    kept = tuple(Candidate(text, round(left * n, 4)) for text, n in others)
    proposed = (replace(c, confidence=c.confidence * line.confidence) for c in more if c.text not in said)
    return EngineText(line.text, line.confidence, line.words, (*kept, *proposed))


def _judge(crop: Crop, by: str, text: EngineText) -> tuple[str, EngineText]:
    """The first pass over a line with the probability that it is right, which the engine's own word for it is not."""
    if crop.zone.kind == "block" or not text.words:
        return by, text
    facts = facts_of(text.text, [Candidate(text.text, text.confidence)], text.words, 1.0)
    return by, replace(text, confidence=round(load_model().probability(facts), 4))


def _is_doubtful(crop: Crop, passes: Sequence[tuple[str, EngineText]]) -> bool:
    """Whether print is to be looked at again: nobody is sure, and there is something that print may be read in.

    Where an engine for handwriting looked, Tesseract must have read something, and something else.
    """
    least = _DOUBTFUL if crop.zone.kind == "block" else SURE
    if not all(not text.text or text.confidence < least for _, text in passes):
        return False
    *others, (_, seen) = passes
    if not others:
        return True
    same = plain(seen.text, crop.zone.kind)
    return seen.confidence >= _TYPED and all(plain(t.text, crop.zone.kind) != same for _, t in others)


def _spread(crops: Sequence[Crop], most: int) -> list[Crop]:
    """Some of a page's crops, from its top to its foot."""
    step = max(1.0, len(crops) / most)
    return [crops[int(i * step)] for i in range(min(most, len(crops)))]


def _cap_confidence(text: EngineText, most: float) -> EngineText:
    """A text and its alternatives, none surer than that."""
    others = tuple(replace(c, confidence=min(most, c.confidence)) for c in text.others)
    return replace(text, confidence=min(most, text.confidence), others=others)


def _reading(crop: Crop, passes: Sequence[tuple[str, EngineText]]) -> ZoneReading:
    """A zone's candidates, surest first, with the words of the surest in pixels of the scan."""
    seen = sorted((x for x in passes if x[1].text), key=lambda x: -x[1].confidence)
    said = [(by, c) for by, text in seen for c in (Candidate(text.text, text.confidence), *text.others)]
    candidates = tuple(Candidate(c.text, c.confidence, by) for by, c in sorted(said, key=lambda x: -x[1].confidence))
    words = tuple(_on_scan(crop, word) for word in seen[0][1].words) if seen else ()
    matrices = tuple(m for _, text in passes for m in text.matrices)
    marks = (INK_CUT,) if crop.is_cut else ()
    return ZoneReading(crop.zone.id, crop.box, candidates, words, round(crop.ink, 5), crop.blank, matrices, marks)


def _on_scan(crop: Crop, word: Word) -> Word:
    corners = np.array([[word.box[i], word.box[j], 1] for i in (0, 2) for j in (1, 3)])
    return replace(word, box=crop.box_on_scan(corners))
