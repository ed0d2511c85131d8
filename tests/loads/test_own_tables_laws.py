"""Laws of a state's own tables: whatever was loaded in whatever order, undoing leads back through every state."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_own_tables import LAYOUT, SAMPLE, held, record, state_tables, tables_and_book, values, wanted

from digitize.targets import undoing
from digitize.targets.base import Load
from digitize.targets.own_tables.target import OwnTablesTarget
from digitize.targets.postgres.address import parse_address
from digitize.targets.source_rows import source_row
from mappers.record import FieldValue, Record, to_plain

ROLES = st.lists(st.sampled_from(["complainant", "accused", "victim"]), min_size=1, max_size=3)
RECORDS = st.dictionaries(
    st.integers(1, 4), st.tuples(st.integers(1, 4), ROLES, st.sampled_from(["here", "there", "B" * 500])), max_size=4
)
LOADS = st.lists(st.tuples(st.sampled_from(["b1", "b2"]), RECORDS), min_size=1, max_size=5)


def named(n, number, roles, place):
    made = record(number, persons=roles, place=place)
    return Record(f"wb-{n}", "iif1", made.fields, made.children)


@pytest.fixture
def target(pg_copy):
    made = OwnTablesTarget(parse_address(pg_copy(tables_and_book)), layout=LAYOUT)
    yield made
    made.close()


def state(target):
    """What stands in their tables, read back, and the digests by which it is compared."""
    rows = [dict(part) for part in target.read_back("iif1")]
    return rows, held(target)


@given(LOADS)
@settings(max_examples=7, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_undoing_from_the_last_to_the_first_leads_back_through_every_state(target, monkeypatch, loads):
    monkeypatch.setattr(undoing, "_WHOLE_AT_ONCE", 2)
    states, ids = [state(target)], []
    for batch, records in loads:
        id = uuid4().hex
        clean = [named(n, *how) for n, how in records.items()]
        receipt = target.load(Load(id, batch, clean, (), 0))
        assert receipt.read == receipt.inserted + receipt.updated + receipt.unchanged + receipt.rejected
        stands, should = held(target), wanted(target, *clean) if clean else {}
        entries = {row for (row,) in target.run("SELECT source_row FROM rejects")}
        # What was not refused stands there as the record says.
        others = [r for r in clean if stands.get(r.id) != should[r.id]]
        assert len(others) <= receipt.rejected
        # One that was refused before is the entry that it was, in whatever state.
        assert all(source_row("iif1", to_plain(r)) in entries for r in others)
        ids.append(id)
        states.append(state(target))
    for id in reversed(ids):
        states.pop()
        target.undo(id, "law")
        assert state(target) == states[-1]


def test_a_workspace_loads_into_a_states_own_tables_and_beside_ours(postgres_target, digitize, tmp_path):
    """The settings name the layout's file in the workspace; the canonical tables may stand in the same database."""
    pg_url = postgres_target
    state_tables(pg_url)
    folder = tmp_path / "w"
    digitize("init", "wb", folder)
    (folder / "layouts").mkdir(exist_ok=True)
    (folder / "layouts" / "state_tables.toml").write_bytes((SAMPLE / "state_tables.toml").read_bytes())
    digitize("target", "init", pg_url, "--layout", folder / "layouts" / "state_tables.toml")
    from digitize.workspace.place import open_place
    from digitize.workspace.target import open_place_target

    for layout in ("state_tables", "layouts/state_tables.toml"):
        there = open_place_target(open_place(folder, {"load.target": pg_url, "load.layout": layout}))
        assert isinstance(there, OwnTablesTarget)
        assert "cctns_book" in there.name
        there.close()
    assert digitize("load", folder, "--target", pg_url, "--layout", SAMPLE / "state_tables.toml")


def test_a_person_whose_line_another_row_names_keeps_that_row(target):
    """Addresses and papers name persons by line; in their tables by key, and the tie follows the person."""
    made = record(1, persons=("complainant", "accused", "victim"))
    ids = tuple(values({"person_line": str(n), "id_type": "passport", "id_number": f"P{n}"}) for n in (3, 1))
    made = Record(made.id, "iif1", made.fields, {**made.children, "ids": ids})
    target.load(Load("1" * 32, "b1", (made,), (), 0))
    query = (
        "SELECT p.srno, i.id_number FROM crime.t_person_identity i JOIN crime.t_person p USING (person_id) ORDER BY 1"
    )
    assert target.run(query) == [(1, "P1"), (3, "P3")]
    lost = made.with_value("ids[0].person_line", FieldValue("9", "9"))
    receipt = target.load(Load("2" * 32, "b1", (lost,), (), 0))
    assert receipt.rejected == 1
    assert target.run("SELECT findings->0->>'code', findings->0->>'field' FROM rejects") == [
        ("D009", "ids[0].person_line")
    ]
    assert target.run(query) == [(1, "P1"), (3, "P3")]
