"""Tables found in the given files and folders, and those skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError
from digitize.files.validating.readers import BOOK, KINDS, Place, is_named_so, kind_of, names_in
from digitize.files.validating.server import Database
from mappers.schema import Table, form_tables, load_schemas

_PACKED = {".gz": "gunzip -k FILE", ".zip": "unzip FILE", ".bz2": "bunzip2 -k FILE", ".xz": "unxz -k FILE",
           ".zst": "unzstd FILE", ".7z": "7z x FILE"}  # fmt: skip
"""How files are unpacked that others pack: not done here, for a small one may hold any size."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """Location of one table: a file, and its sheet or table if it has several."""

    table: Table
    path: Place
    name: str = ""

    @property
    def target(self) -> str:
        """The name that the table would have as a file."""
        return self.table.name if self.name or isinstance(self.path, Database) else self.path.stem


@dataclass(frozen=True, slots=True)
class FoundTables:
    """Content of the paths. strays: files, sheets or tables of no form; others: of other forms."""

    sources: tuple[TableSource, ...]
    strays: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_sources(paths: Sequence[Place], form: str) -> FoundTables:
    """Tables of a form in the paths, the form's own first. Raises InputError if a path holds none."""
    found = [_in_path(path, form) for path in paths]
    sources = [s for one in found for s in one.sources]
    # Records before child rows, which go to the part where their record is known to lie.
    sources.sort(key=lambda s: s.table.child != "")
    strays = tuple(n for one in found for n in one.strays)
    return FoundTables(tuple(sources), strays, tuple(n for one in found for n in one.others))


def find_table(place: Place, form: str, names: frozenset[str]) -> tuple[TableSource, ...]:
    """Tables of another form in a folder or database, by name; () if the form's own is not among them."""
    tables = form_tables(form)
    if isinstance(place, Database):
        there = {n: TableSource(tables[n], place, n) for n in place.sizes if n in tables}
    else:
        there = {f.stem: TableSource(tables[f.stem], f) for f in table_files(place) if f.stem in tables}
    return tuple(there[n] for n in sorted(names) if n in there) if form in there else ()


def size_of(sources: Sequence[TableSource]) -> int:
    """Bytes in all of them together; of a file with several tables those of the file."""
    files = sum(p.stat().st_size for p in {s.path for s in sources if isinstance(s.path, Path)})
    return files + sum(s.path.sizes[s.name] for s in sources if isinstance(s.path, Database))


def table_files(folder: Path) -> list[Path]:
    """Files of a folder that may be tables: by extension, or named like one of our tables and a table by content."""
    files = sorted(p for p in folder.iterdir() if p.is_file())
    named = [p for p in files if is_named_so(p)]
    # A backup beside its table is not the table.
    known = _known_tables() - {p.stem for p in named}
    return sorted([*named, *(p for p in files if p.stem in known and not is_named_so(p) and kind_of(p))])


def require_there(path: Path, *, is_mapped: bool = False) -> None:
    """Raise InputError for a missing file or folder, or an unsupported file.

    is_mapped: a legacy table of any kind.
    """
    if not (path.is_dir() or path.is_file()):
        raise InputError(f"{path.name}: there is no such file")
    if is_mapped or path.is_dir() or kind_of(path):
        return
    unpacked = (
        f". It is compressed: unpack it first, e.g. with {how}" if (how := _PACKED.get(path.suffix.lower())) else ""
    )
    raise InputError(f"{path.name}: only {KINDS} are checked{unpacked}")


def _in_path(path: Place, form: str) -> FoundTables:
    if isinstance(path, Database):
        return _in_database(path, names_in(path), form)
    require_there(path)
    if path.is_dir():
        return _in_folder(path, form)
    names = names_in(path)
    tables = form_tables(form)
    # A workbook none of whose sheets is named after a table is one table, in its first sheet.
    if not names or (_is_book(path) and not any(n in tables for n in names)):
        table = tables.get(path.stem, tables[form])
        return FoundTables(
            (TableSource(table, path, next(iter(names), "")),), *_find_strays(path, list(names[1:]), form)
        )
    return _in_database(path, names, form)


def _in_database(path: Place, names: Sequence[str], form: str) -> FoundTables:
    """The tables of the form among those of a database or workbook."""
    tables = form_tables(form)
    named = tuple(TableSource(tables[n], path, n) for n in names if n in tables)
    if not named:
        raise InputError(f"{path.name}: there is no table {form} in this database")
    return FoundTables(named, *_find_strays(path, [n for n in names if n not in tables], form))


def _is_book(path: Place) -> bool:
    return isinstance(path, Path) and kind_of(path) == BOOK


def _find_strays(path: Place, names: list[str], form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sheets of no form are strays; so are database tables whose name starts with the form's."""
    known = _known_tables()
    is_book = _is_book(path)
    strays = [f"{path.name}: {n}" for n in names if n not in known and (is_book or n.startswith(f"{form}_"))]
    return tuple(strays), tuple(f"{path.name}: {n}" for n in names if f"{path.name}: {n}" not in strays)


def _in_folder(folder: Path, form: str) -> FoundTables:
    tables, known = form_tables(form), _known_tables()
    files = table_files(folder)
    sources = [TableSource(tables[f.stem], f, _sheet(f)) for f in files if f.stem in tables]
    if form not in {s.table.name for s in sources}:
        raise InputError(
            f"{folder.resolve().name}: there is no {form}.csv, {form}.xlsx or other file of that name in this folder"
        )
    twice = [name for name, n in Counter(s.table.name for s in sources).items() if n > 1]
    if twice:
        raise InputError(f"{folder.resolve().name}: the table {twice[0]} is in two files; keep one of them")
    passed = [f for f in files if f.stem not in tables]
    return FoundTables(
        tuple(sources),
        tuple(f.name for f in passed if f.stem not in known),
        tuple(f.name for f in passed if f.stem in known),
    )


def _sheet(path: Path) -> str:
    names = names_in(path)
    return path.stem if path.stem in names or not names else names[0]


def _known_tables() -> frozenset[str]:
    return frozenset(name for of_form in load_schemas().values() for name in of_form)
