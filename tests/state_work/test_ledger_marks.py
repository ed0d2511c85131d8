"""What changed is marked in the same transaction; what is not marked need not be looked at, and the counts are true."""

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from digitize.errors import DigitizeError  # noqa: E402
from digitize.workspace.counting.counts_cache import find_differing_counts, keep_counts  # noqa: E402
from digitize.workspace.counting.totals import count_work  # noqa: E402
from digitize.workspace.ledger import Ledger  # noqa: E402
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile  # noqa: E402
from digitize.workspace.ledger.dirty_parts import CHECK, COUNT, LOAD, MAP, READ, clear_marks, list_dirty, newest_event  # noqa: E402  # noqa: E402
from digitize.workspace.ledger.records import Decision, Records, Stored  # noqa: E402
from digitize.workspace.ledger.schema import FORMAT  # noqa: E402
from digitize.workspace.ledger.verdict import Verdict  # noqa: E402
from digitize.workspace.ledger_db.sqlite import FileEngine  # noqa: E402
from mappers.record import FieldValue, Record  # noqa: E402

EVERYTHING = (COUNT, READ, MAP, CHECK, LOAD)


@pytest.fixture
def ledger(tmp_path):
    """Three pages of two volumes, and nothing marked."""
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        catalogue = Catalogue(made)
        for label in ("one", "two"):
            catalogue.volume(label)
        for page, volume, number in (("s-0001-0001", 1, 1), ("s-0001-0002", 1, 2), ("s-0002-0001", 2, 1)):
            sha = page[-4:] * 16
            catalogue.insert_scan(PageScan(page, sha, 0, "b1", volume, number, station="Mill"))
            if made.rows("SELECT 1 FROM sources WHERE sha256 = ?", (sha,)):
                continue
            catalogue.insert_source(SourceFile(sha, "b1", page, 1, "image/png", 1, ".png"))
        calm(made)
        yield made


def calm(ledger):
    keep_counts(ledger)
    for what in EVERYTHING:
        clear_marks(ledger, what, list_dirty(ledger, what), newest_event(ledger))
    assert not any(marks(ledger).values())


def marks(ledger):
    return {what: list_dirty(ledger, what) for what in EVERYTHING}


def stored(number, group="g1", text="12"):
    record = Record(f"s-0001-{number:04d}-r1", "iif1", {"fir_no": FieldValue(text, text)}, {}, ("p",), "b1")
    return Stored(record, f"s-0001-{number:04d}", group, "Mill", "en", text * 8)


def test_an_event_of_a_page_marks_its_volume_and_no_other(ledger):
    ledger.finish("s-0002-0001", "recognise", "k", {}, {"form": "f"})
    assert marks(ledger) == {COUNT: ["volume:2"], READ: ["volume:2"], MAP: ["volume:2"], CHECK: [], LOAD: []}
    ledger.finish("t-0001:3", "map", "k", {}, {})
    assert "table:t-0001" in list_dirty(ledger, MAP)
    ledger.record_event("site", "show", "note")
    assert set(list_dirty(ledger, COUNT)) == {"volume:2", "table:t-0001"}


def test_a_record_that_changes_its_group_marks_both_and_one_that_stays_marks_nothing(ledger):
    records = Records(ledger)
    records.replace_unit("s-0001-0001", [stored(1)])
    assert (list_dirty(ledger, CHECK), list_dirty(ledger, LOAD)) == (["g1"], ["b1"])
    calm(ledger)
    records.replace_unit("s-0001-0001", [stored(1)])
    assert not any(marks(ledger).values())
    records.replace_unit("s-0001-0001", [stored(1, "g2")])
    assert list_dirty(ledger, CHECK) == ["g1", "g2"]
    calm(ledger)
    records.replace_unit("s-0001-0001", [])
    assert (list_dirty(ledger, CHECK), list_dirty(ledger, COUNT)) == (["g2"], ["volume:1"])


