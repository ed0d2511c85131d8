"""Rows of import files part by part, with all findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from digitize.files.loading.inputs import Inputs
from digitize.files.loading.unchanged import require_unchanged
from digitize.files.validating.check import rows_compared
from digitize.files.validating.findings import FileFinding, Findings, FindingWords
from digitize.files.validating.parts import Parts, Router, pieces
from digitize.files.validating.repeats import REPEATED
from digitize.files.validating.row_intake import Progress, TakenRows, take_rows
from validators.checking.rows import FOUND, find_in_rows
from validators.messages.teller import Teller
from validators.rulebook.columns import LINE, RECORD
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import every_rule
from validators.rulebook.structure import STRUCTURE

# They say which records may tell of one person or case, not what is amiss with one, and alone take several times as
# long as all other rules. `validate` asks them, and `digitize duplicates` of a workspace.
SUSPICIONS = ("P001", "P002", "R009", "R010")
TWICE, ORPHAN = "T025", "T019"
# Less than `validate` gathers: a batch is being sent meanwhile, and both stay below 500 MB.
_HELD_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """Some records with all their rows.

    tables: table name -> RECORD, LINE and the fields, as text. found: as from `find_in_rows`. repeats: rows that only
    repeat one of these, as from `without_repeats`.
    """

    number: int
    tables: Mapping[str, pl.DataFrame]
    found: pl.DataFrame
    repeats: pl.DataFrame | None = None


class CheckedInputs:
    """All parts of some files, once. messages: by code. unreadable: rows that could not be read, before any part."""

    def __init__(self, inputs: Inputs, settings: CheckSettings, progress: Progress | None = None) -> None:
        """settings: rule settings with a policy for import files; see SUSPICIONS for disabled rules."""
        suspicions = {code for code in SUSPICIONS if settings.policy[code] == "note"}
        self._settings = replace(settings, left_out=settings.left_out | suspicions)
        self._inputs, self._progress = inputs, progress
        self.messages = {code: made.english for code, made in every_rule().items()}
        self.messages |= {code: fault.english for code, fault in STRUCTURE.items()}
        self.unreadable: list[FileFinding] = []

    def __iter__(self) -> Iterator[CheckedPart]:
        """The parts in order. Raises InputError when the files have no rows, or changed while they were read."""
        files, count = self._inputs.files, self._inputs.parts
        findings = Findings(FindingWords(files, self._settings.policy, Teller()))
        with Parts(count, _HELD_BYTES) as parts:
            router = _Router(count, has_children=any(s.table.child for s in self._inputs.sources))
            taken = TakenRows(self._inputs.form, self._settings, files, findings, parts, router, self._progress)
            take_rows(taken, self._inputs.found, self._inputs.bytes)
            # Before any row goes on: all of them have been read, and none has been given to anybody.
            require_unchanged(self._inputs.seen)
            doubles = router.doubles()
            # All faults of a row that was not read. These three are of columns and of whole files.
            self.unreadable = [f for f in findings if f.code in STRUCTURE and f.code not in ("S005", "S006", "S009")]
            others = rows_compared(self._inputs.form, self._inputs.paths, self._settings)
            for number, tables in enumerate(pieces(parts, self._inputs.form)):
                repeats = tables.pop(REPEATED, None)
                found = find_in_rows(self._inputs.form, tables, self._settings, others)
                if count > 1:
                    apart = doubles.find_extra(_hashes(tables[self._inputs.form], repeats))
                    found = _across_parts(self._inputs.form, tables, found, router, apart)
                yield CheckedPart(number, tables, found, repeats)


def _across_parts(
    form: str, tables: Mapping[str, pl.DataFrame], found: pl.DataFrame, router: Router, doubles: np.ndarray
) -> pl.DataFrame:
    """Findings across parts: duplicate ids in the files, and rows whose record is in another part."""
    orphans = found["code"] == ORPHAN
    if orphans.any():
        found = found.filter(~orphans | ~router.knows(found[RECORD]))
    if not len(doubles):
        return found
    own = tables[form]
    rows = own.filter(pl.Series(np.isin(own[RECORD].hash().to_numpy(), doubles), dtype=pl.Boolean))
    told = rows.select(
        table=pl.lit(form), line=LINE, key=RECORD, field=pl.lit("record_id"), code=pl.lit(TWICE), value=RECORD
    ).with_columns(rows[RECORD])
    # Two rows of one id within a part were told by the rule already.
    return pl.concat([found, told.select(*FOUND)]).unique(["table", "line", "field", "code"], maintain_order=True)


class _Router(Router):
    """A router that knows duplicate record ids, by a 64-bit hash.

    Two ids collide once in about ten thousand imports of a hundred million records. Both are then held back as if they
    were one; they are kept whole, and replaying loads them.
    """

    def __init__(self, count: int, *, has_children: bool) -> None:
        super().__init__(count, has_children=has_children)
        self._is_parted = count > 1
        self._ids: list[np.ndarray] = []

    def of_records(self, frame: pl.DataFrame) -> pl.Series:
        # A single part sees all ids at once, and the rule tells what stands twice.
        if self._is_parted:
            self._ids.append(frame[RECORD].hash().to_numpy())
        return super().of_records(frame)

    def doubles(self) -> _Doubles:
        """Hashes that occurred more than once; clears them."""
        ids = np.sort(np.concatenate([np.zeros(0, np.uint64), *self._ids]))  # concatenate takes no empty list
        self._ids = []
        twice = ids[1:][ids[1:] == ids[:-1]]
        hashes, more = np.unique(twice, return_counts=True)
        return _Doubles(hashes, more + 1)


@dataclass(frozen=True, slots=True)
class _Doubles:
    """Hashes of duplicate ids, and their counts."""

    hashes: np.ndarray
    counts: np.ndarray

    def find_extra(self, ids: np.ndarray) -> np.ndarray:
        """Ids that occur more often overall than in this part, repeats included."""
        here, counts = np.unique(ids[np.isin(ids, self.hashes)], return_counts=True)
        return here[self.counts[np.searchsorted(self.hashes, here)] > counts]


def _hashes(own: pl.DataFrame, repeats: pl.DataFrame | None) -> np.ndarray:
    ids = own[RECORD] if repeats is None else pl.concat([own[RECORD], repeats[RECORD]])
    return ids.hash().to_numpy()
