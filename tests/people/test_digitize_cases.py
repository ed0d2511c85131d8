"""`digitize case`: an FIR list and an arrest register of one station, taken in apart, shown together."""

import random
from collections import Counter

import pytest

from digitize.records.cases import CaseTally, find_case, iter_cases
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records, Stored, record_hash
from mappers.linking.cases import KEY
from mappers.record import FieldValue, Origin, Record

FIRS = """
format = 1
id = "case_firs"
version = "1"
title = "List of FIRs"
form = "iif1"
[match]
columns = ["PS", "FIRNO", "FIRYR", "FIRDT", "ACC"]
[set]
district = "Kalpana"
[rows.accused]
table = "persons"
set = { role = "accused" }
[[map]]
from = "PS"
to = "police_station"
clean = "station"
[[map]]
from = "FIRNO"
to = "fir_no"
clean = "int"
[[map]]
from = "FIRYR"
to = "year"
clean = "year"
[[map]]
from = "FIRDT"
to = "fir_date"
clean = "date"
[[map]]
from = "ACC"
into = "accused"
to = { name = "name" }
clean = "persons"
"""
ARRESTS = (
    FIRS.replace("case_firs", "case_arrests").replace("iif1", "iif3").replace('"ACC"]', '"ACC", "ARRDT"]')
    + """
[[map]]
from = "ARRDT"
to = "arrest_date"
clean = "date"
"""
)


@pytest.fixture(scope="module")
def place(digitize, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    digitize("init", "wb", folder / "ws", "--site", "test")
    (folder / "ws" / "lists" / "stations.csv").write_text(
        "station,district,aliases\nKalpanapur,Kalpana,\n", encoding="utf-8"
    )
    for name, text in (("case_firs", FIRS), ("case_arrests", ARRESTS)):
        (folder / "ws" / "mappings" / f"{name}.toml").write_text(text, encoding="utf-8")
    (folder / "firs.csv").write_text(
        "PS,FIRNO,FIRYR,FIRDT,ACC\nKalpanapur,7,1999,02-01-1999,A Sample\nKalpanapur,8,1999,03-01-1999,B Example\n",
        encoding="utf-8",
    )
    (folder / "arrests.csv").write_text(
        "PS,FIRNO,FIRYR,FIRDT,ACC,ARRDT\nKalpanapur,7,1999,05-01-1999,C Imaginary,06-01-1999\n"
        "Kalpanapur,9,1999,05-01-1999,D Sample,06-01-1999\n",
        encoding="utf-8",
    )
    digitize("intake", folder / "ws", folder / "firs.csv", folder / "arrests.csv")
    digitize("run", folder / "ws")
    return folder / "ws"


def test_what_registers_say_differently_is_listed(digitize, place):
    found = digitize.json("case", place)
    (case,) = found["cases"]
    assert [(c["kind"], c["fact"]) for c in case["conflicts"]] == [("conflict", "fir_date"), ("change", "accused")]
    assert found["counts"] == {
        "cases": 3, "with_conflicts": 1, "with_changes": 1, "without_fir": 1, "records": 4, "apart": 0, "purged": 0,
    }  # fmt: skip


def test_a_case_is_found_by_its_number_and_by_any_of_its_records(digitize, place):
    by_number = digitize.json("case", place, "kalpanapur/7/1999")
    assert [r["form"] for r in by_number["cases"][0]["records"]] == ["iif1", "iif3"]
    record = by_number["cases"][0]["records"][1]["record"]
    assert digitize.json("case", place, record) == by_number
    assert "conflict: fir_date: 1999-01-02" in digitize("case", place, "Kalpanapur/7/1999")


def linked_by_old_keys(choose):
    """Records of a few FIRs of two stations and years; some state keys of an old system, some have no FIR's key."""
    records = []
    for n in range(14):
        said = {"state": "wb", "district": "Kalpana", "police_station": choose.choice(("Mill", "Bridge")),
                "year": choose.choice(("1998", "1999")), "fir_no": choose.choice(("7", "8"))}  # fmt: skip
        if choose.random() < 0.4:
            del said["fir_no"]
        fields = {name: value_of(text) for name, text in said.items()}
        keys = [{"system": value_of("old"), "source_table": value_of("FIR"), "key": value_of(choose.choice("pqr"))}]
        children = {"legacy_keys": tuple(keys)} if choose.random() < 0.6 else {}
        records.append(Record(f"s-t0001-r{n}", choose.choice(("iif1", "iif3")), fields, children, ()))
    return records


def value_of(text):
    return FieldValue(text, text, 1.0, Origin(file="s-t0001", row=1, column="x"), "test@1", accept=0.9)


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_one_case_is_what_it_is_among_all_and_records_of_other_stations_are_not_opened(tmp_path, seed, monkeypatch):
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        for record in linked_by_old_keys(random.Random(seed)):
            station, year = record.value("police_station"), record.value("year")
            stored = Stored(record, record.id, f"wb|Kalpana|{station}|{year}", station, "en", record_hash(record))
            Records(ledger).replace_unit(record.id, [stored])
        opened, tally, real = Counter(), CaseTally(), Records._parse_row
        with monkeypatch.context() as patch:
            patch.setattr(Records, "_parse_row", lambda self, row: opened.update([row["record"]]) or real(self, row))
            every = list(tally.count_each(iter_cases(ledger)))
            counts = tally.compute_counts(ledger)
        # Once for the keys of old systems and once for its case, and no more to count them.
        assert len(opened) == 14 and set(opened.values()) == {2}
        assert counts.cases == len(every) and counts.records == sum(len(c.records) for c in every)
        assert counts.apart == 14 - counts.records and counts.without_fir == sum(not c.has_fir for c in every)
        assert any(how == "legacy-key" for case in every for how in case.linked.values())
        monkeypatch.setattr(Records, "by_group", None)
        times = Counter(name for case in every for name in case.linked)
        for case in every:
            key = dict(zip(KEY, case.key, strict=True))
            # An old key may stand at two stations: then the first is shown.
            asked = [name for name in case.linked if times[name] == 1]
            asked.append(f"{key['police_station'].upper()}/{key['fir_no']}/{key['year']}")
            assert [find_case(ledger, name) for name in asked] == [case] * len(asked)


def test_a_case_that_is_not_there_is_said(digitize, place):
    digitize("case", place, "Kalpanapur/70/1999", code=5)
