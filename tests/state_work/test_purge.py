"""After a state's period originals and personal data go for good: nothing of them is found, and all counts stay."""

import json
import shutil
import sqlite3
import zipfile
import zlib
from datetime import date

import pytest

from digitize.errors import LedgerError, OptionsError, TooManyRefused
from digitize.files.loading.compared_sources import make_workspace_source
from digitize.machine.progress import Silent
from digitize.masking.unmasking import Unmasking
from digitize.offices.fold import fold_ledger
from digitize.records.pictures import Pictures
from digitize.records.trail import build_trail
from digitize.review.answer_history import PastAnswer, record_answer
from digitize.steps import check, load, map, read_keys
from digitize.steps.map_register import register_pages
from digitize.steps.read_plan import Desk, plan
from digitize.volumes.archive_package import write_package
from digitize.workspace.counting.counts_cache import keep_counts
from digitize.workspace.counting.totals import count_work
from digitize.workspace.intake import take_in
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.integrity.originals import list_purges, missing_originals
from digitize.workspace.ledger import Ledger, copies
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile, TableUnit
from digitize.workspace.ledger.opening import connect
from digitize.workspace.ledger.packs import RecordRow, packed_data
from digitize.workspace.ledger.purges import count_purges, is_unfinished, purge_of_page
from digitize.workspace.ledger.readings import newest_reading
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.place import create, open_place
from digitize.workspace.retention import purge as purging
from digitize.workspace.retention import purge_files
from digitize.workspace.retention.due import years_after
from digitize.workspace.retention.purge import PurgeOrder, purge
from digitize.workspace.retention.purge_groups import list_groups
from digitize.workspace.run_context import build_run_context
from mappers.packed import RecordShape
from mappers.record import FieldValue, Record
from ocr.errors import ScanError
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain, recognition_to_plain
from validators.finding import Finding

PLANTED = "Zyxwvut Planted"
SECTION = {"act": FieldValue("IPC", "IPC"), "section": FieldValue("379", "379")}
LATER = date(2060, 1, 1)
WHY = {"reason": "retention order of the state", "operator": "A. Keeper", "today": LATER}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("purge") / "ws", "")


@pytest.fixture
def place(made, tmp_path):
    return open_place(shutil.copytree(made.folder, tmp_path / "ws"))


@pytest.fixture(params=["sqlite", "postgres"])
def either(request, tmp_path):
    if request.param == "sqlite":
        return request.getfixturevalue("place")
    return make(tmp_path / "ws", request.getfixturevalue("pg_url"))


def make(folder, url):
    """Two batches that are loaded: a book of two pages, and a table; a third whose page waits."""
    made = create("wb", folder, "test", url)
    settings = made.folder / "digitize.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[retention]", "[retention]\noriginals_years = 5\npersonal_years = 10"), "utf-8")
    made = open_place(made.folder)
    with Ledger(made.ledger) as ledger:
        _fill(made, ledger, build_run_context(made, ledger))
    (made.folder / "exports" / "records.jsonl").write_text(f'{{"id": "{page(made, 1)}-r1", "n": "{PLANTED}"}}')
    (made.folder / "exports" / "counts.snapshot").write_text("{}")
    with zipfile.ZipFile(made.folder / "review" / "review.xlsx", "w", zipfile.ZIP_DEFLATED) as sheet:
        sheet.writestr("xl/sheet1.xml", f"<c>{page(made, 2)}-r1</c><c>{PLANTED}</c>")
    return made


def page(place, number, volume=1):
    return f"{place.options.workspace.site_id}-{volume:04d}-{number:04d}"


def record_of(unit, batch, number):
    fields = {
        "state": FieldValue("WB", "WB"), "district": FieldValue("North", "North"), "year": FieldValue("1999", "1999"),
        "police_station": FieldValue("Mill", "Mill"), "fir_no": FieldValue(number, number),
        "gist": FieldValue(PLANTED, PLANTED, candidates=(PLANTED,)),
    }  # fmt: skip
    return Record(f"{unit}-r{number}", "iif1", fields, {"acts": (SECTION,)}, (unit,), batch, {"left": PLANTED})


