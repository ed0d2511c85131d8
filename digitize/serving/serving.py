"""Serves search and services by several processes; each makes its own application, and all follow one policy."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from importlib import resources
from pathlib import Path

from starlette.applications import Starlette

from digitize.errors import OptionsError
from digitize.machine.placing import default_workers
from digitize.machine.web_server import Listening, serve_app
from digitize.review.station.serving import names_of
from digitize.serving.app import make_search_app
from digitize.serving.office import SearchOffice
from digitize.targets.base import Target
from digitize.workspace.place import Place, open_place

_MOST = 4
"""By itself; each process takes memory of its own (docs/search.md)."""


def processes_of(wanted: int | None) -> int:
    """How many processes serve. wanted: None for as many as this machine has cores for, within reason.

    Raises OptionsError for more than one where sockets cannot be shared.
    """
    if sys.platform == "win32":
        if wanted not in (None, 1):
            raise OptionsError("On Windows one process serves: leave --processes out.")
        return 1
    return wanted or min(_MOST, default_workers())


def serve_search(
    place: Place, open_target: Callable[[], Target], at: Listening, processes: int, ready: Callable[[], None]
) -> None:
    """Serve until Ctrl-C. open_target: a function of a module with plain values, for more than one process. ready: told
    when nothing stands against it.

    Raises OptionsError, TargetRefused, MachineLacks.
    """
    # What is amiss with the target is told at once, and here.
    SearchOffice(place, open_target).close()
    serve_app(partial(_make_app, place.folder, open_target, at, _policy_mark()), at, processes, ready)


def _make_app(folder: Path, open_target: Callable[[], Target], at: Listening, policy: str) -> Starlette:
    if _policy_mark() != policy:
        raise OptionsError("The policy table is another one than when the server was started. Start it again.")
    office = SearchOffice(open_place(folder), open_target, is_secure=at.certificate is not None)
    return make_search_app(office, names_of(at.host))


def _policy_mark() -> str:
    """The policy table's hash: a process that takes another's place must not answer by another table than the rest."""
    return sha256((resources.files("digitize.services") / "policy.toml").read_bytes()).hexdigest()
