"""`digitize serve`: the search of loaded records for an office, as a page and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitize.cli.console import errors

if TYPE_CHECKING:
    from digitize.targets.base import Target


def serve(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace whose people may log in.")],
    target: Annotated[str, typer.Option(help="The target that is searched; the workspace's if not given.")] = "",
    schema: Annotated[str, typer.Option(help="The schema of its tables, in a database.")] = "",
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 for the office's network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8767,
    certificate: Annotated[Path | None, typer.Option(help="For TLS: the certificate, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="For TLS: its private key, PEM.")] = None,
    without_tls: Annotated[
        bool, typer.Option("--lan-without-tls", help="Serve the network in the clear: passwords can be read on it.")
    ] = False,
) -> None:
    """Serve the search: / is a page, /search gives JSON, /openapi.json describes it. Who may log in: review people."""
    from digitize.files.loading.where import open_there
    from digitize.review.station.serving import check_serving, names_of, run_server
    from digitize.serving.app import make_search_app
    from digitize.serving.office import SearchOffice
    from digitize.workspace.place import open_place

    place = open_place(folder)
    check_serving(place, host, certificate, key, without_tls=without_tls)

    def opened() -> Target:
        return open_there(target, schema, None if target else folder)

    office = SearchOffice(place, opened, is_secure=certificate is not None)
    scheme = "https" if certificate else "http"
    errors().print(f"{scheme}://{host}:{port}/ is the search of {folder}. Ctrl-C ends it.", soft_wrap=True)
    run_server(make_search_app(office, names_of(host)), host, port, certificate, key)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)
