"""Closed fields of Hindi and Bengali written in hands drawn from fonts that no weights were trained on.

    python benchmarks/native_closed.py --cache FOLDER                    # as benchmarks/office.py --only native
    python benchmarks/native_closed.py --draw FONTS                      # draws native_closed.npz anew
    python benchmarks/native_closed.py --draw FONTS --chosen-by F.npz    # by other fonts, to choose and fit by
    python benchmarks/native_closed.py --crops F.npz --fit

FONTS is what training/words/setup.sh fetches.

Nobody's handwriting is in it: what real pages hold is another matter, and harder. native_closed.npz holds crops of
fields (stations, acts, ranks, months) as they are cut from worn forms: bent writing, dotted lines, print beside it,
writing of other lines. Names of stations are native_closed.toml's, of which no word was trained on; acts, ranks and
months are entries of the code lists, which were. The peer is Tesseract with its model of the language on the same crops
and the same lists: the entry most like what it reads.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.parts.reading.cache import CachingEngine
from mappers.codes import act_list, code_lists
from ocr.calibration.fields import Facts, fit, probability
from ocr.calibration.listed import probability_of_entry
from ocr.cleaning.clean import clean_line
from ocr.engine import Image, LineImage
from ocr.engines import load_engine
from ocr.engines.words import WordsEngine
from ocr.handwriting.word_entries import read_word_entry
from ocr.handwriting.words import SCRIPTS, WordScript
from ocr.languages.lexicon import INCOMPLETE, Lexicon

ROOT = Path(__file__).parents[1]
HERE = ROOT / "benchmarks" / "parts" / "office"
CROPS = HERE / "native_closed.npz"
SCRIPT_OF = {"hi": "Deva", "bn": "Beng"}
_COUNTS = {"station": 120, "act": 60, "rank": 40, "month": 24}
_JUDGED = ("station", "act", "rank")
"""Of which the figure tells; months stand beside it."""
_LEAST_HELD = 0.5


@dataclass(frozen=True)
class Field:
    """One crop (height, width) uint8 with what is written there: its list, entry and text, language and font."""

    image: Image
    list: str
    value: str
    text: str
    language: str
    font: str


def main() -> int:
    """Draw, fit or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-native-closed")
    parser.add_argument("--weights", type=Path, help="others than the package's")
    parser.add_argument("--crops", type=Path, default=CROPS)
    parser.add_argument("--draw", type=Path, metavar="FONTS", help="draw the crops anew, and nothing else")
    parser.add_argument("--chosen-by", type=Path, metavar="FILE", help="with --draw: other fonts, to FILE")
    parser.add_argument("--fit", action="store_true", help="fit how sure entries are on these crops, and nothing else")
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    cv2.setNumThreads(1)
    if a.draw:
        draw(a.draw, a.chosen_by or CROPS, "chosen_by" if a.chosen_by else "held_out")
        return 0
    a.cache.mkdir(parents=True, exist_ok=True)
    told = fitted(a.crops, a.weights) if a.fit else measure(a.cache, _log, a.weights, a.crops)
    print(json.dumps(told, indent=1, ensure_ascii=False))
    if a.json:
        a.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def measure(
    folder: Path, log: Callable[[str], None], weights: Path | None = None, crops: Path = CROPS, most: int = 10**9
) -> dict[str, Any]:
    """Shares of crops whose entry is exact: hi and bn over stations, acts and ranks; by list and font; the peer's.

    folder: keeps what was read, so that a broken run goes on. most: crops of each list, at most. A language whose
    weights are not here has None, and why.
    """
    engine = WordsEngine(weights=weights)
    if not engine.languages():
        return {"hi": None, "bn": None, "why": "not measured: the weights for handwritten words are not here"}
    kept = CachingEngine(engine, folder / "words.sqlite")
    peer = CachingEngine(load_engine("tesseract"), folder / "tesseract.sqlite")
    found: dict[str, Any] = {"drawn": True, "weights": engine.name_and_version()}
    for language in SCRIPT_OF:
        fields = [f for _, some in crops_of(crops, language) for f in some[:most]]
        log(f"native {language}: {len(fields)} crops")
        rows = []
        for field in fields:
            own = entries_of(field, kept)
            rows.append((field, own[0].value if own else "", _by_peer(field, peer)))
        judged, fonts = [r for r in rows if r[0].list in _JUDGED], sorted({f.font for f in fields})
        found[language] = _share(judged, 1)
        found[f"{language}_by"] = {
            "fields": len(judged),
            "list": {name: _share([r for r in rows if r[0].list == name], 1) for name in _COUNTS},
            "font": {name: _share([r for r in judged if r[0].font == name], 1) for name in fonts},
            "tesseract": _share(judged, 2),
            "tesseract_list": {name: _share([r for r in rows if r[0].list == name], 2) for name in _COUNTS},
            **_none_of_these(fields, kept),
        }
    return found


def entries_of(field: Field, engine: CachingEngine | WordsEngine, *, without: bool = False) -> Sequence[Any]:
    """The entries of its list that a field bears, likeliest first. without: with the true one taken out."""
    from ocr.handwriting.packed import unpack

    seen = engine.read([LineImage(field.image, (field.language,), is_listed=True)])[0]
    lexicon = lexica()[field.list]
    if without:
        lexicon = replace(lexicon, entries=tuple(e for e in lexicon.entries if e[0] != field.value))
    return read_word_entry([unpack(m) for m in seen.matrices], script_of(field.language), lexicon)


def script_of(language: str) -> WordScript:
    """The script that a language is written in."""
    return SCRIPTS[SCRIPT_OF[language]]


