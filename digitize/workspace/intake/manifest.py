"""Metadata of files: by flags for all, or by a `manifest.csv` beside them for each."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from digitize.errors import OptionsError

MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What intake is told of a volume by the person who brings a file; "" where nothing is known.

    volume: label of the bound book. kind: what it is; a register's id has its pages read as that. page: number of the
    file's first page in the volume, as printed or counted.
    """

    volume: str = ""
    station: str = ""
    district: str = ""
    year: str = ""
    kind: str = ""
    language: str = ""
    page: str = ""

    def over(self, other: Metadata) -> Metadata:
        """This one's words where it has any, the other's elsewhere."""
        return replace(other, **{f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)})


def read_manifest(path: Path) -> Mapping[str, Metadata]:
    """File name (relative to the manifest, with /) -> its metadata.

    Raises OptionsError naming the line when the file has no `file` column, an unknown column, a year or page that is no
    number, or a register that is not known.
    """
    # Spreadsheets write a byte order mark before the first column's name.
    with path.open(encoding="utf-8-sig", newline="") as f:
        rows = csv.DictReader(f)
        known = {x.name for x in fields(Metadata)}
        unknown = [c for c in rows.fieldnames or [] if c != "file" and c not in known]
        if "file" not in (rows.fieldnames or []) or unknown:
            raise OptionsError(f"{path}: columns must be file and any of {', '.join(sorted(known))}; found {unknown}")
        return dict(_read_row(path, line, row) for line, row in enumerate(rows, start=2))


def _read_row(path: Path, line: int, row: Mapping[str, str | None]) -> tuple[str, Metadata]:
    values = {k: (v or "").strip() for k, v in row.items() if k}
    name = values.pop("file").replace("\\", "/")
    metadata = Metadata(**values)
    check_metadata(metadata, f"{path}, line {line}")
    return name, metadata


def check_metadata(metadata: Metadata, where: str) -> None:
    """Raise OptionsError when year is not four digits, or page no positive number. where begins the message."""
    if metadata.year and not (metadata.year.isascii() and metadata.year.isdigit() and len(metadata.year) == 4):
        raise OptionsError(f"{where}: year must be four digits")
    if metadata.page and not (metadata.page.isascii() and metadata.page.isdigit() and int(metadata.page) > 0):
        raise OptionsError(f"{where}: page must be a number from 1")


def check_register(metadata: Metadata, where: str, folders: tuple[Path, ...]) -> None:
    """Raise OptionsError when kind is a register that neither the package nor these folders of forms have."""
    if metadata.kind.startswith("reg_"):
        from ocr.registers import known_registers

        known = known_registers(folders).forms
        if metadata.kind not in known:
            raise OptionsError(f"{where}: there is no register {metadata.kind} (known: {', '.join(sorted(known))})")


@dataclass(frozen=True, slots=True)
class Given:
    """One file to take in, the name it is reported under, and its metadata."""

    path: Path
    name: str
    metadata: Metadata


def list_files(paths: list[Path], metadata: Metadata) -> Iterator[Given]:
    """Every file of the given files and folders, in natural order, with its metadata.

    A manifest.csv applies to the files of its folder and below. Hidden files, Thumbs.db, and memo files and layouts
    (which go with their table) are not files of their own. Raises OptionsError for a wrong manifest.
    """
    for path in paths:
        if path.is_dir():
            yield from _folder(path, metadata)
        elif not _goes_with_a_table(path):
            beside = _manifest_of(path.parent)
            own = beside.get(path.name, Metadata())
            yield Given(path, path.name, metadata.over(own).over(Metadata(volume=path.parent.resolve().name)))


def _folder(folder: Path, metadata: Metadata) -> Iterator[Given]:
    beside = _manifest_of(folder)
    for path in sorted(folder.iterdir(), key=lambda p: natural(p.name)):
        if path.name.startswith(".") or path.name.lower() in (MANIFEST, "thumbs.db", "desktop.ini"):
            continue
        if path.is_dir():
            yield from _folder(path, metadata)
        elif not _goes_with_a_table(path):
            own = beside.get(path.name, Metadata())
            yield Given(
                path, f"{folder.name}/{path.name}", metadata.over(own).over(Metadata(volume=folder.resolve().name))
            )
    # Named in the manifest and not there: given all the same, so that it is refused by name and not missed in silence.
    for name in sorted(set(beside) - {p.name for p in folder.iterdir()}):
        yield Given(folder / name, f"{folder.name}/{name}", metadata.over(beside[name]))


def _manifest_of(folder: Path) -> Mapping[str, Metadata]:
    path = folder / MANIFEST
    return read_manifest(path) if path.is_file() else {}


MEMOS = (".fpt", ".dbt")
COMPANIONS = (".cdx", ".idx", ".ndx", ".mdx", "layout.toml")


def _goes_with_a_table(path: Path) -> bool:
    """Whether a file is taken in with its table. A memo file whose table is not there is a file that gets refused."""
    name = path.name.lower()
    if name.endswith(MEMOS):
        return any(p.name.lower() == f"{path.stem.lower()}.dbf" for p in path.parent.iterdir())
    return name.endswith(COMPANIONS)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which page-2 comes before page-10."""
    import re

    parts = re.findall(r"\d+|\D+", name.casefold())
    # Three parts in both cases: a number and a text in one place cannot be compared.
    return tuple((0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in parts)
