"""How likely a text is under what was learned of each encoding and language: three letters at a time.

A model is a smoothed trigram of byte values. The text of an encoding is its bytes; Unicode text of an Indic script is
the places of its letters within their block, so that one alphabet of 256 serves both. Digits count as one. The
numbers are learned by `training/encodings.py`; where they come from stands in `SOURCES.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mappers.encodings.tables import BYTES
from mappers.text.scripts import BLOCK_SIZE, BLOCKS

Floats = NDArray[np.floating[Any]]

# Both ends of a text, and what no byte stands for.
EDGE, OTHER = 2, 1
STEP = 1 / 8  # quantised logarithms are counted in these
FILE = "ngrams.npz"
_KEEP = frozenset({4})  # InPage's mark before a letter
# Urdu letters beyond the first half of the Arabic block, in the order of their places behind it.
_URDU = "\u0679\u067e\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06c1\u06c2\u06c3\u06cc\u06d2\u06d3\u06d4"


def _symbol(byte: int) -> int:
    if byte in (9, 10, 13, 0xA0):
        return 0x20
    if 0x30 <= byte <= 0x39:
        return 0x30
    return byte if byte >= 0x20 or byte in _KEEP else OTHER


_FONT = {ord(c): _symbol(b) if b != 0xA0 else b for c, b in BYTES.items()}


def _letters() -> dict[int, int]:
    """Code point -> symbol, for text in Unicode."""
    table = {n: _symbol(n) for n in range(128)} | {0xA0: 0x20}
    for start in BLOCKS.values():
        for place in range(BLOCK_SIZE):
            is_digit = 0x66 <= place <= 0x6F
            table[start + place] = 0x30 if is_digit else 0x80 + place
    table |= {0x620 + i: 0x80 + i for i in range(0x50)} | {0x660 + i: 0x30 for i in range(10)}
    table |= {0x6F0 + i: 0x30 for i in range(10)} | {ord(c): 0xD0 + i for i, c in enumerate(_URDU)}
    return table | {0x60C: 0x2C, 0x61B: 0x3B, 0x61F: 0x3F}


class _Other(dict[int, int]):
    def __missing__(self, key: int) -> int:
        return OTHER


_CODES, _PLACES = _Other(_FONT), _Other(_letters())
_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF))


def font_symbols(text: str) -> bytes:
    """Characters of a font encoding (bytes read as Windows-1252) as symbols of a model."""
    return bytes(map(_CODES.__getitem__, map(ord, text)))


def unicode_symbols(text: str) -> bytes:
    """Unicode text as symbols of a language's model; joiners are not seen."""
    if not text.isascii():
        text = text.translate(_UNSEEN)
    return bytes(map(_PLACES.__getitem__, map(ord, text)))


@dataclass(frozen=True)
class Grams:
    """Trigrams of several texts, one array. keys: 24 bits each; starts: where each text's begin."""

    keys: NDArray[np.uint32]
    starts: NDArray[np.intp]

    @classmethod
    def from_texts(cls, texts: Iterable[bytes]) -> Grams:
        """The trigrams of texts, their ends included. An empty text has one."""
        edge = bytes([EDGE])
        joined: list[bytes] = []
        starts = [0]
        for text in texts:
            # Two edges before a text, so that its first letter ends a triple as well.
            joined.append(edge * 2 + text + edge)
            starts.append(starts[-1] + len(text) + 1)
        flat = np.frombuffer(b"".join(joined), np.uint8).astype(np.uint32)
        keys = (flat[:-2] << 16) | (flat[1:-1] << 8) | flat[2:]
        # The two trigrams that span two texts begin where a text's last letter and its end stand.
        ends = np.asarray(starts[1:-1], np.intp) + 2 * np.arange(len(starts) - 2)
        keys = np.delete(keys, np.concatenate([ends, ends + 1]))
        return cls(keys.astype(np.uint32), np.asarray(starts[:-1], np.intp))


@dataclass(frozen=True)
class NgramModel:
    """One class's logarithms.

    singles: (256,) of a letter; falls: (256,) what is added where no pair is known behind one; pairs: (65536,) of a
    letter behind another; rests: (65536,) what is added to it where no triple is known; keys: triples, sorted, and
    values: theirs.
    """

    singles: Floats
    falls: Floats
    pairs: Floats
    rests: Floats
    keys: NDArray[np.uint32]
    values: Floats

    def score_texts(self, grams: Grams) -> Floats:
        """The logarithm of each text's likelihood."""
        return np.add.reduceat(self.score_trigrams(grams.keys), grams.starts, dtype=np.float64)

    def score_trigrams(self, keys: NDArray[np.uint32]) -> Floats:
        """The logarithm of each trigram's likelihood."""
        at = np.searchsorted(self.keys, keys)
        # Behind the last key any place will do: the comparison below says no.
        at[at == len(self.keys)] = 0
        rest = self.pairs[keys & 0xFFFF] + self.rests[keys >> 8]
        return np.where(self.keys[at] == keys, self.values[at], rest)

    def score_trigram(self, first: int, second: int, third: int) -> float:
        """The logarithm of one trigram's likelihood."""
        return float(self.score_trigrams(np.array([first << 16 | second << 8 | third], np.uint32))[0])


