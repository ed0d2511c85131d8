"""Decisions on pairs, kept in the ledger: a decided pair is not asked again while its data are unchanged."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError
from digitize.records.duplicates.find import DuplicatePair
from digitize.workspace.ledger import Ledger

STEP = "duplicates"
WORDS = ("different", "same")
COLUMNS = ("kind", "left", "left_line", "right", "right_line", "proof", "decision")


@dataclass(frozen=True, slots=True)
class DecisionsTaken:
    """Result of importing a sheet. refused: line of the file and reason."""

    rows: int
    decided: int
    known: int
    refused: tuple[tuple[int, str], ...]


def drop_decided(ledger: Ledger, candidates: Iterable[DuplicatePair]) -> tuple[list[DuplicatePair], int]:
    """Undecided candidates, and the number of the others."""
    decided = ledger.states(STEP)
    every = list(candidates)
    # Another proof: the data changed since somebody decided, so the pair is asked again.
    left = [c for c in every if (now := decided.get(_name_unit(c))) is None or now.key != c.proof]
    return left, len(every) - len(left)


def take_decisions(ledger: Ledger, path: Path, operator: str) -> DecisionsTaken:
    """Import a sheet written by `--format csv` and filled with "different" or "same" under decision.

    An empty cell decides nothing. Raises InputError if the file is no such sheet.
    """
    rows = list(_read_rows(path))
    decided, known = 0, 0
    refused: list[tuple[int, str]] = []
    with ledger.writing():
        for line, row in rows:
            word = row["decision"].strip().lower()
            if word and word not in WORDS:
                refused.append((line, f"the decision must be one of {', '.join(WORDS)}, or empty"))
            elif word and not row["proof"].strip():
                refused.append((line, "the column proof is missing; fill in the sheet as it was written"))
            elif word:
                unit = _name_kind(row["kind"], (row["left"], row["left_line"]), (row["right"], row["right_line"]))
                now = ledger.state(unit, STEP)
                if now and now.key == row["proof"] and now.detail.get("decision") == word:
                    known += 1
                    continue
                detail = {"decision": word, "operator": operator}
                ledger.record_event(unit, STEP, "note", key=row["proof"], detail=detail)
                decided += 1
    return DecisionsTaken(len(rows), decided, known, tuple(refused))


def _read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as f:
            reader = csv.DictReader(f)
            if not set(COLUMNS) <= set(reader.fieldnames or ()):
                raise InputError(f"{path.name}: this is not a sheet of digitize duplicates --format csv")
            for row in reader:
                # The apostrophe that write_pairs put before what a spreadsheet would run as a formula.
                yield reader.line_num, {n: (row[n] or "").removeprefix("'") for n in COLUMNS}
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise InputError(f"{path.name}: the sheet cannot be read as CSV in UTF-8") from e


def _name_unit(one: DuplicatePair) -> str:
    sides = ((s.record, str(s.line)) for s in (one.left, one.right))
    return _name_kind(one.kind, *sides)


def _name_kind(kind: str, *sides: tuple[str, str]) -> str:
    return " = ".join([kind, *sorted(f"{record}#{line}" for record, line in sides)])
