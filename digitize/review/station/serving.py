"""Serves the station: on this machine alone, or for an office's network through TLS."""

from __future__ import annotations

import socket
from pathlib import Path

from starlette.applications import Starlette

from digitize.errors import OptionsError
from digitize.review.station.app import make_app
from digitize.review.station.people import People
from digitize.review.station.served import Served
from digitize.workspace.place import Place

_HERE = ("127.0.0.1", "localhost", "::1", "[::1]")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # looked for, not bound


def check_serving(place: Place, host: str, certificate: Path | None, key: Path | None, *, without_tls: bool) -> None:
    """Raise OptionsError for what would not be safe, or has nobody who may log in."""
    if (certificate is None) != (key is None):
        raise OptionsError("--certificate and --key go together.")
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise OptionsError(f"{file} is not there.")
    if host not in _HERE and certificate is None and not without_tls:
        raise OptionsError(
            f"{host} can be reached by other machines: passwords and names would cross the network in the clear. "
            "Give --certificate and --key, or --lan-without-tls where the network is yours alone."
        )
    if not People(place.folder).all():
        raise OptionsError(
            f"Nobody may log in yet. Add somebody: digitize review people add {place.folder} NAME --role administrator"
        )


def names_of(host: str) -> list[str]:
    """The names by which the station may be asked for."""
    if host in _HERE:
        return list(_HERE)
    own = [*_HERE, host, socket.gethostname(), socket.getfqdn(), f"{socket.gethostname()}.local"]
    if host in _EVERYWHERE:
        import psutil

        addresses = psutil.net_if_addrs().values()
        own += [a.address for found in addresses for a in found if a.family in (socket.AF_INET, socket.AF_INET6)]
    return sorted({n.lower() for n in own if n and n not in _EVERYWHERE})


def serve(place: Place, host: str, port: int, certificate: Path | None, key: Path | None) -> None:
    """Serve the station until Ctrl-C."""
    served = Served(place, is_secure=certificate is not None)
    run_server(make_app(served, names_of(host)), host, port, certificate, key)


def run_server(app: Starlette, host: str, port: int, certificate: Path | None, key: Path | None) -> None:
    """Serve an application until Ctrl-C; nothing of what is asked goes into a log."""
    import uvicorn

    settings = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False,
        server_header=False, proxy_headers=False, timeout_keep_alive=75, h11_max_incomplete_event_size=32_768,
        ssl_certfile=certificate, ssl_keyfile=key,
    )  # fmt: skip
    uvicorn.Server(settings).run()
