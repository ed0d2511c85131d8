"""What every target keeps to, and every database: a batch whole or not at all, the same load once, nothing lost.

The kinds are those of `digitize/targets/kinds`: a new one is tried here unasked.
"""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.errors import NotFound, OptionsError, TargetRefused
from digitize.files.loading.compared_sources import LoadSource
from digitize.files.loading.reconcile import compare
from digitize.machine.work_keys import plain_hash
from digitize.targets import Load, undoing
from digitize.targets.apply_batch import content_hash
from digitize.targets.comparing import Fold, RecordGroup, record_digests
from digitize.targets.flat import row_hash
from digitize.targets.from_records import as_batch
from digitize.targets.open import load_kinds, open_target
from digitize.targets.rows import HASH, RECORD_ID
from digitize.targets.sqlite import SqliteTarget
from mappers.record import FieldValue, Origin, Record
from mappers.schema import form_tables, load_schemas
from validators.finding import Finding

L1, L2, L3 = "1" * 32, "2" * 32, "3" * 32


def record(n, **more):
    fields = {"state": "wb", "police_station": "Namuna", "year": "2025", "fir_no": str(n), **more}
    values = {
        k: FieldValue(v, v, 0.9, Origin(page=f"p{n}", zone=k, box=(1, 2, 3, 4)), "m 1") for k, v in fields.items()
    }
    acts = ({"act": FieldValue("IPC", "IPC"), "section": FieldValue("379", "379")},)
    return Record(f"wb-0001-{n:04d}-r1", "iif1", values, {"acts": acts}, (f"p{n}",), "b1")


def load(*clean, id=L1, batch="b1", rejects=(), held=0):
    return Load(id, batch, clean, rejects, held)


def plain(value):
    return value if not isinstance(value, str) or value[:1] not in "[{" else json.loads(value)


def opened(name, request, folder):
    """A new target of a kind; of one that has no example, the fixture NAME_target gives its text."""
    kind = load_kinds()[name]
    made = open_target(
        kind.resolve_in(kind.example, folder) if kind.example else request.getfixturevalue(f"{name}_target")
    )
    yield made
    made.close()


@pytest.fixture(params=load_kinds())
def any_target(request, tmp_path):
    yield from opened(request.param, request, tmp_path)


@pytest.fixture(params=[name for name, kind in load_kinds().items() if kind.is_database])
def target(request, tmp_path):
    yield from opened(request.param, request, tmp_path)


def test_every_target_counts_each_record_once(any_target):
    finding = Finding("wb-0001-0009-r1", "year", "F004", "reject", "message")
    receipt = any_target.load(load(record(1), record(2), rejects=[(record(9), [finding])], held=3))
    counts = (receipt.read, receipt.inserted, receipt.updated, receipt.unchanged, receipt.rejected, receipt.held)
    assert counts == (6, 2, 0, 0, 1, 3)
    again = any_target.load(load(record(1), record(2, place="X"), record(4), id=L2))
    assert (again.inserted, again.updated, again.unchanged, again.withdrawn) == (1, 1, 1, 0)
    assert any_target.load(load(record(1), id=L3)).withdrawn == 2


def test_every_target_knows_a_load_that_it_took(any_target):
    first = any_target.load(load(record(1)))
    assert any_target.find_done(L1, "b1") == replace(first, repeated=True)
    assert any_target.load(load(record(1))) == replace(first, repeated=True)
    assert any_target.find_done(L2, "b1") is None
    assert any_target.find_done(L1, "b2") is None


def test_a_trial_into_any_target_changes_nothing(any_target):
    assert any_target.load(load(record(1)), dry_run=True).inserted == 1
    assert any_target.find_done(L1, "b1") is None
    assert any_target.load(load(record(1))).inserted == 1


def test_every_target_refuses_what_does_not_fit_and_takes_the_rest(any_target):
    receipt = any_target.load(load(record(1), record(2, fir_date="2025-02-31"), record(3, place="\ud800")))
    assert (receipt.read, receipt.inserted, receipt.rejected) == (3, 1, 2)


def test_an_id_that_no_target_can_hold_refuses_its_record_alone(target):
    """A later delivery looks for the entries of what it brings; by half a character there is none to be found."""
    target.load(replace(load(record(7, place="\ud800")), source={"delivery": 1}))
    odd = [replace(record(n), id=id) for n, id in enumerate(("\ud800", "a\x00"), 1)]
    receipt = target.load(replace(load(*odd, record(3), id=L2, batch="b2"), source={"delivery": 2}))
    assert (receipt.inserted, receipt.rejected) == (1, 2)
    found = target.run("SELECT record_id, state FROM rejects ORDER BY record_id")
    assert found == [("?", "open"), ("a", "open"), ("wb-0001-0007-r1", "open")]


