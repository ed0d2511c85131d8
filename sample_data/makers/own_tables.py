"""Invented FIRs as import files, holding only what the own tables of sample_data/own_tables carry."""

from __future__ import annotations

import csv
import random
from pathlib import Path

_NAMES = ("राम कुमार", "Sita Devi", "অমিত ঘোষ", "முருகன் செல்வம்", "محمد سلیم")


def write_cases(folder: Path, count: int, seed: int = 7) -> None:
    """Write so many FIRs with acts, persons, addresses, papers, things and vehicles; only what the layout carries."""
    die = random.Random(seed)
    tables: dict[str, list[dict[str, str]]] = {}
    for n in range(count):
        _write_case(n, die, tables)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        names = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, names)
            writer.writeheader()
            writer.writerows(rows)


def _write_case(n: int, die: random.Random, tables: dict[str, list[dict[str, str]]]) -> None:
    from mappers.names import romanise

    id, day = f"wb-{n:06}", f"2001-{1 + n % 12:02}-{1 + n % 28:02}"

    def add(table: str, /, **cells: str) -> None:
        tables.setdefault(table, []).append({"record_id": id, **cells})

    place = {"state": "wb", "district": "Howrah", "police_station": f"Station {n // 50 % 400}"}
    add(
        "iif1", **place, year="2001", fir_no=str(n % 50 + 1), fir_date=day, fir_time="14:30", occurrence_from=day,
        occurrence_to=day, place=f"बाज़ार {n}", info_type=die.choice(("written", "oral")), gd_no=str(n + 1), gd_date=day,
        property_value=f"{die.randrange(1, 9000)}.50", narrative="The lock was broken,\nthe box gone.", beat=str(n % 7),
    )  # fmt: skip
    add("iif1_acts", line="1", act="IPC", section="379")
    add("iif1_acts", line="2", act="IPC", section="411")
    for line, role in enumerate(("complainant", "accused"), 1):
        name, father = die.choice(_NAMES), die.choice(_NAMES)
        kin = {"relation": "father", "relative_name": father, "relative_name_roman": romanise(father)}
        add("iif1_persons", line=str(line), role=role, name=name, name_roman=romanise(name), sex="male", **kin)
    add("iif1_addresses", line="1", person_line=str(die.choice((1, 2))), address_type="present", address=f"Lane {n}")
    if n % 3 == 0:
        add("iif1_ids", line="1", person_line="1", id_type="voter_id", id_number=f"WB/{n:07}")
        add("iif1_property", line="1", property_status="stolen", description="bicycle", value=f"{n + 1}.25")
    if n % 5 == 0:
        add("iif1_vehicles", line="1", vehicle_type="motor_cycle", registration_no=f"WB12A{1000 + n}")
