"""Records behind hits with all records of their cases, and the persons the law protects in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from digitize.masking.cases import CaseKeys, CaseMasks, build_masks
from digitize.search.store_queries import SearchStore
from digitize.targets.rows import LINE, RECORD_ID
from digitize.targets.search_rows import linking_tokens
from mappers.linking.cases import place_key
from mappers.record import FieldValue, Record, Row
from mappers.schema import form_tables


@dataclass
class FoundCases:
    """Records by id, and positions of child table lines."""

    records: Mapping[str, Record]
    masks: CaseMasks
    lines: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> Mapping[str, frozenset[int]]:
        """Cases to which each record belongs, or may belong."""
        return {i: self.masks.find_cases(r) for i, r in self.records.items()}

    def records_of_case(self, record: str) -> list[Record]:
        """All that were opened of a record's case, itself among them."""
        own = self.nodes[record]
        return [r for i, r in self.records.items() if not own.isdisjoint(self.nodes[i])]

    def place(self, record: str, child: str, line: int) -> int | None:
        """Position of a row in its table, from 0; None if it is gone."""
        lines = self.lines.get((record, child), ())
        return lines.index(line) if line in lines else None

    def hidden_paths(self, record: str) -> frozenset[str]:
        """Paths of the fields of a record that the law hides."""
        return self.masks.list_masked_paths(self.records[record])


def open_cases(store: SearchStore, wanted: Iterable[tuple[str, str]]) -> FoundCases:
    """The records (id, form) and all that belong to their cases, with their masks."""
    known: dict[str, Record] = {}
    lines: dict[tuple[str, str], list[int]] = {}
    tokens, names = set[int](), set[str]()
    keys, aside = CaseKeys(), dict[str, Record]()
    more = dict(wanted)
    stations = _Spelt(store)
    while found := _read(store, {i: f for i, f in more.items() if i not in known}, lines):
        # Keys of the index are wide, and lead from one Kotwali to all: gone on is from what may be of these cases, and
        # to their ends, for what is left out could protect them.
        leading = _leading(keys, aside | found, is_first=not known)
        aside = {i: r for i, r in (aside | found).items() if i not in leading}
        known |= found
        new_tokens = {t for r in leading.values() for t in _links(r, stations)} - tokens
        new_names = {i.partition("+")[0] for i in leading} - names
        tokens |= new_tokens
        names |= new_names
        more = dict(store.records(frozenset(new_tokens), sorted(new_names)))
    return FoundCases(known, build_masks(known.values()), lines)


def _leading(keys: CaseKeys, records: Mapping[str, Record], *, is_first: bool) -> dict[str, Record]:
    """Records that may belong to the cases of these keys, all of the first ones; their keys are added."""
    leading: dict[str, Record] = {}
    while new := {i: r for i, r in records.items() if i not in leading and (is_first or keys.matches(r))}:
        for record in new.values():
            keys.add(record)
        leading |= new
    return leading


class _Spelt:
    """Spellings of a store's stations."""

    def __init__(self, store: SearchStore) -> None:
        self._store = store
        self._ways: Mapping[str, set[str]] | None = None

    def spellings_of(self, station: str) -> set[str]:
        """A station as written, and its other spellings."""
        if self._ways is None:
            self._ways = _ways(self._store.stations())
        return {station, *self._ways.get(place_key(station), ())}


@lru_cache(maxsize=4)
def _ways(names: frozenset[str]) -> Mapping[str, set[str]]:
    """Station names by their letters; cached until another station is loaded."""
    found: dict[str, set[str]] = {}
    for name in names:
        found.setdefault(place_key(name), set()).add(name)
    return found


def _links(record: Record, stations: _Spelt) -> list[int]:
    plain = {n: c.value or "" for n, c in record.fields.items()}
    keys = [{n: c.value or "" for n, c in row.items()} for row in record.children.get("legacy_keys", ())]
    tokens = linking_tokens(plain, keys)
    for name in ("police_station", "linked_fir_police_station"):
        for way in stations.spellings_of(plain[name]) if plain.get(name) else ():
            tokens += linking_tokens({**plain, name: way}, ())
    return tokens


def _read(store: SearchStore, wanted: Mapping[str, str], lines: dict[tuple[str, str], list[int]]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for form in sorted(set(wanted.values())):
        ids = [i for i, f in wanted.items() if f == form]
        columns = {
            name: [RECORD_ID, *([LINE] if table.child else []), *table.by_name]
            for name, table in form_tables(form).items()
        }
        rows = store.table_rows(columns, ids)
        children: dict[str, dict[str, list[Row]]] = {}
        for name, table in form_tables(form).items():
            for record, line, *values in rows[name] if table.child else ():
                children.setdefault(record, {}).setdefault(table.child, []).append(_cells(columns[name][2:], values))
                lines.setdefault((record, table.child), []).append(line)
        for record, *values in rows[form]:
            own = {child: tuple(some) for child, some in children.get(record, {}).items()}
            found[record] = Record(record, form, _cells(columns[form][1:], values), own)
    return found


def _cells(names: Sequence[str], values: Sequence[object]) -> Row:
    """Non-empty cells; loaded values are certain."""
    return {n: FieldValue(str(v), str(v)) for n, v in zip(names, values, strict=True) if v is not None}


def text_of(cell: FieldValue | None) -> str:
    """Text of a cell, "" if empty."""
    return (cell.value or "") if cell is not None else ""
