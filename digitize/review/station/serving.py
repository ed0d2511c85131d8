"""Serve the station: locally, or for an office's network over TLS."""

from __future__ import annotations

import socket

from digitize.errors import OptionsError
from digitize.login.people import People
from digitize.machine.command_line import format_command
from digitize.machine.web_server import Listening, serve_app
from digitize.review.station.app import make_app
from digitize.review.station.server_state import Served
from digitize.workspace.place import Place

_HERE = ("127.0.0.1", "localhost", "::1", "[::1]")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # looked for, not bound


def check_serving(place: Place, at: Listening, *, without_tls: bool) -> None:
    """Raise OptionsError for an unsafe setup, or without any account."""
    host, certificate, key = at.host, at.certificate, at.key
    if (certificate is None) != (key is None):
        raise OptionsError("--certificate and --key go together.")
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise OptionsError(f"{file} does not exist.")
    if host not in _HERE and certificate is None and not without_tls:
        raise OptionsError(
            f"{host} can be reached by other machines: passwords and names would cross the network in the clear. "
            "Give --certificate and --key, or --lan-without-tls if nobody else uses the network."
        )
    if not People(place.folder).load_all():
        add = format_command("review", "people", "add", place.folder, "NAME", "--role", "administrator")
        raise OptionsError(f"Nobody can log in yet. Add a person: {add}")


def names_of(host: str) -> list[str]:
    """Accepted host names."""
    if host in _HERE:
        return list(_HERE)
    own = [*_HERE, host, socket.gethostname(), socket.getfqdn(), f"{socket.gethostname()}.local"]
    if host in _EVERYWHERE:
        import psutil

        addresses = psutil.net_if_addrs().values()
        own += [a.address for found in addresses for a in found if a.family in (socket.AF_INET, socket.AF_INET6)]
    return sorted({n.lower() for n in own if n and n not in _EVERYWHERE})


def serve(place: Place, at: Listening) -> None:
    """Serve the station until Ctrl-C; in one process, since one thread owns the ledger."""
    served = Served(place, is_secure=at.certificate is not None)
    app = make_app(served, names_of(at.host))
    serve_app(lambda: app, at)
