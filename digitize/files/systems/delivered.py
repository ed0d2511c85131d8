"""Delivered tables of a system, stored with the keys that link them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digitize.files.systems.store import Cells, IncomingRow, RowStore
from mappers.binding.bound import AUTO
from mappers.encodings import Encoding, decode_cell
from mappers.errors import MappingError
from mappers.legacy import LegacyRow, LegacyTable
from mappers.mapping.column_encodings import EncodedColumn, WantedEncoding, peek, settle
from mappers.mapping.load import FormMapping
from mappers.systems.keys import key_of
from mappers.systems.system import System, Tie
from mappers.toml import did_you_mean

DELETED = "deleted in the old system"
SettleMapping = Callable[[LegacyTable, str], tuple[FormMapping, LegacyTable]]
"""A table and the id of its mapping, "" for the one that fits -> the mapping, its encodings settled, and the table."""


@dataclass(frozen=True)
class DeliveredTable:
    """One delivered table. number: its position among all, earliest first. name: in the system.

    near: file, delivery, office ("" if unknown): keys match among the nearest. unit: its id in a workspace. mapping: of
    head and parts. Lookup texts are stored decoded.
    """

    number: int
    name: str
    table: str
    file: str
    near: tuple[str, str, str]
    unit: str = ""
    columns: tuple[str, ...] = ()
    mapping: FormMapping | None = None
    notes: list[str] = field(default_factory=list)

    def places(self, names: Sequence[str], said: str) -> tuple[int, ...]:
        """Positions of columns. said: what names them. Raises MappingError for a column the table lacks."""
        folded = {c.casefold(): i for i, c in reversed(list(enumerate(self.columns)))}
        for name in names:
            if name.casefold() not in folded:
                hint = did_you_mean(name, self.columns)
                raise MappingError(f"{self.table}: {said}: the table has no column {name}{hint}")
        return tuple(folded[n.casefold()] for n in names)

    def row_id(self, number: int) -> str:
        """Id of one of its rows, "" outside a workspace."""
        return f"{self.unit}-r{number:07d}" if self.unit else ""


def take_in(
    store: RowStore, system: System, told: DeliveredTable, legacy: LegacyTable, settle_mapping: SettleMapping,
    encodings: Mapping[str, Encoding],
) -> DeliveredTable:  # fmt: skip
    """Store the rows of a table of the system. told: what is known before it is opened.

    Deleted and damaged rows are stored as such, and belong to nothing. Raises MappingError, EncodingUnclear,
    TableError.
    """
    told = replace(told, columns=legacy.columns, notes=legacy.notes)
    if system.role(told.table) == "lookup":
        return _take_lookup(store, system, told, legacy, encodings)
    mapping, legacy = settle_mapping(legacy, system.mapping_of(told.table))
    told = replace(told, mapping=mapping)
    tie = tie_of(system, told.name)
    up = _Key(told, tie.key, "key") if tie else None
    ways = ways_to(system, told.name)
    downs = [_Key(told, to, "the key of its parts") for to in ways]
    names = tie.row if tie else system.key
    own = None if names in ways or not names else _Key(told, names, "row" if tie else "key")
    keys = _Keys(up, downs, own, ways.index(names) if names in ways else -1)
    store.add(told.number, (_incoming(r, keys) for r in legacy.rows), legacy.columns)
    return told


@dataclass(frozen=True)
class _Keys:
    """Keys of a table's rows. at: index of its own key among those of its parts, -1 if `own` holds it."""

    up: _Key | None
    downs: Sequence[_Key]
    own: _Key | None
    at: int


def _incoming(row: LegacyRow, keys: _Keys) -> IncomingRow:
    problem = row.problem or (DELETED if row.deleted else "")
    if problem:
        return IncomingRow(row.number, "", (), row.cells, problem)
    cells = row.cells
    downs = [d.make_key(cells) for d in keys.downs]
    own = downs[keys.at] if keys.at >= 0 else keys.own.make_key(cells) if keys.own else ""
    return IncomingRow(row.number, keys.up.make_key(cells) if keys.up else "", downs, cells, own=own)


def tie_of(system: System, name: str) -> Tie | None:
    """Link of a table to its owner, None for the head."""
    return next((t for t in system.ties if t.table == name), None)


def list_tied(system: System, table: DeliveredTable) -> frozenset[str]:
    """The columns that tie a table to its owner and to its own parts: they are used, whatever its mapping says."""
    own = tie_of(system, table.name)
    names = {*own.key, *own.row} if own else set()
    names |= {c for tie in system.parts_of(table.name) for c in tie.to}
    wanted = {n.casefold() for n in names}
    return frozenset(c for c in table.columns if c.casefold() in wanted)


def nearness(one: tuple[str, str, str], other: tuple[str, str, str]) -> int:
    """3: same file, 2: same delivery, 1: same office or unknown, 0: different."""
    if one[0] == other[0]:
        return 3
    if one[1] == other[1]:
        return 2
    return int(not one[2] or not other[2] or one[2] == other[2])


def ways_to(system: System, name: str) -> tuple[tuple[str, ...], ...]:
    """The different keys by which the parts of a table refer to it."""
    return tuple(dict.fromkeys(t.to for t in system.parts_of(name)))


def _take_lookup(
    store: RowStore, system: System, told: DeliveredTable, legacy: LegacyTable, encodings: Mapping[str, Encoding]
) -> DeliveredTable:
    rules = system.rules_of(told.name)
    rule = rules[0]
    for one in rules:
        told.places((one.key, one.value, *one.also, *one.where), "lookup")
    legacy, sample = peek(legacy)
    settled = settle(legacy, sample, WantedEncoding(encodings, rule.encoding or "plain"))
    wanted = {n.casefold() for one in rules for n in (one.value, *one.also, *one.where)}
    texts = {at: c for at, c in enumerate(settled) if c.name.casefold() in wanted}
    for column in texts.values():
        if not column.is_clear and rule.encoding == AUTO:
            told.notes.append(f"{told.table}: {column.question} Name it under [[lookup]]: encoding = ...")
    keys = _Keys(_Key(told, (rule.key,), "key"), (), None, -1)
    incoming = (_incoming(r, keys) for r in legacy.rows)
    store.add(told.number, _decode_rows(incoming, texts), legacy.columns)
    return told


def _decode_rows(rows: Iterator[IncomingRow], texts: Mapping[int, EncodedColumn]) -> Iterator[IncomingRow]:
    """Rows of a lookup with the texts of their codes decoded."""
    for row in rows:
        cells = (texts[at].decode(c).text.strip() if at in texts else c for at, c in enumerate(row.cells))
        yield row._replace(cells=tuple(cells))


class _Key:
    """The key that some columns of a table hold."""

    def __init__(self, told: DeliveredTable, names: Sequence[str], said: str) -> None:
        self._places = told.places(names, said)
        fonts = told.mapping.encodings if told.mapping else {}
        self._fonts = [fonts.get(told.columns[p]) for p in self._places]

    def make_key(self, cells: Cells) -> str:
        found = [cells[p] if p < len(cells) else "" for p in self._places]
        # Of a font's codes case and signs are letters: only what they mean can be compared.
        texts = [decode_cell(e, c).text if e and c else c for e, c in zip(self._fonts, found, strict=True)]
        return key_of(texts)