def _fill(place, ledger, known):
    catalogue, records, site = Catalogue(ledger), Records(ledger), place.options.workspace.site_id
    for n, label in enumerate(("book", "table", "waiting"), 1):
        catalogue.insert_batch(Batch(f"{site}-b{n:04d}", label, "2026-01-05"))
    for volume in (1, 2):
        catalogue.volume(f"volume {volume}")
    for n, (batch, volume, number) in enumerate(((1, 1, 1), (1, 1, 2), (3, 2, 1)), 1):
        sha = put_original(place, catalogue, f"{site}-b{batch:04d}", n, ".jpg")
        scan = PageScan(page(place, number, volume), sha, 0, f"{site}-b{batch:04d}", volume, number, language="en")
        catalogue.insert_scan(scan)
        if volume == 1:
            _read(ledger, known, scan)
            _record(ledger, scan.page, record_of(scan.page, scan.batch, str(number)))
    sha, unit = put_original(place, catalogue, f"{site}-b0002", 4, ".csv"), f"{site}-t0001"
    catalogue.insert_table(TableUnit(unit, sha, 0, "firs", f"{site}-b0002"))
    some = [record_of(unit, f"{site}-b0002", str(n)) for n in (7, 8)]
    shape = RecordShape.from_records(some)
    number = records.packs.add_shape(shape)
    rows = [RecordRow(r.id, f"{unit}:0001", r.batch, "Mill", "", "WB|North|Mill|1999", r.form, record_hash(r),
                      packed_data(shape, number, shape.text(r))) for r in some]  # fmt: skip
    records.replace_rows(f"{unit}:0001", rows)
    ledger.finish(f"{unit}:0001", "map", "k", {"reported": [{"row": 9, "why": PLANTED}]}, {"rows": 3, "records": 2})
    for todo in map.plan(ledger, known).todos:
        ledger.finish(todo.unit, "map", todo.key, {"said": PLANTED}, {"records": 1})
    _settle(ledger, known, [f"{site}-b0001", f"{site}-b0002"])


def put_original(place, catalogue, batch, n, suffix):
    sha = f"{n:x}" * 64
    path = place.original(sha, suffix)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{n} {PLANTED}")
    catalogue.insert_source(SourceFile(sha, batch, f"{n}{suffix}", path.stat().st_size, "image/jpeg", 1, suffix))
    return sha


def _read(ledger, known, scan):
    detail = {"form": "iif1_en", "family": known.forms["iif1_en"].family, "part": 1}
    key = read_keys.recognise_key(known, scan, "iif1_en")
    seen = recognition_to_plain(Recognition("iif1_en", 9, 9, text_layer=PLANTED))
    ledger.finish(scan.page, "recognise", key, seen, detail)
    decided = Decided("gist", PLANTED, PLANTED, 0.9, Box(0, 0, 9, 9))
    reading = reading_to_plain(Reading("iif1_en", detail["family"], {"gist": decided}))
    ledger.finish(scan.page, "decide", read_keys.decide_key(known, scan, key, "iif1_en"), reading, detail)


def _record(ledger, unit, record):
    records = Records(ledger)
    records.replace_unit(unit, [Stored(record, unit, "WB|North|Mill|1999", "Mill", "en", record_hash(record))])
    records.insert_decision(
        Decision(record.id, "field:gist", PLANTED, "s", "iif1", "value", PLANTED, "B"), "2026-01-06"
    )
    record_answer(ledger, PastAnswer("c" + record.id, "item", record.id, "field:gist", "B", "value", PLANTED))


def _settle(ledger, known, batches):
    records = Records(ledger)
    for group, key in check.plan(ledger, known):
        names = {s.record.id: Verdict("clean", (), {}) for s in records.of_group(group)}
        found = [Finding(name, "gist", "X001", "note", f"says {PLANTED}") for name in names]
        records.set_verdicts(names, found)
        ledger.finish(check.unit_of(group), "check", key, {}, {})
    for batch, key in load.plan(ledger, known, batches):
        records.set_loaded(batch, key)
        ledger.finish(batch, "load", key, {}, {})
    keep_counts(ledger)


def snapshot(place, ledger):
    plain = fold_ledger(place, ledger, date(2026, 2, 1))[0].model_dump(mode="json")
    return {k: v for k, v in plain.items() if k not in ("sources", "made_at")}


