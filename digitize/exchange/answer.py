"""The receiving side of the exchange: import packages of an office, and write replies."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from digitize.exchange.container import write_zip
from digitize.exchange.layout import BACKWARD, layout_of
from digitize.exchange.manifest import AnsweredPackage, Manifest
from digitize.exchange.package import OpenedPackage, PackageHead, PackageWriter

Held = dict[tuple[str, str], Mapping[str, Any]]
"""Kind and id -> the line that stands."""


def apply_package(held: Held, package: OpenedPackage) -> None:
    """Update a receiver's state to the sender's; gaps must be checked before."""
    if package.manifest.base == "full":
        held.clear()
    for line in package.lines():
        name = (line["kind"], line["id"])
        if line["op"] == "put":
            held[name] = line
        else:
            held.pop(name, None)


def write_reply(
    out: Path, key: Path, sender: str, receiver: str, sequence: int, previous: str, day: date,
    lines: Iterable[Mapping[str, Any]], *, base: str = "delta", answers: AnsweredPackage | None = None,
) -> Manifest:  # fmt: skip
    """Write a signed reply as one zip, or as a folder if out does not end in .zip. lines: in any order.

    sender: the pillar, or PILLAR:OFFICE. Raises OptionsError, KeyUnusable.
    """
    head = PackageHead(layout_of(sender), BACKWARD, sender, receiver, sequence, previous, base, day, answers)
    work = Path(tempfile.mkdtemp(prefix=".reply-", dir=out.parent))
    try:
        writer = PackageWriter(work)
        for line in sorted(lines, key=lambda x: (str(x["kind"]), str(x["id"]))):
            writer.add(line)
        made, names = writer.close(head, key)
        if out.suffix == ".zip":
            with os.fdopen(os.open(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as to:
                write_zip(to, work, names)
        else:
            work.replace(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return made