def test_the_same_content_has_one_hash_in_every_target(any_target, tmp_path):
    other = open_target(str(tmp_path / "other.sqlite"))
    assert any_target.load(load(record(1), record(2))).content == other.load(load(record(1), record(2))).content
    other.close()


def test_what_is_no_database_says_that_it_answers_no_queries(any_target, request):
    if load_kinds()[request.node.callspec.params["any_target"]].is_database:
        assert any_target.run("SELECT 1") == [(1,)]
    else:
        source = LoadSource(("iif1",), lambda: iter(()), lambda *_: True)
        for asked in (any_target.run, lambda q: any_target.undo("b1", ""), lambda q: compare(source, any_target)):
            with pytest.raises(OptionsError):
                asked("SELECT 1")


def test_a_batch_lands_with_children_and_origins(target):
    receipt = target.load(load(record(1), record(2)))
    assert (receipt.read, receipt.inserted, receipt.rejected) == (2, 2, 0)
    assert target.run("SELECT fir_no FROM iif1 ORDER BY 1") == [(1,), (2,)]
    assert target.run("SELECT COUNT(*) FROM iif1_acts") == [(2,)]
    query = "SELECT page, zone, box FROM field_origin WHERE record_id LIKE ? AND field = 'fir_no'"
    assert target.run(query, ["%0001-r1"]) == [("p1", "fir_no", "[1, 2, 3, 4]")]


def test_the_same_load_again_changes_nothing(target):
    first = target.load(load(record(1)))
    assert target.load(load(record(1))) == replace(first, repeated=True)
    assert target.run("SELECT COUNT(*) FROM loads") == [(1,)]


def test_a_later_load_of_the_batch_counts_new_changed_same_and_withdrawn(target):
    target.load(load(record(1), record(2), record(3)))
    receipt = target.load(load(record(1), record(2, place="X"), record(4), id=L2))
    assert (receipt.inserted, receipt.updated, receipt.unchanged, receipt.withdrawn) == (1, 1, 1, 1)
    assert target.run("SELECT fir_no, place FROM iif1 ORDER BY 1") == [(1, None), (2, "X"), (4, None)]
    rows = target.run("SELECT record_id, why, record FROM record_history ORDER BY record_id")
    assert [(r, why) for r, why, _ in rows] == [("wb-0001-0002-r1", "updated"), ("wb-0001-0003-r1", "withdrawn")]
    old = plain(rows[0][2])
    assert "place" not in old["iif1"][0] and old["iif1_acts"][0]["section"] == "379"


def test_records_are_found_again_whatever_stands_in_their_ids_and_keys(target):
    odd = ['a"b', "a\\", "{a,b}", "NULL", " a ", "%s", "\x1f\n\t", "ক'"]
    records = [replace(record(n, district=text, police_station=text), id=text) for n, text in enumerate(odd)]
    target.load(load(*records))
    again = target.load(load(*records, id=L2))
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, len(odd))
    others = [replace(r, id=f"{r.id}-2") for r in records]
    assert target.load(load(*others, id=L3, batch="b2")).rejected == len(odd)


def test_texts_are_held_as_they_were_given(target):
    texts = ["a\tb", "\\N", "\\.", "a\r\nb\n", "\\t", '"', "\\", ",", "क\\"]
    target.load(load(*(record(n, narrative=text) for n, text in enumerate(texts))))
    assert [t for (t,) in target.run("SELECT narrative FROM iif1 ORDER BY record_id")] == texts


ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(st.dictionaries(ids, st.sampled_from([L1, L2]), max_size=5))
def test_the_hash_of_what_a_batch_holds_is_that_of_its_json(hashes):
    frame = pl.DataFrame(list(hashes.items()), {RECORD_ID: pl.String, HASH: pl.String}, orient="row")
    assert content_hash(frame) == plain_hash(sorted(hashes.items()))


def test_going_back_to_an_earlier_content_is_a_load_of_its_own(target):
    target.load(load(record(1), id=L1))
    target.load(load(record(1), record(2), id=L2))
    assert not target.load(load(record(1), id=L1)).repeated
    assert target.run("SELECT fir_no FROM iif1") == [(1,)]


