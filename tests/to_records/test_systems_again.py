"""Systems delivered again: in part, in any order, with changes. Nothing is lost, and nothing counts twice."""

from __future__ import annotations

import contextlib
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitize.files.mapping.find import table_context
from digitize.files.systems.bonds import find_owners
from digitize.files.systems.delivered import DeliveredTable, take_in
from digitize.files.systems.find import read_system, wanted_mapping
from digitize.files.systems.joining import GONE, CaseJoiner
from digitize.files.systems.store import RowStore
from digitize.machine.progress import Silent
from digitize.review.trial import try_decisions
from digitize.steps import map, map_system, system_chunks
from digitize.steps.systems import OpenSystems
from digitize.workspace.counting.totals import count_work
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.ledger.verdict import CHANGED
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context
from mappers.encodings import encodings
from mappers.legacy import LegacyRow, LegacyTable
from mappers.mapping.load import records_of
from mappers.record import to_plain
from tests.to_records.test_systems import SYSTEM, TABLES, write_system

COLUMNS = {name: text.split("\n")[0].split(",") for name, text in TABLES.items()}
FIRS = [("1", "12", "2009-03-04", "3"), ("2", "13", "2009-03-05", "4"), ("3", "14", "2009-03-06", "3")]
ACCUSED = [("1", "1", "Sample One", "30"), ("2", "01", "Sample Two", "31"), ("3", "2", "Sample Three", "40"),
           ("4", "3", "Sample Four", "20"), ("5", "99", "Sample Lost", "21")]  # fmt: skip
BAIL = [("3", "Example Surety"), ("4", "Sample Surety"), ("3", "Example Other")]
CODES = {"ps": [("3", "Sample Nagar", "1"), ("4", "Example Ganj", "2")], "dist": [("1", "Kangra"), ("2", "Mandi")]}
ALL = {"fir": FIRS, "accused": ACCUSED, "bail": BAIL, **CODES}
EVERY = [(name, row) for name, rows in ALL.items() for row in rows]


class Deliveries:
    """A system without a workspace, and what deliveries of its rows become."""

    def __init__(self, folder: Path) -> None:
        plain = SYSTEM.replace("[[lookup]]", '[[lookup]]\nencoding = "plain"')
        self.folder = folder
        self.rules, self.mappings = read_system(write_system(folder / "maps", plain))
        self.context = table_context("hp", None, 0)

    def __repr__(self) -> str:
        return "system"

    def _settle(self, legacy, wanted):
        return wanted_mapping(self.mappings, wanted, legacy, "hp", self.rules), legacy

    def made(self, deliveries, office="A", batches=()):
        """The records and the orphans of deliveries: each a list of (table, rows), office: of all, or of each."""
        tables, rules = [], self.rules
        with RowStore(self.folder) as store:
            for number, (name, rows) in enumerate(deliveries, 1):
                columns = tuple(COLUMNS[name])
                legacy = LegacyTable(name, columns, [LegacyRow(n, -1, r) for n, r in enumerate(rows, 1)])
                told = DeliveredTable(
                    number,
                    rules.name_of(name),
                    name,
                    "f",
                    (
                        str(number),
                        batches[number - 1] if batches else str(number),
                        office if isinstance(office, str) else office[number - 1],
                    ),
                    f"t{number}",
                )
                tables.append(take_in(store, rules, told, legacy, self._settle, encodings()))
            find_owners(store, rules, tables)
            joining, found = CaseJoiner(store, rules, tables), {}
            for head in (t for t in tables if t.name == "fir"):
                for families in joining.lots(list(store.firsts(head.number))):
                    numbers = [r.number for r in families[0].rows]
                    made = joining.map(families, self.context)
                    for record in records_of(made, families[0].ids, numbers, self.context):
                        number = record.fields["fir_no"].value if isinstance(office, str) else record.id
                        assert found.setdefault(number, record) is record
            waiting = [r.cells for t in tables if t.mapping and t.mapping.part for r in store.firsts(t.number)
                       if store.state_of(t.number, [r.first[1]])[r.first[1]] == "no-head"]  # fmt: skip
        return found, sorted(waiting)


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    return Deliveries(tmp_path_factory.mktemp("again"))


