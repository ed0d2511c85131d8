"""`digitize map` on systems of several tables: the result per table, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from digitize.cli.console import errors, print_json, results, say, say_text, table
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.files.mapping.golden import Golden
    from digitize.files.systems.apply import SystemApplied
    from mappers.legacy import ReadAs
    from mappers.mapping.column_encodings import WantedEncoding
    from mappers.sources.values import MapContext


def is_system(file: Path, mapping: str) -> bool:
    """Whether a command means a system: its folder is given, or its file."""
    from digitize.files.systems.find import system_file

    return file.is_dir() or (bool(mapping) and system_file(Path(mapping)) is not None)


def apply(file: Path, mapping: str, context: MapContext, out: Path, *, json: bool) -> None:
    """Map a system to import files and report the result per table."""
    from dataclasses import asdict

    from digitize.files.systems.apply import apply_system
    from digitize.files.systems.find import read_system

    system, mappings = read_system(Path(mapping) if mapping else file)
    done = apply_system(file, system, mappings, context, out)
    if json:
        print_json({"system": system.id, "out": str(out), **asdict(done)})
        return
    _print(done, system.title, out)


def has_several(file: Path, how: ReadAs, out: Path | None) -> bool:
    """Whether to draft a whole system: a folder, or a file with tables of several shapes and no output file."""
    from mappers.legacy import open_tables

    if file.is_dir():
        return True
    return (out is None or out.suffix != ".toml") and len({t.columns for t in open_tables(file, how)}) > 1


def new(file: Path, how: ReadAs, wanted: WantedEncoding, state: str, out: Path | None, *, json: bool) -> None:
    """Draft a system into a folder, or print its file, and report the role found for each table."""
    from digitize.files.mapping.draft import mapping_id, write_new
    from digitize.files.systems.drafting import draft_system
    from mappers.systems.system import SYSTEM_FILE

    drafted = draft_system(file, how, wanted, mapping_id(out.name if out else f"{state}_{file.stem}"), state)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in [(SYSTEM_FILE, drafted.text), *((f"{i}.toml", t) for i, t in drafted.mappings.items())]:
            write_new(out / name, text)
    if json:
        print_json(drafted.to_plain())
        return
    if out is None:
        say_text(drafted.text)
    results().print(table("Role of each table", ["table", "is", "sure", "by"], drafted.rows()), markup=False)
    for line in drafted.questions():
        errors().print(line, style="yellow", markup=False, soft_wrap=True)
    if out is not None:
        apply = format_command("map", "apply", file, "--mapping", out, "--out", "...")
        say(f"Written to {out}. Next: {format_command('map', 'explain', out)}; {apply}")


def test(where: Path, golden: Path | None) -> Golden:
    """Golden source of a system and the cells that differ; it is in "golden" next to the system's file."""
    from digitize.files.systems.golden import run_golden_system

    folder = where if where.is_dir() else where.parent
    return run_golden_system(folder, golden or folder / "golden")


def explain(where: Path, out: Path | None) -> None:
    """Draw a system's tables and their ties."""
    from digitize.errors import InputError
    from digitize.files.systems.find import read_system
    from mappers.systems.explain import draw

    system, mappings = read_system(where)
    page = draw(system, {m.id: m.title for m in mappings.values()})
    if out is None:
        say_text(page)
        return
    try:
        out.write_text(page, encoding="utf-8", newline="\n")
    except OSError as e:
        raise InputError(f"{out}: cannot be written: {e.strerror}.") from e


def _print(done: SystemApplied, title: str, out: Path) -> None:
    rows = [
        [t.table, t.role, t.rows, t.joined or "", "; ".join(f"{n} {why}" for why, n in t.orphans.items()) or t.reason]
        for t in done.tables
    ]
    results().print(table(title, ["table", "is", "rows", "joined", "in no record"], rows), markup=False)
    made = ", ".join(f"{n} {form}" for form, n in done.records.items())
    say(f"{done.mapped} rows of the head became {made or 'nothing'}; {done.reported} rows are in no record.")
    check = format_command("validate", out, "--state", "...")
    say(f"Doubtful values: {done.doubts}; see {out / 'report'}. Next: {check}")
    for note in done.notes:
        errors().print(note, style="yellow", markup=False, soft_wrap=True)
    for column, count in done.left_over.items():
        say(f"Left over: {column}, in {count} rows.")
