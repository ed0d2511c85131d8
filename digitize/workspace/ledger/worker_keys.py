"""Workers' own keys that an office allowed to sign in its ledger, with their period of validity."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

STEP = "worker-key"
"""Step of the event that allows a key, or takes that back; its unit is "worker-key:NAME", its key the public half."""


class WorkerKeys:
    """Keys that may sign besides the office's, from their events."""

    def __init__(self) -> None:
        """Start empty."""
        self._since: dict[str, int] = {}
        self._until: dict[str, int] = {}
        self.events: list[int] = []

    def note(self, seq: int, public: str, detail: Mapping[str, Any]) -> None:
        """Take in an event, in their order."""
        self.events.append(seq)
        if detail.get("allowed"):
            self._since[public] = seq
            self._until.pop(public, None)
        else:
            self._until[public] = seq

    def may_sign(self, public: str, seq: int) -> bool:
        """Whether a key of a worker's own could sign the history up to an event."""
        since, until = self._since.get(public), self._until.get(public)
        return since is not None and since < seq and (until is None or seq <= until)

    def not_by_office(self, heads: Sequence[tuple[int, str]], office: Collection[str]) -> Iterator[int]:
        """Events about keys not written by the office. heads: event number and key, sorted.

        Anyone with database access can write such an event; the first head after it shows who wrote it.
        """
        at = [seq for seq, _ in heads]
        for seq in self.events:
            first = bisect_left(at, seq)
            if first == len(heads) or heads[first][1] not in office:
                yield seq
