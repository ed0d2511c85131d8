"""The workspace as a worker sees it: the folder, or a copy of its small files plus a store with the scans."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from digitize.errors import MachineLacks
from digitize.machine.cluster.store import ScanStore, StoreAway
from digitize.machine.work_keys import text_key

_SETTINGS = "digitize.toml"
_SMALL = ("forms", "lists", "mappings", "encodings", "policy", "models")
_FILES = (_SETTINGS, "calibration.toml")
"""All of a workspace that reading, mapping and checking look at, beside the scans."""
ORIGINALS = "originals"
CACHE = "DIGITIZE_CACHE"
"""Names the folder of fetched files; this user's own cache without it."""
CACHE_GB = "DIGITIZE_CACHE_GB"
_USUAL_GB = 20.0
_LOOKS = 0.05


@dataclass(frozen=True)
class Kit:
    """The small files of a workspace: place -> content."""

    files: Mapping[str, bytes]

    @cached_property
    def key(self) -> str:
        """Hash of all of it."""
        return text_key("\n".join(f"{p} {hashlib.sha256(d).hexdigest()}" for p, d in sorted(self.files.items())))

    @classmethod
    def from_folder(cls, folder: Path) -> Kit:
        """The kit of a workspace."""
        paths = [folder / name for name in _FILES]
        paths += [p for name in _SMALL for p in sorted((folder / name).glob("**/*"))]
        return cls({p.relative_to(folder).as_posix(): p.read_bytes() for p in paths if p.is_file()})

    def lay_out(self, into: Path) -> Path:
        """Write the files below a folder, skipping those already correct. Returns the folder."""
        at = into / f"kit-{self.key}"
        # The settings last: a folder that has them is whole.
        for place in sorted(self.files, key=lambda p: p == _SETTINGS):
            path = _resolve_inside(at, place)
            if not (path.is_file() and path.read_bytes() == self.files[place]):
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(f"{path.name}.{os.getpid()}.part")
                part.write_bytes(self.files[place])
                part.replace(path)
        return at

    def as_plain(self) -> dict[str, str]:
        """As JSON types."""
        return {p: base64.b64encode(zlib.compress(d)).decode("ascii") for p, d in self.files.items()}

    @classmethod
    def from_plain(cls, plain: Mapping[str, str]) -> Kit:
        """Inverse of `as_plain`."""
        return cls({p: zlib.decompress(base64.b64decode(d)) for p, d in plain.items()})


def _resolve_inside(folder: Path, place: str) -> Path:
    """A place below a folder. Raises ValueError for one that leads out of it."""
    path = (folder / place).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(place)
    return path


def settings_hash(folder: Path) -> str:
    """Hash that identifies a workspace on another machine; "" if there is none."""
    path = folder / _SETTINGS
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@dataclass(frozen=True)
class Site:
    """Where this machine finds a workspace's files.

    folder: the workspace, or an unpacked kit; store: None if the folder has the scans.
    """

    folder: Path
    store: ScanStore | None = None

    def find(self, place: str) -> Path:
        """The file or folder of a place in the workspace. Raises StoreAway when it must be fetched and cannot be."""
        path = _resolve_inside(self.folder, place)
        if not place.startswith(f"{ORIGINALS}/") or path.is_file():
            return path
        if self.store is None:
            raise StoreAway(f"{place} is not in {self.folder}. Is the shared folder there?")
        return fetch_original(self.store, place)


def fetch_original(store: ScanStore, place: str) -> Path:
    """Fetch an original from the store into the cache; fetched again if the cached file does not match its name."""
    sha256 = Path(place).stem
    at = cache_folder() / sha256[:2] / Path(place).name
    # Milliseconds beside the seconds of reading; a power cut or another program may have left something else there.
    if not _is_whole(at, sha256):
        # Looking through all of it takes as long as a picture: one fetch in some does.
        if random.random() < _LOOKS:
            make_room(at.parent.parent)
        store.fetch(place, at, sha256)
    else:
        # The oldest use goes first when room is made.
        os.utime(at)
    return at


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest() == sha256
    except OSError:
        return False


def cache_folder() -> Path:
    """Cache folder of fetched files."""
    named = os.environ.get(CACHE, "")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("cctns-digitize", appauthor=False)) / "store"


def make_room(folder: Path) -> None:
    """Evict the least recently used files if the cache is over its limit, until a tenth of it is free."""
    most = float(os.environ.get(CACHE_GB, _USUAL_GB)) * 1e9
    files = sorted(_list_cache(folder))
    total = sum(size for _, size, _ in files)
    if total <= most:
        return
    for _, size, path in files:
        path.unlink(missing_ok=True)
        total -= size
        if total <= 0.9 * most:
            return


def _list_cache(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.glob("??/*"):
        try:
            said = path.stat()
        except FileNotFoundError:
            continue  # another worker made room at the same time
        yield said.st_mtime, said.st_size, path


def put_originals(store: ScanStore, folder: Path, *, again: bool = False) -> Iterator[str]:
    """Copy a workspace's originals to its store; yields the path of each copied file.

    again: also those already there. A copy of a different size is always replaced. Raises StoreAway.
    """
    there = {} if again else store.places(ORIGINALS)
    for path in sorted((folder / ORIGINALS).glob("??/*")):
        place = path.relative_to(folder).as_posix()
        if there.get(place) != path.stat().st_size:
            store.copy_in(path, place)
            yield place


def require_store(url: str, endpoint: str) -> ScanStore:
    """The workspace's store. Raises MachineLacks if none is set."""
    if not url:
        raise MachineLacks('This workspace has no store. Add [store] url = "s3://bucket/prefix" to digitize.toml.')
    return ScanStore(url, endpoint)
