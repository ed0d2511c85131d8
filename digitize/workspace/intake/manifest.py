"""Metadata of files: from flags for all, or from a `manifest.csv` next to them for each."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import OptionsError
from ocr.scans.parts import parse_places

if TYPE_CHECKING:
    from mappers.codes import CodeList

MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Metadata of a volume given at intake; "" if unknown.

    volume: label of the bound book. kind: its type; a register's id makes its pages be read as such. page: number of
    the file's first page in the volume, as printed or counted. spreads: whether its scans show several pages, "auto",
    "yes" or "no"; or the places of all its pages, as an archive package names them (`ocr.scans.parts.format_places`).
    """

    volume: str = ""
    station: str = ""
    district: str = ""
    year: str = ""
    kind: str = ""
    language: str = ""
    page: str = ""
    spreads: str = ""

    def merge_over(self, other: Metadata) -> Metadata:
        """Merge with another, whose values are used where this one has none."""
        return replace(other, **{f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)})


def read_manifest(path: Path) -> Mapping[str, Metadata]:
    """File name (relative to the manifest, with /) -> metadata.

    Raises OptionsError with the line for a missing `file` column, an unknown column, an invalid year or page, or an
    unknown register, and if it is no CSV in UTF-8.
    """
    # Spreadsheets write a byte order mark before the first column's name.
    with path.open(encoding="utf-8-sig", newline="") as f:
        try:
            return dict(_rows(path, csv.DictReader(f)))
        except (UnicodeDecodeError, csv.Error) as e:
            raise OptionsError(f"{path} cannot be read as CSV in UTF-8. Save it as that and try again.") from e


def _rows(path: Path, rows: csv.DictReader[str]) -> Iterator[tuple[str, Metadata]]:
    known = {x.name for x in fields(Metadata)}
    unknown = [c for c in rows.fieldnames or [] if c != "file" and c not in known]
    if "file" not in (rows.fieldnames or []) or unknown:
        raise OptionsError(f"{path}: columns must be file and any of {', '.join(sorted(known))}; found {unknown}")
    lines: dict[str, tuple[int, Metadata]] = {}
    for line, row in enumerate(rows, start=2):
        name, metadata = _read_row(path, line, row)
        # A blank line names no file.
        if not name:
            continue
        before, said = lines.setdefault(name, (line, metadata))
        if said != metadata:
            raise OptionsError(f"{path}, line {line}: {name} is also in line {before}, with other values")
        yield name, metadata


def _read_row(path: Path, line: int, row: Mapping[str, str | None]) -> tuple[str, Metadata]:
    values = {k: (v or "").strip() for k, v in row.items() if k}
    name = values.pop("file").replace("\\", "/").removeprefix("./")
    metadata = Metadata(**values)
    check_metadata(metadata, f"{path}, line {line}")
    return name, metadata


def check_metadata(metadata: Metadata, where: str) -> None:
    """Raise OptionsError unless year has four digits, page is a positive number, and languages are known.

    where: start of the message.
    """
    from mappers.languages import load_languages

    if odd := [f.name for f in fields(metadata) if any("\ud800" <= c <= "\udfff" for c in getattr(metadata, f.name))]:
        raise OptionsError(f"{where}: {odd[0]} is not UTF-8 text")
    if metadata.year and not (metadata.year.isascii() and metadata.year.isdigit() and len(metadata.year) == 4):
        raise OptionsError(f"{where}: year must be four digits")
    page = metadata.page
    if page and not (page.isascii() and page.isdigit() and len(page) < 10 and int(page) > 0):
        raise OptionsError(f"{where}: page must be a number from 1 to 999999999")

    if metadata.spreads not in ("", "auto", "yes", "no") and not parse_places(metadata.spreads):
        raise OptionsError(f"{where}: spreads must be auto, yes or no")
    if metadata.language and metadata.language not in (known := load_languages()):
        raise OptionsError(f"{where}: there is no language {metadata.language} (known: {', '.join(sorted(known))})")


def require_own_page(taken: dict[str, Path], page: str, path: Path) -> None:
    """Note which file of a delivery holds a page.

    Raises OptionsError if another file of it does: the later would silently replace the earlier as a rescan.
    """
    first = taken.setdefault(page, path)
    # A package of our own holds older scans of a page as well, the newest last.
    if first != path and not any((folder / "bagit.txt").is_file() for folder in [*path.parents][:3]):
        number = int(page.rpartition("-")[2])
        raise OptionsError(
            f"{first.name} and {path.name} both have page {number} of their volume according to {MANIFEST} (a scan of "
            "two pages has two). Correct its column page, or deliver a newer scan separately, later. Nothing was taken "
            "in."
        )


def check_register(metadata: Metadata, where: str, folders: tuple[Path, ...]) -> None:
    """Raise OptionsError when kind is a register that neither the package nor these folders of forms have."""
    if metadata.kind.startswith("reg_"):
        from ocr.registers import known_registers

        known = known_registers(folders).forms
        if metadata.kind not in known:
            raise OptionsError(f"{where}: there is no register {metadata.kind} (known: {', '.join(sorted(known))})")


def check_places(metadata: Metadata, where: str, lists: Mapping[str, CodeList], *, has_own: bool) -> None:
    """Raise OptionsError if station or district are in no list, since reading could not use them.

    lists: "station" and "district" of the workspace. has_own: the office has its own station list; the package knows
    few stations, so without one only likely misspellings of an entry are refused.
    """
    from mappers.toml import did_you_mean

    for name, said in (("station", metadata.station), ("district", metadata.district)):
        codes = lists[name]
        near = codes.find_near(said) if said and codes.find(said) is None else None
        if said and codes.find(said) is None and (near or (has_own and codes.values)):
            hint = f"; did you mean {near}?" if near else did_you_mean(said, codes.values) or "."
            raise OptionsError(
                f"{where}: there is no {name} {said}{hint} A name that is in no list is of no use. If it is right, "
                f"add it to "
                f"lists/{name}s.csv of the workspace."
            )
