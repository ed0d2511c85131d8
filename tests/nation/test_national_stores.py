"""An office's store, as a file and as a PostgreSQL database: one contract for both."""

from datetime import date, timedelta

import pytest

from digitize.errors import LedgerError, OptionsError
from digitize.offices.flags import collect_flags, load_flags
from digitize.offices.history import count_change, sum_by_month
from digitize.offices.keys import add_key, known_keys
from digitize.offices.office import create_office, open_office
from digitize.offices.origin import verify_origin
from digitize.offices.receive import add_files
from digitize.offices.series import make_series
from digitize.offices.store import SnapshotStore
from digitize.offices.store_engine import check_address
from sample_data.makers.national import invent, seal_plain, snapshot

FIRST = date(2025, 1, 1)


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("keys"), stations=72, records=40_000)[:2]


@pytest.fixture(scope="module")
def files(states, tmp_path_factory):
    """Twelve snapshots of each State, five days apart; the first expects less from the eighth on."""
    folder = tmp_path_factory.mktemp("sent")
    for n in range(12):
        day = FIRST + timedelta(days=5 * n)
        for s in states:
            body = snapshot(s, 60 + n, 120, day, with_stations=False)
            if s is states[0] and n == 7:
                for counts in (body["totals"], body["districts"][0]["counts"]):
                    counts["expected"] -= 5
            (folder / f"{s.code}-{day}.snapshot").write_bytes(seal_plain(body, s.key))
    (folder / "bad.snapshot").write_bytes(b"no snapshot")
    return folder


@pytest.fixture(params=["file", "postgresql"])
def where(request, tmp_path):
    return tmp_path / "received.sqlite" if request.param == "file" else request.getfixturevalue("pg_url")


def test_a_store_keeps_its_contract(where, states, files, tmp_path):
    office = create_office(tmp_path / "keys-only", "nation", "in")
    with SnapshotStore(where, office.key) as store:
        for s in states:
            add_key(store, s.code, s.public)
        words = [a.word for a in add_files(store, "state", "", [files])]
        assert (words.count("refused"), words.count("known")) == (1, 0)
    with SnapshotStore(where, office.key) as store:
        assert len(known_keys(store)) == 2 and len(store.list_refused()) == 1
        taken = store.list_taken()
        day = FIRST + timedelta(days=40)
        check_reads(store, taken, day)
        found = verify_origin(store)
        assert (found.files, found.signed, found.unsigned) == (25, 24, 0)
        with store.writing():
            store.insert_act("answer", "x", "op", "why", {"a": "é"})
        assert [(a.subject, a.detail) for a in store.list_acts("answer")] == [("x", {"a": "é"})]
        assert store.snapshot(taken[-1].seq).state == taken[-1].reporter
        for sql in ("UPDATE received SET file = 'x'", "DELETE FROM acts", "UPDATE heads SET at = ''"):
            with pytest.raises(Exception, match="history is never changed"):
                store._db.change(sql)
        with pytest.raises(RuntimeError), store.writing():
            store.insert_act("answer", "lost", "op", "why", {})
            raise RuntimeError
        assert not [a for a in store.list_acts() if a.subject == "lost"]
        store.verify()


def check_reads(store, taken, day):
    """What is read by SQL is what a look at every row finds."""
    upto = [r for r in taken if r.as_on <= day.isoformat()]
    assert store.list_taken(day) == upto
    assert store.list_newest(day) == list({r.reporter: r for r in upto}.values())
    ends = store.list_month_ends(day)
    assert ends == list({(r.reporter, r.as_on[:7]): r for r in upto}.values()) and len(ends) < len(upto)
    assert sum_by_month(ends, day) == sum_by_month(upto, day)
    assert make_series(ends, day) == make_series(upto, day)
    assert load_flags(store) == collect_flags(enumerate(taken)) and len(load_flags(store)) > 0
    newest = store.list_newest()[0]
    old = [r for r in taken if r.reporter == newest.reporter and r.as_on <= "2025-01-30"][-1]
    grown = newest.summary["totals"]["loaded"] - old.summary["totals"]["loaded"]
    assert count_change(store, newest) == grown


def test_an_office_may_keep_its_store_in_postgresql(pg_url, states, files, tmp_path, digitize):
    folder = tmp_path / "n"
    digitize("national", "init", "--dir", folder, "--store", pg_url)
    assert open_office(folder).address == pg_url
    for s in states:
        digitize("national", "keys", "add", s.code, s.public, "--dir", folder)
    assert "refused 1" in digitize("national", "add", files, "--dir", folder, code=3)
    digitize("national", "report", "--dir", folder, "--html", tmp_path / "n.html")
    assert not list(folder.glob("*.sqlite"))
    # Another office must not write into the same history.
    digitize("state", "init", "mh", "--dir", tmp_path / "mh", "--store", pg_url, code=5)
    assert not (tmp_path / "mh").exists()
    assert "24 signed" in digitize("national", "verify", "--dir", folder)


def test_an_address_holds_no_password_and_a_server_that_is_away_says_so():
    assert check_address("postgresql://office@db.example/national")
    for wrong in ("postgresql://o:secret@db.example/n", "postgresql://db/n?password=secret", "mysql://db/n"):
        with pytest.raises(OptionsError) as told:
            check_address(wrong)
        assert "secret" not in str(told.value)
    with pytest.raises(LedgerError, match="does not answer"):
        SnapshotStore("postgresql://nobody@127.0.0.1:1/nowhere?connect_timeout=1")
