"""`digitize case`: show the records of all registers that belong to one FIR."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digitize.masking.cases import CaseMasks
    from digitize.masking.unmasking import ShownFields
    from digitize.records.cases import CaseCounts
    from digitize.workspace.ledger import Ledger
    from mappers.linking.cases import Case

PANEL = "A workspace's daily work", 70


def case(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    name: Annotated[
        str,
        typer.Argument(metavar="[RECORD|STATION/NUMBER/YEAR]", help="Show one case (default: all that need a look)."),
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Include cases without conflicts or changes.")] = False,
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Show a case: its records from all registers, linked by FIR key, and where they disagree."""
    from dataclasses import asdict

    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    with Ledger(open_place(folder).ledger) as ledger:
        shown, counts, told = _look(ledger, name, every=every, is_masked=who is None)
        if who:
            detail = {**who.as_plain(), **told.as_plain()}
            ledger.record_event(name or "cases", "case", "note", detail=detail)
    if json:
        print_json({"cases": shown, **({"counts": asdict(counts)} if counts else {})})
        return
    for plain in shown:
        _print(plain)
    if counts:
        say(
            f"{counts.cases} cases: {counts.with_conflicts} with conflicts, {counts.with_changes} with changes, "
            f"{counts.without_fir} without the FIR itself. "
            f"Records that belong to no case: {counts.apart}.{_mention_purged(counts.purged)}"
        )


def _look(
    ledger: Ledger, name: str, *, every: bool, is_masked: bool
) -> tuple[list[dict[str, Any]], CaseCounts | None, ShownFields]:
    """Cases to show, the total number of cases, and the protected fields shown in full."""
    from functools import cache

    from digitize.masking.unmasking import ShownFields
    from digitize.records.cases import CaseTally, find_case, iter_cases

    found: Iterable[Case] = [find_case(ledger, name)] if name else iter_cases(ledger)
    # Of all cases none is drawn for this: it would be used up before it is shown. Where none is shown, no record is
    # opened for masks.
    masks, told, tally = cache(lambda: _masks(ledger, found if name else ())), ShownFields(), CaseTally()
    wanted = (c for c in tally.count_each(found) if name or every or c.conflicts)
    shown = [_plain(c, masks(), None if is_masked else told) for c in wanted]
    return shown, None if name else tally.compute_counts(ledger), told


def _mention_purged(purged: int) -> str:
    return f" Not included, because their values were purged: {purged} records." if purged else ""


def _plain(case: Case, masks: CaseMasks, told: ShownFields | None) -> dict[str, Any]:
    """A case as shown: masked, or in full with its protected fields noted in `told`."""
    from digitize.records.cases import case_to_plain

    if told is None:
        return case_to_plain(case, masks)
    for record in case.records:
        told.add(record.id, masks.list_masked_paths(record))
    return case_to_plain(case, None)


def _masks(ledger: Ledger, cases: Iterable[Case]) -> CaseMasks:
    """Masks for the cases to show, or for the whole workspace if none are named."""
    from digitize.masking.cases import build_case_masks, build_workspace_masks

    records = [r for c in cases for r in c.records]
    return build_case_masks(ledger, records) if records else build_workspace_masks(ledger)


def _print(plain: dict[str, Any]) -> None:
    out = results()
    key = plain["key"]
    part = f" part {key['fir_part']}" if key["fir_part"] else ""
    say("", f"FIR {key['fir_no']}/{key['year']}{part}, {key['police_station']}, {key['district']}, {key['state']}")
    rows = [[r["record"], r["form"], r["linked_by"]] for r in plain["records"]]
    out.print(table("", ["record", "form", "linked by"], rows), markup=False)
    for conflict in plain["conflicts"]:
        statements = "; ".join(f"{s['value']} ({s['record']} {s['field']})" for s in conflict["statements"])
        out.print(f"  {conflict['kind']}: {conflict['fact']}: {statements}", markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(case)
