"""FIRs and persons in the import layout, as many as wanted: two files, and which records were spoilt."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl

_NAMES = (
    "Ram Kumar", "Sita Devi", "राम कुमार", "सीता देवी", "অমিত ঘোষ", "মীনা দাস", "முருகன் செல்வம்", "లక్ష్మి రావు", "ಮಂಜುನಾಥ ಗೌಡ",
    "രാജൻ നായർ", "ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "ପ୍ରଦୀପ ଦାସ", "જયેશ પટેલ", "محمد سلیم",
)  # fmt: skip
_STORIES = (
    "एक गाय बाज़ार से चली गई और नहीं मिली। सूचक ने लिखित आवेदन दिया।",
    'রাতে "সাইকেল" নিয়ে গেছে,\nঘরে কেউ ছিল না।',
    "The lock was found broken in the morning, and the box gone.",
    "காலையில் பூட்டு உடைந்து கிடந்தது. அண்டை வீட்டார் பார்த்தனர்.",
)
_DISTRICTS = ("Howrah", "Hooghly", "Nadia", "Malda", "Bankura")
_BOOK, _PIECE = 200, 50_000
FIR, PERSON = "iif1.csv", "iif1_persons.csv"


def write_files(folder: Path, count: int, seed: int = 7, share: float = 0.0) -> set[str]:
    """Write so many FIRs and twice as many persons. share: of FIRs whose diary entry is of the year after, which a rule
    refuses. Returns these FIRs' ids.

    Names come with their spelling in Latin letters, so that plain SQL can bring about the same rows.
    """
    from mappers.names import romanise

    folder.mkdir(parents=True, exist_ok=True)
    die = random.Random(seed)
    spelled = {name: romanise(name) for name in _NAMES}
    bad: set[str] = set()
    with (folder / FIR).open("wb") as firs, (folder / PERSON).open("wb") as persons:
        for start in range(0, count, _PIECE):
            numbers = range(start, min(count, start + _PIECE))
            rows = [_fir(n, die, bad, share) for n in numbers]
            firs.write(pl.DataFrame(rows).write_csv(include_header=start == 0).encode())
            made = [_person(n, line, die, spelled) for n in numbers for line in (1, 2)]
            persons.write(pl.DataFrame(made).write_csv(include_header=start == 0).encode())
    return bad


def _fir(n: int, die: random.Random, bad: set[str], share: float) -> dict[str, str]:
    year, number = 1995 + n // _BOOK // 400 % 25, n % _BOOK + 1
    day = f"{year}-{1 + number // 17:02}-{1 + number % 17:02}"
    entered = day
    if share and die.random() < share:
        entered = f"{year + 1}-01-01"
        bad.add(f"wb-{n:09}")
    return {
        "record_id": f"wb-{n:09}", "state": "wb", "district": _DISTRICTS[n // _BOOK % 400 % 5],
        "police_station": f"Station {n // _BOOK % 400}", "year": str(year), "fir_no": str(number), "fir_date": day,
        "fir_time": "14:30", "occurrence_from": day, "occurrence_time_from": "09:10", "occurrence_to": day,
        "occurrence_time_to": "10:20", "info_date": day, "info_time": "12:00", "gd_no": str(number), "gd_date": entered,
        "gd_time": "12:10", "place_direction": die.choice(("N", "SE", "W")),
        "place_distance_km": str(die.randrange(1, 9)), "beat": str(number % 7 + 1),
        "place": f"बाज़ार {die.randrange(9999)}", "info_type": "written",
        "property_value": f"{die.randrange(100, 90_000)}.50", "narrative": " ".join(die.choices(_STORIES, k=2)),
        "legacy_key": f"K{n}",
    }  # fmt: skip


def _person(n: int, line: int, die: random.Random, spelled: dict[str, str]) -> dict[str, str]:
    name, relative = die.choice(_NAMES), die.choice(_NAMES)
    return {
        "record_id": f"wb-{n:09}", "line": str(line), "role": "complainant" if line == 1 else "accused", "name": name,
        "name_roman": spelled[name], "relation": "father", "relative_name": relative,
        "relative_name_roman": spelled[relative], "sex": "male", "age": str(die.randrange(20, 80)),
    }  # fmt: skip
