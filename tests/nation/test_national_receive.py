"""Receiving snapshots: bad ones are refused or flagged by name, the others are taken, history is never rewritten."""

import copy
import sqlite3
from datetime import date

import pytest

from digitize.errors import LedgerError, OptionsError
from digitize.machine.signing import create_key
from digitize.offices.flags import answer_flag, collect_flags
from digitize.offices.flags import load_flags as raised_of
from digitize.offices.keys import add_key, known_keys, revoke_key
from digitize.offices.origin import list_heads, list_own_heads, verify_origin
from digitize.offices.receive import add_files
from digitize.offices.refusal import make_flag
from digitize.offices.store import SnapshotStore
from digitize.offices.store_rows import OfficeAct, Received
from sample_data.makers.bad_snapshots import KINDS, RIGHT, write_bad
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

ENDS = month_ends(6, date(2025, 6, 30))
FAR = date(2999, 1, 1)
"""Later than any clock that is right."""


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("keys"), stations=360, records=360_000)


@pytest.fixture
def store(states, tmp_path):
    with SnapshotStore(tmp_path / "received.sqlite") as made:
        for s in states:
            add_key(made, s.code, s.public)
        yield made


def write(folder, body, state):
    path = folder / f"{state.code}-{body['as_on']}-{len(list(folder.iterdir()))}.snapshot"
    path.write_bytes(seal_plain(body, state.key))
    return path


def of(state, month, *, with_stations=True):
    return snapshot(state, month, len(ENDS), ENDS[month], with_stations=with_stations)


def take(store, *paths):
    return add_files(store, "state", "", paths)


def test_months_are_taken_in_order_whatever_the_order_of_the_files(store, states, tmp_path):
    files = [write(tmp_path, of(states[0], m, with_stations=False), states[0]) for m in (3, 1, 5, 0)]
    assert [a.word for a in take(store, *files)] == ["taken"] * 4
    assert store.find_newest(states[0].code).as_on == ENDS[5].isoformat()
    assert [a.word for a in take(store, files[2])] == ["known"]


@pytest.fixture
def bad(store, states, tmp_path):
    """The store after ten good states, and one file of each bad kind of the first."""
    one, other = states[:2]
    old = write(tmp_path, of(one, 2), one)
    good = [write(tmp_path, of(s, 5), s) for s in states[:10]]
    take(store, old, *good)
    return write_bad(tmp_path / "bad", of(one, 5), old.read_bytes(), one, other, FAR)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_bad_snapshot_is_refused_by_name_and_the_others_stand(store, states, bad, tmp_path, kind):
    before = store.find_newest(states[0].code)
    late = write(tmp_path, of(states[20], 5), states[20])
    answers = {a.file: a for a in take(store, bad[kind], late)}
    answer = answers[bad[kind].name]
    assert answer.word == "refused"
    assert {f.code for f in answer.flags} <= RIGHT[kind]
    assert answers[late.name].word == "taken"
    assert store.find_newest(states[0].code) == before
    assert [r.flags[0].code for r in store.list_refused()] == [answer.flags[0].code]


def test_all_bad_ones_together_with_good_ones(store, states, bad):
    answers = take(store, *bad.values())
    assert [a.word for a in answers] == ["refused"] * len(KINDS)
    take(store, *bad.values())
    assert len(store.list_refused()) == len(KINDS)
    assert len({r.reporter for r in store.list_taken()}) == 10


def changed(body, **counts):
    """A copy with other numbers of the first district, whose sums agree."""
    made = copy.deepcopy({**body, "stations": None})
    for name, n in counts.items():
        made["totals"][name] += n - made["districts"][0]["counts"][name]
        made["districts"][0]["counts"][name] = n
    return made


def flags_of(store, *paths):
    return {f.code for a in take(store, *paths) for f in a.flags}