def test_verdicts_loads_decisions_and_metadata_mark_what_depends_on_them(ledger):
    records = Records(ledger)
    records.replace_unit("s-0001-0002", [stored(2)])
    calm(ledger)
    records.set_verdicts({"s-0001-0002-r1": Verdict("clean", (), {})}, [])
    assert marks(ledger) == {COUNT: ["volume:1"], READ: [], MAP: [], CHECK: [], LOAD: ["b1"]}
    calm(ledger)
    records.set_loaded("b1", "load")
    assert list_dirty(ledger, COUNT) == ["volume:1"]
    calm(ledger)
    for name in ("s-0001-0002-r1", "s-0001-0002-r7", "s-0001-0002"):
        records.insert_decision(Decision(name, "f", "", "", "iif1", "value", "1", "A"), "2026-01-01")
        assert (list_dirty(ledger, MAP), list_dirty(ledger, COUNT)) == (["volume:1"], ["volume:1"])
        calm(ledger)
    assert Catalogue(ledger).tell("0002" * 16, {"station": "Bridge"}) == {"station": ("Mill", "Bridge")}
    assert list_dirty(ledger, READ) == ["volume:1"]


def test_a_mark_stays_where_something_was_written_while_it_was_looked_at(ledger):
    ledger.finish("s-0001-0001", "decide", "k", {}, {})
    seen = newest_event(ledger)
    ledger.finish("s-0001-0002", "decide", "k", {}, {})
    clear_marks(ledger, READ, ["volume:1"], seen)
    assert list_dirty(ledger, READ) == ["volume:1"]
    clear_marks(ledger, READ, ["volume:1"], newest_event(ledger))
    assert list_dirty(ledger, READ) == []


def test_a_file_that_could_not_be_opened_and_now_can_is_no_longer_counted_as_refused(ledger):
    ledger.record_event("a.png", "intake", "failed", detail={"kind": "missing"})
    keep_counts(ledger)
    assert count_work(ledger).totals.files_refused == 1
    ledger.record_event("a.png", "intake", "done", key="0" * 64)
    assert count_work(ledger).totals.files_refused == 0
    ledger.record_event("b" * 64, "intake", "failed", detail={"kind": "damaged"})
    keep_counts(ledger)
    Catalogue(ledger).insert_source(SourceFile("b" * 64, "b1", "b.png", 1, "image/png", 1, ".png"))
    keep_counts(ledger)
    assert list(find_differing_counts(ledger)) == []


def test_whoever_checks_late_has_the_group_looked_at_again(ledger):
    ledger.finish("group:g|1", "check", "key of before", {})
    assert list_dirty(ledger, CHECK) == ["g|1"]


def test_a_transaction_that_is_rolled_back_marks_nothing(ledger):
    with pytest.raises(ZeroDivisionError), ledger.writing():
        ledger.finish("s-0001-0001", "decide", "k", {}, {})
        raise ZeroDivisionError
    ledger.record_event("site", "show", "note")
    assert not any(marks(ledger).values())


