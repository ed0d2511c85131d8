"""Snapshots that were made to cheat, to break a page or to stop an office: refused or flagged by name, the others stand."""

import copy
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.errors import LedgerError
from digitize.machine.signing import sign
from digitize.offices.envelope import unseal
from digitize.offices.exporting import format_csv
from digitize.offices.grades import grade_of, rank_states
from digitize.offices.judge import CheckContext, open_sealed
from digitize.offices.keys import Key, add_key
from digitize.offices.lists import Gazetteer, PlaceKey
from digitize.offices.measures import Counts, Coverage
from digitize.offices.naming import clean_name, escape_file_name, is_safe, make_name_safe, twin_key
from digitize.offices.numbers import find_interval
from digitize.offices.receive import add_files
from digitize.offices.refusal import Flag, Refused, make_flag, translate_flag
from digitize.offices.rollup import ReportedPlace
from digitize.offices.store import SnapshotStore
from digitize.offices.words import load_words
from mappers.codes.stations import StationEntry
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

ENDS = month_ends(6, date(2025, 6, 30))


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("keys"), stations=360, records=360_000)


@pytest.fixture
def state(states):
    return max(states, key=lambda s: len(s.expected))


@pytest.fixture
def store(states, tmp_path):
    with SnapshotStore(tmp_path / "received.sqlite") as made:
        for s in states:
            add_key(made, s.code, s.public)
        yield made


def body_of(state, month=5, **changes):
    return copy.deepcopy({**snapshot(state, month, len(ENDS), ENDS[month], with_stations=True), **changes})


def write(folder, data, name="one.snapshot"):
    path = folder / name
    path.write_bytes(data)
    return path


def seal_text(text, state):
    """A first line of any text, signed."""
    line = text.encode("utf-8")
    mark = {"algorithm": "ed25519", "key": state.public, "signature": sign(state.key, line)}
    return line + b"\n" + json.dumps(mark).encode("ascii") + b"\n"


def take(store, *paths):
    return add_files(store, "state", "", paths)


def code_of(store, path):
    [answer] = take(store, path)
    return answer.word, answer.flags[0].code if answer.flags else ""


def test_two_totals_in_one_file_are_refused_since_readers_differ_on_which_counts(store, state, tmp_path):
    body = body_of(state)
    small = json.dumps({**body["totals"], "records": 1})
    text = f'{{"totals": {small}, ' + json.dumps(body)[1:]
    [answer] = take(store, write(tmp_path, seal_text(text, state)))
    assert (answer.flags[0].code, answer.flags[0].text) == ("bad-shape", "totals: it appears twice")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1.5", "1e3", '"7"', "true", "null"])
def test_what_is_no_whole_number_is_no_count(store, state, tmp_path, number):
    text = json.dumps(body_of(state)).replace('"pages": ', f'"pages": {number}, "x": ', 1)
    assert code_of(store, write(tmp_path, seal_text(text, state))) == ("refused", "bad-shape")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda data: data + b"more\n", "truncated"),
        (lambda data: data.replace(b'"algorithm": "ed25519"', b'"algorithm": "none"'), "truncated"),
        (lambda data: data.replace(b'"algorithm":', b'"by": "<b>", "algorithm":'), "truncated"),
        (lambda data: data.replace(b"\n", b"\r\n"), "bad-signature"),
        (lambda data: b"\xef\xbb\xbf" + data, "no-snapshot"),
        (lambda data: b" " * (21 << 20) + data, "too-large"),
    ],
)
def test_what_is_beside_the_signed_bytes_is_refused(store, state, tmp_path, spoil, code):
    path = write(tmp_path, spoil(seal_plain(body_of(state), state.key)))
    assert code_of(store, path) == ("refused", code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"as_on": "0001-01-01"}, "before-the-project"),
        ({"as_on": 1_700_006_400}, "bad-shape"),
        ({"made_at": "9999-12-31T23:59:59Z"}, "from-the-future"),
        ({"made_at": "0001-01-01T00:00:00+05:30"}, "from-the-future"),
    ],
)
def test_clock_tricks(digitize, store, state, tmp_path, changes, code):
    path = write(tmp_path, seal_plain(body_of(state, **changes), state.key))
    assert code_of(store, path) == ("refused", code)
    digitize("national", "check", path, code=5)


