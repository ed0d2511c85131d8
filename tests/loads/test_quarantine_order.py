"""Replays: never an older content over a newer one, by the rules of the load, in any order to the same end."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_loading import firs

from digitize.errors import InputError, OptionsError
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.settings import import_settings
from digitize.quarantine.correction import take_sheet
from digitize.quarantine.rejects import STATES, WAITING, find_rejects, iter_rejects, make_update
from digitize.quarantine.replay import ForcedReplay, replay_rejects
from digitize.quarantine.rule_check import RuleSettingsGiven
from digitize.targets.open import open_target
from digitize.targets.quarantine_store import CORRECTED
from digitize.targets.sqlite import SqliteTarget
from mappers.record import FieldValue

BAD_DAY = {"fir_date": "2009-02-31"}
SETTINGS = import_settings("iif1")


@pytest.fixture(params=["sqlite", "postgres"])
def target(request, tmp_path):
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_target")
    made = open_target(url if request.param == "postgres" else str(tmp_path / "t.sqlite"))
    yield made
    made.close()


def load(target, folder, *rows, settings=SETTINGS, size=50_000, name="iif1"):
    return load_files([firs(folder, *rows, name=name)], "iif1", target, settings, LoadOptions(size=size))


def correct(target, record, **values):
    """What `quarantine import` does, of every reject of a record that waits."""
    for reject in [r for r in find_rejects(target) if r.record.id == record]:
        correct_one(target, reject, **values)


def correct_one(target, reject, id="", **values):
    made = reject.record
    for name, value in values.items():
        made = made.with_value(name, FieldValue(value, value, by="operator Asha"))
    made = replace(made, id=id or made.id)
    target.run_all([make_update(replace(reject, record=made), CORRECTED, {"by": "Asha", "did": "corrected"})])


def places(target):
    return dict(target.run("SELECT record_id, place FROM iif1"))


def states(target):
    return [(r.record.id, r.state) for r in find_rejects(target, states=STATES)]


def test_a_correction_of_an_old_delivery_does_not_undo_a_newer_one(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Old Market"}))
    correct(target, "a", fir_date="2009-02-28")
    load(target, tmp_path / "2", ("a", {"place": "New Market"}))
    done = replay_rejects(target, find_rejects(target))
    assert (done.loaded, done.stay, [r.record.id for r in done.stale]) == (0, 1, ["a"])
    assert places(target) == {"a": "New Market"}
    assert "--force" in "\n".join(done.lines()) and "Market" not in "\n".join(done.lines())
    # Its own files again, cut otherwise, do not make it newer.
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Old Market"}), size=1)
    assert replay_rejects(target, find_rejects(target)).loaded == 0
    forced = replay_rejects(target, find_rejects(target), forced=ForcedReplay("Asha", "the new one was a slip"))
    assert (forced.loaded, forced.stale) == (1, [])
    assert places(target) == {"a": "Old Market"}
    (reject,) = find_rejects(target, states=STATES)
    assert (reject.state, reject.trail[-1]["by"], reject.trail[-1]["why"]) == (
        "replayed", "Asha", "the new one was a slip",
    )  # fmt: skip


def test_a_newer_delivery_that_is_refused_itself_goes_before_an_older_correction(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Old Market"}))
    correct(target, "a", fir_date="2009-02-28")
    load(target, tmp_path / "2", ("a", {**BAD_DAY, "place": "New Market"}))
    assert replay_rejects(target, find_rejects(target, states=[CORRECTED])).loaded == 0
    newer = next(r for r in find_rejects(target) if r.state == "open")
    correct_one(target, newer, fir_date="2009-02-28")
    done = replay_rejects(target, find_rejects(target))
    assert (done.loaded, len(done.stale)) == (1, 1)
    assert places(target) == {"a": "New Market"}


def test_the_command_forces_only_with_a_name_and_a_reason(digitize, tmp_path):
    url = tmp_path / "t.sqlite"
    for n, row in enumerate(({**BAD_DAY, "place": "Old Market"}, {"place": "New Market"})):
        digitize("load", firs(tmp_path / str(n), ("a", row)), "--target", url, "--max-rejects", "100%")
        if not n:
            target = SqliteTarget(url)
            correct(target, "a", fir_date="2009-02-28")
            target.close()
    found = digitize.json("quarantine", "replay", "--target", url)
    assert found == {"schema": 1, "loaded": 0, "stay": 1, "stale": [{"reject": 1, "record": "a"}]}
    digitize("quarantine", "replay", "--target", url, "--force", code=4)
    digitize("quarantine", "replay", "--target", url, "--force", "--operator", "Asha", code=4)
    why = ("--operator", "Asha", "--reason", "a slip")
    digitize("quarantine", "replay", "--target", url, *why, code=4)
    assert digitize.json("quarantine", "replay", "--target", url, "--force", *why)["loaded"] == 1


def test_the_stations_of_the_load_are_asked_at_replay_unless_others_are_given(target, tmp_path):
    stations = tmp_path / "stations.csv"
    stations.write_text("station,district,aliases\nBally,Howrah,\n", encoding="utf-8")
    row = ("a", {"police_station": "Nowhere"})
    load(target, tmp_path / "1", row, settings=import_settings("iif1", state="wb", stations=stations))
    (before,) = find_rejects(target)
    # The list is gone by now; the settings are kept with the reject.
    stations.unlink()
    assert replay_rejects(target, [before]).loaded == 0
    (after,) = find_rejects(target)
    assert after.codes == before.codes
    stations.write_text("station,district,aliases\nBally,Howrah,\nNowhere,Howrah,\n", encoding="utf-8")
    assert replay_rejects(target, [after], RuleSettingsGiven("wb", stations)).loaded == 1


def test_rules_that_the_load_did_not_ask_are_not_asked_at_replay(target, tmp_path):
    bad = {"fir_date": "2009-02-28", "occurrence_from": "2009-03-02"}
    strict = load(target, tmp_path / "1", ("a", bad))
    assert strict.refused_count == 1
    (code,) = {c for r in find_rejects(target) for c in r.codes}
    lax = import_settings("iif1", ignore=[code])
    load(target, tmp_path / "2", ("b", {**bad, "state": "zz", "fir_no": "7"}), settings=lax)
    (reject,) = [r for r in find_rejects(target) if r.record.id == "b"]
    assert code not in reject.codes
    correct(target, "b", state="wb")
    assert replay_rejects(target, find_rejects(target, states=[CORRECTED])).loaded == 1
    (reject,) = find_rejects(target)
    assert replay_rejects(target, [reject]).loaded == 0
    assert replay_rejects(target, [reject], RuleSettingsGiven(ignore=[code])).loaded == 1


def test_settings_are_kept_once_however_many_rows_are_refused(target, tmp_path):
    load(target, tmp_path / "1", *((f"a{n}", BAD_DAY) for n in range(5)), size=2)
    assert target.run("SELECT count(*) FROM load_settings") == [(1,)]
    assert len({r.settings for r in find_rejects(target)}) == 1


def test_doubles_that_were_corrected_to_the_same_are_loaded_once(target, tmp_path):
    load(target, tmp_path / "1", ("a", {"place": "Market"}), ("a", {"place": "Bridge", "fir_no": "1"}))
    first, second = find_rejects(target)
    assert set(first.codes) >= {"T025"}
    correct_one(target, second, place="Market")
    # Only the first has the child rows of both: alone, the other one would lose them.
    assert replay_rejects(target, [r for r in find_rejects(target) if r.id == second.id]).loaded == 0
    done = replay_rejects(target, find_rejects(target))
    assert (done.loaded, done.stay) == (1, 0)
    assert places(target) == {"a": "Market"} and find_rejects(target) == []
    assert target.run("SELECT count(*) FROM iif1_acts") == [(2,)]


def test_doubles_that_got_ids_of_their_own_are_both_loaded(target, tmp_path):
    load(target, tmp_path / "1", ("a", {"place": "Market"}), ("a", {"place": "Bridge"}))
    correct_one(target, find_rejects(target)[1], id="b")
    done = replay_rejects(target, find_rejects(target, states=[CORRECTED]))
    assert done.loaded == 1
    assert replay_rejects(target, find_rejects(target)).loaded == 1
    assert places(target) == {"a": "Market", "b": "Bridge"}


def test_a_double_does_not_pass_while_the_other_one_says_something_else(target, tmp_path):
    load(target, tmp_path / "1", ("a", {"place": "Market"}), ("a", {"place": "Bridge"}))
    first, second = find_rejects(target)
    correct_one(target, first, place="Ghat")
    done = replay_rejects(target, find_rejects(target, states=[CORRECTED]))
    assert (done.loaded, done.stay) == (0, 1)
    target.run_all([make_update(second, "dropped", {"by": "Asha", "did": "dropped"})])
    assert replay_rejects(target, find_rejects(target)).loaded == 1
    assert places(target) == {"a": "Ghat"}


def test_two_records_may_change_keys_in_one_replay_after_the_other(target, tmp_path):
    load(target, tmp_path / "1", ("a", {"fir_no": "1"}), ("b", {"fir_no": "2"}))
    load(target, tmp_path / "2", ("a", {**BAD_DAY, "fir_no": "2"}), ("b", {**BAD_DAY, "fir_no": "3"}))
    for record in "ab":
        correct(target, record, fir_date="2009-02-28")
    assert replay_rejects(target, find_rejects(target)).loaded == 2
    assert dict(target.run("SELECT record_id, CAST(fir_no AS text) FROM iif1")) == {"a": "2", "b": "3"}


def test_taking_back_a_replay_brings_the_reject_back(target, tmp_path):
    load(target, tmp_path / "1", ("a", BAD_DAY))
    correct(target, "a", fir_date="2009-02-28")
    done = replay_rejects(target, find_rejects(target))
    target.undo(done.receipts[0].batch, "a slip")
    assert states(target) == [("a", CORRECTED)]
    assert replay_rejects(target, find_rejects(target)).loaded == 1


def test_the_tenth_row_of_a_table_is_corrected_behind_the_ninth(target, tmp_path):
    from openpyxl import Workbook

    folder = firs(tmp_path / "1", ("a", BAD_DAY))
    acts = "".join(f"a,{n},IPC,379\n" for n in range(1, 10))
    (folder / "iif1_acts.csv").write_text(f"record_id,line,act,section\n{acts}", encoding="utf-8")
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    book = Workbook()
    book.active.title = "quarantine"
    book.active.append(["reject", "field", "right value", "verdict"])
    (reject,) = find_rejects(target)
    for n in (10, 9):
        book.active.append([str(reject.id), f"acts[{n}].section", str(400 + n), None])
    book.save(tmp_path / "q.xlsx")
    assert take_sheet(tmp_path / "q.xlsx", target, "Asha").values == 2
    (reject,) = find_rejects(target)
    assert reject.record.children["acts"][10]["section"].value == "410"


def test_what_waits_is_read_some_at_a_time(target, tmp_path, monkeypatch):
    monkeypatch.setattr("digitize.quarantine.rejects._AT_ONCE", 2)
    load(target, tmp_path / "1", *((f"a{n}", BAD_DAY) for n in range(5)))
    asked, run = [], target.run
    monkeypatch.setattr(target, "run", lambda sql, values=(): asked.append(values) or run(sql, values))
    waiting = iter_rejects(target, form="iif1")
    first = next(waiting)
    assert first.record.id == "a0" and len(asked) == 1
    assert [r.record.id for r in waiting] == [f"a{n}" for n in range(1, 5)] and len(asked) == 4
    some = [r.id for r in find_rejects(target)][1:4]
    assert [r.id for r in find_rejects(target, ids=some[::-1])] == some
    asked.clear()
    with pytest.raises(InputError, match="reject 99 is not in the quarantine"):
        take_sheet(filled(tmp_path / "q.xlsx", first.id, 99), target, "Asha")
    # No more of what waits is read than the sheet names.
    assert sorted({v for values in asked for v in values if v not in ("open", "corrected", 0)}) == [first.id, 99]


def filled(path, *numbers):
    """A sheet in which a value of each of these was filled in."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "quarantine"
    book.active.append(["reject", "field", "right value", "verdict"])
    for number in numbers:
        book.active.append([str(number), "place", "Ghat", None])
    book.save(path)
    return path


