"""Log of --unmask: who saw which protected fields of which records, why, and in which file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError

LEAST_LETTERS = 10
# Of more records the count and a hash of all their ids are kept, against which a list can be checked.
_IDS_KEPT = 200
_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Who asks for protected names, and why. operator: as typed; user: account on this machine, "user@host"."""

    reason: str
    operator: str
    user: str

    def as_plain(self) -> dict[str, Any]:
        """As JSON types, for an event."""
        return {"unmasked": True, "reason": self.reason, "operator": self.operator, "user": self.user}


def check_unmasking(*, unmask: bool, reason: str, operator: str, user: str) -> Unmasking | None:
    """Validate the request; None if names stay masked.

    Raises OptionsError if --unmask and --reason are not given together, the reason is empty, or no operator is named.
    """
    reason, operator = reason.strip(), operator.strip()
    if unmask != bool(reason):
        raise OptionsError(
            "--unmask and --reason go together: showing protected names needs a reason, which is recorded."
        )
    if not unmask:
        return None
    if len(re.findall(r"\w", reason)) < LEAST_LETTERS or len(reason.split()) < 2:
        raise OptionsError(
            f"--reason: say why protected names are needed, in at least {LEAST_LETTERS} letters and two words, "
            'e.g. "court order 12/2026". It is recorded.'
        )
    if not operator:
        raise OptionsError("--unmask needs --operator NAME: who sees the protected names; it is recorded.")
    return Unmasking(reason, operator, user)


class ShownFields:
    """Protected fields shown, by record: ids and field names, no values."""

    def __init__(self) -> None:
        """Start empty."""
        self._ids: dict[str, None] = {}
        self._fields: set[str] = set()

    def add(self, record: str, paths: Iterable[str]) -> None:
        """Add one record; without paths nothing in it is protected, and it is not counted."""
        fields = {_INDEX.sub("", path) for path in paths}
        if fields:
            self._ids[record] = None
            self._fields |= fields

    def as_plain(self) -> dict[str, Any]:
        """As JSON types, for an event. ids: the first ones; ids_sha256: of all of them, one per line."""
        ids = list(self._ids)
        digest = hashlib.sha256("".join(f"{i}\n" for i in ids).encode()).hexdigest()
        return {
            "records": len(ids), "ids": ids[:_IDS_KEPT], "ids_sha256": digest, "fields": sorted(self._fields),
        }  # fmt: skip


def hash_files(paths: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each written file by its name."""
    found = {}
    for path in sorted(paths):
        with path.open("rb") as f:
            found[path.name] = hashlib.file_digest(f, "sha256").hexdigest()
    return found


def make_record_path(out: Path) -> Path:
    """Path of the log of an unmasked file outside a workspace: next to it."""
    return out.with_name(f"{out.name}.unmasked.json")


def write_record(out: Path, who: Unmasking, shown: ShownFields, at: str) -> Path:
    """Write a log next to a file: who requested it unmasked, and why; at: ISO time. Raises OSError."""
    path = make_record_path(out)
    plain = {**who.as_plain(), "at": at, **shown.as_plain(), "files": hash_files([out])}
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
