"""Files of a delivery. Nothing outside the delivered folder is opened, and only regular files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from digitize.errors import OptionsError
from digitize.workspace.intake.manifest import MANIFEST, Metadata, read_manifest

MEMOS = (".fpt", ".dbt")
INDEXES = (".cdx", ".idx", ".ndx", ".mdx", ".ntx")
LAYOUTS = ("layout.toml",)
_HEAD = 4096
_OF_SYSTEMS = (MANIFEST, "thumbs.db", "desktop.ini")
_NO_FILE = "is a pipe, socket or device, not a file. Save it as a file first."
_NO_FOLDER = "is a link to a folder, which is not followed: deliver that folder itself."
_INNER_BAG = "is a bag inside the delivered folder, where it cannot be checked. Deliver the folder of the bag itself."
_LEADS_OUT = "is a link to a place outside the delivered folder, which is not opened. Deliver that file itself."
_NAMED_OUTSIDE = "is named in manifest.csv but is outside the delivered folder, so it is not opened."
_NOT_THERE = "is named in manifest.csv but is missing. Add the file, or remove its line."


@dataclass(frozen=True, slots=True)
class Given:
    """One file to take in, its reported name, and its metadata.

    problem: why it must not be opened, or "".
    """

    path: Path
    name: str
    metadata: Metadata
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of the delivery. root: delivered folder; told: manifests from the root down, with their folders."""

    path: Path
    root: Path
    told: tuple[tuple[Path, Mapping[str, Metadata]], ...]

    def enter_folder(self, path: Path) -> _Folder:
        own = _manifest_of(path, self.root)
        return _Folder(path, self.root, (*self.told, (path, own)) if own else self.told)

    def metadata(self, path: Path, given: Metadata) -> Metadata:
        """Metadata of a file: from the command line, the nearest manifest, outer ones, or its folder."""
        said = given
        for folder, rows in reversed(self.told):
            said = said.merge_over(rows.get(path.relative_to(folder).as_posix(), Metadata()))
        return said.merge_over(Metadata(volume=folder_label(path)))


def list_files(paths: list[Path], metadata: Metadata, *, by_person: bool = True) -> Iterator[Given]:
    """Every file of the given files and folders, in natural order, with its metadata.

    A manifest.csv applies to the files of its folder and below. Hidden files, Thumbs.db, and memo files and layouts
    (which belong to their table) are skipped. Non-regular files, paths outside the delivered folder, and missing
    manifest entries are returned with their problem. by_person: a person named these files, so links are followed; in a
    watched folder anybody may put one. Raises OptionsError for a wrong manifest.
    """
    for path in paths:
        if path.is_dir() and (why := _check_folder(path)):
            yield Given(path, shown_name(path.name), metadata, why)
        elif path.is_dir():
            yield from _in_folder(_Folder(path, path.resolve(), ()).enter_folder(path), metadata)
        elif not _goes_with_a_table(path):
            beside = _Folder(path.parent, path.parent.resolve(), ()).enter_folder(path.parent)
            leads_out = "" if by_person else _linked_out(path, path.parent.resolve())
            yield Given(path, shown_name(path.name), beside.metadata(path, metadata), leads_out or _problem(path))


def folder_label(path: Path) -> str:
    """Default volume label of a file: its folder, or the bag."""
    folder = path.parent.resolve()
    for within in (folder.parent, folder.parent.parent):
        # BAG/data, and BAG/data/originals of a bag of ours.
        if folder.name in ("data", "originals") and (within / "bagit.txt").is_file():
            folder = within
    return shown_name(folder.name)


def shown_name(name: str) -> str:
    """A file's name as text: bytes of it that are no UTF-8 are spelled out, since no ledger can hold them."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _in_folder(top: _Folder, metadata: Metadata) -> Iterator[Given]:
    # A stack and no recursion: folders may lie deeper in each other than Python may call itself.
    seen: set[Path] = set()
    open_folders = [(top, iter(_entries(top.path)))]
    while open_folders:
        folder, entries = open_folders[-1]
        path = next(entries, None)
        if path is None:
            yield from _only_named(folder, seen, metadata)
            open_folders.pop()
        elif path.is_symlink() or not path.is_dir():
            seen.add(path)
            if not _goes_with_a_table(path):
                yield _make_given(folder, path, metadata, _linked_out(path, folder.root) or _problem(path))
        elif why := _check_folder(path) or (_INNER_BAG if (path / "bagit.txt").is_file() else ""):
            yield _make_given(folder, path, metadata, why)
        else:
            below = folder.enter_folder(path)
            open_folders.append((below, iter(_entries(path))))


def _entries(folder: Path) -> list[Path]:
    shown = (p for p in folder.iterdir() if not p.name.startswith(".") and p.name.lower() not in _OF_SYSTEMS)
    return sorted(shown, key=lambda p: natural(p.name))


def _check_folder(folder: Path) -> str:
    try:
        next(folder.iterdir(), None)
    except OSError as e:
        return f"cannot be opened ({e.strerror}). Correct its permissions and deliver the folder again."
    return ""


def _make_given(folder: _Folder, path: Path, metadata: Metadata, problem: str) -> Given:
    name = f"{shown_name(path.parent.name)}/{shown_name(path.name)}"
    return Given(path, name, folder.metadata(path, metadata), problem)


def _only_named(folder: _Folder, seen: set[Path], metadata: Metadata) -> Iterator[Given]:
    """Files in this folder's manifest that were not found otherwise: taken, or refused by name; never skipped."""
    named = folder.told[-1][1] if folder.told and folder.told[-1][0] == folder.path else {}
    for name in sorted(named):
        path = folder.path / name
        if path in seen:
            continue
        problem = _why_not(name, path, folder.root)
        if problem or not _goes_with_a_table(path):
            seen.add(path)
            said = metadata.merge_over(named[name]) if problem else folder.metadata(path, metadata)
            yield Given(path, f"{shown_name(folder.path.name)}/{name}", said, problem)