def todos(ledger, known):
    mapped = {t.unit for t in map.plan(ledger, known).todos}
    return len(plan(ledger, known)), mapped, check.plan(ledger, known), load.plan(ledger, known)


def bytes_of(place, pg_url=""):
    """All that lies in the workspace, and in the database: what is packed unpacked."""
    for path in (p for p in place.folder.rglob("*") if p.is_file()):
        yield path.name, path.read_bytes()
    with Ledger(place.ledger) as ledger:
        tables = ("results", "records", "findings", "decisions", "events", "state", "shapes", "tallies", "receipts")
        for name in tables:
            for row in ledger.rows(f"SELECT * FROM {name}"):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    yield name, _unpacked(data)


def _unpacked(data):
    for skip in (0, 1):
        try:
            return zlib.decompress(data[skip:])
        except zlib.error:
            continue
    return data


def names_planted(place):
    return {name for name, data in bytes_of(place) if PLANTED.encode() in data or PLANTED.encode("utf-16-le") in data}


def test_personal_data_are_found_nowhere_and_counts_stay(either):
    place = either
    with Ledger(place.ledger) as ledger:
        before, sent, due = (
            count_work(ledger).as_plain(),
            snapshot(place, ledger),
            todos(ledger, build_run_context(place, ledger)),
        )
    assert names_planted(place) >= {"results", "records", "findings", "decisions", "records.jsonl"}
    dry = purge(place, PurgeOrder("personal", is_dry=True, today=LATER), Silent())
    assert dry.counts.records == 4 and dry.counts.files == 3 and names_planted(place)
    report = purge(place, PurgeOrder("personal", **WHY), Silent())
    site = place.options.workspace.site_id
    assert report.purged == [f"{site}-b0001", f"{site}-b0002"] and report.counts == dry.counts
    assert [name for name, _ in report.refused] == [f"{site}-b0003"] and "digitize run" in report.refused[0][1][0]
    waiting = "3" * 64 + ".jpg"
    assert names_planted(place) == {waiting}
    assert {"exports/records.jsonl", "review/review.xlsx"} == set(report.removed)
    assert (place.folder / "exports" / "counts.snapshot").exists()
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger)
        assert count_work(ledger).as_plain() == before and snapshot(place, ledger) == sent
        assert todos(ledger, known)[0] == due[0] == 1 and not any(todos(ledger, known)[1:])
        ledger.verify()
        (told,) = count_purges(ledger)
        assert told[0].line() == "purged on 2060-01-01 by A. Keeper (retention order of the state)" and told[1] == 3
        assert len(list(list_purges(ledger))) == 1 and not list(missing_originals(ledger, place))
        assert not list(Records(ledger).all()) and len(list(Records(ledger).all(purged=True))) == 4
        assert newest_reading(ledger, page(place, 1)) is None and not list(register_pages(ledger, 1))
        shown = build_trail(ledger, f"{page(place, 1)}-r1")["record"]
        assert shown["purged"]["on"] == "2060-01-01" and shown["verdict"] == "clean"
        assert {f["value"] for f in shown["fields"]} >= {"1", "379", "[purged]"}
        assert not ledger.rows("SELECT 1 FROM shapes")
        events = ledger.count_events()
    again = purge(place, PurgeOrder("personal", **WHY), Silent())
    assert (again.purged, again.done_before) == ([], 2)
    with Ledger(place.ledger) as ledger:
        assert ledger.count_events() == events


def test_pages_of_purged_originals_stay_as_read_and_go_on(place, monkeypatch):
    report = purge(place, PurgeOrder("originals", volume="volume 1", **WHY), Silent())
    assert report.counts.files == 2 and not place.original("1" * 64, ".jpg").exists()
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger)
        assert newest_reading(ledger, page(place, 1)) is not None and len(list(Records(ledger).all())) == 4
        monkeypatch.setattr(type(known), "read_settings", _other_settings(known))
        desk, (first, _) = Desk(ledger, known), Catalogue(ledger).scans(1)
        turn = desk.turn(first, None)
        assert turn.todo is None and turn.is_form and desk.kept_as_read == 1 and desk.plan_ahead(first, True) is None
        assert purge_of_page(ledger, first.page).what == "originals"
        assert not list(missing_originals(ledger, place))
    report = purge(place, PurgeOrder("personal", **WHY), Silent())
    assert report.counts.records == 4 and names_planted(place) == {"3" * 64 + ".jpg"}


