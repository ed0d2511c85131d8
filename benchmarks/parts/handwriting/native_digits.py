"""The native-digits part of benchmarks/handwriting.py: single digits, and whole dates and numbers composed of them.

FOLDER/handwriting holds real digits by script. The package's weights learned from none of them; those of
training/digits/cmaterdb from some, and only pictures that they were not trained on are read: of Kannada those of two
writers, of the others the last fifth (training/digits/scripts.py says which). Composed dates and numbers are drawn as
scans show them, worn and between printed words or in cells (training/digits/make.py), half of them dates.
Scripts without real digits are drawn from fonts, and their figures stand apart, under fonts_alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.parts.measuring.straight import Value, calibration_error
from ocr.calibration.fields import Facts, probability
from ocr.engine import LineImage
from ocr.engines.digits import Digits
from ocr.forms.grammar import fit
from ocr.handwriting.native import NativeScript, native_scripts, read_native
from ocr.handwriting.numbers import Spoken
from ocr.languages.script import fold_digits
from training.digits.make import FONTS, Drawing, load_drawings, number_as_cut, text_of
from training.digits.scripts import NETWORKS

_SINGLE = 200
_WHOLE = 150
_KIND_OF = {"date": "date", "year": "year", "time": "time", "number": "digits", "fir_no": "digits"}
_WANTED = ("date", "number")
_MARGIN = 10


def measure(
    data: Path, log: Callable[[str], None], single: int = _SINGLE, whole: int = _WHOLE, weights: Path | None = None
) -> dict[str, Any]:
    """Shares read right, by script: digits{script}, dates{script} (dates and numbers, whole), and what is sure.

    ece_digits{script}: how far the probabilities of whole dates and numbers are off, before the engine caps those of
    scripts of which it is never sure; ece_native: of all together. A script whose weights are not here has none.
    weights: others than the package's.
    """
    engine = Digits(weights=weights)
    digits: dict[str, float] = {}
    dates: dict[str, float] = {}
    fonts_alone: dict[str, float] = {}
    off: dict[str, float] = {}
    values: list[Value] = []
    for drawing in _drawings(data, engine):
        name = drawing.script.name
        read = [_whole(drawing, seed, engine, weights) for seed in range(whole)]
        share = round(float(np.mean([v.right for v in read])), 4)
        if drawing.real:
            each = [right for digit in drawing.script.digits for right in _single(drawing, digit, single, engine)]
            digits[name], dates[name] = round(float(np.mean(each)), 4), share
            off[name], values = calibration_error(read), [*values, *read]
        else:
            fonts_alone[name] = share
        log(f"{name}: single {digits.get(name)}, whole {share}")
    shares = {"digits": digits, "dates": dates, "fonts_alone": fonts_alone}
    return {**shares, "ece_digits": off, "ece_native": calibration_error(values)}


def facts(data: Path, whole: int = 2 * _WHOLE) -> Mapping[str, Sequence[tuple[Facts, bool]]]:
    """What the probability of a number is weighed by, and whether it is right, by kind of ocr/calibration/fields.toml.

    Of scripts with real digits, on other strings of the held-out digits than measure reads.
    """
    known: dict[str, list[tuple[Facts, bool]]] = defaultdict(list)
    engine = Digits()
    for drawing in _drawings(data, engine):
        for seed in range(10_000, 10_000 + whole) if drawing.real else ():
            kind, text, found = _read(drawing, seed, engine)
            if found:
                known[_known(drawing).calibration].append((found[0].facts, _same(kind, found[0].text, text)))
    return known


def _drawings(data: Path, engine: Digits) -> Iterator[Drawing]:
    """The scripts whose weights are here, with the digits that were held out."""
    here = engine.languages()
    for network in NETWORKS:
        for drawing in load_drawings(network, data / "handwriting", FONTS, held_out=True):
            if drawing.script.languages[0] in here:
                yield drawing


def _single(drawing: Drawing, digit: str, most: int, engine: Digits) -> Iterator[bool]:
    """Whether pictures of one digit, with a margin of paper, are read as it."""
    pictures = drawing.real[digit]
    for picture in pictures[:: max(1, len(pictures) // max(1, most // 10))]:
        ground = int(picture.max())
        image = np.pad(picture, _MARGIN, constant_values=ground)
        line = LineImage(image, drawing.script.languages[:1], kind="digits")
        yield engine.read([line])[0].text == str(drawing.script.digits.index(digit))


def _whole(drawing: Drawing, seed: int, engine: Digits, weights: Path | None) -> Value:
    kind, text, found = _read(drawing, seed, engine)
    name = drawing.script.name
    if not found:
        return Value(f"{name}-{seed}", kind, name, 0.0, right=False)
    said = probability(weights.stem if weights else _known(drawing).calibration, found[0].facts)
    return Value(f"{name}-{seed}", kind, name, said, _same(kind, found[0].text, text))


def _read(drawing: Drawing, seed: int, engine: Digits) -> tuple[str, str, list[Spoken]]:
    """The kind and text of a made-up date or number, and what is read of its picture."""
    image, kind, text = _drawn(drawing, seed)
    return kind, text, read_native(_KIND_OF[kind], engine.passes(image, drawing.script.languages[0]))


def _known(drawing: Drawing) -> NativeScript:
    return next(s for s in native_scripts() if s.name == drawing.script.name)


def _drawn(drawing: Drawing, seed: int) -> tuple[Any, str, str]:
    """A made-up date or number in the script's digits: its picture, kind and text in Latin digits."""
    chance, rng = random.Random(f"whole {drawing.script.name} {seed}"), np.random.default_rng([2029, seed])
    kind, text = text_of(chance)
    while kind not in _WANTED:
        kind, text = text_of(chance)
    return number_as_cut(drawing.script.native(text), drawing, rng), kind, text


def _same(kind: str, said: str, text: str) -> bool:
    """Whether two writings are one value; a date's signs do not count, a number's zeros before it neither."""
    plain = fold_digits(said)
    if kind == "date":
        return fit("date", plain).value.replace("-", ".").replace("/", ".") == text.replace("-", ".").replace("/", ".")
    return bool(plain) and plain.lstrip("0") == text.lstrip("0")
