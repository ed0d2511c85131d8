"""A folder to hand over: each batch as CSV or Parquet files, one per table, with a manifest of all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from digitize.errors import DiskFull, OptionsError, TargetRefused
from digitize.targets.apply_batch import content_hash
from digitize.targets.base import Load, Receipt, Statement, Undone
from digitize.targets.from_records import as_batch
from digitize.targets.rows import HASH, RECORD_ID, FormOutline, Kept, LoadBatch, RowBatch, refused_record
from digitize.targets.to_records import records_of

MANIFEST, REJECTS, HASHES = "manifest.json", "rejects.jsonl", "hashes"
FORMAT = 1
_PART, _PIECES = ".part", ".pieces"


@dataclass(frozen=True, slots=True)
class TableFiles:
    """File format of tables. kind: file extension, and prefix of the folder in the target's name."""

    kind: str
    write: Callable[[pl.LazyFrame, Path], object]
    read: Callable[[Path], pl.DataFrame]


class FolderTarget:
    """Writes batches into a folder.

    A batch is valid once the manifest lists it. A batch that comes again with other content replaces the earlier one.
    Keys are compared within a batch only: the rest is up to the database that reads the folder.
    """

    def __init__(self, folder: Path, files: TableFiles) -> None:
        """Raises TargetRefused if the folder has other content."""
        self._folder, self._files = folder, files
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._manifest = self._read()
        except (OSError, ValueError) as e:
            what = type(e).__name__
            raise TargetRefused(f"{folder}: cannot be used as a target ({what}). Nothing was loaded.") from e
        # What a killed load left behind; nothing under this ending was ever named by the manifest.
        for left in folder.glob(f"*{_PART}"):
            shutil.rmtree(left, ignore_errors=True)

    @property
    def name(self) -> str:
        """The folder, for people."""
        return f"{self._files.kind}:{self._folder}"

    def close(self) -> None:
        """Nothing to close."""

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Load a batch of records; see `take`."""
        return self.take(as_batch(load), dry_run=dry_run)

    def take(self, batch: LoadBatch, *, dry_run: bool = False) -> Receipt:
        """Write all files of a batch, then the manifest. Raises DiskFull and TargetRefused; nothing is kept."""
        if done := self.find_done(batch.id, batch.batch):
            return done
        part = self._folder / f"{batch.id}{_PART}"
        before = self._manifest["batches"].get(batch.batch)
        try:
            receipt, files = self._write(batch, part, self._hashes(before))
            if dry_run:
                return receipt
            shutil.rmtree(self._folder / batch.id, ignore_errors=True)  # of a load that was killed before it counted
            part.replace(self._folder / batch.id)
            # Until the manifest names it the folder is no batch: a load that is killed here is done again.
            entry = {"load": batch.id, "receipt": asdict(receipt), "source": dict(batch.source), "files": files}
            batches = {**self._manifest["batches"], batch.batch: entry}
            # In the order of names, so that the same batches make the same manifest in whatever order they came.
            self._commit({**self._manifest, "batches": dict(sorted(batches.items()))})
        except (OSError, pl.exceptions.ComputeError) as e:
            if _is_full(e):
                raise DiskFull(f"{self._folder}: no room left on the disk. Nothing was changed.") from e
            why = getattr(e, "strerror", None) or type(e).__name__
            raise TargetRefused(f"{self._folder}: {why}. Nothing was changed.") from e
        finally:
            shutil.rmtree(part, ignore_errors=True)
        # Only now: until the manifest named the new files, the old ones counted.
        if before and before["load"] != batch.id:
            shutil.rmtree(self._folder / before["load"], ignore_errors=True)
        return receipt

    def find_done(self, load: str, batch: str) -> Receipt | None:
        """Receipt of a load listed in the manifest."""
        entry = self._manifest["batches"].get(batch)
        return replace(Receipt(**entry["receipt"]), repeated=True) if entry and entry["load"] == load else None

    def undo(self, load: str, why: str, *, dry_run: bool = False, force: bool = False) -> Undone:
        """Not supported: earlier versions are not kept."""
        raise OptionsError(f"{self.name}: a folder has no earlier versions; load the right files instead.")

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Not supported."""
        raise OptionsError(f"{self.name}: a folder cannot be queried; see {MANIFEST} and {REJECTS} in it.")

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Not supported."""
        raise OptionsError(f"{self.name}: a folder cannot be queried; see {MANIFEST} and {REJECTS} in it.")

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Not supported."""
        self.run("")

    def _write(self, batch: LoadBatch, part: Path, before: pl.DataFrame) -> tuple[Receipt, list[dict[str, object]]]:
        shutil.rmtree(part, ignore_errors=True)
        pieces = part / _PIECES
        pieces.mkdir(parents=True)
        outlines = batch.outlines
        bad = {form: outline.unfit.unique(RECORD_ID, keep="first") for form, outline in outlines.items()}
        tables: dict[str, list[pl.LazyFrame]] = {}
        counts = [0, 0]
        with (part / REJECTS).open("w", encoding="utf-8", newline="\n") as rejects:
            for number, some in enumerate(batch.parts()):
                kept = [*some.kept, *_list_refused(some, bad)]
                rejects.writelines(json.dumps(asdict(k)) + "\n" for k in kept)
                refused = sum(k.word == "reject" for k in kept)
                counts = [counts[0] + refused, counts[1] + len(kept) - refused]
                for name, frame in _good(some, bad):
                    # The first is held; those that come after it would be too much for memory together.
                    piece = frame.lazy() if not number else _write_parquet(frame, pieces / f"{name}-{number}.parquet")
                    tables.setdefault(name, []).append(piece)
        hashes = _hashes_of(outlines, bad)
        # The hashes lie beside the rows: the next load of this batch is counted against them.
        for name, of in {**tables, HASHES: [hashes.lazy()]}.items():
            self._files.write(pl.concat(of, how="diagonal"), part / f"{name}.{self._files.kind}")
        del tables  # the pieces are open as long as somebody may read them
        shutil.rmtree(pieces)
        files: list[dict[str, object]] = [_describe_file(f) for f in sorted(part.iterdir())]
        return _receipt(batch, counts[0], counts[1], hashes, before), files

    def _hashes(self, entry: Mapping[str, Any] | None) -> pl.DataFrame:
        if not entry:
            return pl.DataFrame(schema={RECORD_ID: pl.String, HASH: pl.String})
        # Columns without a row have no kind in the Parquet files of an earlier version.
        return self._files.read(self._folder / entry["load"] / f"{HASHES}.{self._files.kind}").cast(pl.String)

    def _read(self) -> dict[str, Any]:
        path = self._folder / MANIFEST
        if not path.exists():
            return {"format": FORMAT, "kind": self._files.kind, "batches": {}}
        made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if made.get("format") != FORMAT or made.get("kind") != self._files.kind:
            raise TargetRefused(f"{path}: this folder has another format. Choose another one.")
        return made

    def _commit(self, manifest: dict[str, Any]) -> None:
        part = self._folder / f"{MANIFEST}.new"
        with part.open("w", encoding="utf-8", newline="\n") as f:
            json.dump(manifest, f, ensure_ascii=False, indent=1)
            f.flush()
            # By the manifest a batch counts: it must be whole on the disk before it takes the old one's place.
            os.fsync(f.fileno())
        part.replace(self._folder / MANIFEST)
        self._manifest = manifest


