"""Records per capture profile and their uncaptured fields, from the ledger for `status`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from digitize.machine.text import pluralize

EVERYTHING = "everything"
"""What stands for the profile where none was chosen: all doubts are asked."""
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class CapturedLine:
    """Records of one profile. not_captured: field -> number of records that may have content there."""

    profile: str
    records: int
    loaded: int
    not_captured: dict[str, int]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)

    def line(self) -> str:
        """For people."""
        said = f"Captured by profile {self.profile}: {pluralize(self.records, 'record')}, {self.loaded} of them loaded."
        if not self.not_captured:
            return said
        first = sorted(self.not_captured.items(), key=lambda x: (-x[1], x[0]))
        named = ", ".join(f"{field} {n}" for field, n in first[:_SHOWN])
        more = f" and {len(first) - _SHOWN} more fields" if len(first) > _SHOWN else ""
        return f"{said} Not captured, though the paper may have something there: {named}{more}."


def captured_lines(found: Mapping[str, Sequence[Any]]) -> list[CapturedLine]:
    """Profiles in use, by name; none if nobody chose one. found: profile -> records, loaded, fields."""
    if not found.keys() - {EVERYTHING}:
        return []
    return [CapturedLine(p, found[p][0], found[p][1], dict(sorted(found[p][2].items()))) for p in sorted(found)]
