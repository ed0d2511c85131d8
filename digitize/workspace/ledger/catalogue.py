"""What intake took in: batches, sources, volumes, the scans of pages, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from digitize.workspace.ledger.core import Ledger


@dataclass(frozen=True, slots=True)
class Batch:
    """The files given to one intake, and their metadata.

    kind: fir-book, table, ... ("" when not said). taken_in: date of the intake, YYYY-MM-DD.
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
    """One file by its content. linked: where it lies when it was not copied.

    problem: why it was refused, or ""; kind: the same as a stable word.
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
    """One scan of one page. page: its id, which survives re-scanning. idx: 0-based page inside the file."""

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
    """One legacy table inside a source; idx: its 0-based place in the file."""

    unit: str
    sha256: str
    idx: int
    name: str
    batch: str
    station: str = ""
    district: str = ""
    year: str = ""


# What a person may say of pages and of tables.
_METADATA = {"scans": ("station", "district", "year", "kind", "language"), "tables": ("station", "district", "year")}
_CURRENT = """
  SELECT s.* FROM scans s JOIN (SELECT page, MAX(seq) AS seq FROM scans GROUP BY page) n ON n.seq = s.seq
"""


class Catalogue:
    """Reads and writes the ledger's list of what was taken in."""

    def __init__(self, ledger: Ledger) -> None:
        """Work on one ledger."""
        self._ledger = ledger

    def batches(self) -> list[Batch]:
        """All batches in order of intake."""
        rows = self._ledger.rows("SELECT * FROM batches ORDER BY batch")
        return [Batch(**dict(r)) for r in rows]

    def insert_batch(self, batch: Batch) -> None:
        """Add a batch. Its id must be new."""
        self._insert("batches", asdict(batch))

    def source(self, sha256: str) -> SourceFile | None:
        """The source with that content, None when it was never taken in."""
        row = self._ledger.execute("SELECT * FROM sources WHERE sha256 = ?", (sha256,)).fetchone()
        return SourceFile(**dict(row)) if row else None

    def sources(self) -> list[SourceFile]:
        """All sources, refused ones too, by batch and name."""
        return [SourceFile(**dict(r)) for r in self._ledger.rows("SELECT * FROM sources ORDER BY batch, name, sha256")]

    def insert_source(self, source: SourceFile) -> None:
        """Add a source. Its content must be new."""
        self._insert("sources", asdict(source))

    def volume(self, label: str) -> int:
        """The number of the volume with that label; a new one is given when the label is new."""
        row = self._ledger.execute("SELECT volume FROM volumes WHERE label = ?", (label,)).fetchone()
        if row:
            return int(row["volume"])
        with self._ledger.writing():
            sql = "INSERT INTO volumes (label) VALUES (?) RETURNING volume"
            return int(self._ledger.execute(sql, (label,)).fetchone()[0])

    def volume_labels(self) -> dict[int, str]:
        """Volume number -> label."""
        return {r["volume"]: r["label"] for r in self._ledger.rows("SELECT volume, label FROM volumes")}

    def next_page_number(self, volume: int) -> int:
        """The number after the volume's last page."""
        row = self._ledger.execute("SELECT MAX(number) AS last FROM scans WHERE volume = ?", (volume,)).fetchone()
        return int(row["last"] or 0) + 1

    def insert_scan(self, scan: PageScan) -> None:
        """Add a scan of a page; the newest scan of a page counts, older ones stay."""
        self._insert("scans", asdict(scan))

    def scans(self, volume: int | None = None) -> list[PageScan]:
        """The newest scan of every page, or of those of one volume, by page id."""
        where, values = (" WHERE s.volume = ?", (volume,)) if volume is not None else ("", ())
        return [_page_scan(r) for r in self._ledger.rows(f"{_CURRENT}{where} ORDER BY s.page", values)]

    def scan(self, page: str) -> PageScan | None:
        """The newest scan of one page."""
        row = self._ledger.execute("SELECT * FROM scans WHERE page = ? ORDER BY seq DESC LIMIT 1", (page,)).fetchone()
        return _page_scan(row) if row else None

    def insert_table(self, table: TableUnit) -> None:
        """Add a table."""
        self._insert("tables", asdict(table))

    def tables(self) -> list[TableUnit]:
        """All tables by id."""
        return [TableUnit(**dict(r)) for r in self._ledger.rows("SELECT * FROM tables ORDER BY unit")]

    def tell(self, sha256: str, metadata: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        """Give the pages and tables of a file the metadata that it has now: field -> (before, now), where that differs.

        metadata: any of station, district, year, kind, language; "" leaves a field as it is. Tables have no kind and no
        language of their own.
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
                        self._ledger.execute(f"UPDATE {table} SET {name} = ? WHERE sha256 = ?", (now, sha256))
                        changed[name] = (", ".join(before), now)
        return changed

    def _insert(self, table: str, values: dict[str, object]) -> None:
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        with self._ledger.writing():
            self._ledger.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values.values())


def _page_scan(row: object) -> PageScan:
    values = dict(row)  # type: ignore[call-overload]
    values.pop("seq")
    return PageScan(**values)
