"""A delivery made to lead intake astray: nothing outside it is opened, nothing waits for ever, nothing is lost."""

import csv
import os
import shutil
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

PAGE = "bn_2014_063.jpg"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links need POSIX")


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    return tmp_path / "ws"


@pytest.fixture
def delivery(samples, tmp_path):
    folder = tmp_path / "delivery"
    (folder / "sub").mkdir(parents=True)
    shutil.copy(samples / "fir_book_2025" / PAGE, folder / "good.jpg")
    return folder


def taken(digitize, place, *paths, code=3):
    report = digitize.json("intake", place, *paths, code=code)
    assert report["files"] == report["taken"] + len(report["duplicates"]) + len(report["refused"])
    return report, dict(report["refused"])


def hashes(place):
    with sqlite3.connect(place / "ledger.sqlite") as db:
        return {row[0] for row in db.execute("SELECT sha256 FROM sources")}


def test_a_manifest_leads_to_nothing_outside_the_delivery(digitize, place, delivery, samples, tmp_path):
    shutil.copy(samples / "fir_book_2025" / "bn_2014_064.jpg", tmp_path / "outside.jpg")
    (delivery / "out").symlink_to(tmp_path)
    (delivery / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    names = [
        "../outside.jpg",
        f"{tmp_path}/outside.jpg",
        "C:\\x\\outside.jpg",
        "sub/../../outside.jpg",
        "out/outside.jpg",
    ]
    (delivery / "manifest.csv").write_text("file,station\n" + "".join(f'"{n}",X\n' for n in names))
    report, refused = taken(digitize, place, delivery)
    assert report["taken"] == 1 and len(hashes(place)) == 1
    assert sum("outside the delivered folder" in why for why in refused.values()) == len(names) + 1
    assert any("link to a folder" in why for why in refused.values())


def test_a_manifest_that_is_a_link_out_is_not_opened(digitize, place, delivery, tmp_path):
    (tmp_path / "other.csv").write_text("file,station\ngood.jpg,X\n")
    (delivery / "manifest.csv").symlink_to(tmp_path / "other.csv")
    digitize("intake", place, delivery, code=4)


@pytest.mark.parametrize(
    "data", [b"file,station\n\xff\xfe,x\n", b"file\n" + b"x" * 200_000 + b"\n"], ids=["bytes", "long"]
)
def test_a_manifest_that_is_no_csv_is_named(digitize, place, delivery, data):
    (delivery / "manifest.csv").write_bytes(data)
    # The limit is of the whole process, and whoever read an old table before has raised it.
    before = csv.field_size_limit(131_072)
    try:
        digitize("intake", place, delivery, code=4)
    finally:
        csv.field_size_limit(before)


def test_a_row_for_a_file_below_a_sub_folder_counts(digitize, place, delivery, samples):
    shutil.copy(samples / "fir_book_2025" / "bn_2014_064.jpg", delivery / "sub" / "page.jpg")
    (place / "lists" / "stations.csv").write_text("station,district,aliases\nInner,Far,\nOuter,Far,\n")
    (delivery / "manifest.csv").write_text("file,station,district\nsub/page.jpg,Outer,Far\nsub/gone.jpg,,\n")
    (delivery / "sub" / "manifest.csv").write_text("file,station\npage.jpg,Inner\n")
    report, refused = taken(digitize, place, delivery)
    assert report["taken"] == 2 and report["duplicates"] == []
    assert list(refused) == ["delivery/sub/gone.jpg"]
    with sqlite3.connect(place / "ledger.sqlite") as db:
        assert ("Inner", "Far") in set(db.execute("SELECT station, district FROM scans"))


def test_a_hidden_file_that_the_manifest_names_is_taken(digitize, place, delivery):
    (delivery / "good.jpg").rename(delivery / ".good.jpg")
    (delivery / "manifest.csv").write_text("file\n.good.jpg\n")
    assert taken(digitize, place, delivery, code=0)[0]["taken"] == 1


def test_pipes_devices_and_circles_are_refused_by_name(digitize, place, delivery):
    for name in ("pipe.csv", "pipe.jpg", "good.dbt", "pipe.DBF"):
        os.mkfifo(delivery / name)
    (delivery / "zero.csv").symlink_to("/dev/zero")
    (delivery / "loop.csv").symlink_to(delivery / "loop.csv")
    (delivery / "sub" / "up").symlink_to(delivery)
    report, refused = taken(digitize, place, delivery)
    assert report["taken"] == 1 and len(refused) == 7
    for path in (delivery / "pipe.csv", delivery / "zero.csv", delivery / "loop.csv"):
        for command in (
            ["inspect", path],
            ["convert", path],
            ["validate", path, "--form", "iif1"],
            ["load", path, "--form", "iif1", "--target", place.parent / "t.sqlite"],
        ):
            digitize(*command, code=5)
        digitize("read", path, "--lang", "en", code=5)
        digitize("extract", path, code=5)


def test_a_memo_that_is_a_pipe_or_a_link_out_is_not_opened(digitize, place, delivery, samples, tmp_path):
    source = samples / "formats" / "up_firmast_krutidev"
    for folder in ("one", "two"):
        (delivery / folder).mkdir()
        shutil.copy(source / "source.DBF", delivery / folder / "source.DBF")
    os.mkfifo(delivery / "one" / "source.DBT")
    shutil.copy(source / "source.DBT", tmp_path / "source.DBT")
    (delivery / "two" / "source.DBT").symlink_to(tmp_path / "source.DBT")
    report, _ = taken(digitize, place, delivery, code=0)
    assert report["taken"] == 2 and len(report["duplicates"]) == 1


def test_a_name_that_is_no_utf8_and_an_odd_ending_stop_nothing(digitize, place, delivery):
    data = (delivery / "good.jpg").read_bytes()
    bad = os.fsencode(delivery) + b"/\xff\xfe.csv"
    Path(os.fsdecode(bad)).write_bytes(b"a;b\n1;2\n3;4\n")
    (delivery / ("x." + "y" * 240)).write_bytes(data + b"more")
    folder = os.fsencode(delivery) + b"/\xe0folder"
    Path(os.fsdecode(folder)).mkdir()
    Path(os.fsdecode(folder + b"/page.\xff")).write_bytes(data + b"other")
    report, _ = taken(digitize, place, delivery, code=0)
    assert report["taken"] == 4
    digitize("status", place)
    digitize("ledger", "verify", place)


def test_folders_as_deep_as_the_system_has_them_are_gone_through(digitize, place, delivery):
    before = Path.cwd()
    try:
        os.chdir(delivery)
        for _ in range(1500):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)
    report, _ = taken(digitize, place, delivery, code=0)
    assert report["taken"] == 1
    # So deep that the tests' own tidying cannot reach it by one name.
    os.chdir(delivery)
    for _ in range(1500):
        os.chdir("d")
    for _ in range(1500):
        os.chdir("..")
        Path("d").rmdir()
    os.chdir(before)


