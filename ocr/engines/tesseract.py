"""Tesseract as an engine: crops of one kind together, margins, repairs, and its quirks kept in here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from ocr.cleaning.clean import BORDER_PX, white_border
from ocr.engine import EngineText, Image, LineImage
from ocr.errors import EngineFailed
from ocr.languages.language import Language, language
from ocr.languages.script import repair
from ocr.page import Box, Line, Word, enclose_boxes
from ocr.scans.time_limit import TimeLimit
from ocr.tesseract import inside, models
from ocr.tesseract.ask import BLOCK, LINE, PAGE, RAW_LINE, SPARSE, CallSettings, Runner, SeenWord
from ocr.tesseract.program import Program

# What is lower or narrower cannot hold a letter, and is not sent.
_MIN_SIDE_PX = 8
_SIGNS = "/.:-"
_NONE = EngineText("", 0.0)


class Tesseract:
    """The engine. All crops of one language and kind are read by one call.

    Lines are read as one line (psm 7), within a white margin where their edge is white. That mode gives nothing at all
    on some crops; those are read as a raw line (psm 13), without a margin, which it cannot bear.
    """

    def __init__(self, timeout_s: float | None = None, runner: Runner | None = None) -> None:
        """timeout_s: processor seconds, from now, for all calls. runner: in this process where that can be."""
        self._limit = TimeLimit(timeout_s) if timeout_s else None
        self._runner = runner or usual_runner()

    def name_and_version(self) -> str:
        """Such as "tesseract 5.5.0". Raises EngineMissing."""
        return f"tesseract {self._runner.version()}"

    def languages(self) -> frozenset[str]:
        """Languages of which a model is installed."""
        return models.readable()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops. Raises EngineMissing naming the package, EngineFailed when time is up or it breaks."""
        texts = [_NONE] * len(lines)
        self._read_into(texts, lines, {i: _choose_settings(line) for i, line in enumerate(lines)})
        empty = [i for i, line in enumerate(lines) if not texts[i].text and not line.block]
        again = {i: _choose_settings(lines[i])._replace(psm=RAW_LINE) for i in empty if not lines[i].raw_line}
        self._read_into(texts, lines, again)
        return texts

    def read_page(self, image: Image, languages: Sequence[str], *, sparse: bool = False) -> list[Line]:
        """The lines of a whole page in reading order, read with the first language's model.

        image: (height, width) uint8 grey, upright, 0 black. sparse: take words wherever they stand, as on a form, in
        no order. Confidence is Tesseract's own. Raises as read does.
        """
        lang = language(languages[0])
        model = models.first_model(lang).name
        (seen,) = self._runner.run(CallSettings((model,), SPARSE if sparse else PAGE), [image], self._limit)
        return _lines(seen, lang, f"tesseract:{model}")

    def _read_into(self, texts: list[EngineText], lines: Sequence[LineImage], hows: Mapping[int, CallSettings]) -> None:
        groups: dict[CallSettings, list[int]] = defaultdict(list)
        for i, how in hows.items():
            if min(lines[i].image.shape) >= _MIN_SIDE_PX:
                groups[how].append(i)
        for how, members in sorted(groups.items()):
            images = [lines[i].image for i in members]
            margins = [0 if how.psm == RAW_LINE or not _edge_is_white(image) else BORDER_PX for image in images]
            bordered = [white_border(image, m) if m else image for image, m in zip(images, margins, strict=True)]
            read = self._runner.run(how, bordered, self._limit)
            for i, margin, words in zip(members, margins, read, strict=True):
                texts[i] = _text(words, language(lines[i].languages[0]), margin)


@cache
def usual_runner() -> Runner:
    """In this process where tesserocr is installed, which is five times as fast; else the program."""
    return inside.Inside() if inside.available() else Program()


def _choose_settings(line: LineImage) -> CallSettings:
    """How a crop is to be read. Raises EngineMissing when a language has no model here."""
    if not line.languages:
        raise EngineFailed("a crop came without a language; name one in the form file")
    known = tuple(language(code) for code in line.languages)
    models.require(known)
    # Latin digits stand beside native ones on pages of every language.
    digits = "".join(dict.fromkeys("0123456789" + "".join(x.digits for x in known)))
    names = (line.model,) if line.model else tuple(models.first_model(x).name for x in known)
    psm = BLOCK if line.block else RAW_LINE if line.raw_line else LINE
    return CallSettings(names, psm, digits + _SIGNS if line.digits else "")


def _edge_is_white(image: Image) -> bool:
    """Whether a white margin would join the picture without an edge of its own."""
    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return float(np.median(edge)) >= 240


def _text(seen: Sequence[SeenWord], lang: Language, margin: int = 0) -> EngineText:
    """One text of a crop's words, each repaired; confidence weighted by the length of the words."""
    lines = _lines(seen, lang, "", margin)
    if not lines:
        return _NONE
    words = tuple(w for line in lines for w in line.words)
    return EngineText("\n".join(line.text for line in lines), _weigh_words(words), words)


def _lines(seen: Sequence[SeenWord], lang: Language, by: str, margin: int = 0) -> list[Line]:
    """Words put together to lines, repaired, boxes moved back by the margin."""
    grouped: dict[tuple[int, int, int], list[Word]] = defaultdict(list)
    for at, word in seen:
        repaired = repair(word.text, lang.joiners)
        if repaired:
            box = Box(*(v - margin for v in word.box))
            grouped[at].append(Word(repaired, word.confidence, box))
    # Tesseract counts paragraphs anew in each block; here they are counted through the page.
    blocks = {block: i for i, block in enumerate(dict.fromkeys(at[:2] for at in grouped))}
    return [
        Line(
            " ".join(w.text for w in words),
            _weigh_words(words),
            enclose_boxes([w.box for w in words]),
            tuple(words),
            blocks[at[:2]],
            (lang.code,),
            by,
        )
        for at, words in grouped.items()
    ]


def _weigh_words(words: Sequence[Word]) -> float:
    length = sum(len(w.text) for w in words)
    return round(sum(w.confidence * len(w.text) for w in words) / length, 4) if length else 0.0


def build(argument: str, timeout_s: float | None) -> Tesseract:
    """The engine. argument: "program" to run it as a program of its own though tesserocr is installed."""
    return Tesseract(timeout_s, Program() if argument == "program" else None)
