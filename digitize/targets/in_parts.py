"""A batch that is too large for memory: its outlines are here, its rows wait on the disk until they are sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from digitize.machine.put_away import PutAway
from digitize.targets.fits import find_doubles
from digitize.targets.rows import FormOutline, LoadBatch, RowBatch
from mappers.schema import form_tables


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is known of all parts together; the names as `LoadBatch` has them."""

    outlines: Mapping[str, FormOutline]
    is_of_records: bool
    keeps_any: bool


@dataclass(frozen=True, slots=True)
class _BatchInParts(LoadBatch):
    id: str
    batch: str
    held: int
    source: Mapping[str, object]
    replays: Mapping[str, str]
    whole: _Whole
    away: PutAway[RowBatch]

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
def gathered(parts: Iterable[RowBatch], folder: Path) -> Iterator[LoadBatch]:
    """One batch of its parts, at least one, in their order; id, name and source are those of the first.

    One part is the batch itself. Of more, a file in that folder, which has no name and is gone with the process, holds
    the rows. A record whose key, or id, another part has before it is refused as it is within one. Raises DiskFull, and
    what making the parts raises.
    """
    coming = iter(parts)
    first = next(coming)
    second = next(coming, None)
    if second is None:
        yield first
        return
    with PutAway[RowBatch](folder) as away:
        yield _put_away(first, chain([first, second], coming), away)


def _put_away(first: RowBatch, parts: Iterable[RowBatch], away: PutAway[RowBatch]) -> _BatchInParts:
    found: dict[str, list[FormOutline]] = {}
    held, is_of_records, keeps_any = 0, False, False
    for part in parts:
        away.put(part)
        for form, outline in part.outlines.items():
            found.setdefault(form, []).append(outline)
        held += part.held
        is_of_records, keeps_any = is_of_records or part.is_of_records, keeps_any or part.keeps_any
    whole = _Whole({form: _joined(form, found[form]) for form in sorted(found)}, is_of_records, keeps_any)
    return _BatchInParts(first.id, first.batch, held, first.source, first.replays, whole, away)


def _joined(form: str, outlines: Sequence[FormOutline]) -> FormOutline:
    # Diagonal: a column that nothing stood in may be missing in one of them.
    own = pl.concat([o.own for o in outlines], how="diagonal", rechunk=True)
    # Those within a part are told twice; only the first thing said of a record counts.
    unfit = pl.concat([*(o.unfit for o in outlines), find_doubles(form_tables(form)[form], own)])
    return FormOutline(own, unfit)
