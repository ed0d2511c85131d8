"""Legacy files and encodings: what is decoded right, detected right, read whole, how fast, and names found.

python benchmarks/legacy.py --data FOLDER [--only PART,...] [--peer-python PYTHON] [--cache FOLDER] [--json FILE]
python benchmarks/legacy.py --quick

FOLDER holds encoding-vectors/, legacy-files/, name-pairs.tsv and name-pool.txt. Parts: vectors, detection, speed,
files, dbf, csv, names. A part that was measured with the same code and data is taken from the cache, so that an
interrupted run goes on where it was. Peers stand beside: dbfread for DBF, csv.Sniffer for CSV, charset-normalizer for
detection, plain edit distance for names, and krutiextract for the Devanagari fonts, which brings AGPL packages and so
has to be installed in an environment of its own (--peer-python).
--quick measures the invented files of sample_data/legacy_bench/ and a small DBF instead.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.parts.legacy.csv_shapes import measure_csv
from benchmarks.parts.legacy.dbf import measure_dbf
from benchmarks.parts.measuring.run_parts import ROOT, Bench, run_parts
from mappers.encodings import Encoding, decode_cell, encodings, to_characters
from mappers.errors import TableError
from mappers.legacy import FixedLayout, LegacyRow, LegacyTable, ReadAs, open_tables

SAMPLES = ROOT / "sample_data" / "legacy_bench"
UNCONFIRMED = "unconfirmed-"
SEED = 7
CHILLU = {"ണ്\u200d": "ൺ", "ന്\u200d": "ൻ", "ര്\u200d": "ർ", "ല്\u200d": "ൽ", "ള്\u200d": "ൾ", "ക്\u200d": "ൿ"}


# -- vectors and speed ---------------------------------------------------------------------------------------------


def read_vectors(folder: Path) -> Mapping[str, list[tuple[bytes, str]]]:
    """Encoding -> (legacy bytes, expected text) of each vector."""
    found: dict[str, list[tuple[bytes, str]]] = {}
    for path in sorted(folder.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as f:
            rows = csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
            found[path.stem] = [(bytes.fromhex(r["legacy_hex"]), r["unicode"]) for r in rows]
    return found


def same(one: str, other: str) -> bool:
    """Equal as the vectors' rule has it: NFC, outer blanks off, old and atomic chillus alike."""
    return _normal(one) == _normal(other)


