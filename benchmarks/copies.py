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
import random
import re
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from rapidfuzz.distance import LCSseq  # noqa: E402

from benchmarks.parts.copies.pdfa import faults  # noqa: E402  # the checkout first, wherever it is run from
from digitize.services.copies.copy import written  # noqa: E402
from digitize.services.copies.fonts import script_of  # noqa: E402
from digitize.services.copies.words import CopyWords, languages  # noqa: E402
from mappers.codes.lists import code_lists  # noqa: E402
from mappers.record import FieldValue, Record  # noqa: E402
from sample_data.phrases import Phrases, load_phrases  # noqa: E402

_STATES = {
    "en": "ka", "hi": "up", "mr": "mh", "bn": "wb", "as": "as", "ta": "tn", "te": "tg", "kn": "ka", "ml": "kl",
    "gu": "gj", "pa": "pb", "or": "od", "ur": "jk",
}  # fmt: skip
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\f]")
_MORE_WORDS = 900
"""Words of code lists in a story, at most: more pages tell nothing more."""


def made_record(language: str, seed: int, *, more_words: int = _MORE_WORDS) -> Record:
    """An invented FIR of a language, with a story of several pages."""
    rng = random.Random(f"{language} {seed}")
    said = load_phrases(language)
    offence = said.offences[seed % len(said.offences)]
    story = " ".join(o.narrative.format(village=rng.choice(said.villages)) for o in said.offences)
    words = _spellings(CopyWords(language).script)
    rng.shuffle(words)
    numbers = f"MH 12 AB {rng.randrange(9999):04d}, 12/05/2014 10:30, 302/34 IPC (copy), Rs. 5,000/-, 98765-43210"
    fields = {
        "state": _STATES[language], "district": "Namuna", "police_station": "Namunapur", "year": "2014",
        "fir_no": str(rng.randrange(1, 999)), "fir_date": "2014-05-12", "fir_time": "18:40", "occurrence_day": "monday",
        "occurrence_from": "2014-05-11", "occurrence_to": "2014-05-12", "occurrence_time_from": "21:00",
        "occurrence_time_to": "05:30", "info_date": "2014-05-12", "info_time": "18:05", "gd_no": "24",
        "gd_date": "2014-05-12", "gd_time": "18:30", "info_type": "written", "place_direction": "NE",
        "place_distance_km": "2.5", "beat": "4",
        "place": said.place.format(spot=rng.choice(said.spots), village=rng.choice(said.villages)),
        "delay_reason": rng.choice(said.delays), "property_value": "125000",
        "action_taken": "registered_investigation_taken_up", "io_name": _name(rng, said), "io_rank": "SI",
        "officer_name": _name(rng, said), "officer_rank": "PI",
        "despatch_date": "2014-05-13", "despatch_time": "10:00",
        "narrative": f"{story}\n{numbers} {said.digits_of('12/05/2014')}\n{' '.join(words[:more_words])}",
    }  # fmt: skip
    persons = [_person(rng, said, role) for role in ("complainant", "accused", "accused", "accused", "witness")]
    persons[1] |= {
        "status": "known",
        "alias": rng.choice(said.aliases),
        "build": "medium",
        "height_cm": "168",
        "hair": "black",
    }
    things = [
        {"category": t.category, "description": t.description, "value": str(rng.randrange(500, 90000))}
        for t in said.things
    ]
    acts = [{"act": act, "section": section} for act, section in offence.acts]
    children = {"acts": acts, "persons": persons, "property": things}
    rows = {child: tuple(_row(row) for row in some) for child, some in children.items()}
    return Record(f"sample-{language}-{seed}", "iif1", _row(fields), rows)


def _row(values: dict[str, str]) -> dict[str, FieldValue]:
    return {n: FieldValue(unicodedata.normalize("NFC", v), unicodedata.normalize("NFC", v)) for n, v in values.items()}


def _name(rng: random.Random, said: Phrases) -> str:
    return f"{rng.choice(said.first_men)} {rng.choice(said.last)}"


def _person(rng: random.Random, said: Phrases, role: str) -> dict[str, str]:
    return {
        "role": role, "name": _name(rng, said), "name_roman": "Namuna Udaharan", "relation": "father",
        "relative_name": _name(rng, said), "sex": "male", "age": str(rng.randrange(18, 80)), "nationality": "Indian",
        "occupation": rng.choice(said.occupations), "address": said.address.format(village=rng.choice(said.villages)),
    }  # fmt: skip


def _spellings(script: str) -> list[str]:
    """Every way in which the code lists spell something in a script; of Latin a few are enough."""
    found = {w for made in code_lists().values() for ways in made.spellings.values() for w in ways}
    own = sorted(w for w in found if (script_of(next(iter(w))) or "Latn") == script)
    return own[:200] if script == "Latn" else own


def copied_out(pdf: Path) -> str:
    """The text as Poppler gives it."""
    done = subprocess.run(["pdftotext", "-enc", "UTF-8", pdf, "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def words_of(text: str) -> list[str]:
    """Words as they are compared."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text)).split()


def judged(record: Record, language: str, place: Path) -> dict[str, float]:
    """One copy, made, copied out of and compared."""
    begun = time.process_time()
    made, texts = written(record, language, role="police")
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
    _, texts = written(record, language, role="police")
    found = Counter(words_of(copied_out(place)))
    yield from (Counter(w for t in texts for w in words_of(t)) - found).items()


def measure(seeds: int, folder: Path, *, more_words: int) -> dict[str, Any]:
    """The figures of all languages."""
    figures: dict[str, Any] = {}
    for language in languages():
        each = []
        for seed in range(seeds):
            record = made_record(language, seed, more_words=more_words)
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
        figures = measure(1 if args.quick else 5, folder, more_words=40 if args.quick else _MORE_WORDS)
    for language, own in figures["languages"].items():
        print(language, " ".join(f"{n} {v}" for n, v in own.items()))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
