"""A folder to hand over: each batch as CSV or Parquet files, one a table, with a manifest of all of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from digitize.errors import DiskFull, OptionsError, TargetRefused
from digitize.machine.work_keys import plain_hash
from digitize.targets.base import Load, Receipt, Statement, Undone
from digitize.targets.from_records import as_batch
from digitize.targets.rows import HASH, RECORD_ID, Kept, RowBatch, refused_record
from digitize.targets.taking import records_of

MANIFEST, REJECTS, HASHES = "manifest.json", "rejects.jsonl", "hashes"
FORMAT = 1
_PART = ".part"


@dataclass(frozen=True, slots=True)
class TableFiles:
    """In which files tables are written. kind: their ending, and what stands before the folder in the target's name."""

    kind: str
    write: Callable[[pl.DataFrame, Path], object]
    read: Callable[[Path], pl.DataFrame]


class FolderTarget:
    """Writes batches into a folder. A batch counts once the manifest names it; what the manifest does not name is none.

    A batch that comes again with another content takes the place of the earlier one. Keys are compared within a batch
    alone: that is for the database into which the folder is read.
    """

    def __init__(self, folder: Path, files: TableFiles) -> None:
        """Raises TargetRefused when the folder holds something else."""
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
        """Nothing is held."""

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Take a batch of records; see `take`."""
        return self.take(as_batch(load), dry_run=dry_run)

    def take(self, batch: RowBatch, *, dry_run: bool = False) -> Receipt:
        """Take a batch: all of its files and then the manifest. Raises DiskFull and TargetRefused; nothing is kept."""
        if done := self.done(batch.id, batch.batch):
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
        except OSError as e:
            if e.errno == 28:  # ENOSPC
                raise DiskFull(f"{self._folder}: no room left on the disk. Nothing was changed.") from e
            raise TargetRefused(f"{self._folder}: {e.strerror or type(e).__name__}. Nothing was changed.") from e
        finally:
            shutil.rmtree(part, ignore_errors=True)
        # Only now: until the manifest named the new files, the old ones counted.
        if before and before["load"] != batch.id:
            shutil.rmtree(self._folder / before["load"], ignore_errors=True)
        return receipt

    def done(self, load: str, batch: str) -> Receipt | None:
        """The receipt of a load that the manifest names."""
        entry = self._manifest["batches"].get(batch)
        return replace(Receipt(**entry["receipt"]), repeated=True) if entry and entry["load"] == load else None

    def undo(self, load: str, why: str, *, dry_run: bool = False) -> Undone:
        """Not here: earlier versions are not kept."""
        raise OptionsError(f"{self.name}: a folder keeps no earlier versions; load the right files instead.")

    def versions(self, form: str, records: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """Not here."""
        raise OptionsError(f"{self.name}: a folder answers no queries; see {MANIFEST} and {REJECTS} in it.")

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Not here."""
        raise OptionsError(f"{self.name}: a folder answers no queries; see {MANIFEST} and {REJECTS} in it.")

    def run_all(self, statements: Iterable[Statement]) -> None:
        """Not here."""
        self.run("")

    def _write(self, batch: RowBatch, part: Path, before: Mapping[str, str]) -> tuple[Receipt, list[dict[str, object]]]:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        kept = list(batch.kept)
        hashes: dict[str, str] = {}
        for form, rows in batch.forms.items():
            bad = rows.unfit[RECORD_ID].unique()
            for record in records_of(form, rows.tables, bad.to_list(), batch.batch) if bad.len() else ():
                # As in the databases: one reject a record, with the first thing that hinders it.
                path, code = next((f, c) for r, f, c in rows.unfit.iter_rows() if r == record.id)
                kept.append(refused_record(record, code, path))
            for name, frame in rows.tables.items():
                good = frame.filter(~pl.col(RECORD_ID).is_in(bad.implode())) if bad.len() else frame
                self._put(good.drop(HASH, strict=False), part / name)
                if name == form:
                    hashes |= dict(good.select(RECORD_ID, HASH).iter_rows())
        # The hashes lie beside the rows: the next load of this batch is counted against them.
        self._put(pl.DataFrame({RECORD_ID: list(hashes), HASH: list(hashes.values())}, strict=False), part / HASHES)
        _put_rejects(kept, part / REJECTS)
        files: list[dict[str, object]] = [_told(f) for f in sorted(part.iterdir())]
        return _receipt(batch, kept, hashes, before), files

    def _put(self, frame: pl.DataFrame, path: Path) -> None:
        self._files.write(frame, path.with_suffix(f".{self._files.kind}"))

    def _hashes(self, entry: Mapping[str, Any] | None) -> dict[str, str]:
        if not entry:
            return {}
        path = self._folder / entry["load"] / f"{HASHES}.{self._files.kind}"
        return dict(self._files.read(path).iter_rows())

    def _read(self) -> dict[str, Any]:
        path = self._folder / MANIFEST
        if not path.exists():
            return {"format": FORMAT, "kind": self._files.kind, "batches": {}}
        made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if made.get("format") != FORMAT or made.get("kind") != self._files.kind:
            raise TargetRefused(f"{path}: this is a folder of another format or kind. Choose another one.")
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


def _put_rejects(kept: Sequence[Kept], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as f:
        for k in kept:
            f.write(json.dumps(asdict(k)) + "\n")


def _told(path: Path) -> dict[str, object]:
    with path.open("rb") as f:
        found = hashlib.file_digest(f, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": found}


def _receipt(batch: RowBatch, kept: Sequence[Kept], hashes: Mapping[str, str], before: Mapping[str, str]) -> Receipt:
    rejected = sum(k.word == "reject" for k in kept)
    new = sum(r not in before for r in hashes)
    same = sum(before.get(r) == h for r, h in hashes.items())
    held = batch.held + len(kept) - rejected
    return Receipt(
        load=batch.id,
        batch=batch.batch,
        read=len(hashes) + rejected + held,
        inserted=new,
        updated=len(hashes) - new - same,
        unchanged=same,
        rejected=rejected,
        held=held,
        withdrawn=len(before.keys() - hashes.keys()),
        content=plain_hash(sorted(hashes.items())),
    )