def _normal(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    for old, atomic in CHILLU.items():
        text = text.replace(old, atomic)
    return text


def measure_vectors(bench: Bench) -> dict[str, Any]:
    """Shares right, as plain decoding and as a cell of a table whose encoding is known; peers beside."""
    known, right, cells, peers = encodings(), {}, {}, {}
    counts = {True: [0, 0], False: [0, 0]}
    for name, rows in read_vectors(bench.data / "encoding-vectors").items():
        encoding = known.get(name)
        good = sum(same(encoding.decode(to_characters(b)), text) for b, text in rows) if encoding else 0
        as_cell = sum(same(decode_cell(encoding, b).text, text) for b, text in rows) if encoding else 0
        right[name], cells[name] = good / len(rows), as_cell / len(rows)
        if name in _PEER_FONTS and bench.peer_python:
            theirs = _krutiextract(bench.peer_python, name, [to_characters(b) for b, _ in rows])
            peers[name] = sum(same(found, text) for found, (_, text) in zip(theirs, rows, strict=True)) / len(rows)
        count = counts[not name.startswith(UNCONFIRMED)]
        count[0] += good
        count[1] += len(rows)
    figures: dict[str, Any] = {"vectors": right, "vectors_as_cells": cells, "vectors_krutiextract": peers}
    figures["vectors_all"] = counts[True][0] / max(counts[True][1], 1)
    figures["vectors_unconfirmed"] = counts[False][0] / max(counts[False][1], 1)
    return figures


_PEER_FONTS = {
    "krutidev-010": "krutidev_to_unicode", "devlys-010": "krutidev_to_unicode", "shusha": "shusha_to_unicode",
    "walkman-chanakya-905": "walkman_to_unicode", "chanakya": "chanakya_to_unicode",
    "shree-dev-0714": "shreelipi_to_unicode",
}  # fmt: skip
_PEER = """
import json, sys, krutiextract
convert = getattr(krutiextract, sys.argv[1])
print(json.dumps([convert(text) for text in json.load(sys.stdin)]))
"""


def _krutiextract(python: str, name: str, texts: list[str]) -> list[str]:
    done = subprocess.run(
        [python, "-c", _PEER, _PEER_FONTS[name]], input=json.dumps(texts), check=True, capture_output=True, text=True
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure_speed(bench: Bench) -> dict[str, Any]:
    """Characters a second on short fields that are all different, one core, each encoding; the best of three."""
    speeds: dict[str, float] = {}
    known = encodings()
    for name, rows in read_vectors(bench.data / "encoding-vectors").items():
        if name in known:
            speeds[name] = max(_speed(known[name], _fields(rows, 2_000 if bench.is_quick else 20_000)) for _ in "123")
    return {"chars_per_s": speeds, "chars_per_s_lowest": min(speeds.values())}


def _fields(rows: list[tuple[bytes, str]], count: int) -> list[str]:
    """Distinct short fields: three words of the vectors and a number each."""
    words = [w for b, _ in rows for w in to_characters(b).split(" ") if w]
    dice = random.Random(SEED)
    seen: dict[str, None] = {}
    while len(seen) < count:
        seen[" ".join(dice.choices(words, k=3)) + f" {dice.randrange(10**6)}"] = None
    return list(seen)


def _speed(encoding: Encoding, fields: list[str]) -> float:
    start = time.perf_counter()
    for field in fields:
        encoding.decode(field)
    return sum(map(len, fields)) / (time.perf_counter() - start)


# -- detection -----------------------------------------------------------------------------------------------------


def measure_detection(bench: Bench) -> dict[str, Any]:
    """Families and members found from one, three and thirty values; no vector was seen in training."""
    from benchmarks.parts.legacy.detection import evaluate

    return evaluate(bench.data / "encoding-vectors", SEED, columns=2 if bench.is_quick else 30)


# -- files ---------------------------------------------------------------------------------------------------------


def measure_files(bench: Bench) -> dict[str, Any]:
    """Every file opens or is refused with a reason; tables with an expected text equal it; damage is said."""
    folder = bench.data / "legacy-files"
    ok: list[str] = []
    refused: dict[str, str] = {}
    failed: dict[str, str] = {}
    rows = 0
    tables = [p for p in sorted(folder.rglob("*")) if _is_table(p)]
    for path in tables:
        try:
            found = _check_file(path)
        except TableError as e:
            refused[path.name] = e.kind
        except Exception as e:
            failed[path.name] = type(e).__name__
        else:
            rows += found[0]
            if found[1]:
                failed[path.name] = found[1]
            else:
                ok.append(path.name)
    return {
        "files": len(tables), "files_ok": len(ok), "files_refused_with_reason": len(refused),
        "files_failed": len(failed), "files_refused": refused, "files_wrong": failed, "files_rows": rows,
    }  # fmt: skip


def _is_table(path: Path) -> bool:
    companions = (".fpt", ".dbt", ".cdx", ".md", ".ndx", ".mdx")
    return path.is_file() and path.suffix.lower() not in companions and not path.name.endswith(".expected.tsv")


def _check_file(path: Path) -> tuple[int, str]:
    """Rows of all tables, and what is wrong, "" when nothing is."""
    expected = path.with_name(path.name.split(".")[0] + ".expected.tsv")
    how = ReadAs(layout=_layout()) if path.name.endswith(".fixed.txt") else ReadAs()
    count, wrong = 0, ""
    for table in open_tables(path, how):
        found = list(table.rows)
        count += len(found)
        reported = sum(bool(r.problem) for r in found)
        if path.name.startswith("damaged") and not (reported or table.notes):
            wrong = "damage not said"
        if table.counted is not None and table.counted != len(found) and not table.notes:
            wrong = f"{table.counted} rows claimed, {len(found)} delivered, nothing said"
        if expected.is_file():
            wrong = wrong or _compare(path, table, found, expected)
    return count, wrong


def _layout() -> FixedLayout:
    """The layout that the README of the sets states for its text of fixed width."""
    return FixedLayout(("firno", "regdt", "name", "place", "brief", "age"), (12, 8, 60, 60, 150, 3))


def _compare(path: Path, table: LegacyTable, rows: list[LegacyRow], expected: Path) -> str:
    """Whether the rows, decoded as the file's name says, equal the expected text."""
    encoding = encodings().get(expected.name.removesuffix(".expected.tsv").removeprefix("fir_"))
    if encoding is None:
        return "no such encoding"
    with expected.open(encoding="utf-8", newline="") as f:
        want = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    if path.suffix == ".txt":  # deleted rows do not get into text of fixed width
        want = [w for w in want if w.get("state") != "deleted"]
    if len(want) != len(rows):
        return f"{len(rows)} rows for {len(want)}"
    names = [c.lower() for c in table.columns]
    for row, expect in zip(rows, want, strict=True):
        for name, cell in zip(names, row.cells, strict=False):
            if name not in expect:
                continue
            in_font = name in ("name", "place", "brief")
            text = decode_cell(encoding if in_font else None, cell).text
            if not same(text, expect[name]):
                return f"row {row.number}, column {name} differs"
        if path.suffix == ".dbf" and row.deleted != (expect.get("state") == "deleted"):
            return f"row {row.number}: mark of deletion differs"
    return ""


# -- a large DBF ---------------------------------------------------------------------------------------------------


# -- names ---------------------------------------------------------------------------------------------------------


def measure_names(bench: Bench) -> dict[str, Any]:
    """How often the usual English spelling of a name comes first, and among the first five, of the whole pool."""
    from mappers.names import romanise
    from mappers.names.index import NameIndex

    pairs = list(_pairs(bench.data / "name-pairs.tsv"))
    pool = (bench.data / "name-pool.txt").read_text(encoding="utf-8").splitlines()
    pool = list(dict.fromkeys([*pool, *(english for _, _, english in pairs)]))
    index = NameIndex(pool)
    by_language: dict[str, list[int]] = {}
    first = five = 0
    plain = 0
    for language, native, english in pairs:
        found = [m.name for m in index.search(native, 5, language)]
        hit = bool(found) and found[0] == english
        first += hit
        five += english in found
        plain += _nearest(romanise(native, language), pool) == english
        by_language.setdefault(language, []).append(hit)
    n = max(len(pairs), 1)
    return {
        "names_r1": first / n, "names_r5": five / n, "names_r1_edit_distance": plain / n, "names": len(pairs),
        "names_pool": len(pool), "names_r1_by_language": {k: sum(v) / len(v) for k, v in by_language.items()},
    }  # fmt: skip


def _pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8", newline="") as f:
        for row in csv.reader(f, delimiter="\t"):
            if row and row[0] != "lang" and not row[0].startswith("#"):
                yield row[0], row[2], row[3]


def _nearest(text: str, pool: list[str]) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    best = process.extractOne(text.lower(), [p.lower() for p in pool], scorer=Levenshtein.normalized_similarity)
    return pool[best[2]]


PARTS: Mapping[str, Callable[[Bench], dict[str, Any]]] = {
    "vectors": measure_vectors,
    "detection": measure_detection,
    "speed": measure_speed,
    "files": measure_files,
    "dbf": measure_dbf,
    "csv": measure_csv,
    "names": measure_names,
}

if __name__ == "__main__":
    sys.exit(run_parts("legacy", __doc__, PARTS, SAMPLES))