def test_counts_are_the_same_kept_or_folded_anew_and_a_false_one_is_named(ledger):
    detail = {"form": "f", "family": "f", "part": 1, "language": "en"}
    for page in ("s-0001-0001", "s-0002-0001"):
        ledger.finish(page, "recognise", "k", {}, detail)
        ledger.finish(page, "decide", "k", {}, detail)
    ledger.fail("s-0001-0002", "recognise", "k", {"kind": "truncated", "message": "", "retry": False})
    Records(ledger).replace_unit("s-0001-0001", [stored(1), stored(2, text="13")])
    Records(ledger).set_verdicts({"s-0001-0001-r1": Verdict("review", ("fir_no",), {"doubtful": 1})}, [])
    anew = count_work(ledger)
    keep_counts(ledger)
    assert list_dirty(ledger, COUNT) == [] and count_work(ledger).as_plain() == anew.as_plain()
    t = anew.totals
    assert (t.pages, t.pages_read, t.pages_failed, t.records, t.in_review, t.files) == (3, 2, 1, 2, 1, 2)
    assert anew.by["volume"]["one"].failed == 1 and anew.failures == {"page: truncated": 1}
    assert list(find_differing_counts(ledger)) == []
    ledger.execute("UPDATE tallies SET data = '{}' WHERE part = 'volume:2'")
    assert list(find_differing_counts(ledger)) == ["volume:2"]
    ledger.recount()
    keep_counts(ledger)
    assert list(find_differing_counts(ledger)) == []


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_in_whatever_order_the_counts_that_are_kept_are_true(ledger, seed):
    choose = random.Random(seed)
    records, catalogue, pages = Records(ledger), Catalogue(ledger), ("s-0001-0001", "s-0001-0002", "s-0002-0001")
    catalogue.insert_batch(Batch("b1", "one", "2026-01-01"))
    detail = {"form": "f", "family": "f", "part": 1, "language": "en"}

    def new_records():
        number = choose.choice((1, 2))
        some = [stored(number, choose.choice(("g1", "g2")), choose.choice(("1", "2")))]
        records.replace_unit(f"s-0001-{number:04d}", choose.choice((some, [])))

    def settled():
        name = choose.choice(("s-0001-0001-r1", "s-0001-0002-r9", "s-0002-0001", "t-0001-r3"))
        records.insert_decision(Decision(name, "page:2", "", "", "", choose.choice(("value", "undone")), "x", "A"), "")

    def verdict():
        word, fields = choose.choice((("clean", ()), ("review", ("fir_no",)), ("reject", ("fir_no",))))
        known = [r["record"] for r in ledger.rows("SELECT record FROM records")]
        records.set_verdicts({r: Verdict(word, fields, dict.fromkeys(fields, 1)) for r in known}, [])

    def refused():
        outcome, key = choose.choice(("failed", "done")), choose.randbytes(8).hex()
        ledger.record_event("x.png", "intake", outcome, key=key, detail={"kind": "missing"})

    def taken_again():
        catalogue.insert_scan(PageScan("s-0002-0001", choose.randbytes(32).hex(), 0, "b1", 2, 1, station="Bridge"))

    def read():
        page, step = choose.choice(pages), choose.choice(("recognise", "decide", "map"))
        if choose.random() < 0.4:
            ledger.fail(page, step, "k", {"kind": "truncated", "message": "", "retry": True})
        else:
            ledger.finish(page, step, choose.choice("kl"), {}, detail if step != "map" else {"reported": 2})

    def mapped():
        ledger.finish(choose.choice(("t-0001:2", "t-0001")), "map", choose.choice("kl"), {}, {"reported": 2})

    def told():
        catalogue.tell("0002" * 16, {"station": choose.choice(("Mill", "Bridge")), "language": "bn"})

    def loaded():
        records.set_loaded("b1", "load")

    operations = (new_records, settled, verdict, refused, taken_again, read, mapped, told, loaded)
    for _ in range(60):
        choose.choice(operations)()
        if choose.random() < 0.5:
            keep_counts(ledger)
        assert list(find_differing_counts(ledger)) == []
    kept = count_work(ledger).as_plain()
    ledger.recount()
    assert count_work(ledger).as_plain() == kept


def test_a_backup_that_was_cut_off_does_not_pass_for_one_when_a_ledger_is_upgraded(place_of_0_2_0, monkeypatch):
    path, folder = place_of_0_2_0 / "ledger.sqlite", place_of_0_2_0
    db = sqlite3.connect(path, isolation_level=None)

    def is_full(*given):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched, Ledger(path) as ledger:
        patched.setattr(FileEngine, "backup", is_full)
        with pytest.raises(DigitizeError):
            ledger.record_event("p", "read", "note")
    assert not list(folder.glob("ledger.sqlite.format1*"))
    # What a killed one left is as large as the ledger, and is taken away by the next.
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (folder / f"ledger.sqlite.format1.{gone.pid}.part").touch()
    assert db.execute("SELECT value FROM meta").fetchone() == ("1",)
    with Ledger(path) as ledger:
        ledger.record_event("p", "read", "note")
    with sqlite3.connect(folder / "ledger.sqlite.format1") as copy:
        assert copy.execute("SELECT value FROM meta").fetchone() == ("1",)
    assert db.execute("SELECT value FROM meta").fetchone() == (str(FORMAT),)
    assert not list(folder.glob("*.part"))
