"""Whom the law hides, at every exit: 120 planted cases through a workspace, and every file and message searched.

`measure_masking(folder, quick)`: `masking_cases`, `masking_right` (shown or hidden as the table says, at each exit) and
`leaks` (names that must be hidden, found in any file, log, message or snapshot that is not full by design). The table
is `tests/people/masking_cases.csv`; the exits are those of `digitize/masking/exits.toml`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sample_data.makers.planted import Planted, plant, read_cases, text_of
from tools.exits.firs import copied_firs
from tools.exits.services import ask_services

ROOT = Path(__file__).resolve().parents[2]

REPORTS = ("table", "json", "jsonl", "csv", "html", "sarif", "junit", "xlsx")
# Full by design: what was delivered, the ledger, and what is loaded. Nothing else may hold a hidden name.
FULL = ("originals", "ledger.sqlite", "loaded")


def _show(at: Planted) -> str:
    # Every record is asked by name, as people do; --json says the same and more.
    ids = [f"wb-test-t0001-r{i:07}" for i in range(1, len(at.cases) + 1)]
    return "\n".join(at.run("show", at.workspace, i, *(("--json",) if n % 2 else ())) for n, i in enumerate(ids))


def _case(at: Planted) -> str:
    return at.run("case", at.workspace, "--all") + at.run("case", at.workspace, "--all", "--json")


def _export(*arguments: str) -> Callable[[Planted], str]:
    def write(at: Planted) -> str:
        out = at.folder / "out" / "-".join(["export", *(a.strip("-") for a in arguments)])
        return at.run("export", at.workspace, *arguments, "--out", out) + text_of(out)

    return write


def _review(at: Planted) -> str:
    out = at.folder / "out" / "review.xlsx"
    return at.run("review", "export", at.workspace, "--out", out) + text_of(out)


def _station(at: Planted) -> str:
    """All that the station gives to a supervisor who has not said why names must be seen, and record by record."""
    import json

    from digitize.login.people import SUPERVISOR, People, new_account
    from digitize.records.trail import build_trail
    from digitize.review.station.ledger_thread import Room
    from digitize.review.station.task_view import task_to_plain
    from digitize.review.station.worklist import WorkChoice
    from digitize.workspace.place import open_place

    place = open_place(at.workspace)
    who = new_account("Any", SUPERVISOR, "en", {})

    def all_of(room: Room) -> str:
        given = room.worklist.take_next(who, WorkChoice(), 10_000)
        shown = [task_to_plain(room, who, task, want, frozenset()) for task, want in given]
        records = [build_trail(room.ledger, f"wb-test-t0001-r{i:07}") for i in range(1, len(at.cases) + 1)]
        return json.dumps([shown, records], ensure_ascii=False, default=str)

    room = Room(place, People(place.folder))
    try:
        return room.run_and_wait(all_of)
    finally:
        room.close()


def _validate(format: str) -> Callable[[Planted], str]:
    def check(at: Planted) -> str:
        out = at.folder / "out" / f"report.{format}"
        ways = () if format == "table" else ("--format", format, "--out", out)
        # A rule over several rows, too: the same file twice, as two files.
        return at.run("validate", at.flat, *ways) + (text_of(out) if out.exists() else "")

    return check


def _fix(at: Planted) -> str:
    """The list of repairs; the repaired files themselves are copies of what was given."""
    out = at.folder / "fixed"
    return at.run("validate", at.flat, "--fix", out) + text_of(out / "changes.csv")


def _duplicates(where: str) -> Callable[[Planted], str]:
    def look(at: Planted) -> str:
        place = at.workspace if where == "workspace" else at.flat
        ways = [
            at.run("duplicates", place, "--threshold", "0.05", "--format", f) for f in ("table", "json", "jsonl", "csv")
        ]
        return "\n".join(ways)

    return look


def _target(at: Planted) -> Path:
    made = at.folder / "loaded" / "target.sqlite"
    if not made.exists():
        at.run("load", at.flat, "--target", made)
    return made


def _search(at: Planted) -> str:
    """What is answered to whoever asks for each of the names without a reason to see protected ones."""
    import json

    from digitize.search.log import Searcher
    from digitize.search.query import SearchQuery
    from digitize.search.search import StoreSearch
    from digitize.targets.sqlite import SqliteTarget

    target = SqliteTarget(at.workspace / "loaded" / "cctns.sqlite")
    finder, by = StoreSearch(target), Searcher("Any", "any@here", "measuring")
    asked = [SearchQuery(" ".join(words), limit=3) for words in sorted(set(at.names.values()))]
    found = [[h.as_plain() for h in finder.search(query, by).hits] for query in asked]
    target.close()
    return json.dumps(found, ensure_ascii=False)


def _quarantine_list(at: Planted) -> str:
    target = _target(at)
    return at.run("quarantine", "list", "--target", target) + at.run("quarantine", "list", "--target", target, "--json")


def _quarantine_export(at: Planted) -> str:
    out = at.folder / "out" / "quarantine.xlsx"
    return at.run("quarantine", "export", out, "--target", _target(at)) + text_of(out)


def _load(at: Planted) -> str:
    """What loading itself says; the target holds full values by design."""
    made = at.folder / "loaded" / "again.sqlite"
    said = at.run("load", at.workspace) + at.run("load", at.flat, "--target", made)
    return said + at.run("receipts", at.workspace) + at.run("reconcile", at.flat, "--target", made)


def _counts(at: Planted) -> str:
    ways = (("status", at.workspace), ("status", at.workspace, "--json"), ("run", at.workspace))
    return "\n".join(at.run(*way) for way in (*ways, ("ledger", "verify", at.workspace)))


def _snapshot(at: Planted) -> str:
    out = at.folder / "out" / "snapshot.json"
    out.parent.mkdir(exist_ok=True)
    page, made = at.folder / "out" / "office.html", at.folder / "out" / "office.json"
    said = at.run("snapshot", at.workspace, "--out", out)
    said += at.run("report", at.workspace, "--html", page, "--json-file", made)
    return said + "".join(text_of(p) for p in (out, page, made) if p.exists())


def _pictures(at: Planted) -> str:
    """Which words a picture of a page would still show: those whose zones are not painted over."""
    from digitize.masking.cases import build_masks
    from digitize.records.trail import list_hidden_zones
    from digitize.workspace.ledger.records import Stored

    shown = []
    for record, _ in _records(at):
        stored = Stored(record, "u", "g", "s", "", "h")
        hidden = list_hidden_zones([stored], build_masks([record]))
        shown += [c.raw for _, c in record.cells() if c.origin.zone not in hidden]
        shown += [t for n, t in record.left_over.items() if n not in hidden]
    return "\n".join(shown)


def _extract(at: Planted) -> str:
    """What the list of `extract` shows of pages that say the same: all of it, or no person."""
    from digitize.masking.masks import is_masked

    return "\n".join(" ".join(words) for record, words in _records(at) if not is_masked(record))


def _records(at: Planted) -> list[tuple[Any, tuple[str, str]]]:
    """The records of the workspace, each value with a zone of its own as if it came from a page."""
    from dataclasses import replace

    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.records import Records
    from mappers.record import Origin

    found = []
    with Ledger(at.workspace / "ledger.sqlite") as ledger:
        records = [s.record for s in Records(ledger).all()]
    for record in records:
        for path, cell in list(record.cells()):
            record = record.with_value(path, replace(cell, origin=Origin(page="p", zone=path)))
        number = int(record.id.rpartition("-r")[2]) - 1
        found.append((record, at.names[at.cases[number]["case"]]))
    return found


EXITS: Mapping[str, Callable[[Planted], str]] = {
    "show": _show,
    "case": _case,
    "export csv": _export("--to", "csv", "--all"),
    "export jsonl": _export("--to", "jsonl"),
    "export layout": _export("--to", "csv", "--all", "--layout", "t_state"),
    "review export": _review,
    "review station": _station,
    **{f"validate {format}": _validate(format) for format in REPORTS},
    "validate fix": _fix,
    "duplicates workspace": _duplicates("workspace"),
    "duplicates files": _duplicates("files"),
    "search": _search,
    "services": ask_services,
    "fir copy": lambda at: copied_firs(at.workspace / "loaded" / "cctns.sqlite"),
    "quarantine list": _quarantine_list,
    "quarantine export": _quarantine_export,
    "load": _load,
    "status": _counts,
    "snapshot": _snapshot,
    "pictures": _pictures,
    "extract": _extract,
}
# Exits that show whom the law does not hide; the others show nobody, or only what was asked about.
OPEN = ("show", "export csv", "export jsonl", "pictures", "extract")


def wrong_at(at: Planted, exit: str) -> set[str]:
    """The cases that an exit shows and must not, or hides although nobody needs to be hidden."""
    told = at.told(EXITS[exit](at))
    must = {c["case"] for c in at.cases if c["must"] == "mask"}
    wrong = told & must
    return wrong | ((at.names.keys() - must) - told if exit in OPEN else set())


def find_leaks(at: Planted) -> list[str]:
    """Where hidden names stand in files that are not full by design, and in what a verbose run logs."""
    must = {c["case"] for c in at.cases if c["must"] == "mask"}
    found = [str(p.relative_to(at.folder)) for p in _searched(at) if at.told(text_of(p)) & must]
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from digitize.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    for arguments in (["-v", "run", str(at.workspace)], ["-v", "validate", str(at.flat)]):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
        found += [f"log of {arguments[1]}"] * bool(at.told(done.stdout + done.stderr) & must)
    return found


def _searched(at: Planted) -> list[Path]:
    files = [p for folder in (at.workspace, at.folder / "out") for p in sorted(folder.rglob("*")) if p.is_file()]
    full = tuple(str(at.workspace / name) for name in FULL)
    return [p for p in files if not str(p).startswith(full)]


def measure_masking(folder: Path, *, quick: bool = False) -> dict[str, int]:
    """The figures. quick: every fourth case. Writes into folder, which must be empty."""
    cases = read_cases()[:: 4 if quick else 1]
    at = plant(folder, cases)
    wrong = {case for exit in EXITS for case in wrong_at(at, exit)}
    return {"masking_cases": len(cases), "masking_right": len(cases) - len(wrong), "leaks": len(find_leaks(at))}
