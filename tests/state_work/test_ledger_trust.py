"""The ledger cannot be changed without a word: rows, events, heads, files; each tampering on a copy, each named."""

import json
import random
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from digitize.errors import KeyUnusable, LedgerError  # noqa: E402
from digitize.workspace.ledger import Ledger  # noqa: E402
from digitize.workspace.ledger.catalogue import Catalogue, PageScan  # noqa: E402
from tools.tampering.copies import TamperedCopy  # noqa: E402
from tools.tampering.tampering import DEEDS, named_changes  # noqa: E402
from tools.tampering.views import open_views  # noqa: E402


@pytest.fixture(scope="module")
def done(digitize, samples, tmp_path_factory):
    """A workspace with a table that was taken in, run, and of which a person settled something; not changed by tests."""
    place = tmp_path_factory.mktemp("trust") / "ws"
    digitize("init", "wb", place)
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    shutil.copy(samples / "calibration.toml", place / "calibration.toml")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", place)
    return place


@pytest.fixture
def place(done, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(done, tmp_path / "ws")


@pytest.fixture
def copy(done, place, tmp_path):
    """A copy, and what the office above holds of it."""
    heads = tmp_path / "heads.jsonl"
    with Ledger(done / "ledger.sqlite") as ledger:
        heads.write_text(json.dumps({"seq": ledger.count_events(), "at": "", "hash": ledger.root_hash()}) + "\n")
    return TamperedCopy(place, heads)


def by_hand(place, *statements):
    with sqlite3.connect(place / "ledger.sqlite") as db:
        open_views(db)
        for statement in statements:
            db.execute(statement)


def test_what_nobody_touched_is_whole(copy):
    assert named_changes(copy) == []


@pytest.mark.parametrize("deed", sorted(DEEDS))
@pytest.mark.parametrize("seed", (1, 2, 3))
def test_every_tampering_is_named(copy, deed, seed):
    wanted = DEEDS[deed](copy, random.Random(seed))
    if wanted is None:
        return  # bytes that nothing is read from
    assert any(wanted in line for line in named_changes(copy))


def test_a_verdict_that_was_changed_by_hand_is_not_loaded(digitize, place):
    by_hand(place, "UPDATE records SET verdict = 'clean', open = '[]' WHERE verdict <> 'clean'")
    # Nothing tells a run of it; that its batch is looked at again is what another change in it would bring about.
    by_hand(place, "INSERT INTO marks SELECT 'load', batch, 0 FROM batches")
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        before = db.execute("SELECT COUNT(*) FROM iif1").fetchone()
    digitize("run", place, code=7)
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        assert db.execute("SELECT COUNT(*) FROM iif1").fetchone() == before


def test_verify_lists_everything_with_what_mends_it(digitize, place):
    by_hand(place, "UPDATE records SET station = 'x'", "UPDATE receipts SET batch = 'x'", "DELETE FROM state")
    told = digitize.json("ledger", "verify", place, code=7)
    where = {c["where"].split()[0] for c in told["changes"]}
    assert not told["is_whole"] and {"records", "receipts", "state"} <= where
    assert all(c["mend"] for c in told["changes"])


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM names WHERE id = (SELECT step FROM history WHERE seq = 2)",
        "DELETE FROM units WHERE id = (SELECT unit FROM history WHERE seq = 2)",
        "UPDATE names SET name = CAST(name AS BLOB) WHERE id = (SELECT step FROM history WHERE seq = 2)",
        "UPDATE history SET at = -99999 WHERE seq = 2",
        "UPDATE history SET said = 99999, detail = '' WHERE seq = 2",
        "UPDATE history SET detail = x'7b7d', said = 0 WHERE seq = 2",
        "UPDATE row_hashes SET tbl = 99 WHERE tbl = 8",
        "UPDATE row_hashes SET ref = 99999 WHERE ref = (SELECT MIN(ref) FROM row_hashes WHERE tbl = 8)",
        "UPDATE history SET made = '' WHERE LENGTH(made) > 0",
        "UPDATE history SET made = x'00' WHERE seq = 2",
        "UPDATE row_hashes SET hash = 'no bytes' WHERE tbl = 8",
        "UPDATE heads SET signature = x'00'",
        "UPDATE units SET name = CAST(name AS BLOB) WHERE id = (SELECT MAX(id) FROM record_rows)",
    ],
)
def test_a_number_that_leads_to_no_text_is_named_as_any_change(place, deed):
    path = place / "ledger.sqlite"
    with sqlite3.connect(path) as db:
        guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            db.execute(f"DROP TRIGGER {name}")
        db.execute(deed)
        for _, sql in guards:
            db.execute(sql)
    with Ledger(path) as ledger:
        assert [c for c in ledger.changes() if not c.is_remark]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("units", "NOT NULL UNIQUE", "NOT NULL"),
        ("history", "CHECK (said = 0 OR detail = '')", "CHECK (1)"),
        ("findings", "PRIMARY KEY (record, field, code)", "PRIMARY KEY (record, field, code, message)"),
        ("events", "FROM history h", "FROM (SELECT * FROM history WHERE seq > 2) h"),
        ("events", "", ""),
    ],
)
def test_a_table_that_forbids_less_and_a_view_that_lies_or_is_gone_are_named(place, name, before, after):
    path = place / "ledger.sqlite"
    with sqlite3.connect(path) as db:
        kind, sql = db.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        views = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name <> ?", (name,)).fetchall()
        own = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql <> ''"
        beside = [r[0] for r in db.execute(own, (name,))]
        if kind == "view":
            db.execute(f"DROP VIEW {name}")
            if before:
                db.execute(sql.replace(before, after))
        else:
            for view, _ in views:
                db.execute(f"DROP VIEW {view}")
            db.execute(sql.replace(before, after).replace(f"TABLE {name}", "TABLE other"))
            db.execute(f"INSERT INTO other SELECT * FROM {name}")
            db.execute(f"DROP TABLE {name}")
            db.execute(f"ALTER TABLE other RENAME TO {name}")
            for text in (*beside, *(text for _, text in views)):
                db.execute(text)
    with Ledger(path) as ledger:
        assert f"{kind} {name}" in {c.where for c in ledger.changes()}


