"""The scripts whose digits are learned, and what their numbers are drawn with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ocr.handwriting.native import LATIN, SIGNS, native_scripts
from ocr.registers.form import package_registers
from training.fields.draw import Pens

__all__ = ["LATIN", "NETWORKS", "SIGNS", "Script", "allowed", "characters", "pens_of", "real_digits", "scripts"]

Picture = NDArray[np.uint8]

NETWORKS: Mapping[str, tuple[str, ...]] = {
    "drawn_digits": ("deva", "beng", "telu", "knda", "gujr", "guru", "orya", "taml", "mlym", "arab"),
}
"""Scripts by file of weights."""
_DRAWN = "digits_drawn.npz"
"""What training/digits/drawn.py writes."""
_HELD_OUT = 0.2
_HELD_WRITERS = (4, 5)
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Script:
    """digits: the ten signs from 0. languages: two letters. real: file of real digits, "" for none. fonts: of print."""

    name: str
    digits: str
    languages: tuple[str, ...]
    real: str
    fonts: str

    def native(self, text: str) -> str:
        """Latin digits of a text as this script's."""
        return text.translate(str.maketrans(LATIN, self.digits))


@cache
def scripts() -> Mapping[str, Script]:
    """All scripts, by name."""
    drawn = tomllib.loads((_HERE / "scripts.toml").read_text(encoding="utf-8"))
    known = {s.name: s for s in native_scripts()}
    return {
        name: Script(name, known[name].digits, known[name].languages, one.get("real", ""), one["fonts"])
        for name, one in drawn.items()
    }


def characters(network: str) -> tuple[str, ...]:
    """The classes of a network after the blank: its scripts' digits, the Latin ones, and signs between numbers."""
    return (*(d for name in NETWORKS[network] for d in scripts()[name].digits), *LATIN, *SIGNS)


def allowed(texts: Sequence[str], network: str) -> NDArray[np.bool_]:
    """Which classes, blank first, may stand on each text's form: (texts, classes).

    A form is of one script, so a reader knows which digits can stand there: its own, the Latin ones and the signs.
    Latin digits alone may stand on a form of any script; one is chosen by the text.
    """
    names, known = NETWORKS[network], characters(network)
    of_form = {
        name: np.array([True, *(c in scripts()[name].digits or c in (*LATIN, *SIGNS) for c in known)]) for name in names
    }
    owner = {d: name for name in names for d in scripts()[name].digits}
    chosen = [next((owner[c] for c in t if c in owner), names[crc32(t.encode()) % len(names)]) for t in texts]
    return np.stack([of_form[name] for name in chosen])


def drawn_digits(folder: Path, script: Script) -> Mapping[str, Picture]:
    """Drawn pictures (n, height, width) of each digit, black on white: what is learned from."""
    with np.load(folder / _DRAWN, allow_pickle=False) as f:
        images, labels = f["images"], f["labels"]
    return {digit: images[labels == digit] for digit in script.digits}


def real_digits(folder: Path, script: Script, *, held_out: bool = True) -> Mapping[str, Picture]:
    """Pictures (n, height, width) of each digit in real handwriting, black on white: only measured on.

    held_out: those that weights which did learn from real digits never saw, so that figures compare: whole writers
    where they are known, else the last fifth of each digit's pictures; False: the others.
    """
    if not script.real:
        return {}
    with np.load(folder / script.real, allow_pickle=False) as f:
        images, labels = f["images"], f["labels"]
        writers = f["writer"] if "writer" in f.files else None
    found = {}
    for digit in script.digits:
        mine = np.flatnonzero(labels == digit)
        if writers is not None:
            chosen = mine[np.isin(writers[mine], _HELD_WRITERS) == held_out]
        else:
            first = round(len(mine) * (1 - _HELD_OUT))
            chosen = mine[first:] if held_out else mine[:first]
        found[digit] = images[chosen]
    return found


def pens_of(script: Script, fonts: Path, latin: Picture) -> Pens:
    """Fonts of print of a script, and what is printed on its forms. fonts: folder of Noto fonts; latin: real digits."""
    names = [f"Noto{style}{name}-" for style in ("Sans", "Serif", "") for name in script.fonts.split("|")]
    paths = sorted(str(p) for p in fonts.rglob("*.ttf") if p.name.startswith(tuple(names)))
    if not paths:
        raise FileNotFoundError(f"no fonts of {script.fonts} in {fonts}: apt-get install fonts-noto-core")
    printed = package_registers().labels
    labels = [text for column in printed.values() for code in script.languages for text in column.get(code, ())]
    return Pens(paths, paths, latin, labels)
