"""How often the encoding of a column is found, and what becomes of English: `benchmarks/legacy.py --only detection`.

Columns of 1, 3 and 30 distinct values are drawn from the vectors of each encoding, from English as police tables hold
it, from Hindi in Roman letters, and from Unicode. No vector is trained on, so that every text is a new one; with fewer
vectors than values a column has all of them. A guess is "asked" where the toolkit would not go on by itself, and
"wrong though sure" where it would go on wrongly: in another family, or reading other text. As ISCII's bytes are the
same in ten scripts, these figures stand a second time with the encodings that a state's profile expects.
"""

from __future__ import annotations

import csv
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.legacy.police_english import english_columns, roman_hindi
from mappers.encodings import decode_cell, encodings, to_characters
from mappers.encodings.detect import PLAIN, Detection, detect_column
from mappers.states import load_state, state_codes

SIZES = (1, 3, 30)
COLUMNS = 30
ENGLISH_COLUMNS = 300
UNICODE = "unicode"
UNCONFIRMED = "unconfirmed-"
MIXED_SHARE = 0.2


@dataclass(frozen=True)
class Asked:
    """One column with what is known of it. name: of its class; family: the right answer; values: its cells."""

    name: str
    family: str
    values: tuple[bytes, ...]


def evaluate(vectors: Path, seed: int, columns: int = COLUMNS) -> dict[str, Any]:
    """Shares of right families and members, of what is asked and what is wrong though sure, and the peer's beside."""
    texts = read_texts(vectors)
    pool = vectors.parent / "name-pool.txt"
    names = pool.read_text(encoding="utf-8").splitlines()
    english = english_columns(names, random.Random(f"{seed} english"), columns * ENGLISH_COLUMNS // COLUMNS)
    figures: dict[str, Any] = {}
    for size in SIZES:
        drawn = list(_draw(texts, english, size, seed, columns))
        started = time.perf_counter()
        found = [detect_column(c.values) for c in drawn]
        figures[f"ms_a_column_{size}"] = (time.perf_counter() - started) / len(drawn) * 1000
        figures |= _measure(drawn, found, str(size))
        told = [detect_column(c.values, expected=_expected().get(c.name, ())) for c in drawn]
        figures |= _asked(drawn, told, f"{size}_in_state")
        if size == SIZES[-1]:
            figures |= _by_class(drawn, found)
            figures |= _peer(drawn)
    cells = dict.fromkeys(v for column in english for v in column)
    figures |= _english(list(cells), english)
    figures |= _mixed(texts, list(cells), seed, columns)
    return figures


def read_texts(folder: Path) -> Mapping[str, list[bytes]]:
    """Encoding -> the legacy bytes of each vector."""
    found: dict[str, list[bytes]] = {}
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as f:
            rows = csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
            texts = dict.fromkeys((bytes.fromhex(r["legacy_hex"]), r["unicode"]) for r in rows)
        # A vector of English or digits alone belongs to no encoding.
        found[path.stem] = [stored for stored, text in texts if not text.isascii()]
    return found


def _draw(
    texts: Mapping[str, list[bytes]], english: Sequence[Sequence[bytes]], size: int, seed: int, columns: int
) -> Iterable[Asked]:
    dice = random.Random(f"{seed} {size}")
    for name, stored in texts.items():
        for _ in range(columns):
            values = dice.sample(stored, min(size, len(stored)))
            yield Asked(name, encodings()[name].info.family, tuple(values))
    for column in english[:columns]:
        yield Asked("english", PLAIN, tuple(dice.sample(column, min(size, len(column)))))
    for _ in range(columns):
        yield Asked("roman", PLAIN, tuple(roman_hindi(dice, size)))
        name = dice.choice([n for n in texts if not n.startswith(UNCONFIRMED)])
        shown = [encodings()[name].decode(to_characters(v)).encode() for v in texts[name]]
        yield Asked(UNICODE, PLAIN, tuple(dice.sample(shown, min(size, len(shown)))))


def _expected() -> Mapping[str, tuple[str, ...]]:
    """Encoding -> what the first state that expects it expects."""
    states = [load_state(code) for code in state_codes()]
    return {name: s.encodings for s in reversed(states) for name in s.encodings}


def _measure(drawn: Sequence[Asked], found: Sequence[Detection], size: str) -> dict[str, Any]:
    """Headline figures are of the confirmed encodings and of plain text; the unconfirmed stand apart."""
    both = list(zip(drawn, found, strict=True))
    kept = [(c, d) for c, d in both if not c.name.startswith(UNCONFIRMED)]
    others = [(c, d) for c, d in both if c.name.startswith(UNCONFIRMED)]
    figures = {
        f"family_{size}": _share(d.family == c.family for c, d in kept),
        f"family_{size}_unconfirmed": _share(d.family == c.family for c, d in others),
        f"exact_{size}": _share(_is_exact(c, d) for c, d in kept),
    }
    return figures | _asked([c for c, _ in kept], [d for _, d in kept], size)


def _asked(drawn: Sequence[Asked], found: Sequence[Detection], size: str) -> dict[str, Any]:
    both = list(zip(drawn, found, strict=True))
    apart = [(c, d) for c, d in both if c.family != "iscii"]
    return {
        f"asked_{size}": _share(not d.is_sure for _, d in both),
        f"asked_{size}_iscii_aside": _share(not d.is_sure for _, d in apart),
        f"wrong_sure_{size}": _share(d.is_sure and not _reads_right(c, d) for c, d in both),
        f"wrong_sure_{size}_family": _share(d.is_sure and d.family != c.family for c, d in both),
    }


def _is_exact(column: Asked, found: Detection) -> bool:
    return found.best == ("" if column.family == PLAIN else column.name)


def _reads_right(column: Asked, found: Detection) -> bool:
    """Whether the column becomes the text it is, whatever the encoding is called."""
    if column.family == PLAIN or found.family == PLAIN:
        return found.family == column.family
    if found.best == column.name:
        return True
    right, chosen = encodings()[column.name], encodings()[found.best]
    return all(right.decode(to_characters(v)) == chosen.decode(to_characters(v)) for v in column.values)


def _share(answers: Iterable[bool]) -> float:
    listed = list(answers)
    return sum(listed) / max(len(listed), 1)


def _by_class(drawn: Sequence[Asked], found: Sequence[Detection]) -> dict[str, Any]:
    """Of the largest columns: the share of right families of each class, where it is not all, and what was taken."""
    wrong: dict[str, Counter[str]] = {}
    for c, d in zip(drawn, found, strict=True):
        if d.family != c.family:
            wrong.setdefault(c.name, Counter())[d.best or PLAIN] += 1
    return {"family_30_wrong": {name: ", ".join(f"{n} {k}" for k, n in w.most_common(3)) for name, w in wrong.items()}}


def _english(cells: Sequence[bytes], columns: Sequence[Sequence[bytes]]) -> dict[str, Any]:
    """English taken for legacy, cell by cell and column by column, and what of it would be asked."""
    one = [detect_column([v]) for v in cells]
    many = [detect_column(column) for column in columns]
    return {
        "english_cells": len(one), "english_columns": len(many),
        "english_taken_cells": _share(d.family != PLAIN for d in one),
        "english_taken_cells_sure": _share(d.family != PLAIN and d.is_sure for d in one),
        "english_asked_cells": _share(not d.is_sure for d in one),
        "english_taken_columns": sum(d.family != PLAIN for d in many),
        "english_asked_columns": sum(not d.is_sure for d in many),
    }  # fmt: skip


def _mixed(texts: Mapping[str, list[bytes]], english: Sequence[bytes], seed: int, columns: int) -> dict[str, Any]:
    """Columns of one encoding with English among it: English cells that are changed, cells of the font that are not."""
    dice = random.Random(f"{seed} mixed")
    changed, left, found = [], [], []
    for name, stored in texts.items():
        encoding = encodings()[name]
        for _ in range(columns):
            own = dice.sample(stored, min(24, len(stored)))
            foreign = dice.sample(english, max(1, round(len(own) * MIXED_SHARE / (1 - MIXED_SHARE))))
            found.append(detect_column([*own, *foreign]).family == encoding.info.family)
            changed += [decode_cell(encoding, v).text != v.decode() for v in foreign]
        shown = [(v, encoding.decode(to_characters(v).strip(" \0"))) for v in stored]
        left += [decode_cell(encoding, v).text != text for v, text in shown]
    return {
        "mixed_family": _share(found), "english_cells_changed": _share(changed), "legacy_cells_left": _share(left),
    }  # fmt: skip


def _peer(drawn: Sequence[Asked]) -> dict[str, Any]:
    """charset-normalizer on the same columns: right where it says UTF-8 or ASCII of what is."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return {}
    said = [_said(from_bytes, c) for c in drawn]
    kept = [(c, s) for c, s in zip(drawn, said, strict=True) if not c.name.startswith(UNCONFIRMED)]
    return {
        "family_30_charset_normalizer": _share(c.family == PLAIN and s in ("ascii", "utf_8") for c, s in kept),
        "wrong_sure_30_charset_normalizer": _share(bool(s) and s != "utf_8" and c.family != PLAIN for c, s in kept),
    }  # fmt: skip


def _said(from_bytes: Callable[[bytes], Any], column: Asked) -> str:
    best = from_bytes(b"\n".join(column.values)).best()
    return best.encoding if best else ""
