"""`digitize exchange`: exchange signed packages with courts, prisons, laboratories."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, say_text, table, warn
from digitize.cli.exchange_keys import At, Schema, Workspace, keys, opened_book

if TYPE_CHECKING:
    from digitize.exchange.settle import SettlingPerson

PANEL = "Services on loaded records", 70

Operator = Annotated[str, typer.Option(help="Name of the person who does this; recorded.")]
Reason = Annotated[str, typer.Option(help="Reason, in words; recorded.")]
_HERE = Path()
exchange = typer.Typer(
    name="exchange", help="Exchange packages with e-Courts, e-Prison, e-Prosecution, e-Forensics.", no_args_is_help=True
)
exchange.add_typer(keys)


@exchange.command()
def export(
    to: Annotated[str, typer.Option(help="e-courts, e-prison, e-prosecution, e-forensics; or PILLAR:OFFICE.")],
    out: Annotated[Path, typer.Option(help="Folder for the package.")],
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
    encrypt_to: Annotated[
        list[str] | None, typer.Option(help="Public key (age1...) of the receiver, or a file.")
    ] = None,
    plain: Annotated[bool, typer.Option(help="Do not encrypt; the package holds full values.")] = False,
    full: Annotated[bool, typer.Option(help="Export everything, for a receiver that lost a package.")] = False,
    again: Annotated[bool, typer.Option(help="Write the newest package again.")] = False,
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Write the next package: changes since the last one, signed, encrypted to the receiver."""
    from digitize.errors import OptionsError
    from digitize.exchange.exchange_days import sent_before, tell_ledger
    from digitize.exchange.export import Sender, export_again, export_package
    from digitize.machine.sealing import read_publics
    from digitize.machine.system import user_name
    from digitize.machine.today import today_in_india

    if plain == bool(encrypt_to):
        raise OptionsError(
            "--encrypt-to KEY encrypts the package to its receiver, --plain leaves it as it is: one of them."
        )
    publics = read_publics(encrypt_to) if encrypt_to else ()
    with opened_book(workspace, target, schema) as (book, place):
        sender = Sender(place.options.workspace.site_id, place.key, publics, operator.strip() or user_name())
        today = today_in_india()
        new = partial(export_package, today=today, full=full, known=sent_before(place, to))
        done = (export_again if again else new)(book, to, sender, out)
        tell_ledger(place, book, today)
    if json:
        print_json(asdict(done))
    elif done.word == "nothing":
        say(f"Nothing changed since the last package to {to}; none is written.")
    else:
        say(f"{done.file}: package {done.sequence} to {to} ({done.base}).", *_format_counts(done.counts))


def _format_counts(counts: str) -> list[str]:
    from digitize.exchange.status import counts_of

    return [f"  {kind}: {n['put']:,} sent, {n['gone']:,} deleted" for kind, n in counts_of(counts).items()]


@exchange.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="PACKAGE", help="A zip, its folder, or a .zip.age.")],
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
    key: Annotated[Path | None, typer.Option(help="File with the secret key, of an encrypted package.")] = None,
    operator: Operator = "",
    json: Json = False,
) -> None:
    """Import a reply, completely or not at all; its statements are stored next to the records, which do not change."""
    from digitize.exchange.conflicts import each_conflict
    from digitize.exchange.exchange_days import tell_ledger
    from digitize.exchange.receive import take_package
    from digitize.machine.system import user_name
    from digitize.machine.today import today_in_india

    today = today_in_india()
    with opened_book(workspace, target, schema) as (book, place):
        who = operator.strip() or user_name()
        done = take_package(book, place.options.workspace.site_id, file, today, secret=key, operator=who)
        tell_ledger(place, book, today)
        conflicts = sum(c.sender == done.sender for c in each_conflict(book))
    if json:
        print_json({**asdict(done), "conflicts": conflicts})
        return
    what = "was imported" if done.word == "taken" else "was imported before; nothing changed"
    say(f"Package {done.sequence} of {done.sender} {what}: {done.put:,} statements, {done.gone:,} withdrawn.")
    if conflicts:
        say(f"{conflicts:,} conflicts need a decision: digitize exchange conflicts")


@exchange.command()
def status(
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
    waiting: Annotated[bool, typer.Option("--waiting", help="List waiting replies, by the case they name.")] = False,
    json: Json = False,
) -> None:
    """Show packages sent and received, statements without a record, and conflicts; link what can be linked."""
    from digitize.exchange.linking import link_statements
    from digitize.exchange.status import exchange_status, what_waits

    with opened_book(workspace, target, schema) as (book, _):
        linked = link_statements(book)
        found = exchange_status(book)
        waits = list(what_waits(book)) if waiting else []
    if json:
        told = {"waiting": waits} if waiting else {}
        print_json({"linked_now": linked, "partners": [s.as_plain() for s in found], **told})
        return
    if waiting:
        results().print(table("Waiting", ["sender", "kind", "statement", "case"], [list(w.values()) for w in waits]))
        return
    head = ["partner", "sent", "on", "it has", "records", "taken", "of", "statements", "waiting", "conflicts"]
    rows = [
        [s.partner, s.sent, s.sent_on, s.has, s.held, s.taken, s.taken_on, s.statements, s.waiting, s.conflicts]
        for s in found
    ]
    results().print(table("Exchange", head, rows))
    for s in (s for s in found if s.not_placed):
        warn(f"{s.partner}: the file of package {s.sent} was not put in place; run the export again.")