def test_totals_that_fall_are_flagged_and_taken(store, states, tmp_path):
    state = states[3]
    first, second = of(state, 4), of(state, 5)
    second = changed(second, pages=0, pages_read=0, pages_failed=0, pages_of_expected=0)
    assert flags_of(store, write(tmp_path, first, state), write(tmp_path, second, state)) == {"total-fell"}
    assert store.find_newest(state.code).as_on == ENDS[5].isoformat()


def test_more_than_all_is_flagged_with_its_share(store, states, tmp_path):
    state = max(states, key=lambda s: len(s.expected))
    body = of(state, 5)
    done = body["districts"][0]["counts"]["of_expected"]
    body = changed(body, expected=round(done / 1.05))
    [answer] = take(store, write(tmp_path, body, state))
    assert [f.code for f in answer.flags] == ["more-than-expected"]
    assert "105.0 %" in answer.flags[0].text
    assert answer.word == "flagged"


def test_a_state_that_takes_back_what_it_stated_is_flagged(store, states, tmp_path):
    state = next(s for s in states if s.links["forward"]["e-courts"]["done"] and s.is_complete)
    first, second = of(state, 4), of(state, 5)
    second["statement"] = copy.deepcopy(second["statement"])
    second["statement"]["forward"]["e-courts"]["done"] = False
    second["statement"]["legacy_complete"] = False
    second["sources"][0]["events"] = 3
    paths = write(tmp_path, first, state), write(tmp_path, second, state)
    answers = take(store, *paths)
    assert [f.code for f in answers[1].flags] == ["contradicts-earlier"] * 3
    assert [f.said for f in answers[1].flags] == ["incomplete-again", "links-lost", "shorter"]
    assert "forward e-courts" in answers[1].flags[1].text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b["totals"].update(records=b["totals"]["records"] + 1),
        lambda b: b["stations"].pop(),
        lambda b: b["districts"][0]["by_band"].popitem(),
        lambda b: b["stations"][0].__setitem__(2, 200),
        lambda b: b["districts"][0]["stations"].update(in_scope=0),
    ],
)
def test_sums_that_do_not_agree_are_refused(store, states, tmp_path, spoil):
    body = of(states[5], 5)
    spoil(body)
    [answer] = take(store, write(tmp_path, body, states[5]))
    assert (answer.word, answer.flags[0].code) == ("refused", "does-not-add-up")


def test_a_late_month_does_not_rewrite_history(store, states, tmp_path):
    state = states[4]
    take(store, write(tmp_path, of(state, 5), state))
    [answer] = take(store, write(tmp_path, of(state, 3), state))
    assert answer.flags[0].code == "older-than-newest"


def test_a_revoked_key_signs_no_more_and_what_it_signed_stands(store, states, tmp_path):
    state = states[6]
    take(store, write(tmp_path, of(state, 4), state))
    revoke_key(store, state.public[:12], "stolen")
    [answer] = take(store, write(tmp_path, of(state, 5), state))
    assert answer.flags[0].code == "key-revoked"
    assert store.find_newest(state.code).as_on == ENDS[4].isoformat()
    assert known_keys(store)[state.public].revoked
    with pytest.raises(OptionsError, match="revoked"):
        add_key(store, state.code, state.public)


def test_a_key_belongs_to_one_state(store, states):
    with pytest.raises(OptionsError, match=f"key of {states[0].code}"):
        add_key(store, states[1].code, states[0].public)


def test_a_key_that_is_in_no_list_is_refused(states, tmp_path):
    with SnapshotStore(tmp_path / "empty.sqlite") as store:
        [answer] = take(store, write(tmp_path, of(states[0], 5), states[0]))
        assert answer.flags[0].code == "unknown-key"


def test_what_was_received_cannot_be_changed_and_is_known_to_have_been(store, states, tmp_path):
    take(store, write(tmp_path, of(states[0], 5), states[0]))
    assert store.verify() == 1
    with sqlite3.connect(store.path) as db:
        for sql in ("UPDATE received SET as_on = '2020-01-01'", "DELETE FROM received", "DELETE FROM keys"):
            with pytest.raises(sqlite3.IntegrityError):
                db.execute(sql)
        db.execute("DROP TRIGGER received_stay")
        db.execute("UPDATE received SET as_on = '2020-01-01'")
    with pytest.raises(LedgerError, match="row 1"):
        store.verify()


