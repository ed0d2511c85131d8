"""What stands in an office's store, as plain values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digitize.offices.measures import Counts
from digitize.offices.refusal import Flag

TWICE = "digitized-twice"
"""The flag on a snapshot in which books of two sites are counted twice; its value `records` says how many records."""


@dataclass(frozen=True, slots=True)
class Received:
    """One file as it was judged. reporter, as_on: "" where a refused file did not surely say."""

    seq: int
    at: str
    file: str
    sha256: str
    reporter: str
    as_on: str
    verdict: str
    flags: tuple[Flag, ...]
    summary: dict[str, Any]

    @property
    def counts(self) -> Counts:
        """What an accepted snapshot counts in all, each record once."""
        # Every snapshot of a state with books of two sites bears this flag (`compare_snapshots`).
        doubled = sum(int(f.values["records"]) for f in self.flags if f.code == TWICE)
        return Counts.from_values(self.summary["totals"]).without_doubles(doubled)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the list of keys: who signs with which key from when, or does so no more."""

    at: str
    reporter: str
    public: str
    act: str
    note: str


@dataclass(frozen=True, slots=True)
class OfficeAct:
    """What a person of the office did or decided: a flag answered, a contradiction accepted, a book withdrawn.

    upto: the newest row received by then. subject: what it is about, as the id of a flag.
    """

    at: str
    act: str
    subject: str
    operator: str
    reason: str
    upto: int
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoreHead:
    """Where the whole history stood after one command: hash covers all three tables. public: whose signature it is."""

    seq: int
    at: str
    received: int
    keys: int
    acts: int
    hash: str
    public: str
    signature: str


Row = Mapping[str, Any]
TOLD = "seq, at, file, sha256, reporter, as_on, verdict, flags, summary"
"""The columns of a received file but for the file itself, which may be large."""


def received_of(row: Row) -> Received:
    """A row of the table of what was received, with the columns of TOLD."""
    flags = tuple(Flag(*parts) for parts in json.loads(row["flags"]))
    return Received(
        row["seq"], row["at"], row["file"], row["sha256"], row["reporter"], row["as_on"], row["verdict"], flags,
        json.loads(row["summary"]),
    )  # fmt: skip


def head_of(row: Row) -> StoreHead:
    """A row of the table of heads."""
    return StoreHead(
        row["seq"], row["at"], row["received"], row["keys"], row["acts"], row["hash"], row["public"], row["signature"]
    )  # fmt: skip
