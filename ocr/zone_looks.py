"""The zones of one page read: all once, handwriting by our own recogniser, printed lines in doubt put to a vote.

Of 308 doubtful zones of drawn forms one look and its repetitions had 0.24 right and 0.36 of the letters wrong, the vote
0.55 and 0.10 (docs/design.md, "Zones").
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from ocr.confidence import facts_of, load_model
from ocr.crops import Crop
from ocr.engine import Engine, EngineText, LineImage
from ocr.engines import engine_names, load_engine
from ocr.errors import EngineFailed, EngineMissing
from ocr.form import Form, Zone
from ocr.lines import SURE, LineText, read_mixed
from ocr.models.running import is_here
from ocr.page import Candidate, Word, ZoneReading
from ocr.written.native import KINDS as NATIVE_KINDS

if TYPE_CHECKING:
    from ocr.read import ReadSettings

_OWN, _OWN_WEIGHTS, _OWN_DIGITS = "fields", "eng_fields.onnx", "digits"
_SAYS_LITTLE = 0.3
"""Below this confidence our own recogniser's zone is looked at by the first engine, too: it may be typed."""
_TRIED = 4
_TYPED = 0.5
"""Written zones whose print is tried, and the confidence from which one of them is taken for typed."""
_DOUBTFUL = 0.8
"""Below this confidence of the engine's own a zone of several lines is looked at again in other ways."""
_MOST_OTHERS = 5


