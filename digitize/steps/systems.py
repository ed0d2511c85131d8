"""Legacy systems of a workspace: which tables belong together, and their joined rows during mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import TracebackType

from digitize.errors import InputError
from digitize.files.systems.bonds import find_owners
from digitize.files.systems.delivered import DeliveredTable, take_in
from digitize.files.systems.find import wanted_mapping
from digitize.files.systems.joining import CaseJoiner
from digitize.files.systems.store import RowStore
from digitize.machine.work_keys import plain_hash
from digitize.steps.system_rows import KeptSystem, kept_rows, rows_key
from digitize.workspace.intake.store import how_to_read
from digitize.workspace.intake.tables import open_guarded
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.run_context import RunContext
from mappers.legacy import LegacyTable
from mappers.mapping.column_encodings import settle_mapping
from mappers.mapping.load import FormMapping
from mappers.systems.system import Role, System
from mappers.text.folding import fold_key


@dataclass(frozen=True)
class SystemTables:
    """Tables of one system in a workspace, earliest delivery first."""

    system: System
    tables: tuple[TableUnit, ...]

    def role(self, table: TableUnit) -> Role:
        """Role of a table in the system."""
        return self.system.role(table.name)

    def units(self, role: Role) -> frozenset[str]:
        """Units of its tables with one role."""
        return frozenset(t.unit for t in self.tables if self.role(t) == role)

    @property
    def key(self) -> str:
        """Hash of what its records depend on outside their own tables: the list of tables and their links."""
        return plain_hash([self.system.digest, *([t.unit, t.sha256, t.name, t.batch, t.station, t.district]
                                                 for t in self.tables)])  # fmt: skip


def systems_of(known: RunContext, tables: Sequence[TableUnit]) -> Mapping[str, SystemTables]:
    """Table unit -> its system, for tables that belong to one.

    If two systems know a table, the one that knows more of its delivery wins.
    """
    batches: dict[str, list[TableUnit]] = {}
    for table in tables:
        batches.setdefault(table.batch, []).append(table)
    own: dict[str, list[TableUnit]] = {}
    for batch in sorted(batches):
        named = Counter(s.id for s in known.systems for t in batches[batch] if s.role(t.name) != "unknown")
        for table in sorted(batches[batch], key=lambda t: t.unit):
            fitting = [s for s in known.systems if s.role(table.name) != "unknown"]
            best = max(fitting, key=lambda s: named[s.id], default=None)
            if best is not None:
                own.setdefault(best.id, []).append(table)
    by_id = {s.id: s for s in known.systems}
    found = [SystemTables(by_id[i], tuple(members)) for i, members in own.items()]
    return {t.unit: s for s in found for t in s.tables}


@dataclass
class OpenSystem:
    """A system with its rows read and joined. key: hash of their inputs; delivered: unit -> table."""

    kept: KeptSystem
    key: str
    store: RowStore
    joining: CaseJoiner
    delivered: Mapping[str, DeliveredTable]


@dataclass
class OpenSystems:
    """Systems opened when the first of their tables is mapped, and closed with the run's mapping."""

    ledger: Ledger
    known: RunContext
    _open: dict[str, OpenSystem] = field(default_factory=dict)

    def __enter__(self) -> OpenSystems:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for one in self._open.values():
            one.store.close()
        self._open.clear()

    def open(self, members: SystemTables, *, is_last: bool = False) -> OpenSystem:
        """Open the system with the rows of all its tables.

        Raises TableError, MappingError, EncodingUnclear, InputError.

        One unreadable table stops all tables linked to it: an FIR without its accused would look complete. is_last: as
        in the last run, whatever was delivered since.
        """
        found = self._open.get(members.system.id)
        if found is None:
            key = rows_key(self.known, members.system, members.key)
            kept = kept_rows(self.known, members.system, key, partial(self._read, members), is_last=is_last)
            store = RowStore.read(kept.path)
            delivered = {t.unit: t for t in kept.tables}
            joining = CaseJoiner(store, members.system, kept.tables)
            found = self._open[members.system.id] = OpenSystem(kept, key, store, joining, delivered)
        return found

    def open_anew(self, members: SystemTables) -> OpenSystem:
        """As `open`, or open again if the last run's cache lacks what is needed."""
        self.__exit__()
        return self.open(members)

    def _read(self, members: SystemTables, store: RowStore) -> list[DeliveredTable]:
        system, delivered = members.system, list[DeliveredTable]()
        for number, table in enumerate(members.tables, 1):
            if members.role(table) == "left":
                continue
            source = Catalogue(self.ledger).source(table.sha256)
            # However it was typed at intake; a district of the name of a station is another office.
            named = [fold_key(text) for text in (table.district, table.station)]
            office = "/".join(named) if any(named) else ""
            near = (table.sha256, table.batch, office)
            told = DeliveredTable(number, system.name_of(table.name), table.name, source.name if source else "", near,
                             table.unit)  # fmt: skip
            # An original is kept under its hash; a mapping is named by what the table was called.
            legacy = replace(open_table_unit(self.ledger, self.known, table), name=table.name)
            delivered.append(take_in(store, system, told, legacy, self._settle(system), self.known.encodings))
        find_owners(store, system, delivered)
        return delivered

    def _settle(self, system: System) -> Callable[[LegacyTable, str], tuple[FormMapping, LegacyTable]]:
        known = self.known

        def settle(legacy: LegacyTable, wanted: str) -> tuple[FormMapping, LegacyTable]:
            mapping = wanted_mapping(known.mappings, wanted, legacy, known.state.code, system)
            return settle_mapping(mapping, legacy, known.encodings, known.state.encodings)

        return settle


def open_table_unit(ledger: Ledger, known: RunContext, table: TableUnit) -> LegacyTable:
    """Open a table of a workspace for reading. Raises InputError if its file is gone, TableError."""
    source = Catalogue(ledger).source(table.sha256)
    assert source is not None
    path = known.place.original(source.sha256, source.suffix, source.linked)
    if not path.is_file():
        raise InputError(f"{path.name} no longer exists. Give the file to intake again.")
    return open_guarded(path, table.idx, how_to_read(path))
