"""Cache of a system's joined rows in the workspace, valid until a table or mapping changes.

The file may be deleted at any time; it is rebuilt from the originals.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digitize.files.systems.delivered import DeliveredTable
from digitize.files.systems.store import RowStore
from digitize.machine.work_keys import plain_hash, work_key
from digitize.workspace.run_context import RunContext
from mappers.encodings import Encoding
from mappers.mapping.load import FormMapping
from mappers.systems.system import System

ROWS_VERSION = "2"
"""Part of the key of kept rows: raised when the same tables are put together otherwise."""
_FOLDER = "systems"


@dataclass(frozen=True)
class KeptSystem:
    """A system with cached rows. rules: hash of the settings that control reading; tables: as delivered."""

    path: Path
    rules: str
    tables: tuple[DeliveredTable, ...]


def rules_key(known: RunContext, system: System) -> str:
    """Hash of the settings that control how a system's tables are read."""
    mappings = plain_hash({m.id: m.digest for m in known.mappings.values()})
    return work_key("rows", ROWS_VERSION, known.map_key, mappings, system.digest)


def rows_key(known: RunContext, system: System, tables: str) -> str:
    """Hash of all inputs of the cached rows. tables: hash of the list of tables."""
    return work_key(rules_key(known, system), tables)


def kept_rows(
    known: RunContext,
    system: System,
    key: str,
    build: Callable[[RowStore], Sequence[DeliveredTable]],
    *,
    is_last: bool = False,
) -> KeptSystem:
    """File with the rows of a system, built unless it exists under that key. Raises what building raises.

    is_last: use the last run's file, whatever was delivered since.
    """
    folder = known.place.folder / _FOLDER
    path, rules = folder / f"{system.id}.rows", rules_key(known, system)
    found = _find_kept(path, known, rules, "" if is_last else key)
    if found is not None:
        return found
    folder.mkdir(exist_ok=True)
    _clear(folder, path.name)
    coming = folder / f".{path.name}-{os.getpid()}"
    store = RowStore(at=coming)
    try:
        tables = tuple(build(store))
        store.write_note("rules", rules)
        store.write_note("tables", json.dumps([_plain(t) for t in tables], ensure_ascii=False))
        store.write_note("key", key)
        store.keep(path).close()
    finally:
        store.close()
        coming.unlink(missing_ok=True)
    return KeptSystem(path, rules, tables)


def _find_kept(path: Path, known: RunContext, rules: str, key: str) -> KeptSystem | None:
    if not path.is_file():
        return None
    # Whatever is wrong with it, it can be made anew.
    with suppress(sqlite3.Error, KeyError, ValueError, TypeError), RowStore.read(path) as store:
        if store.read_note("rules") == rules and (not key or store.read_note("key") == key):
            tables = tuple(_read_table(plain, known) for plain in json.loads(store.read_note("tables")))
            return KeptSystem(path, rules, tables)
    return None


def _clear(folder: Path, name: str) -> None:
    """Delete partial files of killed processes."""
    import psutil

    for path in folder.glob(f".{name}-*"):
        pid = path.name.rpartition("-")[2]
        if not (pid.isdigit() and psutil.pid_exists(int(pid)) and int(pid) != os.getpid()):
            path.unlink(missing_ok=True)


def _plain(table: DeliveredTable) -> Mapping[str, object]:
    m = table.mapping
    told = {"number": table.number, "name": table.name, "table": table.table, "file": table.file, "unit": table.unit}
    fonts = {c: e.info.name for c, e in m.encodings.items()} if m else {}
    return {
        **told, "near": table.near, "columns": table.columns, "notes": table.notes, "mapping": m.id if m else "",
        "encodings": fonts, "doubted": sorted(m.doubted) if m else [], "said": m.notes if m else (),
    }  # fmt: skip


def _read_table(plain: Mapping[str, Any], known: RunContext) -> DeliveredTable:
    names, mapping = ("number", "name", "table", "file", "unit", "notes"), None
    if plain["mapping"]:
        mapping = _mapping(known.mappings[plain["mapping"]], known.encodings, plain["encodings"])
        mapping = replace(mapping, doubted=frozenset(plain["doubted"]), notes=tuple(plain["said"]))
    near, columns = tuple(plain["near"]), tuple(plain["columns"])
    return DeliveredTable(near=near, columns=columns, mapping=mapping, **{n: plain[n] for n in names})


def _mapping(mapping: FormMapping, encodings: Mapping[str, Encoding], fonts: Mapping[str, str]) -> FormMapping:
    # Those that it names itself are there under their own names.
    own = {e.info.name: e for e in mapping.encodings.values()}
    return replace(mapping, encodings={c: own.get(n) or encodings[n] for c, n in fonts.items()})
