"""The part of benchmarks/read.py that reads lines: errors, empty outputs, dates, and whether confidence holds."""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.parts.reading.cache import CachingEngine
from ocr.calibration.lines import Facts, LineWeights, expected_calibration_error, fit
from ocr.engine import EngineText, Image, LineImage
from ocr.engines.tesseract import Tesseract
from ocr.languages.language import language
from ocr.page import Scan
from ocr.print.lines import SURE, LineText, read_lines, stages_of
from ocr.scans.limits import MIN_LINE_PX
from ocr.scans.scan import open_page
from ocr.tesseract.program import Program

FOLDS = 5
ACCEPT = 0.99
_JOINERS = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_CHILLU = dict(zip("\u0d23\u0d28\u0d30\u0d32\u0d33\u0d15", "\u0d7a\u0d7b\u0d7c\u0d7d\u0d7e\u0d7f", strict=True))
_NUMBER = re.compile(r"\d+(?:[/.\-]\d+)*")
Part = Callable[["Row"], bool]


@dataclass(frozen=True)
class Row:
    """One line of the benchmark: its picture, what is written, language (two letters), and what kind of line it is."""

    id: str
    image: Path
    text: str
    lang: str
    wear: str
    real: bool


@dataclass(frozen=True)
class Read:
    """A line as read: one LineText for each number of stages, none stopping early; and what the peer read."""

    row: Row
    depths: tuple[LineText, ...]
    peer: str

    @property
    def boxes(self) -> bool:
        """Whether empty boxes for letters that the font lacks were found in any picture of the line."""
        return any(d.facts.is_boxed for d in self.depths if d.facts is not None)


def load_rows(folder: Path) -> list[Row]:
    """The printed and typed lines of a benchmark folder (set.jsonl and pictures)."""
    with (folder / "set.jsonl").open(encoding="utf-8") as file:
        plain = [json.loads(line) for line in file]
    return [
        Row(
            r["id"],
            folder / r["image"],
            r["text"],
            language(r["lang"]).code,
            r.get("wear", ""),
            not r.get("synthetic", False),
        )
        for r in plain
        if r["unit"] == "line" and r["kind"] != "handwritten"
    ]


def read_rows(rows: Sequence[Row], cache: Path, say: Callable[[str], None]) -> list[Read]:
    """Read all lines with the product to every depth, and with the peer: one call of the program a line, psm 7."""
    ours, peer = CachingEngine(Tesseract(), cache), CachingEngine(_Plain(), cache)
    found = []
    for i, row in enumerate(rows):
        picture = open_page(Scan(row.image, "", label=row.id), least_px=MIN_LINE_PX).grey
        stages = stages_of(row.lang)
        depths = tuple(
            read_lines(ours, [picture], row.lang, stages=stages[:n], sure=2.0)[0] for n in range(1, len(stages) + 1)
        )
        (plain,) = peer.read([LineImage(picture, (row.lang,))])
        found.append(Read(row, depths, plain.text))
        if i % 50 == 49:
            say(f"{i + 1} of {len(rows)} lines")
    return found


class _Plain:
    """plain_text as an engine, so that a cache can keep its answers."""

    def name_and_version(self) -> str:
        """Those of the program, marked, so that a cache keeps its answers apart."""
        return f"plain {Program().version()}"

    def languages(self) -> frozenset[str]:
        """Those of Tesseract."""
        return Tesseract().languages()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Each line by a call of its own."""
        return [EngineText(plain_text(line.image, line.languages[0]), 0.0) for line in lines]


def plain_text(picture: Image, code: str) -> str:
    """Tesseract as people call it: the program, the system's model, the picture as it is, psm 7 and nothing else."""
    import pytesseract

    model = next(m.name for m in language(code).firsts if m.package)
    return str(pytesseract.image_to_string(picture, lang=model, config="--psm 7"))


def measure(reads: Sequence[Read], model: LineWeights) -> dict[str, Any]:
    """All figures of the lines. model: the package's; the error of the confidence is cross-validated beside it."""
    ours = {r.row.id: _stopped(r, model).text for r in reads}
    peer = {r.row.id: r.peer for r in reads}
    result: dict[str, Any] = {}
    for name, texts in (("", ours), ("peer_", peer)):
        for key, part in _PARTS.items():
            result[f"{name}{key}"] = cer(reads, texts, part)
        result[f"{name}empty_worn"] = _share(not texts[r.row.id] for r in reads if _is_worn(r.row))
        result[f"{name}dates_light"] = _dates(reads, texts)
        result[f"{name}by_language"] = _by_language(reads, texts)
    result |= _confidence(reads)
    stopped = [_stopped(r, model).facts for r in reads]
    result["looks_a_line"] = round(float(np.mean([f.passes for f in stopped if f])), 2)
    return result


