"""`digitize fir-copy`: make a printable copy of an FIR, as PDF/A."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import say
from digitize.cli.unmask import Operator, Reason, Unmask, asked_by

PANEL = "Services on loaded records", 40


def fir_copy(
    number: Annotated[str, typer.Argument(metavar="NUMBER/YEAR", help="Number of the FIR, e.g. 12/2012.")],
    out: Annotated[Path, typer.Option(metavar="FILE.pdf", help="File to write the copy to.")],
    station: Annotated[str, typer.Option(help="Police station, in any script.")],
    district: Annotated[str, typer.Option(help="District, where several stations share the name.")] = "",
    target: Annotated[str, typer.Option(help="The target, as digitize load names it, or a workspace.")] = "",
    schema: Annotated[str, typer.Option(help="The schema of its tables, in a database.")] = "",
    lang: Annotated[str, typer.Option(help="Language, by its two-letter code: en, hi ...")] = "en",
    asked_as: Annotated[str, typer.Option("--as", help="Who the copy is for: public, police or court.")] = "police",
    digits: Annotated[str, typer.Option(help="Numerals: state (as its records have them) or western.")] = "state",
    why: Annotated[str, typer.Option(metavar="PURPOSE", help="Purpose of the query; kept in the log (required).")] = "",
    own_station: Annotated[list[str] | None, typer.Option("--own-station", help="Your own station.")] = None,
    unmask: Unmask = False,
    reason: Reason = "",
    operator: Operator = "",
) -> None:
    """Make a printable copy of an FIR (form IIF-I) as the requester may have it. It is logged."""
    from digitize.files.loading.target_choice import open_target_for
    from digitize.machine.system import user_name
    from digitize.machine.whole_file import WholeFile
    from digitize.search.log import Searcher
    from digitize.services.asker import ServiceAsker
    from digitize.services.copies.asked import fir_copy as make
    from digitize.services.query_service import ServiceDesk
    from digitize.services.rates import workspace_rates

    who = asked_by(unmask=unmask, reason=reason, operator=operator)
    by = Searcher(operator.strip() or user_name(), user_name(), why.strip() or reason.strip(), who)
    asker = ServiceAsker(by, asked_as, tuple(own_station or ()), user_name())
    serial, _, year = number.partition("/")
    asked = {"number": serial.strip(), "year": year.strip(), "station": station, "district": district}
    folder = Path(target or ".")
    workspace = folder if (folder / "digitize.toml").is_file() else None
    with open_target_for("" if workspace else target, schema, workspace) as loaded:
        made = make(ServiceDesk(loaded, workspace_rates(workspace), workspace), asked, asker, lang, digits)
    file = WholeFile(out)
    file.write(made)
    file.close()
    say(f"Written: {out} ({len(made):,} bytes)")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("fir-copy")(fir_copy)