@exchange.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="PACKAGE", help="A zip, its folder, or a .zip.age.")],
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
    key: Annotated[Path | None, typer.Option(help="File with the secret key, of an encrypted package.")] = None,
    json: Json = False,
) -> None:
    """Verify a package completely, ours or from a known sender; nothing is imported."""
    from digitize.exchange.own import known_signers
    from digitize.exchange.package import open_package
    from digitize.exchange.receive import open_sealed
    from digitize.machine.today import today_in_india

    with opened_book(workspace, target, schema) as (book, place), open_sealed(file, key) as plain:
        package = open_package(plain, known_signers(book, place), today_in_india())
        lines = sum(1 for _ in package.lines())
    m = package.manifest
    told = {
        "sender": m.sender,
        "receiver": m.receiver,
        "sequence": m.sequence,
        "base": m.base,
        "day": m.day.isoformat(),
    }
    if json:
        print_json({**told, "manifest": package.signed.sha256, "lines": lines})
        return
    say(f"{file}: package {m.sequence} of {m.sender} to {m.receiver} ({m.base}) of {m.day}, {lines:,} lines; valid.")


@exchange.command()
def conflicts(
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
    all_of_them: Annotated[bool, typer.Option("--all", help="Include resolved conflicts.")] = False,
    json: Json = False,
) -> None:
    """List conflicts between replies and records, without names; exit code 3 while any is open."""
    from digitize.exchange.conflicts import MEANINGS, each_conflict
    from digitize.exchange.linking import link_statements
    from digitize.exits import Exit

    with opened_book(workspace, target, schema) as (book, _):
        link_statements(book)
        found = list(each_conflict(book, all_of_them=all_of_them))
    if json:
        print_json({"conflicts": [c.as_plain() for c in found]})
    else:
        head = ["id", "sender", "record", "what", "theirs", "ours", "settled"]
        rows = [[c.id[:8], c.sender, c.record, MEANINGS[c.code], c.theirs, c.ours, c.decision] for c in found]
        results().print(table("Conflicts", head, rows))
    if any(not c.decision for c in found):
        raise typer.Exit(Exit.REFUSED)


@exchange.command()
def settle(
    conflict: Annotated[str, typer.Argument(help="Id, or at least its first six characters.")],
    decision: Annotated[str, typer.Option(help="ours, theirs or both: which statement is right.")],
    operator: Operator = "",
    reason: Reason = "",
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
) -> None:
    """Record a person's decision on a conflict; both statements stay unchanged."""
    from digitize.exchange.settle import settle_conflict

    with opened_book(workspace, target, schema) as (book, _):
        done = settle_conflict(book, conflict, decision, _person(operator, reason))
    say(f"Conflict {done.id[:8]} of {done.record} is settled: {decision}.")


@exchange.command()
def show(
    conflict: Annotated[str, typer.Argument(help="Id, or at least its first six characters.")],
    operator: Operator = "",
    reason: Reason = "",
    workspace: Workspace = _HERE,
    target: At = "",
    schema: Schema = "",
    json: Json = False,
) -> None:
    """Show a statement in full, with names; who looked and why is recorded."""
    from digitize.exchange.settle import said_in_full

    with opened_book(workspace, target, schema) as (book, _):
        said = said_in_full(book, conflict, _person(operator, reason))
    print_json({"said": dict(said)}) if json else say(*(f"{name}: {value}" for name, value in said.items()))


def _person(operator: str, reason: str) -> SettlingPerson:
    from digitize.exchange.settle import SettlingPerson
    from digitize.machine.system import user_name

    return SettlingPerson(operator, user_name(), reason)


@exchange.command("schema")
def schema_(
    pillar: Annotated[str, typer.Argument(help="e-courts, e-prison, e-prosecution or e-forensics.")],
    back: Annotated[bool, typer.Option("--back", help="Show the schema of replies, not of what is sent.")] = False,
) -> None:
    """Print the JSON Schema of a package line; the layout is ours, no official one is public."""
    from digitize.exchange.layout import BACKWARD, FORWARD, layout_of
    from digitize.exchange.lines import schema_bytes

    say_text(schema_bytes(layout_of(pillar).pillar, BACKWARD if back else FORWARD).decode())


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(exchange)
