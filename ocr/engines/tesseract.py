"""Tesseract: many crops in one call, words with confidence, and its quirks kept in here."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytesseract

from ocr.clean import BORDER_PX, white_border
from ocr.engine import EngineText, Image, LineImage
from ocr.errors import EngineFailed, EngineMissing
from ocr.language import Language, known_languages, language
from ocr.page import Box, Word
from ocr.script import repair

_MIN_SIDE_PX = 8
_LINE, _BLOCK, _RAW_LINE = 7, 6, 13
_SIGNS = "/.:-"
_NONE = EngineText("", 0.0)


class _How(NamedTuple):
    """Crops that can go into one call have the same models, page segmentation mode and letters."""

    models: str
    psm: int
    letters: str


class Tesseract:
    """The engine. One call of the program reads all crops of one language and kind.

    Lines are read as one line (psm 7), within a white margin where their edge is white. That mode gives nothing at all
    on some crops; those are read as a raw line (psm 13), without a margin, which it cannot bear.
    """

    def __init__(self, timeout_s: float | None = None) -> None:
        """timeout_s: the most seconds one call of read may take; then the program is killed."""
        self._timeout_s = timeout_s

    def name_and_version(self) -> str:
        """Such as "tesseract 5.5.0". Raises EngineMissing."""
        return f"tesseract {_version()}"

    def languages(self) -> frozenset[str]:
        """Languages whose first model is installed. Raises EngineMissing."""
        have = installed_models()
        return frozenset(code for code, x in known_languages().items() if x.tesseract.models[0] in have)

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops. Raises EngineMissing naming the package, EngineFailed when time is up or it breaks."""
        until = time.monotonic() + self._timeout_s if self._timeout_s else None
        texts = [_NONE] * len(lines)
        self._read_into(texts, lines, {i: _how(line) for i, line in enumerate(lines)}, until)
        empty = [i for i, line in enumerate(lines) if not texts[i].text and not line.block]
        again = {i: _how(lines[i])._replace(psm=_RAW_LINE) for i in empty}
        self._read_into(texts, lines, again, until)
        return texts

    def _read_into(
        self, texts: list[EngineText], lines: Sequence[LineImage], hows: Mapping[int, _How], until: float | None
    ) -> None:
        groups: dict[_How, list[int]] = defaultdict(list)
        for i, how in hows.items():
            if min(lines[i].image.shape) >= _MIN_SIDE_PX:
                groups[how].append(i)
        for how, members in sorted(groups.items()):
            read = _run(how, [lines[i].image for i in members], until)
            for i, words in zip(members, read, strict=True):
                texts[i] = _text(words, language(lines[i].languages[0]))


class _TsvWord(NamedTuple):
    line: tuple[int, int, int]
    word: Word


@cache
def installed_models() -> frozenset[str]:
    """Names of the models on this machine. Raises EngineMissing when Tesseract itself is not there."""
    try:
        return frozenset(pytesseract.get_languages(config=""))
    except pytesseract.TesseractNotFoundError as e:
        raise _not_installed() from e


@cache
def _version() -> str:
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit) as e:
        raise _not_installed() from e


def _not_installed() -> EngineMissing:
    return EngineMissing("Tesseract is not installed. Install the package tesseract-ocr, or run digitize doctor.")


def _how(line: LineImage) -> _How:
    """How a crop is to be read. Raises EngineMissing when a language has no model here."""
    if not line.languages:
        raise EngineFailed("a crop came without a language; name one in the form file")
    known = [language(code) for code in line.languages]
    missing = [x for x in known if x.tesseract.models[0] not in installed_models()]
    if missing:
        packages = " ".join(x.tesseract.packages[0] for x in missing)
        names = ", ".join(x.name for x in missing)
        raise EngineMissing(f"Tesseract has no language data for {names}. Install {packages}, or run digitize doctor.")
    digits = "".join(dict.fromkeys("0123456789" + "".join(x.digits for x in known)))
    models = "+".join(x.tesseract.models[0] for x in known)
    return _How(models, _BLOCK if line.block else _LINE, digits + _SIGNS if line.digits else "")


