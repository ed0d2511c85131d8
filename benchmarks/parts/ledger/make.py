"""A ledger of so many invented pages, as `digitize run` leaves it: read, mapped, checked, most of it loaded.

Rows are written straight, without the product, since five million pages would take it days; but they are the rows that
it writes, event by event, so that `ledger verify` finds the chain whole and the counts right. A volume is one file of
250 pages of a printed FIR form, one record a page; of ten records two wait for a person. Results hold a few values
alone: what they take is told apart from what the ledger itself takes a page.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from benchmarks.parts.ledger.rows import (
    ASKED,
    BY,
    CLEAN,
    REVIEW,
    UNCHECKED,
    VOLUMES_PER_BATCH,
    WHY,
    MappedRow,
    RowLot,
    TextNumbers,
    data_of,
    invented,
    is_whole,
    now,
    text_of,
    written_of,
)
from benchmarks.parts.ledger.sinks import DatabaseSink, FileSink, Reached, RowSink, in_database
from digitize.machine.work_keys import text_key
from digitize.steps.inputs import note_inputs
from digitize.workspace.counting.counts_cache import keep_counts
from digitize.workspace.counting.tally import PartCounts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import FILES
from digitize.workspace.ledger.packs import packed_data
from digitize.workspace.ledger.records import record_hash
from digitize.workspace.ledger_db import LedgerAddress
from digitize.workspace.ledger_db.narrow import CODES, key_bytes, moment_number
from digitize.workspace.place import Place, create, open_place
from digitize.workspace.run_context import build_run_context
from mappers.packed import RecordShape
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain, recognition_to_plain

PER_VOLUME, STATIONS = 250, 2_000
FORM, FAMILY, LANGUAGE = "iif1_en", "iif1_print", "en"
_WAITING = 5
"""Of so many records one is in review."""


def make(folder: Path, pages: int, per_volume: int = PER_VOLUME, url: str = "") -> Place:
    """The workspace with its ledger; what was made whole before is used again. per_volume: pages, a multiple of 5.

    url: of a database in which the ledger is made straight; what was cut off there goes on.
    """
    done = folder / f"made-{pages}"
    if done.exists():
        return open_place(folder)
    place = open_place(folder) if url and folder.exists() else create("wb", folder, "size")
    if url:
        place = in_database(place, url)
    sink = DatabaseSink(place.ledger) if isinstance(place.ledger, LedgerAddress) else FileSink(place.ledger)
    _Maker(sink, place, per_volume).write(pages // per_volume)
    with Ledger(place.ledger) as ledger:
        note_inputs(ledger, build_run_context(place, ledger), ("read", "map", "check", "load"))
        with ledger.writing():
            ledger.execute("DELETE FROM marks")
        keep_counts(ledger)
    done.touch()
    return place


def readings() -> tuple[object, object]:
    """What recognising and what deciding a page produced, of few values; as the ledger keeps them."""
    zones = {"fir_no": Decided("fir_no", "12", "12", 0.97, Box(10, 10, 90, 40))}
    recognised = recognition_to_plain(Recognition(FORM, 2480, 3508, match=90))
    return recognised, reading_to_plain(Reading(FORM, FAMILY, zones))


class _Maker:
    def __init__(self, sink: RowSink, place: Place, per_volume: int) -> None:
        self._sink, self._site, self._per_volume = sink, place.options.workspace.site_id, per_volume
        r = sink.reached
        self._seq, self._last, self._scans, self._made = r.seq, r.last, r.scans, r.volumes
        self._lot = RowLot()
        self._units = TextNumbers(sink.words("units"), "units", r.units)
        self._names = TextNumbers(sink.words("names"), "names", r.names)
        self._pages: dict[str, int] = {}
        self._entries: list[tuple[str, str, bytes, int]] = []
        self._batch: list[MappedRow] = []
        self._at = now()
        self._moment = moment_number(self._at)
        recognised, read = readings()
        self._recognised, self._read = data_of(recognised), data_of(read)
        self._mapped = data_of({"records": 1})
        sample = invented(f"{self._site}-0001-0001", 7, "Thana 001", "x", is_sure=True)
        self._shape = RecordShape.from_records([sample])

    def write(self, volumes: int) -> None:
        """All of it, batch by batch."""
        if not self._made:
            self._row("shapes", (1, shape := self._shape.to_bytes()), "1")
            self._lot.add("shapes", 1, shape)
            self._event("ledger", "rows", "note", "", {})
            self._lot.add("tallies", FILES, PartCounts().as_text())
        for volume in range(self._made + 1, volumes + 1):
            self._at = now()
            self._moment = moment_number(self._at)
            self._volume(volume)
            if volume % VOLUMES_PER_BATCH == 0 or volume == volumes:
                self._load()
                self._flush(volume)
        self._sink.end()

    def _flush(self, volumes: int) -> None:
        words = {w.table: list(w.new) for w in (self._units, self._names) if w.new}
        for w in (self._units, self._names):
            w.new.clear()
        for table, rows in self._lot.rows.items():
            # In the order of the key, so that trees grow at their end.
            if table in ("standing", "row_hashes"):
                rows.sort(key=lambda r: r[:3])
        self._sink.put(words | self._lot.rows)
        self._lot.rows.clear()
        self._sink.keep(Reached(self._seq, self._last, volumes, self._scans, self._units.last, self._names.last))

    def _row(self, table: str, values: tuple[object, ...], name: str) -> None:
        """Note a row that the next event covers."""
        ref = int(name) if name.isdecimal() else self._units.of(name)
        self._entries.append((table, name, hashlib.sha256(b"".join(map(written_of, values))).digest(), ref))

    def _event(self, unit: str, step: str, outcome: str, key: str, detail: dict[str, object] | str) -> None:
        text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False, sort_keys=True)
        self._seq = seq = self._seq + 1
        at, rows, result = self._at, "", b""
        if self._entries:
            made = hashlib.sha256()
            self._entries.sort()
            for table, name, content, ref in self._entries:
                made.update(b"s%d:%bs%d:%bb32:%b" % (len(table), table.encode(), len(name), name.encode(), content))
                result = content if table == "results" else result
                if table != "results":
                    self._lot.add("row_hashes", CODES[table], ref, seq, content)
            rows = made.hexdigest()
            self._entries.clear()
        parts = (self._last, at, unit, step, outcome, key, text, *([rows] if rows else []))
        self._last = own = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        number, of_step = self._pages.get(unit) or self._units.of(unit), self._names.of(step)
        again, said = (0 if outcome == "done" else seq), self._names.of(text)
        kept = outcome, again, key_bytes(key), said, "", bytes.fromhex(own), result
        self._lot.add("history", seq, self._moment, number, of_step, *kept)
        self._lot.add("standing", of_step, number, seq, outcome)

    def _finish(self, unit: str, step: str, key: str, data: bytes, detail: str) -> None:
        name = f"s{len(unit.encode())}:{unit}s{len(step)}:{step}s{len(key)}:{key}b{len(data)}:"
        self._cover("results", f"{unit}\x1f{step}\x1f{key}", name.encode() + data, 0)
        self._event(unit, step, "done", key, detail)
        self._lot.add("outputs", self._seq, data)

    def _cover(self, table: str, name: str, written: bytes, ref: int) -> None:
        """Note a row, as the ledger writes it for its hash, that the next event covers. ref: its number in the log."""
        self._entries.append((table, name, hashlib.sha256(written).digest(), ref))

    def _volume(self, volume: int) -> None:
        site, number = self._site, (volume - 1) // VOLUMES_PER_BATCH + 1
        batch, station = f"{site}-b{number:04d}", f"Thana {volume % STATIONS:03d}"
        year, label = str(1960 + volume // STATIONS % 60), f"FIR book {volume}"
        if (volume - 1) % VOLUMES_PER_BATCH == 0:
            row = (batch, f"Delivery {number}", "fir-book", "", "Kalpana", "", "2026-03-01")
            self._row("batches", row, batch)
            self._lot.add("batches", *row)
            self._event(batch, "intake", "done", batch, {"files": VOLUMES_PER_BATCH})
            self._lot.add("tallies", f"batch:{batch}", PartCounts(totals={"files": VOLUMES_PER_BATCH}).as_text())
        sha = hashlib.sha256(label.encode()).hexdigest()
        source = (
            sha,
            batch,
            f"book-{volume:06d}.pdf",
            9_000_000,
            "application/pdf",
            self._per_volume,
            ".pdf",
            "",
            "",
            "",
        )
        self._row("sources", source, sha)
        self._lot.add("sources", *source)
        self._event(sha, "intake", "done", sha, {"name": source[2], "bytes": 9_000_000, "pages": self._per_volume})
        self._row("volumes", (volume, label, 0), str(volume))
        self._lot.add("volumes", volume, label, 0)
        pages = [f"{site}-{volume:04d}-{n:04d}" for n in range(1, self._per_volume + 1)]
        self._pages = {page: self._units.add(page) for page in pages}
        self._take_in(pages, sha, batch, volume, (station, year), str(source[2]))
        for page in pages:
            self._read_page(page, sha)
        group = f"wb|Kalpana|{station}|{year}"
        rows = [self._map(page, n, batch, (station, year), group) for n, page in enumerate(pages, 1)]
        self._check(rows, group)
        self._count(volume, label, station, batch)

    def _take_in(self, pages: list[str], sha: str, batch: str, volume: int, place: tuple[str, str], name: str) -> None:
        batch_volume = f"{text_of(batch)}i{len(str(volume))}:{volume}"
        place_language = "".join(map(text_of, ("fir-book", place[0], "Kalpana", place[1], LANGUAGE)))
        source = self._units.of(sha)
        place_of = [self._names.of(t) for t in (batch, "fir-book", place[0], "Kalpana", place[1], LANGUAGE)]
        for idx, page in enumerate(pages):
            self._scans += 1
            seq, at, number = str(self._scans), str(idx), str(idx + 1)
            said = f"i{len(seq)}:{seq}s{len(page)}:{page}s64:{sha}i{len(at)}:{at}{batch_volume}i{len(number)}:{number}"
            self._cover("scans", seq, f"{said}{place_language}".encode(), self._scans)
            kept = (self._scans, self._pages[page], source, idx, place_of[0], volume, idx + 1, *place_of[1:])
            self._lot.add("scan_rows", *kept)
            detail = f'{{"name": "{name}", "scanned_again": false}}'
            self._event(page, "intake", "done", f"{sha}:{idx}", detail)

    def _read_page(self, page: str, sha: str) -> None:
        printed = f'{{"family": "{FAMILY}", "form": "{FORM}", "part": 1}}'
        key = text_key(page)
        self._finish(page, "recognise", key, self._recognised, printed)
        detail = f'{{"family": "{FAMILY}", "form": "{FORM}", "language": "{LANGUAGE}", "part": 1}}'
        self._finish(page, "decide", text_key(key), self._read, detail)

    def _map(self, page: str, number: int, batch: str, place: tuple[str, str], group: str) -> MappedRow:
        is_sure = number % _WAITING != 0
        data, own = self._same(is_sure), hashlib.sha256(page.encode()).hexdigest()
        if is_whole(page):
            record = invented(page, number, place[0], batch, is_sure=is_sure, year=place[1])
            data, own = packed_data(self._shape, 1, self._shape.text(record)), record_hash(record)
        row = (f"{page}-r1", page, batch, place[0], LANGUAGE, group, "iif1", own)
        written = "".join(map(text_of, row[:8])).encode() + b"b%d:%b" % (len(data), data)
        # The verdict comes with the check: until then it is as the table has it by default.
        number = self._units.add(row[0])
        self._cover("records", row[0], written + UNCHECKED, number)
        detail = f'{{"left_over": 0, "mapping": "{BY}", "records": 1}}'
        self._finish(page, "map", text_key(f"map {page}"), self._mapped, detail)
        kept = (number, self._pages[page], *map(self._names.of, row[2:4]), row[4], self._names.of(group))
        return MappedRow(row[0], batch, (*kept, row[6], key_bytes(own), data), written, is_sure)

    def _same(self, is_sure: bool) -> bytes:
        found: dict[bool, bytes] = self.__dict__.setdefault("_kept", {})
        if is_sure not in found:
            record = invented(f"{self._site}-0000-0000", 7, "Thana 001", "x", is_sure=is_sure)
            found[is_sure] = packed_data(self._shape, 1, self._shape.text(record))
        return found[is_sure]

    def _check(self, rows: list[MappedRow], group: str) -> None:
        for m in rows:
            self._cover("records", m.record, m.written + (CLEAN if m.is_sure else REVIEW), int(m.row[0]))
        clean = sum(m.is_sure for m in rows)
        counts = {"records": len(rows), "clean": clean, "review": len(rows) - clean, "reject": 0}
        data = data_of({"findings": 0, **counts})
        self._finish(
            f"group:{group}", "check", text_key(f"{group}{self._seq}"), data, json.dumps(counts, sort_keys=True)
        )
        self._batch += rows

    def _load(self) -> None:
        """What was checked of a batch is loaded."""
        batch = self._batch[0].batch
        load = text_key(f"load {batch}")
        loaded = text_of("clean") + text_of("[]") + text_of("{}") + text_of(load)
        for m in self._batch:
            if m.is_sure:
                self._cover("records", m.record, m.written + loaded.encode(), int(m.row[0]))
            verdict = ("clean", "[]", "{}", self._names.of(load)) if m.is_sure else ("review", ASKED, WHY, 0)
            self._lot.add("record_rows", *m.row, *verdict)
        clean = sum(m.is_sure for m in self._batch)
        self._finish(
            batch,
            "load",
            load,
            data_of({"inserted": clean}),
            json.dumps({"held": len(self._batch) - clean, "loaded": clean}),
        )
        self._batch = []

    def _count(self, volume: int, label: str, station: str, batch: str) -> None:
        t = PartCounts()
        t.totals = {"pages": self._per_volume, "pages_read": self._per_volume}
        for line in t._lines(label, station, LANGUAGE):
            line[0] = line[2] = self._per_volume
        waiting = self._per_volume // _WAITING
        for verdict, n, paths, loaded in (
            ("clean", self._per_volume - waiting, "[]", 1),
            ("review", waiting, '["narrative"]', 0),
        ):
            t.add_records(
                label,
                {"n": n, "verdict": verdict, "loaded": loaded, "open": paths, "station": station, "language": LANGUAGE},
            )
        t.reasons["doubtful"] = waiting
        t.note_asked(1, waiting, f"{self._site}-{volume:04d}-{_WAITING:04d}-r1")
        t.add_captured("everything", self._per_volume, self._per_volume - waiting)
        self._lot.add("tallies", f"volume:{volume}", t.as_text())
