"""Partition tables larger than memory, so that rows a rule compares are in the same part."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
import polars as pl

from digitize.errors import DiskFull
from digitize.files.validating.doubt import DOUBTFUL, TABLE
from digitize.files.validating.placing import resolve_places
from digitize.files.validating.repeats import drop_repeats
from validators.rulebook.columns import RECORD

STATION = ("state", "district", "police_station")
_PART = "_part"
# Gathered up to this before they are written, so that parts grow by few large pieces.
_HELD_BYTES = 96 << 20


class Parts:
    """Frames of several tables in parts: one part stays in memory, several go to a temporary folder.

    A context manager. add, read: table name -> rows; rows keep their order within a part.
    """

    def __init__(self, count: int, held_bytes: int = _HELD_BYTES) -> None:
        """count: number of parts. held_bytes: buffer size before rows go to the folder."""
        self.count, self._most = count, held_bytes
        self._held: dict[str, list[pl.DataFrame]] = {}
        self._bytes = self._written = 0
        self._folder: Path | None = None

    def __enter__(self) -> Parts:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Delete the folder."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, table: str, frame: pl.DataFrame, part: pl.Series) -> None:
        """Take rows. part: of each row, below count."""
        held = frame.with_columns(part.alias(_PART)) if self.count > 1 else frame
        self._held.setdefault(table, []).append(held)
        self._bytes += int(held.estimated_size())
        if self.count > 1 and self._bytes > self._most:
            self._flush()

    def read(self, part: int) -> dict[str, pl.DataFrame]:
        """All rows of a part. A table without rows here is empty, if it has rows in another part."""
        if self.count == 1:
            frames = {name: pl.concat(held, how="diagonal") for name, held in self._held.items()}
            self._held = {}
            return frames
        self._flush()
        found: dict[str, pl.DataFrame] = {}
        for folder in sorted(p for p in self._place().iterdir()):
            files = sorted((folder / str(part)).glob("*.ipc")) or sorted(folder.glob("empty.ipc"))
            found[folder.name] = pl.concat([pl.read_ipc(f) for f in files], how="diagonal")
        return found

    def _flush(self) -> None:
        try:
            for table, held in self._held.items():
                self._write(table, pl.concat(held, how="diagonal"))
        # polars tells of a full disk by an error of its own.
        except (OSError, pl.exceptions.ComputeError) as e:
            where = tempfile.gettempdir()
            raise DiskFull(f"{where} has no room for the temporary tables; make room there, or set TMPDIR") from e
        self._written += 1
        self._held, self._bytes = {}, 0

    def _write(self, table: str, frame: pl.DataFrame) -> None:
        """Write a table's rows part by part, without a second copy of all of them."""
        folder, rows = self._place() / table, frame.drop(_PART)
        if not folder.exists():
            folder.mkdir()
            rows.head(0).write_ipc(folder / "empty.ipc")
        order = frame.select(pl.arg_sort_by(_PART, maintain_order=True)).to_series()
        start = 0
        for part, length in frame[_PART].value_counts().sort(_PART).iter_rows():
            (folder / str(part)).mkdir(exist_ok=True)
            of_part = rows[order.slice(start, length)]
            of_part.write_ipc(folder / str(part) / f"{self._written:06}.ipc", compression="lz4")
            start += length

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="digitize-validate-"))
        return self._folder


class Router:
    """Assigns rows to parts: a record by its station, a child row by its record.

    Stations are distributed round robin, so that parts have similar sizes. Records are remembered by a 64-bit hash,
    which is never the only evidence: see `knows`.
    """

    def __init__(self, count: int, *, has_children: bool) -> None:
        """count: of parts. has_children: whether records must be remembered for child rows."""
        self._count, self._has_children = count, has_children
        self._stations: dict[int, int] = {}
        self._hashes: list[np.ndarray] = []
        self._parts: list[np.ndarray] = []
        self._sorted: tuple[np.ndarray, np.ndarray] | None = None

    def of_records(self, frame: pl.DataFrame) -> pl.Series:
        """Part of each record; see `Router`."""
        if self._count == 1:
            self._remember(frame, _zeros(frame.height))
            return _zeros(frame.height)
        there = [pl.col(n).fill_null("") if n in frame.columns else pl.lit("").alias(n) for n in STATION]
        stations = frame.select(pl.struct(there).hash()).to_series()
        # In the order of the file, so that the same file is parted alike each time.
        for station in stations.unique(maintain_order=True):
            self._stations.setdefault(station, len(self._stations) % self._count)
        part = stations.replace_strict(self._stations, return_dtype=pl.UInt16).cast(pl.UInt16)
        self._remember(frame, part)
        return part

    def _remember(self, frame: pl.DataFrame, part: pl.Series) -> None:
        if self._has_children:
            self._hashes.append(frame[RECORD].hash().to_numpy())
            self._parts.append(part.to_numpy())

    def of_children(self, frame: pl.DataFrame) -> pl.Series:
        """Part of each child row; any part if its record is missing."""
        if self._count == 1:
            return _zeros(frame.height)
        wanted = frame[RECORD].hash().to_numpy()
        anywhere = (wanted % self._count).astype(np.uint16)
        is_there, parts = self._find(wanted)
        return pl.Series(np.where(is_there, parts, anywhere), dtype=pl.UInt16)

    def knows(self, ids: pl.Series) -> pl.Series:
        """Whether a record may exist for each of these ids: certainly not if false."""
        return pl.Series(self._find(ids.hash().to_numpy())[0], dtype=pl.Boolean)

    def _find(self, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether a record has the hash, and its part."""
        hashes, parts = self._read_known()
        if not len(hashes):
            return np.zeros(len(wanted), bool), np.zeros(len(wanted), np.uint16)
        # searchsorted gives the length where all hashes are smaller.
        place = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
        return hashes[place] == wanted, parts[place]

    def _read_known(self) -> tuple[np.ndarray, np.ndarray]:
        if self._sorted is None:
            hashes, parts = _join_pieces(self._hashes, np.uint64), _join_pieces(self._parts, np.uint16)
            order = pl.Series(hashes).arg_sort().to_numpy()
            parts = parts[order]
            hashes = hashes[order]
            self._sorted = (hashes, parts)
        return self._sorted


def _join_pieces(pieces: list[np.ndarray], kind: type[np.generic]) -> np.ndarray:
    """Concatenate the pieces, freeing each once copied, since all of them may be a quarter of the memory."""
    whole = np.empty(sum(map(len, pieces)), kind)
    end = len(whole)
    while pieces:
        piece = pieces.pop()
        whole[end - len(piece) : end] = piece
        end -= len(piece)
    return whole


def _zeros(height: int) -> pl.Series:
    return pl.zeros(height, pl.UInt16, eager=True)


def pieces(parts: Parts, form: str) -> Iterator[dict[str, pl.DataFrame]]:
    """Parts one after another, each record once and references as positions; see `without_repeats`, `with_places`."""
    for part in range(parts.count):
        tables = parts.read(part)
        doubtful = tables.pop(DOUBTFUL, None)
        yield resolve_places(form, drop_repeats(form, tables), _by_table(doubtful))


def _by_table(doubtful: pl.DataFrame | None) -> dict[str, pl.Series]:
    """Table name -> ids of the records whose rows in it cannot be counted."""
    if doubtful is None or doubtful.is_empty():
        return {}
    return {name: rows[RECORD] for (name,), rows in doubtful.partition_by(TABLE, as_dict=True).items()}