@pytest.fixture
def kept(states, tmp_path):
    """An office's history of two files, signed by its own key; and the heads that another office holds."""
    key = tmp_path / "keys" / "office.pem"
    key.parent.mkdir()
    create_key(key)
    with SnapshotStore(tmp_path / "kept.sqlite", key) as store:
        add_key(store, states[0].code, states[0].public)
        for month in (3, 4):
            take(store, write(tmp_path, of(states[0], month, with_stations=False), states[0]))
        yield store, list(list_own_heads(store))


def test_every_file_is_compared_with_its_signature_and_its_key_at_that_time(kept, states, tmp_path):
    store, held = kept
    found = verify_origin(store, held)
    assert (found.files, found.signed, found.unsigned, found.heads, found.held) == (2, 2, 0, 3, 3)
    revoke_key(store, states[0].public, "a new officer")
    assert verify_origin(store, held).keys == 2


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ("UPDATE received SET flags = '[]', at = '2020-01-01T00:00:00+00:00' WHERE seq = 2", "row 2"),
        ("UPDATE keys SET public = substr(public, 2) || substr(public, 1, 1)", "line keys 1"),
        ("DELETE FROM received WHERE seq = 2", "missing"),
        ("DELETE FROM received WHERE seq = 2; DELETE FROM heads WHERE seq = 3", "another office has head 3"),
        ("UPDATE heads SET signature = ''", "not signed"),
    ],
)
def test_a_history_that_was_touched_is_told_from_what_others_hold(kept, spoil, told):
    store, held = kept
    tables = ("keys", "received", "acts", "heads")
    drops = "".join(f"DROP TRIGGER {t}_stay; DROP TRIGGER {t}_remain;" for t in tables)
    store._db.executescript(drops + spoil)
    with pytest.raises(LedgerError, match=told):
        verify_origin(store, held)


def test_a_state_s_office_that_was_rewritten_is_told_by_what_the_nation_holds(store, states, tmp_path):
    state = states[0]
    first, second, third = (of(state, m, with_stations=False) for m in (3, 4, 5))
    first["office"] = {"seq": 7, "hash": "a" * 64, "told": []}
    second["office"] = {"seq": 9, "hash": "b" * 64, "told": [[7, "a" * 64]]}
    third["office"] = {"seq": 12, "hash": "c" * 64, "told": [[7, "a" * 64], [9, "d" * 64]]}
    answers = take(store, *(write(tmp_path, b, state) for b in (first, second, third)))
    assert [[f.code for f in a.flags] for a in answers] == [[], [], ["history-rewritten"]]
    assert [h["seq"] for h in list_heads(store, state.code)] == [7, 9, 12]


def test_a_flag_lasts_whatever_is_sent_after_until_a_person_answers_it(store, states, tmp_path):
    """An expectation is lowered, and three good months follow: the flag stands; answered, its date still shows."""
    state = states[9]
    bodies = [of(state, m, with_stations=False) for m in range(5)]
    wanted = bodies[0]["districts"][0]["counts"]["expected"] - 5
    bodies = [bodies[0], *(changed(b, expected=wanted) for b in bodies[1:])]
    take(store, *(write(tmp_path, b, state) for b in bodies))
    assert store.find_newest(state.code).flags == ()
    [held] = [f for f in raised_of(store) if f.flag.code == "expected-fell"]
    assert (held.reporter, held.since, held.answer, held.is_shown) == (state.code, str(ENDS[1]), None, True)
    with pytest.raises(OptionsError, match="no such|No open"):
        answer_flag(store, "ffffffff", "A", "b")
    with pytest.raises(OptionsError, match="reason"):
        answer_flag(store, held.id, "A", " ")
    answer_flag(store, held.id, "An officer", "two stations were merged")
    [held] = [f for f in raised_of(store) if f.flag.code == "expected-fell"]
    assert held.answer.reason == "two stations were merged" and held.is_shown
    assert store.verify() == 5


