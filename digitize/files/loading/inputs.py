"""Files to load, their content hashes, and whether every column can be loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError
from digitize.files.loading.unchanged import SeenFile, see_file
from digitize.files.validating.readers import Place, open_reader
from digitize.files.validating.sources import FoundTables, TableSource, find_sources, size_of
from digitize.machine.work_keys import work_key
from mappers.schema import Table
from validators.rulebook.given import CheckSettings

# Asking the rules of a part takes some twelve times its bytes of memory; another part waits while one is sent.
PART_BYTES, MOST_PARTS = 10 << 20, 4000


@dataclass(frozen=True, slots=True)
class Inputs:
    """Files of one form. key: hash of their content, independent of names; parts: number of parts.

    paths: as given; tables of other forms in these folders are used for comparison. seen: the files when hashed.
    """

    form: str
    paths: tuple[Path, ...]
    found: FoundTables
    files: tuple[str, ...]
    bytes: int
    key: str
    parts: int
    seen: tuple[SeenFile, ...] = ()

    @property
    def sources(self) -> tuple[TableSource, ...]:
        """The tables, the form's own ones first."""
        return self.found.sources


def find_inputs(paths: Sequence[Path], form: str, settings: CheckSettings, leave_out: Sequence[str] = ()) -> Inputs:
    """Tables in files and folders. leave_out: columns not in the schema that are not to be loaded.

    Raises InputError if there are none, if the form's own table is missing, or if data would be lost: an unknown
    column, a duplicate column, child rows without record_id, a file that is no table.
    """
    found = find_sources(paths, form)
    if all(s.table.child for s in found.sources):
        raise InputError(f"{found.sources[0].path.name}: child rows must be loaded together with the table {form}")
    problems = [f"{name}: this is not a table of {form}" for name in found.strays if "S009" not in settings.left_out]
    for source in found.sources:
        names = open_reader(source.path, source.name, source.table).names
        problems += [f"{source.path.name}: {p}" for p in _problems(source.table, names, leave_out)]
    if problems:
        more = f" ({len(problems) - 1} more like this)" if len(problems) > 1 else ""
        raise InputError(f"{problems[0]}{more}. Nothing was loaded.")
    files = tuple(sorted({s.path.name for s in found.sources}))
    total = size_of(found.sources)
    seen = _see(found.sources)
    parts = max(1, min(MOST_PARTS, total // PART_BYTES))
    return Inputs(form, tuple(paths), found, files, total, _key(found.sources, seen), parts, tuple(seen.values()))


def _problems(table: Table, names: Sequence[str], leave_out: Sequence[str]) -> list[str]:
    known = {"record_id", *table.by_name} | ({"line"} if table.child else set())
    lost = [n for n in names if n not in known and n not in leave_out]
    told = [f"column {n} is not a field of {table.name}; rename it, or leave it out with --leave-out {n}" for n in lost]
    told += [f"column {n} appears twice" for n in sorted({n for n in names if names.count(n) > 1} & known)]
    if table.child and "record_id" not in names:
        told.append("there is no column record_id to link the rows to their records")
    return told


def _key(sources: Sequence[TableSource], seen: Mapping[Place, SeenFile]) -> str:
    """Hash of all that is in the files, by table."""
    parts = (f"{s.table.name}:{s.name}:{seen[s.path].sha256}" for s in sources)
    # The same key in whatever order the files were named.
    return work_key("input", *sorted(parts))


def _see(sources: Sequence[TableSource]) -> dict[Place, SeenFile]:
    """The files; a workbook or database with several tables is hashed once."""
    seen: dict[Place, SeenFile] = {}
    for source in sources:
        if not isinstance(source.path, Path):
            raise InputError(
                f"{source.path.name}: tables of a database cannot be loaded directly; export them to files first"
            )
        if source.path not in seen:
            seen[source.path] = see_file(source.path)
    return seen
