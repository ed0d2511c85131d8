"""Masking over whole cases: a victim or child identified in one record of an FIR is protected in all its records.

For masking, records are one case if they state the same FIR, as far as both state it; a missing state, district or part
matches any. Records without an FIR key are linked by registration number, by a key of an old system, or because one row
made them. A number stated by several FIRs links only records that state nothing better: they are masked if one of those
FIRs is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from digitize.masking.case_index import CaseIndex
from digitize.masking.few_cases import NAMED, SENSITIVE, Key, do_places_agree
from digitize.masking.hidden import COPIES
from digitize.masking.masks import (
    CaseContext,
    find_reasons,
    is_masked,
    list_child_names,
    list_masked_paths,
    list_protected_words,
    mask_record,
    names_victim,
)
from digitize.masking.masks import list_secret_words as _secret_words
from digitize.masking.record_cache import cache_per_record
from digitize.masking.sensitive import accuses_child, hints_at_victim, is_sensitive, names_sections
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from mappers.linking.cases import KEY, REGISTRATION, is_registration_number, legacy_keys, place_key
from mappers.record import Record

_ROUNDS = 5
_FEW = 5_000


class CaseMasks:
    """Masks the records of a workspace by the content of their whole cases.

    Holds keys and ids, no records; for a large workspace in a temporary file.
    """

    def __init__(self, records: Iterable[Record], find: Callable[[str], Record | None]) -> None:
        """Collect from all records that may belong together; find returns one of them by id."""
        self._find = find
        self._index = CaseIndex()
        row = ("", 0)
        for record in records:
            row = _index_record(self._index, record, row)
        self._index.merge_cases(_make_fir_node)
        # Telling opens all records of a case, and each of them asks.
        self._told = lru_cache(maxsize=256)(self._make_context)

    def build_context(self, record: Record) -> CaseContext:
        """What the case of a record says."""
        nodes = self.find_cases(record)
        flags = self._index.find_flags(nodes)
        is_case_sensitive, is_named = bool(flags & SENSITIVE), bool(flags & NAMED)
        # Nothing to protect, and sections are known: the case's records need not be opened.
        if not is_case_sensitive and is_named:
            return CaseContext(names_sections=True)
        return self._told(nodes, is_case_sensitive, is_named)

    def mask(self, record: Record, viewer: str = COPIES) -> Record:
        """The record, masked as required for a viewer: a role, or COPIES."""
        return mask_record(record, self.build_context(record), viewer)

    def find_reasons(self, record: Record) -> dict[str, str]:
        """Path of each field that is masked in lists -> reason, of `hidden.toml`."""
        return find_reasons(record, self.build_context(record))

    def list_masked_paths(self, record: Record) -> frozenset[str]:
        """Paths of its masked fields, including left-over cells."""
        return list_masked_paths(record, self.build_context(record))

    def is_masked(self, record: Record) -> bool:
        """Whether any of it may need masking."""
        return is_masked(record, self.build_context(record))

    def find_cases(self, record: Record) -> frozenset[int]:
        """Numbers of cases a record belongs to, or may belong to; records sharing one may be one case."""
        return self._index.find_cases(_list_own_keys(record))

    def _make_context(self, nodes: frozenset[int], is_case_sensitive: bool, is_named: bool) -> CaseContext:
        records = [r for i in self._index.list_members(nodes) if (r := self._find(i)) is not None]
        children = frozenset(n for r in records for n in list_child_names(r))
        is_accused = any(accuses_child(r) for r in records)
        words = frozenset(word for r in records for word in list_protected_words(r))
        victims = any(map(names_victim, records)), any(map(hints_at_victim, records))
        beside = CaseContext(is_case_sensitive, is_named, children, frozenset(), is_accused, words, *victims)
        secrets = frozenset(word for r in records for word in _secret_words(r, beside))
        return replace(beside, secrets=secrets)


class CaseKeys:
    """Case keys of some records, to test whether another record may belong to them."""

    def __init__(self) -> None:
        """Start empty."""
        self._places: dict[int, set[Key]] = {}
        self._others: set[Key] = set()

    def add(self, record: Record) -> None:
        """Add the keys stated by a record."""
        for key in _list_firs(record):
            self._places.setdefault(_fold_main_key(key), set()).add(_fold_place(key))
        self._others |= {*_list_other_keys(record), _find_row_key(record)}

    def matches(self, record: Record) -> bool:
        """Whether a record states something of it, as far as both state it."""
        if not self._others.isdisjoint((*_list_other_keys(record), _find_row_key(record))):
            return True
        return any(
            do_places_agree(_fold_place(k), place)
            for k in _list_firs(record)
            for place in self._places.get(_fold_main_key(k), ())
        )


def _index_record(index: CaseIndex, record: Record, row: tuple[str, int]) -> tuple[str, int]:
    """Add a record to the index. row: the last record made first by a row, and its key. Returns the next row."""
    nodes, firs = [*_list_own_keys(record)], _list_firs(record)
    # A number leads to an FIR only by a record that states both.
    others = [hash(k) for k in _list_other_keys(record)] if firs else ()
    # The order matters: "ROW+NAME" finds its "ROW" only right before it, as records by id come.
    if "+" in record.id and row[0] == _find_row_key(record)[1]:
        nodes.append(row[1])
    said = SENSITIVE * is_sensitive(record) | NAMED * names_sections(record)
    index.add(record.id, nodes, said, ((_fold_main_key(k), _fold_place(k)) for k in firs), others)
    return row if "+" in record.id else (record.id, nodes[0])


def build_masks(records: Iterable[Record]) -> CaseMasks:
    """Masks for the given records only."""
    by_id = {r.id: r for r in records}
    # By id, as the ledger gives them: what one row made is found to belong together in that order alone.
    return CaseMasks((by_id[i] for i in sorted(by_id)), by_id.get)


def build_workspace_masks(ledger: Ledger) -> CaseMasks:
    """Masks for all records of a workspace: one pass over the ledger."""
    records = Records(ledger)
    return CaseMasks((s.record for s in records.all()), lambda i: s.record if (s := records.find(i)) else None)


def build_batch_masks(ledger: Ledger, records: Callable[[], Iterator[Record]]) -> CaseMasks:
    """Masks for the records of one batch or volume: for few records only their cases are decoded, else all.

    records: yields them, on each call.
    """
    few = list(islice(records(), _FEW + 1))
    # A key that is no FIR's may be stated at any station: what states it is found by going through all records.
    if len(few) > _FEW or any(k[0] == "key" for r in few for k in _list_keys(r)):
        return build_workspace_masks(ledger)
    return build_case_masks(ledger, few)


def build_case_masks(ledger: Ledger, records: Iterable[Record]) -> CaseMasks:
    """Masks for some records: only their cases are decoded, unless these lead to ever more."""
    found = {r.id: r for r in records}
    asked: set[Key] = set()
    for _ in range(_ROUNDS):
        keys = {k for r in found.values() for k in _list_keys(r)} - asked
        if not keys:
            return build_masks(found.values())
        asked |= keys
        wanted = {_loosen_key(k) for k in keys}
        # The text stood somewhere in the record; whether as its key is known only here.
        found |= {r.id: r for r in _iter_related(ledger, keys) if wanted & {_loosen_key(k) for k in _list_keys(r)}}
    # One end of a long chain protects the other: what is left out must never be shown.
    return build_workspace_masks(ledger)


def _iter_related(ledger: Ledger, keys: Iterable[Key]) -> Iterator[Record]:
    """Records that may state one of these keys."""
    firs = [k for k in keys if k[0] == "fir"]
    others = [k for k in keys if k[0] == "key"]
    # The group narrows the search down for FIRs alone: other keys may be stated at any station.
    ends = () if others else tuple({f"|{k[1]}|{k[2]}" for k in firs})
    texts = {json.dumps(k[3], ensure_ascii=False) for k in firs + others}
    records = Records(ledger)
    for key in keys:
        yield from (s.record for s in records.of_row(key[1]) if key[0] == "row")
    if texts:
        yield from (s.record for s in records.mentioning(sorted(texts), ends))


def _list_keys(record: Record) -> tuple[Key, ...]:
    """All that a record states of its case."""
    return (*_list_firs(record), *_list_other_keys(record), _find_row_key(record))


@cache_per_record
def _list_own_keys(record: Record) -> tuple[int, ...]:
    """Keys by which a record belongs to a case: its FIR's, else all the others, else its row."""
    firs = tuple(_make_fir_node(_fold_main_key(k), _fold_place(k)) for k in _list_firs(record))
    return firs or tuple(hash(k) for k in _list_other_keys(record) or (_find_row_key(record),))


