"""Sums over the counts of parts: of 64 volumes, of 64 such sums, of all; and of batches, so that `status` reads few
rows.

They are written in the same transaction as the parts, from the stored counts of all parts below (`keep_counts`), and
can be rebuilt at any time. Lots of a run write only dirty marks, never a sum, so machines recording at the same time do
not wait for each other. Readers compute dirty parts and their sums without writing them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Any

from digitize.workspace.counting.tally import add_lines
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.part_cache import KINDS, exclude_kinds

PREFIX = "sum:"
MOST_LINES = 40
"""So many volumes are named by a sum: those of which most waits or failed."""
NEXT = 400
"""So many records, and at most one part's more, are behind the entries of `few`."""
_FAN = 64
_LEVELS = 2
_KINDS = ("volume", "batch")
_TOPS = tuple(f"{PREFIX}{kind}:all" for kind in _KINDS)
_BETWEEN = "SELECT part, data FROM tallies WHERE part >= ? AND part < ? ORDER BY part"
_LAST = "\U0010ffff"
# What no sum covers: tables, and files that could not be opened. Of tables there are fewer, and their columns are told.
_OTHERS = f"SELECT part, data FROM tallies WHERE {exclude_kinds((*KINDS, *_KINDS, 'sum'))}"
Plain = Mapping[str, Any]
Few = tuple[int, str, int, str]
"""Number of open fields, first of the records that have so many, how many these are, part."""
_NONE: Plain = {}


def parent_of(part: str) -> str | None:
    """The sum that includes a part or sum; None for the total, and for parts outside sums."""
    kind, _, name = part.removeprefix(PREFIX).partition(":")
    if kind not in _KINDS or name == "all":
        return None
    if not part.startswith(PREFIX):
        # Batches are numbered in their names, with four digits at first.
        return f"{PREFIX}{kind}:1:{int(name) // _FAN if kind == 'volume' else name[:-2]}"
    level, _, at = name.partition(":")
    if kind == "batch" or int(level) >= _LEVELS:
        return f"{PREFIX}{kind}:all"
    return f"{PREFIX}{kind}:{int(level) + 1}:{int(at) // _FAN}"


def part_order(part: str) -> tuple[str, int, str]:
    """Sort key: volumes and their sums by number, in order of intake."""
    kind, _, name = part.removeprefix(PREFIX).partition(":")
    number = name.rpartition(":")[2]
    return (kind != "volume") * kind, int(number) if kind == "volume" and number.isdecimal() else 0, name


def fold_up(ledger: Ledger, parts: Iterable[str], fresh: Mapping[str, str] | None = None) -> dict[str, str]:
    """Sums above these parts, lowest first, with their counts as stored.

    fresh: counts of parts newer than the stored ones.
    """
    now, made = dict(fresh or {}), dict[str, str]()
    level = list(parts)
    while level:
        above: dict[str, list[str]] = {}
        for part in level:
            if (parent := parent_of(part)) is not None:
                above.setdefault(parent, []).append(part)
        for parent, own in above.items():
            children = dict(_children(ledger, parent)) | {part: now[part] for part in own if part in now}
            total = PartsSum()
            for part in sorted(children, key=part_order):
                total.add(part, json.loads(children[part]))
            now[parent] = made[parent] = total.as_text()
        level = list(above)
    return made


def _children(ledger: Ledger, parent: str) -> Iterator[tuple[str, str]]:
    """Stored counts of everything in a sum."""
    kind, level, at = (*parent.removeprefix(PREFIX).split(":", 2), "", "")[:3]
    if level == "all":
        below = f"{PREFIX}{kind}:{_LEVELS if kind == 'volume' else 1}:"
        rows = ledger.rows(_BETWEEN, (below, below + _LAST))
    elif kind == "volume":
        before = "volume:" if level == "1" else f"{PREFIX}volume:{int(level) - 1}:"
        names = [f"{before}{n}" for n in range(int(at) * _FAN, int(at) * _FAN + _FAN)]
        rows = ledger.rows(f"SELECT part, data FROM tallies WHERE part IN ({', '.join('?' * _FAN)})", names)
    else:
        rows = ledger.rows(_BETWEEN, (f"{kind}:{at}", f"{kind}:{at}{_LAST}"))
    return ((r["part"], r["data"]) for r in rows if parent_of(r["part"]) == parent)


def are_kept(ledger: Ledger) -> bool:
    """Whether all parts are summed; not in a ledger from before sums, until its counts are next stored."""
    there = {r["part"] for r in ledger.rows("SELECT part FROM tallies WHERE part IN (?, ?)", _TOPS)}
    for kind, top in zip(_KINDS, _TOPS, strict=True):
        sql = "SELECT 1 FROM tallies WHERE part >= ? AND part < ? LIMIT 1"
        if top not in there and ledger.rows(sql, (f"{kind}:", f"{kind};")):
            return False
    return True


def iter_sums(ledger: Ledger, fresh: Mapping[str, str]) -> Iterator[tuple[str, Plain]]:
    """Top-level sums, and parts outside sums. fresh: counts of parts newer than the stored ones."""
    above = fold_up(ledger, (part for part in fresh if parent_of(part)), fresh)
    kept = {r["part"]: r["data"] for r in ledger.rows("SELECT part, data FROM tallies WHERE part IN (?, ?)", _TOPS)}
    kept |= {r["part"]: r["data"] for r in ledger.stream_rows(_OTHERS)}
    kept |= {part: text for part, text in fresh.items() if not parent_of(part)}
    kept |= {part: above[part] for part in _TOPS if part in above}
    for part in sorted(kept, key=part_order):
        yield part, json.loads(kept[part])


