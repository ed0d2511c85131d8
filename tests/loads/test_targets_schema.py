"""What version 2 of the tables guards: keys, degrees, persons; each breach is a named reject and sinks no batch."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from targets_pg import execute, rows
from test_digitize_targets import L1, L2, load, record, target  # noqa: F401  # fixtures

from digitize.targets.from_records import as_batch
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.diagrams import er_page
from digitize.targets.postgres.masters import MASTERS, master_rows
from digitize.targets.postgres.setup import init_target
from digitize.targets.postgres.tables import VERSION, define_tables
from digitize.targets.value_checks import find_nobodies
from mappers.record import FieldValue, Record
from mappers.schema import load_schemas
from mappers.schema.links import named_first, row_references


def with_rows(n, persons, addresses, **fields):
    own = record(n, **fields)
    children = {
        "persons": tuple({"name": FieldValue(p, p)} for p in persons),
        "addresses": tuple({k: FieldValue(v, v) for k, v in a.items()} for a in addresses),
    }
    return Record(own.id, "iif1", own.fields, children, own.pages, own.batch)


REJECTED = [
    (with_rows(1, "AB", [{"person_line": "3"}]), "D009", "addresses[0].person_line"),
    (with_rows(1, "", [{"person_line": "1"}]), "D009", "addresses[0].person_line"),
    (with_rows(1, "A", [{"address": "x"}, {"latitude": "90.1"}]), "D001", "addresses[1].latitude"),
    (with_rows(1, "A", [{"longitude": "-180.5"}]), "D001", "addresses[0].longitude"),
    (with_rows(1, "A", [{"latitude": "22°34'N"}]), "D001", "addresses[0].latitude"),
    (with_rows(1, "A", [{"latitude": "NaN"}]), "D001", "addresses[0].latitude"),
    (with_rows(1, "A", [], year=""), "D008", "year"),
    (with_rows(1, "A", [], fir_no=""), "D008", "fir_no"),
]


@pytest.mark.parametrize(("bad", "code", "field"), REJECTED, ids=range(len(REJECTED)))
def test_a_breach_is_one_named_reject(target, bad, code, field):  # noqa: F811
    good = with_rows(2, "AB", [{"person_line": "2", "latitude": "-22.50", "longitude": "180"}, {"address": "x"}])
    receipt = target.load(load(bad, good))
    assert (receipt.inserted, receipt.rejected) == (1, 1)
    (kept,) = [k for k in target.run("SELECT CAST(findings AS text) FROM rejects")]
    assert f'"{code}"' in kept[0] and f'"{field}"' in kept[0]


def test_rows_that_name_others_come_and_go_in_order(target):  # noqa: F811
    """In, changed, withdrawn, undone: the person is there whenever an address names it."""
    one = with_rows(1, "AB", [{"person_line": "2"}])
    other = with_rows(1, "ABC", [{"person_line": "3"}])
    target.load(load(one))
    assert target.load(load(other, id=L2)).updated == 1
    assert target.undo(L2, "test").restored == 1
    assert target.run("SELECT person_line FROM iif1_addresses") == [(2,)]
    assert target.load(load(record(5), id="4" * 32)).withdrawn == 1
    assert target.run("SELECT count(*) FROM iif1_persons") == [(0,)]
    target.undo("4" * 32, "test")
    assert target.run("SELECT count(*) FROM iif1_persons") == [(2,)]


def test_the_database_itself_refuses_a_reference_to_nobody(postgres_target):
    execute(postgres_target, f"INSERT INTO loads (load_id, batch, receipt) VALUES ('{L1}', 'b', '{{}}')")
    own = "INSERT INTO iif1 (record_id, load_id, row_hash, year, fir_no) VALUES ('r', '{}', '{}', 2020, 1)"
    execute(postgres_target, own.format(L1, L1))
    with pytest.raises(Exception, match="iif1_addresses_person"):
        execute(postgres_target, "INSERT INTO iif1_addresses (record_id, line, person_line) VALUES ('r', 1, 1)")
    with pytest.raises(Exception, match="iif1_addresses_degrees"):
        execute(postgres_target, "INSERT INTO iif1_addresses (record_id, line, latitude) VALUES ('r', 1, 91)")


@given(st.lists(st.integers(1, 4), max_size=4), st.integers(0, 4))
def test_exactly_references_to_nobody_are_found(lines, persons):
    made = as_batch(load(with_rows(1, "ABCD"[:persons], [{"person_line": str(n)} for n in lines])))
    found = find_nobodies("iif1", made.forms["iif1"].tables)
    wrong = [f"addresses[{i}].person_line" for i, n in enumerate(lines) if n > persons]
    assert sorted(found["field"]) == sorted(wrong)
    assert found.schema == pl.Schema({"record_id": pl.String, "field": pl.String, "code": pl.String})


def test_every_reference_that_means_one_table_has_a_key_and_comes_later():
    for form in load_schemas():
        order = named_first(form)
        assert order[0] == form
        for link in (one for one in row_references(form) if not one.named_by):
            assert (
                f"REFERENCES {link.of} (record_id, line)"
                in define_tables()[link.table].constraints[f"{link.table}_person"]
            )
            assert order.index(link.of) < order.index(link.table)


def test_masters_are_filled_and_filled_anew_when_the_package_has_others(pg_url):
    made = parse_address(pg_url)
    init_target(made)
    for name in MASTERS:
        assert rows(pg_url, f"SELECT count(*) FROM {name}") == [(len(master_rows()[name]),)]
    assert rows(pg_url, "SELECT name FROM master_states WHERE state = 'wb'") == [("West Bengal",)]
    execute(pg_url, "DELETE FROM master_codes; UPDATE meta SET value = '\"older\"' WHERE key = 'masters'")
    assert init_target(made)
    assert rows(pg_url, "SELECT count(*) FROM master_codes") == [(len(master_rows()["master_codes"]),)]
    assert init_target(made) == []


def test_a_form_table_never_hangs_on_a_master():
    """What the rules let pass with a note, or a person confirmed, no list may refuse."""
    for name, table in define_tables().items():
        if name not in MASTERS:
            assert not any("REFERENCES master" in body for body in table.constraints.values())


def test_the_diagrams_are_those_of_the_tables():
    page = Path(__file__).resolve().parents[2] / "docs" / "er.md"
    assert page.read_text(encoding="utf-8") == er_page(), "run: python tools/docs.py"
    assert VERSION == 3
