"""Whether a target that was dumped and restored elsewhere is loaded into as before."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any


def measure_restore(server: Any, folder: Path) -> dict[str, int]:
    """`restore_accepted`: 1 when a restored target takes the same files as done and changes nothing, else 0."""
    from pg import binaries

    from benchmarks.parts.load.kills import new_target
    from digitize.errors import TargetRefused

    found = binaries()
    assert found is not None
    url, other = new_target(server), server.create_database()
    _load(folder, url)
    with tempfile.TemporaryDirectory(prefix="digitize-restore-") as place:
        dump = Path(place) / "target.dump"
        subprocess.run([found / "pg_dump", "-Fc", "-f", dump, url], check=True)
        subprocess.run([found / "pg_restore", "--no-owner", "-d", other, dump], check=True)
    before = _rows(server, other)
    try:
        _load(folder, other)
        is_same = before[0] > 0 and _rows(server, other) == before == _rows(server, url)
    except TargetRefused:
        is_same = False
    for one in (url, other):
        server.drop_database(one)
    return {"restore_accepted": int(is_same)}


def _load(folder: Path, url: str) -> None:
    from digitize.files.loading.load import LoadOptions, load_files
    from digitize.files.loading.settings import import_settings
    from digitize.targets.open import open_target

    target = open_target(url)
    try:
        load_files([folder], "iif1", target, import_settings("iif1", ignore=["L001"]), LoadOptions())
    finally:
        target.close()


def _rows(server: Any, url: str) -> tuple[int, ...]:
    query = "SELECT (SELECT count(*) FROM cctns.iif1), (SELECT count(*) FROM cctns.loads)"
    found: tuple[int, ...] = server.run(query, url.rsplit("/", 1)[1])[0]
    return found