def exported(found):
    """What is exported of records, apart from the ids that deliveries gave them."""
    plain = {number: to_plain(record) for number, record in sorted(found.items())}
    for record in plain.values():
        record["id"] = ""
        for cell in [
            *record["fields"].values(),
            *(c for t in record["children"].values() for r in t for c in r.values()),
        ]:
            cell.pop("origin", None)
            # That a later delivery has most rows and not this one is said of it; it stays the same.
            if cell.get("notes") == [GONE]:
                del cell["notes"]
        # Bail has no key of its own rows: their order is that of their delivery.
        record["children"]["persons"].sort(
            key=lambda r: r["role"]["value"] + r["name"]["value"] * (r["role"]["value"] == "witness")
        )
    return json.dumps(plain, sort_keys=True)


@pytest.fixture(scope="module")
def at_once(system):
    found, waiting = system.made(list(ALL.items()))
    assert len(found) == 3 and len(waiting) == 1
    return exported(found), waiting


pieces = st.lists(st.lists(st.sampled_from(EVERY), min_size=1, max_size=9), max_size=4)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=pieces, order=st.permutations(EVERY), cuts=st.lists(st.integers(1, len(EVERY)), max_size=4))
def test_any_order_and_repetition_of_deliveries_gives_the_same_records(system, at_once, some, order, cuts):
    at = sorted({0, *cuts, len(order)})
    whole = [order[a:b] for a, b in zip(at, at[1:], strict=False)]
    deliveries = []
    for lot in [*some[:2], *whole, *some[2:]]:
        # A file has a row once.
        by_table = {name: list(dict.fromkeys(r for n, r in lot if n == name)) for name in ALL}
        deliveries += [(name, rows) for name, rows in by_table.items() if rows]
    found, waiting = system.made(deliveries)
    assert (exported(found), waiting) == at_once


# -- what changes between two deliveries --------------------------------------------------------------------------------


def names(record):
    return [row["name"].value for row in record.children.get("persons", ())]


def test_a_row_that_moved_to_another_fir_counts_there_alone(system):
    found, _ = system.made([*ALL.items(), ("accused", [("2", "3", "Sample Two", "31")])])
    assert names(found["12"]) == ["Sample One"]
    assert names(found["14"]) == ["Sample Two", "Sample Four", "Sample Surety"]
    # To an FIR that is not delivered yet: it waits for that.
    found, waiting = system.made([*ALL.items(), ("accused", [("2", "77", "Sample Two", "31")])])
    assert names(found["12"]) == ["Sample One"] and ("2", "77", "Sample Two", "31") in waiting


def test_a_row_that_went_back_or_was_corrected_after_it_moved_counts_in_the_last_fir_alone(system):
    moves = [("accused", [("2", fir, "Sample Two", age)]) for fir, age in (("3", "31"), ("1", "31"), ("1", "32"))]
    for last, fir in ((1, "14"), (2, "12"), (3, "12")):
        found, waiting = system.made([*ALL.items(), *moves[:last]])
        assert [n for n in found if "Sample Two" in names(found[n])] == [fir] and len(waiting) == 1
    found, _ = system.made([*ALL.items(), moves[0], ("accused", [("2", "3", "Sample Two", "32")])])
    assert [n for n in found if "Sample Two" in names(found[n])] == ["14"]


def test_two_offices_that_number_and_say_alike_are_two_cases_and_their_rows_move_each_for_itself(system):
    one, other = [("1", "1", "Sample One", "30")], [("1", "1", "Other One", "31")]
    told = [("fir", FIRS), ("accused", one), ("fir", FIRS), ("accused", other), ("accused", [("1", "2", *one[0][2:])])]
    found, waiting = system.made(told, ["A", "A", "B", "B", "A"])
    assert {i: names(r) for i, r in found.items() if names(r)} == {
        "t1-r0000002": ["Sample One"],
        "t3-r0000001": ["Other One"],
    }
    assert len(found) == 6 and waiting == []
    # What waits in one office is not what says the same in another.
    found, waiting = system.made([("accused", one), ("accused", one), ("fir", FIRS)], ["A", "B", "A"])
    assert len(waiting) == 1 and [names(r) for r in found.values()] == [["Sample One"], [], []]


def test_numbers_that_count_within_each_fir_move_nothing(system):
    first = [("1", "1", "Sample One", "30"), ("1", "2", "Sample Two", "31"), ("2", "2", "Sample Three", "40")]
    found, _ = system.made([("fir", FIRS), ("accused", first), ("accused", [("1", "3", "Sample One", "30")])])
    assert [names(found[n]) for n in ("12", "13", "14")] == [
        ["Sample One"],
        ["Sample Two", "Sample Three"],
        ["Sample One"],
    ]


