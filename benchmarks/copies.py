"""Copies of FIRs in thirteen languages: whether text that is copied out of them by Poppler is what was written in.

python benchmarks/copies.py [--json FILE] [--keep DIR] [--quick]

Records are invented from the phrases of the samples; their stories also hold every spelling that the code lists have in
the script of the language, which brings the conjuncts. Both sides are composed (NFC), and signs of direction that are
not seen are left out. Writes for each language: words (share of the words of the record's form that Poppler gives
identically, each as often as it stands there), extra (share of Poppler's words that nobody wrote), story_order (share
of the words of the story that come in its order) and letters (share of letters that
Poppler gives, each as often). PDF/A is judged by own checks of the structure, for no validator (veraPDF) is at hand.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rapidfuzz.distance import LCSseq  # noqa: E402

from benchmarks.parts.copies.pdfa import faults  # noqa: E402  # the checkout first, wherever it is run from
from digitize.services.copies.copy import write_copy_texts  # noqa: E402
from digitize.services.copies.words import languages  # noqa: E402
from mappers.record import Record  # noqa: E402
from sample_data.makers.copied_firs import MORE_WORDS, make_record, words_of  # noqa: E402


def copied_out(pdf: Path) -> str:
    """The text as Poppler gives it."""
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", pdf, "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def judged(record: Record, language: str, place: Path) -> dict[str, float]:
    """One copy, made, copied out of and compared."""
    begun = time.process_time()
    made, texts = write_copy_texts(record, language, role="police")
    took = time.process_time() - begun
    place.write_bytes(made)
    found = words_of(copied_out(place))
    wanted = [w for text in texts for w in words_of(text)]
    same = sum((Counter(wanted) & Counter(found)).values())
    story = words_of(record.value("narrative") or "")
    letters = Counter("".join(wanted))
    return {
        "words": same / len(wanted), "extra": 1 - same / len(found),
        "letters": sum((letters & Counter("".join(found))).values()) / letters.total(),
        "story_order": LCSseq.similarity(story, found) / len(story),
        "pdfa_faults": len(faults(made)), "seconds": took, "bytes": len(made),
    }  # fmt: skip


def lost(record: Record, language: str, place: Path) -> Iterator[tuple[str, int]]:
    """Words that were written and not copied out, for whoever mends it."""
    _, texts = write_copy_texts(record, language, role="police")
    found = Counter(words_of(copied_out(place)))
    yield from (Counter(w for t in texts for w in words_of(t)) - found).items()


def measure(seeds: int, folder: Path, *, more_words: int) -> dict[str, Any]:
    """The figures of all languages."""
    figures: dict[str, Any] = {}
    for language in languages():
        each = []
        for seed in range(seeds):
            record = make_record(language, seed, more_words=more_words)
            each.append(judged(record, language, folder / f"{language}_{seed}.pdf"))
        figures[language] = {name: round(sum(f[name] for f in each) / len(each), 4) for name in each[0]}
    return {
        "languages": figures, "worst_words": min(f["words"] for f in figures.values()),
        "worst_story_order": min(f["story_order"] for f in figures.values()),
        "pdfa_faults": sum(f["pdfa_faults"] for f in figures.values()), "copies": seeds * len(figures),
    }  # fmt: skip


def main() -> None:
    """Measure, print, and write JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the PDFs")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(1 if args.quick else 5, folder, more_words=40 if args.quick else MORE_WORDS)
    for language, own in figures["languages"].items():
        print(language, " ".join(f"{n} {v}" for n, v in own.items()))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
