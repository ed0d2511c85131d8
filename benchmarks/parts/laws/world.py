"""A workspace that commands are given to at random, and the model of it that goes along."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.parts.laws import checks
from benchmarks.parts.laws.model import NO_DAY, Model, Row
from benchmarks.parts.laws.run import FAULT, NO_FAULT, Done, Fault, command, commands

_MAPPING = """format = 1
id = "laws"
version = "1"
title = "Invented list of FIRs"
form = "iif1"
[match]
columns = ["PS", "YR", "NO", "DT", "SECT", "COMP", "ACC"]
[rows.acts]
table = "acts"
[rows.complainant]
table = "persons"
set = { role = "complainant" }
[rows.accused]
table = "persons"
set = { role = "accused" }
"""
_CELLS = (
    ("PS", "", "police_station", "station"), ("YR", "", "year", "year"), ("NO", "", "fir_no", "int"),
    ("DT", "", "fir_date", "date"), ("COMP", "complainant", "name", "name"), ("ACC", "accused", "name", "name"),
)  # fmt: skip
_SECTIONS = """[[map]]
from = "SECT"
into = "acts"
to = { act = "act", section = "section", inferred = "act_is_inferred" }
clean = "sections"
"""
NAMES = ("Sita Devi", "Ram Lal", "Mohan Das", "Asha Rani", "Gita Sen")


class Wrong(Exception):
    """The workspace is not as the model has it."""


@dataclass
class World:
    """folder: the workspace. urls: an empty database for the ledger and a target, "" where none is asked for.

    extra: records that a target may hold beside those that count: replayed, or of batches that a restored ledger does
    not know. untold: refusals of the disk that ended a command without words for people.
    """

    folder: Path
    urls: tuple[str, str] = ("", "")
    model: Model = field(default_factory=Model)
    ledger: str = "ledger.sqlite"
    extra: set[str] = field(default_factory=set)
    backups: list[tuple[Path, Model]] = field(default_factory=list)
    is_restored: bool = False
    number: int = 0
    untold: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)

    def make(self) -> None:
        """An empty workspace."""
        self.do(("init", "wb", str(self.folder), "--site", "test"))
        (self.folder / "lists" / "stations.csv").write_text("station,district,aliases\nNamunakhera,Kalpana,N02\n")
        self.write_mapping()
        text = self.settings.read_text(encoding="utf-8")
        text = text.replace("[retention]", "[retention]\noriginals_years = 1\npersonal_years = 1")
        text = text.replace("[run]", "[run]\nmax_failed_share = 1.0")
        text = text.replace('# target = "loaded/cctns.sqlite"', 'target = "loaded/cctns.sqlite"')
        text = text.replace('# R001 = "review"', 'R001 = "reject"')
        self.settings.write_text(text, encoding="utf-8")
        if self.urls[1]:
            self.do(("target", "init", self.urls[1]))

    @property
    def settings(self) -> Path:
        """digitize.toml."""
        return self.folder / "digitize.toml"

    def set(self, line: str, now: str) -> None:
        """Change one line of digitize.toml. line: how it begins."""
        text = self.settings.read_text(encoding="utf-8")
        changed = re.sub(rf"(?m)^{line}.*$", now, text)
        self.settings.write_text(changed, encoding="utf-8")

    def write_mapping(self) -> None:
        """As the model says where the place goes."""
        cells = [*_CELLS, ("PLACE", "", self.model.place_in, "text")]
        maps = [
            f'[[map]]\nfrom = "{column}"\n{f"into = {into!r}" if into else ""}\nto = "{to}"\nclean = "{clean}"\n'
            for column, into, to, clean in cells
        ]
        (self.folder / "mappings" / "laws.toml").write_text(_MAPPING + _SECTIONS + "".join(maps), encoding="utf-8")

    def do(self, arguments: tuple[str, ...], fault: Fault = NO_FAULT, codes: tuple[int, ...] = (0,)) -> Done:
        """A command, and once more where a fault hit it. Raises Wrong for an exit code that is none of `codes`."""
        done = command(arguments, fault)
        self.log.append(f"digitize {' '.join(arguments)}" + (f"  [{fault.how} {fault.n}]" if fault.how else ""))
        if fault.how and done.code != 0:
            if done.code == FAULT:
                self.untold[done.error.strip().rpartition("\n")[2]] += 1
            self.log.append(f"    -> {done.code}; again")
            self.look()
            done = command(arguments)
        self.log.append(f"    -> {done.code}")
        if done.code not in codes:
            raise Wrong(f"{arguments[:3]} ended with {done.code}: {done.out[-600:]} {done.error[-1500:]}")
        return done

    def asked(self, what: str) -> tuple[checks.Ask, Callable[[], None]]:
        """A way to ask the ledger, or the target that is set."""
        if what == "ledger":
            return checks.asking(self.ledger, self.folder, "ledger_wb_test")
        return checks.asking(self.model.target, self.folder)

    def look(self) -> None:
        """What holds at any moment. Raises Wrong."""
        done = command(("status", str(self.folder), "--json"))
        if done.code:
            raise Wrong(f"status ended with {done.code}: {done.out[-500:]} {done.error[-1500:]}")
        found = [*checks.adds_up(done.out), *checks.whole_target(self.model.target, self.folder)]
        if found:
            raise Wrong("; ".join(found))

    def settle_down(self) -> None:
        """Run to the end, and compare all there is with the model. Raises Wrong."""
        folder = str(self.folder)
        self.do(("run", folder))
        self.model.carry()
        self._compare()
        before = self._all()
        asks = [("run", folder), ("load", folder), ("status", folder, "--json"), ("ledger", "verify", folder, "--json")]
        asks += [("reconcile", folder, "--json")] if self.model.tables else []
        told = commands(asks)
        if [d.code for d in told[:2]] != [0, 0] or self._all() != before:
            raise Wrong(f"run and load once more changed something: {told[0].out[:600]} {told[1].out[:600]}")
        status = told[2].out
        told += commands([("snapshot", folder, "--json"), ("show", folder, self._any())])
        if found := [*checks.status_differs(status, self.model, self.extra), *self._of_commands(told[3:], status)]:
            raise Wrong("; ".join(found))

    def _any(self) -> str:
        ask, end = self.asked("ledger")
        with closing(checks.Ending(end)):
            found = ask("SELECT MAX(record) FROM records")
        return found[0][0] or "none"

    def _compare(self) -> None:
        ledger, end = self.asked("ledger")
        with closing(checks.Ending(end)):
            found = list(checks.ledger_differs(ledger, self.model))
            if self.model.tables and self._has_target():
                target, end_target = self.asked("target")
                with closing(checks.Ending(end_target)):
                    found += checks.target_differs(target, ledger, self.model, self.extra)
        if found:
            raise Wrong("; ".join(found[:12]))

    def _has_target(self) -> bool:
        return self.model.target.startswith("postgresql:") or (self.folder / self.model.target).exists()

    def _all(self) -> list[Any]:
        ledger, end = self.asked("ledger")
        with closing(checks.Ending(end)):
            found: list[Any] = [ledger("SELECT record, verdict, loaded, hash FROM records ORDER BY record"),
                                ledger("SELECT MAX(seq) FROM events")]  # fmt: skip
        if self._has_target():
            target, end = self.asked("target")
            with closing(checks.Ending(end)):
                found += [target(f"SELECT * FROM {t} ORDER BY 1, 2") for t in ("iif1", "iif1_persons", "iif1_acts")]
                found += [target("SELECT COUNT(*) FROM loads"), target("SELECT COUNT(*) FROM record_history"),
                          target("SELECT reject_id, state FROM rejects ORDER BY 1")]  # fmt: skip
        return found

    def _of_commands(self, told: list[Done], status: str) -> Iterator[str]:
        verify, *reconcile, snapshot, show = told
        totals, wanted = json.loads(snapshot.out)["totals"], json.loads(status)["totals"]
        for name in ("records", "loaded", "in_review", "rejected"):
            if name in totals and totals[name] != wanted[name]:
                yield f"snapshot: {name} is {totals[name]} and {wanted[name]} in status"
        if verify.code and not self.is_restored:
            yield f"ledger verify: {verify.code} {verify.out[-900:]} {verify.error[-300:]}"
        yield from (f"reconcile: {r.code} {r.out[-900:]}" for r in reconcile if r.code and not self.extra)
        if show.code and wanted["records"]:
            yield f"show: {show.code} {show.out[-300:]} {show.error[-300:]}"

    def units(self) -> dict[str, str]:
        """SHA-256 -> table."""
        ask, end = self.asked("ledger")
        with closing(checks.Ending(end)):
            return {sha: unit for unit, sha in ask("SELECT unit, sha256 FROM tables")}


def new_rows(die: random.Random, count: int) -> tuple[Row, ...]:
    """Rows of few numbers, so that some come twice."""
    return tuple(_row(die) for _ in range(count))


def _row(die: random.Random, number: int | None = None) -> Row:
    day = NO_DAY if die.random() < 0.25 else f"{die.randint(1, 28):02}/{die.randint(1, 12):02}/1998"
    return Row(
        number or die.randint(1, 9), day, die.choice(("379", "379, 411")), die.choice(NAMES), die.choice(("", *NAMES)),
        f"Bazaar {die.randint(1, 99)}",
    )  # fmt: skip


def altered(die: random.Random, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """As a newer delivery may have them: some gone, some changed, some new."""
    kept = [_row(die, r.number) if die.random() < 0.2 else r for r in rows if die.random() > 0.2]
    new = [_row(die) for _ in range(die.randint(0, 2))]
    at = die.randint(0, len(kept))
    return tuple(kept[:at] + new + kept[at:]) or new_rows(die, 1)