def test_an_fir_delivered_again_alone_is_the_same_record_with_its_parts(system):
    changed = [("1", "12", "2009-04-04", "3")]
    found, _ = system.made([*ALL.items(), ("fir", changed)])
    assert found["12"].fields["fir_date"].value == "2009-04-04"
    assert (found["12"].id, names(found["12"])) == ("t1-r0000001", ["Sample One", "Sample Two"])
    assert found["12"].fields["fir_date"].origin.row == 1 and len(found) == 3


def test_another_station_or_year_that_numbers_alike_is_no_newer_version(system):
    others = [("1", "71", "2010-01-04", "4"), ("2", "72", "2010-01-05", "3"), ("3", "73", "2010-01-06", "4")]
    found, _ = system.made([("fir", FIRS), ("fir", others)])
    assert sorted(found) == ["12", "13", "14", "71", "72", "73"]


def test_what_waits_counts_once_however_often_it_is_delivered(system):
    lost = [("5", "99", "Sample Lost", "21"), ("6", "", "Sample Nokey", "22")]
    with_again = system.made(
        [("accused", lost), ("accused", lost), ("accused", [*lost[:1], ("6", "", "Sample Nokey", "23")])]
    )
    assert with_again[1] == [("5", "99", "Sample Lost", "21")]


def test_a_part_whose_head_is_gone_from_a_newer_delivery_stays_with_it_where_nobody_told_the_office(system):
    both = [("fir", FIRS), ("accused", ACCUSED[:4]), ("fir", FIRS[1:]), ("accused", ACCUSED[:4])]
    found, waiting = system.made(both, "", ("b1", "b1", "b2", "b2"))
    assert waiting == [] and names(found["12"]) == ["Sample One", "Sample Two"] and len(found) == 3


def test_a_row_that_a_newer_delivery_has_no_more_stays_and_is_told(system):
    found, _ = system.made([*ALL.items(), ("fir", FIRS[:2]), ("accused", [ACCUSED[n] for n in (0, 2, 3, 4)])])
    assert sorted(found) == ["12", "13", "14"]
    noted = {n: [path for path, v in r.cells() if GONE in v.notes] for n, r in found.items()}
    assert noted == {"12": ["persons[1].name"], "13": [], "14": ["fir_date"]}


# -- in a workspace -----------------------------------------------------------------------------------------------------


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "hp", tmp_path / "ws", "--site", "test")
    folder = write_system(tmp_path / "ws" / "mappings")
    # Another mapping that fits the columns as well: a system's own is known by the name of its table.
    decoy = (folder / "thana_accused.toml").read_text("utf-8").replace('id = "thana_', 'id = "other_')
    (folder / "other_accused.toml").write_text(decoy, "utf-8")
    return tmp_path / "ws"


def deliver(digitize, place, folder, **tables):
    """Take tables in and map them. Returns how many records are new or changed."""
    take_in_again(digitize, place, folder, **tables)
    return mapped(place)


def take_in_again(digitize, place, folder, **tables):
    folder.mkdir()
    for name, rows in tables.items():
        text = "\n".join(",".join(row) for row in [COLUMNS[name], *rows])
        (folder / f"{name}.csv").write_text(f"{text}\n", "utf-8")
    digitize("intake", place, folder, "--station", "Sample Nagar", "--district", "Kangra")


def mapped(place):
    opened = open_place(place)
    with Ledger(opened.ledger) as ledger:
        known = known_of(place, ledger)
        todos = map.plan(ledger, known).todos
        return map.map_units(ledger, known, todos, Silent()) if todos else 0


LEARNED = {}


def known_of(place, ledger):
    """What a run knows of a workspace; the day of its newest intake decides nothing here."""
    if place not in LEARNED:
        LEARNED[place] = build_run_context(open_place(place), ledger)
    return LEARNED[place]


def decide(place, record, cell, reading, value, at="2026-11-29T10:00:00+00:00"):
    with Ledger(place / "ledger.sqlite") as ledger:
        Records(ledger).insert_decision(Decision(record, cell, reading, "", "iif1", "value", value, "A. Rao"), at)


def one(place, record):
    with Ledger(place / "ledger.sqlite") as ledger:
        return Records(ledger).find(record)