def test_verify_tells_of_a_view_that_is_gone_and_stops(digitize, place):
    with sqlite3.connect(place / "ledger.sqlite") as db:
        db.execute("DROP VIEW events")
    told = digitize.json("ledger", "verify", place, code=7)
    assert [c["where"] for c in told["changes"]] == ["view events", "the rest"]


def test_states_can_be_taken_from_the_events_anew(digitize, place):
    by_hand(place, "UPDATE state SET outcome = 'x'")
    digitize("ledger", "verify", place, code=7)
    digitize("ledger", "recount", place)
    digitize("ledger", "verify", place)


def test_what_a_person_typed_is_covered(digitize, place):
    from digitize.workspace.ledger.records import Decision, Records

    with Ledger(place / "ledger.sqlite") as ledger:
        Records(ledger).insert_decision(Decision("r", "fir_no", "", "", "iif1", "value", "12", "op"), "2026-01-01")
    digitize("ledger", "verify", place)
    by_hand(place, "UPDATE decisions SET value = '13'")
    assert "decisions" in digitize.json("ledger", "verify", place, code=7)["changes"][0]["where"]


def test_no_event_lies_behind_the_newest_signature_even_after_a_kill(place):
    ledger = Ledger(place / "ledger.sqlite")
    ledger.record_event("p", "read", "note")
    # Not closed: as after a kill.
    with Ledger(place / "ledger.sqlite") as again:
        assert again.heads()[-1].seq == again.count_events()
        again.verify()