def _other_settings(known):
    from dataclasses import replace

    before = type(known).read_settings
    return lambda self, language="": replace(before(self, language), dpi=123)


@pytest.mark.parametrize("cut", ["file", "sweep", "compact"])
def test_broken_off_it_is_finished_with_one_event_a_file(place, monkeypatch, cut):
    if cut == "file":
        monkeypatch.setattr(purge_files, "remove", _killed)
    else:
        monkeypatch.setattr(*((purge_files, "remove_written") if cut == "sweep" else (purging, "compact")), _killed)
    with pytest.raises(KeyboardInterrupt):
        purge(place, PurgeOrder("personal", **WHY), Silent())
    monkeypatch.undo()
    with Ledger(place.ledger) as ledger:
        assert is_unfinished(ledger) and any("interrupted" in c.what for c in list_purges(ledger))
    purge(place, PurgeOrder("personal", **WHY), Silent())
    assert names_planted(place) == {"3" * 64 + ".jpg"}
    with Ledger(place.ledger) as ledger:
        assert not is_unfinished(ledger)
        rows = ledger.rows("SELECT unit, COUNT(*) AS n FROM events WHERE step = 'purge' GROUP BY unit")
        assert len(rows) == 5 and {r["n"] for r in rows} == {1}
        ledger.verify()


def test_while_somebody_reads_the_ledger_it_is_not_finished(place, monkeypatch):
    monkeypatch.setattr(copies, "connect", _impatient)
    reader = sqlite3.connect(place.ledger)
    reader.execute("BEGIN")
    assert reader.execute("SELECT COUNT(*) FROM records").fetchone()[0] == 4
    with pytest.raises(LedgerError, match="in use"):
        purge(place, PurgeOrder("personal", **WHY), Silent())
    reader.close()
    purge(place, PurgeOrder("personal", **WHY), Silent())
    with Ledger(place.ledger) as ledger:
        assert not is_unfinished(ledger) and names_planted(place) == {"3" * 64 + ".jpg"}


def _impatient(path):
    found = connect(path)
    found.execute("PRAGMA busy_timeout = 0")
    return found


def test_a_package_and_a_picture_go_without_what_was_purged(place, tmp_path):
    purge(place, PurgeOrder("originals", volume="volume 1", **WHY), Silent())
    made = write_package(place, tmp_path / "bag", "bag", volume="volume 1", who=Unmasking("order of a court", "A", "u"))
    assert made.records == 2 and not list(made.path.rglob("*.jpg"))
    assert "2 originals purged" in (made.path / "bag-info.txt").read_text("utf-8")
    with Ledger(place.ledger) as ledger, pytest.raises(ScanError, match="purged on 2060-01-01"):
        Pictures(place, ledger).draw_plain_page(page(place, 1))


def test_the_command_says_what_would_go_and_refuses_what_is_too_young(digitize, place):
    site = place.options.workspace.site_id
    (place.folder / "ledger.sqlite.format4").touch()
    dry = digitize.json("purge", place.folder, "--what", "originals", "--dry-run")
    assert dry["purged"] == [] and len(dry["refused"]) == 3
    assert "stays: loaded on" in digitize("purge", place.folder, "--what", "originals", "--dry-run")
    who = ("--reason", WHY["reason"], "--operator", WHY["operator"])
    digitize("purge", place.folder, "--what", "originals", "--batch", f"{site}-b0001", *who, code=3)
    digitize("purge", place.folder, "--what", "originals", "--before", "soon", *who, code=4)
    left = purge(place, PurgeOrder("personal", **WHY), Silent()).left
    assert any("ledger.sqlite.format4" in line for line in left)
    assert digitize("status", place.folder).count("Purged after the state's period") == 1
    assert digitize.json("export", place.folder)["purged"] == 4
    assert "[purged]" in digitize("show", place.folder, f"{page(place, 1)}-r1")
    digitize(
        "review", "reopen", place.folder, f"{page(place, 1)}-r1", "gist", "--operator", "A", "--reason", "again", code=5
    )
    digitize("case", place.folder, f"{page(place, 1)}-r1", code=5)


