r"""What commands that go through a whole workspace take of memory and processor, at two sizes: does it grow?

    .venv/bin/python -m benchmarks.growth [--sizes 20000 200000] [--data FOLDER] [--only NAMES] [--json FILE]

Workspaces of so many invented pages, a record each, are made once (benchmarks/parts/ledger/make.py) and used again:
here with records written out, each with its sections, one in fifty of a protected victim, so that masks have something
to do. Each command runs in a process of its own. Names: snapshot (the first), again (nothing changed since), export
(csv), jsonl, volume (csv, of one), account (of volumes of which each was received), accounted (again), load (of one
batch, into an empty file; with --one-batch all pages are in it), review (a sheet of 1,000 questions, audits by lot
among them), asked (again), book (of one volume).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.parts.ledger import make as ledger_make
from benchmarks.parts.ledger.rows import BY, invented
from digitize.workspace.calibration.threshold_store import STEP, begin_measuring
from digitize.workspace.calibration.values import Measured
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import VolumeFacts, Volumes
from mappers.record import FieldValue, Origin, Record

ROOT = Path(__file__).resolve().parent.parent
_RUN = (
    "import sys, resource\n"
    "from digitize.cli.app import run\n"
    "code = 0\n"
    "try:\n    code = run(sys.argv[1:])\n"
    "except SystemExit as e:\n    code = e.code\n"
    "from benchmarks.parts.measuring.memory import peak_mb\n"
    "r = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print('\\n%r %.1f %.2f' % (code or 0, peak_mb(), r.ru_utime + r.ru_stime))"
)
_FIRST = "SELECT (SELECT MIN(batch) FROM batches) AS batch, (SELECT MIN(label) FROM volumes) AS label"
COMMANDS: dict[str, Sequence[str]] = {
    "snapshot": ("snapshot", "{place}", "--out", "{out}/s.snapshot"),
    "again": ("snapshot", "{place}", "--out", "{out}/s.snapshot"),
    "export": ("export", "{place}", "--to", "csv", "--out", "{out}/csv"),
    "jsonl": ("export", "{place}", "--to", "jsonl", "--out", "{out}/records.jsonl"),
    "volume": ("export", "{place}", "--to", "csv", "--volume", "3", "--out", "{out}/volume"),
    "account": ("batch", "account", "{place}", "--json"),
    "accounted": ("batch", "account", "{place}", "--json"),
    "load": ("load", "{place}", "--target", "{out}/target.sqlite", "--batch", "{batch}"),
    "review": ("review", "export", "{place}", "--out", "{out}/review.xlsx", "--limit", "1000"),
    "asked": ("review", "export", "{place}", "--out", "{out}/review.xlsx", "--limit", "1000"),
    "book": ("review", "export", "{place}", "--out", "{out}/review.xlsx", "--limit", "1000", "--volume", "{label}"),
}


def with_sections(page: str, number: int, station: str, batch: str, *, is_sure: bool, year: str = "1984") -> Record:
    """An invented FIR with its section; one in fifty is of a protected victim."""
    record = invented(page, number, station, batch, is_sure=is_sure, year=year)
    origin = Origin(page=page, zone="sections", box=(10, 10, 90, 40))
    said = {"act": "IPC", "section": "376" if number % 50 == 0 else "379"}
    return replace(
        record, children={"acts": ({k: FieldValue(v, v, 0.99, origin, BY, accept=0.9) for k, v in said.items()},)}
    )


def made(folder: Path, pages: int, *, is_one_batch: bool = False) -> Place:
    """A workspace of so many pages, of which each volume was received and counted. is_one_batch: they came at once."""
    how: dict[str, Any] = {"is_whole": lambda page: True, "invented": with_sections}
    if is_one_batch:
        how["VOLUMES_PER_BATCH"] = pages // ledger_make.PER_VOLUME
    with mock.patch.multiple(ledger_make, **how):
        place = ledger_make.make(folder / f"growth-{pages}{'-one' * is_one_batch}", pages)
    with Ledger(place.ledger) as ledger:
        if begin_measuring(ledger, place.options.workspace.site_id):
            # Something passes, so that sheets ask by lot what passed.
            open_now = Measured(ledger_make.FORM, "fir_no", 0.9, "own", 400, 400)
            detail = {"is": open_now.as_plain()}
            ledger.record_event(f"threshold:{open_now.form}/{open_now.field}", STEP, "note", detail=detail)
        volumes = Volumes(ledger)
        if not volumes.all():
            with ledger.writing():
                for row in ledger.rows("SELECT label FROM volumes"):
                    volumes.receive(
                        VolumeFacts(row["label"], pages=ledger_make.PER_VOLUME), by="A. Clerk", on="2026-03-01"
                    )
    return place


def used(place: Place, name: str, out: Path) -> dict[str, float]:
    """Peak MB and processor seconds of a command. Raises RuntimeError where it ends with a fault."""
    with Ledger(place.ledger) as ledger:
        (named,) = ledger.rows(_FIRST)
    arguments = [a.format(place=place.folder, out=out, **dict(named)) for a in COMMANDS[name]]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        code, mb, seconds = done.stdout.rstrip().rpartition("\n")[2].split()
    except ValueError:
        code, mb, seconds = "?", "0", "0"
    # 3: volumes are not accounted for, which is an answer.
    if code not in ("0", "3"):
        raise RuntimeError(f"{name} ended with {code}: {done.stderr[-800:]}")
    return {"mb": round(float(mb)), "processor_s": round(float(seconds), 1)}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--one-batch", action="store_true", help="all pages are one batch: what a load takes of it")
    parser.add_argument("--only", nargs="+", choices=list(COMMANDS), default=list(COMMANDS))
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as out:
        folder = a.data or Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        for pages in a.sizes:
            place = made(folder, pages, is_one_batch=a.one_batch)
            for name in a.only:
                found[f"{name}_{pages}"] = used(place, name, Path(out))
                print(f"{name:10} {pages:>10,} {found[f'{name}_{pages}']}", flush=True)
    found["made_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if a.json:
        a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
