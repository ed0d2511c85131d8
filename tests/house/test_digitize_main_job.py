"""The main job on scans with the real engine: three forms, broken files among them, from files to review and target."""

import shutil
import sqlite3

import pytest
from openpyxl import load_workbook

from ocr.tesseract import folders

pytestmark = [pytest.mark.engine, pytest.mark.slow]
if shutil.which("tesseract") is None:
    pytestmark.append(pytest.mark.skip(reason="tesseract is not installed; make setup installs it"))

PAGES = ("hi_2025_101.jpg", "en_2019_211.jpg", "bn_2014_061-062.tif")


@pytest.fixture(scope="module")
def done(digitize, samples, tmp_path_factory):
    """A workspace with four pages of three languages and the garbage folder, run once; not changed by tests."""
    place = tmp_path_factory.mktemp("scans") / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "stations.csv", place / "lists" / "stations.csv")
    book = samples / "fir_book_2025"
    digitize("intake", place, *(book / name for name in PAGES), samples / "garbage", code=3)
    digitize("run", place, "--jobs", "2", code=3)
    return place


@pytest.fixture
def place(done, tmp_path):
    """A copy of it that a test may change."""
    return shutil.copytree(done, tmp_path / "ws")


def test_every_file_is_accounted_for(digitize, done, samples):
    totals = digitize.json("status", done)["totals"]
    garbage = [p for p in (samples / "garbage").iterdir() if not p.name.startswith((".", "README"))]
    assert totals["files"] == len(PAGES) + len(garbage)
    assert totals["pages"] == totals["pages_read"] + totals["pages_failed"]
    assert totals["files_refused"] + totals["pages_failed"] >= len(garbage) - 1
    assert totals["pages_read"] == totals["records"] == 4


def test_status_says_when_other_models_than_those_that_read_are_here(digitize, place, monkeypatch):
    assert digitize.json("status", place)["models_differ"] == []
    monkeypatch.delenv("DIGITIZE_MODELS")  # the workspace's own folder counts again
    (place / "models" / "ben-best.traineddata").write_bytes(b"another model")
    try:
        differ = digitize.json("status", place)["models_differ"]
    finally:
        folders.forget()
    assert [(x["language"], x["pages"]) for x in differ] == [("bn", 2)]


def test_each_page_is_known_by_its_form_and_language(digitize, done):
    lines = digitize.json("status", done)["by_language"]
    assert {k: v["read"] for k, v in lines.items() if v["read"]} == {"hi": 1, "en": 1, "bn": 2}


def test_show_leads_from_the_scan_to_the_value(digitize, done):
    data = digitize.json("show", done, "wb-test-0001-0001")
    zones = {z["zone"]: z for z in data["page"]["zones"]}
    fields = {f["field"]: f for f in data["records"][0]["fields"]}
    assert data["page"]["form"] == "iif1_hi"
    assert zones["fir_no"]["reading"]
    assert fields["fir_no"]["from"] == {"page": "wb-test-0001-0001", "zone": "fir_no"}
    assert fields["fir_no"]["raw"] == zones["fir_no"]["reading"]


def test_a_picture_shows_the_zones(digitize, done, tmp_path):
    import cv2

    digitize("show", done, "wb-test-0001-0001", "--image", tmp_path / "page.png")
    drawn = cv2.imread(str(tmp_path / "page.png"))
    assert drawn.shape[0] > 1000 and (drawn[:, :, 0] != drawn[:, :, 2]).any()


def test_the_review_sheet_has_a_picture_for_each_zone_that_is_not_masked(digitize, done, tmp_path):
    made = digitize.json(
        "review",
        "export",
        done,
        "--out",
        tmp_path / "r.xlsx",
        "--unmask",
        "--reason",
        "looked at in a test",
        "--operator",
        "A. Rao",
    )
    sheet = load_workbook(tmp_path / "r.xlsx")["review"]
    place = [c.value for c in sheet[1]].index("place")
    zones = [r for r in sheet.iter_rows(min_row=2, values_only=True) if "/" in r[place]]
    assert made["items"] == sheet.max_row - 1
    assert len(sheet._images) == len(zones) > 20


