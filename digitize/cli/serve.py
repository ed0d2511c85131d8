"""`digitize serve`: serve the search of a target as a page and as JSON."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import errors

PANEL = "Services on loaded records", 20


def serve(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Workspace whose people may log in.")],
    target: Annotated[str, typer.Option(help="Target to search (default: the workspace's).")] = "",
    schema: Annotated[str, typer.Option(help="The schema of its tables, in a database.")] = "",
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for the office's network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8767,
    certificate: Annotated[Path | None, typer.Option(help="TLS certificate, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="TLS private key, PEM.")] = None,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Server processes (default: one per core, at most 4)."),
    ] = None,
    without_tls: Annotated[
        bool, typer.Option("--lan-without-tls", help="Serve without TLS: passwords can be read on the network.")
    ] = False,
) -> None:
    """Serve the search: / is a page, /search gives JSON, /openapi.json describes it. Accounts: review people."""
    from digitize.files.loading.target_choice import find_target
    from digitize.machine.web_server import Listening
    from digitize.review.station.serving import check_serving
    from digitize.serving.serving import processes_of, serve_search
    from digitize.workspace.place import open_place

    place, at = open_place(folder), Listening(host, port, certificate, key)
    check_serving(place, at, without_tls=without_tls)
    count = processes_of(processes)
    scheme = "https" if certificate else "http"
    told = (
        f"{scheme}://{host}:{port}/ is the search of {folder}, by {count} {'process' if count == 1 else 'processes'}."
    )
    opened = partial(find_target, target, schema, None if target else folder)
    serve_search(place, opened, at, count, lambda: errors().print(f"{told} Ctrl-C ends it.", soft_wrap=True))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)