def _run(how: _How, images: Sequence[Image], until: float | None) -> list[list[_TsvWord]]:
    """One call of the program over all images: the words of each."""
    with TemporaryDirectory(prefix="digitize-ocr-") as folder:
        margins = [0 if how.psm == _RAW_LINE or not _edge_is_white(image) else BORDER_PX for image in images]
        bordered = [white_border(i, m) if m else i for i, m in zip(images, margins, strict=True)]
        listed = _write_all(Path(folder), bordered)
        tsv = _call(str(listed), how, until)
    pages = _parse(tsv, margins)
    if len(pages) != len(images):
        raise EngineFailed(f"Tesseract answered for {len(pages)} of {len(images)} crops")
    return pages


def _edge_is_white(image: Image) -> bool:
    """Whether a white margin would join the picture without an edge of its own."""
    import numpy as np

    edge = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    return float(np.median(edge)) >= 240


def _write_all(folder: Path, images: Sequence[Image]) -> Path:
    import cv2

    names = []
    for number, image in enumerate(images):
        path = folder / f"{number:05d}.png"
        _, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        path.write_bytes(data.tobytes())
        names.append(str(path))
    listed = folder / "crops.txt"
    listed.write_text("\n".join(names) + "\n", encoding="utf-8")
    return listed


def _call(listed: str, how: _How, until: float | None) -> str:
    left = until - time.monotonic() if until is not None else 0
    if until is not None and left <= 0:
        raise EngineFailed("reading took longer than a page may take. Raise read.seconds_per_page")
    # One page a core: Tesseract's own threads cost more than they bring. It is read by the program we start.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    config = f"--psm {how.psm} --oem 1 --dpi 300"
    if how.letters:
        config += f" -c tessedit_char_whitelist={how.letters}"
    try:
        return str(pytesseract.image_to_data(listed, lang=how.models, config=config, timeout=left))
    except pytesseract.TesseractNotFoundError as e:
        raise _not_installed() from e
    except pytesseract.TesseractError as e:
        raise EngineFailed(f"Tesseract ended with code {e.status}. Run digitize doctor.") from e
    except RuntimeError as e:  # what pytesseract raises after it has killed the program for its time
        raise EngineFailed("reading took longer than a page may take; Tesseract was stopped") from e


def _parse(tsv: str, margins: Sequence[int]) -> list[list[_TsvWord]]:
    """Words by page of Tesseract's table; boxes moved back by each crop's margin."""
    pages: list[list[_TsvWord]] = []
    for row in tsv.splitlines()[1:]:
        cells = row.split("\t")
        if cells[0] == "1":
            pages.append([])
        elif cells[0] == "5" and len(cells) == 12 and cells[11].strip():
            left, top, width, height = (int(c) for c in cells[6:10])
            left, top = left - margins[len(pages) - 1], top - margins[len(pages) - 1]
            confidence = min(1.0, max(0.0, float(cells[10]) / 100))
            word = Word(cells[11].strip(), confidence, Box(left, top, left + width, top + height))
            pages[-1].append(_TsvWord((int(cells[2]), int(cells[3]), int(cells[4])), word))
    return pages


def _text(words: Sequence[_TsvWord], lang: Language) -> EngineText:
    """One text of a crop's words, each repaired; confidence weighted by the length of the words."""
    lines: dict[tuple[int, int, int], list[Word]] = defaultdict(list)
    for at, word in words:
        repaired = repair(word.text, lang.joiners)
        if repaired:
            lines[at].append(Word(repaired, word.confidence, word.box))
    kept = [w for line in lines.values() for w in line]
    if not kept:
        return _NONE
    length = sum(len(w.text) for w in kept)
    confidence = sum(w.confidence * len(w.text) for w in kept) / length
    text = "\n".join(" ".join(w.text for w in line) for line in lines.values())
    return EngineText(text, round(confidence, 4), tuple(kept))


def build(argument: str, timeout_s: float | None) -> Tesseract:
    """The engine; it takes no argument."""
    return Tesseract(timeout_s)
