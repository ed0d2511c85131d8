"""Makes three invented systems of several tables, and the records that their heads should become.

Run `python -m sample_data.systems` to write sample_data/systems/*/golden/ anew: the source as its program stored it (a
dump of MySQL, an Access database, a folder of FoxPro), expected.jsonl with a line a row of the head, context.toml. The
same bytes come out each time. What is expected comes from the invented cases; no mapping is asked. The mappings beside
it were drafted by `digitize map new`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sample_data.formats_write import Line, inserts, write_dbf
from sample_data.jet_tables import DATE, LONG, TEXT, several

FOLDER = Path(__file__).parent / "systems"
SEED, CASES = 1997, 14
_NAMES = ("उदाहरण नमूनादास", "काल्पनिक मिथ्याराम", "नमूना कल्पनाप्रसाद", "बनावटी उदाहरणवाल", "आदर्शलाल काल्पनिकदेवी")
_LATIN = ("Sample Imaginary", "Example Pretend", "Specimen Invented", "Mock Example", "Fancied Sample")
_STATIONS = (("1", "नमूना नगर", "1"), ("2", "उदाहरणगंज", "2"), ("3", "कल्पनापुर", "1"))
_LATIN_STATIONS = (("1", "Namuna Nagar", "1"), ("2", "Udaharan Ganj", "2"), ("3", "Kalpanapur", "1"))
_SEXES = (("1", "Male", "male"), ("2", "Female", "female"))
_ACTS = (("10", "Indian Penal Code", "IPC", ("379", "323", "420")), ("20", "Arms Act", "ARMS", ("25", "27")))
_ITEMS = ("a sample cycle", "an example of a goat", "an imaginary watch")
_ACCESS_DAY = date(1899, 12, 30)


@dataclass(frozen=True)
class Accused:
    """One invented accused."""

    name: str
    age: str
    sex: tuple[str, str, str]


@dataclass(frozen=True)
class Case:
    """One invented case. station: code, name, code of its district."""

    number: int
    day: date
    station: tuple[str, str, str]
    narrative: str
    accused: tuple[Accused, ...]
    act: tuple[str, str, str, tuple[str, ...]]
    sections: tuple[str, ...]
    items: tuple[tuple[str, str], ...]


def invent(seed: int, names: Sequence[str], stations: Sequence[tuple[str, str, str]]) -> list[Case]:
    """Cases, always the same for a seed."""
    r, cases = random.Random(seed), []
    for number in range(1, CASES + 1):
        act = r.choice((_ACTS[0], _ACTS[0], _ACTS[1]))
        people = tuple(
            Accused(r.choice(names), str(r.randrange(18, 60)), r.choice(_SEXES)) for _ in range(r.choice((1, 1, 2, 3)))
        )
        items = tuple((r.choice(_ITEMS), str(100 * r.randrange(2, 90))) for _ in range(r.choice((0, 0, 1))))
        day = date(2004, 1, 5) + timedelta(days=r.randrange(340))
        story = f"{r.choice(names)}: " + "an example of what never was. " * 3 + "It ends here."
        station, sections = r.choice(stations), tuple(r.sample(act[3], r.choice((1, 2))))
        cases.append(Case(number, day, station, story, people, act, sections, items))
    return cases


def _expected(case: Case, district: str, **more: str) -> dict[str, object]:
    fields = {"police_station": case.station[1], "district": district, "year": str(case.day.year), "fir_no":
              str(case.number), "fir_date": case.day.isoformat(), "narrative": case.narrative, **more}  # fmt: skip
    children: dict[str, list[dict[str, str]]] = {
        "persons": [{"role": "accused", "name": a.name, "age": a.age, "sex": a.sex[2]} for a in case.accused],
        "acts": [{"act": case.act[2], "section": s} for s in case.sections],
        "property": [{"description": d, "value": v} for d, v in case.items],
    }
    return {"fields": fields, "children": {n: rows for n, rows in children.items() if rows}}


def _write(folder: Path, state: str, expected: Sequence[Mapping[str, object]]) -> None:
    lines = [json.dumps({"row": n, "form": "iif1", **e}, ensure_ascii=False) + "\n" for n, e in enumerate(expected, 1)]
    (folder / "expected.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    (folder / "context.toml").write_text(f'state = "{state}"\n', encoding="utf-8", newline="\n")


def mysql(folder: Path) -> None:
    """A dump of MySQL: keys by number, a lookup of a lookup, an account table and a log that knows its case, too."""
    cases = invent(SEED, _LATIN, _LATIN_STATIONS)
    head, accused, sections, items, log = [], [], [], [], []
    for c in cases:
        key = str(1000 + c.number)
        head.append({"fir_id": key, "ps_cd": c.station[0], "fir_year": str(c.day.year), "fir_no": str(c.number),
                     "fir_date": c.day.isoformat(), "gist": c.narrative})  # fmt: skip
        # As text, padded: another programmer's table.
        accused += [{"acc_id": str(len(accused) + n), "case_id": key.zfill(8), "accused_name": a.name, "age": a.age,
                     "sex_cd": a.sex[0]} for n, a in enumerate(c.accused, 1)]  # fmt: skip
        sections += [{"sl_no": str(len(sections) + n), "case_id": key, "act_cd": c.act[0], "section": s}
                     for n, s in enumerate(c.sections, 1)]  # fmt: skip
        items += [{"prop_id": str(len(items) + n), "case_id": key, "prop_desc": d, "prop_value": v}
                  for n, (d, v) in enumerate(c.items, 1)]  # fmt: skip
        log.append({"log_id": str(c.number), "fir_id": key, "action": "ADD", "login": "op1"})
    accused.append({"acc_id": "99", "case_id": "00009999", "accused_name": "Sample Lost", "age": "30", "sex_cd": "1"})
    tables = {
        "ps_master": [{"ps_cd": c, "ps_name": n, "dist_cd": d} for c, n, d in _LATIN_STATIONS],
        "district_master": [{"dist_cd": "1", "dist_name": "Bhopal"}, {"dist_cd": "2", "dist_name": "Betul"}],
        "gender_mst": [{"sex_cd": c, "descr": n} for c, n, _ in _SEXES],
        "act_master": [{"act_cd": c, "act_name": n} for c, n, _, _ in _ACTS],
        "app_users": [{"login": "op1", "passwd": "x"}, {"login": "op2", "passwd": "y"}],
        "activity_log": log, "fir_accused": accused, "act_section": sections, "property_dtl": items, "fir_master": head,
    }  # fmt: skip
    text = "-- MySQL dump 10.13\n"
    for name, rows in tables.items():
        text += f"CREATE TABLE `{name}` ({', '.join(f'`{c}` varchar(255)' for c in rows[0])});\n"
        text += inserts(f"`{name}`", rows)
    (folder / "source.sql").write_text(text, encoding="utf-8", newline="\n")
    districts = {"1": "Bhopal", "2": "Betul"}
    _write(folder, "mp", [_expected(c, districts[c.station[2]], legacy_key=str(1000 + c.number)) for c in cases])


def access(folder: Path) -> None:
    """An Access database: keys of station, year and number."""
    cases = invent(SEED + 1, _LATIN, _LATIN_STATIONS)
    of_key = [("PSID", LONG), ("FIRYEAR", LONG), ("FIRNO", LONG)]
    keys = {c.number: [int(c.station[0]), c.day.year, c.number] for c in cases}
    tables = [
        ("tblFIR", [*of_key, ("FIRDATE", DATE), ("NARRATION", TEXT)],
         [[*keys[c.number], float((c.day - _ACCESS_DAY).days), c.narrative] for c in cases]),
        ("tblAccused", [("ACCID", LONG), *of_key, ("ACCNAME", TEXT), ("AGE", LONG), ("SEXID", LONG)],
         [[n, *key, a.name, int(a.age), int(a.sex[0])] for n, (key, a) in
          enumerate(((keys[c.number], a) for c in cases for a in c.accused), 1)]),
        ("tblActSec", [("ROWID", LONG), *of_key, ("ACTID", LONG), ("SECNO", TEXT)],
         [[n, *key, int(act), s] for n, (key, act, s) in
          enumerate(((keys[c.number], c.act[0], s) for c in cases for s in c.sections), 1)]),
        ("tblThana", [("PSID", LONG), ("PSNAME", TEXT), ("DISTID", LONG)],
         [[int(c), n, int(d)] for c, n, d in _LATIN_STATIONS]),
        ("tblDistrict", [("DISTID", LONG), ("DISTNAME", TEXT)], [[1, "Pune City"], [2, "Satara"]]),
        ("tblSex", [("SEXID", LONG), ("SEXNAME", TEXT)], [[int(c), n] for c, n, _ in _SEXES]),
        ("tblAct", [("ACTID", LONG), ("ACTNAME", TEXT)], [[int(c), n] for c, n, _, _ in _ACTS]),
        ("tblUser", [("UID", LONG), ("PWD", TEXT)], [[1, "x"], [2, "y"]]),
    ]  # fmt: skip
    (folder / "source.mdb").write_bytes(several(tables))
    districts = {"1": "Pune City", "2": "Satara"}
    expected = []
    for c in cases:
        made = _expected(c, districts[c.station[2]])
        children = made["children"]
        assert isinstance(children, dict)
        children.pop("property", None)
        expected.append(made)
    _write(folder, "mh", expected)


def foxpro(folder: Path) -> None:
    """A folder of FoxPro tables in Kruti Dev 010: keys as text, a memo-less narrative in a table of its own."""
    cases = invent(SEED + 2, _NAMES, _STATIONS)
    source = folder / "source"
    source.mkdir(exist_ok=True)
    key = {c.number: f"KP/{c.day.year}/{c.number:04d}" for c in cases}
    texts = {c.number: "नमूने की कहानी जो केवल उदाहरण है और कभी नहीं हुई " * 2 + "समाप्त" for c in cases}

    def table(name: str, fields: Sequence[tuple[str, str, int]], rows: Sequence[Mapping[str, str]]) -> None:
        lines = [Line(n, row) for n, row in enumerate(rows, 1)]
        write_dbf(source / f"{name}.DBF", lines, fields, "krutidev-010")

    table("FIRMST", [("CASEKEY", "C", 14), ("PSCD", "C", 2), ("YR", "C", 4), ("CRNO", "N", 5), ("REGDT", "D", 8)],
          [{"CASEKEY": key[c.number], "PSCD": c.station[0], "YR": str(c.day.year), "CRNO": str(c.number),
            "REGDT": f"{c.day:%Y%m%d}"} for c in cases])  # fmt: skip
    table(
        "FIRFACTS",
        [("CASEKEY", "C", 14), ("NARR", "C", 250)],
        [{"CASEKEY": key[c.number].lower(), "NARR": texts[c.number]} for c in cases],
    )
    table("ACCUSED", [("SRNO", "N", 5), ("CASEKEY", "C", 14), ("ACCNAME", "C", 60), ("AGE", "N", 3), ("SEX", "C", 1)],
          [{"SRNO": str(n), "CASEKEY": key[c.number].replace("/0", "/"), "ACCNAME": a.name, "AGE": a.age,
            "SEX": a.sex[0]} for n, (c, a) in enumerate(((c, a) for c in cases for a in c.accused), 1)])  # fmt: skip
    table("ACTSEC", [("SRNO", "N", 5), ("CASEKEY", "C", 14), ("ACTCD", "C", 2), ("SECTION", "C", 8)],
          [{"SRNO": str(n), "CASEKEY": key[c.number], "ACTCD": c.act[0], "SECTION": s}
           for n, (c, s) in enumerate(((c, s) for c in cases for s in c.sections), 1)])  # fmt: skip
    table("PSMST", [("PSCD", "C", 2), ("PSNAME", "C", 40)], [{"PSCD": c, "PSNAME": n} for c, n, _ in _STATIONS])
    table("SEXMST", [("SEX", "C", 1), ("SEXNAME", "C", 12)], [{"SEX": c, "SEXNAME": n} for c, n, _ in _SEXES])
    table("ACTMST", [("ACTCD", "C", 2), ("ACTNAME", "C", 30)], [{"ACTCD": c, "ACTNAME": n} for c, n, _, _ in _ACTS])
    table("USERLOG", [("LOGNO", "N", 5), ("CASEKEY", "C", 14), ("ACTION", "C", 6)],
          [{"LOGNO": str(c.number), "CASEKEY": key[c.number], "ACTION": "ADD"} for c in cases])  # fmt: skip
    expected = []
    for c in cases:
        made = _expected(c, "", narrative=texts[c.number], legacy_key=key[c.number])
        fields, children = made["fields"], made["children"]
        assert isinstance(fields, dict) and isinstance(children, dict)
        del fields["district"]
        children.pop("property", None)
        expected.append(made)
    _write(folder, "rj", expected)


SYSTEMS = {"mp_thana_mysql": mysql, "mh_thana_access": access, "rj_thana_foxpro": foxpro}


def build(folder: Path = FOLDER) -> None:
    """Write all three."""
    for name, write in SYSTEMS.items():
        place = folder / name / "golden"
        place.mkdir(parents=True, exist_ok=True)
        write(place)


if __name__ == "__main__":
    build()
