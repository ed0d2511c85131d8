"""Which services loaded records can feed, told so that no record is singled out; quality by form; capture profiles."""

import json
from collections import Counter
from datetime import date

import pytest

from digitize.offices.answer import make_answer_sheet
from digitize.offices.disclosure_groups import (
    SERVICES,
    DisclosedGroups,
    close_lower_bound,
    disclose_groups,
    load_disclosed,
)
from digitize.offices.exporting import make_tables
from digitize.offices.fold_part import fold_parts
from digitize.offices.fold_quality import fold_quality
from digitize.offices.judge import check_alone, read_body
from digitize.offices.lists import Gazetteer
from digitize.offices.merge import merge_quality
from digitize.offices.outline import load_outline
from digitize.offices.page import render_page
from digitize.offices.picture import Limits, NationalPicture
from digitize.offices.quality_sheet import list_quality, sum_profiles
from digitize.offices.refusal import Refused
from digitize.offices.rollup import SnapshotReport, roll_up_nation
from digitize.offices.service_sheet import list_services
from digitize.offices.services import (
    add_services,
    count_once,
    each_service,
    limit_all_to_loaded,
    limit_to_loaded,
    load_services,
)
from digitize.offices.shape import Snapshot
from digitize.offices.shape_quality import Findable, NotMeasured, Share
from digitize.offices.words import LANGUAGES, load_words
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.place import create
from mappers.record import FieldValue, Record
from mappers.schema import load_schemas
from sample_data.makers.national import invent, month_ends, snapshot

ENDS = month_ends(6, date(2025, 6, 30))


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    states = invent(tmp_path_factory.mktemp("keys"), stations=72, records=120_000)
    return [snapshot(s, 5, 6, ENDS[5], with_stations=True) for s in states]


def nation(bodies):
    reports = [SnapshotReport(Snapshot.model_validate_json(json.dumps(b)), "", 3) for b in bodies]
    return NationalPicture(roll_up_nation(reports), ENDS[5], Limits())


def missing(record, **person):
    row = {n: FieldValue(v, v) for n, v in {"role": "missing", **person}.items()}
    return Record(id=record, form="missing", fields={}, children={"persons": [row]})


def test_what_a_service_needs_is_a_field_of_its_form():
    schemas = load_schemas()
    for s in load_services().values():
        columns = {t.child: t.by_name for t in schemas[s.form].values()}
        for table, _, name in (need for group in s.needs for need in group):
            assert name in columns[table] or (table, name) == ("", "station")


def test_a_record_is_found_by_what_its_service_searches_by():
    assert dict(each_service(missing("a", age="7"), has_station=False)) == {"missing-persons": True}
    assert dict(each_service(missing("a", name="x"), has_station=False)) == {"missing-persons": False}
    assert dict(each_service(missing("a", age="7", role="informant"), has_station=False)) == {"missing-persons": False}
    fir = Record(id="r", form="iif1", fields={n: FieldValue("1", "1") for n in ("year", "fir_no")})
    assert dict(each_service(fir, has_station=True)) == {"fir-view": True}
    assert dict(each_service(fir, has_station=False)) == {"fir-view": False}


def test_what_is_told_is_never_more_than_there_is_and_no_difference_tells_of_one_record():
    told = close_lower_bound(DisclosedGroups(), 49, 49)
    assert told == DisclosedGroups()
    told = close_lower_bound(told, 60, 60)
    assert (told.count, told.of) == (55, 60)
    assert close_lower_bound(told, 110, 64).count == 55
    # Corrected: ten fewer can be found than were told of.
    assert close_lower_bound(told, 120, 45).count <= 45


def test_records_that_were_taken_back_may_be_those_that_were_told_of():
    told = Findable(count=40, of=60)
    assert limit_to_loaded(told, 70) == told
    assert limit_to_loaded(told, 45) == Findable(count=25, of=45)
    assert limit_all_to_loaded({"missing-persons": told, "new-one": told}, [{"missing": [9, 0, 0, 9, 9]}]) == {
        "missing-persons": Findable(count=0, of=9)
    }
    # Of a book that two sites have each record is found once, whoever else tells nothing.
    assert count_once({"fir-view": told, "vehicles": told}, {"iif1": 30}) == {
        "fir-view": Findable(count=10, of=30),
        "vehicles": told,
    }
    assert count_once({"fir-view": told}, {"iif1": 50})["fir-view"] == Findable(count=0, of=10)
    assert add_services([None, None]) is None
    assert add_services([None, {"vehicles": told}, {"vehicles": told}]) == {"vehicles": Findable(count=80, of=120)}


def test_groups_of_services_stand_beside_those_of_sections(tmp_path):
    with Ledger(create("wb", tmp_path / "ws", "test").ledger) as ledger:
        disclose_groups(ledger, "wb-test", {"Nadia": (60, 20)})
        disclose_groups(ledger, "wb-test", {"vehicles": (60, 60)}, SERVICES)
        assert load_disclosed(ledger)["Nadia"].count == 20
        assert load_disclosed(ledger, SERVICES)["vehicles"].count == 55


def test_a_snapshot_that_tells_of_more_than_is_loaded_is_refused(bodies):
    body = bodies[0]
    assert check_alone(read_body(json.dumps(body).encode()))
    for wrong in ({"count": 2, "of": 1}, {"count": 10**9, "of": 10**9}):
        with pytest.raises(Refused, match="does-not-add-up"):
            check_alone(read_body(json.dumps({**body, "services": {"vehicles": wrong}}).encode()))
    form = {**body["quality"]["by_form"]["iif1"], "by_people": 10**9}
    with pytest.raises(Refused, match="does-not-add-up"):
        check_alone(read_body(json.dumps({**body, "quality": {**body["quality"], "by_form": {"iif1": form}}}).encode()))


