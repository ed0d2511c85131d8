"""A scan of two pages in a workspace: each half is a page with an id, and every surface shows that half."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_sheets import page, sheet, text_of, turned
from PIL import Image

from digitize.files.extract import ExtractSettings
from digitize.files.extract_files import extract_files
from digitize.reading.spreads import PictureJob, SpreadLook, find_places
from digitize.records.pictures import Pictures
from digitize.records.trail import build_trail
from digitize.workspace.intake import DeliveryAnswer, take_in
from digitize.workspace.intake import take as intake_take
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.scanned_again import OnePage, by_name
from digitize.workspace.intake.unplaced import set_aside, short
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import create, open_place
from ocr.errors import FormError
from ocr.forms.settings import ReadSettings
from ocr.registers.look import Ask
from ocr.registers.table import read_table
from ocr.scans.parts import cut_picture, format_place, place_of
from sample_data.makers.poor_scans import shrink, turn
from sample_data.makers.spreads import SPREADS, lay_open

SAMPLES = Path(__file__).parents[2] / "sample_data" / "iif1_languages"
REPLACES = DeliveryAnswer(replaces=("book",), operator="Namuna", reason="the first was dark")


def spread(first, second):
    return lay_open([page(first), page(second)]).grey


def save(path, *greys):
    path.parent.mkdir(parents=True, exist_ok=True)
    one, *others = (Image.fromarray(np.ascontiguousarray(grey)) for grey in greys)
    one.save(path, **({"save_all": True, "append_images": others} if others else {}))
    return path


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """A book of a single page, two spreads in one file, and a single page."""
    folder = tmp_path_factory.mktemp("spreads")
    save(folder / "in" / "book" / "p1.png", page(1))
    save(folder / "in" / "book" / "p2.tif", spread(2, 3), spread(4, 5))
    save(folder / "in" / "book" / "p3.png", page(6))
    return folder


@pytest.fixture(scope="module")
def taken(scanned):
    """A workspace that took the book in; no test changes it."""
    place = create("wb", scanned / "ws", "s")
    assert take_in(place, [scanned / "in"], Metadata(spreads="yes")).pages == 6
    return place


@pytest.fixture
def place(taken, tmp_path):
    return open_place(shutil.copytree(taken.folder, tmp_path / "ws"))


def pages_of(place):
    """Id -> file, picture and side, of the newest scan of every page."""
    with Ledger(place.ledger) as ledger:
        assert ledger.verify()
        catalogue, found = Catalogue(ledger), {}
        for scan in catalogue.scans():
            at = place_of(scan.idx)
            found[scan.page] = (catalogue.source(scan.sha256).name, at.picture, at.side)
        return found


WANTED = {
    "wb-s-0001-0001": ("book/p1.png", 0, ""),
    "wb-s-0001-0002": ("book/p2.tif", 0, "first"),
    "wb-s-0001-0003": ("book/p2.tif", 0, "last"),
    "wb-s-0001-0004": ("book/p2.tif", 1, "first"),
    "wb-s-0001-0005": ("book/p2.tif", 1, "last"),
    "wb-s-0001-0006": ("book/p3.png", 0, ""),
}


def test_every_half_is_a_page_with_a_number_in_its_turn(taken):
    assert pages_of(taken) == WANTED


def test_what_comes_again_is_here_already_and_keeps_its_ids(place, scanned):
    again = take_in(place, [scanned / "in"], Metadata(spreads="yes"))
    assert (again.taken, again.pages, len(again.duplicates)) == (0, 0, 3)
    # Whatever is said of them now: a page keeps its id.
    assert take_in(place, [scanned / "in"], Metadata(spreads="no")).taken == 0
    assert pages_of(place) == WANTED


def test_an_intake_that_is_killed_leaves_nothing_and_gives_the_same_ids_when_it_is_done_again(scanned, tmp_path):
    place = create("wb", tmp_path / "ws", "s")
    insert, count = Catalogue.insert_scan, iter(range(9))

    def die(self, scan):
        if next(count) == 2:  # the first half of a spread is written, the other is not
            raise KeyboardInterrupt
        return insert(self, scan)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Catalogue, "insert_scan", die)
        with pytest.raises(KeyboardInterrupt):
            take_in(place, [scanned / "in"], Metadata(spreads="yes"))
    with Ledger(place.ledger) as ledger:
        assert Catalogue(ledger).scans() == []
    assert take_in(place, [scanned / "in"], Metadata(spreads="yes")).pages == 6
    assert pages_of(place) == WANTED


def test_a_spread_scanned_again_replaces_half_for_half_though_it_lies_upside_down(place, scanned, tmp_path):
    new = [turn(turned(spread(*pair), -0.4), 2).grey for pair in ((2, 3), (4, 5))]
    file = save(tmp_path / "new" / "book" / "p2.tif", *new)
    # Somebody tells of the way it lies, as no form says it here.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_take, "look_for_pages", lambda place, looked, codes: [_from_end(x) for x in looked])
        report = take_in(place, [file], said=REPLACES, metadata=Metadata(volume="book"))
    assert report.scanned_again == ("wb-s-0001-0002", "wb-s-0001-0003", "wb-s-0001-0004", "wb-s-0001-0005")
    assert [where[1:] for where in pages_of(place).values()] == [where[1:] for where in WANTED.values()]
    with Ledger(place.ledger) as ledger:
        assert place_of(Catalogue(ledger).scan("wb-s-0001-0002").idx).end == 512


def _from_end(look):
    return replace(look, places=tuple(i for p in (0, 1) for i in cut_picture(p, ((0.49, 1.0), (0.0, 0.51)))))


def test_halves_of_one_name_are_paired_with_their_own_halves_wherever_they_were_cut():
    old = [OnePage(f"o{n}", "a.jpg", i, 1) for n, i in enumerate(cut_picture(0, ((0, 0.5), (0.5, 1))))]
    new = [OnePage(f"n{n}", "A.jpg", i, 1) for n, i in enumerate(cut_picture(0, ((0, 0.48), (0.47, 1))))]
    assert by_name(new, old) == {"n0": "o0", "n1": "o1"}


def test_pictures_and_trail_of_a_page_are_of_its_half(taken, scanned):
    with Image.open(scanned / "in" / "book" / "p2.tif") as file:
        file.seek(1)
        whole = np.asarray(file.convert("L"))
    with Ledger(taken.ledger) as ledger:
        pictures = Pictures(taken, ledger)
        for name, side in (("wb-s-0001-0004", "first"), ("wb-s-0001-0005", "last")):
            drawn = cv2.imdecode(np.frombuffer(pictures.draw_plain_page(name), np.uint8), cv2.IMREAD_GRAYSCALE)
            scan = Catalogue(ledger).scan(name)
            box = place_of(scan.idx).box(*whole.shape[::-1])
            half = whole[box.y0 : box.y1, box.x0 : box.x1]
            seen = cv2.resize(half, drawn.shape[::-1], interpolation=cv2.INTER_AREA)
            assert np.abs(seen.astype(int) - drawn).mean() < 6
            told = build_trail(ledger, name)["page"]["scan"]
            assert (told["file"], told["index"], told["part"]) == ("book/p2.tif", 1, side)


def test_show_names_the_part(taken, digitize):
    assert "book/p2.tif, image 2, last part" in digitize("show", taken.folder, "wb-s-0001-0005")
    assert "book/p1.png, image 1, volume" in digitize("show", taken.folder, "wb-s-0001-0001")


def test_a_package_tells_where_its_pages_lie_and_comes_in_elsewhere_as_the_same_pages(taken, digitize, tmp_path):
    why = ("--unmask", "--operator", "Namuna", "--reason", "for the archive")
    with Ledger(taken.ledger) as ledger:
        assert ledger.verify()
    place = shutil.copytree(taken.folder, tmp_path / "ws")
    digitize("batch", "receive", place, "--volume", "book", "--by", "A. Clerk", "--pages", "6", "--years", "1987")
    digitize("export", place, "--to", "bag", "--volume", "book", "--out", tmp_path / "out", *why)
    (manifest,) = (tmp_path / "out").rglob("manifest.csv")
    told = {row["file"].rpartition("/")[2]: row["spreads"] for row in csv.DictReader(manifest.open(encoding="utf-8"))}
    assert [told[n] for n in sorted(told) if "p2" not in n] == ["no", "no"]
    (cut,) = (text for name, text in told.items() if "p2" in name)
    assert [word.partition(":")[0] for word in cut.split()] == ["1", "1", "2", "2"]
    (mets,) = (tmp_path / "out").rglob("*mets*.xml")
    assert "#page=2&amp;part=0-" in mets.read_text(encoding="utf-8")
    other = create("wb", tmp_path / "other", "s")
    # Nothing is looked at: what the package says holds.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("digitize.workspace.intake.placing._find_places", lambda jobs, workers: iter(_none(jobs)))
        assert take_in(other, [tmp_path / "out"], Metadata()).pages == 6
    assert list(pages_of(other)) == list(WANTED)
    assert [where[1:] for where in pages_of(other).values()] == [where[1:] for where in WANTED.values()]


def _none(jobs):
    assert list(jobs) == []
    return ()


def test_a_cover_sheet_on_wide_paper_is_never_cut_and_pages_that_wait_are_told_by_their_part(digitize, tmp_path):
    folder = tmp_path / "ws"
    digitize("init", "wb", folder, "--site", "s")
    digitize("batch", "receive", folder, "--volume", "B-1", "--by", "A. Clerk", "--pages", "4", "--years", "1987")
    cover = lay_open([sheet(text_of("wb-s", 1, "B-1")), np.full((1010, 720), 250, np.uint8)]).grey
    odd = lay_open([sheet(text_of("wb-s", 9, "unknown")), np.full((1010, 720), 250, np.uint8)]).grey
    for name, grey in (("1.png", cover), ("2.png", spread(1, 2)), ("3.png", odd), ("4.png", spread(3, 4))):
        save(tmp_path / "in" / name, grey)
    place = open_place(folder)
    report = take_in(place, [tmp_path / "in"], Metadata(spreads="yes"))
    assert (report.sheets, report.spreads, report.pages) == (1, 2, 2)
    with Ledger(place.ledger) as ledger:
        waiting = set_aside(ledger)
    assert [(a.name, format_place(a.index)) for a in waiting] == [
        ("in/3.png", "page 1"), ("in/4.png", "page 1, first part"), ("in/4.png", "page 1, last part"),
    ]  # fmt: skip
    said = json.loads(digitize("batch", "sort", folder, "--json"))["pages"]
    assert [p["id"].partition(":")[2] for p in said] == ["1", "1-first", "1-last"]
    why = ("--volume", "B-1", "--by", "Namuna")
    digitize("batch", "place", folder, short(waiting[1].unit), *why)
    digitize("batch", "place", folder, short(waiting[2].unit), *why)
    assert [where[1:] for where in pages_of(place).values()][2:] == [(0, "first"), (0, "last")]


def test_a_file_in_which_no_gutter_is_seen_is_told_and_stays_whole(tmp_path):
    place = create("wb", tmp_path / "ws", "s")
    save(tmp_path / "in" / "one.png", page(1))
    report = take_in(place, [tmp_path / "in"], Metadata(spreads="yes"))
    assert (report.pages, report.spreads, report.uncut) == (1, 0, ("in/one.png",))


def test_pages_that_are_no_known_form_or_register_are_left_whole_unless_somebody_says_so(tmp_path, scanned):
    place = create("wb", tmp_path / "ws", "s")
    report = take_in(place, [scanned / "in"], Metadata())
    assert (report.pages, report.spreads) == (4, 0)


def test_no_form_beside_the_first_is_dropped_by_run_or_extract(digitize, samples, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    folder, forms = tmp_path / "ws", ["iif1_mr", "iif1_gu"]
    pages = [cv2.imread(str(samples / "iif1_languages" / n), 0) for n in ("mr_2017_007.png", "gu_2016_171.png")]
    scan = save(tmp_path / "in" / "scan.png", shrink(lay_open(pages).grey, 0.7).grey)
    digitize("init", "wb", folder, "--site", "s")
    assert digitize.json("intake", folder, scan)["pages"] == 2
    assert digitize.json("run", folder, "--only", "read")["read"]["read"] == 2
    told = [digitize.json("show", folder, f"wb-s-0001-000{n}")["page"]["form"] for n in (1, 2)]
    assert told == forms
    settings = ExtractSettings(ReadSettings(engine="null", handwriting_engine="none"), spreads="auto")
    done = list(extract_files([scan], settings, 1))
    assert [(page.job.number, page.found.form) for page, *_ in done] == [(1, forms[0]), (2, forms[1])]


def test_a_fault_of_ours_on_a_picture_leaves_it_whole_and_a_wrong_form_file_ends_the_delivery(scanned, monkeypatch):
    def fail(error):
        def find(*given):
            raise error

        monkeypatch.setattr("ocr.registers.spread.find_pages", find)

    job = PictureJob(0, scanned / "in" / "book" / "p2.tif", 1, SpreadLook(engine="null"))
    fail(IndexError("list index out of range"))
    assert find_places(job) == (1,)
    fail(FormError("a key is missing"))
    with pytest.raises(FormError):
        find_places(job)


def test_two_forms_on_a_telephones_picture_are_no_table():
    pages = [cv2.imread(str(SAMPLES / n), cv2.IMREAD_GRAYSCALE) for n in ("mr_2017_007.png", "gu_2016_171.png")]
    assert read_table(SPREADS["phone"](pages).grey, Ask()).rows == ()
