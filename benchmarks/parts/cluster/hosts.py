"""Three machines in network namespaces on one bridge: one of them is cut off while it works, and comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.parts.cluster.chaos import (
    AT_ONCE,
    CHEAP,
    DONE,
    IN_FLIGHT,
    Client,
    digitize,
    exported,
    finished,
    make_workspace,
    verified,
)
from tools.rigs.cluster import Rig, wait_until

_BRIDGE, _HOME = "dgtbr", "10.217.0.1"
_HOSTS = ("dgt1", "dgt2", "dgt3")
_AWAY_S = 40.0
"""Longer than it takes until a silent host is believed dead."""


def cut_off(folder: Path, pages: int) -> dict[str, Any]:
    """Whether the results are those of an undisturbed run, and how often a page was worked on twice."""
    os.environ |= CHEAP
    calm = make_workspace(folder, pages)
    shaken = folder / "shaken"
    shutil.copytree(calm, shaken)
    digitize("run", str(calm), "--jobs", "2", "--max-failed-share", "100%")
    with hosts():
        inside = [(), *(("ip", "netns", "exec", host) for host in _HOSTS)]
        with Rig(folder / "rig", len(_HOSTS), _HOME, inside) as rig:
            client = Client(shaken, rig.address)
            wait_until(lambda: rig.visits().total() > pages // 4, 300.0)
            before = rig.visits().total()
            _ip("link", "set", f"{_HOSTS[0]}h", "down")
            time.sleep(_AWAY_S)
            meanwhile = rig.visits().total()
            _ip("link", "set", f"{_HOSTS[0]}h", "up")
            code = client.finish()
            visits = rig.visits()
    once = all(n == 1 for n in finished(shaken).values()) and verified(shaken)
    return {
        "hosts": len(_HOSTS),
        "hosts_identical": code in DONE and once and exported(calm) == exported(shaken),
        "hosts_worked_twice": visits.total() - len(visits),
        "hosts_worked_twice_at_most": IN_FLIGHT * AT_ONCE,
        "hosts_pages_while_one_was_away": meanwhile - before,
    }


@contextmanager
def hosts() -> Iterator[None]:
    """The bridge and the hosts on it. Raises CalledProcessError where namespaces may not be made."""
    try:
        _ip("link", "add", _BRIDGE, "type", "bridge")
        _ip("addr", "add", f"{_HOME}/24", "dev", _BRIDGE)
        _ip("link", "set", _BRIDGE, "up")
        for number, host in enumerate(_HOSTS, start=11):
            _ip("netns", "add", host)
            _ip("link", "add", f"{host}h", "type", "veth", "peer", "name", "eth0", "netns", host)
            _ip("link", "set", f"{host}h", "master", _BRIDGE, "up")
            _ip("-n", host, "addr", "add", f"10.217.0.{number}/24", "dev", "eth0")
            _ip("-n", host, "link", "set", "eth0", "up")
            _ip("-n", host, "link", "set", "lo", "up")
        yield
    finally:
        for host in _HOSTS:
            _ip("netns", "del", host, check=False)
        _ip("link", "del", _BRIDGE, check=False)


def _ip(*arguments: str, check: bool = True) -> None:
    subprocess.run(["ip", *arguments], check=check, capture_output=True)
