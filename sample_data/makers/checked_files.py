"""FIRs with their acts and persons in the import layout, in order but for planted defects whose lines are known."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TextIO

from mappers.record import Record
from mappers.schema import form_tables
from sample_data.makers.persons import Names
from sample_data.makers.rule_examples import make_record

Row = dict[str, str]
Planted = set[tuple[str, int, str]]

# Defects of a record, by the rule that must find it; one a row.
OF_RECORDS: dict[str, Callable[[Row], None]] = {
    "F001": lambda r: r.update(state="xx"),
    "F002": lambda r: r.update(police_station="No " + r["police_station"]),
    "F004": lambda r: r.update(year=r["year"] + "x"),
    "F005": lambda r: r.update(fir_no=r["fir_no"] + "B"),
    "F008": lambda r: r.update(fir_date=f"{r['year']}-02-31"),
    "F011": lambda r: r.update(fir_time="25:10"),
    "F035": lambda r: r.update(property_value="-500"),
    "F038": lambda r: r.update(place_direction="up"),
    "X001": lambda r: r.update(occurrence_to=f"{int(r['year']) - 1}-01-01"),
    "X002": lambda r: r.update(info_date=f"{int(r['year']) + 1}-01-01"),
    "X003": lambda r: r.update(gd_date=f"{int(r['year']) + 1}-01-01"),
    "X005": lambda r: r.update(dict.fromkeys(("info_date", "gd_date", "fir_date"), f"{r['fir_date'][:8]}25")),
    "S002": lambda r: r.update(extra="one cell too many"),
}
OF_ACTS: dict[str, Callable[[Row], None]] = {
    "L003": lambda r: r.update(section="612"),
    "L002": lambda r: r.update(act="QQQ"),
    "T019": lambda r: r.update(record_id="nobody" + r["record_id"]),
}
OF_PERSONS: dict[str, Callable[[Row], None]] = {
    "F019": lambda r: r.update(age="190"),
    "F018": lambda r: r.update(sex="q"),
    "X014": lambda r: r.update(age="4", role="accused"),
    "T019": lambda r: r.update(record_id="nobody" + r["record_id"]),
}
_STORIES = (
    "एक गाय बाज़ार से चली गई और नहीं मिली। ",
    "রাতে সাইকেল নিয়ে গেছে, ঘরে কেউ ছিল না। ",
    "The lock was found broken in the morning, and the box gone. ",
    "காலையில் பூட்டு உடைந்து கிடந்தது. ",
)
_SHARE = 0.03
_THING = {"category": "other", "description": "bicycle", "quantity": "1", "value": "1500"}
STATIONS = tuple(("wb", "Howrah", f"Station {i}") for i in range(400))


@dataclass
class _File:
    """One table that is being written; line: of the next row."""

    name: str
    names: list[str]
    handle: TextIO
    line: int = 2
    planted: Planted = field(default_factory=set)

    def write(self, row: Row, defects: dict[str, Callable[[Row], None]], die: random.Random) -> None:
        """Write a row, one in thirty with a defect."""
        if defects and die.random() < _SHARE:
            code = die.choice(sorted(defects))
            defects[code](row)
            self.planted.add((self.name, self.line, code))
        self.put([*(row.get(n, "") for n in self.names), *(v for n, v in row.items() if n == "extra")])
        self.line += 1 + sum(text.count("\n") for text in row.values())

    def put(self, cells: list[str]) -> None:
        """Write cells as they are."""
        csv.writer(self.handle, lineterminator="\n").writerow(cells)


def write_rows(folder: Path, count: int, seed: int) -> Planted:
    """Write so many FIRs with an act, two persons and a stolen thing each. Returns (file, line, code) of defects."""
    die = random.Random(seed)
    names = ("iif1", "iif1_acts", "iif1_persons", "iif1_property")
    handles = [(folder / f"{n}.csv").open("w", encoding="utf-8", newline="") for n in names]
    try:
        firs, acts, persons, things = (_open(n, h) for n, h in zip(names, handles, strict=True))
        # Stations of one year each after the other; a book of a station has 200 numbers.
        for i in range(count):
            record, station, year = f"wb-{i:09}", i // 200 % len(STATIONS), 1995 + i // 80_000 % 25
            firs.write(_fir(record, station, year, i % 200 + 1, die), OF_RECORDS, die)
            acts.write({"record_id": record, "line": "1", "act": "IPC", "section": "379"}, OF_ACTS, die)
            for line in (1, 2):
                persons.write(_person(record, line, i, die), OF_PERSONS, die)
            things.write({"record_id": record, "line": "1", **_THING}, {}, die)
    finally:
        for handle in handles:
            handle.close()
    return firs.planted | acts.planted | persons.planted


def sound_records(count: int, seed: int) -> list[Record]:
    """So many of the same FIRs without a defect, as records at a station, each with an act and two persons."""
    die = random.Random(seed)
    made = []
    for i in range(count):
        fir = _fir(f"wb-{i:09}", i % len(STATIONS), 1995 + i % 25, i % 200 + 1, die)
        persons = [_person("", line, i, die) for line in (1, 2)]
        rows = {"acts": [{"act": "IPC", "section": "379"}], "persons": [_fields(p) for p in persons]}
        made.append(make_record(fir["record_id"], {**_fields(fir), **rows}))
    return made


def _fields(row: Row) -> Row:
    return {name: text for name, text in row.items() if name not in ("record_id", "line")}


def _open(name: str, handle: TextIO) -> _File:
    table = form_tables("iif1")[name]
    die = random.Random(0)
    wanted = {*_fir("", 0, 2000, 1, die), *_person("", 1, 0, die), *_THING, "act", "section"}
    own = [c.name for c in table.columns if c.name in wanted]
    made = _File(f"{name}.csv", ["record_id", *(["line"] if table.child else []), *own], handle)
    made.put(made.names)
    return made


def _fir(record: str, station: int, year: int, number: int, die: random.Random) -> Row:
    day = f"{year}-{1 + number // 17:02}-{1 + number % 17:02}"
    story = die.choice(_STORIES)
    return {
        **{"record_id": record, "state": "wb", "district": "Howrah", "police_station": STATIONS[station][2]},
        **{"year": str(year), "fir_no": str(number), "fir_date": day, "fir_time": f"{die.randrange(14, 24)}:30"},
        **{
            "occurrence_from": day,
            "occurrence_time_from": "09:10",
            "occurrence_to": day,
            "occurrence_time_to": "10:20",
        },
        **{"info_date": day, "info_time": "12:00", "gd_no": str(number), "gd_date": day, "gd_time": "12:10"},
        **{
            "place_direction": "N",
            "place_distance_km": str(die.randrange(1, 9)),
            "place": f"बाज़ार {die.randrange(9999)}",
            "property_value": str(die.randrange(1, 90) * 500),
        },
        "narrative": f'{story * die.randrange(1, 5)}"{record}"\n{story}',
    }


def _name(number: int, at: int) -> str:
    """An invented name; the same for the same numbers. Some words are met often, most of them seldom."""
    given, family = _words()
    return f"{given[(31 * number + 7919 * at) % len(given)]} {family[(17 * number + 104_729 * at) % len(family)]}"


@cache
def _words() -> tuple[list[str], list[str]]:
    """Words of names as often as they are met, of two numbers that share no divisor."""
    die = random.Random(3)
    made = []
    for size, count in ((3000, 4099), (1200, 2053)):
        words = Names(size, die)
        made.append([words.draw().write("", die) for _ in range(count)])
    return made[0], made[1]


def _person(record: str, line: int, number: int, die: random.Random) -> Row:
    return {
        **{"record_id": record, "line": str(line), "role": "complainant" if line == 1 else "accused"},
        **{"name": _name(number, line), "relative_name": _name(number, line + 2), "age": str(die.randrange(20, 80))},
        "sex": "male",
    }
