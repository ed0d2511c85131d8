"""`digitize review`: export, import and serve what needs review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, errors, print_json, say
from digitize.cli.unmask import Reason, Unmask, asked_by
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

PANEL = "People's review", 10

review = typer.Typer(name="review", help="Export, import and serve what a person must look at.", no_args_is_help=True)


@review.command("export")
def export_sheet(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    out: Annotated[Path | None, typer.Option(help="File to write (default: review/review.xlsx).")] = None,
    volume: Annotated[str, typer.Option(help="Only this book, by its label.")] = "",
    field: Annotated[str, typer.Option(help="Only this field, by its name or label.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Most rows to write; 0: all.")] = 0,
    everything: Annotated[
        bool, typer.Option("--all", help="Include values that may wait until thresholds are known.")
    ] = False,
    pages: Annotated[bool, typer.Option("--pages", help="Include a picture of each whole page.")] = False,
    lang: Annotated[str, typer.Option(help="Language of headings, guide and findings (default: the site's).")] = "",
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Annotated[
        str, typer.Option(help="Name of the person who fills it in, and with --unmask sees the names.")
    ] = "",
    json: Json = False,
) -> None:
    """Export what needs review as a spreadsheet with images."""
    from dataclasses import asdict

    from digitize.review.sheet_export import SheetChoice, export_review
    from digitize.workspace.place import open_place

    who = asked_by(unmask=unmask, reason=reason, operator=operator if unmask or reason else "")
    wanted = SheetChoice(volume, field, limit, everything, pages, lang, operator="" if who else operator)
    made = export_review(open_place(folder), out, who=who, wanted=wanted)
    if json:
        print_json(asdict(made) | {"path": str(made.path)})
        return
    masked = f" {made.masked} of them are masked (see --unmask)." if made.masked else ""
    say(f"{made.items} items written to {made.path}.{masked}")
    if made.blind:
        say(f"{made.blind} of them are asked without the reading: the answers show which values may pass.")
    if made.deferred:
        say(f"{made.deferred} more wait until that is known; --all writes them, too.")
    import_it = format_command("review", "import", folder, made.path, "--operator", "NAME")
    say(f"Fill in 'right value', then: {import_it}")


@review.command("import")
def import_sheet(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The filled spreadsheet.")],
    operator: Annotated[str, typer.Option(help="Name of the person who filled it in; kept with every value.")] = "",
    json: Json = False,
) -> None:
    """Import a filled spreadsheet: rows are checked, conflicts shown, accepted values stored."""
    from digitize.errors import TooManyRefused
    from digitize.review.sheet_import import import_review
    from digitize.workspace.place import open_place

    report = import_review(open_place(folder), file, operator)
    if json:
        print_json(report.as_plain())
    else:
        for line, what in report.conflicts:
            errors().print(f"line {line}: conflict: {what}", style="yellow", markup=False, soft_wrap=True)
        for line, what in report.refused:
            errors().print(f"line {line}: refused: {what}", style="red", markup=False, soft_wrap=True)
        for told in report.said:
            say(told)
        for record, codes in report.still:
            errors().print(f"{record}: accepted, but still refused by {codes}", markup=False, soft_wrap=True)
        say(
            f"{pluralize(report.rows, 'row')}: {report.accepted} accepted, {report.known} known before, "
            f"{len(report.conflicts)} in conflict, {len(report.refused)} refused."
        )
        say(f"Next: {format_command('run', folder)}")
    if report.conflicts or report.refused:
        raise TooManyRefused("Some rows were refused; they are listed above. The others are saved.")


@review.command("serve")
def serve_station(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for the office's network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8765,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="TLS private key, PEM.")] = None,
    without_tls: Annotated[
        bool, typer.Option("--lan-without-tls", help="Serve without TLS: passwords can be read on the network.")
    ] = False,
) -> None:
    """Serve the review station: people answer in their browsers, on this machine or over the office's network."""
    from digitize.machine.web_server import Listening
    from digitize.review.station.serving import check_serving, serve
    from digitize.workspace.place import open_place

    place, at = open_place(folder), Listening(host, port, certificate, key)
    check_serving(place, at, without_tls=without_tls)
    scheme = "https" if certificate else "http"
    errors().print(f"{scheme}://{host}:{port}/ is the station of {folder}. Ctrl-C ends it.", soft_wrap=True)
    serve(place, at)


@review.command("reopen")
def reopen_value(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record.")],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="Field, as digitize show names it.")],
    operator: Annotated[str, typer.Option(help="Name of the person who reopens it; recorded.")],
    reason: Annotated[str, typer.Option(help="Reason, in words; recorded.")],
) -> None:
    """Reopen a settled value, even after loading; its history is kept."""
    from digitize.review.reopening import reopen
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.run_context import build_run_context

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        reopen(ledger, build_run_context(place, ledger), record, field, operator, reason)
    say(f"{record}: {field} is asked again.", f"Next: {format_command('run', folder)}")


@review.command("settle")
def settle_value(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace.")],
    record: Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record.")],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="Field, as digitize show names it.")],
    operator: Annotated[str, typer.Option(help="Name of the person who settles it; kept with the value.")],
    value: Annotated[str, typer.Option(help="Value on the paper.")] = "",
    verdict: Annotated[str, typer.Option(help="Mark as blank or illegible, or the text as no-value.")] = "value",
    sure: Annotated[
        bool, typer.Option("--sure", help="Confirm that the paper says so, though no list has it.")
    ] = False,
) -> None:
    """Settle one value over all earlier answers: the decision of a third person where two differ."""
    from digitize.review.reopening import settle
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.run_context import build_run_context

    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger)
        _, _, codes = settle(ledger, known, record, field, value, operator, verdict=verdict, is_sure=sure)
    if codes:
        errors().print(f"{record}: accepted, but still refused by {', '.join(codes)}", soft_wrap=True)
    say(f"{record}: {field} is settled by {operator}.", f"Next: {format_command('run', folder)}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from digitize.cli.review_people import people

    review.add_typer(people)
    app.add_typer(review)
