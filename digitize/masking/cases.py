"""Masking over whole cases: what one record of an FIR tells of a victim or a child protects them in all its records.

Records are one case for masking when they state the same FIR, as far as both state it; where a record lacks state,
district or part, it may be any that agrees otherwise. Those without an FIR's key hang together by the registration
number, by a key of an old system, or because one row made them. A number that several FIRs state links nothing but
records that state nothing better: they are masked if one of those FIRs is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise

from digitize.masking.masks import (
    Beside,
    child_names,
    is_masked,
    mask_record,
    masked_paths,
)
from digitize.masking.masks import secret_words as _secret_words
from digitize.masking.sensitive import accuses_child, is_sensitive, names_sections
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from mappers.linking.cases import KEY, legacy_keys
from mappers.record import Record

Key = tuple[str, ...]
_SENSITIVE, _NAMED = 1, 2
_ROUNDS = 5


class CaseMasks:
    """Masks the records of a workspace by what the records of their cases say. Holds keys and ids, no records."""

    def __init__(self, records: Iterable[Record], find: Callable[[str], Record | None]) -> None:
        """Gather from all records that may belong together; find gives one of them again by its id."""
        self._find = find
        self._index = _Index()
        for record in records:
            self._index.add(record)
        self._index.settle()
        # Telling opens all records of a case, and each of them asks.
        self._told = lru_cache(maxsize=256)(self._tell)

    def beside(self, record: Record) -> Beside:
        """What the case of a record says."""
        nodes = self._index.nodes_of(record)
        flags = self._index.flags_of(nodes)
        is_case_sensitive, is_named = bool(flags & _SENSITIVE), bool(flags & _NAMED)
        # Nothing to protect, and sections are known: the case's records need not be opened.
        if not is_case_sensitive and is_named:
            return Beside(names_sections=True)
        return self._told(nodes, is_case_sensitive, is_named)

    def mask(self, record: Record) -> Record:
        """The record as it may be shown."""
        return mask_record(record, self.beside(record))

    def paths(self, record: Record) -> frozenset[str]:
        """Paths of its fields that are masked, those left over among them."""
        return masked_paths(record, self.beside(record))

    def is_masked(self, record: Record) -> bool:
        """Whether anything of it may have to be masked."""
        return is_masked(record, self.beside(record))

    def nodes(self, record: Record) -> frozenset[int]:
        """Numbers of the cases that a record belongs to, or may belong to; records that share one may be one case."""
        return self._index.nodes_of(record)

    def _tell(self, nodes: frozenset[int], is_case_sensitive: bool, is_named: bool) -> Beside:
        records = [r for i in self._index.members_of(nodes) if (r := self._find(i)) is not None]
        children = frozenset(n for r in records for n in child_names(r))
        is_accused = any(accuses_child(r) for r in records)
        beside = Beside(is_case_sensitive, is_named, children, accuses_child=is_accused)
        secrets = frozenset(word for r in records for word in _secret_words(r, beside))
        return replace(beside, secrets=secrets)


def masks_of(records: Iterable[Record]) -> CaseMasks:
    """Masks for records that are at hand, and no others."""
    by_id = {r.id: r for r in records}
    # By id, as the ledger gives them: what one row made is found to belong together in that order alone.
    return CaseMasks((by_id[i] for i in sorted(by_id)), by_id.get)


def whole_masks(ledger: Ledger) -> CaseMasks:
    """Masks for every record of a workspace: one pass over the ledger."""
    records = Records(ledger)
    return CaseMasks((s.record for s in records.all()), lambda i: s.record if (s := records.one(i)) else None)


def masks_around(ledger: Ledger, records: Iterable[Record]) -> CaseMasks:
    """Masks for some records: only what belongs to their cases is decoded."""
    found = {r.id: r for r in records}
    asked: set[Key] = set()
    for _ in range(_ROUNDS):
        keys = {k for r in found.values() for k in _keys(r)} - asked
        if not keys:
            break
        asked |= keys
        wanted = {_loose(k) for k in keys}
        # The text stood somewhere in the record; whether as its key is known only here.
        found |= {r.id: r for r in _near(ledger, keys) if wanted & {_loose(k) for k in _keys(r)}}
    return masks_of(found.values())


def _near(ledger: Ledger, keys: Iterable[Key]) -> Iterator[Record]:
    """The records that may state one of these keys."""
    firs = [k for k in keys if k[0] == "fir"]
    others = [k for k in keys if k[0] in ("number", "key")]
    # The group narrows the search down for FIRs alone: other keys may be stated at any station.
    ends = () if others else tuple({f"|{k[1]}|{k[2]}" for k in firs})
    texts = {json.dumps(k[3] if k[0] != "number" else k[2], ensure_ascii=False) for k in firs + others}
    records = Records(ledger)
    for key in keys:
        yield from (s.record for s in records.of_row(key[1]) if key[0] == "row")
    if texts:
        yield from (s.record for s in records.mentioning(sorted(texts), ends))


def _keys(record: Record) -> tuple[Key, ...]:
    """All that a record states of its case."""
    return (*_firs(record), *_others(record), _row(record))


def _homes(record: Record) -> list[int]:
    """The keys by which a record belongs to a case: its FIR's, else all the others, else its row."""
    firs = [_fir_node(hash(k[:4]), k[4:]) for k in _firs(record)]
    return firs or [hash(k) for k in list(_others(record)) or [_row(record)]]


def _fir_node(main: int, place: Key) -> int:
    """An FIR as a number: station, year and number; state, district and part."""
    return hash((main, place))


def _row(record: Record) -> Key:
    return "row", record.id.partition("+")[0]


