"""A workspace that captures the core of its forms: what it asks, what it loads, and what it says of the rest."""

from __future__ import annotations

import json
import shutil
import sqlite3

from test_calibrate_job import Office, mappings  # noqa: F401  # a fixture: the package's mappings read once

from digitize.workspace.counting.totals import count_work
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place

ZONES = ("district", "police_station", "year", "fir_no", "fir_date", "info_date", "statutes", "complainant_name",
         "gd_no", "narrative")  # fmt: skip
ASKED = {"fir_no", "fir_date", "statutes", "complainant_name"}


def choose(place, profile):
    path = place.folder / "digitize.toml"
    head, _, tail = path.read_text(encoding="utf-8").partition("[capture]\n")
    rest = tail.partition("\n\n")[2]
    path.write_text(f'{head}[capture]\nprofile = "{profile}"\n\n{rest}', encoding="utf-8")
    return open_place(place.folder)


def test_a_record_loads_when_what_is_captured_is_settled_and_says_what_is_not(mappings, digitize, samples, tmp_path):  # noqa: F811
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    shutil.copy(samples / "stations.csv", tmp_path / "ws" / "lists" / "stations.csv")
    gold = next(
        g["zones"] for g in map(json.loads, (samples / "gold.jsonl").read_text(encoding="utf-8").splitlines())
        if g["form"] == "wbp_27"
    )  # fmt: skip
    office = Office(choose(open_place(tmp_path / "ws"), "core"), {name: gold[name] for name in ZONES})
    office.take_in(digitize, "a")
    assert office.run().totals.loaded == 0
    with Ledger(office.place.ledger) as ledger:
        counts = count_work(ledger)
    # Station and district are told, the same day stands in two boxes; the year is not told, and asked.
    assert (counts.next_needed.records, counts.next_needed.answers) == (6, 6 * len(ASKED | {"year"}))
    assert (
        "Not captured, though the paper may have something there: iif1.gd_no 6, iif1.narrative 6"
        in counts.captured[0].line()
    )
    _, rows = office.sheet()
    assert {row["place"].partition("/")[2] for row in rows} == ASKED | {"year"}
    both = next(row["field"] for row in rows if row["place"].endswith("/fir_date"))
    # Two fields of the form, in the sheet's language, and below them the words of the paper.
    named, paper = both.split("\n")
    assert named.count(",") == 1 and named.endswith("(3b)") and paper == "FIR No.: Date"

    office.answer(rows)
    assert office.run().totals.loaded == 6
    with sqlite3.connect(office.place.folder / "loaded" / "cctns.sqlite") as db:
        assert db.execute("SELECT count(*) FROM iif1 WHERE narrative IS NULL AND gd_no IS NULL").fetchone() == (6,)
        noted = "SELECT field, count(*) FROM flags WHERE code = 'F052' GROUP BY field"
        assert dict(db.execute(noted)) == {"gd_no": 6, "narrative": 6}
        place = "SELECT DISTINCT zone FROM field_origin WHERE field = 'narrative'"
        assert db.execute(place).fetchall() == [("narrative",)]

    # Whoever wants more later is asked for that alone; nothing that was answered is asked again.
    office.place = choose(office.place, "full")
    assert office.run().totals.loaded == 0
    _, rows = office.sheet()
    assert {row["place"].partition("/")[2] for row in rows} == {"gd_no", "narrative"}
