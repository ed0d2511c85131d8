"""A new model, form, list, mapping, rule or target has exactly the work done again whose key it changes, and says why."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from digitize.errors import OptionsError
from digitize.steps import check, load, map, read_keys
from digitize.steps.change_reasons import Reasons, StepDue, due_of, each_seconds, pages_due
from digitize.steps.due_parts import Due, order_of, parse_first
from digitize.steps.inputs import changed_steps, note_inputs
from digitize.steps.read_plan import due_pages, plan
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan
from digitize.workspace.ledger.dirty_parts import clear_marks, list_dirty, newest_event
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.place import create
from digitize.workspace.run_context import build_run_context
from mappers.codes import CodeList
from mappers.record import FieldValue, Record
from ocr.forms import settings as form_settings
from ocr.page import Reading
from ocr.plain import reading_to_plain

STEPS = ("read", "map", "check", "load")
ENGLISH, BENGAL = "iif1_en", "wbp_27_a1"


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Two volumes of pages read and mapped under the keys of today, and one page that waits; with what was known then."""
    place = create("wb", tmp_path_factory.mktemp("rework") / "ws")
    with Ledger(place.ledger) as ledger:
        catalogue = Catalogue(ledger)
        catalogue.insert_batch(Batch("b1", "one", "2026-01-05"))
        for label in ("first", "second"):
            catalogue.volume(label)
        scans = [scan(1, 1), scan(1, 2), scan(2, 1), scan(2, 2, station="Old Harbour")]
        for one in scans:
            catalogue.insert_scan(one)
        known = build_run_context(place, ledger)
        note_inputs(ledger, known, STEPS)
        for one, form in zip(scans, (ENGLISH, BENGAL, ENGLISH), strict=False):
            finish(ledger, known, one, form)
        for todo in map.plan(ledger, known).todos:
            ledger.finish(todo.unit, "map", todo.key, {}, {"mapping": "iif1_print@1", "records": 1})
        keep(ledger, known)
        for what in STEPS:
            clear_marks(ledger, what, set(list_dirty(ledger, what)) - {"volume:2"}, newest_event(ledger))
        yield ledger, known


def scan(volume, number, station=""):
    page = f"wb-{volume:04d}-{number:04d}"
    return PageScan(page, f"{volume}{number}" * 32, 0, "b1", volume, number, language="en", station=station)


def finish(ledger, known, one, form):
    key = read_keys.recognise_key(known, one, form)
    detail = {"form": form, "family": known.forms[form].family, "part": 1}
    ledger.finish(one.page, "recognise", key, {}, detail)
    reading = reading_to_plain(Reading(form, known.forms[form].family))
    ledger.finish(
        one.page, "decide", read_keys.decide_key(known, one, key, form), reading, {**detail, "language": "en"}
    )


def keep(ledger, known):
    """Records checked and loaded under the keys of today."""
    record = Record("wb-0001-0001-r1", "iif1", {"fir_no": FieldValue("1", "1")}, {}, (), "b1")
    Records(ledger).replace_unit("wb-0001-0001", [Stored(record, "wb-0001-0001", "g1", "Mill", "en", "h1")])
    for group, key in check.plan(ledger, known):
        ledger.finish(check.unit_of(group), "check", key, {}, {})
    for batch, key in load.plan(ledger, known):
        ledger.finish(batch, "load", key, {}, {})


def fresh(known, **changed):
    return replace(known, **changed, _settings={}, _read_keys={})


def reasons(done, now):
    """Why pages are due with what is known now, by how many."""
    why = Reasons(done[0], now)
    return Counter(why.of_page(t) for _, todos in due_pages(done[0], now) for t in todos)


def test_only_what_waits_is_due_where_nothing_changed(done):
    ledger, known = done
    assert changed_steps(ledger, known, STEPS) == []
    assert reasons(done, fresh(known)) == {"never done": 1}
    made = plan(ledger, known)
    assert (len(made), made.volumes, made.idle) == (1, {2: 1}, [1])
    assert not map.plan(ledger, known).todos and not check.plan(ledger, known) and not load.plan(ledger, known)
    assert Due(ledger, known, "read").volumes() == [2] == Due(ledger, known, "read", is_dry=True).volumes()


def test_other_weights_have_pages_of_forms_read_again(done):
    ledger, known = done
    now = fresh(known, weights=(("fields", Path("/x/own-1234.onnx")),))
    assert changed_steps(ledger, now, STEPS) == ["read"]
    assert reasons(done, now) == {"weights changed": 3, "never done": 1}
    # Though nothing was noted yet, a look ahead looks everywhere.
    assert Due(ledger, now, "read", is_dry=True).volumes() == [1, 2]


def test_more_time_for_a_page_has_those_looked_at_that_ran_out_of_it(done):
    now = fresh(done[1], place=replace_option(done[1], "read", seconds_per_page=900))
    assert changed_steps(done[0], now, STEPS) == ["read"]


def test_of_work_of_before_the_first_note_no_reason_is_made_up(done):
    why = Reasons(done[0], fresh(done[1], place=replace_option(done[1], "read", dpi=400)))
    why._noted = []
    todo = next(t for _, todos in due_pages(done[0], why._known) for t in todos)
    assert why.of_page(todo) == "done before inputs were recorded"


def test_a_look_ahead_writes_nothing_where_inputs_came_back(done):
    ledger, known = done
    page = "wb-0001-0001"
    with pytest.raises(ZeroDivisionError), ledger.writing():
        of_before = ledger.state(page, "decide")
        ledger.finish(page, "decide", "of another list", {}, dict(of_before.detail))
        events = newest_event(ledger)
        assert pages_due(ledger, known, [1], None)[0].units == 0 and newest_event(ledger) == events
        assert len(plan(ledger, known, None, [1])) == 0 and newest_event(ledger) == events + 1
        raise ZeroDivisionError


