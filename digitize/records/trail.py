"""Full trail of a page or record: scan, zones, readings, values, findings, and where it is loaded."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from digitize.errors import NotFound
from digitize.masking.cases import CaseMasks, build_case_masks
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields
from digitize.workspace.decisions.items import row_id
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.purges import purge_of, purge_of_unit
from digitize.workspace.ledger.readings import kept_result, newest_reading, newest_recognition
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.replaced_tables import replaced_table
from mappers.record import BLANK, FieldValue
from ocr.page import Reading, Recognition
from ocr.scans.parts import place_of


def build_trail(ledger: Ledger, name: str, *, is_masked: bool = True) -> dict[str, Any]:
    """All data of a page or record, as JSON types; protected names masked by default.

    Raises NotFound if there is neither.
    """
    stored = Records(ledger).find(name)
    if stored is not None:
        masks = build_case_masks(ledger, [stored.record]) if is_masked else None
        return {"record": build_record_trail(ledger, stored, masks)}
    scan = Catalogue(ledger).scan(name)
    if scan is None:
        gone = replaced_table(ledger, name)
        raise NotFound(
            f"There is no page and no record {name}{f': {gone}' if gone else ''}. See: digitize status --json"
        )
    records = list_records_on(ledger, name)
    masks = build_case_masks(ledger, [s.record for s in records]) if is_masked else None
    page = build_page_trail(ledger, scan, records, masks)
    return {"page": page, "records": [build_record_trail(ledger, s, masks) for s in records]}


def list_records_on(ledger: Ledger, page: str) -> list[Stored]:
    """Records that include a page; a record's unit is its first page, so neighbours are checked too."""
    scan = Catalogue(ledger).scan(page)
    if scan is None:
        return []
    sql = "SELECT page FROM scans WHERE volume = ? AND number <= ? GROUP BY page ORDER BY MAX(number) DESC LIMIT 20"
    # Backwards only: a record's other pages follow its first one.
    units = [r["page"] for r in ledger.rows(sql, (scan.volume, scan.number))]
    return [s for u in units for s in Records(ledger).of_unit(u) if page in s.record.pages]


def build_page_trail(ledger: Ledger, scan: PageScan, records: list[Stored], masks: CaseMasks | None) -> dict[str, Any]:
    """One page: its scan, form, zones with their readings, and its history."""
    source = Catalogue(ledger).source(scan.sha256)
    recognition = newest_recognition(ledger, scan.page)
    reading = newest_reading(ledger, scan.page)
    reported = list_reported_rows(ledger, scan.page)
    hidden = list_hidden_zones(records, masks) | list_zones(reading, reported) if masks else set()
    purged = purge_of(ledger, scan.sha256)
    place = place_of(scan.idx)
    return {
        "page": scan.page,
        "purged": asdict(purged) if purged else None,
        "scan": {
            "file": source.name if source else "",
            "sha256": scan.sha256,
            "index": place.picture,
            "batch": scan.batch,
            # Of a picture that shows several pages.
            **({"part": place.side} if place.is_part else {}),
        },
        "volume": Catalogue(ledger).volume_label(scan.volume),
        "form": recognition.form if recognition else None,
        "match": recognition.match if recognition else 0,
        "turned_deg": round(recognition.angle_deg, 2) if recognition else 0.0,
        "notes": list(recognition.notes) if recognition else [],
        "blank": (decided := ledger.state(scan.page, "decide")) is not None and decided.is_blank,
        "zones": _zones_to_plain(reading, hidden) if reading else [],
        "around": _surroundings_to_plain(recognition, is_masked=masks is not None) if recognition else [],
        "reported": [{"row": row, "why": why} for row, why in reported.items()],
        "history": _list_history(ledger, scan.page),
    }


def build_record_trail(ledger: Ledger, stored: Stored, masks: CaseMasks | None) -> dict[str, Any]:
    """One record: every field with source, raw text, value, confidence and maker; findings; where it is loaded."""
    record = masks.mask(stored.record) if masks else stored.record
    findings = Records(ledger).findings(record.id)
    load = ledger.execute("SELECT target, at FROM receipts WHERE load = ?", (stored.loaded,)).fetchone()
    purged = purge_of_unit(ledger, stored.unit) if stored.is_purged else None
    return {
        "record": record.id,
        "purged": asdict(purged) if purged else None,
        "form": record.form,
        "verdict": stored.verdict or "not checked",
        "masked": masks is not None and masks.is_masked(stored.record),
        "fields": [_field_to_plain(path, value, path in stored.open) for path, value in record.cells()],
        "left_over": dict(record.left_over),
        "ignored": list(record.ignored),
        "findings": [
            {"field": f.field, "code": f.code, "severity": f.severity, "message": f.message} for f in findings
        ],
        "open": list(stored.open),
        "loaded": {
            "load": stored.loaded, "target": load["target"], "at": load["at"],
            # What stands beside the record there, in the target's table of flags.
            "flags": sorted({f.code for f in findings}),
        } if load else None,
        "history": _list_history(ledger, record.id),
    }  # fmt: skip


