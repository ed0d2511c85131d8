"""`digitize dashboard`: the pages of an office, served on the network; read-only, with access tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import errors, say


def dashboard(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a state's or the national office.")],
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this machine need TLS before it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8770,
    secure: Annotated[
        bool, typer.Option("--secure", help="TLS ends before this program: cookies go there alone.")
    ] = False,
    new_token: Annotated[str, typer.Option(metavar="NAME", help="Make an access token, print it once, and end.")] = "",
    revoke_token: Annotated[str, typer.Option(metavar="NAME", help="Take a token back, and end.")] = "",
) -> None:
    """Serve the report, refreshed whenever snapshots are added; nothing can be changed through it."""
    from digitize.errors import OptionsError
    from digitize.offices import access
    from digitize.offices.office import open_office

    office = open_office(folder)
    if new_token:
        say(access.make_token(folder, new_token))
        errors().print(f"The token of {new_token}, told this once. Give it in person.", markup=False)
    elif revoke_token:
        access.revoke_token(folder, revoke_token)
        say(f"The token of {revoke_token} holds no more, and whoever came in with it is out.")
    elif not access.read_tokens(folder):
        raise OptionsError(f"Nobody may look yet. Make a token: digitize dashboard {folder} --new-token NAME")
    else:
        # Only to serve: making and revoking tokens needs no server.
        import uvicorn

        from digitize.offices.picture import Limits
        from digitize.offices.web import make_app

        errors().print(f"http://{host}:{port}/ shows {folder}. Ctrl-C ends it.", markup=False, soft_wrap=True)
        app = make_app(office, Limits(), is_secure=secure)
        uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dashboard)