ROW = st.tuples(st.sampled_from("ab"), st.sampled_from(["1", "2"]), st.sampled_from(["Ghat", "Bridge"]))
DELIVERY = st.lists(ROW, min_size=1, max_size=3)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(DELIVERY, min_size=1, max_size=3), st.lists(st.booleans(), min_size=9, max_size=9), st.data())
def test_replays_in_any_order_come_to_the_same_end(tmp_path_factory, deliveries, good, data):
    """Several deliveries with rows of the same ids and keys, some refused; every reject is corrected, then replayed."""
    ends = []
    for run in range(2):
        place = tmp_path_factory.mktemp("any")
        target = SqliteTarget(place / "t.sqlite")
        count = 0
        for n, rows in enumerate(deliveries):
            made = []
            for record, number, at in rows:
                made.append((record, {"fir_no": number, "place": at, **({} if good[count] else BAD_DAY)}))
                count += 1
            load(target, place / str(n), *made)
        for reject in find_rejects(target):
            correct_one(target, reject, fir_date="2009-03-12")
        ids = [r.id for r in find_rejects(target)]
        for id in data.draw(st.permutations(ids)) if run and ids else []:
            replay_rejects(target, find_rejects(target, ids=[id]))
        replay_rejects(target, find_rejects(target, states=WAITING))
        loaded = target.run("SELECT record_id, fir_no, place FROM iif1 ORDER BY 1")
        waiting = sorted(r.id for r in find_rejects(target))
        target.close()
        ends.append((loaded, waiting))
    assert ends[0] == ends[1]


