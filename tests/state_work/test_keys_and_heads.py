"""One key follows another, at the site and at the office above, which also holds the heads of a site's history."""

import json
import shutil
import time

import pytest

from digitize.errors import KeyUnusable
from digitize.workspace.ledger import Ledger


@pytest.fixture(scope="module")
def done(digitize, samples, tmp_path_factory):
    """A workspace in which a table was taken in and run; not changed by tests."""
    place = tmp_path_factory.mktemp("keys") / "ws"
    digitize("init", "wb", place, "--site", "pilot")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", place)
    return place


@pytest.fixture
def place(done, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(done, tmp_path / "ws")


@pytest.fixture
def office(digitize, place, tmp_path):
    """A state's office that knows the site's key."""
    folder = tmp_path / "state"
    digitize("state", "init", "wb", "--dir", folder)
    digitize("state", "keys", "add", "wb-pilot", place / "keys" / "site.pub", "--dir", folder)
    return folder


def report(digitize, place, office, code=0):
    out = place / "exports" / f"{len(list((place / 'exports').iterdir()))}.snapshot"
    digitize("snapshot", place, "--out", out)
    return digitize.json("state", "add", out, "--dir", office, code=code)


@pytest.mark.parametrize("change", (("rotate",), ("revoke", "--reason", "the PC was stolen")))
def test_a_new_key_signs_and_the_history_stays_whole(digitize, place, office, change):
    before = digitize.json("keys", "export-public", place)["public"]
    made = digitize.json("keys", change[0], place, *change[1:])
    assert made["old"] == before and made["new"] != before and made["signature"]
    digitize("run", place)
    digitize("ledger", "verify", place)
    assert "not ours" not in digitize("receipts", place)
    report(digitize, place, office, code=3)  # nobody told the office yet
    digitize("state", "keys", "follow", "wb-pilot", place / "keys" / "succession.jsonl", "--dir", office)
    report(digitize, place, office)


def test_what_the_old_key_does_not_vouch_for_is_refused(digitize, place, office):
    digitize("keys", "rotate", place)
    file = place / "keys" / "succession.jsonl"
    told = json.loads(file.read_text())
    file.write_text(json.dumps({**told, "new": "0" * 64}) + "\n")
    digitize("state", "keys", "follow", "wb-pilot", file, "--dir", office, code=5)
    file.write_text(json.dumps(told) + "\n")
    digitize("state", "keys", "follow", "wb-other", file, "--dir", office, code=5)
    file.write_text("no statement\n")
    digitize("state", "keys", "follow", "wb-pilot", file, "--dir", office, code=5)


def test_a_lost_key_is_replaced_and_a_letter_must_vouch(digitize, place, office):
    digitize("keys", "rotate", place, "--lost", "said lost while it is there", code=4)
    (place / "keys" / "site.pem").unlink()
    digitize("run", place, code=6)
    digitize("keys", "rotate", place, code=6)
    made = digitize.json("keys", "rotate", place, "--lost", "the disk broke")
    assert made["why"] == "lost" and made["signature"] == ""
    digitize("ledger", "verify", place)
    digitize("state", "keys", "follow", "wb-pilot", place / "keys" / "succession.jsonl", "--dir", office, code=5)


@pytest.mark.parametrize("step", ("record_event", "_put_in_place", "replace"))
def test_a_change_of_keys_that_was_interrupted_is_finished_by_the_same_command(digitize, place, monkeypatch, step):
    from pathlib import Path

    from digitize.workspace.integrity import keys

    class Killed(BaseException):
        pass

    calls = []

    def killed(*given, **more):
        calls.append(1)
        # The second replacement: the public half is in its place, the private one is not.
        if step != "replace" or len(calls) == 2:
            raise Killed
        return replace(*given)

    replace = Path.replace
    with monkeypatch.context() as m, pytest.raises(Killed):
        where = {"record_event": Ledger, "_put_in_place": keys, "replace": Path}[step]
        m.setattr(where, step, killed)
        digitize("keys", "rotate", place)
    if step != "record_event":
        with Ledger(place / "ledger.sqlite") as ledger, pytest.raises(KeyUnusable, match="interrupted"):
            ledger.record_event("p", "read", "note")
    digitize("keys", "rotate", place)
    digitize("ledger", "verify", place)
    with Ledger(place / "ledger.sqlite") as ledger:
        assert len(ledger.public_keys()) == 2
        ledger.record_event("p", "read", "note")
        ledger.verify()


def test_a_key_under_a_passphrase_opens_with_it_alone(tmp_path, monkeypatch):
    from digitize.machine.signing import create_key, open_key

    for name in ("DIGITIZE_KEY_PASSPHRASE", "DIGITIZE_KEY_PASSPHRASE_FILE"):
        monkeypatch.delenv(name, raising=False)
    public = create_key(tmp_path / "site.pem", "open sesame")
    with pytest.raises(KeyUnusable, match="protected by a passphrase"):
        open_key(tmp_path / "site.pem")
    monkeypatch.setenv("DIGITIZE_KEY_PASSPHRASE", "wrong")
    with pytest.raises(KeyUnusable, match="does not open"):
        open_key(tmp_path / "site.pem")
    (tmp_path / "word").write_text("open sesame\n")
    monkeypatch.setenv("DIGITIZE_KEY_PASSPHRASE_FILE", str(tmp_path / "word"))
    assert open_key(tmp_path / "site.pem").public == public


def test_the_office_above_finds_a_history_that_was_cut_off_or_rewritten(digitize, place, office, tmp_path):
    shutil.copytree(place, tmp_path / "earlier")
    shutil.copy(digitize_samples(place), tmp_path / "more.csv")
    digitize("intake", place, tmp_path / "more.csv", code=3)
    report(digitize, place, office)
    digitize("state", "heads", "wb-pilot", "--out", tmp_path / "heads.jsonl", "--dir", office)
    digitize("ledger", "verify", place, "--heads", tmp_path / "heads.jsonl")
    # The workspace as it was before that intake, signatures and all: whole by itself.
    digitize("ledger", "verify", tmp_path / "earlier")
    told = digitize.json("ledger", "verify", tmp_path / "earlier", "--heads", tmp_path / "heads.jsonl", code=7)
    assert "cut off" in told["changes"][0]["what"]
    digitize("state", "heads", "wb-nobody", "--out", tmp_path / "x", "--dir", office, code=5)


def test_a_snapshot_of_another_history_is_flagged_when_it_arrives(digitize, place, office, tmp_path):
    shutil.copytree(place, tmp_path / "earlier")
    digitize("fixity", place)
    report(digitize, place, office)
    time.sleep(1.1)  # two snapshots of one second are one
    assert flags_of(report(digitize, place, office)) == ["corrected-same-day"]
    # Signed by who holds the key, and as long as before: the workspace of a backup that went on another way.
    for _ in range(3):
        digitize("fixity", tmp_path / "earlier")
    time.sleep(1.1)
    assert "history-rewritten" in flags_of(report(digitize, tmp_path / "earlier", office))


def flags_of(answer):
    return [flag["code"] for flag in answer["files"][0]["flags"]]


def digitize_samples(place):
    """A file that is no table of any kind, so that its intake leaves an event and no work."""
    made = place / "nothing.csv"
    made.write_bytes(b"\x00\x01")
    return made
