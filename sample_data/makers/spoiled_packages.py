"""Packages as a hostile or careless hand makes them: each part can be spoiled before the rest is made to fit."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from digitize.exchange.container import write_zip
from digitize.exchange.manifest import MANIFEST
from digitize.offices.envelope import seal_body

Files = dict[str, bytes]


def files_of(package: Path) -> Files:
    """The files of a package as they lie in it."""
    with zipfile.ZipFile(package) as packed:
        return {n: packed.read(n) for n in packed.namelist()}


def manifest_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The first line of the manifest."""
    made: dict[str, Any] = json.loads(files[MANIFEST].partition(b"\n")[0])
    return made


def gz(data: bytes) -> bytes:
    """As parts of packages are compressed."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def lines_of(files: Mapping[str, bytes], name: str) -> list[bytes]:
    """The lines of a part, with their ends."""
    return zlib.decompress(files[name], 31).splitlines(keepends=True)


def zipped(out: Path, files: Mapping[str, bytes]) -> Path:
    """A package in our spelling of the zip, whatever stands in it."""
    work = Path(tempfile.mkdtemp(dir=out.parent))
    for name, data in files.items():
        (work / name).write_bytes(data)
    with out.open("w+b") as to:
        write_zip(to, work, list(files))
    shutil.rmtree(work)
    return out


def signed_again(
    out: Path, files: Files, key: Path, change: Callable[[dict[str, Any]], object] = lambda m: None, *,
    parts: Mapping[str, bytes] | None = None, raw: bool = False,
) -> Path:  # fmt: skip
    """A package whose hashes, sizes and counts fit again, signed with a key.

    parts: name -> other lines of a part (plain), or with raw other bytes. change: of the manifest, as the last thing.
    """
    made, manifest = dict(files), manifest_of(files)
    told = {f["name"]: f for f in manifest["files"]}
    for name, plain in (parts or {}).items():
        made[name] = plain if raw else gz(plain)
        entry = told.setdefault(name, {"name": name})
        entry |= {"bytes": len(made[name]), "sha256": hashlib.sha256(made[name]).hexdigest()}
        if not raw:
            entry |= {"plain_bytes": len(plain), "lines": plain.count(b"\n")}
    manifest["files"] = [told[n] for n in sorted(told)]
    if parts and not raw:
        manifest["counts"] = _counted(made)
    change(manifest)
    made[MANIFEST] = seal_body(json.dumps(manifest, ensure_ascii=False).encode(), key)
    return zipped(out, {MANIFEST: made.pop(MANIFEST), **{n: made[n] for n in sorted(made)}})


def _counted(files: Mapping[str, bytes]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name in files:
        for line in lines_of(files, name) if name.endswith(".gz") else ():
            try:
                plain = json.loads(line)
                tally = counts.setdefault(plain["kind"], {"put": 0, "gone": 0})
                tally[plain["op"]] += 1
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
    return dict(sorted(counts.items()))