def _why_not(name: str, path: Path, root: Path) -> str:
    """Why a file named only in a manifest is not taken, "" if it is."""
    windows = PureWindowsPath(name)
    if windows.drive or windows.root or ".." in PurePosixPath(name).parts:
        return _NAMED_OUTSIDE
    if path.name.lower() == MANIFEST or not _is_there(path):
        return _NOT_THERE
    # A folder on the way there may be a link.
    return _NAMED_OUTSIDE if not _is_within(path, root) else _problem(path)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    # A name that no file can have: too long, or with a zero in it.
    except (OSError, ValueError):
        return False


def _is_within(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root)
    # Links in a circle.
    except (OSError, RuntimeError):
        return False


def _linked_out(path: Path, root: Path) -> str:
    if not path.is_symlink():
        return ""
    if path.is_dir():
        return _NO_FOLDER
    return "" if _is_within(path, root) else _LEADS_OUT


def _problem(path: Path) -> str:
    """Why something is not a regular file, by its type alone; opening a pipe would block."""
    try:
        kind = path.stat().st_mode
    except OSError as e:
        return f"cannot be opened ({e.strerror}). Deliver the file again."
    if stat.S_ISDIR(kind):
        return "is a folder, but manifest.csv names it as a file."
    return "" if stat.S_ISREG(kind) else _NO_FILE


def _manifest_of(folder: Path, root: Path) -> Mapping[str, Metadata]:
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    if not _is_within(path, root):
        raise OptionsError(f"{path} is a link to a place outside the delivered folder. Put the file itself there.")
    return read_manifest(path)


def _goes_with_a_table(path: Path) -> bool:
    """Whether a file belongs to a table. A memo file without its table is refused as a file of its own."""
    name = path.name.lower()
    if name.endswith(LAYOUTS):
        return True
    return name.endswith((*MEMOS, *INDEXES)) and (_has_table_beside(path) or name.endswith(INDEXES)) and not holds(path)


def _has_table_beside(path: Path) -> bool:
    """Whether there is a DBF of the same stem, ignoring the extension."""
    if not path.parent.is_dir():
        return False
    usual = [p for p in (path.with_suffix(".DBF"), path.with_suffix(".dbf")) if p.is_file()]
    same = usual or (p for p in path.parent.iterdir() if p.stem.lower() == path.stem.lower() and p != path)
    return any(_is_dbf(p) for p in same)


def _is_dbf(path: Path) -> bool:
    from mappers.legacy.dbf_head import looks_like_dbf

    if path.suffix.lower() in (*MEMOS, *INDEXES) or not path.is_file():
        return False
    try:
        with path.open("rb") as f:
            return looks_like_dbf(path, f.read(_HEAD))
    except OSError:
        # Named as a table and not to be opened: the memos go with it, and it is refused with its reason.
        return path.suffix.lower() == ".dbf"


def holds(path: Path) -> bool:
    """Whether a file is a scan or table by content, though named like a companion of tables."""
    from mappers.errors import TableError
    from mappers.legacy import find_reader, is_guess
    from ocr.scans.scan import media_of

    try:
        if not path.is_file():
            return False
        reader = find_reader(path)
        return bool(media_of(path)) or bool(reader and not is_guess(reader))
    except (OSError, TableError):
        return False


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: page-2 before page-10."""
    import re

    parts = re.findall(r"\d+|\D+", name.casefold())
    # Three parts in both cases: a number and a text in one place cannot be compared. A run of thousands of digits is
    # no page number, and Python refuses to read it.
    return tuple((0, int(p), "") if p.isascii() and p.isdigit() and len(p) < 40 else (1, 0, p) for p in parts)