def _firs(record: Record) -> Iterator[Key]:
    """("fir", station, year, number, state, district, part), of the record's own FIR and of one it leads to."""
    for prefix in ("", "linked_"):
        # The number of an FIR that a record leads to is linked_fir_no, its station linked_fir_police_station.
        names = {n: prefix + (n if n.startswith("fir_") or not prefix else f"fir_{n}") for n in KEY}
        said = {n: record.value(name) or "" for n, name in names.items()}
        if said["police_station"] and said["year"] and said["fir_no"]:
            main = (said["police_station"].casefold(), said["year"], said["fir_no"])
            yield ("fir", *main, said["state"], said["district"], said["fir_part"])


def _others(record: Record) -> Iterator[Key]:
    number = record.value("fir_reg_num") or ""
    # A number of zeros was never given: it would make one case of all that bear it.
    if number.strip("0 "):
        yield "number", record.value("state") or "", number
    yield from (("key", *key) for key in legacy_keys(record))
    if "+" in record.id:
        yield _row(record)


def _loose(key: Key) -> Key:
    """A key without what may be lacking in one of two records of a case."""
    return key[:4] if key[0] == "fir" else key


def _agree(a: Key, b: Key) -> bool:
    return all(x == y or not x or not y for x, y in zip(a, b, strict=True))


class _Index:
    """Which keys are one case, what its records say, and their ids. Keys are kept as numbers."""

    def __init__(self) -> None:
        self._flags: dict[int, int] = {}
        self._members: dict[int, list[str]] = {}
        self._parent: dict[int, int] = {}
        # Nearly always one: a set of its own for each would take more room than all the rest.
        self._owner: dict[int, int] = {}
        self._owners: dict[int, set[int]] = {}
        self._place: dict[int, Key] = {}
        self._alike: dict[int, set[Key]] = {}
        self._places: dict[Key, Key] = {}
        self._near: dict[int, set[int]] = {}
        self._row = ("", 0)

    def add(self, record: Record) -> None:
        nodes, firs = _homes(record), list(_firs(record))
        for key in firs:
            main, place = hash(key[:4]), self._places.setdefault(key[4:], key[4:])
            if self._place.setdefault(main, place) != place:
                self._alike.setdefault(main, {self._place[main]}).add(place)
        # A number leads to an FIR only by a record that states both.
        for other in _others(record) if firs else ():
            if self._owner.setdefault(hash(other), nodes[0]) != nodes[0]:
                self._owners.setdefault(hash(other), {self._owner[hash(other)]}).add(nodes[0])
        # The order matters: "ROW+NAME" finds its "ROW" only right before it, as records by id come.
        if "+" in record.id and self._row[0] == _row(record)[1]:
            nodes.append(self._row[1])
        elif "+" not in record.id:
            self._row = record.id, nodes[0]
        for a, b in pairwise(nodes):
            self._unite(a, b)
        said = _SENSITIVE * is_sensitive(record) | _NAMED * names_sections(record)
        self._flags[nodes[0]] = self._flags.get(nodes[0], 0) | said
        self._members.setdefault(nodes[0], []).append(record.id)

    def settle(self) -> None:
        """Unite what is one case, and note what only may be."""
        near: dict[int, set[int]] = {}
        for main, places in self._alike.items():
            pairs = list(combinations(sorted(places), 2))
            fitting = [(_fir_node(main, a), _fir_node(main, b)) for a, b in pairs if _agree(a, b)]
            for x, y in fitting:
                # All agree: one case. A place that fits two which contradict each other may belong to either.
                if len(fitting) == len(pairs):
                    self._unite(x, y)
                else:
                    near.setdefault(x, set()).add(y)
                    near.setdefault(y, set()).add(x)
        for other, owner in self._owner.items():
            owners = self._owners.get(other, {owner})
            roots = {self._root(o) for o in owners}
            if len(roots) == 1:
                self._unite(other, roots.pop())
            else:
                near.setdefault(other, set()).update(owners)
        self._gather(near)

    def _gather(self, near: dict[int, set[int]]) -> None:
        """All that is said of one case under one key; ids are kept only where something may have to be masked."""
        for node in list(self._members):
            root = self._root(node)
            if root != node:
                self._members.setdefault(root, []).extend(self._members.pop(node))
                self._flags[root] = self._flags.get(root, 0) | self._flags.pop(node)
        for node, others in near.items():
            self._near.setdefault(self._root(node), set()).update(self._root(o) for o in others)
        kept = set(self._near).union(*self._near.values())
        for node in [n for n, flags in self._flags.items() if flags == _NAMED and n not in kept]:
            del self._members[node]
        # Only gathering needs them; what is left lives as long as records are shown.
        self._owner, self._owners, self._place, self._alike, self._places = {}, {}, {}, {}, {}

    def nodes_of(self, record: Record) -> frozenset[int]:
        """The cases that a record belongs to, or may belong to."""
        roots = {self._root(node) for node in _homes(record)}
        return frozenset(roots.union(*(self._near.get(r, ()) for r in roots)))

    def flags_of(self, nodes: Iterable[int]) -> int:
        flags = 0
        for node in nodes:
            flags |= self._flags.get(node, 0)
        return flags

    def members_of(self, nodes: Iterable[int]) -> list[str]:
        return sorted({i for n in nodes for i in self._members.get(n, ())})

    def _root(self, node: int) -> int:
        while (up := self._parent.get(node, node)) != node:
            # Each look shortens the way, so that long chains stay cheap.
            self._parent[node] = node = self._parent.get(up, up)
        return node

    def _unite(self, a: int, b: int) -> None:
        a, b = self._root(a), self._root(b)
        if a != b:
            self._parent[b] = a
