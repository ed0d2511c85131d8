"""Map: readings and table rows to records. A record's unit is its first page, or a chunk of a table's rows.

Of a register, each page is a unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from digitize.errors import DigitizeError, LeaseLost, fault
from digitize.machine.progress import Progress
from digitize.machine.work_keys import plain_hash, work_key
from digitize.reading import grouping
from digitize.reading.tying import has_parts, list_families, read_ties
from digitize.steps import map_pages, map_register, map_system, map_table, replaced
from digitize.steps.map_pages import FilledForm
from digitize.steps.map_register import RegisterPage
from digitize.steps.read_keys import DECIDE
from digitize.steps.systems import OpenSystems, SystemTables, systems_of
from digitize.workspace.decisions.apply import decisions_hash
from digitize.workspace.decisions.page_parts import find_part_words, question_to_plain, record_of
from digitize.workspace.decisions.places import ZONE
from digitize.workspace.ledger import Ledger, StepState
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, TableUnit
from digitize.workspace.ledger.dirty_parts import MAP, list_parts
from digitize.workspace.ledger.purges import purged_files, purged_in
from digitize.workspace.ledger.readings import newest_reading
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.ledger.replaced_tables import counting_tables, replaced_by
from digitize.workspace.run_context import RunContext
from mappers.errors import MapperError, MappingError

Decisions = Mapping[str, Mapping[str, Decision]]
NO_MAPPING = "no-mapping"


@dataclass(frozen=True, slots=True)
class MapTodo:
    """One unit to map: a filled form, a register's page, or a table, which may belong to a system.

    own_key: key of such a table without the tables linked to it. problem: why it cannot be mapped, or "".
    is_gone: after a rescan the page is no form any more, or continues another; its records are withdrawn. replaced_by:
    SHA-256 of the file that replaces a table's; its records are withdrawn once that one is mapped.
    """

    unit: str
    key: str
    filled: FilledForm | None = None
    register: RegisterPage | None = None
    table: TableUnit | None = None
    system: SystemTables | None = None
    own_key: str = ""
    problem: str = ""
    is_gone: bool = False
    replaced_by: str = ""


@dataclass(slots=True)
class MapPlan:
    """The units to map, in their order. idle: parts (volumes, tables) with nothing to do."""

    todos: list[MapTodo] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)


def plan(ledger: Ledger, known: RunContext, parts: Iterable[str] | None = None) -> MapPlan:
    """Page groups and tables not mapped yet under the current readings, mapping files and decisions.

    parts: candidates, None for all.
    """
    made = MapPlan()
    some = list_parts(ledger, MAP) if parts is None else list(parts)
    tables = {part.partition(":")[2] for part in some if part.startswith("table:")}
    for part in sorted((p for p in some if p.startswith("volume:")), key=volume_in):
        todos = _due_in_volume(ledger, known, volume_in(part))
        made.todos += todos
        made.idle += [] if todos else [part]
    due = [t for t in _table_units(ledger, known) if not _is_settled(t, ledger.state(t.unit, "map"))] if tables else []
    made.todos += due
    made.idle += sorted(f"table:{unit}" for unit in tables - {t.unit for t in due})
    return made


def volume_in(part: str) -> int:
    """The number of the volume that a part is."""
    return int(part.partition(":")[2])


def _due_in_volume(ledger: Ledger, known: RunContext, volume: int) -> list[MapTodo]:
    scans, gone = Catalogue(ledger).scans(volume), purged_in(ledger, volume)
    # Its readings are gone with its values; where the original alone is, mapping goes on from what was read.
    emptied = {s.page for s in scans if s.sha256 in gone and gone[s.sha256].is_personal}
    scans = [s for s in scans if s.page not in emptied]
    decided = {s.page: own for s in scans if (own := Records(ledger).decisions_of(s.page))}
    candidates = [*_page_units(ledger, known, scans, decided), *_register_units(ledger, known, volume, decided)]
    # After all the others: gone is what none of them makes.
    candidates += _gone_units(ledger, volume, {t.unit for t in candidates} | emptied)
    return [t for t in candidates if not _is_settled(t, ledger.state(t.unit, "map"))]


def _is_settled(todo: MapTodo, now: StepState | None) -> bool:
    return now is not None and now.is_settled_under(todo.key)


def map_units(ledger: Ledger, known: RunContext, todos: Sequence[MapTodo], progress: Progress) -> int:
    """Map all units of the plan. Returns the number of records."""
    if not todos:
        return 0
    progress.start("map", len(todos))
    decided = Records(ledger).decisions_of
    count = 0
    with OpenSystems(ledger, known) as systems:
        for todo in todos:
            if ledger.claim([todo.unit], "map", known.owner):
                units = [s.page for s in todo.register.scans] if todo.register else [todo.unit]
                # What was settled of a later sheet while it stood by itself still holds.
                units = [s.page for s in todo.filled.pages] if todo.filled else units
                # A part may have been settled while it waited for its head.
                units += [t.unit for t in todo.system.tables] if todo.system else []
                own = {r: c for u in units for r, c in decided(u).items()}
                # Silent for longer than a lease runs: what another worker made of it meanwhile holds.
                with suppress(LeaseLost):
                    count += _map(ledger, known, systems, todo, own)
            progress.advance()
    return count


def _map(ledger: Ledger, known: RunContext, systems: OpenSystems, todo: MapTodo, decisions: Decisions) -> int:
    """Map one unit. An internal error is recorded with its location, and the run continues."""
    if todo.replaced_by and todo.table is not None:
        with ledger.writing_leased(todo.unit, "map", known.owner):
            replaced.take_out(ledger, todo.table, todo.replaced_by)
        return 0
    if todo.is_gone:
        with ledger.writing_leased(todo.unit, "map", known.owner):
            Records(ledger).replace_unit(todo.unit, [])
            ledger.finish(todo.unit, "map", todo.key, {"records": []}, {"records": 0, "gone": True})
        return 0
    if todo.problem:
        with ledger.writing_leased(todo.unit, "map", known.owner):
            ledger.fail(todo.unit, "map", todo.key, {"kind": NO_MAPPING, "message": todo.problem, "retry": False})
        return 0
    try:
        if todo.table is not None and todo.system is not None:
            keys = todo.key, todo.own_key
            return map_system.map_member(ledger, known, systems, todo.system, todo.table, keys, decisions)
        if todo.table is not None:
            return map_table.map_table(ledger, known, todo.table, todo.key, decisions)
        if todo.register is not None:
            return map_register.map_register(ledger, known, todo.register, todo.key, decisions)
        assert todo.filled is not None
        return map_pages.map_group(ledger, known, todo.filled, todo.key, decisions)
    # Raised on purpose (a full disk, a wrong mapping file): it concerns more than this unit, and the run ends.
    except (DigitizeError, MapperError):
        raise
    except Exception as e:
        with ledger.writing_leased(todo.unit, "map", known.owner):
            ledger.fail(todo.unit, "map", todo.key, {"kind": "fault", "message": fault(todo.unit, e), "retry": False})
        return 0


def group_pages(
    ledger: Ledger, known: RunContext, scans: Sequence[PageScan], decided: Mapping[str, Decisions]
) -> Iterator[FilledForm]:
    """The filled forms of a volume. decided: page -> what people settled of the records that begin on it.

    The sheets of a form of several parts are tied by the numbers on them; a sheet that surely belongs to no record
    starts its own group, so it is never lost.
    """
    pages = _FormPages(ledger, known, {s.page: s for s in scans}, decided)
    for group in grouping.group_pages(pages.list_pages(), pages.families):
        members = [pages.waiting.pop(page.page) for page in group.pages]
        yield FilledForm(
            tuple(scan for scan, _ in members), tuple(key for _, key in members), group.family, group.doubts,
            group.questions, group.is_copy,
        )  # fmt: skip


class _FormPages:
    """The pages of a volume that were read as forms; scan and key of each are in waiting until its group is whole."""

    def __init__(
        self, ledger: Ledger, known: RunContext, scans: Mapping[str, PageScan], decided: Mapping[str, Decisions]
    ) -> None:
        self._ledger, self._known, self._scans, self._decided = ledger, known, scans, decided
        self.families = list_families(known.forms.values())
        self.waiting: dict[str, tuple[PageScan, str]] = {}

    @cached_property
    def _settled_cells(self) -> Mapping[str, Decision]:
        """Cell -> what people settled of it: of a later sheet that is kept at the record which it is part of."""
        return {cell: d for some in self._decided.values() for own in some.values() for cell, d in own.items()}

    def list_pages(self) -> Iterator[grouping.PageKind]:
        """All of them, in order."""
        for scan in self._scans.values():
            now = self._ledger.state(scan.page, DECIDE)
            # A blank page is done, and of no form.
            if now is None or not now.is_done or now.is_register or now.form is None:
                continue
            self.waiting[scan.page] = scan, f"{now.key} {self._known.threshold_key(now.form, scan.page)}"
            family, part = str(now.detail["family"]), int(now.detail["part"])
            page = grouping.PageKind(scan.page, "form", scan.volume, scan.number, family, part)
            yield self._add_ties(page, scan) if has_parts(self.families, family, part) else page

    def _add_ties(self, page: grouping.PageKind, scan: PageScan) -> grouping.PageKind:
        """A page with what stands on it, or what people say stands there, and what they said of it."""
        own = self._decided.get(page.page, {}).get(record_of(page.page), {})
        said, lacking = find_part_words(own.values(), scan, self._scans.get)
        reading = newest_reading(self._ledger, page.page)
        form = self._known.forms.get(reading.form or "") if reading else None
        if reading is None or form is None:
            return replace(page, said=said, lacking=lacking)
        texts = {zone: (d.value or d.raw, d.confidence) for zone, d in reading.zones.items() if not d.blank}
        for zone in form.ties:
            decision = self._settled_cells.get(f"{ZONE}:{page.page}/{zone}")
            if decision is not None and zone in reading.zones and decision.reading == reading.zones[zone].raw:
                texts[zone] = (decision.value, 1.0)
        return replace(page, ties=read_ties(form, texts), said=said, lacking=lacking)


def _page_units(
    ledger: Ledger, known: RunContext, scans: Sequence[PageScan], decided: Mapping[str, Decisions]
) -> Iterator[MapTodo]:
    for filled in group_pages(ledger, known, scans, decided):
        unit = filled.pages[0].page
        digest, problem = _digest(known, filled.family, unit)
        first = filled.pages[0]
        metadata = plain_hash([first.batch, first.station, first.district, first.year, first.language])
        # Part of the key: what a person settles has the unit mapped again at the next run.
        own = [decisions_hash(decided.get(page.page, {})) for page in filled.pages]
        tied = [plain_hash([filled.doubts, [question_to_plain(q) for q in filled.questions], filled.is_copy])]
        # A form of one sheet has the key that it always had.
        more = [*own[1:], *(tied if filled.doubts or filled.is_copy else [])]
        key = work_key("map", known.map_key, digest, metadata, own[0], *filled.keys, *more)
        yield MapTodo(unit, key, filled, problem=problem)


def _register_units(
    ledger: Ledger, known: RunContext, volume: int, decided: Mapping[str, Decisions]
) -> Iterator[MapTodo]:
    for page in map_register.register_pages(ledger, volume):
        scan = page.scan
        digest, problem = _digest(known, page.form, scan.page)
        metadata = plain_hash([scan.batch, scan.station, scan.district, scan.year, scan.language])
        read = [now.key for s in page.scans if (now := ledger.state(s.page, DECIDE))]
        # Of the pages above as well: a ditto mark says what a person made of the text there.
        own = [decisions_hash(decided.get(s.page, {})) for s in (*page.above, scan)]
        place = f"{len(page.above)} {page.is_joined} {known.threshold_key(page.form, scan.page)}"
        yield MapTodo(scan.page, work_key("map", known.map_key, digest, metadata, place, *own, *read), register=page,
                   problem=problem)  # fmt: skip


def _digest(known: RunContext, family: str, unit: str) -> tuple[str, str]:
    """(hash of the family's mapping, "") or, if there is none, ("", reason)."""
    try:
        return known.mapping_for_family(family).digest, ""
    except MappingError as e:
        return "", f"Page {unit}: {e}. Put a mapping file into the workspace's mappings folder."


def _gone_units(ledger: Ledger, volume: int, mapped: set[str]) -> Iterator[MapTodo]:
    """Units with records that no longer start a filled form.

    A page that is pending or failed to open keeps its unit.
    """
    # One after another: of the three together PostgreSQL makes a plan that goes through the whole ledger.
    sql = "SELECT DISTINCT unit FROM records WHERE unit IN (SELECT page FROM scans WHERE volume = ?)"
    for row in ledger.rows(sql, (volume,)):
        if (unit := row["unit"]) in mapped:
            continue
        decided, seen = ledger.state(unit, "decide"), ledger.state(unit, "recognise")
        if decided is not None and seen is not None and seen.outcome != "failed":
            # Its key holds how the page was decided: decided otherwise later, it is looked at anew.
            yield MapTodo(unit, work_key("map", "gone", decided.key, decided.outcome), is_gone=True)


def _table_units(ledger: Ledger, known: RunContext) -> Iterator[MapTodo]:
    """All tables; a table of a system depends on the system's other tables."""
    mappings = plain_hash({m.id: m.digest for m in known.mappings.values()})
    tables = counting_tables(ledger)
    systems = systems_of(known, tables) if known.systems else {}
    decided = {t.unit: Records(ledger).decisions_of(t.unit) for t in tables}
    purged = purged_files(ledger)
    for table in tables:
        # A table is read from its file each time.
        if table.sha256 in purged:
            continue
        metadata = plain_hash([table.batch, table.station, table.district, table.year])
        own = decisions_hash(decided[table.unit])
        key = work_key("map", known.map_key, mappings, table.sha256, table.name, metadata, own)
        system = systems.get(table.unit)
        if system is None:
            yield MapTodo(table.unit, key, table=table)
        else:
            # Without what people settled: that belongs to single chunks.
            own_key = work_key("map", known.map_key, mappings, table.sha256, table.name, metadata, system.system.digest)
            tied = [system.key, *(decisions_hash(decided[t.unit]) for t in system.tables)]
            todo = MapTodo(table.unit, work_key("map", own_key, *tied), table=table, system=system, own_key=own_key)
            lost = next((t for t in system.tables if t.sha256 in purged), None)
            if lost is None:
                yield todo
            # Mapped before, its records stay as they are: they were made with the rows that are gone.
            elif ledger.state(table.unit, "map") is None:
                why = f"Table {table.unit} belongs with {lost.unit}, whose original was {purged[lost.sha256].line()}"
                yield replace(todo, problem=f"{why}. Deliver it with all tables of its system into a new workspace.")
    yield from _replaced_units(ledger)


def _replaced_units(ledger: Ledger) -> Iterator[MapTodo]:
    """Tables replaced by a newer delivery that is already mapped; until then the older one counts, so nothing goes
    missing.
    """
    gone = replaced_by(ledger)
    tables = Catalogue(ledger).tables() if gone else []
    waiting = {t.sha256 for t in tables if not ((now := ledger.state(t.unit, "map")) and now.is_done)}
    for table in tables:
        newer = gone.get(table.sha256, "")
        if newer and newer not in waiting:
            yield MapTodo(table.unit, replaced.replaced_key(newer), table=table, replaced_by=newer)


def plan_replaced(ledger: Ledger, known: RunContext) -> list[MapTodo]:
    """Units to map again because answers now apply: replaced tables and their replacements."""
    gone = replaced_by(ledger)
    if not gone:
        return []
    own = (t for t in _table_units(ledger, known) if t.table and t.table.sha256 in {*gone, *gone.values()})
    return [t for t in own if not _is_settled(t, ledger.state(t.unit, "map"))]