def test_a_clock_that_went_back_is_remarked(digitize, place, monkeypatch):
    from digitize.workspace.ledger_db import sqlite

    with monkeypatch.context() as m, Ledger(place / "ledger.sqlite") as ledger:
        m.setattr(sqlite.time, "time", lambda: 1577836800.0)
        ledger.record_event("p", "read", "note")
    told = digitize.json("ledger", "verify", place)
    assert told["is_whole"] and [c["is_remark"] for c in told["changes"]] == [True]


@pytest.mark.parametrize("found", ("0", "-1", "99", "nonsense"))
def test_a_format_that_is_none_of_ours_is_refused(place, found):
    by_hand(place, f"UPDATE meta SET value = '{found}' WHERE key = 'format'")
    with pytest.raises(LedgerError):
        Ledger(place / "ledger.sqlite")


@pytest.mark.parametrize("found", range(2, 7))
def test_a_format_that_no_release_had_is_refused_with_what_to_do(digitize, place, found):
    by_hand(place, f"UPDATE meta SET value = '{found}' WHERE key = 'format'")
    with pytest.raises(LedgerError, match="which no release wrote. Run any command that writes with"):
        Ledger(place / "ledger.sqlite")
    digitize("run", place, code=7)


def shown(db):
    """All that was recorded, as it is seen."""
    views = {
        "events": "seq, at, unit, step, outcome, key, detail, hash",
        "state": "unit, step, key, outcome, detail, seq",
        "results": "unit, step, key, data",
        "records": "record, unit, batch, station, language, grp, form, hash, data, verdict, open, reasons, loaded",
        "scans": "page, sha256, idx, batch, volume, number, kind, station, district, year, language",
        "sources": "*", "batches": "*", "tables": "*", "findings": "*", "receipts": "*", "decisions": "*",
    }  # fmt: skip
    return {v: sorted(db.execute(f"SELECT {names} FROM {v}").fetchall(), key=repr) for v, names in views.items()}


def test_a_ledger_of_version_0_2_0_is_read_as_it_stands_and_upgraded_without_losing_a_row(digitize, place_of_0_2_0):
    place, path = place_of_0_2_0, place_of_0_2_0 / "ledger.sqlite"
    with sqlite3.connect(path) as db:
        before = shown(db)
    assert {v for v, rows in before.items() if rows} == before.keys() - {"scans", "decisions"}
    told = digitize.json("ledger", "verify", place)
    assert told["is_whole"] and "not protected yet" in told["changes"][0]["what"]
    totals = digitize.json("status", place)["totals"]
    assert (totals["records"], totals["loaded"], totals["in_review"]) == (56, 55, 1)
    with Ledger(path) as ledger:
        page = PageScan("p-0001-0001", "f" * 64, 0, "b", 1, 1, year="1984")
        assert not ledger.is_current
        Catalogue(ledger).insert_scan(page)
        assert ledger.is_current and Catalogue(ledger).scan(page.page) == page
    with sqlite3.connect(path) as db:
        after = shown(db)
    # Nothing is lost; what is new are the scan, the events of the upgrade, and of its rows.
    assert all(set(before[v]) <= set(after[v]) for v in before)
    assert {v: len(after[v]) - len(before[v]) for v in before if len(after[v]) > len(before[v])}.keys() == {
        "events", "state", "scans",
    }  # fmt: skip
    assert digitize.json("ledger", "verify", place)["changes"] == []
    assert digitize.json("status", place)["totals"]["loaded"] == 55
    with sqlite3.connect(place / "ledger.sqlite.format1") as kept:
        assert shown(kept) == before
    by_hand(place, "UPDATE records SET station = 'x' WHERE record = (SELECT MIN(record) FROM records)")
    digitize("ledger", "verify", place, code=7)