def find_parts_with(
    ledger: Ledger, kind: str, is_wanted: Callable[[Plain], bool], fresh: Mapping[str, str]
) -> Iterator[str]:
    """Parts of a kind with wanted counts, in order; sums without them are skipped.

    fresh: counts of parts newer than the stored ones.
    """
    above = fold_up(ledger, fresh, fresh)
    top = f"{PREFIX}{kind}:all"
    kept = {r["part"]: r["data"] for r in ledger.rows("SELECT part, data FROM tallies WHERE part = ?", (top,))} | above
    level = [top] if top in kept and is_wanted(json.loads(kept[top])) else []
    while level:
        below = {part: text for sum_ in level for part, text in _children(ledger, sum_)}
        # What is new may have no row yet, nor have the sums above it.
        now = below | {part: text for part, text in (*fresh.items(), *above.items()) if parent_of(part) in level}
        level = [part for part in sorted(now, key=part_order) if is_wanted(json.loads(now[part]))]
        yield from (part for part in level if not part.startswith(PREFIX))
        level = [part for part in level if part.startswith(PREFIX)]


class PartsSum:
    """Counts of many parts together, without per-part details."""

    def __init__(self) -> None:
        self._sums: dict[str, dict[str, Any]] = {"totals": {}, "failed": {}, "reasons": {}}
        self._kinds: dict[str, dict[str, int]] = {}
        self._by: dict[str, dict[str, list[int]]] = {}
        self._captured: dict[str, list[Any]] = {}
        self._gaps: list[Any] = []
        self._few: list[Few] = []
        self._first: list[Sequence[Any]] = []
        self._not_mapped = self._volumes = 0

    def add(self, part: str, counts: Plain) -> None:
        """Add a part, or a sum. Volumes are added in their order."""
        for name, into in self._sums.items():
            add_numbers(into, counts.get(name, _NONE))
        for kind, some in counts.get("kinds", _NONE).items():
            add_numbers(self._kinds.setdefault(kind, {}), some)
        by = counts.get("by", _NONE)
        add_lines(self._by, {kind: lines for kind, lines in by.items() if kind != "volume"})
        add_captured(self._captured, counts.get("captured", _NONE))
        self._gaps += counts.get("gaps", ())
        self._few += few_of(part, counts)
        self._not_mapped += counts.get("not_mapped", 0)
        self._first += first_of(part, counts)
        self._volumes += volumes_of(part, counts)

    def as_text(self) -> str:
        """Stored form: non-empty counts in canonical order."""
        plain: dict[str, Any] = {
            **{name: {k: n for k, n in own.items() if n} for name, own in self._sums.items()},
            "kinds": {kind: own for kind, own in self._kinds.items() if own},
            "by": {kind: lines for kind, lines in self._by.items() if lines},
            "captured": self._captured, "gaps": self._gaps, "few": fewest(self._few),
            "not_mapped": self._not_mapped, "volumes": self._volumes, "first": most_waiting(self._first),
        }  # fmt: skip
        return json.dumps(
            {k: v for k, v in plain.items() if v}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )


def few_of(part: str, counts: Plain) -> list[Few]:
    """Records with open questions of a part or sum."""
    if "few" in counts:
        return [(n, first, records, of) for n, first, records, of in counts["few"]]
    return [(int(n), first, records, part) for n, (records, first) in counts.get("asked", _NONE).items()]


def fewest(every: Iterable[Few]) -> list[Few]:
    """Those with the fewest open fields, until there are enough records: of many sums the same as of all parts."""
    found: list[Few] = []
    count = 0
    # Each tells of one record at least.
    for entry in nsmallest(NEXT, every):
        if count >= NEXT:
            break
        found.append(entry)
        count += entry[2]
    return found


def first_of(part: str, counts: Plain) -> Sequence[Sequence[Any]]:
    """(volume number, name, line) of the volumes in a part or sum."""
    if "first" in counts:
        return counts["first"]  # type: ignore[no-any-return]
    if not part.startswith("volume:"):
        return ()
    return [[int(part[7:]), name, line] for name, line in counts.get("by", _NONE).get("volume", _NONE).items()]


def volumes_of(part: str, counts: Plain) -> int:
    """How many volumes have a line in a part, or a sum."""
    return int(counts.get("volumes", 0)) or len(first_of(part, counts))


def most_waiting(volumes: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """Volumes with the most waiting or failed pages, in order."""
    first = nsmallest(MOST_LINES, volumes, key=lambda v: (-v[2][1] - v[2][3], v[1]))
    return sorted(first, key=lambda v: v[0])


def add_numbers(into: dict[str, int], more: Mapping[str, int]) -> None:
    """Add numbers by name. Faster than Counter.update for a few values."""
    for name, n in more.items():
        into[name] = into.get(name, 0) + n


def add_captured(into: dict[str, list[Any]], more: Mapping[str, Sequence[Any]]) -> None:
    """Add the profiles of a part, or a sum, to those of all."""
    for profile, (records, loaded, fields) in more.items():
        row = into.setdefault(profile, [0, 0, {}])
        row[0] += records
        row[1] += loaded
        add_numbers(row[2], fields)