def _killed(*_, **__):
    raise KeyboardInterrupt


def test_what_is_not_due_is_refused_with_the_reason(place):
    site = place.options.workspace.site_id
    for order, said in (
        (PurgeOrder("personal", batches=(f"{site}-b0003",), **WHY), "pages wait to be read"),
        (PurgeOrder("originals", batches=(f"{site}-b0001",), **{**WHY, "today": date(2027, 1, 1)}), "kept for 5 years"),
        (PurgeOrder("originals", batches=(f"{site}-b0001",), before=date(2020, 1, 1), **WHY), "not before 2020-01-01"),
    ):
        with pytest.raises(TooManyRefused, match=said):
            purge(place, order, Silent())
    for wrong in (
        PurgeOrder("everything"),
        PurgeOrder("personal", "because", "A"),
        PurgeOrder("personal", WHY["reason"]),
    ):
        with pytest.raises(OptionsError):
            wrong.check()
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
    settings = place.folder / "digitize.toml"
    settings.write_text(settings.read_text("utf-8").replace("personal_years = 10", ""), "utf-8")
    report = purge(open_place(place.folder), PurgeOrder("personal", **WHY), Silent())
    assert not report.purged and all("period is not set" in " ".join(why) for _, why in report.refused[:2])


def test_batches_that_share_a_volume_go_together(place):
    site = place.options.workspace.site_id
    with Ledger(place.ledger) as ledger:
        Catalogue(ledger).insert_scan(PageScan(page(place, 3), "3" * 64, 0, f"{site}-b0003", 1, 3))
        assert [one.batches for one in list_groups(ledger)] == [
            (f"{site}-b0001", f"{site}-b0003"), (f"{site}-b0002",)
        ]  # fmt: skip
    with pytest.raises(TooManyRefused, match="--batch"):
        purge(place, PurgeOrder("personal", batches=(f"{site}-b0001",), **WHY), Silent())


def test_a_purged_file_that_comes_again_is_told_and_not_taken(place, tmp_path):
    file = tmp_path / "again.csv"
    file.write_text("a,b\n1,2\n")
    first = take_in(place, [file], Metadata())
    assert first.taken == 1
    with Ledger(place.ledger) as ledger:
        (sha,) = (s.sha256 for s in Catalogue(ledger).sources() if s.name == "again.csv")
        told = {"on": "2060-01-01", "reason": "order of the state", "operator": "A", "user": ""}
        ledger.record_event(sha, "purge", "done", key="originals", detail=told)
    place.original(sha, ".csv").unlink()
    again = take_in(place, [file], Metadata())
    assert again.taken == 0 and again.put_back == () and not place.original(sha, ".csv").exists()
    assert again.purged == (("again.csv", "purged on 2060-01-01 by A (order of the state)"),)


def test_a_purged_batch_is_not_compared_and_never_loaded_again(place):
    site = place.options.workspace.site_id
    purge(place, PurgeOrder("personal", **WHY), Silent())
    source = make_workspace_source(place)
    assert [rows for _, tables in source.rows() for rows in tables.values() if rows.height] == []
    assert not source.is_own(f"{site}-b0001", {}) and source.is_own(f"{site}-b0003", {})
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger)
        ledger.execute(
            "UPDATE record_rows SET verdict = 'review' WHERE batch = (SELECT id FROM names WHERE name = ?)",
            (f"{site}-b0001",),
        )
        assert load.plan(ledger, known) == []


def test_no_event_of_a_purge_holds_a_value(place):
    purge(place, PurgeOrder("personal", **WHY), Silent())
    with Ledger(place.ledger) as ledger:
        details = [json.loads(r["detail"]) for r in ledger.rows("SELECT detail FROM events WHERE step = 'purge'")]
    known = {
        "on",
        "reason",
        "operator",
        "user",
        "with_failed",
        "files",
        "bytes",
        "pages",
        "tables",
        "records",
        "linked",
    }
    assert details and all(set(d) <= known for d in details)
