"""Pack a batch or volume for an archive: originals, text, records and history, described by METS; optionally as a bag.

Without a reason and a name the package holds only masked records and the proofs, since images show every name.
"""

from __future__ import annotations

import csv
import hashlib
import json
import mimetypes
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from digitize.errors import InputError, LedgerError
from digitize.masking.cases import build_batch_masks
from digitize.masking.unmasking import Unmasking
from digitize.records.export import ExportView, write_jsonl
from digitize.volumes.mets import PackageDescription, PackedPage, make_mets
from digitize.volumes.premis import PackedFile
from digitize.workspace.intake.bags import OWN_FORMAT
from digitize.workspace.intake.manifest import MANIFEST
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.core import Event
from digitize.workspace.ledger.purges import purged_files
from digitize.workspace.ledger.readings import newest_reading, newest_recognition
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import Volumes, unit_of
from ocr.outputs import OutputPage, write
from ocr.page import Decided, Line, PageText
from ocr.scans.parts import format_places, place_of

_FORMAT = "1"
_ORIGINALS, _ALTO, _LEDGER = "originals", "alto", "ledger"
_RECORDS = "records.jsonl"


@dataclass(frozen=True, slots=True)
class ArchivePackage:
    """The package written. is_whole: includes originals, text, and full records."""

    path: Path
    pages: int
    files: int
    records: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class _PackageContent:
    """Content: id and title, pages in order, files, and the units whose history is included."""

    id: str
    title: str
    scans: Sequence[PageScan]
    sources: Sequence[SourceFile]
    parts: Sequence[tuple[str, str]]
    own_units: tuple[str, ...]


def write_package(
    place: Place, out: Path, to: str, *, volume: str = "", batch: str = "", who: Unmasking | None = None
) -> ArchivePackage:
    """Write a package as a new folder, atomically. to: one of FORMATS. who: sees names in full, logged.

    Raises InputError if the folder exists or not exactly one of volume and batch is named, NotFound.
    """
    if out.exists():
        raise InputError(f"{out} exists already. A package is never overwritten: give another name.")
    if bool(volume) == bool(batch):
        raise InputError(f"--to {to} needs one volume or one batch: --volume LABEL, or --batch ID.")
    with Ledger(place.ledger) as ledger:
        chosen = _choose_volume(place, ledger, volume) if volume else _choose_batch(ledger, batch)
        site = place.options.workspace.site_id
        told = {"to": to, "volume": volume, "batch": batch}
        if who:
            ledger.record_event(site, "export", "note", detail={**who.as_plain(), **told, "begun": True})
        out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out.parent, prefix=".packing-") as made:
            folder = Path(made) / "package"
            folder.mkdir()
            work = _PackageWriter(place, ledger, chosen, folder, who)
            records, files = work.write()
            manifest = _make_bag(folder, work.make_bag_info()) if to == "bag" else _hash_file(folder / "mets.xml")
            folder.replace(out)
        shown = work.view.shown.as_plain() if who else {}
        detail = {**(who.as_plain() if who else {}), **told, "written": records, "manifest": manifest, **shown}
        ledger.record_event(site, "export", "note", detail=detail)
    return ArchivePackage(out, len(chosen.scans), files, records, who is not None)