def cer(reads: Sequence[Read], texts: Mapping[str, str], part: Part) -> float | None:
    """Edits over letters, pooled, of the lines of a part; None when there are none."""
    rows = [r.row for r in reads if part(r.row)]
    edits = sum(Levenshtein.distance(norm(r.text), norm(texts[r.id])) for r in rows)
    return round(edits / sum(len(norm(r.text)) for r in rows), 5) if rows else None


def norm(text: str) -> str:
    """NFC, chillus as one letter, without joiners, blanks squeezed: differences that no reader sees."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(f"([{''.join(_CHILLU)}])\u0d4d\u200d", lambda m: _CHILLU[m[1]], text).translate(_JOINERS)
    return " ".join(text.split())


def _is_worn(row: Row) -> bool:
    return row.wear == "heavy" and row.lang != "ur"


_PARTS: Mapping[str, Part] = {
    "cer_worn": _is_worn,
    "cer_light": lambda r: r.wear == "light" and r.lang != "ur",
    "cer_real_kan": lambda r: r.real and r.lang == "kn",
    "cer_real_tam": lambda r: r.real and r.lang == "ta",
    "cer_urd_light": lambda r: r.wear == "light" and r.lang == "ur",
    "cer_urd_worn": lambda r: r.wear == "heavy" and r.lang == "ur",
}


def _stopped(read: Read, model: LineWeights) -> LineText:
    """What the product gives: the first depth that is sure by a model, else the last."""
    for text in read.depths[:-1]:
        if _sure(text, model) >= SURE:
            return text
    return read.depths[-1]


def _sure(text: LineText, model: LineWeights) -> float:
    return model.probability(text.facts) if text.text and text.facts is not None else 0.0


def _share(said: Iterable[bool]) -> float:
    so = list(said)
    return round(sum(so) / len(so), 5) if so else 0.0


def _dates(reads: Sequence[Read], texts: Mapping[str, str]) -> dict[str, float]:
    """Share of lightly worn lines all of whose numbers and dates are read, digits and separators, by language.

    Counted are lines with a number of two digits or more, but for those on which the font drew an empty box for a
    letter that it does not have. "/", "-" and "." are one separator.
    """
    found: dict[str, list[bool]] = defaultdict(list)
    for r in reads:
        wanted = _numbers(r.row.text)
        if r.row.wear == "light" and wanted and not r.boxes:
            seen = _numbers(texts[r.row.id])
            found[r.row.lang].append(all(seen.count(n) >= wanted.count(n) for n in wanted))
    return {lang: _share(so) for lang, so in sorted(found.items())} | {"counted": sum(map(len, found.values()))}


def _numbers(text: str) -> list[str]:
    return [re.sub(r"[.\-]", "/", n) for n in _NUMBER.findall(norm(text)) if sum(c.isdecimal() for c in n) > 1]


def _by_language(reads: Sequence[Read], texts: Mapping[str, str]) -> dict[str, dict[str, float | None]]:
    """CER of each language by wear ("light", "worn", "real")."""
    kinds: Mapping[str, Part] = {
        "light": lambda r: r.wear == "light",
        "worn": lambda r: r.wear == "heavy",
        "real": lambda r: r.real,
    }
    found: dict[str, dict[str, float | None]] = {}
    for lang in sorted({r.row.lang for r in reads}):
        mine = [r for r in reads if r.row.lang == lang]
        found[lang] = {k: c for k, part in kinds.items() if (c := cer(mine, texts, part)) is not None}
    return found


def fit_model(reads: Sequence[Read]) -> LineWeights:
    """The model of the confidence, fitted on lines whose text is known; languages of fewer than 20 are left out."""
    single = [e for e in _examples(reads, first=True) if not e[0].is_own]
    again = [e for e in _examples(reads, first=False) if not e[0].is_own]
    own = [e for first in (True, False) for e in _examples(reads, first=first) if e[0].is_own]
    count: dict[str, int] = defaultdict(int)
    for r in reads:
        count[r.row.lang] += 1
    languages = frozenset(lang for lang, n in count.items() if n >= 20)
    return LineWeights(_fitted(single), _fitted(again), _fitted(own), languages)


def _fitted(examples: Sequence[tuple[Facts, bool]]) -> tuple[float, ...]:
    """Weights fitted on examples; without any, those that believe nothing."""
    if not examples:
        return (-5.0, *(0.0 for _ in Facts(0, 0, 0, 0, 0, 1).row()))
    return fit([facts for facts, _ in examples], [right for _, right in examples])


def _examples(reads: Sequence[Read], *, first: bool) -> list[tuple[Facts, bool]]:
    """Facts and whether the line was right, of the first depth or of all others."""
    return [
        (text.facts, norm(text.text) == norm(r.row.text))
        for r in reads
        for text in (r.depths[:1] if first else r.depths[1:])
        if text.text and text.facts is not None and not r.boxes
    ]


def _confidence(reads: Sequence[Read]) -> dict[str, Any]:
    """Cross-validated: calibration error, reliability, and the share that may pass at 0.99 of the letters right."""
    fold = {r.row.id: zlib.crc32(r.row.id.encode()) % FOLDS for r in reads}
    said, right, edits, letters, urdu = [], [], [], [], 0.0
    for n in range(FOLDS):
        model = fit_model([r for r in reads if fold[r.row.id] != n])
        for r in (r for r in reads if fold[r.row.id] == n):
            text = _stopped(r, model)
            sure = _sure(text, model)
            gold, seen = norm(r.row.text), norm(text.text)
            said.append(sure)
            right.append(gold == seen)
            edits.append(Levenshtein.distance(gold, seen))
            letters.append(len(gold))
            if r.row.lang == "ur" and gold != seen:
                urdu = max(urdu, sure)
    share, cut, accuracy = _accepted(said, edits, letters)
    return {
        "ece": round(expected_calibration_error(said, right), 4),
        "accept_share_99": share,
        "accept_cut": cut,
        "accept_accuracy": accuracy,
        "reliability": _reliability(said, right),
        "urdu_highest_wrong": round(urdu, 4),
    }


def _accepted(said: Sequence[float], edits: Sequence[int], letters: Sequence[int]) -> tuple[float, float, float]:
    """The largest share of lines that passes a cut with 0.99 of the letters right; the cut; what was reached."""
    order = np.argsort(-np.asarray(said), kind="stable")
    wrong, whole = np.cumsum(np.asarray(edits)[order]), np.cumsum(np.asarray(letters)[order])
    good = np.flatnonzero(1 - wrong / whole >= ACCEPT)
    if not len(good):
        return 0.0, 1.0, 0.0
    last = int(good[-1])
    return (
        round((last + 1) / len(order), 4),
        round(float(np.asarray(said)[order][last]), 4),
        round(float(1 - wrong[last] / whole[last]), 5),
    )


def _reliability(said: Sequence[float], right: Sequence[bool]) -> dict[str, list[float]]:
    """By tenth of confidence: lines, mean of what was said, share right."""
    tenths: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for s, r in zip(said, right, strict=True):
        tenths[min(9, int(s * 10))].append((s, r))
    return {
        f"{t / 10:.1f}": [
            len(x),
            round(float(np.mean([s for s, _ in x])), 3),
            round(float(np.mean([r for _, r in x])), 3),
        ]
        for t, x in sorted(tenths.items())
    }


def write_model(model: LineWeights, path: Path, count: int) -> None:
    """Write lines.toml. count: of lines it was fitted on."""
    head = (
        f"# Made by benchmarks/read.py --fit: {count} pictures of lines; pages: lines of real and drawn pages.\n"
        "# Constant, then the weights of ocr.calibration.lines.Facts.row.\n"
    )
    weights = "".join(f"{name} = {list(getattr(model, name))}\n" for name in ("once", "again", "own"))
    pages = f"\n[pages]\nlanguages = {_listed(model.pages.languages)}\nshift = {model.pages.shift}\n"
    text = f"{head}format = 2\nlanguages = {_listed(model.languages)}\n{weights}{pages}slope = {model.pages.slope}\n"
    path.write_text(text, encoding="utf-8")


def _listed(languages: frozenset[str]) -> str:
    return "[" + ", ".join(f'"{code}"' for code in sorted(languages)) + "]"
