"""Cache of counts per part in the ledger: dirty parts are counted again, and stored on the next write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from digitize.workspace.counting import sums
from digitize.workspace.counting.parts import OF_VOLUMES, count_part, values_of, where_of
from digitize.workspace.decisions.left_over import LEFT_OVER
from digitize.workspace.decisions.page_gaps import Gap
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import COUNT, list_dirty, list_parts, newest_event
from digitize.workspace.ledger.part_cache import AT_ONCE, PartCache, write_texts

_SUMS = "SELECT part, data FROM tallies WHERE part >= 'sum:' AND part < 'sum;'"
# By unit alone: an index on the verdict would lead through all records of the ledger.
_OPEN = "SELECT record, open, verdict FROM records WHERE {}"


def _counts_cache(ledger: Ledger) -> PartCache:
    return PartCache(ledger, COUNT, "", lambda part: count_part(ledger, part).as_text(), holds=False)


def iter_part_counts(ledger: Ledger) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(part, counts) of all parts in order; read-only."""
    cache = _counts_cache(ledger)
    texts = dict(cache.iter_cached())
    texts |= {part: cache.get(part) for part in (cache.changed if ledger.is_current else list_parts(ledger, COUNT))}
    parts = sorted(texts, key=sums.part_order)
    for i in range(0, len(parts), AT_ONCE):
        some = parts[i : i + AT_ONCE]
        # As one list: for tens of thousands of volumes the calls would cost more than what is in them.
        yield from zip(some, json.loads(f"[{','.join(texts[part] for part in some)}]"), strict=True)


def iter_summed_counts(ledger: Ledger) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The same with volumes and batches summed; read-only. Per part if there are no sums yet."""
    if not ledger.is_current or not sums.are_kept(ledger):
        yield from iter_part_counts(ledger)
        return
    cache = _counts_cache(ledger)
    yield from sums.iter_sums(ledger, {part: cache.get(part) for part in sorted(cache.changed)})


def iter_volume_counts(ledger: Ledger, volumes: Iterable[int]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Counts of some volumes, in the given order."""
    for part, text in _counts_cache(ledger).get_many(f"volume:{volume}" for volume in volumes):
        yield part, json.loads(text)


def find_volumes_with(ledger: Ledger, total: str) -> Iterator[str]:
    """Volumes with a nonzero total, in order, found through the sums. Totals are never negative."""
    if not ledger.is_current or not sums.are_kept(ledger):
        counts = iter_part_counts(ledger)
        yield from (part for part, tally in counts if part.startswith("volume:") and _has(tally, total))
        return
    cache = _counts_cache(ledger)
    fresh = {part: cache.get(part) for part in sorted(cache.changed) if part.startswith("volume:")}
    yield from sums.find_parts_with(ledger, "volume", lambda counts: _has(counts, total), fresh)


def _has(counts: Mapping[str, Any], total: str) -> bool:
    return bool(counts.get("totals", {}).get(total))


def keep_counts(ledger: Ledger) -> None:
    """Count dirty parts and store them with their sums, so that the next look has nothing to count."""
    if not ledger.can_write or not ledger.is_current:
        return
    cache = _counts_cache(ledger)
    if not sums.are_kept(ledger):
        with ledger.writing():
            write_texts(ledger, sums.fold_up(ledger, [part for part, _ in cache.iter_cached()]))
    # Neighbours together: they share their sums.
    while parts := sorted(list_dirty(ledger, COUNT), key=sums.part_order)[:AT_ONCE]:
        with ledger.writing():
            seq = newest_event(ledger)
            counted = {part: count_part(ledger, part).as_text() for part in parts}
            cache.write(counted, seq, sums.fold_up(ledger, parts, counted))


def find_differing_counts(ledger: Ledger) -> Iterator[str]:
    """Parts with stored, clean counts that differ from the ledger; sums that differ from their parts."""
    cache = _counts_cache(ledger)
    waiting = cache.changed
    kept, true = dict(cache.iter_cached()), dict[str, str]()
    for part in sorted({*kept, *list_parts(ledger, COUNT)} - waiting):
        if kept.get(part, "{}") != (now := count_part(ledger, part).as_text()):
            true[part] = now
            yield part
    held = {r["part"]: r["data"] for r in ledger.stream_rows(_SUMS)}
    # None at all: a ledger of before there were sums. By true counts, or each sum above a false one would be named.
    made = sums.fold_up(ledger, {**kept, **true}, true) if held else {}
    yield from sorted(name for name in {*held, *made} if held.get(name) != made.get(name))


def read_gaps(ledger: Ledger) -> Iterator[Gap]:
    """Missing page numbers of all volumes in order, from the counts, without looking at pages."""
    for _, tally in iter_summed_counts(ledger):
        yield from (Gap(**gap) for gap in tally.get("gaps", ()))


def find_few_open(ledger: Ledger, asked: Iterable[sums.Few]) -> list[str]:
    """Some hundreds of records with the fewest open fields. asked: of all parts."""
    parts = dict.fromkeys(part for _, _, _, part in sums.fewest(asked))
    found: list[tuple[int, str]] = []
    for r in _records_of(ledger, list(parts)):
        paths = json.loads(r["open"])
        # Not those that lack columns in their mapping alone: they are no question to a person.
        if r["verdict"] in ("review", "reject") and any(not p.startswith(LEFT_OVER) for p in paths):
            found.append((len(paths), r["record"]))
    return [record for _, record in sorted(found)[: sums.NEXT]]


def _records_of(ledger: Ledger, parts: Sequence[str]) -> Iterator[Any]:
    """Records of these parts; volumes are queried together to save database round trips."""
    volumes = [values_of(part) for part in parts if part.startswith("volume:")]
    for i in range(0, len(volumes), AT_ONCE):
        some = volumes[i : i + AT_ONCE]
        yield from ledger.rows(_OPEN.format(OF_VOLUMES.format(", ".join("?" * len(some)))), [v for (v,) in some])
    for part in parts:
        if not part.startswith("volume:"):
            yield from ledger.rows(_OPEN.format(where_of(part)), values_of(part))