@pytest.mark.parametrize(
    ("hour", "as_on", "is_taken"),
    [(18, "2025-07-01", False), (18, "2025-06-30", True), (19, "2025-07-01", True), (19, "2025-07-02", False)],
)
def test_a_day_is_india_s_and_tomorrow_s_is_not_taken(states, state, hour, as_on, is_taken):
    """19:00 UTC is half past midnight in India: the next day."""
    now = datetime(2025, 6, 30, hour, tzinfo=UTC)
    body = body_of(state, as_on=as_on, made_at=now.isoformat())
    bench = CheckContext("state", "", {state.public: Key(state.code, state.public, "", "", "")}, now)
    sealed = unseal(seal_plain(body, state.key))
    if is_taken:
        assert str(open_sealed(sealed, bench).as_on) == as_on
    else:
        with pytest.raises(Refused, match=r"here it is 2025-0\d-\d\d \d\d:30 IST"):
            open_sealed(sealed, bench)


@pytest.mark.parametrize(
    "name",
    ["A\u200bB", "A\u00adB", "A\u061cB", "A\u2028B", "A\u202eB", "A\u00a0B", "A\tB", "a" + "\u0301" * 9, "\u3164", "\ue000",
     "\U000e0041", "\u0410kola", "<b>", "\u2460", "\uff21"],
    ids=ascii,
)  # fmt: skip
def test_names_that_hide_or_steer_are_refused(store, state, tmp_path, name):
    body = body_of(state)
    body["stations"][0][0] = name
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("refused", "unsafe-name")


@pytest.mark.parametrize(
    "name", ["क्‍षेत्र थाना", "సైబర్ క్రైం", "ਥਾਣਾ ਸਦਰ", "تھانہ کوتوالی", "ꯏꯝꯐꯥꯜ", "K. R. Puram (East) – 2", "थाना ५।"]
)
def test_names_in_the_scripts_of_india_are_taken(name):
    assert is_safe(name)


@given(st.text(max_size=30))
def test_a_cleaned_name_stays_as_it_is_and_is_its_own_twin(name):
    assert clean_name(clean_name(name)) == clean_name(name)
    assert twin_key(clean_name(name)) == twin_key(name)
    assert len(escape_file_name(name).encode("utf-8")) >= len(name)


@pytest.mark.parametrize(
    ("written", "name"),
    [("Sadar\u00a0Bazar ", "Sadar Bazar"), ("\ufeffKothrud\u200b", "Kothrud"), ("A<b>", "Ab"), ("x" * 99, "x" * 80)],
)
def test_what_a_spreadsheet_left_in_an_officer_s_list_stops_no_snapshot(written, name):
    assert make_name_safe(written) == name
    station = StationEntry(written, "Pune\u00a0City", code="MH1")
    lists = Gazetteer("mh", [station], {})
    assert lists.find(written, "Pune City") == PlaceKey("Pune City", name)


def test_one_station_under_two_spellings_is_not_two(store, state, tmp_path):
    body = body_of(state)
    body["stations"][1][0] = f" {body['stations'][0][0].upper()}. "
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("refused", "does-not-add-up")


def test_one_code_at_two_stations_is_flagged(store, state, tmp_path):
    body = body_of(state)
    body["stations"][1][1] = body["stations"][0][1]
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("flagged", "same-code")


def test_a_renamed_station_keeps_its_code_and_without_one_is_flagged(store, state, tmp_path):
    first, second = body_of(state, 4), body_of(state, 5)
    second["stations"][0][0] = "Another name"
    take(store, write(tmp_path, seal_plain(first, state.key), "1"))
    assert code_of(store, write(tmp_path, seal_plain(second, state.key), "2")) == ("taken", "")


def test_stations_renamed_to_be_counted_anew_are_flagged(store, state, tmp_path):
    first, second = body_of(state, 4), body_of(state, 5)
    for body in (first, second):
        for row in body["stations"]:
            row[1] = ""
    for row in second["stations"][:3]:
        row[0] += " Nova"
    take(store, write(tmp_path, seal_plain(first, state.key), "1"))
    [answer] = take(store, write(tmp_path, seal_plain(second, state.key), "2"))
    assert [(f.code, f.said, f.values) for f in answer.flags] == [("contradicts-earlier", "stations-gone", {"n": 3})]


def test_an_inventory_made_smaller_to_raise_the_share_is_flagged(store, state, tmp_path):
    first, second = body_of(state, 4, stations=None), body_of(state, 5, stations=None)
    counts = second["districts"][0]["counts"]
    second["totals"]["expected"] -= counts["expected"] - counts["of_expected"]
    counts["expected"] = counts["of_expected"]
    take(store, write(tmp_path, seal_plain(first, state.key), "1"))
    assert code_of(store, write(tmp_path, seal_plain(second, state.key), "2")) == ("flagged", "expected-fell")