def row(as_on, *flags_):
    return Received(1, "", "", as_on, "mh", as_on, "taken", flags_, {})


def test_what_goes_on_stays_answered_and_what_happens_again_does_not():
    over = make_flag("more-than-expected", "more-than-expected", place="A", measure="records", done=5, all=4, share="1")
    more = make_flag("more-than-expected", "more-than-expected", place="A", measure="records", done=9, all=4, share="2")
    fell = make_flag("total-fell", "total-fell", measure="records", before=5, now=4)
    first = collect_flags(enumerate([row("2026-01-31", over, fell)]))
    said = [OfficeAct("2026-02-01", "answer", f.id, "A", "seen", 1, {}) for f in first]
    rows = [row("2026-01-31", over, fell), row("2026-02-28", more, fell), row("2026-03-31"), row("2026-04-30", over)]
    found = [(f.flag.code, f.since, f.answer is None) for f in collect_flags(enumerate(rows), said)]
    assert found == [
        ("more-than-expected", "2026-01-31", False),
        ("total-fell", "2026-01-31", False),
        ("total-fell", "2026-02-28", True),
        ("more-than-expected", "2026-04-30", True),
    ]


def test_keys_of_the_file_itself_are_not_repeated_in_a_message(store, states, tmp_path):
    body = of(states[0], 5)
    body["districts"][0]["by_form"]["Somebody's name"] = [0] * 5
    [answer] = take(store, write(tmp_path, body, states[0]))
    assert answer.flags[0].code == "bad-shape"
    assert "Somebody" not in answer.flags[0].text


@pytest.mark.parametrize(
    "data",
    [b"\n\n", b"[1]\n{}\n", b"{}\n", b'{}\n{"key": 5, "signature": "x"}\n', b"{" * 100_000 + b'\n{"key":"a","signature":"b"}',
     b'\xff\xfe{\n{}', b'{"version": 1}\n' + b"[" * 100_000],
)  # fmt: skip
def test_anything_else_is_refused_too(store, tmp_path, data):
    path = tmp_path / "x.snapshot"
    path.write_bytes(data)
    [answer] = take(store, path)
    assert answer.word == "refused"


def test_a_state_that_reports_nothing_at_all_has_not_reported_0(store, states, tmp_path):
    body = of(states[7], 5, with_stations=False)
    body.update(districts=[], totals={k: None if "expected" in k and "of" not in k else 0 for k in body["totals"]})
    [answer] = take(store, write(tmp_path, body, states[7]))
    assert (answer.word, answer.flags[0].code) == ("refused", "empty")


def test_whoever_writes_snapshots_can_check_them_without_an_office(digitize, states, tmp_path):
    good = write(tmp_path, of(states[0], 5), states[0])
    assert "records; valid." in digitize("national", "check", good)
    digitize("national", "check", write(tmp_path, {**of(states[0], 5), "version": 7}, states[0]), code=5)
    digitize("national", "check", write(tmp_path, {**of(states[0], 5), "site": "an-x"}, states[0]), code=5)
    good.write_bytes(good.read_bytes().replace(b'"in_scope":', b'"in_scope":1'))
    digitize("national", "check", good, code=5)


def test_the_snapshot_of_a_large_state_is_small(tmp_path):
    large = max(invent(tmp_path / "keys"), key=lambda s: len(s.expected))
    data = seal_plain(snapshot(large, 5, 6, ENDS[5], with_stations=True), large.key)
    assert len(large.expected) > 2000
    assert len(data) <= 300_000


def test_a_snapshot_of_a_day_after_it_was_made_is_refused(store, states, tmp_path):
    body = {**of(states[8], 5), "made_at": f"{ENDS[3]}T12:00:00Z"}
    [answer] = take(store, write(tmp_path, body, states[8]))
    assert (answer.word, answer.flags[0].code) == ("refused", "from-the-future")
