"""Makes the invented legacy table of the samples: FIRMAST.DBF in Kruti Dev 010 and what it should become.

Run `python -m sample_data.legacy` to write sample_data/legacy/ anew; the same seed gives the same bytes. All names,
places and events are invented: persons are called "Example", "Specimen", "Imaginary" and the like in Hindi.
"""

from __future__ import annotations

import csv
import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from mappers.encodings import encode

ENCODING = "krutidev-010"
SEED = 1998
ROWS = 60
FOLDER = Path(__file__).parent / "legacy"

FIELDS = (
    ("DISTCD", "C", 2, 0),
    ("PSCD", "C", 3, 0),
    ("YR", "C", 4, 0),
    ("CRNO", "N", 5, 0),
    ("FIRDT", "D", 8, 0),
    ("FIRTM", "C", 5, 0),
    ("OCCFRDT", "D", 8, 0),
    ("OCCTODT", "D", 8, 0),
    ("SECT", "C", 60, 0),
    ("COMPNM", "C", 40, 0),
    ("COMPFNM", "C", 40, 0),
    ("COMPADD", "C", 80, 0),
    ("PLACE", "C", 50, 0),
    ("ACCNM", "C", 60, 0),
    ("PROPVAL", "N", 12, 2),
    ("RECVAL", "N", 12, 2),
    ("IONM", "C", 30, 0),
    ("CSNO", "C", 10, 0),
    ("CSDT", "D", 8, 0),
    ("FRTYP", "C", 1, 0),
    ("RESULT", "C", 20, 0),
    ("NARR", "M", 10, 0),
)
PLAIN = frozenset({"DISTCD", "PSCD", "YR", "FIRTM", "CSNO", "FRTYP"})

FIRST = ("उदाहरण", "नमूना", "काल्पनिक", "मनगढ़ंत", "आदर्शलाल", "बनावटी")
LAST = ("कल्पनाप्रसाद", "नमूनादास", "उदाहरणवाल", "मिथ्याराम", "प्रतिरूपसिंह", "काल्पनिकदेवी")
VILLAGES = ("कल्पनापुर", "नमूनाखेड़ा", "उदाहरणगंज", "मिथ्यानगर", "प्रतिरूपपुर")
SPOTS = ("बाजार", "बस अड्डा", "खेत", "रेलवे फाटक", "घर के सामने")
RESULTS = ("आरोप पत्र", "अंतिम रिपोर्ट", "विचाराधीन", "दोषमुक्त")
# What stands in the old book, and the (act, section, act is inferred) it means.
SECTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("379/411 भा.द.वि.", (("IPC", "379", "no"), ("IPC", "411", "no"))),
    ("457/380 भा.द.वि.", (("IPC", "457", "no"), ("IPC", "380", "no"))),
    ("धारा 323, 504, 506 भा.द.वि.", (("IPC", "323", "no"), ("IPC", "504", "no"), ("IPC", "506", "no"))),
    ("279/304ए भा.द.वि.", (("IPC", "279", "no"), ("IPC", "304A", "no"))),
    (
        "498ए/406 भा.द.वि. व 3/4 दहेज प्रतिषेध अधि.",
        (("IPC", "498A", "no"), ("IPC", "406", "no"), ("DPA", "3", "no"), ("DPA", "4", "no")),
    ),
    ("302/34 भा.द.वि. व 25 आर्म्स एक्ट", (("IPC", "302", "no"), ("IPC", "34", "no"), ("ARMS", "25", "no"))),
    ("13 जुआ अधि.", (("GAMB", "13", "no"),)),
    ("379", (("IPC", "379", "yes"),)),
    ("395/397 भा.द.वि.", (("IPC", "395", "no"), ("IPC", "397", "no"))),
)


@dataclass(frozen=True)
class Case:
    """One invented case: the cells as Unicode text, and what they mean. deleted: marked so in the table."""

    number: int
    cells: dict[str, str]
    expected: dict[str, str]
    acts: tuple[tuple[str, str, str], ...]
    persons: tuple[dict[str, str], ...]
    deleted: bool = False


def make_cases(seed: int = SEED) -> list[Case]:
    """The invented cases, in the order of the table."""
    rng = random.Random(seed)
    numbers = {"1998": 0, "1999": 0}
    cases: list[Case] = []
    for at in range(1, ROWS + 1):
        year = "1998" if at <= ROWS // 2 else "1999"
        numbers[year] += 1
        cases.append(_case(rng, at, year, numbers[year]))
    return cases


def _case(rng: random.Random, at: int, year: str, number: int) -> Case:
    day = date(int(year), 1, 5) + timedelta(days=number * 11 + rng.randrange(9))
    began = day - timedelta(days=rng.randrange(3))
    written, acts = SECTIONS[at % len(SECTIONS)]
    persons, cells = _people(rng, at)
    amount = rng.choice(("", "1500.00", "24000.00", "125000.00"))
    village = rng.choice(VILLAGES)
    cells |= {
        "DISTCD": "99",
        "PSCD": rng.choice(("K01", "N02")),
        "YR": year,
        "CRNO": str(number),
        "FIRDT": f"{day:%Y%m%d}",
        "FIRTM": f"{rng.randrange(24):02d}.{rng.choice(('00', '15', '30', '45'))}",
        "OCCFRDT": f"{began:%Y%m%d}",
        "OCCTODT": "" if at % 5 == 0 else f"{day:%Y%m%d}",
        "SECT": written,
        "PLACE": f"{rng.choice(SPOTS)}, {village}",
        "PROPVAL": amount,
        "RECVAL": "",
        "IONM": f"उ.नि. {rng.choice(FIRST)} {rng.choice(LAST)}"[:24],
        "CSNO": f"{number}/{year[2:]}",
        "CSDT": "",
        "FRTYP": rng.choice("CFT"),
        "RESULT": rng.choice(RESULTS),
        "NARR": f"वादी ने लिखित सूचना दी कि {village} में घटना हुई। यह प्रकरण काल्पनिक है, क्रमांक {at}।",
    }
    if at == 17:
        cells["FIRDT"] = "19980231"
    if at == 23:
        cells["FIRDT"] = ""
    return Case(at, cells, _expected(cells), acts, persons, deleted=at in (8, 21, 34, 55))


