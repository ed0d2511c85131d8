"""Records out of the workspace, in the flat import layout (CSV) or whole with their origins (JSONL)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.ledger import Ledger
from digitize.ledger.records import Records, Stored
from digitize.masking import mask_record
from digitize.targets.base import flat_rows
from digitize.workspace import Place
from mappers.record import Record, to_plain
from mappers.schema import Table, flat_header, form_tables, load_schemas

FORMATS = ("csv", "jsonl")


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the records were written, how many, and how many were left out because they wait for a person."""

    path: Path
    records: int
    left_out: int


def export(
    place: Place, to: str, out: Path | None = None, *, unmask_reason: str = "", with_all: bool = False
) -> Exported:
    """Write records; those whose victims the law protects are masked unless a reason is given.

    to: "csv" (a folder with one file a table, headers = field ids; clean records only unless with_all, for its rows
    carry no verdict) or "jsonl" (every record, one a line, with verdict and findings). An unmasked export is written
    to the ledger with its reason. Raises OptionsError for an unknown format.
    """
    if to not in FORMATS:
        raise OptionsError(f"--to knows {', '.join(FORMATS)}; not {to}")
    with Ledger(place.ledger) as ledger:
        if unmask_reason:
            site = place.options.workspace.site_id
            ledger.record_event(site, "export", "note", detail={"unmasked": True, "reason": unmask_reason, "to": to})
        target = out or place.folder / "exports" / ("records" if to == "csv" else "records.jsonl")
        chosen = _Chosen(Records(ledger).all(), with_all=with_all or to == "jsonl")
        write = _write_csv if to == "csv" else _write_jsonl
        count = write(ledger, iter(chosen), target, is_masked=not unmask_reason)
        return Exported(target, count, chosen.left_out)


class _Chosen:
    """The records to write; counts those it leaves out."""

    def __init__(self, stored: Iterator[Stored], *, with_all: bool) -> None:
        self._stored, self._with_all = stored, with_all
        self.left_out = 0

    def __iter__(self) -> Iterator[Stored]:
        for s in self._stored:
            if self._with_all or s.verdict == "clean":
                yield s
            else:
                self.left_out += 1


def _write_jsonl(ledger: Ledger, stored: Iterator[Stored], path: Path, *, is_masked: bool) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".tmp")
    count = 0
    with part.open("w", encoding="utf-8", newline="\n") as f:
        for s in stored:
            f.write(json.dumps(_whole(ledger, s, is_masked=is_masked), ensure_ascii=False, sort_keys=True) + "\n")
            count += 1
    part.replace(path)
    return count


def _whole(ledger: Ledger, s: Stored, *, is_masked: bool) -> dict[str, Any]:
    record = mask_record(s.record) if is_masked else s.record
    findings = [
        {"field": f.field, "code": f.code, "severity": f.severity, "message": f.message}
        for f in Records(ledger).findings(s.record.id)
    ]
    return {**to_plain(record), "verdict": s.verdict, "open": list(s.open), "findings": findings}


def _write_csv(ledger: Ledger, stored: Iterator[Stored], folder: Path, *, is_masked: bool) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    writers: dict[str, csv.DictWriter[str]] = {}
    with ExitStack() as stack:
        for s in stored:
            _write_rows(writers, mask_record(s.record) if is_masked else s.record, folder, stack)
            count += 1
    for table in (t for form in load_schemas().values() for t in form):
        if table in writers:
            (folder / f"{table}.csv.tmp").replace(folder / f"{table}.csv")
        else:
            # A table of an earlier export, of which there is no record any more.
            (folder / f"{table}.csv").unlink(missing_ok=True)
    return count


def _write_rows(writers: dict[str, csv.DictWriter[str]], record: Record, folder: Path, stack: ExitStack) -> None:
    if record.form not in writers:
        writers |= {t.name: _writer(t, folder, stack) for t in form_tables(record.form).values()}
    for name, rows in flat_rows(record).items():
        for row in rows:
            writers[name].writerow({k: _cell(v) for k, v in row.items()})


def _writer(table: Table, folder: Path, stack: ExitStack) -> csv.DictWriter[str]:
    f = stack.enter_context((folder / f"{table.name}.csv.tmp").open("w", encoding="utf-8-sig", newline=""))
    writer = csv.DictWriter(f, flat_header(table), lineterminator="\r\n")
    writer.writeheader()
    return writer


def _cell(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
