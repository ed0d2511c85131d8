"""A scanner's folder: what is still being written waits, what is whole is taken once, what fails is named."""

import os

import pytest
from drawn_sheets import page, sheet, text_of

from digitize.errors import InputError
from digitize.workspace.intake import watched
from digitize.workspace.intake.watched import ScannerFolder
from digitize.workspace.place import open_place

LABEL = "Book one"


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.now += seconds
        return False


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws", "--site", "w")
    digitize("batch", "receive", tmp_path / "ws", "--volume", LABEL, "--by", "A", "--pages", "3")
    (tmp_path / "scans").mkdir()
    return open_place(tmp_path / "ws")


def save(path, grey):
    from PIL import Image

    Image.fromarray(grey).save(path)


def test_only_what_stays_the_same_is_whole_and_nothing_overtakes_it(tmp_path):
    clock = Clock()
    folder = ScannerFolder(tmp_path, steady_s=10, clock=clock)
    for name in ("s1.jpg", "s2.jpg", "s10.jpg", "s3.jpg.part", ".hidden", "manifest.csv"):
        (tmp_path / name).write_bytes(b"x")
    assert folder.look() == ([], True)
    clock.now = 9
    assert folder.look() == ([], True)
    (tmp_path / "s2.jpg").write_bytes(b"xx")
    clock.now = 11
    # s10 is whole and waits: the pages before it tell where it goes.
    assert folder.look() == ([tmp_path / "s1.jpg"], True)
    clock.now = 22
    assert [p.name for p in folder.look()[0]] == ["s1.jpg", "s2.jpg", "s10.jpg"]
    (tmp_path / "s2.jpg").write_bytes(b"")
    clock.now = 99
    folder.look()
    clock.now = 999
    assert [p.name for p in folder.look()[0]] == ["s1.jpg"]


def test_a_row_of_pages_goes_on_from_look_to_look_and_is_taken_once(place, digitize, tmp_path, monkeypatch):
    clock, scans = Clock(), tmp_path / "scans"
    folder = ScannerFolder(scans, steady_s=5, clock=clock)
    save(scans / "s1.png", sheet(text_of("wb-w", 1, LABEL)))
    save(scans / "s2.png", page(1))
    # Killed after the intake and before the files were put away.
    with monkeypatch.context() as broken:
        broken.setattr(ScannerFolder, "_put_away", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            list(folder.take(place, clock.wait))
    save(scans / "s3.png", page(2))
    (scans / "s4.png").write_bytes(b"no picture")
    save(scans / "s5.png", page(3))
    lines = list(ScannerFolder(scans, steady_s=5, clock=clock).take(place, clock.wait))
    assert sorted(p.name for p in (scans / "done").iterdir()) == ["s1.png", "s2.png", "s3.png", "s5.png"]
    assert "neither" in (scans / "problem" / "s4.png.why.txt").read_text()
    assert [p.name for p in scans.iterdir() if p.is_file()] == []
    assert any("s5.png" in line and "s4.png could not be opened" in line for line in lines)
    account = digitize.json("batch", "account", place.folder, code=3)
    assert (account["volumes"][0]["scanned"], account["volumes"][0]["sheets"], account["set_aside"]) == (2, 1, 1)


def test_the_very_same_sheet_scanned_again_begins_its_volume_again(place, digitize, tmp_path):
    clock, scans = Clock(), tmp_path / "scans"
    digitize("batch", "receive", place.folder, "--volume", "Book two", "--by", "A", "--pages", "1")
    row = [("Book one", 1), ("Book two", 2), ("Book one", 1)]
    for i, (label, number) in enumerate(row):
        save(scans / f"s{i}0.png", sheet(text_of("wb-w", number, label)))
        save(scans / f"s{i}1.png", page(10 * i))
        list(ScannerFolder(scans, steady_s=5, clock=clock).take(place, clock.wait))
    # A page of book two once more, byte for byte, moves nothing.
    save(scans / "s30.png", page(10))
    save(scans / "s31.png", page(31))
    list(ScannerFolder(scans, steady_s=5, clock=clock).take(place, clock.wait))
    found = digitize.json("batch", "account", place.folder)["volumes"]
    assert [(v["label"], v["scanned"]) for v in found] == [("Book one", 3), ("Book two", 1)]


def test_files_that_stay_are_not_looked_at_again(place, tmp_path, monkeypatch):
    clock, scans = Clock(), tmp_path / "scans"
    (scans / "a.jpg").write_bytes(b"no picture")
    folder = ScannerFolder(scans, leave=True, steady_s=5, clock=clock)
    list(folder.take(place, clock.wait))
    assert (scans / "a.jpg").exists() and (scans / "problem" / "a.jpg.why.txt").exists()
    monkeypatch.setattr(watched, "take_in", None)
    clock.now += 100
    assert list(folder.take(place, clock.wait)) == []


def test_a_name_that_is_taken_in_done_takes_no_other_files_place(tmp_path):
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "a.jpg").write_bytes(b"1")
    (tmp_path / "a.jpg").write_bytes(b"2")
    assert watched._free(tmp_path / "done" / "a.jpg", tmp_path / "a.jpg").name == "a-2.jpg"
    (tmp_path / "done" / "a.jpg").write_bytes(b"2")
    assert watched._free(tmp_path / "done" / "a.jpg", tmp_path / "a.jpg").name == "a.jpg"


