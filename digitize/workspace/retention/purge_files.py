"""Files to remove with purged data, and those left to their keepers."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from digitize.machine import system
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import SourceFile
from digitize.workspace.place import Place

_WRITTEN = ("exports", "review", "artefacts")
"""Folders of files written on demand, which hold values of records or pictures of pages."""
_BLOCK, _OVER = 1 << 20, 64
_SEALED = (".age", ".7z", ".gz", ".gpg")


def originals_of(place: Place, source: SourceFile) -> list[Path]:
    """A file and its companions (memo file, layout) in the workspace."""
    folder = place.original(source.sha256, "").parent
    return sorted(folder.glob(f"{source.sha256}*")) if folder.is_dir() else []


def remove(paths: Collection[Path]) -> None:
    """Remove files durably, even after a power cut."""
    for path in paths:
        system.make_private(path)
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in paths}:
        system.sync_folder(folder)


def remove_written(place: Place, pictured: Collection[str], personal: Collection[str]) -> list[str]:
    """Remove output files with these pages and tables. Returns the names.

    pictured: units without images from now on, as in sheets and packages; personal: units without any data.
    """
    names = _finder(place.options.workspace.site_id)
    gone = []
    for folder in _WRITTEN if pictured else ():
        for entry in sorted((place.folder / folder).glob("*")):
            has_pictures = folder != "exports" or (entry / "originals").is_dir() or (entry / "data/originals").is_dir()
            if _speaks_of(entry, names, pictured if has_pictures else personal):
                # A whole export at once: half of it would pass for all there is.
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                gone.append(f"{folder}/{entry.name}")
    return gone


def sealed_files(place: Place) -> Iterator[str]:
    """Files in these folders that cannot be inspected."""
    for folder in _WRITTEN:
        for path in sorted((place.folder / folder).rglob("*")):
            if path.suffix.lower() in _SEALED:
                yield path.relative_to(place.folder).as_posix()


def copies_of(place: Place, ledger: Ledger) -> Iterator[str]:
    """Ledger copies with purged data, in the workspace and in known backup locations."""
    names = {p.name for p in place.folder.glob("ledger.sqlite.*")}
    if not isinstance(place.ledger, Path):
        like = place.ledger.schema.replace("_", "\\_") + "\\_%"
        rows = ledger.rows("SELECT nspname FROM pg_namespace WHERE nspname LIKE ?", (like,))
        names |= {f"the schema {r['nspname']} of its database" for r in rows}
        names |= {p.name for p in place.folder.glob("ledger.sqlite")}
    yield from sorted(names)
    for row in ledger.rows("SELECT DISTINCT at, detail FROM events WHERE step = 'backup' ORDER BY at"):
        yield f"the backup of {row['at'][:10]}"


def _finder(site: str) -> re.Pattern[bytes]:
    """Ids of pages and tables: SITE-VOLUME-NUMBER, SITE-tNUMBER."""
    return re.compile(re.escape(site).encode("utf-8") + rb"-(?:t\d+|\d+-\d+)")


def _speaks_of(entry: Path, names: re.Pattern[bytes], units: Collection[str]) -> bool:
    files = [entry] if entry.is_file() else [p for p in entry.rglob("*") if p.is_file()]
    for file in files:
        found = {m.decode("utf-8") for m in names.findall(file.name.encode("utf-8", "surrogateescape"))}
        if not found.isdisjoint(units) or any(not some.isdisjoint(units) for some in _names_in(file, names)):
            return True
    return False


def _names_in(file: Path, names: re.Pattern[bytes]) -> Iterator[set[str]]:
    """Ids in a file, or in the members of an archive, read block by block."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            for member in packed.infolist():
                with packed.open(member) as part:
                    yield from _in_stream(part.read, names)
        return
    with file.open("rb") as plain:
        yield from _in_stream(plain.read, names)


def _in_stream(read: Callable[[int], bytes], names: re.Pattern[bytes]) -> Iterator[set[str]]:
    before = b""
    while block := read(_BLOCK):
        # An id may lie over the edge of two blocks.
        yield {m.decode("utf-8") for m in names.findall(before + block)}
        before = block[-_OVER:]


def targets_left(place: Place, loads: Mapping[str, int]) -> list[str]:
    """Data left in targets, in sentences. loads: target -> batches."""
    said = [
        f"{n} batches are in the target {name}, which has its own retention rules (digitize unload removes a batch)."
        for name, n in loads.items()
    ]
    if place.options.store.url:
        said.append(f"The store {place.options.store.url} may have copies of the originals: remove them there.")
    return said
