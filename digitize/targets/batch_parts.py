"""A batch too large for memory: outlines are in memory, rows are spilled to disk until they are sent."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from digitize.machine.spill_file import SpillFile
from digitize.targets.rows import FormOutline, LoadBatch, RowBatch
from digitize.targets.value_checks import find_doubles
from mappers.record import Record, from_plain, to_plain
from mappers.schema import form_tables


@dataclass(frozen=True, slots=True)
class _PackedRecords(Sequence[Record]):
    """Records unpacked on access: most targets only need those they refuse."""

    size: int
    data: bytes

    @classmethod
    def pack(cls, records: Sequence[Record]) -> Sequence[Record]:
        """Packed as plain types, which takes a third of the time of pickling records."""
        return cls(len(records), pickle.dumps([to_plain(r) for r in records], pickle.HIGHEST_PROTOCOL))

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Record]:
        # Our own bytes, written a moment ago by this process; nobody else can reach them.
        return map(from_plain, pickle.loads(self.data))

    def __getitem__(self, at: Any) -> Any:
        return list(self)[at]


class _Head(NamedTuple):
    """What all parts share; names as in `LoadBatch`."""

    id: str
    batch: str
    source: Mapping[str, object]
    replays: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is known of all parts together; names as in `LoadBatch`."""

    outlines: Mapping[str, FormOutline]
    is_of_records: bool
    keeps_any: bool


@dataclass(frozen=True, slots=True)
class _BatchInParts(LoadBatch):
    id: str
    batch: str
    source: Mapping[str, object]
    replays: Mapping[str, str]
    held: int
    whole: _Whole
    away: SpillFile[RowBatch]

    @property
    def outlines(self) -> Mapping[str, FormOutline]:
        return self.whole.outlines

    @property
    def is_of_records(self) -> bool:
        return self.whole.is_of_records

    @property
    def keeps_any(self) -> bool:
        return self.whole.keeps_any

    def parts(self) -> Iterator[RowBatch]:
        return iter(self.away)


@contextmanager
def join_parts(parts: Iterable[RowBatch], folder: Path) -> Iterator[LoadBatch]:
    """Join parts, at least one, into one batch; all have the same id, name and source.

    A single part is the batch itself. For more, an anonymous temporary file in the folder holds the rows. A record
    whose key or id an earlier part has is refused as within one part. Raises DiskFull, and whatever making the parts
    raises.
    """
    coming = iter(parts)
    two = list(islice(coming, 2))
    if len(two) < 2:
        yield two[0]
        return
    with SpillFile[RowBatch](folder) as away:
        yield _put_away(_chain_parts(two, coming), away)


def _chain_parts(two: list[RowBatch], coming: Iterator[RowBatch]) -> Iterator[RowBatch]:
    while two:
        yield two.pop(0)
    yield from coming


def _put_away(parts: Iterator[RowBatch], away: SpillFile[RowBatch]) -> _BatchInParts:
    found: dict[str, list[FormOutline]] = {}
    held, is_of_records, keeps_any = 0, False, False
    head = _Head("", "", {}, {})
    for part in parts:
        away.append(replace(part, records=_PackedRecords.pack(part.records)))
        for form, outline in part.outlines.items():
            found.setdefault(form, []).append(outline)
        held += part.held
        is_of_records, keeps_any = is_of_records or part.is_of_records, keeps_any or part.keeps_any
        head = _Head(part.id, part.batch, part.source, part.replays)
        del part  # or two of them are in memory while the next is made
    whole = _Whole({form: _join_outlines(form, found[form]) for form in sorted(found)}, is_of_records, keeps_any)
    return _BatchInParts(*head, held, whole, away)


def _join_outlines(form: str, outlines: Sequence[FormOutline]) -> FormOutline:
    # Diagonal: a column that nothing stood in may be missing in one of them.
    own = pl.concat([o.own for o in outlines], how="diagonal", rechunk=True)
    # Those within a part are told twice; only the first thing said of a record counts.
    unfit = pl.concat([*(o.unfit for o in outlines), find_doubles(form_tables(form)[form], own)])
    return FormOutline(own, unfit)