class _PackageWriter:
    """Writes the files of one package to a folder."""

    def __init__(
        self, place: Place, ledger: Ledger, chosen: _PackageContent, folder: Path, who: Unmasking | None
    ) -> None:
        self._place, self._ledger, self._chosen, self._folder, self._who = place, ledger, chosen, folder, who
        self.view = ExportView(build_batch_masks(ledger, lambda: (s.record for s in self._write_records())), who)
        self._files: dict[str, list[PackedFile]] = {"ORIGINAL": [], "ALTO": [], "RECORDS": [], "LEDGER": []}
        self._of_page: dict[str, list[str]] = {}

    def write(self) -> tuple[int, int]:
        """Write everything. Returns how many records and how many files."""
        if self._who:
            self._write_originals()
            self._write_text()
        records = write_jsonl(self._ledger, self._write_records(), self._folder / _RECORDS, self.view)
        self._add_file("RECORDS", _RECORDS)
        self._write_proofs()
        pages = [PackedPage(s.page, s.number, s.idx, tuple(self._of_page.get(s.page, ()))) for s in self._chosen.scans]
        what = PackageDescription(self._chosen.id, self._chosen.title, self._chosen.parts, _format_now())
        document = make_mets(what, self._files, pages, list(self._list_history()))
        (self._folder / "mets.xml").write_bytes(document)
        return records, sum(map(len, self._files.values())) + 1

    def make_bag_info(self) -> dict[str, str]:
        """Content of bag-info.txt."""
        purged = purged_files(self._ledger)
        gone = sum(s.sha256 in purged for s in self._chosen.sources)
        workspace = self._place.options.workspace
        return {
            "Source-Organization": workspace.site or workspace.state.upper(),
            "External-Identifier": self._chosen.id,
            "External-Description": f"{self._chosen.title}: {len(self._chosen.scans)} pages"
            f"{'' if self._who else ', without originals, protected names masked'}"
            f"{f', {gone} originals purged at the end of their period' if gone else ''}",
            OWN_FORMAT: _FORMAT,
        }

    def _write_originals(self) -> None:
        folder = self._folder / _ORIGINALS
        folder.mkdir()
        by_file: dict[str, list[PageScan]] = {}
        for scan in self._chosen.scans:
            by_file.setdefault(scan.sha256, []).append(scan)
        rows, catalogue, purged = [], Catalogue(self._ledger), purged_files(self._ledger)
        labels, volumes = catalogue.volume_labels(), _map_files_to_volumes(catalogue)
        for i, source in enumerate((s for s in self._chosen.sources if s.sha256 not in purged), 1):
            # The number keeps names of different folders apart; their order is that of the pages.
            name = f"{i:05d}_{Path(source.name).name}"
            shutil.copyfile(self._place.original(source.sha256, source.suffix, source.linked), folder / name)
            file = self._add_file("ORIGINAL", f"{_ORIGINALS}/{name}", source.name)
            if file.sha256 != source.sha256:
                raise LedgerError(f"The original of {source.name} was altered after intake. See: digitize fixity DIR")
            for scan in by_file.get(source.sha256, ()):
                self._of_page.setdefault(scan.page, []).append(file.id)
            # Pages of another volume in that file are not packed, and come along with it.
            is_one = len(volumes[source.sha256]) == 1
            rows.append(
                _make_manifest_row(
                    name, by_file.get(source.sha256, []) if is_one else [], labels, catalogue.indices_of(source.sha256)
                )
            )
        with (folder / MANIFEST).open("w", encoding="utf-8", newline="") as out:
            lines = csv.writer(out)
            lines.writerow(["file", "volume", "station", "district", "year", "kind", "language", "page", "spreads"])
            lines.writerows(rows)
        self._add_file("LEDGER", f"{_ORIGINALS}/{MANIFEST}")

    def _write_text(self) -> None:
        folder = self._folder / _ALTO
        folder.mkdir()
        for scan in self._chosen.scans:
            languages = (scan.language,) if scan.language else ()
            if data := make_alto(self._ledger, scan.page, scan.page, languages):
                (folder / f"{scan.page}.xml").write_bytes(data)
                file = self._add_file("ALTO", f"{_ALTO}/{scan.page}.xml")
                self._of_page.setdefault(scan.page, []).append(file.id)

    def _write_records(self) -> Iterator[Stored]:
        records = Records(self._ledger)
        for scan in self._chosen.scans:
            yield from (s for s in records.of_unit(scan.page) if not s.is_purged)

    def _write_proofs(self) -> None:
        """History of the package's content, and signed heads to verify it against."""
        folder = self._folder / _LEDGER
        folder.mkdir()
        events = sorted({e.seq: e for e, _ in self._list_history()}.items())
        _write_lines(folder / "events.jsonl", (self._mask_event(e) for _, e in events))
        _write_lines(folder / "heads.jsonl", (asdict(h) for h in self._ledger.heads()))
        sql = "SELECT load, at, batch, target, data, signature FROM receipts WHERE batch = ? ORDER BY at"
        batches = sorted({s.batch for s in self._chosen.scans})
        _write_lines(folder / "receipts.jsonl", (dict(r) for b in batches for r in self._ledger.rows(sql, (b,))))
        for name in ("events", "heads", "receipts"):
            self._add_file("LEDGER", f"{_LEDGER}/{name}.jsonl")

    def _mask_event(self, event: Event) -> dict[str, object]:
        """An event; with masking, without file names, which may be names of persons."""
        plain = asdict(event)
        if self._who is None:
            plain["detail"] = {k: v for k, v in event.detail.items() if k not in ("name", "message")}
        return plain

    def _list_history(self) -> Iterator[tuple[Event, str]]:
        for unit in self._chosen.own_units:
            yield from ((e, "") for e in self._ledger.events(unit))
        for source in self._chosen.sources:
            yield from ((e, source.sha256) for e in self._ledger.events(source.sha256))
        for scan in self._chosen.scans:
            yield from ((e, scan.sha256) for e in self._ledger.events(scan.page))

    def _add_file(self, use: str, name: str, original: str = "") -> PackedFile:
        path = self._folder / name
        media = mimetypes.guess_type(name)[0] or "application/octet-stream"
        ident = f"f{sum(map(len, self._files.values())) + 1}"
        made = PackedFile(ident, name, _hash_file(path), path.stat().st_size, media, original)
        self._files[use].append(made)
        return made


