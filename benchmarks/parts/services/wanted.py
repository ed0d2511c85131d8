"""Invented accused, what became of each, and whether the services call them wanted; for benchmarks/services_marks.py.

What is so is the last thing that happened, by day: this file knows no rule of the product. Two accused of a case each
have a history of their own; every record writes the name anew, one in four in another script, half without the code
that tells the two apart.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import date, timedelta
from typing import Any

from sample_data.makers.search_people import SCRIPTS, World

WANTING, ENDING = ("warrant", "absconding"), ("arrest", "acquitted", "executed", "bailed")
FIRST = date(2005, 1, 1)
OF_STATION = 60


class WantedWorld:
    """So many cases with two accused each. seed: the same seed gives the same world."""

    def __init__(self, cases: int, seed: int) -> None:
        """Draw it."""
        self.names = World(2 * cases, seed)
        self.die = random.Random(seed + 1)
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.last: dict[tuple[int, int], str] = {}
        for number in range(cases):
            for at in range(2):
                self._history(number, at)

    def _history(self, number: int, at: int) -> None:
        die = self.die
        one, own = 2 * number + at, SCRIPTS[self.names.script[number]]
        days = sorted(die.sample(range(3000), k=die.choice((1, 1, 2, 3))))
        kinds = [die.choice(WANTING + ENDING) for _ in days]
        for n, (kind, day) in enumerate(zip(kinds, days, strict=True)):
            script = die.choice(SCRIPTS) if die.random() < 0.25 else own
            person = {"role": "accused", "name": self.names.name(one, script, die),
                      "relative_name": self.names.name(one, script, die, father=True)}  # fmt: skip
            self._record(number, at, n, kind, (FIRST + timedelta(days=day)).isoformat(), person)
        self.last[number, at] = kinds[-1]

    def _record(self, number: int, at: int, n: int, kind: str, day: str, person: dict[str, str]) -> None:
        name = f"k{number}-{at}-{n}"
        place = {"state": "wb", "district": "Howrah", "police_station": station(number), "year": "2004"}
        row = {"record_id": name, **place, "fir_no": str(number % OF_STATION + 1), "fir_date": "2004-12-01"}
        code = {"accused_code": f"A{at + 1}"} if self.die.random() < 0.5 else {}
        serial = str(10 * n + at + 1)
        if kind in ("warrant", "executed"):
            own = {"po_status": "pending"} if kind == "warrant" else {"po_status": "executed", "executed_date": day}
            self._add(
                "po",
                {**row, **code, "warrant_no": serial, "warrant_kind": "non_bailable", "warrant_date": day, **own},
                person,
            )
        elif kind in ("absconding", "bailed"):
            status = {"status": "absconding" if kind == "absconding" else "bailed_by_court"}
            self._add("iif5", {**row, "report_no": serial, "report_date": day}, {**person, **code, **status})
        elif kind == "arrest":
            self._add("iif3", {**row, **code, "arrest_date": day}, person)
        else:
            self._add("iif6", {**row, "court_case_no": serial, "judgment_date": day},
                      {**person, **code, "court_result": "acquitted"})  # fmt: skip

    def _add(self, form: str, row: dict[str, Any], person: dict[str, str]) -> None:
        self.tables.setdefault(form, []).append(row)
        self.tables.setdefault(f"{form}_persons", []).append({"record_id": row["record_id"], **person})


def station(number: int) -> str:
    """The station of a case."""
    return f"Kalpanapur {number // OF_STATION}"


def measure(store: Any, world: WantedWorld, stations: int, questions: int) -> dict[str, Any]:
    """Lists of stations, and questions by name in another script, beside what is so."""
    from digitize.services.kinds.arrested_wanted import SERVICE

    cases = len(world.last) // 2
    told: Counter[str] = Counter()
    spent = []
    for n in world.die.sample(range(max(1, cases // OF_STATION)), k=min(stations, max(1, cases // OF_STATION))):
        here = [k for k in world.last if station(k[0]) == station(n * OF_STATION)]
        began = time.perf_counter()
        listed = {
            s: _people(SERVICE.find(store, {"station": station(n * OF_STATION), "state": s}))
            for s in ("wanted", "unsure")
        }
        spent.append(1000 * (time.perf_counter() - began))
        for one in here:
            is_wanted = world.last[one] in WANTING
            told[f"{'wanted' if is_wanted else 'not wanted'} / {_state(one, listed)}"] += 1
    found = Counter[str]()
    for _ in range(questions):
        number, at = key = world.die.choice(sorted(world.last))
        one, die = 2 * number + at, world.die
        script = die.choice([s for s in SCRIPTS if s != SCRIPTS[world.names.script[number]]])
        name, relative = world.names.name(one, script, die), world.names.name(one, script, die, father=True)
        given = {"name": name, "relative": relative, "station": station(number), "state": "wanted"}
        is_found = key in _people(SERVICE.find(store, given))
        found[f"{'wanted' if world.last[key] in WANTING else 'not wanted'} / {'told' if is_found else 'not told'}"] += 1
    spent.sort()
    return {"wanted_lists": dict(sorted(told.items())), "wanted_by_name_in_another_script": dict(sorted(found.items())),
            "wanted_list_p95_ms": round(spent[int(len(spent) * 0.95)], 1)}  # fmt: skip


def _people(answers: list[Any]) -> set[tuple[int, int]]:
    return {(int(a.record[1:].split("-")[0]), int(a.record.split("-")[1])) for a in answers}


def _state(one: tuple[int, int], listed: dict[str, set[tuple[int, int]]]) -> str:
    return next((state for state, some in listed.items() if one in some), "not told")
