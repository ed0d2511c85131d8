"""Counts of one part of a workspace: a volume, a table, the files of an intake; recomputed if dirty."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from digitize.workspace.capture_counts import EVERYTHING
from digitize.workspace.counting.tally import PartCounts
from digitize.workspace.decisions.left_over import LEFT_OVER, asked_of_mapping
from digitize.workspace.decisions.page_gaps import MISSING, find_gaps
from digitize.workspace.failures import BY_FORM, BY_PERSON, NEXT_RUN, UNKNOWN_FORM
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.dirty_parts import FILES

_STATES = ("recognise", "decide", "map")
# The unit of a chunk of a table is TABLE:NUMBER; ";" comes next after ":".
_OF_TABLE = "(unit = ? OR (unit > ? AND unit < ?))"
_OF_VOLUME = "unit IN (SELECT page FROM scans WHERE volume = ?)"
OF_VOLUMES = "unit IN (SELECT page FROM scans WHERE volume IN ({}))"
"""SQL for the units of several volumes."""
_ALIKE = """SELECT unit, station, language, verdict, open, reasons, loaded <> '' AS loaded, COUNT(*) AS n,
  MIN(record) AS first FROM records WHERE {} GROUP BY unit, station, language, verdict, open, reasons, loaded <> ''"""
# A record is called after its unit: "UNIT-r..."; "s" comes next after "r".
_LACKING = """SELECT COUNT(DISTINCT record) AS n FROM findings
              WHERE record > ? AND record < ? AND code = 'F001' AND field = 'district'"""
_FLAGS = """SELECT COUNT(*) AS n FROM findings f JOIN records r ON r.record = f.record
            WHERE f.record > ? AND f.record < ? AND r.loaded <> ''"""
_REFUSED = """SELECT detail FROM state WHERE step = 'intake' AND outcome = 'failed'
              AND NOT EXISTS (SELECT 1 FROM sources WHERE sha256 = state.unit)"""


def count_part(ledger: Ledger, part: str) -> PartCounts:
    """Count one part from the ledger."""
    kind, _, name = part.partition(":")
    t = PartCounts()
    if part == FILES:
        t.kinds["file"] = Counter(json.loads(r["detail"])["kind"] for r in ledger.rows(_REFUSED))
    elif kind == "batch":
        t.total("files", len(rows := ledger.rows("SELECT kind, problem FROM sources WHERE batch = ?", (name,))))
        t.kinds["file"] = Counter(r["kind"] for r in rows if r["problem"])
        t.total("files", -sum(t.kinds["file"].values()))
    elif kind == "volume":
        _Volume(ledger, int(name), t).fold()
    else:
        _Table(ledger, name, t).fold()
    return t


def where_of(part: str) -> str:
    """SQL for the units of a volume or table."""
    return _OF_VOLUME if part.startswith("volume:") else _OF_TABLE


def values_of(part: str) -> tuple[object, ...]:
    """The values in that SQL."""
    kind, _, name = part.partition(":")
    return (int(name),) if kind == "volume" else (name, f"{name}:", f"{name};")


class _Part:
    """Common base of volumes and tables: records, and mapping results of their units."""

    where = _OF_VOLUME

    def __init__(self, ledger: Ledger, tally: PartCounts) -> None:
        self._ledger, self._t = ledger, tally
        self._states: dict[str, dict[str, tuple[str, dict[str, Any]]]] = {}
        self._stations: dict[str, str] = {}

    def _values(self) -> tuple[object, ...]:
        raise NotImplementedError

    def _label(self) -> str:
        raise NotImplementedError

    def _load_states(self) -> None:
        steps = ", ".join("?" * len(_STATES))
        sql = f"SELECT unit, step, outcome, detail FROM state WHERE step IN ({steps}) AND {self.where}"
        for r in self._ledger.execute(sql, (*_STATES, *self._values())):
            self._states.setdefault(r["unit"], {})[r["step"]] = r["outcome"], json.loads(r["detail"])

    def _map_detail(self, unit: str) -> Mapping[str, Any]:
        return self._states.get(unit, {}).get("map", ("", {}))[1]

    def _fold_records(self) -> None:
        t = self._t
        for r in self._ledger.execute(_ALIKE.format(self.where), self._values()):
            table = r["unit"].partition(":")[0]
            self._stations[r["unit"]] = r["station"]
            paths, n = json.loads(r["open"]), r["n"]
            t.add_records(self._label(), r)
            t.reasons.update({why: count * n for why, count in json.loads(r["reasons"]).items()})
            of_mapping = asked_of_mapping(self._map_detail(table), paths)
            t.left.update({column: n for column in of_mapping.values()})
            # They are asked once, of the mapping; the record counted them among its own.
            t.reasons["left-over"] -= len(of_mapping) * n
            t.total("open_fields", -len(of_mapping) * n)
            if r["verdict"] in ("review", "reject") and any(not p.startswith(LEFT_OVER) for p in paths):
                t.note_asked(len(paths), n, r["first"])
            profile = self._map_detail(r["unit"]).get("profile") or EVERYTHING
            t.add_captured(profile, n, n * r["loaded"])

    def _fold_mapping(self) -> None:
        """Mapping results of units with output or failures."""
        t = self._t
        for unit, steps in self._states.items():
            outcome, said = steps.get("map", ("", {}))
            if outcome == "failed":
                t.kinds["map"][said["kind"]] += 1
            # A table's chunks have events of their own, which report the same rows: they would count twice.
            if said.get("reported") and ("chunks" in said or "register" in said):
                t.total("rows_reported", said["reported"] - said.get("left_rows", 0))
                t.total("rows_left", said.get("left_rows", 0))
                t.total("rows_asked", said.get("asked", 0))
            # Asked of sheets, of which each stands or falls by itself.
            t.total("parts_asked", len(said.get("parts", ())))
            if said.get("orphans") is not None:
                t.total("orphans", sum(said["orphans"].values()))
                t.total("gone", said.get("gone", 0))
            if unit in self._stations:
                profile = said.get("profile") or EVERYTHING
                t.add_captured(profile, 0, 0, said.get("not_captured", {}))

    def _fold_findings(self, units: Iterator[str]) -> None:
        for unit in units:
            ends = f"{unit}-r", f"{unit}-s"
            self._t.total("without_district", self._ledger.execute(_LACKING, ends).fetchone()["n"])
            self._t.total("flags", self._ledger.execute(_FLAGS, ends).fetchone()["n"])


class _Volume(_Part):
    def __init__(self, ledger: Ledger, volume: int, tally: PartCounts) -> None:
        super().__init__(ledger, tally)
        self._volume = volume
        row = ledger.execute("SELECT label FROM volumes WHERE volume = ?", (volume,)).fetchone()
        self._name = str(row["label"]) if row else str(volume)

    def _values(self) -> tuple[object, ...]:
        return (self._volume,)

    def _label(self) -> str:
        return self._name

    def fold(self) -> None:
        """Its pages, records and gaps."""
        self._load_states()
        self._fold_records()
        self._fold_mapping()
        self._fold_pages()
        self._fold_findings(u for u in self._stations)
        self._t.gaps = [asdict(gap) for gap in find_gaps(self._ledger, self._volume)]
        self._t.total("pages_missing", sum(g["count"] for g in self._t.gaps if not g["said"]))
        self._t.total("pages_lost", sum(g["count"] for g in self._t.gaps if g["said"] == MISSING))

    def _fold_pages(self) -> None:
        for scan in Catalogue(self._ledger).scans(self._volume):
            states = self._states.get(scan.page, {})
            read, read_detail = states.get("recognise", (None, {}))
            decided, detail = states.get("decide", (None, {}))
            # What intake was told goes before what the page was decided in.
            language = scan.language or detail.get("language", "")
            status = page_status(read, decided)
            self._t.add_page(status, self._name, self._stations.get(scan.page) or scan.station, language)
            if status == "failed":
                self._note_failed(read_detail if read == "failed" else detail)
            self._t.total("pages_blank", int(status == "read" and bool(detail.get("blank"))))
            # Later parts of a form are mapped with its first one, and wait for nothing by themselves.
            if decided != "failed" and detail.get("part") == 1 and "map" not in states:
                self._t.not_mapped += 1

    def _note_failed(self, said: Mapping[str, Any]) -> None:
        kind = said["kind"]
        self._t.kinds["page"][kind] += 1
        again = NEXT_RUN if said.get("retry") else BY_FORM if kind == UNKNOWN_FORM else BY_PERSON
        self._t.failed[f"{kind}|{again}"] += 1


class _Table(_Part):
    where = _OF_TABLE

    def __init__(self, ledger: Ledger, unit: str, tally: PartCounts) -> None:
        super().__init__(ledger, tally)
        self._unit = unit
        row = ledger.execute("SELECT name FROM tables WHERE unit = ?", (unit,)).fetchone()
        self._is_there = row is not None
        self._name = str(row["name"]) if row else unit

    def _values(self) -> tuple[object, ...]:
        return self._unit, f"{self._unit}:", f"{self._unit};"

    def _label(self) -> str:
        return self._name

    def fold(self) -> None:
        """Its records, and columns that no mapping uses."""
        self._load_states()
        self._fold_records()
        self._fold_mapping()
        self._fold_findings(iter((self._unit,)))
        detail = self._map_detail(self._unit)
        self._t.table, self._t.mapping = self._name, str(detail.get("file", ""))
        self._t.of_parts = dict(detail.get("of_parts", {}))
        self._t.not_mapped = int(self._is_there and "map" not in self._states.get(self._unit, {}))


def page_status(read: str | None, decided: str | None) -> str:
    """waiting, read or failed, from the newest outcomes of its two steps."""
    if "failed" in (read, decided):
        return "failed"
    return "read" if read and decided else "waiting"
