"""What commands that are asked of one page, record, volume or batch take at two sizes of a workspace: does it grow?

    .venv/bin/python -m benchmarks.growth_one [--quick] [--sizes 30000 300000] [--data FOLDER] [--only NAMES]
        [--json FILE]

The workspaces are those of benchmarks/growth.py, made once, as they are after a while: of each volume something was
learned, and people answered about one record in fifty. Each command runs in a process of its own; memory is the most
that it had, time is that of the processor. Names: see COMMANDS; those that look at a target need load. Of all, too,
what is asked every day: status, receipts, failed, report, and a sheet of 200 questions (review; asked: again; filled:
it comes back, each answered).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import load_workbook

from benchmarks import growth
from benchmarks.parts.ledger.make import FORM
from digitize.review.answering import keep_answer
from digitize.workspace.calibration.sampling import book_of
from digitize.workspace.calibration.threshold_store import plain_answer
from digitize.workspace.calibration.values import BlindAnswer
from digitize.workspace.counting.counts_cache import keep_counts
from digitize.workspace.ledger import Ledger, books
from digitize.workspace.ledger.books import BookFact
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.chosen_weights import PACKAGE
from digitize.workspace.ledger.records import Decision
from digitize.workspace.place import Place

QUICK = (250, 500)
"""Pages with --quick: one volume and two."""
_TARGET = ("--target", "{out}/target-{pages}.sqlite")
_PACKAGE = (
    "--workspace", "{place}", "--to", "e-courts", "--out", "{out}/package-{pages}", "--plain", "--operator", "A. Clerk",
)  # fmt: skip
COMMANDS: dict[str, Sequence[str]] = {
    "page": ("show", "{place}", "{page}"),
    "record": ("show", "{place}", "{page}-r1"),
    "case": ("case", "{place}", "{page}-r1"),
    "volume": ("export", "{place}", "--to", "csv", "--volume", "1", "--out", "{out}/volume"),
    "batch": ("export", "{place}", "--to", "jsonl", "--batch", "{batch}", "--out", "{out}/batch.jsonl"),
    "load": ("load", "{place}", "--target", "{out}/target-{pages}.sqlite", "--batch", "{batch}"),
    "account": ("batch", "account", "{place}", "--volume", "{label}"),
    "custody": ("batch", "custody", "{place}", "--volume", "{label}"),
    "count": ("batch", "count", "{place}", "--volume", "{label}", "--pages", "250", "--by", "A. Clerk"),
    "labels": ("labels", "{place}", "--pdf", "{out}/labels.pdf", "--volume", "{label}"),
    "purge": ("purge", "{place}", "--what", "originals", "--batch", "{batch}", "--dry-run"),
    "book": ("review", "export", "{place}", "--out", "{out}/book.xlsx", "--limit", "1000", "--volume", "{label}"),
    "review": ("review", "export", "{place}", "--out", "{out}/review.xlsx", "--limit", "200"),
    "asked": ("review", "export", "{place}", "--out", "{out}/review.xlsx", "--limit", "200"),
    "filled": ("review", "import", "{place}", "{out}/review.xlsx", "--operator", "A. Clerk"),
    "status": ("status", "{place}"),
    "failed": ("retry", "{place}", "--list"),
    "receipts": ("receipts", "{place}"),
    "calibrate": ("calibrate", "{place}"),
    "report": ("report", "{place}", "--html", "{out}/report.html"),
    "snapshot": ("snapshot", "{place}", "--out", "{out}/s.snapshot"),
    "blank": ("status", "{place}", "--blank"),
    "cases": ("case", "{place}"),
    "settle": (
        "review", "settle", "{place}", "{waiting}-r1", "narrative", "--operator", "A. Clerk", "--verdict", "illegible",
    ),
    "look": ("batch", "look", "{place}", "--volume", "{label}"),
    "sort": ("batch", "sort", "{place}"),
    "mets": ("export", "{place}", "--to", "mets", "--volume", "{label}", "--out", "{out}/mets-{pages}"),
    "heads": ("ledger", "heads", "{place}"),
    "recount": ("ledger", "recount", "{place}"),
    "quarantine": ("quarantine", "list", *_TARGET),
    "flags": ("quarantine", "flags", "--record", "{page}-r1", *_TARGET),
    "unload": ("unload", "{batch}", "--dry-run", *_TARGET),
    "fir": ("search", "7", "--kind", "fir", *_TARGET),
    "exchange": ("exchange", "export", *_PACKAGE, *_TARGET),
    "exchanged": ("exchange", "export", *_PACKAGE, *_TARGET),
}  # fmt: skip
_EACH = 50


def lived_in(place: Place) -> Place:
    """Something was learned of each volume, and people answered about some records; all of it is counted."""
    with Ledger(place.ledger) as ledger:
        for row in ledger.rows("SELECT volume FROM volumes ORDER BY volume"):
            if not books.learned_of(ledger, row["volume"]):
                _live(ledger, row["volume"])
        # As a run leaves them.
        ledger.execute("DELETE FROM marks WHERE what = 'map'")
        keep_counts(ledger)
    return place


def _live(ledger: Ledger, volume: int) -> None:
    with ledger.writing():
        facts = {"police_station": "Thana 001", "year": "1984"}
        books.record(ledger, volume, {zone: BookFact(zone, value, 200, 201) for zone, value in facts.items()})
        for scan in Catalogue(ledger).scans(volume)[::_EACH]:
            cell, source = f"zone:{scan.page}/police_station", f"{scan.sha256}:{scan.idx}"
            said = Decision(f"{scan.page}-r1", cell, "x", source, "iif1", "value", "Thana 001", "A. Clerk")
            blind = BlindAnswer(FORM, "police_station", book_of(scan.page), 0.98, right=True)
            keep_answer(ledger, said, plain_answer(blind, PACKAGE))


def _fill(sheet: Path) -> None:
    """Answer each question of a sheet."""
    book = load_workbook(sheet)
    head = [cell.value for cell in book["review"][1]]
    for row in book["review"].iter_rows(min_row=2):
        row[head.index("verdict")].value = "illegible"
    book.save(sheet)


def used(place: Place, name: str, pages: int, out: Path) -> dict[str, float]:
    """Peak MB and processor seconds of a command. Raises RuntimeError where it ends with a fault."""
    with Ledger(place.ledger) as ledger:
        (named,) = ledger.rows(growth._FIRST)
    if name == "filled":
        _fill(out / "review.xlsx")
    volume = f"{place.options.workspace.site_id}-0001"
    said = {
        "place": place.folder,
        "out": out,
        "pages": pages,
        "page": f"{volume}-0007",
        "waiting": f"{volume}-0010",
    }
    arguments = [a.format(**said, **dict(named)) for a in COMMANDS[name]]
    command = [sys.executable, "-c", growth._RUN, *arguments]
    done = subprocess.run(command, cwd=growth.ROOT, capture_output=True, text=True, check=False)
    code, mb, seconds = (*done.stdout.rstrip().rpartition("\n")[2].split(), "?", "0", "0")[:3]
    # 3: a volume is not accounted for, or some answers are not taken; both are answers.
    if code not in ("0", "3"):
        raise RuntimeError(f"{name} ended with {code}: {done.stderr[-800:]}")
    return {"mb": round(float(mb)), "processor_s": round(float(seconds), 2)}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="of one volume and of two")
    parser.add_argument("--sizes", type=int, nargs="+", default=[30_000, 300_000])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", nargs="+", choices=list(COMMANDS), default=list(COMMANDS))
    parser.add_argument("--json", type=Path)
    a = parser.parse_args(argv)
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as out:
        folder = a.data or Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        for pages in QUICK if a.quick else a.sizes:
            place = lived_in(growth.made(folder, pages))
            for name in a.only:
                found[f"{name}_{pages}"] = used(place, name, pages, Path(out))
                print(f"{name:10} {pages:>10,} {found[f'{name}_{pages}']}", flush=True)
    if a.json:
        a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