def count(grams: Grams, least: float = 4.6) -> NgramModel:
    """A model of some texts' trigrams, smoothed after Witten and Bell.

    least: triples that change the texts' logarithm by less than this are left out.
    """
    keys, counts = np.unique(grams.keys, return_counts=True)
    triples = counts.astype(np.float64)
    pair_of, context_of = keys & 0xFFFF, keys >> 8
    table = np.bincount(pair_of, triples, 1 << 16).reshape(256, 256)
    singles = table.sum(axis=0)
    kinds = np.count_nonzero(singles)
    single = (singles + kinds / 256) / (singles.sum() + kinds)
    seen, follow = table.sum(axis=1), np.count_nonzero(table, axis=1)
    # A letter that was never met has nothing to divide by.
    fall = np.where(seen > 0, follow / np.maximum(seen + follow, 1), 1.0)
    pair = (table / np.maximum(seen + follow, 1)[:, None] + fall[:, None] * single).ravel()
    total, new = np.bincount(context_of, triples, 1 << 16), np.bincount(context_of, minlength=1 << 16)
    rest = np.where(total > 0, new / np.maximum(total + new, 1), 1.0)
    value = (triples + new[context_of] * pair[pair_of]) / (total + new)[context_of]
    pairs, rests, values = np.log(pair), np.log(rest), np.log(value)
    kept = (counts > 1) & (counts * np.abs(values - pairs[pair_of] - rests[context_of]) >= least)
    logs = (np.log(single), np.log(fall), pairs, rests, values[kept])
    one, fallen, two, less, three = (x.astype(np.float32) for x in logs)
    return NgramModel(one, fallen, two, less, keys[kept].astype(np.uint32), three)


# -- the file ----------------------------------------------------------------------------------------------------------


def pack(models: Mapping[str, NgramModel]) -> dict[str, NDArray[np.generic]]:
    """Models as arrays for one compressed file: logarithms in steps, keys as differences, one model after another."""
    parts: dict[str, list[NDArray[np.generic]]] = {}
    for model in models.values():
        seen = np.flatnonzero(model.pairs > _sum_falls(model.singles, model.falls) + STEP / 2)
        contexts = np.flatnonzero(model.rests < 0)
        # Keys have 24 bits: the fourth byte is always 0.
        gaps = np.diff(model.keys, prepend=np.uint32(0)).astype("<u4").view(np.uint8).reshape(-1, 4)
        fields: dict[str, NDArray[np.generic]] = {
            "singles": _steps(model.singles), "falls": _steps(model.falls),
            "pair": seen.astype(np.uint16), "pairs": _steps(model.pairs[seen]),
            "rest": contexts.astype(np.uint16), "rests": _steps(model.rests[contexts]),
            "gap0": gaps[:, 0], "gap1": gaps[:, 1], "gap2": gaps[:, 2], "values": _steps(model.values),
        }  # fmt: skip
        for field, values in fields.items():
            parts.setdefault(field, []).append(values)
    sizes = {f"{field}_sizes": np.array([len(v) for v in values]) for field, values in parts.items()}
    return {"names": np.array(list(models)), **sizes, **{f: np.concatenate(v) for f, v in parts.items()}}


def _steps(logs: Floats) -> NDArray[np.uint8]:
    steps: NDArray[np.uint8] = np.clip(np.rint(-logs / STEP), 0, 255).astype(np.uint8)
    return steps


def _sum_falls(singles: Floats, falls: Floats) -> Floats:
    """Values of all pairs as far as their letters alone say."""
    return (falls[:, None] + singles).ravel()


def _logs(steps: NDArray[Any]) -> NDArray[np.float16]:
    return (steps.astype(np.float32) * np.float32(-STEP)).astype(np.float16)


def unpack(arrays: Mapping[str, NDArray[Any]]) -> Mapping[str, NgramModel]:
    """What pack was given, within half a step."""
    fields = [f for f in arrays if f"{f}_sizes" in arrays]
    pieces = {f: np.split(arrays[f], np.cumsum(arrays[f"{f}_sizes"])[:-1]) for f in fields}
    return {str(n): _unpack_model({f: pieces[f][i] for f in fields}) for i, n in enumerate(arrays["names"])}


def _unpack_model(part: Mapping[str, NDArray[Any]]) -> NgramModel:
    singles, falls = _logs(part["singles"]), _logs(part["falls"])
    pairs = _sum_falls(singles, falls)
    pairs[part["pair"]] = _logs(part["pairs"])
    rests = np.zeros(1 << 16, np.float16)
    rests[part["rest"]] = _logs(part["rests"])
    gaps = part["gap0"].astype(np.uint32) | part["gap1"].astype(np.uint32) << 8 | part["gap2"].astype(np.uint32) << 16
    return NgramModel(singles, falls, pairs, rests, np.cumsum(gaps, dtype=np.uint32), _logs(part["values"]))


@cache
def models() -> Mapping[str, NgramModel]:
    """The models of this package: encodings by their names, languages as "@hi", and "english" and "roman"."""
    path = resources.files("mappers.encodings") / FILE
    # A file of numbers must not be able to run code.
    with path.open("rb") as f, np.load(f, allow_pickle=False) as arrays:
        return unpack({name: arrays[name] for name in arrays.files})