def test_what_is_no_file_of_the_folder_is_put_away_by_name_and_holds_nothing_up(place, tmp_path):
    clock, scans = Clock(), tmp_path / "scans"
    (tmp_path / "elsewhere.csv").write_text("a,b\n1,2\n")
    (scans / "s1.csv").symlink_to(tmp_path / "elsewhere.csv")
    (scans / "s2.png").symlink_to(scans / "nothing")
    os.mkfifo(scans / "s3.png")
    (scans / os.fsdecode(b"s4\xff.png")).write_bytes(b"no picture")
    (scans / "below" / "done").mkdir(parents=True)
    (scans / "below" / "done" / "x.png").write_bytes(b"no picture either")
    folder = ScannerFolder(scans, steady_s=5, clock=clock)
    lines = list(folder.take(place, clock.wait))
    away = {os.fsencode(p.name) for p in (scans / "problem").rglob("*") if not p.is_dir()}
    assert away >= {b"s1.csv", b"s2.png", b"s3.png", b"s4\xff.png", b"s4\xff.png.why.txt", b"x.png"}
    assert any("s1.csv" in line and "outside" in line for line in lines)
    (scans / "t1.png").write_bytes(b"")
    (scans / "t2.png").write_bytes(b"no picture as well")
    assert [line for line in folder.take(place, clock.wait) if "is empty" in line] == [
        "t1.png: is empty. Files after it wait until it is written or removed."
    ]
    assert list(folder.take(place, clock.wait)) == []


def test_a_file_that_is_taken_away_meanwhile_is_not_said_to_stay(place, tmp_path, monkeypatch):
    clock, scans = Clock(), tmp_path / "scans"
    (scans / "s1.png").write_bytes(b"no picture")
    taken = watched.take_in
    monkeypatch.setattr(watched, "take_in", lambda p, f, *a, **k: (f[0].unlink(), taken(p, f, *a, **k))[1])
    (line,) = [x for x in ScannerFolder(scans, steady_s=5, clock=clock).take(place, clock.wait) if "s1.png" in x]
    assert "cannot be opened" in line


def test_a_folder_between_two_files_does_not_end_their_row(place, tmp_path):
    scans = tmp_path / "scans"
    (scans / "b").mkdir()
    save(scans / "a.png", sheet(text_of("wb-w", 1, LABEL)))
    save(scans / "b" / "x.png", page(1))
    save(scans / "c.png", page(2))
    report = watched.take_in(place, [scans], watched.Metadata())
    assert (report.sheets, report.aside, report.sorted_into) == (1, (), {LABEL: 1})


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        ScannerFolder(tmp_path / "nowhere")