def test_a_workspace_of_version_0_2_0_goes_on_with_its_target(digitize, place_of_0_2_0):
    place = place_of_0_2_0
    digitize("run", place)
    assert digitize.json("ledger", "verify", place)["is_whole"]
    totals = digitize.json("status", place)["totals"]
    assert totals["records"] == 56 and totals["loaded"] + totals["in_review"] + totals["rejected"] == 56
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        assert db.execute("SELECT COUNT(*) FROM iif1").fetchone() == (totals["loaded"],)


def test_a_ledger_cannot_be_made_older_to_lose_its_signatures(digitize, place, place_of_0_2_0):
    shutil.copy(place_of_0_2_0 / "ledger.sqlite", place / "ledger.sqlite")
    digitize("run", place, code=7)
    (place_of_0_2_0 / "heads.log").touch()
    with pytest.raises(LedgerError, match="had a later one before"):
        Ledger(place_of_0_2_0 / "ledger.sqlite")


@pytest.mark.parametrize("spoil", ("missing", "garbage", "open", "other"))
@pytest.mark.parametrize("command", (("run",), ("snapshot",), ("intake",)))
def test_a_key_that_cannot_be_used_is_said_before_anything_is_done(digitize, samples, place, spoil, command):
    key = place / "keys" / "site.pem"
    if spoil == "missing":
        key.unlink()
    elif spoil == "garbage":
        key.write_text("no key")
    elif spoil == "open":
        key.chmod(0o644)
    else:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        other = ec.generate_private_key(ec.SECP256R1())
        key.write_bytes(
            other.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    (place / "lists" / "stations.csv").write_text("station,district,aliases,district_aliases\n", encoding="utf-8")
    more = [samples / "legacy" / "stations.csv"] if command == ("intake",) else []
    with Ledger(place / "ledger.sqlite") as ledger:
        before = ledger.count_events()
    digitize(*command, place, *more, code=6)
    with Ledger(place / "ledger.sqlite") as ledger:
        assert ledger.count_events() == before


def test_a_new_key_is_never_readable_by_others(tmp_path, monkeypatch):
    import os

    from digitize.machine.signing import create_key

    seen = []
    opened = os.fdopen

    def look(fd, *rest, **more):
        seen.append(os.fstat(fd).st_mode & 0o777)
        return opened(fd, *rest, **more)

    monkeypatch.setattr(os, "fdopen", look)
    create_key(tmp_path / "site.pem")
    assert seen == [0o600]


def test_an_open_key_is_refused_by_what_signs(tmp_path):
    from digitize.machine.signing import create_key, sign

    create_key(tmp_path / "site.pem")
    (tmp_path / "site.pem").chmod(0o666)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        sign(tmp_path / "site.pem", b"x")


def test_originals_are_looked_at_in_rounds(digitize, place, samples):
    digitize("intake", place, samples / "legacy" / "stations.csv", samples / "garbage", code=3)
    whole = digitize.json("fixity", place)
    assert whole["good"] == whole["files"] > 1 and whole["left"] == 0
    part = digitize.json("fixity", place, "--share", "1%")
    assert 1 <= part["files"] < whole["files"] and part["files"] + part["left"] == whole["files"]
    rest = digitize.json("fixity", place)
    assert rest["files"] == part["left"]
    original = next(p for p in (place / "originals").rglob("*") if p.is_file())
    original.chmod(0o600)
    original.write_bytes(b"x" + original.read_bytes()[1:])
    digitize("fixity", place, code=7)
    digitize("ledger", "verify", place, "--originals", "all", code=7)


def test_a_ledger_on_a_medium_that_cannot_be_written_is_read(digitize, place, monkeypatch):
    import digitize.workspace.ledger.opening as opening

    monkeypatch.setattr(opening, "is_writable", lambda path: False)
    before = (place / "ledger.sqlite").read_bytes()
    digitize("status", place)
    digitize("ledger", "verify", place, "--originals", "all")
    digitize("run", place, code=7)
    assert (place / "ledger.sqlite").read_bytes() == before
