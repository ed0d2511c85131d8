"""`digitize map` on systems of several tables: what became of each table, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digitize.cli.console import errors, print_json, results, say, table

if TYPE_CHECKING:
    from digitize.files.systems.apply import SystemApplied
    from mappers.sources.values import MapContext


def is_system(file: Path, mapping: str) -> bool:
    """Whether a command means a system: its folder is given, or its file."""
    from digitize.files.systems.find import system_file

    return file.is_dir() or (bool(mapping) and system_file(Path(mapping)) is not None)


def apply(file: Path, mapping: str, context: MapContext, out: Path, *, json: bool) -> None:
    """Map a system to import files, and say what became of its tables."""
    from dataclasses import asdict

    from digitize.files.systems.apply import apply_system
    from digitize.files.systems.find import read_system

    system, mappings = read_system(Path(mapping) if mapping else file)
    done = apply_system(file, system, mappings, context, out)
    if json:
        print_json({"system": system.id, "out": str(out), **asdict(done)})
        return
    _print(done, system.title, out)


def _print(done: SystemApplied, title: str, out: Path) -> None:
    rows = [
        [t.table, t.role, t.rows, t.joined or "", "; ".join(f"{n} {why}" for why, n in t.orphans.items()) or t.reason]
        for t in done.tables
    ]
    results().print(table(title, ["table", "is", "rows", "joined", "in no record"], rows), markup=False)
    made = ", ".join(f"{n} {form}" for form, n in done.records.items())
    say(f"{done.mapped} rows of the head became {made or 'nothing'}; {done.reported} rows are in no record.")
    say(f"{done.doubts} values are doubtful: see {out / 'report'}. Next: digitize validate {out} --state ... ")
    for note in done.notes:
        errors().print(note, style="yellow", markup=False, soft_wrap=True)
    for column, count in done.left_over.items():
        say(f"Left over: {column}, in {count} rows.")