def test_rejects_are_kept_whole_with_their_findings(target):
    finding = Finding("wb-0001-0009-r1", "year", "F004", "reject", "message")
    receipt = target.load(load(record(1), rejects=[(record(9), [finding])], held=3))
    assert (receipt.read, receipt.rejected, receipt.held) == (5, 1, 3)
    ((whole, found, word),) = target.run("SELECT record, findings, word FROM rejects")
    assert plain(whole)["fields"]["fir_no"]["value"] == "9"
    assert (plain(found)[0]["code"], word) == ("F004", "reject")


def test_a_record_that_is_rejected_now_is_withdrawn_and_its_old_reject_replaced(target):
    finding = Finding("wb-0001-0001-r1", "year", "F004", "reject", "message")
    target.load(load(record(1), record(2)))
    for id in (L2, L3):
        receipt = target.load(load(record(2), rejects=[(record(1), [finding])], id=id))
    assert (receipt.unchanged, receipt.rejected) == (1, 1)
    assert target.run("SELECT COUNT(*) FROM rejects") == [(1,)]
    assert target.run("SELECT fir_no FROM iif1") == [(2,)]


def test_what_a_database_cannot_hold_becomes_a_reject_and_sinks_no_batch(target):
    whole = {"district": "Howrah"}
    target.load(load(record(1, **whole)))
    other = replace(record(1, **whole), id="wb-0002-0001-r1")
    bad = record(2, fir_date="2025-02-31")
    zero, half = record(3, place="a\x00b"), record(4, place="\ud800")
    receipt = target.load(load(other, bad, zero, half, record(5, **whole), id=L2, batch="b2"))
    assert (receipt.read, receipt.inserted, receipt.rejected) == (5, 1, 4)
    rows = target.run("SELECT record_id, findings FROM rejects")
    found = {r: [f["code"] for f in plain(findings)] for r, findings in rows}
    assert found == {other.id: ["D002"], bad.id: ["D001"], zero.id: ["D003"], half.id: ["D003"]}


def test_two_records_may_swap_their_keys_in_one_batch(target):
    a, b = record(1, district="H"), record(2, district="H")
    target.load(load(a, b))
    receipt = target.load(load(replace(a, fields=b.fields), replace(b, fields=a.fields), id=L2))
    assert (receipt.updated, receipt.rejected) == (2, 0)


def test_a_key_that_a_withdrawn_record_had_is_free(target):
    target.load(load(record(1, district="H")))
    receipt = target.load(load(replace(record(1, district="H"), id="new"), id=L2))
    assert (receipt.inserted, receipt.withdrawn, receipt.rejected) == (1, 1, 0)


def test_records_of_every_form_are_taken_with_every_field(target):
    kinds = {"int": "7", "year": "1999", "date": "1999-12-31", "time": "23:59", "money": "10.50", "decimal": "0.5"}
    given = {"person_line": "1", "latitude": "22.5", "longitude": "88.3"}  # what a target looks at besides the kind
    records = []
    for form, tables in load_schemas().items():
        rows = {
            t.child: {c.name: FieldValue("x", given.get(c.name, kinds.get(c.kind, "x"))) for c in t.columns}
            for t in tables.values()
        }
        children = {child: (row,) for child, row in rows.items() if child}
        records.append(Record(f"r-{form}", form, rows[""], children, batch="b1"))
    receipt = target.load(load(*records))
    assert (receipt.inserted, receipt.rejected) == (len(records), 0)
    for form in load_schemas():
        for name in form_tables(form):
            assert target.run(f"SELECT COUNT(*) FROM {name}") == [(1,)], name
    assert target.load(load(*records, id=L2)).unchanged == len(records)
    for made in records:
        ((form, rows),) = as_batch(load(made)).forms.items()
        assert rows.tables[form][HASH].to_list() == [row_hash(made)]
        ours = record_digests(form, target.spell_rows(form, rows.tables))
        theirs = []
        target.standing(form, [RecordGroup(*ours.row(0)[1:5])], theirs.extend, 10)
        assert [(s.record, s.digest) for s in theirs] == [(made.id, ours["digest"][0])]
        assert target.folds(form, [("x", "x", "x")]) == {theirs[0].group: Fold().and_one(theirs[0].digest)}
    assert target.folds("iif1", [("", "x", "x")]) == {}
    assert target.load(load(id=L3)).withdrawn == len(records)


