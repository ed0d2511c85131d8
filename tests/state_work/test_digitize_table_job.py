"""The main job on a legacy table, from the command line: in, mapped, checked, reviewed, loaded; twice changes nothing."""

import hashlib
import json
import shutil
import sqlite3

import pytest
from openpyxl import load_workbook


@pytest.fixture(scope="module")
def done(table_done):
    return table_done


@pytest.fixture
def place(done, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(done, tmp_path / "ws")


def loaded(place, sql="SELECT COUNT(*) FROM iif1"):
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        return db.execute(sql).fetchone()[0]


def test_every_row_ends_as_a_record_or_is_reported(digitize, done):
    totals = digitize.json("status", done)["totals"]
    assert totals["records"] + totals["rows_reported"] == 60
    assert totals["clean"] + totals["in_review"] + totals["rejected"] == totals["records"]


def test_a_table_is_opened_once_to_be_mapped(digitize, samples, tmp_path, monkeypatch):
    from digitize.steps import map_table

    opened = []
    own = map_table.open_guarded
    monkeypatch.setattr(map_table, "open_guarded", lambda *given: opened.append(given[0].name) or own(*given))
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    digitize("intake", tmp_path / "ws", samples / "legacy" / "FIRMAST.DBF")
    report = digitize.json("run", tmp_path / "ws", "--only", "map")
    assert report["mapped"] > 40 and len(opened) == 1
    assert not [p for p in (tmp_path / "ws").iterdir() if p.name.startswith("tmp")]


def test_clean_records_are_in_the_target_and_the_others_wait(digitize, done):
    totals = digitize.json("status", done)["totals"]
    assert totals["clean"] > 40
    assert loaded(done) == totals["loaded"] == totals["clean"]


def test_a_second_run_does_nothing(digitize, place):
    before = digitize.json("status", place)["totals"]
    assert "Nothing to do" in digitize("run", place)
    assert digitize.json("status", place)["totals"] == before


def test_a_second_intake_of_the_same_file_is_recognised(digitize, place, samples):
    report = digitize.json("intake", place, samples / "legacy" / "FIRMAST.DBF")
    assert (report["taken"], len(report["duplicates"]), report["batch"]) == (0, 1, "")


def test_what_is_said_of_a_file_later_counts_and_is_kept(digitize, tmp_path, samples):
    place = tmp_path / "ws"
    digitize("init", "up", place, "--site", "test")
    table = samples / "formats" / "up_firmast_krutidev" / "source.DBF"
    (place / "lists" / "stations.csv").write_text("station,district,aliases\nKalpanapur,,K01\nNamunakhera,,N02\n")
    digitize("intake", place, table)
    assert "Records whose district is missing or unknown: 11." in digitize("run", place)
    report = digitize.json("intake", place, table, "--district", "Lucknow")
    assert report["told_anew"] == [["source.DBF", "district", "", "Lucknow"]]
    digitize("run", place)
    totals = digitize.json("status", place)["totals"]
    assert (totals["loaded"], totals["without_district"]) == (11, 0)
    assert digitize.json("intake", place, table, "--district", "Lucknow")["told_anew"] == []
    digitize("ledger", "verify", place)


def test_a_memo_file_goes_with_its_table_and_is_refused_without_it(digitize, tmp_path, samples):
    place = tmp_path / "ws"
    digitize("init", "up", place, "--site", "test")
    source = samples / "formats" / "up_firmast_krutidev"
    report = digitize.json("intake", place, source / "source.DBF", source / "source.DBT")
    assert (report["taken"], report["refused"]) == (1, [])
    (tmp_path / "lone").mkdir()
    shutil.copy(source / "source.DBT", tmp_path / "lone" / "OLD.DBT")
    refused = digitize.json("intake", place, tmp_path / "lone", code=3)["refused"]
    assert refused[0][0] == "lone/OLD.DBT" and "OLD.dbf" in refused[0][1]
    again = shutil.copy(source / "source.DBF", tmp_path / "lone" / "OTHER.DBF")
    shutil.copy(source / "source.DBT", tmp_path / "lone" / "OTHER.DBT")
    (tmp_path / "lone" / "OLD.DBT").unlink()
    assert digitize.json("intake", place, again)["renamed"] == [["OTHER.DBF", "source.DBF"]]


def test_a_table_without_its_memo_file_is_told_at_intake_and_as_long_as_it_lies_there(digitize, tmp_path, samples):
    place = tmp_path / "ws"
    digitize("init", "up", place, "--site", "test")
    source = shutil.copy(samples / "formats" / "up_firmast_krutidev" / "source.DBF", tmp_path)
    ((name, why),) = digitize.json("intake", place, source)["doubtful"]
    assert name == "source.DBF" and "memo" in why
    digitize("run", place, "--only", "map")
    assert digitize.json("status", place)["tables"] == [
        {"table": "up-test-t0001", "name": "source", "file": "source.DBF", "is_mapped": True, "said": [why]}
    ]
    assert f"source.DBF: {why}." in digitize("status", place)


def test_rows_that_are_parts_of_an_fir_are_no_firs_and_do_not_double_it(digitize, tmp_path, samples):
    place = tmp_path / "ws"
    digitize("init", "mp", place, "--site", "test")
    folder = samples / "formats"
    (place / "lists" / "stations.csv").write_bytes((folder / "mp_ccis_iif1_actsec_iscii" / "stations.csv").read_bytes())
    for name in ("mp_ccis_iif1_iscii", "mp_ccis_iif1_actsec_iscii"):
        source = next((folder / name).glob("source.*"))
        shutil.copy(source, tmp_path / f"{name}{source.suffix}")
        digitize("intake", place, tmp_path / f"{name}{source.suffix}", "--district", "Bhopal")
    digitize("run", place)
    status = digitize.json("status", place)
    assert status["totals"]["rejected"] == 0
    assert status["review_reasons"]["part-of-another-record"] == 22
    assert loaded(place) == status["totals"]["loaded"] <= 10


def test_show_tells_where_each_field_came_from(digitize, done):
    record = digitize.json("show", done, "wb-test-t0001-r0000001")["record"]
    fields = {f["field"]: f for f in record["fields"]}
    assert fields["fir_no"]["from"] == {
        "file": "FIRMAST.DBF", "table": "FIRMAST", "row": 1, "column": "CRNO",
    }  # fmt: skip
    assert fields["acts[0].section"]["raw"]


def test_the_receipt_is_signed_by_the_site_key(place):
    from digitize.machine.signing import is_signed

    (file,) = (place / "receipts").glob("*.json")
    receipt = json.loads(file.read_text(encoding="utf-8"))
    public = (place / "keys" / "site.pub").read_text(encoding="ascii").strip()
    message = json.dumps(receipt["receipt"], sort_keys=True).encode()
    assert is_signed(public, message, receipt["signature"])
    assert not is_signed(public, message + b" ", receipt["signature"])


def test_the_ledger_is_whole(digitize, done):
    assert digitize.json("ledger", "verify", done)["events"] > 3


def fill(sheet, answers):
    """Write (right value, verdict) into the rows whose path cell holds a name; returns how many."""
    book = load_workbook(sheet)
    head = [c.value for c in book["review"][1]]
    count = 0
    for row in book["review"].iter_rows(min_row=2):
        cells = dict(zip(head, row, strict=True))
        for name, (value, verdict) in answers.items():
            if name in cells["path"].value:
                cells["right value"].value, cells["verdict"].value = value, verdict
                count += 1
    book.save(sheet)
    return count


def test_what_a_person_types_is_checked_kept_and_loaded(digitize, place):
    sheet = place / "review" / "review.xlsx"
    digitize("review", "export", place)
    before = loaded(place)
    record = digitize.json("show", place, "wb-test-t0001-r0000017")["record"]
    day = next(f["value"] for f in record["fields"] if f["field"] == "occurrence_to")
    assert fill(sheet, {"fir_date": ("/".join(reversed(day.split("-"))), "")}) == 1
    report = digitize.json("review", "import", place, sheet, "--operator", "Namuna Operator")
    assert report["accepted"] == 1
    digitize("run", place)
    assert loaded(place) == before + 1
    sql = "SELECT by FROM field_origin WHERE field = 'fir_date' AND by LIKE 'operator%'"
    assert loaded(place, sql) == "operator Namuna Operator"


def test_the_same_sheet_twice_counts_once_and_another_opinion_is_a_conflict(digitize, place):
    sheet = place / "review" / "review.xlsx"
    digitize("review", "export", place)
    fill(sheet, {"fir_date": ("15/06/1999", "")})
    digitize("review", "import", place, sheet, "--operator", "A")
    digitize("run", place)
    assert digitize.json("review", "import", place, sheet, "--operator", "A")["known"] == 1
    fill(sheet, {"fir_date": ("16/06/1999", "")})
    report = digitize.json("review", "import", place, sheet, "--operator", "B", code=3)
    assert (report["accepted"], len(report["conflicts"])) == (0, 1)


def test_what_no_cleaner_understands_is_refused_and_the_rest_is_kept(digitize, place):
    sheet = place / "review" / "review.xlsx"
    digitize("review", "export", place)
    fill(sheet, {"fir_date": ("31/31/1999", "")})
    report = digitize.json("review", "import", place, sheet, "--operator", "A", code=3)
    assert (report["accepted"], len(report["refused"])) == (0, 1)


def test_a_file_that_is_no_review_sheet_is_refused(digitize, place, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(b"nothing")
    digitize("review", "import", place, tmp_path / "x.xlsx", "--operator", "A", code=5)


def test_the_exported_csv_passes_validation_and_names_only_schema_fields(digitize, done, tmp_path):
    digitize("export", done, "--to", "csv", "--out", tmp_path / "out")
    report = digitize.json("validate", tmp_path / "out", "--today", "2026-01-01", "--max-rejects", "100%")
    assert report["rows_unreadable"] == 0
    assert not [f for f in report["findings"] if f["code"].startswith("S")]


def test_csv_holds_clean_records_alone_unless_all_are_asked_for(digitize, done, tmp_path):
    made = digitize.json("export", done, "--to", "csv", "--out", tmp_path / "a")
    assert (made["records"], made["left_out"]) == (55, 1)
    assert digitize.json("export", done, "--to", "csv", "--all", "--out", tmp_path / "b")["records"] == 56
    assert digitize.json("export", done, "--to", "jsonl", "--out", tmp_path / "c.jsonl")["records"] == 56


def test_an_unmasked_export_needs_a_reason_which_is_recorded(digitize, place):
    digitize("export", place, "--unmask", code=4)
    digitize("export", place, "--unmask", "--reason", "court order 1/2026", "--operator", "A. Rao")
    with sqlite3.connect(place / "ledger.sqlite") as db:
        events = [json.loads(d) for (d,) in db.execute("SELECT detail FROM events WHERE step = 'export' ORDER BY seq")]
    assert [e["reason"] for e in events] == ["court order 1/2026"] * 2
    begun, written = events
    assert begun["begun"] and begun["operator"] == "A. Rao" and "@" in begun["user"]
    folder = place / "exports" / "records"
    assert written["files"] == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.csv")}
    assert written["written"] > 0 and written["records"] == len(written["ids"])


def test_a_changed_severity_checks_again_without_mapping_again(digitize, place):
    settings = place / "digitize.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'F001 = "note"\n', encoding="utf-8")
    todo = digitize.json("run", place, "--dry-run")["todo"]
    assert todo["map"] == 0 and todo["check"] > 0
    assert f"Next: digitize run {place}\n" in digitize("run", place, "--dry-run")


def test_a_table_nobody_has_a_mapping_for_is_named_and_the_rest_goes_on(digitize, place, tmp_path):
    (tmp_path / "other.csv").write_text("alpha,beta\n1,2\n", encoding="utf-8")
    digitize("intake", place, tmp_path / "other.csv")
    digitize("run", place, code=4)
    status = digitize.json("status", place)
    (table,) = [t for t in status["tables"] if not t["is_mapped"]]
    assert table["file"] == "other.csv" and "digitize map new" in table["said"][0]
    assert status["totals"]["unmapped"] == 1
    assert status["failures"]["map: no-mapping"] == 1


def test_a_fault_in_one_table_is_recorded_without_values_and_stops_nothing(digitize, place, monkeypatch):
    import digitize.steps.map_table as step

    def broken(*_):
        raise KeyError("Namuna Secret")

    monkeypatch.setattr(step, "pack_chunks", broken)
    stations = place / "lists" / "stations.csv"
    stations.write_text(stations.read_text(encoding="utf-8") + "Naya,Kalpana,N\n", encoding="utf-8")
    digitize("run", place, code=4)
    assert digitize.json("status", place)["failures"] == {"map: fault": 1}
    with sqlite3.connect(place / "ledger.sqlite") as db:
        text = "\n".join(r[0] for r in db.execute("SELECT detail FROM events"))
    assert "KeyError at" in text and "Secret" not in text


def test_status_counts_what_waits_for_each_step(digitize, samples, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "wb", place)
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    assert digitize.json("status", place)["steps"]["map"] == {"waiting": 1, "done": 0, "failed": 0}
    digitize("run", place, "--only", "map")
    steps = digitize.json("status", place)["steps"]
    assert steps["map"] == {"waiting": 0, "done": 56, "failed": 0}
    assert steps["check"] == {"waiting": 56, "done": 0, "failed": 0}


def test_files_refused_once_stay_counted_when_they_are_given_again(digitize, samples, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "wb", place)
    digitize("intake", place, samples / "garbage", code=3)
    before = digitize.json("status", place)
    digitize("intake", place, samples / "garbage", code=3)
    after = digitize.json("status", place)
    assert before["totals"]["files_refused"] > 5
    assert (after["totals"], after["failures"]) == (before["totals"], before["failures"])


def test_a_file_that_could_not_be_opened_is_not_refused_once_it_is_there(digitize, samples, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "wb", place)
    digitize("intake", place, tmp_path / "FIRMAST.DBF", code=3)
    assert digitize.json("status", place)["totals"]["files_refused"] == 1
    shutil.copy(samples / "legacy" / "FIRMAST.DBF", tmp_path / "FIRMAST.DBF")
    digitize("intake", place, tmp_path / "FIRMAST.DBF")
    totals = digitize.json("status", place)["totals"]
    assert (totals["files"], totals["files_refused"]) == (1, 0)


def test_a_receipt_that_a_killed_run_did_not_write_is_written_by_the_next(digitize, place):
    (file,) = (place / "receipts").glob("*.json")
    text = file.read_text(encoding="utf-8")
    file.unlink()
    digitize("run", place)
    assert file.read_text(encoding="utf-8") == text


def test_a_load_that_was_committed_and_not_noted_is_not_done_twice(digitize, samples, tmp_path, monkeypatch):
    """Killed between the target's commit and the ledger's: the target knows the load, the ledger learns of it."""
    from digitize.steps import load

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    place = tmp_path / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    with monkeypatch.context() as m, pytest.raises(Killed):
        m.setattr(load, "sign", killed)
        digitize("run", place)
    before = loaded(place, "SELECT COUNT(*) FROM loads"), loaded(place)
    assert before[0] == 1 and digitize.json("status", place)["totals"]["loaded"] == 0
    report = digitize.json("run", place)
    assert [r["repeated"] for r in report["receipts"]] == [True]
    assert (loaded(place, "SELECT COUNT(*) FROM loads"), loaded(place)) == before
    assert report["totals"]["loaded"] == before[1]


def test_what_a_person_types_stands_beside_the_text_of_the_table(digitize, place):
    """The raw text of a cell never changes, whatever is decided of it, and the decision may be taken back."""
    record, sheet = "wb-test-t0001-r0000017", place / "review" / "review.xlsx"

    def shown():
        fields = digitize.json("show", place, record)["record"]["fields"]
        return {f["field"]: f for f in fields}

    stored = shown()["fir_date"]["raw"]
    digitize("review", "export", place)
    fill(sheet, {"fir_date": ("15/06/1999", "")})
    digitize("review", "import", place, sheet, "--operator", "A")
    digitize("run", place)
    got = shown()["fir_date"]
    assert (got["raw"], got["value"], got["by"]) == (stored, "1999-06-15", "operator A")
    assert "Nothing to do" in digitize("run", place)
    digitize("export", place, "--to", "jsonl")
    lines = (place / "exports" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    (line,) = [x for x in map(json.loads, lines) if x["id"] == record]
    assert (line["fields"]["fir_date"]["raw"], line["fields"]["fir_date"]["value"]) == (stored, "1999-06-15")


def test_a_run_that_is_killed_and_done_again_exports_the_same(digitize, samples, tmp_path, monkeypatch):
    from digitize.steps import check, kept_rows, table_chunks
    from digitize.workspace.ledger import Ledger

    def taken_in(name):
        digitize("init", "wb", tmp_path / name, "--site", "test")
        shutil.copy(samples / "legacy" / "stations.csv", tmp_path / name / "lists" / "stations.csv")
        digitize("intake", tmp_path / name, samples / "legacy" / "FIRMAST.DBF")
        return tmp_path / name

    def exported(place):
        digitize("export", place, "--to", "jsonl")
        return (place / "exports" / "records.jsonl").read_bytes()

    calm, shaken = taken_in("calm"), taken_in("shaken")
    # As one chunk and one lot, in this process.
    digitize("run", calm, "--only", "map,check", "--jobs", "1")
    monkeypatch.setattr(kept_rows, "CHUNK", 9)
    monkeypatch.setattr(check, "_LOT", 10)
    monkeypatch.setattr(table_chunks, "_FEW", 1)
    finish = Ledger.finish
    for moment in (1, 4, 6):
        left = iter(range(moment))

        def killed(*given, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return finish(*given)

        with monkeypatch.context() as m:
            m.setattr(Ledger, "finish", killed)
            digitize("run", shaken, "--only", "map,check", "--jobs", "1", code=130)
    # Workers take what is left.
    digitize("run", shaken, "--only", "map,check", "--jobs", "2", code=(0, 3))
    assert exported(shaken) == exported(calm)
    digitize("ledger", "verify", shaken)