def test_what_was_refused_is_tried_again_and_said_again(digitize, place, delivery, monkeypatch):
    (delivery / "bad.jpg").write_bytes(b"\xff\xd8\xff half a picture")
    first, why = taken(digitize, place, delivery)
    again, why_again = taken(digitize, place, delivery)
    assert why == why_again and len(why) == 1
    assert again["duplicates"] == ["delivery/good.jpg"] and again["batch"] == ""
    digitize("ledger", "verify", place)


def test_what_could_not_be_read_before_is_taken_when_it_can_be(digitize, place, delivery):
    from digitize.workspace.intake import probing, take

    own = take.probe_all
    bad = probing.Probed(problem="not readable by this version", kind="unreadable")
    take.probe_all = lambda paths: iter([(n, bad) for n, _ in enumerate(paths)])
    try:
        assert taken(digitize, place, delivery)[0]["taken"] == 0
    finally:
        take.probe_all = own
    report, _ = taken(digitize, place, delivery, code=0)
    assert (report["taken"], report["pages"]) == (1, 1)
    assert digitize.json("status", place)["totals"]["files_refused"] == 0


def test_an_original_that_is_gone_or_changed_is_put_back(digitize, place, delivery):
    taken(digitize, place, delivery, code=0)
    kept = next(p for p in (place / "originals").rglob("*") if p.is_file())
    kept.unlink()
    report, _ = taken(digitize, place, delivery, code=0)
    assert report["put_back"] == ["delivery/good.jpg"] and kept.read_bytes() == (delivery / "good.jpg").read_bytes()
    assert not kept.stat().st_mode & stat.S_IWUSR
    kept.chmod(0o600)
    kept.write_bytes(b"changed")
    assert taken(digitize, place, delivery, code=0)[0]["put_back"] == ["delivery/good.jpg"]
    assert taken(digitize, place, delivery, code=0)[0]["put_back"] == []
    assert "restored" not in digitize("intake", place, delivery)


def test_a_file_that_breaks_its_reader_costs_one_worker(digitize, place, delivery, samples):
    """Its reader is told to die in the worker, as a library does that runs into a damaged file."""
    (delivery / "a.csv").write_text("a;b\n1;2\n")
    from digitize.machine import pool
    from digitize.workspace.intake import probing

    jobs = [delivery / "good.jpg", delivery / "a.csv", delivery / "good.jpg"]
    found = dict(
        (place, done)
        for (place, _), done in pool.run_jobs(dies_at_tables, list(enumerate(jobs)), 1, probing._report_crash, 5.0)
    )
    assert [found[n].kind for n in range(3)] == ["", "breaks-reader", ""]


def dies_at_tables(job):
    from digitize.workspace.intake.probing import _probe

    if job[1].suffix == ".csv":
        os.kill(os.getpid(), 11)
    return _probe(job)
