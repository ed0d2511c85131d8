"""Intake catalogue: batches, sources, volumes, page scans, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

from digitize.errors import NotFound
from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.dirty_parts import COUNT, FILES, LOAD, MAP, READ


@dataclass(frozen=True, slots=True)
class Batch:
    """Files of one intake, and their metadata.

    kind: fir-book, table, ... ("" if unknown). taken_in: date of the intake, YYYY-MM-DD.
    """

    batch: str
    label: str
    taken_in: str
    kind: str = ""
    station: str = ""
    district: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file by content. linked: its path if it was not copied.

    problem: why it was refused, or ""; kind: the same as a stable code.
    """

    sha256: str
    batch: str
    name: str
    bytes: int
    media: str
    pages: int
    suffix: str
    linked: str = ""
    problem: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PageScan:
    """One scan of one page. page: its id, which survives rescans. idx: place in its file (ocr/scans/parts.py)."""

    page: str
    sha256: str
    idx: int
    batch: str
    volume: int
    number: int
    kind: str = ""
    station: str = ""
    district: str = ""
    year: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class TableUnit:
    """One legacy table inside a source; idx: its 0-based index in the file."""

    unit: str
    sha256: str
    idx: int
    name: str
    batch: str
    station: str = ""
    district: str = ""
    year: str = ""


# What a person may say of pages and of tables.
_TELL = {
    "scans": "UPDATE scan_rows SET {} = CAST(? AS BIGINT) WHERE source = (SELECT id FROM units WHERE name = ?)",
    "tables": "UPDATE tables SET {} = ? WHERE sha256 = ?",
}
_METADATA = {"scans": ("station", "district", "year", "kind", "language"), "tables": ("station", "district", "year")}
_CURRENT = """
  SELECT s.* FROM scans s JOIN (SELECT page, MAX(seq) AS seq FROM scans{} GROUP BY page) n ON n.seq = s.seq
  ORDER BY s.page
"""
_TAKE_OUT = """DELETE FROM scan_rows WHERE page = (SELECT id FROM units WHERE name = ?)
  AND source = (SELECT id FROM units WHERE name = ?) AND idx = ?"""
_VOLUMES_OF = "SELECT DISTINCT volume FROM scans WHERE sha256 = ?"


