"""Meaning of a system's codes, from the delivered lookup tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitize.files.systems.delivered import DeliveredTable, nearness
from digitize.files.systems.store import Cells, RowStore
from mappers.binding.bound import FormMapping
from mappers.systems.codes import Meaning
from mappers.systems.keys import cell_text, key_of
from mappers.systems.model import LookupRule
from mappers.systems.system import System, lookup_table

_REMEMBERED = 50_000


class Lookups:
    """All lookup tables of a system. tables: as delivered."""

    def __init__(self, store: RowStore, system: System, tables: Sequence[DeliveredTable]) -> None:
        self._store, self._system = store, system
        self._tables: dict[str, list[DeliveredTable]] = {}
        for table in tables:
            if table.name in system.lookups:
                self._tables.setdefault(table.name, []).append(table)
        self._known: dict[tuple[tuple[str, str, str], str, str, str], str | None] = {}
        self._used: dict[tuple[str, str, str], str | None] = {}

    def find_meanings(
        self, told: DeliveredTable, mapping: FormMapping
    ) -> tuple[Mapping[str, Meaning], Mapping[str, str]]:
        """For a table with codes: column -> meaning of its codes; and for columns added by a lookup, the column with
        the code.

        Without the lookup table all its codes are unknown.
        """
        meanings: dict[str, Meaning] = {}
        added: dict[str, str] = {}
        sources = {r.source for r in mapping.all_rules}
        for column in told.columns:
            rule = self._system.lookup_of(told.name, column)
            if rule is not None:
                meanings[column] = self._meaning(rule, rule.value, told)
                for further in rule.also:
                    name = f"{column}.{further}"
                    if name in sources:
                        added[name], meanings[name] = column, self._meaning(rule, further, told)
        return meanings, added

    def take_used(self) -> list[list[str | None]]:
        """Lookups used since the last call, in order: [lookup, column, code, meaning]."""
        used = sorted([name, column, code, meant] for (name, column, code), meant in self._used.items())
        self._used.clear()
        return used

    def _meaning(self, rule: LookupRule, column: str, told: DeliveredTable) -> Meaning:
        nothing = frozenset(key_of([n]) for n in rule.nothing)
        name = next(n for n, r in self._system.lookups.items() if r is rule)

        def find_meaning(code: str) -> str | None:
            key = key_of([code])
            text = "" if not key or key in nothing else self._text(name, column, key, told)
            self._used[name, column, key] = text
            return text

        return find_meaning

    def _text(self, name: str, column: str, key: str, told: DeliveredTable) -> str | None:
        at = (told.near, name, column, key)
        if at not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[at] = self._look(name, column, key, told)
        return self._known[at]

    def _look(self, name: str, column: str, key: str, told: DeliveredTable) -> str | None:
        """Meaning from the nearest table, the newest if several; None if contradictory or missing."""
        ranked = sorted(
            self._tables.get(lookup_table(name), ()), key=lambda t: (-nearness(t.near, told.near), -t.number)
        )
        for table in ranked:
            if not nearness(table.near, told.near):
                continue
            (place,) = table.places([column], "lookup")
            rule = self._system.lookups[name]
            rows = [c for _, c in self._store.by_up(table.number, [key]) if self._is_of_kind(rule, table, c)]
            found = {cell_text(cells[place]) if place < len(cells) else "" for cells in rows}
            if found:
                value = found.pop() if len(found) == 1 else None
                further = self._system.lookup_of(lookup_table(name), column)
                if value and further is not None:
                    return self._meaning(further, further.value, table)(value)
                return value
        return None

    @staticmethod
    def _is_of_kind(rule: LookupRule, table: DeliveredTable, cells: Cells) -> bool:
        """Whether a row of a combined lookup table is of the kind a rule needs."""
        for column, wanted in rule.where.items():
            (place,) = table.places([column], "lookup")
            if key_of([cells[place] if place < len(cells) else ""]) != key_of([wanted]):
                return False
        return True
