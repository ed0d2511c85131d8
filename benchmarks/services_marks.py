r"""What the services for vehicles, wanted persons and stolen things say, beside what is so, on invented records.

    .venv/bin/python benchmarks/services_marks.py [--quick] [--vehicles N] [--json FILE]

Vehicles are drawn: stolen, stolen and recovered (in the same case, or elsewhere by one of its numbers), named in a
case, or in none. Each is asked for by a number that its records have: the registration as it is, with signs that look
alike, with one wrong or missing, with some that nobody can read, or the chassis. Another seed is another world.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "people")]

from benchmarks.parts.services.wanted import WantedWorld, measure  # noqa: E402

SEED = 3_100
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
STATES = ("WB", "MH", "KA", "UP", "TN", "OD", "DL", "GJ")
KINDS = ("stolen", "recovered", "recovered elsewhere", "in-a-case", "clean")
WANTED = {"recovered elsewhere": "recovered", "clean": "no-record"}
LOOKS = {"0": "OQD", "1": "IL", "2": "Z", "5": "S", "6": "G", "7": "T", "8": "B"}
LOOKS |= {letter: digit for digit, some in tuple(LOOKS.items()) for letter in some}
ASKED = ("as it is", "spaced", "lookalike", "one wrong", "one missing", "partly read", "chassis", "chassis lookalike")


def main() -> int:
    """Measure, print, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="600 vehicles")
    parser.add_argument("--vehicles", type=int, default=60_000)
    parser.add_argument("--questions", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-pg", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    count = 600 if options.quick else options.vehicles
    asked = 400 if options.quick else options.questions
    with tempfile.TemporaryDirectory(prefix="marks-") as folder:
        figures = _measure(Path(folder), VehicleWorld(count, options.seed), asked, not (options.no_pg or options.quick))
    text = json.dumps(figures, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


class VehicleWorld:
    """Vehicles with what became of them. seed: the same seed gives the same world."""

    def __init__(self, count: int, seed: int) -> None:
        """Draw it."""
        die = self.die = random.Random(seed)
        self.vehicles = [self._vehicle(n) for n in range(count)]
        self.kinds = [die.choice(KINDS) for _ in range(count)]
        self.lacks: dict[int, str] = {}

    def _vehicle(self, n: int) -> tuple[str, str, str]:
        die = self.die
        series = "".join(die.choices(LETTERS, k=die.choice((1, 2, 2))))
        plate = f"{die.choice(STATES)}{die.randrange(1, 40):02}{series}{die.randrange(1, 10_000):04}"
        if die.random() < 0.06:
            plate = f"{die.choice('WMKDTG')}{''.join(die.choices(LETTERS, k=2))}{die.randrange(1, 10_000):04}"
        signs = LETTERS + "0123456789"
        chassis = f"M{''.join(die.choices(LETTERS, k=4))}{''.join(die.choices(signs, k=6))}{die.randrange(10**6):06}"
        return plate, chassis, f"{''.join(die.choices(signs, k=5))}{die.randrange(10**6):06}"

    def tables(self) -> Iterator[tuple[str, dict[str, list[dict[str, Any]]]]]:
        """All records, some thousand vehicles at a time, as tables."""
        for start in range(0, len(self.vehicles), 5000):
            made: dict[str, list[dict[str, Any]]] = {}
            for n in range(start, min(start + 5000, len(self.vehicles))):
                for table, row in self._records(n):
                    made.setdefault(table, []).append(row)
            yield f"vehicles {start}", made

    def _records(self, n: int) -> Iterator[tuple[str, dict[str, Any]]]:
        die, kind = random.Random(n), self.kinds[n]
        plate, chassis, engine = self.vehicles[n]
        if kind == "clean":
            return
        numbers = {"registration_no": self._written(plate, die), "chassis_no": chassis, "engine_no": engine}
        for name in die.sample(sorted(numbers), k=die.choice((0, 0, 1))):
            del numbers[name]
            self.lacks[n] = name
        status = "involved" if kind == "in-a-case" else "stolen"
        if die.random() < 0.3 and kind != "recovered elsewhere":
            yield from self._of_vehicle_form(n, kind, numbers)
            return
        yield "iif1", self._fir(f"f{n}", n, 2012)
        yield "iif1_vehicles", {"record_id": f"f{n}", **numbers}
        yield "iif1_property", {"record_id": f"f{n}", "category": "automobiles", "property_status": status}
        if kind.startswith("recovered"):
            is_same = kind == "recovered"
            found = dict(die.sample(sorted(numbers.items()), k=1))
            memo = self._fir(f"s{n}", n, 2012) if is_same else self._fir(f"s{n}", n, 2013, "Bally")
            yield "iif4", {**memo, "seizure_date": "2013-06-07", "property_nature": "stolen"}
            yield "iif4_vehicles", {"record_id": f"s{n}", **found}

    def _of_vehicle_form(self, n: int, kind: str, numbers: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
        row = {**self._fir(f"v{n}", n, 2012), "vehicle_type": "car", **numbers}
        row |= (
            {"property_status": "involved"}
            if kind == "in-a-case"
            else {"property_status": "stolen", "theft_date": "2012-03-01"}
        )
        yield "vehicle", row | ({"recovery_date": "2012-08-01"} if kind == "recovered" else {})

    def _fir(self, record: str, n: int, year: int, station: str = "Kalpanapur") -> dict[str, Any]:
        place = {"state": "wb", "district": "Howrah", "police_station": f"{station} {n // 900}"}
        return {
            "record_id": record,
            **place,
            "year": str(year),
            "fir_no": str(n % 900 + 1),
            "fir_date": f"{year}-03-05",
        }

    def _written(self, plate: str, die: random.Random) -> str:
        """As the book has it: one in twelve without the zeros in front."""
        if die.random() > 0.08 or plate[2].isalpha():
            return plate
        at = next(i for i in range(4, len(plate)) if plate[i].isdigit())
        return f"{plate[:2]}{int(plate[2:4])}{plate[4:at]}{int(plate[at:])}"


def spoilt(plate: str, how: str, die: random.Random) -> str:
    """A number as somebody asks by it."""
    at = die.randrange(len(plate))
    if how.endswith("lookalike"):
        places = [i for i, c in enumerate(plate) if c in LOOKS]
        swapped = set(die.sample(places, k=min(len(places), die.choice((1, 2))))) if places else set()
        return "".join(die.choice(LOOKS[c]) if i in swapped else c for i, c in enumerate(plate))
    if how == "one wrong":
        return plate[:at] + die.choice((LETTERS + "0123456789").replace(plate[at], "")) + plate[at + 1 :]
    if how == "one missing":
        return plate[:at] + plate[at + 1 :]
    if how == "partly read":
        return plate[: len(plate) - 5] + "?" + plate[-4:] if at % 2 else f"*{plate[-4:]}"
    return f"{plate[:2]} {plate[2:4]}-{plate[4:]}" if how == "spaced" else plate


def _measure(folder: Path, world: VehicleWorld, count: int, has_pg: bool) -> dict[str, Any]:
    from marks_store import batch

    from digitize.search.stores import open_store
    from digitize.targets.sqlite import SqliteTarget

    target = SqliteTarget(folder / "cctns.sqlite")
    batches = [batch(tables, name) for name, tables in world.tables()]
    began = time.monotonic()
    for one in batches:
        target.take(one)
    figures = {"vehicles": len(world.vehicles), "load_s": round(time.monotonic() - began, 1)}
    figures |= _vehicles(open_store(target), world, count)
    people = WantedWorld(240 if count < 1000 else 6000, SEED)
    target.take(batch(people.tables, "wanted"))
    figures |= measure(open_store(target), people, 4 if count < 1000 else 40, count // 4)
    target.close()
    if has_pg:
        figures |= _in_postgres(batches, world, count)
    return figures


def _in_postgres(batches: list[Any], world: VehicleWorld, count: int) -> dict[str, Any]:
    sys.path.insert(0, str(ROOT / "tests"))
    from pg import binaries, start_server

    from digitize.search.stores import open_store
    from digitize.targets.open import open_target
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.setup import init_target

    if binaries() is None:
        return {}
    server = start_server(None, {"shared_buffers": "256MB"})
    try:
        server.run("CREATE DATABASE marks TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'")
        init_target(parse_address(server.database_url("marks")), search=True)
        target = open_target(server.database_url("marks"))
        for one in batches:
            target.take(one)
        server.run("ANALYZE", "marks")
        found = _vehicles(open_store(target), world, count)
        target.close()
    finally:
        server.stop()
    return {f"pg_{n}": v for n, v in found.items()}


def _vehicles(store: Any, world: VehicleWorld, count: int) -> dict[str, Any]:
    from digitize.services.kind import SAYS
    from digitize.services.kinds.vehicle_noc import SERVICE

    die = random.Random(world.die.random())
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    said: Counter[tuple[str, str, str]] = Counter()
    spent = []
    for _ in range(count):
        n, how = die.randrange(len(world.vehicles)), die.choice(ASKED)
        plate, chassis, _ = world.vehicles[n]
        is_chassis = how.startswith("chassis")
        if world.lacks.get(n) == ("chassis_no" if is_chassis else "registration_no"):
            continue
        given = {"chassis" if is_chassis else "registration": spoilt(chassis if is_chassis else plate, how, die)}
        began = time.perf_counter()
        found = SERVICE.find(store, given)
        verdict = SERVICE.verdict([{SAYS: one.says} for one in found]) if found else SERVICE.unfound(given)
        spent.append(1000 * (time.perf_counter() - began))
        truth = WANTED.get(world.kinds[n], world.kinds[n])
        is_exact = how in ("as it is", "spaced", "chassis")
        asked[how] += 1
        right[how] += verdict == truth if is_exact else _is_careful(verdict, truth, how)
        said[how, truth, verdict] += 1
    return _told(right, asked, said, spent)


def _is_careful(verdict: str, truth: str, how: str) -> bool:
    """Of a number that is not read right: what is so, or that a person must look; a clean one is never promised."""
    return verdict == "unsure" or (verdict == truth and not (truth == "no-record" and how == "partly read"))


def _told(
    right: Counter[str], asked: Counter[str], said: Counter[tuple[str, str, str]], spent: list[float]
) -> dict[str, Any]:
    every = sum(asked.values())
    missed = sum(n for (_, truth, verdict), n in said.items() if verdict == "no-record" and truth != "no-record")
    accused = sum(n for (_, truth, verdict), n in said.items() if verdict == "stolen" and truth != "stolen")
    with_one = sum(n for (_, truth, _), n in said.items() if truth != "no-record")
    unsure = sum(
        n
        for (how, truth, v), n in said.items()
        if truth == "no-record" and v == "unsure" and how in ("as it is", "spaced")
    )
    clean = sum(n for (how, truth, _), n in said.items() if truth == "no-record" and how in ("as it is", "spaced"))
    spent.sort()
    return {
        "questions": every,
        "right": {how: f"{right[how]} of {asked[how]}" for how in ASKED},
        "no_record_though_there_is_one": f"{missed} of {with_one}",
        "stolen_though_it_is_not": f"{accused} of {every}",
        "clean_whole_number_unsure": f"{unsure} of {clean}",
        "said": {" / ".join(key): n for key, n in sorted(said.items())},
        "p50_ms": round(spent[len(spent) // 2], 1), "p95_ms": round(spent[int(len(spent) * 0.95)], 1),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