def _choose_volume(place: Place, ledger: Ledger, name: str) -> _PackageContent:
    catalogue = Catalogue(ledger)
    number = catalogue.volume_number(name)
    scans = catalogue.scans(number)
    known = Volumes(ledger).find_by_number(number)
    parts = []
    if known:
        f = known.facts
        told = (("coverage", f.station), ("coverage", f.district), ("date", f.years), ("language", f.language))
        parts = [(k, v) for k, v in (*told, ("type", f.kind)) if v]
    ident = f"{place.options.workspace.site_id}-{number:04d}"
    return _PackageContent(
        ident, catalogue.volume_label(number), scans, _list_sources(ledger, scans), parts, (unit_of(number),)
    )


def _choose_batch(ledger: Ledger, name: str) -> _PackageContent:
    batch = Catalogue(ledger).batch(name)
    scans = [s for s in Catalogue(ledger).scans() if s.batch == name]
    parts = [(k, v) for k, v in (("coverage", batch.station), ("coverage", batch.district), ("date", batch.year)) if v]
    return _PackageContent(name, batch.label, scans, _list_sources(ledger, scans), parts, (name,))


def _list_sources(ledger: Ledger, scans: Iterable[PageScan]) -> list[SourceFile]:
    catalogue = Catalogue(ledger)
    found = (catalogue.source(sha256) for sha256 in dict.fromkeys(s.sha256 for s in scans))
    return [s for s in found if s is not None]


def _map_files_to_volumes(catalogue: Catalogue) -> dict[str, set[int]]:
    """Hash of each file -> the volumes that its pages are of."""
    found: dict[str, set[int]] = {}
    for scan in catalogue.scans():
        found.setdefault(scan.sha256, set()).add(scan.volume)
    return found


def _make_manifest_row(
    name: str, scans: Sequence[PageScan], labels: dict[int, str], places: Sequence[int]
) -> list[str]:
    """Manifest row of a file for intake elsewhere; a file with pages of several volumes has only its name.

    places: the indices of all its pages in their order, those with a newer scan, too.
    """
    if not scans:
        return [name, *[""] * 8]
    s = scans[0]
    told = [name, labels[s.volume], s.station, s.district, s.year, s.kind, s.language, str(s.number)]
    # Looked at anew, a later version may cut otherwise, and pages would have other numbers.
    return [*told, format_places(places) if any(place_of(i).is_part for i in places) else "no"]


def _make_bag(folder: Path, info: dict[str, str]) -> str:
    """Make a bag of a folder. Returns the hash of its list of files."""
    import logging

    import bagit

    logging.getLogger("bagit").setLevel(logging.CRITICAL + 1)
    bagit.make_bag(str(folder), info, checksums=["sha256"])
    return _hash_file(folder / "manifest-sha256.txt")


def _write_lines(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) + "\n")


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _format_now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def make_alto(ledger: Ledger, page: str, file: str, languages: tuple[str, ...]) -> bytes:
    """ALTO document of a page as the machine read it; b"" if nothing was read. file: its name.

    Corrections are in the records, not here: ALTO describes the image as read.
    """
    reading, recognition = newest_reading(ledger, page), newest_recognition(ledger, page)
    if reading is None or recognition is None:
        return b""
    zones = sorted(
        (d for d in reading.zones.values() if not d.blank and _format_text(d)), key=lambda d: (d.box.y0, d.box.x0)
    )
    lines = tuple(
        Line(_format_text(d), d.confidence, d.box, block=i, languages=languages, by="cctns-digitize")
        for i, d in enumerate(zones)
    )
    mean = sum(line.confidence for line in lines) / len(lines) if lines else 0.0
    text = PageText(recognition.width, recognition.height, lines, mean)
    return write("alto", [OutputPage(file, 1, text, languages=languages)])


def _format_text(decided: Decided) -> str:
    return (decided.raw or decided.value).strip()