def test_another_form_file_has_its_own_pages_read_again(done, monkeypatch):
    ledger, known = done
    keys = {**form_settings._form_keys(known.read_settings("").folders()), BENGAL: "0" * 32}
    monkeypatch.setattr(form_settings, "_form_keys", lambda folders: keys)
    assert reasons(done, fresh(known)) == {f"form {BENGAL} changed": 1, "never done": 1}


def test_another_engine_has_all_pages_read_again_and_a_list_has_them_decided_alone(done):
    ledger, known = done
    options = replace_option(known, "read", dpi=400)
    assert reasons(done, fresh(known, place=options)) == {"settings changed": 3, "never done": 1}
    listed = fresh(known, lists={**known.lists, "new": CodeList("new", ("a",))})
    assert reasons(done, listed) == {"lists changed": 3, "never done": 1}
    assert plan(ledger, listed).decided_only == 3
    only = plan(ledger, listed, decided_only=True)
    assert (len(only), len(only.allowed)) == (3, 3)


def replace_option(known, section, **changed):
    place = known.place
    own = getattr(place.options, section).model_copy(update=changed)
    return replace(place, options=place.options.model_copy(update={section: own}))


def test_another_mapping_has_the_units_of_its_family_mapped_again(done):
    ledger, known = done
    family = known.mapping_for_family(known.forms[ENGLISH].family)
    mappings = {n: replace(m, digest="new") if m.id == family.id else m for n, m in known.mappings.items()}
    now = fresh(known, mappings=mappings)
    due = map.plan(ledger, now).todos
    assert [t.unit for t in due] == ["wb-0001-0001", "wb-0002-0001"]
    assert changed_steps(ledger, now, STEPS) == ["map"]
    assert {Reasons(ledger, now).of_unit(t) for t in due} == {f"mapping {family.id} changed"}


def test_another_day_rule_or_target_has_groups_checked_and_batches_loaded_again(done):
    ledger, known = done
    day = fresh(known, today=known.today.replace(day=6))
    assert [g for g, _ in check.plan(ledger, day)] == ["g1"]
    assert Reasons(ledger, day).of_group("group:g1") == "day of the newest intake changed"
    rules = fresh(known, place=replace_option(known, "check", years="1990-1999"))
    assert Reasons(ledger, rules).of_group("group:g1") == "rules changed" and changed_steps(ledger, rules, STEPS) == [
        "check"
    ]
    some = next(n for n, m in known.mappings.items() if not m.part)
    part = fresh(known, mappings={**known.mappings, some: replace(known.mappings[some], part=True)})
    assert [g for g, _ in check.plan(ledger, part)] == ["g1"]
    target = fresh(known, place=replace_option(known, "load", target="loaded/other.sqlite"))
    assert [b for b, _ in load.plan(ledger, target)] == ["b1"]
    assert Reasons(ledger, target).of_batch("b1") == "target changed"
    assert Reasons(ledger, known).of_batch("b2") == "never done"


def test_what_changed_beside_the_ledger_marks_everything_once(done):
    ledger, known = done
    now = fresh(known, weights=(("fields", Path("/x/own-1234.onnx")),))
    note_inputs(ledger, now, ("read",))
    assert list_dirty(ledger, "read") == ["volume:1", "volume:2"]
    seen = newest_event(ledger)
    note_inputs(ledger, now, ("read",))
    assert newest_event(ledger) == seen
    note_inputs(ledger, known, STEPS)
    clear_marks(ledger, "read", ["volume:1"], newest_event(ledger))


def test_volumes_are_read_in_the_order_that_is_asked_for(done):
    ledger, _ = done
    assert order_of(ledger, parse_first("oldest"), [2, 1]) == [1, 2]
    # Of the second, half the pages were never read.
    assert order_of(ledger, parse_first("gain"), [1, 2]) == [2, 1]
    assert order_of(ledger, parse_first(" station  old harbour"), [1, 2]) == [2, 1]
    for wrong in ("newest", "station", "station "):
        with pytest.raises(OptionsError, match="--first must be"):
            parse_first(wrong)


def test_what_is_due_is_told_with_its_reasons_and_the_time_measured_here(done, tmp_path):
    ledger, _ = done
    due = due_of(ledger, "read", ["weights changed"] * 1200 + ["form x changed"] * 30 + ["never done"] * 400)
    assert due.line("read") == (
        "read 1,630: weights changed: 1,200; never done: 400; form x changed: 30; duration not known yet."
    )
    assert (
        StepDue(10, {"never done": 10}, 300.0, 30.0).line("read").endswith("about 5 min (30 s each, as measured here).")
    )
    sql = "SELECT at FROM moments WHERE step = ?"
    ledger.execute("CREATE TEMP TABLE moments (step TEXT, at TEXT)")
    # Two pages end together each four seconds; then a night.
    times = [f"2026-01-01T10:{s // 60:02}:{s % 60:02}.000+00:00" for s in range(240, 0, -4) for _ in range(2)]
    ledger.execute_many(
        "INSERT INTO moments VALUES ('read', ?)", [("2026-01-02T10:00:00.000+00:00",), *((t,) for t in times)]
    )
    assert each_seconds(ledger, sql, ("read",)) == pytest.approx(2.0, abs=0.1)
    assert each_seconds(ledger, sql, ("map",)) is None