@cache
def lexica() -> Mapping[str, Lexicon]:
    """The lists: stations of native_closed.toml, both languages', the package's acts, ranks and months."""
    names = tomllib.loads((HERE / "native_closed.toml").read_text(encoding="utf-8"))["stations"]
    months = tomllib.loads((ROOT / "mappers/codes/months.toml").read_text(encoding="utf-8"))["gregorian"]
    lists = {"act": act_list(), "rank": code_lists()["rank"]}
    found = {name: Lexicon(name, tuple((v, of.spellings.get(v, ())) for v in of.values)) for name, of in lists.items()}
    found["station"] = Lexicon("station", tuple((name, ()) for some in names.values() for name in some))
    found["month"] = Lexicon("month", tuple((f"{n + 1}", tuple(words)) for n, words in enumerate(months)))
    return found


def _none_of_these(fields: Sequence[Field], engine: CachingEngine) -> dict[str, float]:
    """How many fields are said to hold an entry: with the true one in the list, and taken out; before the cap."""
    told = {}
    for name, without in (("said_listed", False), ("said_listed_though_taken_out", True)):
        held = []
        for field in fields:
            own = entries_of(field, engine, without=without)
            held.append(bool(own) and sureness(own[0]) >= _LEAST_HELD)
        told[name] = round(float(np.mean(held)), 4)
    return told


def sureness(entry: Any) -> float:
    """How sure an entry is before it is capped, of a list that may lack it."""
    held = probability_of_entry(entry.listed_facts, INCOMPLETE, is_whole=True, none=0.0, kind="listed_words")
    return held * probability("words", entry.facts)


def fitted(crops: Path, weights: Path | None) -> dict[str, Any]:
    """The numbers "words" and "listed_words" of ocr/calibration/fields.toml, by crops of fonts to choose by."""
    engine = WordsEngine(weights=weights)
    facts: dict[str, list[tuple[Facts, bool]]] = defaultdict(list)
    for field in _fields(crops):
        for without in (False, True):
            own = entries_of(field, engine, without=without)
            if not own:
                continue
            is_right = not without and own[0].value == field.value
            if not without:
                facts["words"].append((own[0].facts, is_right))
            if without or is_right:
                facts["listed_words"].append((own[0].listed_facts, is_right))
    told: dict[str, Any] = {"right": round(float(np.mean([right for _, right in facts["words"]])), 4)}
    for name, some in facts.items():
        told[name] = [round(float(w), 4) for w in fit([f for f, _ in some], [right for _, right in some])]
    return told


def _by_peer(field: Field, engine: CachingEngine) -> str:
    """The entry most like what Tesseract reads of the cleaned crop."""
    text = engine.read([LineImage(clean_line(field.image).image, (field.language,))])[0].text
    hits = lexica()[field.list].find(text, 1)
    return hits[0].value if hits else ""


def _share(rows: Sequence[tuple[Field, str, str]], at: int) -> float | None:
    return round(float(np.mean([row[0].value == row[at] for row in rows])), 4) if rows else None


def crops_of(crops: Path, language: str) -> Iterator[tuple[str, list[Field]]]:
    """The crops of a language, list by list."""
    for name in _COUNTS:
        yield name, [f for f in _fields(crops) if f.list == name and f.language == language]


@cache
def _fields(crops: Path) -> list[Field]:
    with np.load(crops, allow_pickle=False) as f:
        ends, told = [0, *f["ends"].tolist()], json.loads(str(f["told"]))
        parts = [f["pictures"][a:b] for a, b in zip(ends, ends[1:], strict=False)]
    return [Field(np.asarray(cv2.imdecode(p, 0), np.uint8), *one) for p, one in zip(parts, told, strict=True)]


def draw(fonts: Path, out: Path, kind: str) -> None:
    """Draw the crops by the fonts of training/words/fonts.toml under a key, seeded, and write them."""
    from training.words.make import drawing_of, field_of

    told, pictures = [], []
    for language, code in SCRIPT_OF.items():
        drawing, rng = drawing_of(code.lower(), fonts, (kind,)), np.random.default_rng([2030, len(language)])
        chance = random.Random(f"{language} {kind}")
        for name, count in _COUNTS.items():
            written = _written(name, language)
            chance.shuffle(written)
            for number in range(count):
                value, text = written[number % len(written)]
                hand = drawing.hands[int(rng.integers(len(drawing.hands)))]
                picture = field_of(text, replace(drawing, hands=[hand]), rng)
                pictures.append(cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, 80])[1].reshape(-1))
                told.append([name, value, text, language, Path(hand.path).stem])
    ends = np.cumsum([len(p) for p in pictures])
    np.savez(out, pictures=np.concatenate(pictures), ends=ends, told=np.array(json.dumps(told)))


def _written(name: str, language: str) -> list[tuple[str, str]]:
    """Entries of a list with their spellings in the script of a language."""
    script = script_of(language)
    own, known = {c for c in script.letters if not c.isdigit()}, set(script.characters)
    pairs = [(value, s) for value, others in lexica()[name].entries for s in (value, *others)]
    return [(value, s) for value, s in pairs if set(s) & own and set(s) <= known]


def content_key() -> str:
    """Hash of what is read, and by which weights; "" of these where they are not here."""
    engine = WordsEngine()
    weights = engine.name_and_version() if engine.languages() else ""
    content = CROPS.read_bytes() + (HERE / "native_closed.toml").read_bytes() + Path(__file__).read_bytes()
    return sha256(content + weights.encode()).hexdigest()[:16]


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
