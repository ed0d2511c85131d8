"""Mappings: load them, find the one for a page or a table, make records of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import cast

from mappers.binding.bind import bind_file
from mappers.binding.bound import FormMapping
from mappers.encodings import Encoding, decode_all
from mappers.encodings import encodings as package_encodings
from mappers.errors import MappingError
from mappers.legacy.table import MEMO_MISSING, LegacyRow
from mappers.mapping.apply import Application
from mappers.mapping.mapped import Mapped, to_records
from mappers.record import Origin, Record
from mappers.sources.cells import TABLE, SourceCell, Sources, source_cell
from mappers.sources.values import MapContext, PageRow, PageValues, PlacedValue, RowValues, ZoneValue

# Bump when records made from the same source may come out otherwise than before.
MAP_VERSION = "16"
# Of values of a column of which the encoding is a guess: confidence, and what they would need to pass.
_UNCLEAR, _SURE = 0.4, 0.5
_OWN = resources.files("mappers") / "mappings"
_Known = Mapping[str, Encoding] | None


def load_mappings(folders: Iterable[Path] = (), encodings: _Known = None) -> Mapping[str, FormMapping]:
    """The mappings of this package and of the given folders (a folder that is not there counts as empty), by id.

    encodings: those that the files may name, by name; the package's own when not given.
    Raises MappingError when a file is wrong or two files give one id.
    """
    # What a file of the package means rests on the encodings, too.
    is_usual = encodings is None or encodings == package_encodings()
    mappings = dict(_load_shipped() if is_usual else _bind_folder(_OWN, encodings, {}))
    for folder in folders:
        mappings |= _bind_folder(folder, encodings, mappings)
    return mappings


@cache
def _load_shipped() -> Mapping[str, FormMapping]:
    return _bind_folder(_OWN, None, {})


def _bind_folder(
    folder: Traversable | Path, known: _Known, there: Mapping[str, FormMapping]
) -> Mapping[str, FormMapping]:
    found: dict[str, FormMapping] = {}
    for path in _toml_files(folder):
        mapping = bind_file(path, known)
        if mapping.id in found or mapping.id in there:
            raise MappingError(f"{path.name}: id: another file has the mapping {mapping.id} already")
        found[mapping.id] = mapping
    return found


def _toml_files(folder: Traversable | Path) -> list[Traversable | Path]:
    if not folder.is_dir():
        return []
    # A file of that name says how tables belong together, and is none of a single one (mappers/systems).
    found: list[Traversable | Path] = [
        p for p in folder.iterdir() if p.name.endswith(".toml") and p.name != "system.toml"
    ]
    return sorted(found, key=lambda p: p.name)


def find_mapping(
    mappings: Mapping[str, FormMapping], *, family: str = "", columns: Sequence[str] = (), state: str = ""
) -> FormMapping:
    """The mapping for pages of a form family, or for a table with these columns; the most specific one wins.

    Specific: more of the table's columns asked for, then made for this state. Raises MappingError when none fits
    (naming the nearest and what it misses) or when two fit equally well.
    """
    fitting = [m for m in mappings.values() if _fits(m, family, columns, state)]
    ranked = sorted(fitting, key=_specificity, reverse=True)
    if not ranked:
        raise MappingError(_explain_no_fit(mappings, family, columns, state))
    if len(ranked) > 1 and _specificity(ranked[0]) == _specificity(ranked[1]):
        raise MappingError(f"{ranked[0].file} and {ranked[1].file} fit equally well; narrow one of them under [match]")
    return ranked[0]


def _fits(mapping: FormMapping, family: str, columns: Sequence[str], state: str) -> bool:
    match = mapping.match
    if match.states and state not in match.states:
        return False
    if family:
        return family in match.families
    return bool(match.columns) and set(match.columns) <= set(columns)


def _specificity(mapping: FormMapping) -> tuple[int, bool]:
    return len(mapping.match.columns), bool(mapping.match.states)


def _explain_no_fit(mappings: Mapping[str, FormMapping], family: str, columns: Sequence[str], state: str) -> str:
    if family:
        known = sorted({f for m in mappings.values() for f in m.match.families})
        return f"no mapping for forms of the family {family} (there are mappings for: {', '.join(known)})"
    missing = {m.id: set(m.match.columns) - set(columns) for m in mappings.values() if m.match.columns}
    nearest = min(missing, key=lambda i: (len(missing[i]), i), default="")
    near = mappings.get(nearest)
    if near is None or len(missing[nearest]) > len(near.match.columns) // 2:
        return f"no mapping for a table with the columns {', '.join(columns)}"
    if not missing[nearest]:
        return f"{near.file} fits these columns, but is for the states {', '.join(near.match.states)}, not {state}"
    return f"no mapping for this table; {near.file} comes nearest but needs {', '.join(sorted(missing[nearest]))}"


def map_readings(mapping: FormMapping, pages: Sequence[PageValues], context: MapContext) -> list[Record]:
    """The record that the pages of one filled form make, in a list; empty when there are no pages.

    A zone that two pages hold counts once, from the first page where it is not blank; the others are left over as
    "zone (page)", unless the mapping says the zone is continued: then their texts are joined.
    """
    if not pages:
        return []
    continued = {r.source for r in mapping.rules if r.continued}
    cells = _page_cells(pages, continued)
    sources = Sources(1, {name: [cell] for name, cell in cells.items()}, _keep_cells)
    mapped = Application(mapping, context).map(sources)
    return list(to_records(mapped, [context.record_id], [0], context, tuple(p.page for p in pages)))


def map_rows(mapping: FormMapping, rows: Sequence[RowValues], context: MapContext) -> list[Record]:
    """The records of rows, in order: one a row, behind it those of the mapping's other forms that the row makes.

    Ids are the rows' own, or the context's record_id + "-" + row number; other forms add "+" and their name.
    """
    if not rows:
        return []
    ids = [row.record_id or f"{context.record_id}-{row.row}" for row in rows]
    return _all_forms(mapping, row_sources(mapping, rows), ids, [row.row for row in rows], context)


def map_page_rows(mapping: FormMapping, rows: Sequence[PageRow], context: MapContext) -> list[Record]:
    """The records of rows of a register, in order: one a row, behind it those of other forms, as with map_rows.

    A cell that is surely blank is not left over.
    """
    if not rows:
        return []
    names = dict.fromkeys(name for row in rows for name in row.cells)
    columns = {n: [_placed_cell(row.cells[n]) if n in row.cells else None for row in rows] for n in names}
    ids = [row.record_id for row in rows]
    by_id = {row.record_id: row for row in rows}
    # Rows of pages have no number in a table.
    records = _all_forms(mapping, Sources(len(rows), columns, _keep_cells), ids, [0] * len(rows), context)
    # Records of other forms bear the id of their row before a +.
    return [_of_row(record, by_id[record.id.partition("+")[0]]) for record in records]


def _of_row(record: Record, row: PageRow) -> Record:
    values = {name: row.cells[name].value for name in record.left_over}
    left = {
        n: t for n, t in record.left_over.items() if not (values[n].blank and values[n].confidence >= values[n].accept)
    }
    return replace(record, pages=row.pages, left_over=left)


def _all_forms(
    mapping: FormMapping, sources: Sources, ids: Sequence[str], numbers: Sequence[int], context: MapContext
) -> list[Record]:
    """The records of sources under a mapping and its other forms. ids, numbers: of each source."""
    forms = {"": mapping, **mapping.also}
    return records_of({n: Application(m, context).map(sources) for n, m in forms.items()}, ids, numbers, context)


def records_of(
    mapped: Mapping[str, Mapped], ids: Sequence[str], numbers: Sequence[int], context: MapContext
) -> list[Record]:
    """The records of mapped sources: of their own form ("") and, behind each, of the others that it makes."""
    main, others = mapped[""], {name: m for name, m in mapped.items() if name}
    made = {n: list(to_records(o, [f"{i}+{n}" for i in ids], numbers, context)) for n, o in others.items()}
    records: list[Record] = []
    for at, record in enumerate(to_records(main, ids, numbers, context)):
        also = [name for name, other in others.items() if other.is_needed(at)]
        left = {c: t for c, t in record.left_over.items() if not any(others[n].takes(c, at) for n in also)}
        records.append(replace(record, left_over=left))
        records += [replace(made[n][at], left_over={}) for n in also]
    return records


def row_sources(mapping: FormMapping, rows: Sequence[RowValues]) -> Sources:
    """Rows of one table as columns."""
    names = dict.fromkeys(name for row in rows for name in row.cells)
    columns = {name: [row.cells.get(name) for row in rows] for name in names}
    if takes_name(mapping):
        columns[TABLE] = [row.table for row in rows]
    return Sources(len(rows), columns, TableCells(mapping, rows[0].file, rows[0].table))


def legacy_sources(
    mapping: FormMapping, file: str, table: str, columns: Sequence[str], rows: Sequence[LegacyRow]
) -> Sources:
    """Rows of a table as its reader gives them, as columns; at least one. file, table: names of their place."""
    width = max(len(columns), *(len(r.cells) for r in rows))
    # Cells behind the last column get names of their own, so that they are told as left over.
    names = [*columns, *(f"+{i}" for i in range(1, width - len(columns) + 1))]
    cells = [r.cells if len(r.cells) == width else (*r.cells, *[None] * (width - len(r.cells))) for r in rows]
    found: dict[str, Sequence[bytes | str | None]] = dict(zip(names, zip(*cells, strict=True), strict=True))
    if takes_name(mapping):
        found[TABLE] = [table] * len(rows)
    return Sources(len(rows), found, TableCells(mapping, file, table))


def takes_name(mapping: FormMapping) -> bool:
    """Whether a rule takes the name of the table, or a condition asks for it."""
    rules = mapping.all_rules
    conditions = [mapping.when, *(m.when for m in mapping.also.values()), *(r.dialect.when for r in rules)]
    return any(rule.source == TABLE for rule in rules) or any(name == TABLE for c in conditions for name, _ in c.cells)


class TableCells:
    """Opens the stored cells of one table."""

    def __init__(self, mapping: FormMapping, file: str, table: str) -> None:
        self._encodings = mapping.encodings
        self._doubted = mapping.doubted
        self._file, self._table = file, table
        self._origins: dict[str, Origin] = {}

    def __call__(self, column: str, stored: Sequence[Hashable]) -> list[SourceCell]:
        """The cells that are stored so in a column."""
        origin = self._origins.get(column)
        if origin is None:
            origin = self._origins[column] = Origin(file=self._file, table=self._table, column=column)
        decoded = decode_all(self._encodings.get(column), cast("Sequence[bytes | str]", stored))
        if column in self._doubted:
            return [
                SourceCell(raw, text, origin, _UNCLEAR, not text, (*notes, "encoding-unclear"), accept=_SURE)
                for raw, text, _, notes in decoded
            ]
        return [
            source_cell((raw, text, origin, confidence, not text or text.isspace(), notes, (), 0.0))
            if raw != MEMO_MISSING
            else SourceCell(raw, "", origin, 0.0, notes=("memo-missing",))
            for raw, text, confidence, notes in decoded
        ]


def _keep_cells(_: str, cells: Sequence[Hashable]) -> Sequence[SourceCell]:
    return cast("Sequence[SourceCell]", cells)


def _page_cells(pages: Sequence[PageValues], continued: set[str]) -> Mapping[str, SourceCell]:
    cells: dict[str, SourceCell] = {}
    for page in pages:
        for name, zone in page.zones.items():
            cell = _zone_cell(page.page, name, zone)
            first = cells.get(name)
            if first is None or (first.blank and not cell.blank):
                cells[name] = cell
                if first is not None:
                    cells[f"{name} ({first.origin.page})"] = first
            elif name in continued:
                cells[name] = _join_cells(first, cell)
            else:
                cells[f"{name} ({page.page})"] = cell
    return cells


def _zone_cell(page: str, name: str, zone: ZoneValue) -> SourceCell:
    return SourceCell(
        raw=zone.raw,
        # Where nothing was decided, the text is mapped as it was read.
        text="" if zone.noise else zone.value or zone.raw,
        origin=Origin(page=page, zone=name, box=zone.box),
        confidence=zone.confidence,
        blank=zone.blank,
        notes=zone.notes,
        candidates=zone.candidates,
        accept=zone.accept,
    )


def _placed_cell(placed: PlacedValue) -> SourceCell:
    return _zone_cell(placed.page, placed.zone, placed.value)._replace(notes=(*placed.value.notes, *placed.notes))


def _join_cells(first: SourceCell, second: SourceCell) -> SourceCell:
    if second.blank:
        return first
    return SourceCell(
        raw=f"{first.raw}\n{second.raw}",
        text=f"{first.text}\n{second.text}",
        origin=first.origin,
        confidence=min(first.confidence, second.confidence),
        notes=("continued",),
        accept=max(first.accept, second.accept),
    )


__all__ = [
    "MAP_VERSION", "FormMapping", "find_mapping", "legacy_sources", "load_mappings", "map_page_rows", "map_readings",
    "map_rows", "records_of",
]  # fmt: skip