def list_shown_fields(ledger: Ledger, told: Iterable[Mapping[str, Any]]) -> ShownFields:
    """Protected fields in trails that were shown in full; told: from `build_record_trail`."""
    stored = [s for r in told if (s := Records(ledger).find(r["record"]))]
    masks, shown = build_case_masks(ledger, [s.record for s in stored]), ShownFields()
    for s in stored:
        shown.add(s.record.id, masks.list_masked_paths(s.record))
    return shown


def _zones_to_plain(reading: Reading, hidden: set[str]) -> list[dict[str, Any]]:
    return [
        {
            "zone": name, "box": list(d.box), "blank": d.blank, "confidence": round(d.confidence, 3),
            "reading": MASK if name in hidden and d.raw else d.raw,
            "value": MASK if name in hidden and d.value else d.value,
            "candidates": [] if name in hidden else [c.text for c in d.candidates],
        }
        for name, d in reading.zones.items()
    ]  # fmt: skip


def _surroundings_to_plain(recognition: Recognition, *, is_masked: bool) -> list[dict[str, Any]]:
    """Content outside a register's table: page number, and margin notes, which may name anybody."""
    return [
        {
            "where": a.where, "row": a.row, "number": a.number, "box": list(a.box),
            "confidence": round(a.confidence, 3),
            "text": MASK if is_masked and a.number is None and a.text else a.text,
        }
        for a in recognition.around
    ]  # fmt: skip


def _field_to_plain(path: str, value: FieldValue, is_open: bool) -> dict[str, Any]:
    o = value.origin
    place: Mapping[str, Any] = {k: v for k, v in (("page", o.page), ("zone", o.zone), ("file", o.file),
                                ("table", o.table), ("row", o.row), ("column", o.column)) if v}  # fmt: skip
    return {
        "field": path, "value": value.value, "raw": value.raw, "confidence": round(value.confidence, 3),
        "blank": value.why_empty == BLANK, "why_empty": value.why_empty, "by": value.by, "from": dict(place),
        "notes": list(value.notes), "open": is_open,
    }  # fmt: skip


def list_hidden_zones(records: list[Stored], masks: CaseMasks) -> set[str]:
    """Zones with a protected field or left-over text of a protected record.

    For a register row also those its mapping ignores, and their continuation on the next page.
    """
    hidden = set()
    for s in records:
        paths = masks.list_masked_paths(s.record)
        zones = {v.origin.zone for path, v in s.record.cells() if path in paths}
        # Where two pages have a zone of one name, one of them is left over as "NAME (PAGE)".
        left = {n.partition(" (")[0] for n in s.record.left_over if f"left_over.{n}" in paths}
        row = row_id(s.record.id)
        # "r00" is what goes on from the last row of the page before.
        if any(v.origin.zone.startswith(("r00.", f"{row}.")) for _, v in s.record.cells()):
            columns = {z.partition(".")[2] for z in zones} | left | (set(s.record.ignored) if paths else set())
            zones = {f"{r}.{column}" for r in (row, "r00") for column in columns}
        hidden |= zones | left
    return hidden


def list_reported_rows(ledger: Ledger, page: str) -> dict[str, str]:
    """Rows of a register's page that make no record, each with the reason."""
    now = ledger.state(page, "map")
    if now is None or not now.is_done or not now.is_register:
        return {}
    kept = kept_result(ledger, page, "map", now.key)
    return {r["row"]: r["why"] for r in kept["reported"]} if kept else {}


def list_zones(reading: Reading | None, rows: Collection[str]) -> set[str]:
    """Zones of some rows of a page: struck-out text may name protected persons without being in a record."""
    return {z for z in reading.zones if z.partition(".")[0] in rows} if reading else set()


def _list_history(ledger: Ledger, unit: str) -> list[dict[str, Any]]:
    return [
        {"at": e.at, "step": e.step, "outcome": e.outcome, "detail": json.loads(json.dumps(e.detail))}
        for e in ledger.events(unit)
    ]
