"""The counts of parts as the ledger keeps them; what is marked is folded anew, and kept when somebody writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from typing import Any

from digitize.workspace.counting.parts import OF_VOLUMES, count_part, values_of, where_of
from digitize.workspace.decisions.left_over import LEFT_OVER
from digitize.workspace.decisions.page_gaps import Gap
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.marked import all_parts, is_marking, marked, newest_event, settle
from digitize.workspace.ledger.marks import COUNT

SNAPSHOT_PREFIX = "snapshot:"
"""Before the part of what is kept for the snapshot (`digitize.offices.fold_kept`), beside the counts."""
_AT_ONCE = 50
"""So many parts are folded in one transaction: others who write wait no longer than that."""
_READ_AT_ONCE, _NEXT = 50, 400
_PUT = "INSERT INTO tallies (part, data) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET data = excluded.data"
# Not what others keep beside them (`ledger.kept_parts`); ";" comes next after ":".
_COUNTS = """SELECT part, data FROM tallies
             WHERE part < 'account:' OR (part >= 'account;' AND part < 'sheet:') OR part >= 'snapshot;'"""
# By unit alone: an index on the verdict would lead through all records of the ledger.
_OPEN = "SELECT record, open, verdict FROM records WHERE {}"


def tallies(ledger: Ledger) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(part, its counts) of all parts, in order; nothing is written."""
    has_marks = is_marking(ledger)
    changed = marked(ledger, COUNT) if has_marks else all_parts(ledger, COUNT)
    kept = dict(_kept(ledger)) if has_marks else {}
    for part in changed:
        kept[part] = count_part(ledger, part).as_text()
    parts = sorted(kept, key=_in_order)
    for i in range(0, len(parts), _READ_AT_ONCE):
        some = parts[i : i + _READ_AT_ONCE]
        # As one list: for tens of thousands of volumes the calls would cost more than what is in them.
        yield from zip(some, json.loads(f"[{','.join(kept[part] for part in some)}]"), strict=True)


def keep_counts(ledger: Ledger) -> None:
    """Fold what is marked, and keep it: the next look has nothing to fold."""
    if not ledger.can_write or not is_marking(ledger):
        return
    while parts := marked(ledger, COUNT)[:_AT_ONCE]:
        with ledger.writing():
            seq = newest_event(ledger)
            ledger.execute_many(_PUT, [(part, count_part(ledger, part).as_text()) for part in parts])
            settle(ledger, COUNT, parts, seq)


def differing_counts(ledger: Ledger) -> Iterator[str]:
    """Parts whose counts are kept, are not marked, and are not what the ledger says."""
    waiting = set(marked(ledger, COUNT))
    kept = dict(_kept(ledger))
    for part in sorted({*kept, *all_parts(ledger, COUNT)} - waiting):
        if kept.get(part, "{}") != count_part(ledger, part).as_text():
            yield part


def kept_gaps(ledger: Ledger) -> Iterator[Gap]:
    """Numbers left out between pages, of all volumes in order: from the counts, so that no page is looked at."""
    for _, tally in tallies(ledger):
        yield from (Gap(**gap) for gap in tally.get("gaps", ()))


def few_open(ledger: Ledger, asked: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """Some hundreds of the records with the fewest open fields that people are asked about. asked: see `PartCounts`."""
    every = ((int(n), first, records, part) for part, own in asked for n, (records, first) in own.items())
    # Each tells of one record at least: so many are enough, of a hundred thousand parts.
    ranked = nsmallest(_NEXT, every)
    parts: dict[str, None] = {}
    count = 0
    for _, _, records, part in ranked:
        if count >= _NEXT:
            break
        parts[part] = None
        count += records
    found: list[tuple[int, str]] = []
    for r in _records_of(ledger, list(parts)):
        paths = json.loads(r["open"])
        # Not those that lack columns in their mapping alone: they are no question to a person.
        if r["verdict"] in ("review", "reject") and any(not p.startswith(LEFT_OVER) for p in paths):
            found.append((len(paths), r["record"]))
    return [record for _, record in sorted(found)[:_NEXT]]


def _records_of(ledger: Ledger, parts: Sequence[str]) -> Iterator[Any]:
    """The records of these parts; volumes are asked for together, since each question is a journey to a database."""
    volumes = [values_of(part) for part in parts if part.startswith("volume:")]
    for i in range(0, len(volumes), _READ_AT_ONCE):
        some = volumes[i : i + _READ_AT_ONCE]
        yield from ledger.rows(_OPEN.format(OF_VOLUMES.format(", ".join("?" * len(some)))), [v for (v,) in some])
    for part in parts:
        if not part.startswith("volume:"):
            yield from ledger.rows(_OPEN.format(where_of(part)), values_of(part))


def _kept(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for r in ledger.each(_COUNTS):
        yield r["part"], r["data"]


def _in_order(part: str) -> tuple[str, int, str]:
    """Volumes by their number, as they were taken in."""
    kind, _, name = part.partition(":")
    return (kind != "volume") * kind, int(name) if kind == "volume" else 0, name