def _people(rng: random.Random, at: int) -> tuple[tuple[dict[str, str], ...], dict[str, str]]:
    def name() -> str:
        return f"{rng.choice(FIRST)} {rng.choice(LAST)}"

    complainant = {"role": "complainant", "name": name(), "relative_name": name(), "address": rng.choice(VILLAGES)}
    first, second, alias = name(), rng.choice(FIRST), rng.choice(("पप्पू", "गुड्डू"))
    written, accused = (
        (first, [{"name": first}]),
        (f"1) {first} 2) {second}", [{"name": first}, {"name": second}]),
        (f"{first} उर्फ {alias}", [{"name": first, "alias": alias}]),
        ("अज्ञात", [{"status": "unknown"}]),
    )[at % 4]
    cells = {"COMPNM": complainant["name"], "COMPFNM": complainant["relative_name"], "COMPADD": complainant["address"]}
    people = (complainant, *({"role": "accused", **a} for a in accused))
    return people, {**cells, "ACCNM": written}


STATIONS = {"K01": "Kalpanapur", "N02": "Namunakhera"}


def _expected(cells: dict[str, str]) -> dict[str, str]:
    return {
        "police_station": STATIONS[cells["PSCD"]],
        "year": cells["YR"],
        "fir_no": cells["CRNO"],
        "fir_date": _iso(cells["FIRDT"]),
        "fir_time": cells["FIRTM"].replace(".", ":"),
        "occurrence_from": _iso(cells["OCCFRDT"]),
        "occurrence_to": _iso(cells["OCCTODT"]),
        "place": cells["PLACE"],
        "property_value": cells["PROPVAL"].partition(".")[0],
        "io_name": cells["IONM"].removeprefix("उ.नि. "),
        "io_rank": "SI",
        "result": cells["RESULT"],
        "narrative": cells["NARR"],
    }


def _iso(text: str) -> str:
    """The day of a table's date field, "" when there is none or no calendar has it."""
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return ""


def write_dbf(path: Path, cases: Sequence[Case]) -> None:
    """The cases as a dBase III table with its memo file, text in Kruti Dev, codepage mark 0."""
    length = 1 + sum(size for _, _, size, _ in FIELDS)
    first = 32 + 32 * len(FIELDS) + 1
    head = struct.pack("<4BIHH20x", 0x83, 99, 12, 31, len(cases), first, length)
    for name, kind, size, places in FIELDS:
        head += struct.pack("<11sc4xBB14x", name.encode("ascii"), kind.encode("ascii"), size, places)
    memos = [b""]
    rows = b"".join(_row_bytes(c, memos) for c in cases)
    path.write_bytes(head + b"\x0d" + rows + b"\x1a")
    path.with_suffix(".DBT").write_bytes(_memo_bytes(memos))


def _row_bytes(case: Case, memos: list[bytes]) -> bytes:
    out = b"*" if case.deleted else b" "
    for name, kind, size, _ in FIELDS:
        text = case.cells[name]
        if kind == "M":
            memos.append(encode(ENCODING, text))
            text = str(len(memos) - 1)
        data = text.encode("ascii") if kind != "C" or name in PLAIN else encode(ENCODING, text)
        if len(data) > size:
            raise ValueError(f"row {case.number}: {name} needs {len(data)} bytes, has {size}")
        out += data.rjust(size) if kind in "NM" else data.ljust(size)
    return out


def _memo_bytes(memos: list[bytes]) -> bytes:
    """Memo blocks of 512 bytes; each text fits one."""
    blocks = [struct.pack("<I", len(memos)).ljust(512, b"\0")]
    blocks += [(text + b"\x1a\x1a").ljust(512, b"\0") for text in memos[1:]]
    return b"".join(blocks)


def _write_csv(path: Path, rows: list[dict[str, str]], columns: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def build(folder: Path = FOLDER, seed: int = SEED) -> None:
    """Write the table, its memo file, the station list it needs and the expected records (deleted rows left out)."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = make_cases(seed)
    write_dbf(folder / "FIRMAST.DBF", cases)
    kept = [c for c in cases if not c.deleted]
    _write_csv(
        folder / "FIRMAST.expected.csv",
        [{"row": str(c.number), **c.expected} for c in kept],
        ("row", *kept[0].expected),
    )
    acts = [{"row": str(c.number), "act": a, "section": s, "act_is_inferred": i} for c in kept for a, s, i in c.acts]
    _write_csv(folder / "FIRMAST.expected.acts.csv", acts, ("row", "act", "section", "act_is_inferred"))
    people = [{"row": str(c.number), **p} for c in kept for p in c.persons]
    columns = ("row", "role", "name", "alias", "relative_name", "address", "status")
    _write_csv(folder / "FIRMAST.expected.persons.csv", people, columns)
    stations = [{"station": s, "district": "Kalpana", "aliases": code} for code, s in STATIONS.items()]
    _write_csv(folder / "stations.csv", stations, ("station", "district", "aliases"))


if __name__ == "__main__":
    build()
