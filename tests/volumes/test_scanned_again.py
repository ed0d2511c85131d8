"""A volume that is scanned a second time: its pages wait for an answer, and count once or beside the earlier ones."""

import shutil

import cv2
import pytest
from drawn_sheets import HEIGHT, WIDTH, page
from PIL import Image

from digitize.errors import NotFound, OptionsError
from digitize.workspace.intake import DeliveryAnswer, take_in
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.intake.scanned_again import OnePage, by_name, pair_up
from digitize.workspace.intake.watched import ScannerFolder
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.waiting_pages import summary, waiting_pages
from digitize.workspace.place import create, open_place

REPLACES = DeliveryAnswer(replaces=("book",), operator="Namuna", reason="the first was dark")
BESIDE = DeliveryAnswer(is_beside=True, operator="Namuna", reason="two books in one folder")


def turned(grey, degrees):
    """As a second scan of the page: a little turned, and brighter."""
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 0.98)
    return cv2.add(cv2.warpAffine(grey, turn, (WIDTH, HEIGHT), borderValue=245), 6)


def save(path, grey):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(grey).save(path)
    return path


def taken(place, *paths, said=DeliveryAnswer(), **metadata):  # noqa: B008  # frozen
    return take_in(place, list(paths), Metadata(**metadata), said=said)


def newest(place):
    """Page number -> the file of its newest scan."""
    with Ledger(place.ledger) as ledger:
        assert ledger.verify()
        catalogue = Catalogue(ledger)
        return {s.number: catalogue.source(s.sha256).name for s in catalogue.scans()}


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """A workspace with a volume of three pages; folders with them scanned once more, and with another."""
    folder = tmp_path_factory.mktemp("scanned")
    place = create("wb", folder / "ws", "s")
    for n in (1, 2, 3):
        save(folder / "a" / "book" / f"p{n}.png", page(n))
        save(folder / "named" / "book" / f"scan{n}.png", turned(page(n), -0.4))
    save(folder / "more" / "book" / "p4.png", page(4))
    taken(place, folder / "a", station="Mill")
    return folder


@pytest.fixture
def place(scanned, tmp_path):
    return open_place(shutil.copytree(scanned / "ws", tmp_path / "ws"))


def test_a_volume_scanned_once_more_waits_and_what_goes_on_does_not(place, scanned):
    report = taken(place, scanned / "named")
    assert (report.taken, report.pages, report.waiting) == (3, 0, 3)
    ((_, asked),) = report.again.asked
    assert "3 pages of book" in asked and "3 look the same" in asked and "--replaces book" in asked
    more = taken(place, scanned / "more")
    assert not more.again.asked and more.pages == 1
    assert newest(place) == {1: "book/p1.png", 2: "book/p2.png", 3: "book/p3.png", 4: "book/p4.png"}
    with Ledger(place.ledger) as ledger:
        lines = summary(ledger)
    assert len(lines) == 1 and "they wait, and are not read" in lines[0]


def test_what_replaces_the_earlier_scans_gets_their_numbers(place, scanned):
    taken(place, scanned / "named")
    report = taken(place, scanned / "named", said=REPLACES)
    assert report.scanned_again == ("wb-s-0001-0001", "wb-s-0001-0002", "wb-s-0001-0003")
    assert not report.again.asked and len(report.again.settled) == 1
    assert newest(place) == {n: f"book/scan{n}.png" for n in (1, 2, 3)}
    with Ledger(place.ledger) as ledger:
        assert {s.station for s in Catalogue(ledger).scans()} == {"Mill"}
        kept = [s.detail for s in ledger.states("scanned-again").values()]
        assert {(k["operator"], k["reason"]) for k in kept} == {("Namuna", "the first was dark")}
        assert summary(ledger) == ["Pages marked as rescans by a person: 3."]
    # Said once more, nothing is done twice.
    assert not taken(place, scanned / "named", said=REPLACES).again.settled


def test_pages_beside_the_earlier_ones_stand_at_the_end_and_take_a_replacing_back(place, scanned):
    taken(place, scanned / "named", said=REPLACES)
    taken(place, scanned / "named", said=BESIDE)
    assert newest(place) == {n: f"book/p{n}.png" for n in (1, 2, 3)} | {n + 3: f"book/scan{n}.png" for n in (1, 2, 3)}
    with pytest.raises(OptionsError, match="their own numbers"):
        taken(place, scanned / "named", said=REPLACES)


def test_one_page_alone_is_named_by_its_id(place, scanned, tmp_path):
    other = save(tmp_path / "x" / "other.png", page(9))
    with pytest.raises(NotFound):
        taken(place, other, said=DeliveryAnswer(replaces=("wb-s-0001-0009",)))
    report = taken(place, other, said=DeliveryAnswer(replaces=("wb-s-0001-0002",)))
    assert report.scanned_again == ("wb-s-0001-0002",)
    assert newest(place) == {1: "book/p1.png", 2: "other.png", 3: "book/p3.png"}


def test_another_stations_book_of_the_same_name_goes_on(place, scanned):
    assert not taken(place, scanned / "named", station="Ferry").again.asked


def test_names_alone_are_asked_about(place, tmp_path):
    """A scan that is smaller, or bent, does not look the same."""
    save(tmp_path / "d" / "book" / "P2.png", page(12))
    ((_, asked),) = taken(place, tmp_path / "d").again.asked
    assert "as wb-s-0001-0002: 1 have the same name" in asked and "--replaces wb-s-0001-0002" in asked


def test_a_watched_folder_goes_on_past_pages_that_wait(place, scanned, tmp_path):
    for name, grey in (("p1.png", turned(page(1), 0.3)), ("p2.png", page(22)), ("p9.png", page(23))):
        save(tmp_path / "book" / name, grey)
    lines = list(ScannerFolder(tmp_path / "book", steady_s=0).take(place, lambda _: False))
    assert any("wait, and are not read" in line for line in lines)
    assert sorted(p.name for p in (tmp_path / "book" / "done").iterdir()) == ["p1.png", "p2.png", "p9.png"]
    # A scanner counts anew each morning: of its names only what looks the same is asked about.
    assert sorted(newest(place)) == [1, 2, 3, 4, 5]
    with Ledger(place.ledger) as ledger:
        assert [w.page for w in waiting_pages(ledger)] == ["wb-s-0001-0001"]


def ones(text, of=1):
    return [OnePage(c, c, i if of > 1 else 0, of) for i, c in enumerate(text)]


def test_pages_are_paired_by_look_then_by_name_then_in_order():
    same = {("a", "A"): 0.9, ("a", "B"): 0.7, ("d", "D"): 0.8}
    found = pair_up(ones("abcde"), ones("ABCDE"), same, {})
    assert found == {"a": ("A", "look"), "d": ("D", "look")}
    same |= {("b", "B"): 0.8}
    assert pair_up(ones("abcde"), ones("ABCDE"), same, {})["c"] == ("C", "order")
    # The last may be another page of the book, but for as many in all.
    assert pair_up(ones("abcde"), ones("ABCDE"), same, {})["e"] == ("E", "order")
    assert "e" not in pair_up(ones("abcde"), ones("ABCDEF"), same, {})
    assert by_name(ones("ab"), ones("BA")) == {"a": "A", "b": "B"}
    assert by_name(ones("ab", of=2), ones("AB", of=3)) == {}
