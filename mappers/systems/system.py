"""A system of tables ready to use: names looked up, ties put in order, what cannot be refused with the key at fault."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Literal

from mappers.errors import MappingError
from mappers.systems.keys import key_of, table_key
from mappers.systems.model import LookupRule, MappingWithSystem, SystemFile
from mappers.toml import did_you_mean, read_model

SYSTEM_FILE = "system.toml"
_SECTION = re.compile(r"^\s*\[\[?\s*system\s*[.\]]", re.MULTILINE)
Role = Literal["head", "part", "lookup", "left", "unknown"]


@dataclass(frozen=True, slots=True)
class Tie:
    """A part and what it belongs to. table, of: names as compared; key, to: columns of the one and of the other that
    mean the same, in the same order. row: the part's own key.
    """

    table: str
    of: str
    key: tuple[str, ...]
    to: tuple[str, ...]
    row: tuple[str, ...] = ()
    mapping: str = ""


@dataclass(frozen=True)
class System:
    """A system. heads: names of the head's tables as compared. ties: parents before their parts. lookups: name -> rule,
    see `lookup_table`. refers: (table, column) -> the lookup that says what its codes mean. left: pattern of names ->
    why they are left.
    """

    id: str
    title: str
    file: str
    digest: str
    heads: tuple[str, ...]
    key: tuple[str, ...]
    mapping: str = ""
    ties: tuple[Tie, ...] = ()
    lookups: Mapping[str, LookupRule] = field(default_factory=dict)
    refers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)

    def role(self, name: str) -> Role:
        """What a table is in this system."""
        key = table_key(name)
        if key in self.heads:
            return "head"
        if any(t.table == key for t in self.ties):
            return "part"
        if key in self.lookups:
            return "lookup"
        return "left" if self.why_left(name) else "unknown"

    def why_left(self, name: str) -> str:
        """Why a table is left, "" for one that is not."""
        key = table_key(name)
        # Ten thousand tables left by name are looked up, and only patterns compared.
        return self.left.get(key) or next((self.left[p] for p in self._patterns if fnmatchcase(key, p)), "")

    @cached_property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(p for p in self.left if "*" in p)

    def name_of(self, name: str) -> str:
        """The name under which a table's ties stand: all tables of a split head stand under the first one's."""
        key = table_key(name)
        return self.heads[0] if key in self.heads else key

    def mapping_of(self, name: str) -> str:
        """The id of the mapping that a table is to be mapped by, "" for the one that fits its columns."""
        key = self.name_of(name)
        return self.mapping if key == self.heads[0] else next((t.mapping for t in self.ties if t.table == key), "")

    def parts_of(self, of: str) -> tuple[Tie, ...]:
        """The parts of one table."""
        return tuple(t for t in self.ties if t.of == of)

    def lookup_of(self, table: str, column: str) -> LookupRule | None:
        """The lookup that a column's codes stand in. table: its name as compared."""
        found = self.refers.get((table, column.casefold()))
        return self.lookups[found] if found is not None else None

    def rules_of(self, table: str) -> tuple[LookupRule, ...]:
        """The rules of one lookup table: one for each kind of its codes. table: its name as compared."""
        return tuple(rule for name, rule in self.lookups.items() if lookup_table(name) == table)


_FURTHER = "#"
"""Between the name of a lookup table and the number of a further rule for it; no name that is compared has it."""


def lookup_table(name: str) -> str:
    """The table of a lookup by the name under which its rule stands."""
    return name.partition(_FURTHER)[0]


def load_system(path: Path) -> System:
    """The system that a file describes, or the [system] of a mapping file, whose table is the head then.

    Raises MappingError naming the key at fault.
    """
    if path.name == SYSTEM_FILE:
        model = read_model(path, SystemFile)
    else:
        within = read_model(path, MappingWithSystem)
        head = within.system.head.model_copy(update={"mapping": within.system.head.mapping or within.id})
        model = SystemFile.model_construct(
            format=1, id=within.id, title=within.title, head=head, parts=within.system.parts,
            lookups=within.system.lookups, leave=within.system.leave,
        )  # fmt: skip
    return _Binder(path.name, model).bind(hashlib.sha256(path.read_bytes()).hexdigest())


def find_systems(folders: Sequence[Path]) -> Iterator[Path]:
    """The files of systems in folders of mappings and in the folders right below them."""
    for folder in folders:
        if folder.is_dir():
            yield from sorted(p for p in (folder / SYSTEM_FILE, *folder.glob(f"*/{SYSTEM_FILE}")) if p.is_file())
            yield from filter(has_system, sorted((*folder.glob("*.toml"), *folder.glob("*/*.toml"))))


def has_system(path: Path) -> bool:
    """Whether a file is a mapping with a [system]."""
    if path.name == SYSTEM_FILE or path.suffix != ".toml" or not path.is_file():
        return False
    return _SECTION.search(path.read_text(encoding="utf-8-sig", errors="replace")) is not None