def place(*, inventoried, done=1000):
    counts = Counts(expected=1000, records=9000, loaded=done, of_expected=done)
    return ReportedPlace("state", "mh", "Maharashtra", counts, Coverage(100, inventoried, 0))


@pytest.mark.parametrize(
    ("inventoried", "grade"), [(1, "not-known"), (89, "not-known"), (90, "90"), (96, "95"), (99, "99"), (100, "99")]
)
def test_nobody_is_graded_by_the_stations_that_are_done_alone(inventoried, grade):
    assert grade_of(place(inventoried=inventoried)) == grade
    assert ("mh" in rank_states([place(inventoried=inventoried)])) == (grade != "not-known")
    assert grade_of(place(inventoried=100, done=800)) == "below"


def test_a_share_of_more_than_all_is_refused_and_would_stop_no_page(store, state, tmp_path):
    body = body_of(state)
    body["quality"]["sample"] = {"part": 50, "of": 3}
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("refused", "does-not-add-up")
    assert find_interval(50, 3)[1] == 1.0


def test_a_day_that_has_not_come_is_flagged_in_a_statement(store, state, tmp_path):
    body = body_of(state)
    body["statement"]["forward"]["e-courts"] = {"done": True, "since": "2099-01-01", "last_exchange": None}
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("flagged", "stated-ahead")


@pytest.mark.parametrize(
    ("change", "word", "code"),
    [
        ({"covered": 999_999_999, "stations": 10}, "refused", "stated-impossible"),
        ({"covered": 50, "stations": 10}, "refused", "stated-impossible"),
        ({"covered": 105, "stations": 100}, "flagged", "stated-beyond"),
        ({"as_on": "1990-01-01"}, "refused", "stated-impossible"),
        ({"as_on": "2021-06-30"}, "flagged", "stated-long-ago"),
        ({"backward": {"e-courts": {"done": True, "since": "2021-01-01", "last_exchange": "2019-01-01"}}}, "refused",
         "stated-impossible"),
    ],
)  # fmt: skip
def test_what_an_officer_states_has_limits_and_an_age(store, state, tmp_path, change, word, code):
    body = body_of(state)
    body["statement"].update(change)
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == (word, code)


@pytest.mark.parametrize("change", [{"done": "yes"}, {"done": 1}])
def test_yes_is_said_as_true(store, state, tmp_path, change):
    body = body_of(state)
    body["statement"]["forward"]["e-courts"].update(change)
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("refused", "bad-shape")


def test_many_made_up_kinds_of_records_are_refused(store, state, tmp_path):
    body = body_of(state)
    body["districts"][0]["by_form"].update({f"x{i}": [0] * 5 for i in range(100)})
    assert code_of(store, write(tmp_path, seal_plain(body, state.key))) == ("refused", "bad-shape")


def test_files_that_are_none_do_not_keep_the_others_out(store, state, tmp_path):
    sent = tmp_path / "sent"
    (sent / "folder.snapshot").mkdir(parents=True)
    (sent / "nowhere.snapshot").symlink_to(tmp_path / "not there")
    os.mkfifo(sent / "pipe.snapshot")
    write(sent, b"x", "esc\x1b[2J.snapshot")
    (sent / os.fsdecode(b"\xff.snapshot")).write_bytes(b"y")
    write(sent, seal_plain(body_of(state), state.key), "good.snapshot")
    answers = {a.file: a for a in take(store, sent)}
    assert answers.pop("good.snapshot").word == "taken"
    assert {(a.word, a.flags[0].code) for a in answers.values()} == {
        ("refused", "unreadable"),
        ("refused", "no-snapshot"),
    }
    assert all("\x1b" not in name for name in answers)
    kept = len(store.list_refused())
    take(store, sent)
    assert len(store.list_refused()) == kept == 4


