"""Source of a place, and its metadata: a decision is valid while its source is unchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from digitize.reading.rows import row_mark
from digitize.workspace.decisions.places import ZONE, row_id
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.books import learned_of
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Stored


def is_register(stored: Stored, readings: Readings) -> bool:
    """Whether a record comes from a register row."""
    reading = readings.newest(stored.unit) if stored.record.pages else None
    return reading is not None and bool(reading.rows)


def describe_metadata(ledger: Ledger, pages: Sequence[str]) -> dict[str, str]:
    """Cell or field -> intake metadata of the volume, or facts learned from its pages, with their origin."""
    found: dict[str, str] = {}
    for page in pages:
        scan = Catalogue(ledger).scan(page)
        if scan is None:
            continue
        own = {zone: f"{fact.value} (its own pages)" for zone, fact in learned_of(ledger, scan.volume).items()}
        told = {"police_station": scan.station, "district": scan.district, "year": scan.year}
        own |= {zone: f"{value} (intake)" for zone, value in told.items() if value}
        found |= own | {f"{ZONE}:{page}/{zone}": said for zone, said in own.items()}
    return found


def register_source(scan_of: Callable[[str], PageScan | None], readings: Readings, record: str, cell: str) -> str:
    """Source of a decision on a register cell or field: the scan, and the row's position.

    record: the row's id. "" if the page or row no longer exists.
    """
    page, row = record.partition("+")[0].rpartition("-r")[0], row_id(record)
    if cell.startswith(f"{ZONE}:"):
        page, _, zone = cell.partition(":")[2].rpartition("/")
        row = zone.partition(".")[0]
    scan, reading = scan_of(page), readings.newest(page)
    # A zone without a dot is the page's own, as the day above its table.
    is_of_row = cell.partition(":")[0] != ZONE or "." in cell.rpartition("/")[2]
    mark = (row_mark(reading, row) if is_of_row else row) if reading else ""
    return f"{scan.sha256}:{scan.idx}:{mark}" if scan and mark else ""


def source_of(ledger: Ledger, stored: Stored, cell: str, readings: Readings) -> str:
    """Content hash of the page or table of a cell; a decision is valid while it is unchanged."""
    unit = stored.unit.partition(":")[0]
    if is_register(stored, readings):
        return register_source(Catalogue(ledger).scan, readings, stored.record.id, cell)
    if cell.startswith(f"{ZONE}:"):
        scan = Catalogue(ledger).scan(cell.partition(":")[2].rpartition("/")[0])
        return f"{scan.sha256}:{scan.idx}" if scan else ""
    row = ledger.execute("SELECT sha256 FROM tables WHERE unit = ?", (unit,)).fetchone()
    if row:
        return str(row["sha256"])
    scan = Catalogue(ledger).scan(unit)
    return f"{scan.sha256}:{scan.idx}" if scan else ""
