"""Which tables lie in the files and folders that were named, and which lie there and were passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError
from digitize.validating.readers import KINDS, SUFFIXES, names_in
from mappers.schema import Table, form_tables, load_schemas


@dataclass(frozen=True, slots=True)
class Source:
    """One table's place: a file, and a sheet or table of it when it holds several."""

    table: Table
    path: Path
    name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in the paths. strays: names of files, sheets or tables of no form; others: those of other forms."""

    sources: tuple[Source, ...]
    strays: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def find_sources(paths: Sequence[Path], form: str) -> Found:
    """The tables of a form in the paths, the form's own ones first. Raises InputError when a path holds none."""
    found = [_in_path(path, form) for path in paths]
    sources = [s for one in found for s in one.sources]
    sources.sort(key=lambda s: s.table.child != "")
    strays = tuple(n for one in found for n in one.strays)
    return Found(tuple(sources), strays, tuple(n for one in found for n in one.others))


def find_table(folder: Path, form: str, names: frozenset[str]) -> tuple[Source, ...]:
    """Tables of another form in a folder, by their names; () unless the form's own table is among them."""
    tables = form_tables(form)
    files = {f.stem: f for f in table_files(folder)}
    found = tuple(Source(tables[n], files[n]) for n in sorted(names) if n in files)
    return found if form in files else ()


def table_files(folder: Path) -> list[Path]:
    """The files of a folder that may be tables."""
    return sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in SUFFIXES)


def _in_path(path: Path, form: str) -> Found:
    if path.is_dir():
        return _in_folder(path, form)
    if not path.is_file():
        raise InputError(f"{path.name}: there is no such file")
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name}: only {KINDS} are checked")
    names = names_in(path)
    tables = form_tables(form)
    named = tuple(Source(tables[n], path, n) for n in names if n in tables)
    if named:
        return Found(named, *_passed(path, [n for n in names if n not in tables], form))
    if not names or path.suffix.lower() == ".xlsx":
        table = tables.get(path.stem, tables[form])
        return Found((Source(table, path, next(iter(names), "")),), *_passed(path, list(names[1:]), form))
    raise InputError(f"{path.name}: there is no table {form} in this database")


def _passed(path: Path, names: list[str], form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sheets of no form are strays; so are tables of a database, when they bear the form's name."""
    known = _known_tables()
    is_book = path.suffix.lower() == ".xlsx"
    strays = [f"{path.name}: {n}" for n in names if n not in known and (is_book or n.startswith(f"{form}_"))]
    return tuple(strays), tuple(f"{path.name}: {n}" for n in names if f"{path.name}: {n}" not in strays)


def _in_folder(folder: Path, form: str) -> Found:
    tables, known = form_tables(form), _known_tables()
    files = table_files(folder)
    sources = [Source(tables[f.stem], f, _sheet(f)) for f in files if f.stem in tables]
    if form not in {s.table.name for s in sources}:
        raise InputError(
            f"{folder.name}: there is no {form}.csv, {form}.xlsx or other file of that name in this folder"
        )
    twice = [name for name, n in Counter(s.table.name for s in sources).items() if n > 1]
    if twice:
        raise InputError(f"{folder.name}: the table {twice[0]} is there in two files; keep one of them")
    passed = [f for f in files if f.stem not in tables]
    return Found(
        tuple(sources),
        tuple(f.name for f in passed if f.stem not in known),
        tuple(f.name for f in passed if f.stem in known),
    )


def _sheet(path: Path) -> str:
    names = names_in(path)
    return path.stem if path.stem in names or not names else names[0]


def _known_tables() -> frozenset[str]:
    return frozenset(name for of_form in load_schemas().values() for name in of_form)