@pytest.fixture
def as_a_user():
    """What to put before a command so that even root's may not read what is closed. Linux: root gives two rights up."""
    if not hasattr(os, "geteuid"):
        pytest.skip("folders are not closed by rights here")
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("nothing is closed to the superuser, and setpriv (util-linux) is not here")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path, as_a_user):
    closed = tmp_path / "sent" / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0)
    command = [
        *as_a_user,
        sys.executable,
        "-m",
        "digitize.cli",
        "national",
        "add",
        closed.parent,
        "--dir",
        tmp_path / "office",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 5
    assert "closed cannot be opened" in " ".join(done.stderr.split())


def test_one_snapshot_under_two_names_is_taken_once(store, state, tmp_path):
    data = seal_plain(body_of(state), state.key)
    answers = take(store, write(tmp_path, data, "a"), write(tmp_path, data, "b"))
    assert [a.word for a in answers] == ["taken", "known"]


def made_at(body, hour):
    return {**body, "made_at": f"{body['as_on']}T{hour:02}:00:00Z"}


def test_a_snapshot_mended_on_the_same_day_counts_and_both_are_kept(store, state, tmp_path):
    first = made_at(body_of(state, stations=None), 9)
    mended = made_at(copy.deepcopy(first), 15)
    mended["totals"]["pages"] += 7
    mended["districts"][0]["counts"]["pages"] += 7
    old, new = (write(tmp_path, seal_plain(b, state.key), n) for b, n in ((first, "z"), (mended, "a")))
    answers = take(store, new, old)
    assert [(a.file, a.word) for a in answers] == [("z", "taken"), ("a", "flagged")]
    assert [f.code for f in answers[1].flags] == ["corrected-same-day"]
    assert store.find_newest(state.code).summary["totals"]["pages"] == mended["totals"]["pages"]
    assert len(store.list_taken()) == 2
    assert [a.word for a in take(store, new)] == ["known"]
    assert code_of(store, old) == ("refused", "replayed")
    old.write_bytes(old.read_bytes() + b"\n")
    assert code_of(store, old) == ("refused", "second-of-a-day")
    assert code_of(store, write(tmp_path, seal_plain({**mended, "software": "x"}, state.key))) == (
        "refused",
        "second-of-a-day",
    )


def test_a_correction_that_takes_back_counts_is_flagged_for_that_too(store, state, tmp_path):
    first = made_at(body_of(state, stations=None), 9)
    mended = made_at(copy.deepcopy(first), 15)
    mended["totals"]["loaded"] -= 1
    take(store, write(tmp_path, seal_plain(first, state.key), "1"))
    path = write(tmp_path, seal_plain(mended, state.key), "2")
    assert code_of(store, path) == ("refused", "does-not-add-up")
    mended["districts"][0]["counts"]["pages_read"] -= 1
    mended["totals"].update(loaded=first["totals"]["loaded"], pages_read=first["totals"]["pages_read"] - 1)
    [answer] = take(store, write(tmp_path, seal_plain(mended, state.key), "2"))
    assert [f.code for f in answer.flags] == ["corrected-same-day", "total-fell"]


def test_a_store_of_version_0_2_0_is_brought_up_to_date(states, tmp_path, state):
    path = tmp_path / "old.sqlite"
    with SnapshotStore(path) as store:
        add_key(store, state.code, state.public)
        store._db.executescript(
            "UPDATE meta SET value = '2'; DROP TABLE acts; DROP TABLE heads;"
            "ALTER TABLE keys DROP COLUMN hash; ALTER TABLE received DROP COLUMN mark;"
        )
    with SnapshotStore(path) as store:
        body = made_at(body_of(state), 9)
        take(store, write(tmp_path, seal_plain(body, state.key), "1"))
        assert code_of(store, write(tmp_path, seal_plain(made_at(body, 10), state.key), "2"))[0] == "flagged"
        assert store.verify() == 2
        store._db.executescript("UPDATE meta SET value = '1'")
    with pytest.raises(LedgerError, match="format 1, which is no longer supported"):
        SnapshotStore(path)


def test_flags_and_refusals_are_said_in_both_languages():
    en, hi = load_words("en"), load_words("hi")
    said = make_flag("total-fell", "total-fell", measure="records", before=120_000, now=5)
    assert translate_flag(said, en) == said.text == "Records fell from 1,20,000 to 5"
    assert translate_flag(said, hi) == "अभिलेख: 1,20,000 से घटकर 5"
    assert translate_flag(Flag("truncated", "send the file again"), en) == "send the file again"
    assert translate_flag(Flag("truncated", "send the file again"), hi) == ""
    docs = (Path(__file__).parents[2] / "docs" / "national.md").read_text(encoding="utf-8")
    judged = docs[docs.index("| refused |") : docs.index("Revoke a lost or stolen key")]
    codes = set(re.findall("`([a-z-]+)`", judged))
    assert len(codes) > 25
    assert {c for c in codes if f"odd.{c}" not in hi.by_slug} == set()


@pytest.mark.parametrize("name", ["=1+1", "＝1+1", "  =1+1", "\n=1+1", "＠SUM(A1)"])
def test_a_name_is_no_formula_in_the_tables_of_an_office(name):
    """The guard is that of every CSV: full-width signs and blanks before a sign count, too."""
    (cell, count), *_ = [row for row in csv.reader(io.StringIO(format_csv(["place", "pages"], [[name, 7]]))) if row][1:]
    assert (cell, count) == (f"'{name}", "7")
