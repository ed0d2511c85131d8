# ruff: noqa: F811  # the fixtures come from the other file
"""A state's own tables compared with a source, and what our book beside them keeps: flags, rejects, calls, deliveries."""

import csv
import re
from dataclasses import replace

import polars as pl
import pytest
from test_own_tables import LAYOUT, SAMPLE, address, ask, changed, load, pg_url, record, rejects, target  # noqa: F401

from digitize.errors import TargetRefused
from digitize.files.loading.compared_sources import make_file_source
from digitize.files.loading.reconcile import compare
from digitize.files.loading.settings import import_settings
from digitize.quarantine.rejects import CORRECTED, find_rejects, make_update
from digitize.quarantine.replay import replay_rejects
from digitize.targets.flags import FLAG, count_flags, find_flags
from digitize.targets.from_records import as_batch
from digitize.targets.kind import Patience
from digitize.targets.own_tables.book import book_address, book_tables, init_book
from digitize.targets.own_tables.target import OwnTablesTarget
from digitize.targets.postgres.address import parse_address
from mappers.record import FieldValue
from sample_data.makers.own_tables import write_cases

SETTINGS = import_settings("iif1", ignore=["L001"])
FILE = SAMPLE / "state_tables.toml"


@pytest.fixture
def files(tmp_path):
    write_cases(tmp_path / "files", 30)
    return tmp_path / "files"


def edit(path, change):
    """Change each row of a file; change: is given the row and its number."""
    with path.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    for number, row in enumerate(rows):
        change(row, number)
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def differences(target, files):
    """What differs, by record, and what was left out."""
    found = compare(make_file_source([files], "iif1", SETTINGS), target)
    kinds = ("missing", "different", "only_target", "refused")
    return {r: kind for g in found.groups for kind in kinds for r in getattr(g, kind)}, found.left_out


# By table: a field of ours, a code, a constant, a line, a date written into a text, a key of another row of ours.
ALTERED = {
    "t_fir fir_contents": "UPDATE crime.t_fir SET fir_contents = 'x' WHERE {}",
    "t_fir record_status": "UPDATE crime.t_fir SET record_status = 'M' WHERE {}",
    "t_fir gd_dt": "UPDATE crime.t_fir SET gd_dt = '01/01/1999' WHERE {}",
    "t_fir stolen_value": "UPDATE crime.t_fir SET stolen_value = stolen_value + 0.01 WHERE {}",
    "t_person gender_cd": "UPDATE crime.t_person SET gender_cd = 2 WHERE srno = 2 AND fir_id IN (SELECT fir_id FROM crime.t_fir WHERE {})",
    "t_person srno": "UPDATE crime.t_person SET srno = 7 WHERE srno = 2 AND fir_id IN (SELECT fir_id FROM crime.t_fir WHERE {})",
    "t_person_address person_id": "UPDATE crime.t_person_address a SET person_id = (SELECT o.person_id FROM crime.t_person o JOIN crime.t_person p USING (fir_id) WHERE p.person_id = a.person_id AND o.person_id <> p.person_id) WHERE person_id IN (SELECT person_id FROM crime.t_person JOIN crime.t_fir USING (fir_id) WHERE {})",
    "t_fir_act_section": "DELETE FROM crime.t_fir_act_section WHERE srno = 2 AND fir_id IN (SELECT fir_id FROM crime.t_fir WHERE {})",
}  # fmt: skip
ONE = "fir_id = (SELECT (keys ->> 0)::int FROM cctns_book.laid_rows WHERE table_name = 't_fir' AND record_id = 'wb-000003')"


@pytest.mark.parametrize("what", ALTERED)
def test_every_kind_of_column_that_somebody_altered_is_found_and_nothing_else(
    digitize, target, ask, pg_url, files, what
):
    digitize("load", files, "--target", pg_url, "--layout", FILE, "--ignore", "L001")
    assert differences(target, files) == ({}, [])
    ask(ALTERED[what].format(ONE))
    assert differences(target, files) == ({"wb-000003": "different"}, [])


def test_what_is_gone_or_refused_or_only_there_is_told_by_its_kind(digitize, target, ask, pg_url, files):
    edit(files / "iif1.csv", lambda row, n: row.update(beat="B" * 11) if n == 5 else None)
    digitize("load", files, "--target", pg_url, "--layout", FILE, "--ignore", "L001")
    assert differences(target, files)[0] == {"wb-000005": "refused"}
    for table in ("t_fir_act_section", "t_property", "t_vehicle"):
        ask(f"DELETE FROM crime.{table} WHERE {ONE}")
    of = f"SELECT person_id FROM crime.t_person WHERE {ONE}"
    ask(f"DELETE FROM crime.t_person_identity WHERE person_id IN ({of})")
    ask(f"DELETE FROM crime.t_person_address WHERE person_id IN ({of})")
    ask(f"DELETE FROM crime.t_person WHERE {ONE}")
    ask(f"DELETE FROM crime.t_fir WHERE {ONE}")
    assert differences(target, files)[0] == {"wb-000005": "refused", "wb-000003": "missing"}
    # One that the source does not have any more; by the book it came with this source's own load.
    text = (files / "iif1.csv").read_text(encoding="utf-8")
    (files / "iif1.csv").write_text(re.sub(r"wb-000009,.*?\n(?=wb-)", "", text, flags=re.S), encoding="utf-8")
    assert "wb-000009" not in differences(target, files)[0]