def _is_full(error: Exception) -> bool:
    # polars tells what the system said in its text alone; 112 is what Windows says.
    said = ("(os error 28)", "(os error 112)")
    return getattr(error, "errno", None) == errno.ENOSPC or any(text in str(error) for text in said)


def _list_refused(part: RowBatch, bad: Mapping[str, pl.DataFrame]) -> Iterator[Kept]:
    """Refused records of a part: one reject per record, with the first reason, as in the databases."""
    for form, rows in part.forms.items():
        here = bad[form].join(rows.tables[form].select(RECORD_ID), on=RECORD_ID, how="semi")
        why = {record: (path, code) for record, path, code in here.iter_rows()}
        for record in records_of(form, rows.tables, list(why), part.batch):
            yield refused_record(record, why[record.id][1], why[record.id][0])


def _good(part: RowBatch, bad: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Tables of a part, by name, without refused records."""
    for form, rows in part.forms.items():
        out = bad[form][RECORD_ID].implode()
        for name, frame in rows.tables.items():
            yield name, frame.filter(~pl.col(RECORD_ID).is_in(out)).drop(HASH, strict=False)


def _hashes_of(outlines: Mapping[str, FormOutline], bad: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    own = (o.own.filter(~pl.col(RECORD_ID).is_in(bad[form][RECORD_ID].implode())) for form, o in outlines.items())
    empty = pl.DataFrame(schema={RECORD_ID: pl.String, HASH: pl.String})
    return pl.concat([empty, *(some.select(RECORD_ID, HASH) for some in own)]).unique(
        RECORD_ID, keep="last", maintain_order=True
    )


def _write_parquet(frame: pl.DataFrame, path: Path) -> pl.LazyFrame:
    frame.write_parquet(path)
    return pl.scan_parquet(path)


def _describe_file(path: Path) -> dict[str, object]:
    with path.open("rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": found}


def _receipt(batch: LoadBatch, rejected: int, reviewed: int, hashes: pl.DataFrame, before: pl.DataFrame) -> Receipt:
    known = hashes.join(before, on=RECORD_ID, how="inner", suffix="_before")
    same = known.filter(pl.col(HASH) == pl.col(f"{HASH}_before")).height
    held = batch.held + reviewed
    return Receipt(
        load=batch.id,
        batch=batch.batch,
        read=hashes.height + rejected + held,
        inserted=hashes.height - known.height,
        updated=known.height - same,
        unchanged=same,
        rejected=rejected,
        held=held,
        withdrawn=before.height - known.height,
        content=content_hash(hashes),
    )
