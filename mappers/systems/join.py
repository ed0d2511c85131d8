"""Parts put to their heads: what several tables say of one case becomes one mapped source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mappers.binding.bound import BoundRow, FormMapping
from mappers.mapping.answers import Answer, SaidRow, SourceAnswers
from mappers.mapping.mapped import Mapped, Values
from mappers.record import Origin

DISAGREE = "parts-disagree"
"""Note of a field of the head of which its parts say different things."""
_DAYS = ("occurrence_from", "fir_date")
# A part's key of its FIR says nothing new.
_OF_THE_KEY = frozenset({"state", "district", "police_station", "year", "fir_no", "fir_part", "legacy_key"})


@dataclass(frozen=True)
class PartLot:
    """Rows of one part, mapped. name: of its table. owners: of each row, the place of its head among the heads' rows,
    ascending. numbers: of each row in its table; ids: by which its cells are known, "" outside a workspace. order: of
    each row, where it stands among those of its head, in whichever lot. tied: columns that tie it to other tables.
    """

    name: str
    mapped: Mapped
    owners: Sequence[int]
    numbers: Sequence[int]
    ids: Sequence[str]
    order: Sequence[tuple[object, ...]] = ()
    tied: frozenset[str] = frozenset()

    def left_over(self) -> Iterator[tuple[int, str, str]]:
        """(place of the head, column, text) of the cells that nothing took; a key that ties the part says nothing."""
        for at, owner in enumerate(self.owners) if self.mapped.left else ():
            for column, text in self.mapped.left_over(at).items():
                if text.strip() and column not in self.tied:
                    yield owner, column, text


def with_part_rows(mapping: FormMapping, parts: Mapping[str, FormMapping]) -> FormMapping:
    """The head's mapping with the kinds of row that its parts bring, by "TABLE:KIND"."""
    rows = {f"{name}:{kind}": row for name, part in parts.items() for kind, row in part.rows.items()}
    # Constants of a part stand in its rows already, under its own mapping's name.
    plain = {name: BoundRow(name, row.child, {}) for name, row in rows.items()}
    return replace(mapping, rows={**mapping.rows, **plain})


def told_of(head: Mapped, owners: Sequence[int]) -> Mapping[str, Values]:
    """What the head says that decides how a part is understood: its year, and the day that decides the law."""
    return {n: [head.fields[n][at] for at in owners] for n in ("year", *_DAYS) if n in head.fields}


def join(head: Mapped, parts: Sequence[PartLot]) -> Mapped:
    """The heads with the rows of their parts, whose values keep the table and row they stand in.

    A field of the head itself that a part fills as well stays the head's, unless it is empty there; of several parts
    that say different things none is believed.
    """
    mappings = {lot.name: lot.mapped.mapping for lot in parts}
    rows: dict[str, Sequence[Answer]] = dict(head.rows)
    fields = {name: list(values) for name, values in head.fields.items()}
    for name in mappings:
        lots = [_Placed(lot) for lot in parts if lot.name == name]
        for kind in mappings[name].rows:
            if any(kind in p.lot.mapped.rows for p in lots):
                rows[f"{name}:{kind}"] = _sort_rows(lots, kind, head.sources.count)
        filled = dict.fromkeys(f for p in lots for f in p.lot.mapped.fields)
        for field in filled:
            if field not in _OF_THE_KEY and field not in mappings[name].set:
                _fill(fields.setdefault(field, [None] * head.sources.count), lots, field, head.mapping.by)
    left: list[dict[str, list[str]]] = [{} for _ in range(head.sources.count)]
    for lot in parts:
        for owner, column, text in lot.left_over():
            left[owner].setdefault(f"{lot.name}.{column}", []).append(text)
    mapping = with_part_rows(head.mapping, mappings)
    return replace(head, mapping=mapping, fields=fields, rows=rows, of_parts=left if any(left) else ())


def _sort_rows(lots: Sequence[_Placed], kind: str, heads: int) -> list[Answer]:
    """The rows of a kind, by head, of all lots of a part together."""
    if len(lots) == 1:
        return [tuple(row for _, row in found) for found in lots[0].rows(kind, heads)]
    several = [p.rows(kind, heads) for p in lots if kind in p.lot.mapped.rows]
    together = (sorted((r for found in at for r in found), key=lambda r: r[0]) for at in zip(*several, strict=True))
    return [tuple(row for _, row in found) for found in together]


def _fill(into: Values, lots: Sequence[_Placed], field: str, by: str) -> None:
    """A field of the heads from the rows of a part, where the head itself has nothing. by: the head's mapping, since a
    record of which a field is a part's own still waits for its head.
    """
    own = [v is not None and not v.blank for v in into]
    said = [(p, at, v) for p in lots for at, v in enumerate(p.lot.mapped.fields.get(field, ()))]
    if len(lots) > 1:
        said.sort(key=lambda s: (s[0].lot.owners[s[1]], s[0].lot.order[s[1]]))
    for placed, at, value in said:
        owner = placed.lot.owners[at]
        if value is None or own[owner] or value.origin == Origin():
            continue
        old = into[owner]
        if old is None or old.blank:
            into[owner] = placed.value(value, at)._replace(by=by)
        elif not value.blank and value.value != old.value:
            both = tuple(dict.fromkeys(t for v in (old, value) for t in (v.value, *v.candidates) if t))
            into[owner] = old._replace(value=None, confidence=0.0, notes=(*old.notes, DISAGREE), candidates=both[:5])


class _Placed:
    """Puts the table and row of a part into the origins of its values."""

    def __init__(self, lot: PartLot) -> None:
        self.lot = lot
        self._origins: dict[tuple[int, str], Origin] = {}

    def rows(self, kind: str, heads: int) -> list[list[tuple[tuple[object, ...], SaidRow]]]:
        """The rows of a kind with their order, by head."""
        found: list[list[tuple[tuple[object, ...], SaidRow]]] = [[] for _ in range(heads)]
        order = self.lot.order or [()] * len(self.lot.owners)
        for at, owner in enumerate(self.lot.owners):
            for row in self.lot.mapped.children(kind, at):
                found[owner].append((order[at], {n: self.value(v, at) for n, v in row.items()}))
        return found

    def value(self, value: SourceAnswers, at: int) -> SourceAnswers:
        """One value with its full origin."""
        origin = value.origin
        if not origin.column:
            return value
        key = (at, origin.column)
        found = self._origins.get(key)
        if found is None:
            number, part = self.lot.numbers[at], self.lot.ids[at]
            found = self._origins[key] = Origin(
                file=origin.file, table=origin.table, row=number, column=origin.column, part=part
            )
        return value._replace(origin=found)