def test_a_new_alias_decides_again_and_reads_nothing_again(digitize, place):
    stations = place / "lists" / "stations.csv"
    stations.write_text(stations.read_text(encoding="utf-8") + "Naya Namuna,Kalpana,NN\n", encoding="utf-8")
    report = digitize.json("run", place, code=3)
    assert (report["read"]["read"], report["read"]["decided"]) == (0, 4)


def test_a_new_form_has_only_unmatched_pages_looked_at_again(digitize, place, samples):
    shutil.copytree(samples / "forms", place / "forms", dirs_exist_ok=True)
    unmatched = digitize.json("status", place)["failures"].get("page: unknown-form", 0)
    assert digitize.json("run", place, "--dry-run", "--only", "read")["todo"]["read"] == unmatched


def test_an_original_that_was_changed_on_disk_is_noticed(digitize, samples, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "wb", place)
    shutil.copy(samples / "stations.csv", place / "lists")
    digitize("intake", place, samples / "fir_book_2025" / "hi_2025_101.jpg")
    (copy,) = (place / "originals").rglob("*.jpg")
    copy.chmod(0o644)
    copy.write_bytes(copy.read_bytes() + b"x")
    digitize("run", place, code=3)
    assert digitize.json("status", place)["failures"] == {"page: changed": 1}


def test_what_a_person_types_for_a_zone_reaches_all_its_fields(digitize, place):
    sheet = place / "review" / "review.xlsx"
    digitize("review", "export", place, "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao")
    book = load_workbook(sheet)
    head = [c.value for c in book["review"][1]]
    for row in book["review"].iter_rows(min_row=2):
        cells = dict(zip(head, row, strict=True))
        if cells["place"].value == "wb-test-0002-0001/statutes":
            cells["right value"].value = "341/323/506/34 IPC"
    book.save(sheet)
    assert digitize.json("review", "import", place, sheet, "--operator", "A")["accepted"] == 1
    digitize("run", place, code=3)
    record = digitize.json("show", place, "wb-test-0002-0001-r1")["record"]
    sections = [f for f in record["fields"] if f["field"].endswith(".section")]
    assert [f["value"] for f in sections] == ["341", "323", "506", "34"]
    assert {f["by"] for f in sections} == {"operator A"}


def test_the_ledger_holds_no_value_outside_its_results(place):
    """Events may be copied into logs and snapshots; they carry ids, names of fields and counts."""
    with sqlite3.connect(place / "ledger.sqlite") as db:
        text = "\n".join(r[0] for r in db.execute("SELECT detail FROM events"))
    assert "कल्पना" not in text and "Kalpanapur" not in text


def test_a_page_scanned_again_as_something_else_takes_its_record_back(digitize, samples, tmp_path):
    import cv2
    import numpy as np

    place = tmp_path / "ws"
    digitize("init", "wb", place)
    shutil.copy(samples / "stations.csv", place / "lists")
    digitize("intake", place, samples / "fir_book_2025" / "hi_2025_101.jpg", "--volume", "V")
    digitize("run", place)
    assert digitize.json("status", place)["totals"]["records"] == 1
    folder = tmp_path / "again"
    folder.mkdir()
    cv2.imwrite(str(folder / "letter.png"), np.full((900, 700), 240, np.uint8))
    (folder / "manifest.csv").write_text("file,volume,page\nletter.png,V,1\n", encoding="utf-8")
    report = digitize.json("intake", place, folder)
    assert report["scanned_again"] == ["wb-0001-0001"]
    report = digitize.json("run", place, code=3)
    assert (report["read"]["read"], report["read"]["failed_kinds"]) == (0, {"unknown-form": 1})
    totals = digitize.json("status", place)["totals"]
    assert (totals["pages"], totals["pages_failed"], totals["records"]) == (1, 1, 0)
    assert "Nothing to do" in digitize("run", place, code=3)
