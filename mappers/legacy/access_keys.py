"""Relationships that an Access database declares between its tables, in its own table of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappers.legacy.table import ForeignKey

RELATIONS = "MSysRelationships"
_COLUMNS = ("szRelationship", "szObject", "szColumn", "szReferencedObject", "szReferencedColumn")
_MOST = 10_000


def relationships(lines: Iterable[Sequence[str]]) -> dict[str, tuple[ForeignKey, ...]]:
    """Table -> what its columns refer to. lines: cells of the table RELATIONS, its header first; what is damaged is
    passed over.
    """
    coming = iter(lines)
    head = list(next(coming, ()))
    if not set(_COLUMNS) <= set(head):
        return {}
    places = [head.index(c) for c in _COLUMNS]
    order = head.index("icolumn") if "icolumn" in head else -1
    found: dict[tuple[str, str, str], list[tuple[int, str, str]]] = {}
    for number, cells in zip(range(_MOST), coming, strict=False):
        if len(cells) != len(head):
            continue
        name, table, column, to_table, to = (cells[p] for p in places)
        at = int(cells[order]) if order >= 0 and cells[order].isdecimal() else number
        found.setdefault((name, table, to_table), []).append((at, column, to))
    keys: dict[str, list[ForeignKey]] = {}
    for (_, table, to_table), pairs in found.items():
        columns, referred = zip(*((c, t) for _, c, t in sorted(pairs)), strict=True)
        keys.setdefault(table, []).append(ForeignKey(tuple(columns), to_table, tuple(referred)))
    return {table: tuple(dict.fromkeys(own)) for table, own in keys.items()}