def test_a_folder_of_files_keeps_no_order(tmp_path):
    target = open_target(f"csv:{tmp_path / 'out'}")
    assert load(target, tmp_path / "1", ("a", {})).total("inserted") == 1
    with pytest.raises(OptionsError):
        target.versions("iif1", ["a"])


def test_a_trail_is_no_place_for_values(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Zorabine"}))
    load(target, tmp_path / "2", ("a", {"place": "Market"}))
    assert "Zorabine" not in json.dumps([list(r.trail) for r in find_rejects(target, states=STATES)])


def test_a_text_that_no_target_takes_does_not_hinder_the_replay_of_the_others(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Market"}), ("b", BAD_DAY))
    correct(target, "a", fir_date="2009-02-28")
    correct(target, "b", fir_date="2009-02-28", place="\ud800")
    assert replay_rejects(target, find_rejects(target)).loaded == 1
    (left,) = find_rejects(target)
    assert (left.record.id, left.codes, places(target)) == ("b", ("D003",), {"a": "Market"})


def test_an_id_that_no_target_takes_does_not_hinder_the_replay_of_the_others(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Market"}), ("b", BAD_DAY))
    for id in "ab":
        correct(target, id, fir_date="2009-02-28")
    rejects = [
        replace(r, record=replace(r.record, id="\ud800b")) if r.record.id != "a" else r for r in find_rejects(target)
    ]
    assert replay_rejects(target, rejects).loaded == 1
    (left,) = find_rejects(target)
    assert left.codes == ("D003",) and places(target) == {"a": "Market"}
