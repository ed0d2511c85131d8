"""Writes which sections there are and how often they are charged, from code lists and counts of real FIRs.

    python -m training.fields.charged mappers/codes/charged_sections.toml --data FOLDER [--leave-out STATION ...]

FOLDER holds gold.jsonl of FIRs (image, station_file, fields.statutes). Only numbers are taken of it.
"""

from __future__ import annotations

import argparse
import csv
import html
import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from training.fields.texts import lists

_HERE = Path(__file__).parent
_CODES = _HERE.parent.parent / "mappers" / "codes"
_KNOWN, _OF_HEAD, _USUAL = 0.05, 0.5, 1.0
_HEAD = """\
# Sections that lists of them hold on paper, with how often they are charged, natural logarithms; made by
# training/fields/charged.py. Recognisers of handwriting get this file's path: which lists of all a field bears.
# version: raised with every change, so that pages are read anew. main: the title that stands behind sections without
# another. last, letters, short: its highest section, letters behind numbers, and its usual ones of under three figures.
# alone: what stands in a list and is no section: the main title by itself, and years behind the names of acts, lest
# IPC 200 be read in "Electricity Act 2003".
"""


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--leave-out", nargs="*", default=[])
    asked = parser.parse_args()
    counted = general()
    if asked.data:
        counted.update(charged(asked.data, asked.leave_out))
    total = sum(counted.values())
    weights = {
        s: round(math.log(n / total), 2) for s, n in sorted(counted.items(), key=lambda c: (_number(c[0]), c[0]))
    }
    asked.out.write_text("".join(_text(weights)), encoding="utf-8")


def _text(weights: Mapping[str, float]) -> Iterator[str]:
    """The file: what acts.toml says of lists as a whole, the weights of the penal code's sections, and other acts."""
    known = tomllib.loads((_HERE / "acts.toml").read_text(encoding="utf-8"))
    yield _HEAD + "format = 1\n"
    yield from (f"{key} = {json.dumps(known[key])}\n" for key in ("version", "main", "last", "letters", "short"))
    for one in known["alone"]:
        yield f"\n[[alone]]\nforms = {json.dumps(one['forms'])}\nweight = {one['weight']}\n"
    yield "\n[weights]\n"
    yield from (f'"{section}" = {weight}\n' for section, weight in weights.items())
    for act, found in known["acts"].items():
        yield f'\n[titles."{act}"]\nnames = {json.dumps(found["names"])}\nlists = {json.dumps(found["lists"])}\n'
        yield f"weight = {known['weight']}\n"


def general() -> Counter[str]:
    """Sections of the penal code: those that are offences a little, those of crime heads more, usual ones most."""
    counted: Counter[str] = Counter(dict.fromkeys(lists().sections, _KNOWN))
    with (_CODES / "crime_heads.csv").open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            counted.update({s: _OF_HEAD for s in re.findall(r"\d+[A-Z]*", row["ipc_sections"])})
    counted.update(dict.fromkeys(lists().usual, _USUAL))
    return counted


def charged(data: Path, leave_out: list[str]) -> Counter[str]:
    """How often each section of the penal code stands in the reports of a folder."""
    counted: Counter[str] = Counter()
    for line in (data / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        if page["station_file"] not in leave_out:
            text = html.unescape(page["fields"].get("statutes") or "")
            penal = re.split(r"\bipc\b", text, flags=re.IGNORECASE)[0] if re.search(r"\bipc\b", text, re.I) else ""
            found = re.findall(r"\b(\d{2,3})\s*\(?([A-Ha-h]?)\b\)?", penal)
            counted.update({f"{number}{letter.upper()}": 1.0 for number, letter in found})
    return counted


def _number(section: str) -> int:
    return int(re.match(r"\d+", section)[0]) if section[:1].isdigit() else 0


if __name__ == "__main__":
    main()
