"""`digitize duplicates`: find persons and cases that may be in two records."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, errors, print_json, results, say, table
from digitize.cli.unmask import Reason, Unmask, asked_by, keep_record, need_file
from digitize.machine.text import pluralize

if TYPE_CHECKING:
    from digitize.records.duplicates.search import Duplicates, DuplicateSearch

PANEL = "Services on loaded records", 50


def duplicates(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...|DIR", help="Files in the flat layout, folders of them, or a workspace."),
    ],
    form: Annotated[str, typer.Option(help="The form whose records are compared.")] = "iif1",
    of: Annotated[str, typer.Option(help="persons, cases or both.")] = "both",
    threshold: Annotated[
        float | None,
        typer.Option(min=0.01, max=0.9999, help="Lowest probability of a pair to show (default: 0.9)."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of pairs of each kind to show, the surest first.")] = 50,
    format: Annotated[str, typer.Option(help="table, json, jsonl or csv (a sheet to decide in).")] = "table",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the pairs to this file.")] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Import a sheet with 'same' or 'different' under decision.")
    ] = None,
    operator: Annotated[
        str, typer.Option(help="Name of the person who decides, or sees personal values; recorded.")
    ] = "",
    unmask: Unmask = False,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """List records that may describe one person or case, across scripts and spellings; nothing is merged."""
    from digitize.errors import OptionsError
    from digitize.records.duplicates.search import DuplicateSearch

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    if decisions:
        _take(paths, decisions, operator, json=json)
        return
    # --json is said by every command; here it is one of several formats.
    format = "json" if json else format
    if out and format not in ("csv", "jsonl"):
        raise OptionsError("--out needs --format csv or jsonl.")
    if not _is_workspace(paths):
        need_file(who, out)
    found = _find(paths, DuplicateSearch(form, of, threshold, limit, who))
    _show(found, format, out)
    if who and out:
        keep_record(out, who, found.shown)


def _find(paths: list[Path], wanted: DuplicateSearch) -> Duplicates:
    from digitize.records.duplicates.search import find_in_files, find_in_workspace
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    if not _is_workspace(paths):
        return find_in_files(paths, wanted)
    with Ledger(open_place(paths[0]).ledger) as ledger:
        return find_in_workspace(ledger, wanted)


def _is_workspace(paths: list[Path]) -> bool:
    return len(paths) == 1 and (paths[0] / "digitize.toml").is_file()


def _take(paths: list[Path], sheet: Path, operator: str, *, json: bool) -> None:
    from digitize.errors import OptionsError, TooManyRefused
    from digitize.records.duplicates.decisions import take_decisions
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    if not _is_workspace(paths) or not operator.strip():
        raise OptionsError("--decisions needs a workspace, where they are kept, and --operator NAME.")
    with Ledger(open_place(paths[0]).ledger) as ledger:
        taken = take_decisions(ledger, sheet, operator.strip())
    if json:
        print_json(asdict(taken))
    else:
        for line, what in taken.refused:
            errors().print(f"line {line}: refused: {what}", style="red", markup=False, soft_wrap=True)
        say(
            f"{pluralize(taken.rows, 'row')}: {taken.decided} decided, {taken.known} known before, "
            f"{len(taken.refused)} refused."
        )
    if taken.refused:
        raise TooManyRefused("Some rows were refused; they are listed above. The others are saved.")


def _show(found: Duplicates, format: str, out: Path | None) -> None:
    from digitize.records.duplicates.write import write_pairs

    if format == "json":
        print_json({"pairs": list(found.pairs), "counts": [asdict(c) for c in found.counts]})
        return
    if format != "table":
        write_pairs(found.pairs, format, out)
    elif found.pairs:
        rows = [
            [p["group"], f"{p['score']:.2f}", *map(_side, (p["left"], p["right"])), _describe_pair(p)]
            for p in found.pairs
        ]
        results().print(table("Pairs", ["group", "score", "one", "other", "why"], rows), markup=False)
    if found.purged:
        errors().print(f"{found.purged} records are not compared: their values were purged.", soft_wrap=True)
    for count in found.counts:
        line = (
            f"{count.kind}s: {pluralize(count.pairs, 'pair')}, {pluralize(count.groups, 'group')}, {count.shown} "
            f"shown; {count.decided} "
            f"decided before. {pluralize(count.rows, 'row')}, {pluralize(count.compared, 'comparison')}, "
            f"{count.skipped} left out in big blocks."
        )
        # What is written to standard output for a machine stays free of words.
        say(line) if format == "table" or out else errors().print(line, markup=False, soft_wrap=True)


def _side(side: dict[str, Any]) -> str:
    values = [v for n, v in side.items() if n in ("name", "relative_name", "birth_year", "complainant", "number")]
    return f"{side['record'] or 'no id'}, {side['line']}: {', '.join(values)}"


def _describe_pair(pair: dict[str, Any]) -> str:
    differs = f"; not {', '.join(pair['differs'])}" if pair["differs"] else ""
    return f"{pair['kind']}: {', '.join(pair['agrees'])}{differs}"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(duplicates)
