"""Legacy tables delivered again: which file replaces which, which count together, and open questions.

Events are on the newer file, by content; the newest one applies, so an answer may be changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digitize.machine.command_line import format_command
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.purges import purged_files

STEP = "replacing"
_FILES = """SELECT f.sha256, f.name, b.taken_in, t.unit FROM tables t
  JOIN sources f ON f.sha256 = t.sha256 JOIN batches b ON b.batch = f.batch ORDER BY t.unit"""
# By itself: beside an outer join the whole view would be made, of all pages.
_MAPPED = """SELECT t.unit, s.detail FROM tables t JOIN state s ON s.unit = t.unit AND s.step = 'map'
  WHERE s.outcome <> 'failed'"""
_MOST = 5


@dataclass(frozen=True, slots=True)
class CameAgain:
    """State of a file with the name of an earlier one. asks: those earlier files; replaces: those that no longer count.

    is_beside: a person said that all count. All by SHA-256.
    """

    asks: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    is_beside: bool = False
    operator: str = ""
    reason: str = ""

    def as_plain(self) -> dict[str, object]:
        """As in an event."""
        return {
            "asks": list(self.asks), "replaces": list(self.replaces), "beside": self.is_beside,
            "operator": self.operator, "reason": self.reason,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of tables. units: of its tables; on: date of its intake, YYYY-MM-DD.

    rows: of all its tables, None before mapping. is_of_system: its rows are joined by their own keys, and newer
    deliveries count automatically.
    """

    sha256: str
    name: str
    on: str
    units: tuple[str, ...]
    rows: int | None
    is_of_system: bool

    def describe(self) -> str:
        """For people: name, table, day, rows."""
        rows = "" if self.rows is None else f" with {self.rows} rows"
        return f"{self.name} was delivered on {self.on}{rows} ({self.units[0]})"


def came_again(ledger: Ledger) -> dict[str, CameAgain]:
    """SHA-256 of the newer file -> its state."""
    return {sha256: _parse_event(now.detail) for sha256, now in ledger.states(STEP).items()}


def replaced_by(ledger: Ledger) -> dict[str, str]:
    """SHA-256 of a file that no longer counts -> of its final replacement."""
    direct = {old: newer for newer, said in came_again(ledger).items() for old in said.replaces}
    return {old: _end(direct, old) for old in direct}


def counting_tables(ledger: Ledger) -> list[TableUnit]:
    """All tables by id, without replaced ones."""
    gone = replaced_by(ledger)
    return [t for t in Catalogue(ledger).tables() if t.sha256 not in gone]


def table_files(ledger: Ledger) -> dict[str, TableFile]:
    """SHA-256 -> file, for all files with tables, earliest first."""
    found: dict[str, list[Any]] = {}
    for row in ledger.rows(_FILES):
        found.setdefault(row["sha256"], []).append(row)
    mapped = {r["unit"]: json.loads(r["detail"]) for r in ledger.rows(_MAPPED)} if found else {}
    return {sha256: _file(rows, mapped) for sha256, rows in found.items()}


def replaced_table(ledger: Ledger, name: str) -> str:
    """Replacement of a table, or of the table of a record, in words; "" if none."""
    gone = replaced_by(ledger)
    if not gone:
        return ""
    files = table_files(ledger)
    for sha256, newer in gone.items():
        for unit in files[sha256].units:
            if name == unit or name.startswith((f"{unit}-r", f"{unit}:")):
                return f"{unit} is replaced by {files[newer].name} ({files[newer].units[0]})"
    return ""


def open_questions(ledger: Ledger) -> Iterator[tuple[TableFile, tuple[TableFile, ...]]]:
    """Files with an open question, and the earlier files in question."""
    said = {sha256: one for sha256, one in came_again(ledger).items() if not (one.replaces or one.is_beside)}
    # Most ledgers have none, and their tables need not be gone through.
    if not said:
        return
    files, settled = table_files(ledger), {*replaced_by(ledger), *purged_files(ledger)}
    for sha256, one in said.items():
        newer = files.get(sha256)
        own = [files[s] for s in one.asks if s in files and s not in settled and not files[s].is_of_system]
        if newer is not None and own and sha256 not in settled:
            yield newer, tuple(own)


def summary(ledger: Ledger) -> list[str]:
    """Lines for `digitize status`; none if no table was delivered again."""
    asked = sorted(open_questions(ledger), key=lambda pair: pair[0].units)
    lines = [
        f"{newer.name}, delivered on {newer.on} ({newer.units[0]}), has the same name as an earlier table, and both "
        f"count: "
        f"{'; '.join(old.describe() for old in earlier)}. If it replaces it: "
        f"{format_command('intake', 'DIR', 'FILE', '--replaces', earlier[-1].units[0])}; if both are right: digitize "
        "intake DIR FILE --beside"
        for newer, earlier in asked[:_MOST]
    ]
    lines += (
        [f"and {len(asked) - _MOST} more tables with the same name as an earlier one."] if len(asked) > _MOST else []
    )
    return lines + _replaced_line(ledger)


def _replaced_line(ledger: Ledger) -> list[str]:
    gone = replaced_by(ledger)
    if not gone:
        return []
    units = [u for sha256, f in table_files(ledger).items() if sha256 in gone for u in f.units]
    done = [s.detail for u in units if (s := ledger.state(u, "map")) and s.is_done and "replaced_by" in s.detail]
    waiting = len(units) - len(done)
    wait = f" {waiting} of them count until the newer one is mapped: digitize run DIR." if waiting else ""
    answers, carried = (sum(d[name] for d in done) for name in ("answers", "carried"))
    told = f" Of {answers} answers on them {carried} remain valid for the newer rows." if answers else ""
    return [f"Tables that a newer delivery replaces: {len(units)}.{wait}{told}"]


def _end(direct: Mapping[str, str], sha256: str) -> str:
    # No circle: intake refuses a file that the other replaces already.
    while sha256 in direct:
        sha256 = direct[sha256]
    return sha256


def _parse_event(detail: Mapping[str, Any]) -> CameAgain:
    return CameAgain(
        tuple(detail["asks"]), tuple(detail["replaces"]), detail["beside"], detail["operator"], detail["reason"]
    )


def _file(rows: Sequence[Any], mapped: Mapping[str, Mapping[str, Any]]) -> TableFile:
    first, units = rows[0], tuple(r["unit"] for r in rows)
    details = [mapped.get(u, {}) for u in units]
    counts = [d["rows"] for d in details if "rows" in d]
    total = sum(counts) if len(counts) == len(units) else None
    is_of_system = any("system" in d or "rows_key" in d for d in details)
    return TableFile(first["sha256"], first["name"], first["taken_in"], units, total, is_of_system)
