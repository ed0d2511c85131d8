"""The system that a folder of mappings describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from digitize.errors import InputError
from digitize.machine.command_line import format_command
from mappers.errors import MappingError
from mappers.legacy import LegacyTable
from mappers.mapping.load import FormMapping, find_mapping, load_mappings
from mappers.systems.keys import table_key
from mappers.systems.system import SYSTEM_FILE, System, find_systems, has_system, load_system


def system_file(where: Path) -> Path | None:
    """System file of a path: the file itself, a mapping with a [system], or that of a folder; None if there is none.

    Raises InputError if a folder has several.
    """
    if (where.name == SYSTEM_FILE and where.is_file()) or has_system(where):
        return where
    found = [f for f in find_systems([where]) if f.parent == where]
    if len(found) > 1:
        raise InputError(
            f"{where}: several systems are there ({', '.join(f.name for f in found)}). Name the file of one."
        )
    return found[0] if found else None


def read_system(where: Path) -> tuple[System, Mapping[str, FormMapping]]:
    """System of a folder with its mappings and those of the package.

    Raises InputError if there is none, MappingError for an invalid file.
    """
    file = system_file(where)
    if file is None:
        draft = format_command("map", "new", "TABLES", "--out", where)
        raise InputError(f"{where}: there is no {SYSTEM_FILE}. Draft one: {draft}")
    return load_system(file), load_mappings((file.parent,))


def wanted_mapping(
    mappings: Mapping[str, FormMapping], wanted: str, legacy: LegacyTable, state: str, system: System
) -> FormMapping:
    """Mapping of a table by the id its system names, else the one that fits its columns.

    Raises MappingError if there is none.
    """
    if wanted and wanted not in mappings:
        raise MappingError(f"{system.file}: {legacy.name}: there is no mapping {wanted}")
    if wanted:
        return mappings[wanted]
    own = f"{system.id}_{table_key(legacy.name)}"
    return mappings[own] if own in mappings else find_mapping(mappings, columns=legacy.columns, state=state)