class _Binder:
    def __init__(self, file: str, model: SystemFile) -> None:
        self._file, self._model = file, model

    def bind(self, digest: str) -> System:
        m = self._model
        heads = tuple(dict.fromkeys(map(table_key, m.head.table)))
        if not heads or not all(heads):
            raise self._fail("head.table", "name the table of which each row becomes a record")
        self._refuse_doubles(heads)
        ties = self._order_ties(heads)
        lookups: dict[str, LookupRule] = {}
        for rule in m.lookups:
            name = table_key(rule.table)
            lookups[name if name not in lookups else f"{name}{_FURTHER}{len(lookups)}"] = rule
        refers = self._refers(lookups, {heads[0], *heads, *(t.table for t in ties)}, heads)
        left = {table_key_pattern(rule.table): rule.reason for rule in m.leave}
        return System(m.id, m.title, self._file, digest, heads, m.head.key, m.head.mapping, ties, lookups, refers, left)

    def _fail(self, key: str, message: str) -> MappingError:
        return MappingError(f"{self._file}: {key}: {message}")

    def _refuse_doubles(self, heads: Sequence[str]) -> None:
        m = self._model
        named = [(h, "head") for h in heads]
        named += [(table_key(p.table), "part") for p in m.parts] + [(t, "lookup") for t in self._lookup_tables()]
        first: dict[str, str] = {}
        for name, role in named:
            if name in first:
                raise self._fail(role, f"the table {name} is named twice, as {first[name]} and as {role}")
            first[name] = role

    def _lookup_tables(self) -> list[str]:
        """The tables of lookups; one that holds several kinds of codes, each told by `where`, counts once."""
        by_table: dict[str, list[LookupRule]] = {}
        for rule in self._model.lookups:
            by_table.setdefault(table_key(rule.table), []).append(rule)
        tables: list[str] = []
        for name, rules in by_table.items():
            kinds = [sorted((c.casefold(), key_of([text])) for c, text in r.where.items()) for r in rules]
            if any(not text for kind in kinds for _, text in kind):
                raise self._fail("lookup", f"{rules[0].table}: where: give the text that a row must have")
            is_shared = all(kinds) and len({r.key.casefold() for r in rules}) == 1
            if len(rules) > 1 and is_shared and any(kinds.count(k) > 1 for k in kinds):
                raise self._fail(
                    "lookup", f"{rules[0].table}: two rules are for the same kind of codes; join their `for`"
                )
            tables += [name] * (1 if is_shared else len(rules))
        return tables

    def _order_ties(self, heads: Sequence[str]) -> tuple[Tie, ...]:
        """The ties, each behind that of the table it belongs to."""
        m = self._model
        named = {table_key(p.table): p for p in m.parts}
        ties: dict[str, Tie] = {}
        for name, rule in named.items():
            of = table_key(rule.of) if rule.of else heads[0]
            of = heads[0] if of in heads else of
            if of != heads[0] and of not in named:
                hint = did_you_mean(of, [*heads, *named])
                raise self._fail("part", f"{rule.table} belongs to {rule.of}, which is neither head nor part{hint}")
            to = rule.to or (m.head.key if of == heads[0] else named[of].row)
            if not to:
                raise self._fail(
                    "part", f"{rule.table} belongs to {rule.of}, which has no row key: give it row = [...]"
                )
            if len(to) != len(rule.key):
                raise self._fail("part", f"{rule.table}: the key {', '.join(rule.key)} must match {', '.join(to)};"
                                 " give `to` as many columns as `key`")  # fmt: skip
            ties[name] = Tie(name, of, rule.key, to, rule.row, rule.mapping)
        return tuple(self._by_depth(ties, heads[0]))

    def _by_depth(self, ties: Mapping[str, Tie], head: str) -> Iterator[Tie]:
        level, done = [head], 0
        while level:
            found = [t for t in ties.values() if t.of in level]
            yield from found
            done += len(found)
            level = [t.table for t in found]
        if done < len(ties):
            # What no way leads to from the head: they belong to each other in a ring.
            ring = self._ring(ties, head)
            raise self._fail("part", f"{' belongs to '.join(ring)}: a ring, which no way leads to from the head")

    @staticmethod
    def _ring(ties: Mapping[str, Tie], head: str) -> list[str]:
        for start in ties:
            way = [start]
            while (of := ties[way[-1]].of) != head:
                if of in way:
                    return [*way[way.index(of) :], of]
                way.append(of)
        return []

    def _refers(
        self, lookups: Mapping[str, LookupRule], tables: set[str], heads: Sequence[str]
    ) -> dict[tuple[str, str], str]:
        refers: dict[tuple[str, str], str] = {}
        for name, rule in lookups.items():
            for place in rule.columns:
                table, _, column = place.rpartition(".")
                key = table_key(table)
                if not table or key not in tables | lookups.keys():
                    hint = did_you_mean(key, [*tables, *lookups])
                    raise self._fail(
                        "lookup", f"{rule.table}: for: {place}: there is no such table in the system{hint}"
                    )
                at = (heads[0] if key in heads else key, column.casefold())
                # Of a head in several tables the same lookup may be named for each.
                if refers.get(at, name) != name:
                    raise self._fail("lookup", f"{place} has two lookups, {refers[at]} and {name}")
                refers[at] = name
        self._refuse_rings(lookups, refers)
        return refers

    def _refuse_rings(self, lookups: Mapping[str, LookupRule], refers: Mapping[tuple[str, str], str]) -> None:
        """Codes of codes end somewhere."""
        for start in map(lookup_table, lookups):
            seen, level = {start}, [start]
            while level:
                level = [lookup_table(to) for (table, _), to in refers.items() if table in level]
                if start in level:
                    raise self._fail("lookup", f"{start}: its values are codes of its own table, over others: a ring")
                level = [name for name in level if name not in seen]
                seen.update(level)


def table_key_pattern(name: str) -> str:
    """A pattern as it is compared with names of tables."""
    return "*".join(table_key(piece) if piece else "" for piece in name.split("*"))