def without(body):
    """As versions before told it."""
    old = {k: v for k, v in body.items() if k not in ("services", "by_profile")}
    return {**old, "quality": {k: v for k, v in body["quality"].items() if k != "by_form"}}


def test_snapshots_of_older_versions_are_read_and_what_they_do_not_tell_is_not_0(bodies):
    picture = nation([without(b) for b in bodies])
    assert {x.count for x in list_services(picture.root)} == {None}
    for language in LANGUAGES:
        words = load_words(language)
        text = render_page(picture, words, load_outline())
        assert words("ui.services_untold") in text and words("ui.services_untold_short") in text
    assert {r[6] for r in make_tables(picture, load_words("en"))["services"][1]} == {None}
    sheet = make_answer_sheet(picture, ENDS[5])
    assert dict(sheet.paragraphs)["(c)"].endswith("has not been reported by any State/UT.")
    assert not [n for n in sheet.lines if n.part == "(c)"]


def test_fewer_than_fifty_are_not_told_and_are_no_0(bodies):
    (name, *_) = load_services()
    body = {**bodies[0], "services": {**bodies[0]["services"], name: {"count": 0, "of": 0}}}
    picture = nation([body])
    for language in LANGUAGES:
        words = load_words(language)
        assert words("ui.not_told_below") in render_page(picture, words, load_outline())
    rows = [r for r in make_tables(picture, load_words("en"))["services"][1] if r[4] == name]
    assert {(r[6], r[7]) for r in rows} == {(None, None)}


def test_services_add_up_from_the_states_to_the_nation_and_into_part_c(bodies):
    picture = nation([without(bodies[0]), *bodies[1:30]])
    for x in list_services(picture.root):
        told = [b["services"][x.service.name] for b in bodies[1:30]]
        assert (x.count, x.of, x.said) == (sum(t["count"] for t in told), sum(t["of"] for t in told), 29)
    rows = list(make_tables(picture, load_words("en"))["services"][1])
    by_name = Counter()
    for r in rows:
        by_name[r[4]] += (r[6] or 0) * (1 if r[0] == "nation" else -1)
    assert len(rows) == 37 * len(load_services()) and set(by_name.values()) == {0}
    sheet = make_answer_sheet(picture, ENDS[5])
    assert "in the 29 States/UTs that have reported on it can feed: FIRs by station" in dict(
        sheet.paragraphs
    )["(c)"]  # fmt: skip
    assert any("whether a service is offered" in r for r in sheet.remarks)
    hindi = make_answer_sheet(picture, ENDS[5], words=load_words("hi"))
    assert "29 राज्यों" in dict(hindi.paragraphs)["(c)"]


def test_quality_stands_by_state_and_form_and_where_nobody_audits_it_says_so(bodies):
    picture = nation(bodies)
    lines = list(list_quality(picture.root, ()))
    whole = lines[0]
    assert whole.validated == whole.by_people + whole.by_machine + whole.from_tables
    own = [x for x in lines if x.place is not picture.root]
    assert whole.by_people == sum(x.by_people for x in own if not x.form)
    assert {x.interval is None for x in own if x.form and x.validated} == {True, False}
    words = load_words("en")
    text = render_page(picture, words, load_outline())
    assert "not audited" in text and "not keyed twice" in text and "register only" in text
    profiles, untold = sum_profiles(picture.root)
    assert (sum(c[0] for c in profiles.values()), untold) == (picture.root.counts.records, 0)


def test_quality_by_form_of_a_ledger(tmp_path):
    with Ledger(create("wb", tmp_path / "ws", "test").ledger) as ledger:
        for i, form in enumerate(["iif1", "iif1", "gd"]):
            record = Record(id=f"wb-{i}-r1", form=form, fields={})
            Records(ledger).replace_unit(f"wb-{i}", [Stored(record, f"wb-{i}", "g", "", "", record_hash(record))])
        Records(ledger).set_verdicts({f"wb-{i}-r1": Verdict("clean", (), {}) for i in range(3)}, [])
        Records(ledger).insert_decision(Decision("wb-0-r1", "f", "", "", "", "value", "x", "op"), "2026-11-20")
        for key, state in (("a", "disputed"), ("b", "settled")):
            detail = {"operator": key, "purpose": "second", "state": state, "verdict": "value"}
            ledger.finish(f"answer:wb-0-r1/{key}", "answer", key, {}, detail)
        # Taken back: it counts no more.
        ledger.finish("answer:wb-2-r1/c", "answer", "c", {}, {"purpose": "second", "state": "disputed"})
        ledger.record_event("answer:wb-2-r1/c", "answer", "note", detail={"undone": "c", "operator": "x"})
        folded = fold_parts(ledger, Gazetteer("wb", (), {}))
        found = fold_quality(ledger, folded.validated, folded.rejects)
    fir = found.by_form["iif1"]
    assert (fir.validated, fir.by_people, fir.from_tables, fir.double_keyed) == (2, 1, 0, Share(part=1, of=2))
    assert found.double_keyed == Share(part=1, of=2)
    assert found.by_form["gd"].audited == NotMeasured(why="no-sample-drawn")
    assert merge_quality([found, found]).by_form["iif1"].validated == 4


def test_a_book_that_two_states_have_is_found_once(bodies):
    root = nation(bodies).root
    before = {x.service.name: x for x in list_services(root)}
    root.doubled += 3
    fir = 0
    for x in list_services(root):
        was, is_of_firs = before[x.service.name], x.service.form == "iif1"
        fir += is_of_firs
        assert (x.count, x.of) == (max(0, was.count - 3 * is_of_firs), max(0, was.of - 3 * is_of_firs))
    assert fir
