"""`digitize show`: show one page or record with its full history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digitize.cli.console import Json, print_json, results, say, table
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by

if TYPE_CHECKING:
    from digitize.masking.unmasking import Unmasking
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import Place

PANEL = "A workspace's daily work", 60


def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    name: Annotated[str, typer.Argument(metavar="PAGE|RECORD", help="Id of a page or a record.")],
    image: Annotated[Path | None, typer.Option(help="Write the page with its zones drawn in, as PNG.")] = None,
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Show one page or record: scan, zones, reading, value, findings, and where it is loaded."""
    from digitize.records.trail import build_trail
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        data = build_trail(ledger, name, is_masked=not who)
        if image is not None:
            _draw(place, ledger, data, name, image, is_masked=not who)
        if who:
            # Before the first name is printed.
            _keep(ledger, who, name, data, image)
    if json:
        print_json(data)
        return
    if "page" in data:
        _print_page(data["page"])
    for record in [data["record"]] if "record" in data else data["records"]:
        _print_record(record)
    if image is not None:
        say(f"Page drawn to {image}.")


def _keep(ledger: Ledger, who: Unmasking, name: str, data: dict[str, Any], image: Path | None) -> None:
    """Log in the ledger who saw which protected fields, and the image's hash."""
    from digitize.masking.unmasking import hash_files
    from digitize.records.trail import list_shown_fields

    shown = list_shown_fields(ledger, data["records"] if "records" in data else [data["record"]])
    files = {"files": hash_files([image])} if image else {}
    ledger.record_event(name, "show", "note", detail={**who.as_plain(), **shown.as_plain(), **files})


def _draw(place: Place, ledger: Ledger, data: dict[str, Any], name: str, image: Path, *, is_masked: bool) -> None:
    from digitize.errors import InputError
    from digitize.records.pictures import Pictures

    records = data["records"] if "records" in data else [data["record"]]
    fields = [f for r in records for f in r["fields"]]
    page = name if "page" in data else next((f["from"]["page"] for f in fields if "page" in f["from"]), "")
    if not page:
        raise InputError(f"{name} comes from a table; there is no page to draw.")
    doubtful = tuple(f["from"].get("zone", "") for f in fields if f["open"])
    image.write_bytes(Pictures(place, ledger).draw_page(page, doubtful, is_masked=is_masked))


def _print_page(page: dict[str, Any]) -> None:
    out = results()
    scan = page["scan"]
    part = f", {scan['part']} part" if "part" in scan else ""
    say(f"Page {page['page']}: {scan['file']}, image {scan['index'] + 1}{part}, volume {page['volume']}")
    say(f"  SHA-256 {scan['sha256']}")
    if page["purged"]:
        say(f"  {_describe_purge(page['purged'])}")
    say(f"  form {page['form'] or 'not recognised'} ({page['match']} points match), turned {page['turned_deg']} deg")
    if page["blank"]:
        say("  blank: no ink was found, so it makes no record; check it with --image FILE")
    if page["zones"]:
        rows = [
            [z["zone"], "blank" if z["blank"] else z["reading"], z["value"], f"{z['confidence']:.2f}"]
            for z in page["zones"]
        ]
        out.print(table("Zones", ["zone", "reading", "value", "sure"], rows), markup=False)
    for a in page["around"]:
        what = f"page number {a['number']}" if a["number"] is not None else f"note: {a['text'] or 'not read'}"
        say(f"  {a['where']} of the table{', at row ' + a['row'] if a['row'] else ''}: {what}")
    for row in page["reported"]:
        say(f"  row {row['row']} makes no record: {row['why']}")
    for e in page["history"]:
        why = f": {e['detail']['message']}" if "message" in e["detail"] else ""
        say(f"  {e['at']}  {e['step']} {e['outcome']}{why}")


def _print_record(record: dict[str, Any]) -> None:
    out = results()
    loaded = record["loaded"]
    where = f"loaded into {loaded['target']} ({loaded['load'][:12]})" if loaded else "not loaded"
    if loaded and loaded["flags"]:
        where += f", flagged {', '.join(loaded['flags'])}"
    say("", f"Record {record['record']} ({record['form']}): {record['verdict']}, {where}")
    if record["purged"]:
        say(f"  {_describe_purge(record['purged'])}")
    rows = [
        [("? " if f["open"] else "  ") + f["field"], _format_value(f), f["raw"], f"{f['confidence']:.2f}", _place(f)]
        for f in record["fields"]
        if f["value"] or f["raw"] or f["open"] or f["why_empty"] not in ("", "blank")
    ]
    out.print(table("Fields (? = a person must look)", ["field", "value", "raw", "sure", "from"], rows), markup=False)
    for name, text in record["left_over"].items():
        say(f"  left over: {name}: {text}")
    for f in record["findings"]:
        say(f"  {f['severity']}  {f['code']}  {f['field']}: {f['message']}")


def _describe_purge(purged: dict[str, str]) -> str:
    from digitize.workspace.ledger.purges import Purged

    what = "Personal data were" if purged["what"] == "personal" else "The original was"
    return f"{what} {Purged(**purged).line()}."


def _format_value(f: dict[str, Any]) -> str:
    """A field's value, or in brackets why it has none."""
    return f["value"] or (f"({f['why_empty']})" if f["why_empty"] else "")


def _place(f: dict[str, Any]) -> str:
    o = f["from"]
    if "zone" in o:
        return f"{o['page']} {o['zone']}"
    if "column" in o:
        return f"{o['file']} row {o['row']} {o['column']}"
    return str(f["by"])


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(show)
