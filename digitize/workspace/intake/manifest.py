"""Metadata of files: by flags for all, or by a `manifest.csv` beside them for each."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import OptionsError

if TYPE_CHECKING:
    from mappers.codes import CodeList

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

    def merge_over(self, other: Metadata) -> Metadata:
        """This one's words where it has any, the other's elsewhere."""
        return replace(other, **{f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)})


def read_manifest(path: Path) -> Mapping[str, Metadata]:
    """File name (relative to the manifest, with /) -> its metadata.

    Raises OptionsError naming the line when the file has no `file` column, an unknown column, a year or page that is no
    number, or a register that is not known, and when it is no CSV in UTF-8.
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
            raise OptionsError(
                f"{path}, line {line}: {name} stands in line {before}, too, and there other things are said"
            )
        yield name, metadata


def _read_row(path: Path, line: int, row: Mapping[str, str | None]) -> tuple[str, Metadata]:
    values = {k: (v or "").strip() for k, v in row.items() if k}
    name = values.pop("file").replace("\\", "/").removeprefix("./")
    metadata = Metadata(**values)
    check_metadata(metadata, f"{path}, line {line}")
    return name, metadata


def check_metadata(metadata: Metadata, where: str) -> None:
    """Raise OptionsError when year is not four digits, page no positive number, or language none that is known.

    where begins the message.
    """
    from mappers.languages import load_languages

    if odd := [f.name for f in fields(metadata) if any("\ud800" <= c <= "\udfff" for c in getattr(metadata, f.name))]:
        raise OptionsError(f"{where}: {odd[0]} is no text in UTF-8")
    if metadata.year and not (metadata.year.isascii() and metadata.year.isdigit() and len(metadata.year) == 4):
        raise OptionsError(f"{where}: year must be four digits")
    page = metadata.page
    if page and not (page.isascii() and page.isdigit() and len(page) < 10 and int(page) > 0):
        raise OptionsError(f"{where}: page must be a number from 1 to 999999999")

    if metadata.language and metadata.language not in (known := load_languages()):
        raise OptionsError(f"{where}: there is no language {metadata.language} (known: {', '.join(sorted(known))})")


def require_own_page(taken: dict[str, Path], page: str, path: Path) -> None:
    """Note which file of a delivery holds a page.

    Raises OptionsError where another file of it does: the later would take the place of the earlier in silence, as if
    the page had been scanned twice.
    """
    first = taken.setdefault(page, path)
    # A package of our own holds older scans of a page as well, the newest last.
    if first != path and not any((folder / "bagit.txt").is_file() for folder in [*path.parents][:3]):
        number = int(page.rpartition("-")[2])
        raise OptionsError(
            f"{first.name} and {path.name} both hold page {number} of their volume, as {MANIFEST} counts them. "
            "Correct its column page, or bring a newer scan by itself, later. Nothing was taken in."
        )


def check_register(metadata: Metadata, where: str, folders: tuple[Path, ...]) -> None:
    """Raise OptionsError when kind is a register that neither the package nor these folders of forms have."""
    if metadata.kind.startswith("reg_"):
        from ocr.registers import known_registers

        known = known_registers(folders).forms
        if metadata.kind not in known:
            raise OptionsError(f"{where}: there is no register {metadata.kind} (known: {', '.join(sorted(known))})")


def check_places(metadata: Metadata, where: str, lists: Mapping[str, CodeList], *, has_own: bool) -> None:
    """Raise OptionsError when the station or the district is in no list, as what reading cannot use is not taken.

    lists: "station" and "district" of the workspace. has_own: whether the office listed its stations; the package knows
    few of a state's, so without such a list only what looks like a slip of an entry is refused.
    """
    from mappers.toml import did_you_mean

    for name, said in (("station", metadata.station), ("district", metadata.district)):
        codes = lists[name]
        near = codes.find_near(said) if said and codes.find(said) is None else None
        if said and codes.find(said) is None and (near or (has_own and codes.values)):
            hint = f"; did you mean {near}?" if near else did_you_mean(said, codes.values) or "."
            raise OptionsError(
                f"{where}: there is no {name} {said}{hint} What is in no list helps no page. If it is one, add it to "
                f"lists/{name}s.csv of the workspace."
            )