def _make_fir_node(main: int, place: Key) -> int:
    """An FIR as a number: station, year and number; state, district and part."""
    return hash((main, place))


def _fold_main_key(key: Key) -> int:
    """Station, year and number of an FIR, however they are written."""
    return hash((key[0], place_key(key[1]), key[2], key[3].lstrip("0")))


def _fold_place(key: Key) -> Key:
    state, district, part = key[4:]
    return state.casefold(), place_key(district), part


def _find_row_key(record: Record) -> Key:
    return "row", record.id.partition("+")[0]


@cache_per_record
def _list_firs(record: Record) -> tuple[Key, ...]:
    """("fir", station, year, number, state, district, part) of the record's own FIR and of one it leads to."""
    return tuple(_stated_firs(record))


def _stated_firs(record: Record) -> Iterator[Key]:
    for prefix in ("", "linked_"):
        # The number of an FIR that a record leads to is linked_fir_no, its station linked_fir_police_station.
        names = {n: prefix + (n if n.startswith("fir_") or not prefix else f"fir_{n}") for n in KEY}
        said = {n: record.value(name) or "" for n, name in names.items()}
        if said["police_station"] and said["year"] and said["fir_no"]:
            main = (said["police_station"].casefold(), said["year"], said["fir_no"])
            yield ("fir", *main, said["state"], said["district"], said["fir_part"])


@cache_per_record
def _list_other_keys(record: Record) -> tuple[Key, ...]:
    return tuple(dict.fromkeys(_stated_others(record)))


def _stated_others(record: Record) -> Iterator[Key]:
    # Among the old system's keys the registration number stands where it was surely read; here it counts in any case.
    if is_registration_number(number := record.value(REGISTRATION) or ""):
        yield "key", "", REGISTRATION, number
    yield from (("key", *key) for key in legacy_keys(record))
    if "+" in record.id:
        yield _find_row_key(record)


def _loosen_key(key: Key) -> Key:
    """A key without the components that one of two records of a case may lack."""
    return (key[0], place_key(key[1]), key[2], key[3].lstrip("0")) if key[0] == "fir" else key
