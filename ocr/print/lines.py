"""Read lines of print: one pass each, and more passes of other kinds where the first is in doubt.

A pass is a picture of the line (as scanned, cleaned, strokes brought out ...) read with one of the language's models.
Passes are taken in stages. After each, readings are put to a vote and the line is left alone once it is sure, so that
clean print costs one reading and worn print as many as it needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ocr.calibration.lines import Facts, facts_of, load_model
from ocr.cleaning import strokes
from ocr.cleaning.clean import Cleaned, Matrix, flatten, level_line
from ocr.cleaning.ruled_lines import remove_leaders, remove_rules
from ocr.engine import Engine, EngineText, Image, LineImage
from ocr.engines import load_engine
from ocr.languages.language import Language, language
from ocr.page import Box, Candidate, Word
from ocr.print.vote import vote, voted_words
from ocr.tesseract.models import installed_models


class Pass(NamedTuple):
    """picture: a method of Pictures. model: number of the language's installed models, the best first.

    raw_line: the engine takes the picture for one line as it is; needed where its layout analysis finds none. engine:
    another than the one given to read_lines, by name.
    """

    picture: str
    model: int = 0
    raw_line: bool = False
    engine: str = ""


_SEEN = Pass("raw")
"""Stands for a pass that was taken before."""
STAGES: tuple[tuple[Pass, ...], ...] = (
    (Pass("clean"),),
    (Pass("raw", 1),),
    (Pass("unlevelled"), Pass("tight", raw_line=True)),
    (Pass("unlevelled", 1), Pass("tight", 1, raw_line=True)),
    (Pass("clean", 1), Pass("raw"), Pass("tight", 2, raw_line=True), Pass("clean", 2)),
)
"""Of sixteen, what was left when those that helped least were taken away one by one (docs/lab.md, Passes and votes)."""
OWN_STAGES: tuple[tuple[Pass, ...], ...] = (
    (Pass("raw", engine="lines"),),
    (Pass("unlevelled", engine="lines"), Pass("clean", engine="lines"), Pass("large", engine="lines")),
)
"""For languages with a recogniser of our own, which reads so much better than Tesseract that the two do not vote."""
SURE = 0.93
"""Probability of a whole line from which it is not looked at again."""
_DEEPEST = len(STAGES)
_LARGER = 1.4
_OTHER_LANGUAGE = 0.5
"""Probability below which a line may be in another language."""
_LEAST_OTHER = 0.3
"""Probability from which it is: what nothing can read stays in its own language, and is not made of Latin letters."""


@dataclass(frozen=True, slots=True)
class LineText:
    """What was read in one line: text with its confidence, words with boxes in pixels of the picture that was given.

    confidence: 0..1 that the whole text is right; calibrated: whether that was measured for this language. candidates:
    the readings, surest first. language: the one it was read in. by: the engine and how many passes it took.
    """

    text: str
    confidence: float
    calibrated: bool
    words: tuple[Word, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    language: str = ""
    by: str = ""
    facts: Facts | None = None


class LinePicture(NamedTuple):
    """A picture of a line, and the map (2, 3) from its pixels to those of the picture that was given."""

    image: Image
    to_given: Matrix


@dataclass
class LinePictures:
    """The ways to show one line, each made when it is first asked for."""

    given: Image
    _made: dict[str, LinePicture] = field(default_factory=dict)

    def get(self, name: str) -> LinePicture:
        """A picture by its name in STAGES."""
        if name not in self._made:
            self._made[name] = getattr(self, f"_{name}")()
        return self._made[name]

    def _raw(self) -> LinePicture:
        return LinePicture(self.given, np.eye(2, 3))

    def _clean(self) -> LinePicture:
        return LinePicture(remove_leaders(remove_rules(self._level.image)), self._level.to_source)

    def _strokes(self) -> LinePicture:
        out = strokes.bring_out(self._level.image)
        return LinePicture(remove_leaders(remove_rules(out)), self._level.to_source)

    def _unlevelled(self) -> LinePicture:
        return LinePicture(remove_leaders(remove_rules(strokes.bring_out(flatten(self.given)))), np.eye(2, 3))

    def _tight(self) -> LinePicture:
        whole = self.get("strokes")
        box = strokes.text_box(whole.image)
        return LinePicture(
            whole.image[box.y0 : box.y1, box.x0 : box.x1], _shift_map(whole.to_given, 1.0, box.x0, box.y0)
        )

    def _large(self) -> LinePicture:
        import cv2

        whole = self.get("clean")
        larger = cv2.resize(whole.image, None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_CUBIC)
        return LinePicture(np.asarray(larger, np.uint8), _shift_map(whole.to_given, 1 / _LARGER, 0, 0))

    def has_empty_boxes(self) -> bool:
        """Whether a printer's font lacked a letter of the line and drew an empty box: no reading of that is right.

        Looked for in the pictures made so far: faint boxes are found only once strokes are brought out.
        """
        made = [self._made[name].image for name in ("clean", "unlevelled") if name in self._made]
        return any(strokes.has_empty_boxes(image) for image in made)

    @cached_property
    def _level(self) -> Cleaned:
        return level_line(self.given)


@dataclass
class _Line:
    """One line being read."""

    pictures: LinePictures
    passes: list[tuple[Pass, EngineText]] = field(default_factory=list)
    text: LineText | None = None


def read_lines(
    engine: Engine,
    images: Sequence[Image],
    code: str,
    *,
    stages: Sequence[Sequence[Pass]] | None = None,
    sure: float = SURE,
    seen: Sequence[EngineText] = (),
) -> list[LineText]:
    """Read the crops of lines in one language.

    images: (height, width) uint8 grey, 0 black, as scanned. stages: of passes; the language's own if not given. sure:
    the probability from which a line is left alone. seen: what each was read as before, in its pixels; it votes with
    the passes taken here. Raises what the engine raises.
    """
    lang = language(code)
    models = () if has_own_recogniser(code) else installed_models(lang)
    lines = [_Line(LinePictures(image)) for image in images]
    # Not strict: nothing need have been seen before.
    for line, text in zip(lines, seen, strict=False):
        line.passes.append((_SEEN, text))
    for stage in stages_of(code) if stages is None else stages:
        open_lines = [x for x in lines if x.text is None or x.text.confidence < sure]
        # A machine may have fewer models of a language than the stages ask for.
        passes = [one for one in stage if one.engine or one.model < len(models)]
        for name, reader in _readers(passes, engine):
            asked = [(line, one) for line in open_lines for one in passes if one.engine == name]
            # All lines in one call, since starting Tesseract as a program is dear.
            questions = [_question(line, one, lang, "" if name else models[one.model].name) for line, one in asked]
            for (line, one), text in zip(asked, reader.read(questions), strict=True):
                line.passes.append((one, text))
        for line in open_lines:
            line.text = _vote(line, lang)
    return [line.text or LineText("", 0.0, False) for line in lines]


def has_own_recogniser(code: str) -> bool:
    """Whether the package has a recogniser of its own for a language, and this machine can run it."""
    return code in load_engine("lines").languages()


def stages_of(code: str) -> tuple[tuple[Pass, ...], ...]:
    """The passes that lines of a language are given."""
    return OWN_STAGES if has_own_recogniser(code) else STAGES


def _readers(passes: Sequence[Pass], engine: Engine) -> list[tuple[str, Engine]]:
    """The engines that some passes ask, by name; the one that was given has none."""
    return [(name, load_engine(name) if name else engine) for name in dict.fromkeys(one.engine for one in passes)]


def read_mixed(
    engine: Engine,
    images: Sequence[Image],
    codes: Sequence[str],
    depth: int = _DEEPEST,
    seen: Sequence[EngineText] = (),
) -> list[LineText]:
    """Read the crops of lines that may be in any of several languages, the likeliest first.

    A line that reads badly in the first is read in the next ones, and the surest reading stands, if it is likely at
    all; what else it was read as stays among its candidates. depth: of stages, how many at most. seen: as read_lines
    takes it, read in the first language; the first stage is not gone through again.
    """
    # What Tesseract saw has no vote beside our own recogniser (OWN_STAGES).
    voting = bool(seen) and not has_own_recogniser(codes[0])
    first = stages_of(codes[0])[1 if voting else 0 : depth]
    best = read_lines(engine, images, codes[0], stages=first, seen=seen if voting else ())
    for code in codes[1:]:
        bad = [i for i, line in enumerate(best) if line.confidence < _OTHER_LANGUAGE]
        read = read_lines(engine, [images[i] for i in bad], code, stages=stages_of(code)[:depth])
        for i, line in zip(bad, read, strict=True):
            best[i] = _surer(best[i], line)
    return best


def _surer(own: LineText, other: LineText) -> LineText:
    """The reading of a line that stands, of two in different languages, with the candidates of both."""
    stands, falls = (other, own) if other.confidence > max(own.confidence, _LEAST_OTHER) else (own, other)
    return replace(stands, candidates=(*stands.candidates, *falls.candidates))


def _question(line: _Line, one: Pass, lang: Language, model: str) -> LineImage:
    picture = line.pictures.get(one.picture).image
    return LineImage(picture, (lang.code,), model=model, raw_line=one.raw_line)


def _vote(line: _Line, lang: Language) -> LineText:
    readings = [Candidate(text.text, text.confidence, one.picture) for one, text in line.passes]
    found = vote(readings)
    surest = max((text for _, text in line.passes), key=lambda t: t.confidence)
    one, frame = line.passes[found.frame]
    facts = replace(
        facts_of(found.text, readings, surest.words, found.agreed),
        is_own=bool(one.engine),
        is_boxed=line.pictures.has_empty_boxes(),
    )
    model = load_model()
    to_given = line.pictures.get(one.picture).to_given
    words = tuple(_on_given(w, to_given) for w in voted_words(found, frame.words, readings))
    kept = tuple(sorted((r for r in readings if r.text), key=lambda r: -r.confidence))
    sure = model.probability(facts) if found.text else 0.0
    by = f"{one.engine or 'tesseract'}:{lang.code}/{len(readings)}"
    return LineText(found.text, round(sure, 4), lang.code in model.languages, words, kept, lang.code, by, facts)


def _on_given(word: Word, to_given: Matrix) -> Word:
    corners = np.array([[word.box[i], word.box[j], 1] for i in (0, 2) for j in (1, 3)]) @ to_given.T
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    return replace(word, box=Box(int(low[0]), int(low[1]), int(high[0]), int(high[1])))


def _shift_map(to_given: Matrix, scale: float, x: float, y: float) -> Matrix:
    """The map of a picture cut at (x, y), then scaled: its pixels to those of the picture that was given."""
    step = np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]], np.float64)
    return np.asarray(to_given @ step, np.float64)
