"""Inspect the images of a volume: pages scanned twice, nearly empty ones, missing numbers, bad scans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digitize.errors import NotFound
from digitize.files.scanqc.check import ScanQcOptions, check_scans
from digitize.files.scanqc.folder import ListedScans
from digitize.files.scanqc.report import ScanReport
from digitize.files.scanqc.words import MEANINGS, NAME_MISSING
from digitize.machine.progress import Progress
from digitize.volumes.account import AccountFinding
from digitize.volumes.page_count_cache import make_pages_key
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.purges import purged_in
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import LOOKED, ReceivedVolume, Volumes
from ocr.page import Scan
from ocr.quality.defect import FEW_LETTERS


@dataclass(frozen=True, slots=True)
class VolumeLook:
    """Findings. few_letters: pages with too little writing to check, which is no finding."""

    pages: int
    few_letters: tuple[str, ...]
    findings: tuple[AccountFinding, ...]


def inspect_volume(
    place: Place, ledger: Ledger, volume: ReceivedVolume, wanted: ScanQcOptions, progress: Progress
) -> VolumeLook:
    """Inspect the newest scan of every page and store the findings with the volume, for its account.

    Raises NotFound if its originals were purged.
    """
    scans = Catalogue(ledger).scans(volume.number)
    if purged := next(iter(purged_in(ledger, volume.number).values()), None):
        raise NotFound(f"Originals of {volume.facts.label} were {purged.line()}; earlier findings are kept.")
    report = check_scans(ListedScans(tuple(_check_scan(place, ledger, s) for s in scans), (), ()), wanted, progress)
    few = tuple(p.page for p in report.pages if p.quality and FEW_LETTERS in p.quality.notes)
    found = tuple(_list_findings(report))
    key = make_pages_key([(s.page, s.sha256, s.idx) for s in scans])
    kept = [[f.kind, f.text, f.count] for f in found]
    with ledger.writing():
        detail = {"pages": key, "few_letters": list(few), "found": kept, "numbers": bool(wanted.languages)}
        Volumes(ledger).note(volume.number, LOOKED, detail)
    return VolumeLook(len(scans), few, found)


def _check_scan(place: Place, ledger: Ledger, scan: PageScan) -> Scan:
    source = Catalogue(ledger).source(scan.sha256)
    assert source is not None, "every scan belongs to a file that was taken in"
    return Scan(place.original(source.sha256, source.suffix, source.linked), scan.sha256, scan.idx, scan.page)


def _list_findings(report: ScanReport) -> Iterator[AccountFinding]:
    for sequel in report.sequels:
        if sequel.kind != NAME_MISSING:
            says = f"{', '.join(sequel.pages)}: {MEANINGS[sequel.kind].says}"
            yield AccountFinding(sequel.kind, f"{says} ({sequel.detail})" if sequel.detail else says, len(sequel.pages))
    for page in report.pages:
        if page.quality is None:
            yield AccountFinding("unreadable", page.message, 1)
        for defect in page.defects:
            meaning = MEANINGS[defect.kind]
            yield AccountFinding(defect.kind, f"{page.page}: {meaning.says}. {meaning.do}", 1)
