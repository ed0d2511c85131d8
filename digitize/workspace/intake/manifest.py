"""What is said of files: by flags for all, or by a `manifest.csv` beside them for each."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from digitize.errors import OptionsError

MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Said:
    """What the person who brings a file says of it; "" where nothing was said.

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

    def over(self, other: Said) -> Said:
        """This one's words where it has any, the other's elsewhere."""
        return replace(other, **{f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)})


def read_manifest(path: Path) -> Mapping[str, Said]:
    """File name (relative to the manifest, with /) -> what is said of it.

    Raises OptionsError naming the line when the file has no `file` column, an unknown column, a year or page that is no
    number, or a register that is not known.
    """
    with path.open(encoding="utf-8-sig", newline="") as f:
        rows = csv.DictReader(f)
        known = {x.name for x in fields(Said)}
        unknown = [c for c in rows.fieldnames or [] if c != "file" and c not in known]
        if "file" not in (rows.fieldnames or []) or unknown:
            raise OptionsError(f"{path}: columns must be file and any of {', '.join(sorted(known))}; found {unknown}")
        return dict(_said(path, line, row) for line, row in enumerate(rows, start=2))


def _said(path: Path, line: int, row: Mapping[str, str | None]) -> tuple[str, Said]:
    values = {k: (v or "").strip() for k, v in row.items() if k}
    name = values.pop("file").replace("\\", "/")
    said = Said(**values)
    check_said(said, f"{path}, line {line}")
    return name, said


def check_said(said: Said, where: str) -> None:
    """Raise OptionsError when year is not four digits, or page no positive number. where begins the message."""
    if said.year and not (said.year.isascii() and said.year.isdigit() and len(said.year) == 4):
        raise OptionsError(f"{where}: year must be four digits")
    if said.page and not (said.page.isascii() and said.page.isdigit() and int(said.page) > 0):
        raise OptionsError(f"{where}: page must be a number from 1")


def check_register(said: Said, where: str, folders: tuple[Path, ...]) -> None:
    """Raise OptionsError when kind is a register that neither the package nor these folders of forms have."""
    if said.kind.startswith("reg_"):
        from ocr.registers import known_registers

        known = known_registers(folders).forms
        if said.kind not in known:
            raise OptionsError(f"{where}: there is no register {said.kind} (known: {', '.join(sorted(known))})")


@dataclass(frozen=True, slots=True)
class Given:
    """One file to take in, the name it is reported under, and what is said of it."""

    path: Path
    name: str
    said: Said


def list_files(paths: list[Path], said: Said) -> Iterator[Given]:
    """Every file of the given files and folders, in natural order, with what is said of it.

    A manifest.csv applies to the files of its folder and below. Hidden files, Thumbs.db, and memo files and layouts
    (which go with their table) are not files of their own. Raises OptionsError for a wrong manifest.
    """
    for path in paths:
        if path.is_dir():
            yield from _folder(path, said)
        elif not _goes_with_a_table(path):
            beside = _manifest_of(path.parent)
            own = beside.get(path.name, Said())
            yield Given(path, path.name, said.over(own).over(Said(volume=path.parent.resolve().name)))


def _folder(folder: Path, said: Said) -> Iterator[Given]:
    beside = _manifest_of(folder)
    for path in sorted(folder.iterdir(), key=lambda p: natural(p.name)):
        if path.name.startswith(".") or path.name.lower() in (MANIFEST, "thumbs.db", "desktop.ini"):
            continue
        if path.is_dir():
            yield from _folder(path, said)
        elif not _goes_with_a_table(path):
            own = beside.get(path.name, Said())
            yield Given(path, f"{folder.name}/{path.name}", said.over(own).over(Said(volume=folder.resolve().name)))
    for name in sorted(set(beside) - {p.name for p in folder.iterdir()}):
        yield Given(folder / name, f"{folder.name}/{name}", said.over(beside[name]))


def _manifest_of(folder: Path) -> Mapping[str, Said]:
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
    return tuple((0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in parts)