def test_what_the_layout_does_not_carry_is_left_out_on_both_sides_and_said(digitize, target, ask, pg_url, files):
    digitize("load", files, "--target", pg_url, "--layout", FILE, "--ignore", "L001")
    with (files / "iif1.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    with (files / "iif1.csv").open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, [*rows[0], "result"])
        writer.writeheader()
        writer.writerows({**row, "result": "closed" if n < 3 else ""} for n, row in enumerate(rows))
    edit(files / "iif1_persons.csv", lambda row, n: row.update(sex="unknown") if n == 0 else None)
    found, said = differences(target, files)
    # The value without a code is a difference: another code stands there.
    assert found == {"wb-000000": "different"}
    assert said == [
        "Compared as empty, because the state's tables have no code or row for it: t_person.gender_cd 1.",
        "Not compared, because the layout does not carry it: iif1.result 3.",
    ]
    shown = digitize.json("reconcile", files, "--target", pg_url, "--layout", FILE, "--ignore", "L001", code=3)
    assert shown["left_out"] == said
    digitize("load", files, "--target", pg_url, "--layout", FILE, "--ignore", "L001")
    assert differences(target, files)[0] == {}


def test_a_book_has_no_key_to_a_table_that_it_has_not():
    tables = book_tables()
    for name, table in tables.items():
        for body in table.constraints.values():
            assert body.partition(" REFERENCES ")[2].partition(" ")[0] in {"", *tables}, name


def test_flags_stand_beside_a_record_and_come_back_with_its_earlier_version(target):
    def take(made, id, *flags):
        batch = as_batch(load(made, id=id))
        rows = batch.forms["iif1"]
        noted = pl.DataFrame([("wb-1", "iif1", *flag, "note") for flag in flags], schema=FLAG, orient="row")
        return target.take(replace(batch, forms={"iif1": replace(rows, flags=noted)}))

    assert take(record(1), "1" * 32, ("persons", 2, "sex", "F020"), ("", 0, "place", "P001")).flags == 2
    before = sorted(find_flags(target), key=str)
    assert [(f.field, f.code) for f in before] == [("persons[1].sex", "F020"), ("place", "P001")]
    take(record(1, place="market"), "2" * 32, ("", 0, "place", "P002"))
    assert count_flags(target) == {"P002": 1}
    target.undo("2" * 32, "")
    assert sorted(find_flags(target), key=str) == before
    target.undo("1" * 32, "")
    assert find_flags(target) == []


def test_a_record_that_is_refused_again_still_says_by_which_column(target, ask):
    target.load(load(record(1, beat="B" * 11)))
    target.load(load(record(1, beat="B" * 11), id="2" * 32, batch="b2"))
    (found,) = rejects(ask)
    assert "t_fir.beat_no is character varying(10)" in found[3]


def test_what_was_corrected_is_replayed_into_their_tables(target, ask):
    target.load(load(record(1, beat="B" * 11)))
    (reject,) = find_rejects(target)
    right = reject.record.with_value("beat", FieldValue("4", "4", by="operator Asha"))
    target.run_all([make_update(replace(reject, record=right), CORRECTED, {"by": "Asha"})])
    assert replay_rejects(target, find_rejects(target)).loaded == 1
    assert ask("SELECT beat_no FROM crime.t_fir") == [("4",)]
    ((standing, _),) = target.versions("iif1", ["wb-1"]).values()
    assert target.run("SELECT batch FROM loads WHERE load_id = ?", [standing])[0][0].startswith("replay-")


def test_the_same_call_after_the_layout_changed_is_not_taken_for_done(digitize, address, ask, pg_url, files):
    named = ("--target", pg_url, "--schema", "cctns_book", "--ignore", "L001")
    digitize("load", files, *named)
    assert "Nothing to do" in digitize("load", files, *named)
    init_book(book_address(address), changed(t_fir={"record_status": {"constant": "M"}}))
    assert "30 changed" in digitize("load", files, *named)
    assert ask("SELECT DISTINCT record_status FROM crime.t_fir") == [("M",)]


def test_a_script_of_our_own_tables_is_not_printed_for_a_layout(digitize):
    digitize("target", "init", "--print", "--layout", FILE, code=4)


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(TargetRefused, match="127.0.0.1:1/nobody"):
        OwnTablesTarget(parse_address("postgresql://u@127.0.0.1:1/nobody"), Patience(tries=1), LAYOUT)