def test_a_trial_says_what_would_become_of_a_load_and_changes_nothing(target):
    receipt = target.load(load(record(1)), dry_run=True)
    assert receipt.inserted == 1
    assert target.run("SELECT COUNT(*) FROM iif1") == [(0,)]
    assert target.find_done(receipt.load, "b1") is None


WORDS = st.one_of(st.none(), st.sampled_from(["", "x", "का", "a,b", 'q"q', "1\n2"]))


@given(st.lists(st.tuples(WORDS, WORDS, st.lists(st.tuples(WORDS, WORDS), max_size=3)), min_size=1, max_size=5))
def test_a_record_has_one_hash_by_itself_and_among_many(drawn):
    records = []
    for n, (place, narrative, acts) in enumerate(drawn):
        row = {"place": place, "narrative": narrative, "fir_no": str(n)}
        fields = {k: FieldValue(v or "", v) for k, v in row.items()}
        rows = tuple({"act": FieldValue("", a), "section": FieldValue("", s)} for a, s in acts)
        records.append(Record(f"r{n}", "iif1", fields, {"acts": rows} if rows else {}))
    own = as_batch(load(*records)).forms["iif1"].tables["iif1"]
    assert dict(own.select("record_id", "row_hash").iter_rows()) == {r.id: row_hash(r) for r in records}


def state(target):
    return (
        target.run("SELECT record_id, fir_no, place, property_value FROM iif1 ORDER BY 1"),
        target.run("SELECT record_id, line, section FROM iif1_acts ORDER BY 1, 2"),
        target.run("SELECT record_id, field, raw, confidence, box FROM field_origin ORDER BY 1, 2"),
    )


def test_a_load_that_is_undone_leaves_what_was_before_it(target):
    target.load(load(record(1, property_value="123456789012345678.50"), record(2), record(3)))
    before = state(target)
    target.load(load(record(2, place="X"), record(3), record(4), id=L2))
    assert target.undo("b1", "wrong file", dry_run=True).removed == 2
    done = target.undo(L2[:8], "wrong file")
    assert (done.batch, done.removed, done.restored) == ("b1", 2, 2)
    assert state(target) == before
    assert target.run("SELECT COUNT(*) FROM record_history") == [(0,)]
    assert target.load(load(record(2, place="X"), record(3), record(4), id=L2)).inserted == 1
    target.undo(L2, "")
    target.undo(L1, "")
    assert state(target) == ([], [], [])


def test_a_load_on_which_later_ones_were_built_is_not_undone(target):
    target.load(load(record(1)))
    target.load(load(record(1, place="X"), id=L2, batch="b2"))
    with pytest.raises(TargetRefused, match="later loads changed what b1 wrote: b2"):
        target.undo("b1", "")
    with pytest.raises(NotFound):
        target.undo("b9", "")
    target.undo("b2", "")
    assert target.undo("b1", "").removed == 1


def test_a_load_that_came_again_and_is_undone_leaves_what_was_before_it_the_last_time(target):
    for made in (load(record(1)), load(id=L2), load(record(1), record(2)), load(id=L2)):
        made = replace(made, id=L3 if len(made.clean) == 2 else made.id)
        target.load(made)
    assert target.undo("b1", "wrong file").restored == 2
    assert [r for (r,) in target.run("SELECT record_id FROM iif1 ORDER BY 1")] == [record(n).id for n in (1, 2)]


def test_a_load_whose_records_came_again_with_another_batch_is_not_undone_before_that(target):
    for made in (load(record(1)), load(id=L2), load(record(1), id=L3, batch="b2")):
        target.load(made)
    with pytest.raises(TargetRefused, match="came back with another batch"):
        target.undo("b1", "")
    target.undo("b2", "")
    assert target.undo("b1", "").restored == 1


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(1, 5), max_size=4), st.sampled_from("XYZ")), max_size=5)
)
@settings(max_examples=20, deadline=None)
def test_undoing_all_loads_from_the_last_to_the_first_leads_back_through_every_state(drawn):
    with TemporaryDirectory() as folder, mock.patch.object(undoing, "_WHOLE_AT_ONCE", 2):
        target = SqliteTarget(Path(folder) / "t.sqlite")
        states, loads = [], []
        for number, (batch, numbers, place) in enumerate(drawn):
            states.append(state(target))
            records = [replace(record(n, place=place), id=f"r{n}") for n in sorted(numbers)]
            loads.append(target.load(load(*records, id=f"{number:032x}", batch=f"b{batch}")))
        for made, before in reversed(list(zip(loads, states, strict=True))):
            target.undo(made.load, "")
            assert state(target) == before
        target.close()