class Catalogue:
    """Reads and writes the ledger's catalogue."""

    def __init__(self, ledger: Ledger) -> None:
        """Catalogue of one ledger."""
        self._ledger = ledger

    def batches(self) -> list[Batch]:
        """All batches in order of intake."""
        rows = self._ledger.rows("SELECT * FROM batches ORDER BY batch")
        return [Batch(**dict(r)) for r in rows]

    def insert_batch(self, batch: Batch) -> None:
        """Add a batch. Its id must be new."""
        with self._ledger.writing():
            self._insert("batches", asdict(batch))
            self._ledger.mark(LOAD, batch.batch)

    def source(self, sha256: str) -> SourceFile | None:
        """Source with that content, None if never taken in."""
        row = self._ledger.execute("SELECT * FROM sources WHERE sha256 = ?", (sha256,)).fetchone()
        return SourceFile(**dict(row)) if row else None

    def sources(self) -> list[SourceFile]:
        """All sources including refused ones, by batch and name."""
        return [SourceFile(**dict(r)) for r in self._ledger.rows("SELECT * FROM sources ORDER BY batch, name, sha256")]

    def insert_source(self, source: SourceFile) -> None:
        """Add a source. Its content must be new."""
        with self._ledger.writing():
            self._insert("sources", asdict(source))
            for part in (f"batch:{source.batch}", FILES):
                self._ledger.mark(COUNT, part)

    def remove_refused(self, sha256: str) -> None:
        """Take out a file that was refused; it is here now, and can be used."""
        found = self.source(sha256)
        with self._ledger.writing():
            self._ledger.execute("DELETE FROM sources WHERE sha256 = ? AND problem <> ''", (sha256,))
            for part in (f"batch:{found.batch if found else ''}", FILES):
                self._ledger.mark(COUNT, part)

    def volume(self, label: str) -> int:
        """Number of the volume with that label; a new one for a new label."""
        if (found := self.find_volume(label)) is not None:
            return found
        with self._ledger.writing():
            sql = "INSERT INTO volumes (label) VALUES (?) RETURNING volume"
            return int(self._ledger.execute(sql, (label,)).fetchone()[0])

    def volume_labels(self) -> dict[int, str]:
        """Volume number -> label."""
        return {r["volume"]: r["label"] for r in self._ledger.rows("SELECT volume, label FROM volumes")}

    def volume_label(self, volume: int) -> str:
        """Label of a volume; "" if there is none of that number."""
        row = self._ledger.execute("SELECT label FROM volumes WHERE volume = ?", (volume,)).fetchone()
        return str(row["label"]) if row else ""

    def volume_number(self, name: str) -> int:
        """Volume with that label, else with that number. Raises NotFound."""
        # Books that are called 2 and 1 may be taken in in this order.
        number = self.find_volume(name) or (int(name) if is_number(name) and self.volume_label(int(name)) else None)
        if number is None:
            raise NotFound(f"There is no volume {name}. See: digitize status")
        return number

    def find_volume(self, label: str) -> int | None:
        """Volume with that label, or None."""
        row = self._ledger.execute("SELECT volume FROM volumes WHERE label = ?", (label,)).fetchone()
        return int(row["volume"]) if row else None

    def batch(self, name: str) -> Batch:
        """The batch of that id. Raises NotFound."""
        row = self._ledger.execute("SELECT * FROM batches WHERE batch = ?", (name,)).fetchone()
        if row is None:
            raise NotFound(f"There is no batch {name}. See: digitize status --json")
        return Batch(**dict(row))

    def next_page_number(self, volume: int) -> int:
        """The number after the volume's last page."""
        row = self._ledger.execute("SELECT MAX(number) AS last FROM scans WHERE volume = ?", (volume,)).fetchone()
        return int(row["last"] or 0) + 1

    def insert_scan(self, scan: PageScan) -> None:
        """Add a scan of a page; the newest scan counts, older ones are kept."""
        with self._ledger.writing():
            self._ledger.insert_row("scans", asdict(scan))
            for what in (COUNT, READ, MAP):
                self._ledger.mark(what, f"volume:{scan.volume}")

    def let_count_again(self, page: str, sha256: str, idx: int) -> PageScan | None:
        """Make an earlier scan of a page its newest again. Returns it; None if the page has no such scan."""
        sql = "SELECT * FROM scans WHERE page = ? AND sha256 = ? AND idx = ?"
        row = self._ledger.execute(sql, (page, sha256, idx)).fetchone()
        if row is None:
            return None
        scan = _page_scan(row)
        with self._ledger.writing():
            # The newest is the one that was written last; what became of it when stands in the events.
            self._ledger.execute(_TAKE_OUT, (page, sha256, idx))
            self.insert_scan(scan)
        return scan

    def scans(self, volume: int | None = None) -> list[PageScan]:
        """Newest scan of every page, or of one volume's pages, by page id."""
        # Inside, so that of a large ledger one volume alone is read.
        where, values = (" WHERE volume = ?", (volume,)) if volume is not None else ("", ())
        return [_page_scan(r) for r in self._ledger.rows(_CURRENT.format(where), values)]

    def volumes(self) -> list[int]:
        """The numbers of all volumes, in order."""
        return [r["volume"] for r in self._ledger.rows("SELECT volume FROM volumes ORDER BY volume")]

    def scan(self, page: str) -> PageScan | None:
        """Newest scan of one page."""
        row = self._ledger.execute("SELECT * FROM scans WHERE page = ? ORDER BY seq DESC LIMIT 1", (page,)).fetchone()
        return _page_scan(row) if row else None

    def scans_of(self, sha256: str) -> list[PageScan]:
        """Pages whose newest scan is from that file, in order."""
        names = [r["page"] for r in self._ledger.rows("SELECT DISTINCT page FROM scans WHERE sha256 = ?", (sha256,))]
        return [s for n in sorted(names) if (s := self.scan(n)) is not None and s.sha256 == sha256]

    def indices_of(self, sha256: str) -> list[int]:
        """The indices of all pages of a file, in the order of their numbers; those with a newer scan, too."""
        rows = self._ledger.rows("SELECT idx, MIN(number) AS n FROM scans WHERE sha256 = ? GROUP BY idx", (sha256,))
        return [r["idx"] for r in sorted(rows, key=lambda r: (r["n"], r["idx"]))]

    def of_many_pages(self) -> list[tuple[str, str]]:
        """SHA-256 and name of files that hold several pages, as a PDF, by name."""
        rows = self._ledger.rows("SELECT sha256, name FROM sources WHERE pages > 1 ORDER BY name, sha256")
        return [(r["sha256"], r["name"]) for r in rows]

    def insert_table(self, table: TableUnit) -> None:
        """Add a table."""
        with self._ledger.writing():
            self._insert("tables", asdict(table))
            for what in (COUNT, MAP):
                self._ledger.mark(what, f"table:{table.unit}")

    def tables(self) -> list[TableUnit]:
        """All tables by id."""
        return [TableUnit(**dict(r)) for r in self._ledger.rows("SELECT * FROM tables ORDER BY unit")]

    def tell(self, sha256: str, metadata: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Update the metadata of a file's pages and tables: field -> (before, now) for changes.

        metadata: any of station, district, year, kind, language; "" leaves a field unchanged. Tables have no kind and
        no language.
        """
        changed: dict[str, tuple[str, str]] = {}
        with self._ledger.writing():
            for table, names in _METADATA.items():
                for name in names:
                    now = metadata.get(name, "")
                    # The names come from _METADATA above, never from what a person gave.
                    sql = f"SELECT DISTINCT {name} AS old FROM {table} WHERE sha256 = ? AND {name} <> ? ORDER BY 1"
                    before = [r["old"] for r in self._ledger.rows(sql, (sha256, now))] if now else []
                    if before:
                        said = self._ledger.number("names", now) if table == "scans" else now
                        self._ledger.execute(_TELL[table].format(name), (said, sha256))
                        changed[name] = (", ".join(before), now)
            if changed:
                self._mark_all_of(sha256)
        return changed

    def _mark_all_of(self, sha256: str) -> None:
        """Mark everything derived from a file as dirty."""
        parts = [f"volume:{r['volume']}" for r in self._ledger.rows(_VOLUMES_OF, (sha256,))]
        parts += [
            f"table:{r['unit']}" for r in self._ledger.rows("SELECT unit FROM tables WHERE sha256 = ?", (sha256,))
        ]
        for what in (COUNT, READ, MAP):
            for part in parts:
                self._ledger.mark(what, part)

    def _insert(self, table: str, values: dict[str, object]) -> None:
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        with self._ledger.writing():
            self._ledger.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values.values())


def is_number(name: str) -> bool:
    """Whether a name may be a volume number."""
    return name.isascii() and name.isdecimal() and len(name) < 10 and str(int(name)) == name


def by_volume(scans: Sequence[PageScan]) -> list[list[PageScan]]:
    """Pages in order, grouped by volume."""
    # Scans come by page id (SITE-VOLUME-NUMBER), so pages of a volume stand together, as groupby needs.
    return [list(pages) for _, pages in groupby(scans, key=lambda s: s.volume)]


def _page_scan(row: object) -> PageScan:
    values = dict(row)  # type: ignore[call-overload]
    values.pop("seq")
    return PageScan(**values)
