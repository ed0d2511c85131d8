"""`digitize dashboard`: serve an office's report on the network, read-only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import errors, say
from digitize.machine.command_line import format_command

if TYPE_CHECKING:
    from digitize.offices.office import Office

PANEL = "State and nation", 50


def dashboard(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a state's or the national office.")],
    host: Annotated[str, typer.Option(help="Address to listen on; use TLS for any but this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8770,
    secure: Annotated[
        bool, typer.Option("--secure", help="TLS ends at a proxy before this program: send cookies over TLS only.")
    ] = False,
    new_token: Annotated[
        str, typer.Option(metavar="NAME", help="Create an access token, print it once, and exit.")
    ] = "",
    new_user: Annotated[str, typer.Option(metavar="NAME", help="Admit a user of the single sign-on, and exit.")] = "",
    revoke_token: Annotated[str, typer.Option(metavar="NAME", help="Revoke a token or user, and exit.")] = "",
    state: Annotated[
        str, typer.Option(help="With --new-token or --new-user: may see only that state and the national total.")
    ] = "",
    sso_header: Annotated[
        str, typer.Option(metavar="HEADER", help="Trust this header, set by the authenticating proxy.")
    ] = "",
    sso_from: Annotated[str, typer.Option(metavar="ADDRESS", help="Address of the proxy.")] = "127.0.0.1",
) -> None:
    """Serve the report read-only, refreshed when snapshots are added."""
    from digitize.errors import OptionsError
    from digitize.offices import access
    from digitize.offices.office import open_office

    office = open_office(folder)
    if new_token:
        say(access.make_token(folder, new_token, state.lower()))
        errors().print(f"The token of {new_token}, shown only once. Hand it over in person.", markup=False)
    elif new_user:
        access.add_user(folder, new_user, state.lower())
        say(f"{new_user} has access as soon as the proxy names this user in the header given by --sso-header.")
    elif revoke_token:
        access.revoke_token(folder, revoke_token)
        say(f"The token of {revoke_token} is revoked, and its sessions have ended.")
    elif not access.read_tokens(folder):
        create = format_command("dashboard", folder, "--new-token", "NAME")
        raise OptionsError(f"Nobody has access yet. Create a token: {create}")
    else:
        errors().print(f"http://{host}:{port}/ shows {folder}. Ctrl-C ends it.", markup=False, soft_wrap=True)
        _serve(office, host, port, secure=secure, sso=(sso_header, sso_from))


def _serve(office: Office, host: str, port: int, *, secure: bool, sso: tuple[str, str]) -> None:
    # Only to serve: making and revoking tokens needs no server.
    from digitize.offices.picture import Limits
    from digitize.offices.serve import open_access_log, serve
    from digitize.offices.web import SignOn, make_app

    open_access_log(office.folder)
    sign_on = SignOn(sso[0], frozenset(sso[1].split(","))) if sso[0] else None
    serve(make_app(office, Limits(), is_secure=secure, sign_on=sign_on, logs=True), host, port)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dashboard)