class ZoneReader:
    """Asks the engines about the crops of one page: all once, the doubtful ones again in other ways."""

    def __init__(self, settings: ReadSettings, form: Form, until: float) -> None:
        """until: by time.monotonic(), when the page's time is up."""
        self._settings = settings
        self._form = form
        self._until = until
        self._engines: list[str] = []

    def read(self, crops: Sequence[Crop]) -> tuple[tuple[ZoneReading, ...], tuple[str, ...]]:
        """What was read in each zone, and the engines' names and versions."""
        looks: dict[str, list[tuple[str, EngineText]]] = {c.zone.id: [] for c in crops}
        blank = {c.zone.id for c in crops if c.blank}
        inked = [c for c in crops if not {c.zone.id, c.zone.repeats} & blank]
        if inked and self._has_own_engine:
            self._look_by_hand([c for c in inked if self._is_for_second_engine(c)], looks)
            little = [c for c in inked if _says_little(looks[c.zone.repeats or c.zone.id])]
            self._look_for_native_digits(inked, looks)
            inked = little
        inked = self._read_print(inked, looks)
        if inked:
            # What a second engine will read is not looked at twice by one that cannot read handwriting.
            doubtful = [c for c in inked if _is_doubtful(c, looks[c.zone.id]) and not self._is_for_second_engine(c)]
            self._look_again([c for c in doubtful if c.zone.kind != "block"], looks)
            engine = self._engine(self._settings.engine)
            blocks = [c for c in doubtful if c.zone.kind == "block"]
            self._look(engine, [a for c in blocks for a in self._second_looks(c, engine)], looks)
            if not self._has_own_engine:
                self._look_at_handwriting(inked, looks)
        return tuple(_reading(c, looks[c.zone.id]) for c in crops), tuple(dict.fromkeys(self._engines))

    def _read_print(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> list[Crop]:
        """Look at crops with the first engine; returns those it looked at.

        Of those that our own recogniser says little of, a few are tried: where none of them is typed, no other is.
        """
        hand = [c for c in crops if self._has_own_engine and self._is_for_second_engine(c)]
        late = {c.zone.id for c in hand[_TRIED:]}
        tried = [c for c in crops if c.zone.id not in late]
        self._look_at_print(tried, looks)
        if not any(looks[c.zone.id][-1][1].confidence >= _TYPED for c in hand[:_TRIED]):
            return tried
        self._look_at_print(hand[_TRIED:], looks)
        return list(crops)

    def _look_at_print(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        if not crops:
            return
        engine = self._engine(self._settings.engine)
        self._look(engine, [("clean", c, c.line(self._languages(c.zone)[:1])) for c in crops], looks)
        for crop in crops:
            looks[crop.zone.id][-1] = _judged(crop, *looks[crop.zone.id][-1])

    def _look_again(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        """Have doubtful lines read in more ways and voted for; the vote takes the place of the first look."""
        readable = self._engine(self._settings.engine).languages()
        by_codes: dict[tuple[str, ...], list[Crop]] = defaultdict(list)
        for crop in crops:
            first, *others = self._languages(crop.zone)
            by_codes[first, *[x for x in others if x in readable][:1]].append(crop)
        for codes, those in by_codes.items():
            engine = self._engine(self._settings.engine)
            seen = [looks[c.zone.id][-1][1] for c in those]
            lines = read_mixed(engine, [c.raw for c in those], codes, seen=seen)
            for crop, line in zip(those, lines, strict=True):
                proposed = looks[crop.zone.id][-1][1].others
                looks[crop.zone.id][-1] = f"{self._settings.engine.partition(':')[0]}:vote", _voted(line, proposed)

    def _second_looks(self, crop: Crop, engine: Engine) -> Iterable[tuple[str, Crop, LineImage]]:
        """Other ways to look at a doubtful crop of several lines: as scanned, in the next language."""
        first, *others = self._languages(crop.zone)
        line = crop.line((first,))
        yield "raw", crop, replace(line, image=crop.raw)
        readable = engine.languages()
        for other in [x for x in others if x in readable][:1]:
            yield other, crop, replace(line, languages=(other,))

    @property
    def _has_own_engine(self) -> bool:
        return handwriting_engine(self._settings).partition(":")[0] == _OWN

    def _look_by_hand(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        """Have our own recogniser read what is written by hand, as scanned and as far as the writing runs.

        Sections that stand in two zones are looked at in both at once.
        """
        engine = self._engine(handwriting_engine(self._settings))
        again = {c.zone.repeats: c.hand().image for c in crops if c.zone.repeats and c.zone.kind == "sections"}
        asked = [c for c in crops if c.zone.repeats is None or c.zone.repeats not in again]
        self._look(engine, [("hand", c, replace(c.hand(), again=again.get(c.zone.id))) for c in asked], looks)

    def _look_for_native_digits(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        """Have numbers and dates that are written by hand read in the digits of the zone's script, too."""
        engine = self._engine(_OWN_DIGITS)
        here = engine.languages()
        asked = [
            ("hand", c, replace(c.hand(), languages=languages))
            for c in crops
            if c.zone.handwriting and c.zone.kind in NATIVE_KINDS
            if here & set(languages := self._languages(c.zone))
        ]
        self._look(engine, asked, looks)

    def _look_at_handwriting(self, crops: Sequence[Crop], looks: dict[str, list[tuple[str, EngineText]]]) -> None:
        written = [c for c in crops if self._is_for_second_engine(c)]
        if written:
            engine = self._engine(handwriting_engine(self._settings))
            self._look(engine, [("clean", c, c.line(("en",))) for c in written], looks)
            self._look(engine, [("raw", c, replace(c.line(("en",)), image=c.raw)) for c in written], looks)

    def _is_for_second_engine(self, crop: Crop) -> bool:
        has_engine = handwriting_engine(self._settings) != "none"
        return has_engine and crop.zone.handwriting and "en" in self._languages(crop.zone)

    def _look(
        self,
        engine: Engine,
        asked: Sequence[tuple[str, Crop, LineImage]],
        looks: dict[str, list[tuple[str, EngineText]]],
    ) -> None:
        if not asked:
            return
        name = engine.name_and_version()
        self._engines.append(name)
        texts = engine.read([line for _, _, line in asked])
        for (how, crop, _), text in zip(asked, texts, strict=True):
            looks[crop.zone.id].append((f"{name.split(' ')[0]}:{how}", text))

    def _engine(self, name: str) -> Engine:
        """The engine with the time that is left. Raises EngineFailed when there is none."""
        left = self._until - time.monotonic()
        if left <= 0:
            limit = self._settings.seconds_per_page
            raise EngineFailed(f"not read within {limit:g} seconds. Raise read.seconds_per_page, or look at the scan.")
        return load_engine(name, left)

    def _languages(self, zone: Zone) -> tuple[str, ...]:
        """The zone's languages, or the form's with those the page is likely in first."""
        if zone.languages:
            return zone.languages
        likely = [x for x in self._settings.languages if x in self._form.languages]
        return tuple(dict.fromkeys([*likely, *self._form.languages]))


def _voted(line: LineText, more: Sequence[Candidate] = ()) -> EngineText:
    """A line after several looks with the probability that it is right; the other readings share what is left.

    more: other texts that the first look proposed.
    """
    said = Counter(" ".join(c.text.split()) for c in line.candidates if c.text.strip())
    others = [(text, n) for text, n in said.most_common() if text != line.text][:_MOST_OTHERS]
    left = (1 - line.confidence) / max(1, sum(said.values()))
    kept = tuple(Candidate(text, round(left * n, 4)) for text, n in others)
    proposed = (replace(c, confidence=c.confidence * line.confidence) for c in more if c.text not in said)
    return EngineText(line.text, line.confidence, line.words, (*kept, *proposed))


def _judged(crop: Crop, by: str, text: EngineText) -> tuple[str, EngineText]:
    """The first look at a line with the probability that it is right, which the engine's own word for it is not."""
    if crop.zone.kind == "block" or not text.words:
        return by, text
    facts = facts_of(text.text, [Candidate(text.text, text.confidence)], text.words, 1.0)
    return by, replace(text, confidence=round(load_model().probability(facts), 4))


def _is_doubtful(crop: Crop, looks: Sequence[tuple[str, EngineText]]) -> bool:
    least = _DOUBTFUL if crop.zone.kind == "block" else SURE
    return all(not text.text or text.confidence < least for _, text in looks)


def _says_little(looks: Sequence[tuple[str, EngineText]]) -> bool:
    return all(text.confidence < _SAYS_LITTLE and not text.matrices for _, text in looks)


def _reading(crop: Crop, looks: Sequence[tuple[str, EngineText]]) -> ZoneReading:
    """A zone's candidates, surest first, with the words of the surest in pixels of the scan."""
    seen = sorted((x for x in looks if x[1].text), key=lambda x: -x[1].confidence)
    said = [(by, c) for by, text in seen for c in (Candidate(text.text, text.confidence), *text.others)]
    candidates = tuple(Candidate(c.text, c.confidence, by) for by, c in sorted(said, key=lambda x: -x[1].confidence))
    words = tuple(_on_scan(crop, word) for word in seen[0][1].words) if seen else ()
    matrices = tuple(m for _, text in looks for m in text.matrices)
    return ZoneReading(crop.zone.id, crop.box, candidates, words, round(crop.ink, 5), crop.blank, matrices)


def _on_scan(crop: Crop, word: Word) -> Word:
    corners = np.array([[word.box[i], word.box[j], 1] for i in (0, 2) for j in (1, 3)])
    return replace(word, box=crop.box_on_scan(corners))


def handwriting_engine(settings: ReadSettings) -> str:
    """The second engine's name, "none" when there is none."""
    if settings.handwriting_engine == "auto":
        if is_here(_OWN_WEIGHTS):
            return _OWN
        return "ppocr" if "ppocr" in engine_names() and find_spec("rapidocr") else "none"
    name = settings.handwriting_engine.partition(":")[0]
    if name not in ("none", "") and name not in engine_names():
        raise EngineMissing(f"no engine is called {settings.handwriting_engine!r}; set read.handwriting_engine to none")
    return settings.handwriting_engine or "none"
