"""Keys of workers' own, which an office allowed to sign what they write into its ledger, and until when."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

STEP = "worker-key"
"""Step of the event that allows a key, or takes that back; its unit is "worker-key:NAME", its key the public half."""


class WorkerKeys:
    """Which keys may sign beside the office's, by the events that say so."""

    def __init__(self) -> None:
        """None yet."""
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
        """The events about keys that somebody else than the office wrote. heads: number of the event and key, sorted.

        Whoever reaches the database can write such an event; who wrote it is known by the first head over it.
        """
        at = [seq for seq, _ in heads]
        for seq in self.events:
            first = bisect_left(at, seq)
            if first == len(heads) or heads[first][1] not in office:
                yield seq
