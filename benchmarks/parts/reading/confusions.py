"""The part of benchmarks/read.py that counts which letters are taken for each other, and whether knowing it helps.

A word that was misread is looked up among all words of its language's lines, as a closed list is: share of words found,
and share found wrongly though clearly, with and without confusions that were counted on the other lines.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from benchmarks.parts.reading.lines import FOLDS, Read, norm
from ocr.languages.lexicon import USUAL, Costs, fold_text, likeness

LEAST_LETTERS = 4
LEAST_COUNT, MOST_PAIRS = 3, 60
ALIKE = 70.0
"""Readings less alike than that, 0..100, say nothing of letters."""
CLEAR = 0.08
"""How much better than the next a hit must be to be clear."""


def count_confusions(reads: Sequence[Read]) -> Counter[tuple[str, str]]:
    """In how many lines any pass took one of two letters for the other; "" stands for a letter that came or went."""
    found: Counter[tuple[str, str]] = Counter()
    for read in reads:
        gold = fold_text(norm(read.row.text))
        seen = {fold_text(norm(c.text)) for c in read.depths[-1].candidates}
        found.update({pair for text in seen for pair in _changes(gold, text)} if not read.boxes else ())
    return found


def _changes(gold: str, seen: str) -> Iterator[tuple[str, str]]:
    """Changes of single letters between two readings of a line that are alike."""
    if fuzz.ratio(gold, seen) < ALIKE:
        return
    for op in Levenshtein.opcodes(gold, seen):
        was, said = gold[op.src_start : op.src_end], seen[op.dest_start : op.dest_end]
        if op.tag == "replace" and len(was) == len(said):
            yield from ((max(x, y), min(x, y)) for x, y in zip(was, said, strict=True))
        elif op.tag != "equal" and len(was + said) == 1:
            yield was + said, ""


def usual_of(reads: Sequence[Read]) -> list[str]:
    """The usual confusions as a language file has them, the commonest first.

    Figures are left out: in a list, 3 and 4 are two entries however alike they look.
    """
    counted = [(a + b, n) for (a, b), n in count_confusions(reads).most_common() if all(map(_is_letter, a + b))]
    return [pair for pair, n in counted[:MOST_PAIRS] if n >= LEAST_COUNT]


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LM"


def measure_confusions(reads: Sequence[Read]) -> dict[str, Any]:
    """Words misread in the first pass and looked up in the list of all words; confusions counted on other folds."""
    plain: list[tuple[bool, bool]] = []
    known: list[tuple[bool, bool]] = []
    for lang in sorted({r.row.lang for r in reads}):
        mine = [r for r in reads if r.row.lang == lang]
        words = sorted(
            {fold_text(w) for r in mine for w in norm(r.row.text).split() if len(fold_text(w)) >= LEAST_LETTERS}
        )
        for n in range(FOLDS):
            costs = _costs(usual_of([r for r in mine if _fold(r) != n]))
            for read in (r for r in mine if _fold(r) == n and not r.boxes):
                for _, gold, seen in _words(read):
                    if gold != seen and len(gold) >= LEAST_LETTERS and gold in words:
                        plain.append(_found(seen, gold, words, {}))
                        known.append(_found(seen, gold, words, costs))
    return {"misread_words": len(plain), **_shares("list_plain", plain), **_shares("list_confusions", known)}


def write_confusions(reads: Sequence[Read], folder: Path) -> None:
    """Put the usual confusions into the language files."""
    for path in sorted(folder.glob("*.toml")):
        listed = ", ".join(f'"{c}"' for c in usual_of([r for r in reads if r.row.lang == path.stem]))
        kept = [x for x in path.read_text(encoding="utf-8").splitlines() if not x.startswith("confusions =")]
        at = next(i for i, x in enumerate(kept) if x.startswith("joiners =")) + 1
        text = "\n".join([*kept[:at], f"confusions = [{listed}]", *kept[at:]]) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")


def _fold(read: Read) -> int:
    return zlib.crc32(read.row.id.encode()) % FOLDS


def _words(read: Read) -> Iterator[tuple[int, str, str]]:
    """Words of the first reading with those that are written, folded, where the line has as many."""
    gold, seen = norm(read.row.text).split(), norm(read.depths[0].text).split()
    if len(gold) == len(seen):
        for i, (g, s) in enumerate(zip(gold, seen, strict=True)):
            yield i, fold_text(g), fold_text(s)


def _costs(confusions: Sequence[str]) -> Costs:
    pairs = [(c[0], c[1:]) for c in confusions]
    return {p: USUAL for a, b in pairs for p in ((a, b), (b, a))}


def _found(seen: str, gold: str, words: Sequence[str], costs: Costs) -> tuple[bool, bool]:
    """Whether the word is found, and whether another is found clearly."""
    near = [w for w, _, _ in process.extract(seen, words, scorer=fuzz.ratio, limit=20)]
    best = sorted(((likeness(seen, w, costs), w) for w in near), reverse=True)[:2]
    right = best[0][1] == gold
    return right, not right and best[0][0] - best[1][0] >= CLEAR


def _shares(name: str, found: Sequence[tuple[bool, bool]]) -> dict[str, float]:
    n = max(1, len(found))
    return {
        f"{name}_found": round(sum(r for r, _ in found) / n, 4),
        f"{name}_clearly_wrong": round(sum(w for _, w in found) / n, 4),
    }
