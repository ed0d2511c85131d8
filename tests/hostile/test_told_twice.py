"""What a manifest says twice, and one label for two books: told or refused, and never the loss of a page in silence."""

import pytest
from PIL import Image

from digitize.errors import OptionsError
from digitize.workspace.intake import take_in
from digitize.workspace.intake.manifest import Metadata, check_metadata
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place


@pytest.fixture
def ws(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    return tmp_path / "ws"


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for n in range(3):
        Image.new("L", (400, 400), 100 + n).save(folder / f"p{n}.png")
    Image.new("L", (400, 400), 1).save(folder / "two.tif", save_all=True, append_images=[Image.new("L", (400, 400), 2)])
    return folder


@pytest.mark.parametrize(("rows", "said"), [
    ("p0.png,7\np1.png,7\n", "p0.png and p1.png both have page 7"),
    ("p1.png,1\n", "p0.png and p1.png both have page 1"),  # p0 has no number told, and takes the first
    ("p0.png,8\np1.png,9\np2.png,3\ntwo.tif,2\n", "p2.png and two.tif both have page 3"),
    ("p0.png,1\np1.png,2\np0.png,3\n", "p0.png is also in line 2"),
])  # fmt: skip
def test_no_page_takes_the_place_of_another_of_its_delivery(digitize, ws, scans, rows, said):
    (scans / "manifest.csv").write_text(f"file,page\n{rows}")
    place = open_place(ws)
    with pytest.raises(OptionsError, match=said):
        take_in(place, [scans], Metadata())
    with Ledger(place.ledger) as ledger:
        assert not ledger.rows("SELECT page FROM scans")


def test_a_language_that_nobody_reads_is_refused_by_name():
    with pytest.raises(OptionsError, match="there is no language Hindi .known: as, bn, "):
        check_metadata(Metadata(language="Hindi"), "manifest.csv, line 2")


def test_one_label_for_books_of_two_stations_is_told(digitize, ws, scans):
    (ws / "lists" / "stations.csv").write_text("station,district,aliases\nAlpha,X,\nBeta,X,\n")
    told = ("--volume", "FIR book 1")
    assert digitize.json("intake", ws, scans / "p0.png", *told, "--station", "Alpha")["doubtful"] == []
    (found,) = digitize.json("intake", ws, scans / "p1.png", *told, "--station", "Beta")["doubtful"]
    assert found == ["FIR book 1", "its pages are given for Alpha, Beta; two books need two labels"]
