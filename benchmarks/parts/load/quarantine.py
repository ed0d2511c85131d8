"""Whether the quarantine keeps its word: no stale replay, no row twice, no note lost. Random, with a seed.

`replay_stale_blocked`: of corrections of an older delivery, replayed after a newer one, the share that did not get into
the target. `quarantine_twice`: open entries too many after the same files came again in other batches and under another
delivery. `flags_kept`: of planted notes the share that stands beside its record after the load.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

_BASE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_date": "2009-03-12"}
_BAD = "2009-02-31"


def measure_quarantine(trials: int, records: int, seed: int) -> dict[str, Any]:
    """The three figures over some trials of so many records each."""
    die = random.Random(seed)
    stale = blocked = twice = planted = kept = 0
    for _ in range(trials):
        place = Path(tempfile.mkdtemp(prefix="digitize-quarantine-"))
        try:
            one = _Trial(place, die, records)
            found = one.run()
        finally:
            shutil.rmtree(place, ignore_errors=True)
        stale, blocked, twice = stale + found[0], blocked + found[1], twice + found[2]
        planted, kept = planted + found[3], kept + found[4]
    return {
        "replay_stale_blocked": round(blocked / stale, 4) if stale else None,
        "quarantine_twice": twice,
        "flags_kept": round(kept / planted, 4) if planted else None,
    }


class _Trial:
    def __init__(self, place: Path, die: random.Random, count: int) -> None:
        from digitize.targets.sqlite import SqliteTarget

        self._place, self._die, self._count = place, die, count
        self._target = SqliteTarget(place / "t.sqlite")

    def run(self) -> tuple[int, int, int, int, int]:
        """Stale replays and how many were blocked; entries too many; planted notes and how many stand."""
        from digitize.quarantine.rejects import find_rejects
        from digitize.quarantine.replay import replay_rejects

        bad = {n for n in range(self._count) if self._die.random() < 0.3}
        odd = {n for n in range(self._count) if self._die.random() < 0.2}
        first = self._write("first", "Old Market", bad, odd)
        self._load(first, 50_000)
        before = len(find_rejects(self._target))
        self._load(first, self._die.randint(1, self._count))
        twice = len(find_rejects(self._target)) - before
        kept = self._flagged(odd - bad)
        # Some are corrected before the newer delivery comes, the others while it stands.
        self._correct(share=0.5)
        again = {n for n in bad if self._die.random() < 0.5}
        self._load(self._write("second", "New Market", again, odd), self._die.randint(1, self._count))
        twice += len([r for r in find_rejects(self._target) if r.state == "open"]) - len(again)
        stale = [r for r in find_rejects(self._target) if r.state == "corrected"]
        for reject in self._die.sample(stale, len(stale)):
            replay_rejects(self._target, find_rejects(self._target, ids=[reject.id]))
        old = {r for (r,) in self._target.run("SELECT record_id FROM iif1 WHERE place = 'Old Market'")}
        self._target.close()
        return len(stale), sum(r.record.id not in old for r in stale), twice, len(odd - bad), kept

    def _write(self, name: str, place: str, bad: set[int], odd: set[int]) -> Path:
        folder = self._place / name
        folder.mkdir()
        rows = [
            {
                **_BASE,
                "record_id": f"r{n}",
                "fir_no": str(n + 1),
                "place": place,
                **({"fir_date": _BAD} if n in bad else {}),
            }
            for n in range(self._count)
        ]
        persons = [
            {
                "record_id": f"r{n}",
                "line": "1",
                "role": "accused",
                "name": "Sunil",
                "sex": "male",
                # An accused child is noted, and loaded all the same.
                "age": "15" if n in odd else "30",
            }
            for n in range(self._count)
        ]
        pl.DataFrame(rows).write_csv(folder / "iif1.csv")
        pl.DataFrame(persons).write_csv(folder / "iif1_persons.csv")
        return folder

    def _load(self, folder: Path, size: int) -> None:
        from digitize.files.loading.load import LoadOptions, load_files
        from digitize.files.loading.settings import import_settings

        load_files([folder], "iif1", self._target, import_settings("iif1", ignore=["L001"]), LoadOptions(size=size))

    def _correct(self, share: float) -> None:
        from digitize.quarantine.rejects import CORRECTED, find_rejects, make_update
        from mappers.record import FieldValue

        for reject in find_rejects(self._target):
            if self._die.random() < share:
                day = FieldValue(_BAD, "2009-02-28", by="operator bench")
                now = replace(reject, record=reject.record.with_value("fir_date", day))
                self._target.run_all([make_update(now, CORRECTED, {"by": "bench", "did": "corrected"})])

    def _flagged(self, wanted: set[int]) -> int:
        from digitize.targets.flags import find_flags

        found = {f.record for f in find_flags(self._target) if f.code == "X013"}
        return sum(f"r{n}" in found for n in wanted)