def test_a_decision_holds_while_its_own_cell_is_what_it_was(digitize, place, tmp_path):
    assert deliver(digitize, place, tmp_path / "1", **ALL) == 4
    (fir,) = [r for r in ids(place) if one(place, r).record.value("fir_no") == "12"]
    part = next(v.origin.part for p, v in one(place, fir).record.cells() if v.value == "Sample Two")
    decide(place, fir, f"column:{part}/nm", "Sample Two", "Typed Name")
    decide(place, fir, "column:dt", "2009-03-04", "2009-03-09")
    assert mapped(place) == 3
    # Another cell of the same rows: both hold. The file with the rows is the old one's successor.
    newer = {"accused": [("2", "1", "Sample Two", "35")], "fir": [("1", "12", "2009-03-04", "4")]}
    assert deliver(digitize, place, tmp_path / "2", **newer) == 3
    record = one(place, fir).record
    assert [v.value for p, v in record.cells() if v.origin.part == part] == ["Typed Name", "35"]
    assert record.fields["fir_date"].value == "2009-03-09" and record.fields["police_station"].value == "Example Ganj"
    # The cells themselves: asked again, with what was settled before beside it.
    assert deliver(digitize, place, tmp_path / "3", accused=[("2", "1", "Sample Twain", "35")]) == 3
    name = next(v for _, v in one(place, fir).record.cells() if v.origin.part == part)
    assert (name.value, name.is_sure(), name.candidates[0]) == ("Sample Twain", False, "Typed Name")
    assert CHANGED in name.notes
    # Settled on what stands there now, it holds.
    answer = Decision(
        fir, f"column:{part}/nm", "Sample Twain", "", "iif1", "value", "Other Name", "A. Rao", "2026-11-29T11"
    )
    opened = open_place(place)
    with Ledger(opened.ledger) as ledger:
        tried = try_decisions(ledger, known_of(place, ledger), fir, [answer], with_rules=False)
    assert "Other Name" in names(tried.record) and tried.record.fields["fir_date"].value == "2009-03-09"
    # An FIR that a newer list of all has no more is counted and keeps its place.
    assert deliver(digitize, place, tmp_path / "5", fir=FIRS[1:]) == 3
    with Ledger(place / "ledger.sqlite") as ledger:
        assert count_work(ledger).totals.gone == 1
    # The same again, and nothing new to be done.
    assert deliver(digitize, place, tmp_path / "4", accused=[("2", "1", "Sample Twain", "35"), ACCUSED[0]]) == 0


def ids(place):
    with Ledger(place / "ledger.sqlite") as ledger:
        return [s.record.id for s in Records(ledger).all()]


class Killed(BaseException):
    """As if the process were gone."""


def test_a_run_of_a_system_killed_at_any_chunk_and_done_again_makes_the_same(digitize, place, tmp_path, monkeypatch):
    monkeypatch.setattr(map_system, "CHUNK", 1)
    take_in_again(digitize, place, tmp_path / "1", **ALL)
    take_in_again(digitize, place, tmp_path / "2", accused=[("2", "3", "Sample Two", "31")], fir=FIRS[:2])
    keep = Records.replace_rows
    shaken, count = tmp_path / "shaken", 0
    shutil.copytree(place, shaken)

    def killed(self, unit, rows):
        nonlocal count
        count += 1
        keep(self, unit, rows)
        # In the middle of a transaction, of every third chunk once.
        if count % 3 == 1:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Records, "replace_rows", killed)
        for _ in range(40):
            with contextlib.suppress(Killed):
                if mapped(shaken) == 0:
                    break
    (shaken / "systems" / "thana.rows").unlink()
    assert mapped(shaken) == 0 and count > 10
    assert mapped(place) > 0
    assert everything(shaken) == everything(place)


def everything(place):
    with Ledger(place / "ledger.sqlite") as ledger:
        return [(s.record, s.unit, s.group, s.station, s.hash) for s in Records(ledger).all()]


def test_columns_and_records_of_a_system_are_kept_alike(digitize, place, tmp_path):
    take_in_again(digitize, place, tmp_path / "1", **ALL)
    opened = open_place(place)
    with Ledger(opened.ledger) as ledger:
        known = known_of(place, ledger)
        todo = next(t for t in map.plan(ledger, known).todos if t.table.name == "fir")
        with OpenSystems(ledger, known) as systems:
            held = systems.open(todo.system)
            source = held.delivered[todo.unit].number
            work = map_system._work(ledger, known, todo.system, held, (source, todo.table), "key")
            work = system_chunks.with_shape(work, 1, work.find_shape((1, 3)))
            rows = list(work.store.firsts(source))
            (families,) = work.joining.lots(rows)
            packed = list(system_chunks._pack_families(work, "unit", families))
            records = system_chunks._records(work, rows, {})
    plain = [system_chunks._row(work, "unit", r) for r in records]
    assert [r._replace(data=b"") for r in packed] == [r._replace(data=b"") for r in plain]
    assert [work.packing.record(r.data[5:], r.record, r.form, r.batch) for r in packed] == records
    assert any(v.origin.part for r in records for _, v in r.cells())
