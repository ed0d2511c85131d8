"""A delivery of two volumes in one file: received, labelled, scanned, sorted, accounted for; what is in doubt waits."""

import pytest
from drawn_sheets import page, sheet, spoiled, text_of, turned, write_tiff

BOOKS = {1: "FIR book 1987/2", 2: "प्राथमिकी पुस्तक १९८८"}


def cover(number, site="wb-sort"):
    return sheet(text_of(site, number, BOOKS[number]))


@pytest.fixture(scope="module")
def office(digitize, tmp_path_factory):
    """A workspace with two volumes received, and one delivery: volume 1, a spoiled sheet, volume 2."""
    folder = tmp_path_factory.mktemp("volumes")
    place = folder / "ws"
    digitize("init", "wb", place, "--site", "sort")
    (folder / "list.csv").write_text(
        f"volume,kind,years,pages\n{BOOKS[1]},fir-book,1987,3\n{BOOKS[2]},fir-book,1988-1989,1\n", encoding="utf-8"
    )
    digitize("batch", "receive", place, "--by", "A. Clerk", "--brought-by", "Const. 12", "--list", folder / "list.csv")
    scans = folder / "scans"
    scans.mkdir()
    pages = [turned(cover(1), 178), page(1), page(2), spoiled(cover(1)), page(3), cover(2), page(4)]
    write_tiff(scans / "batch.tif", pages)
    return place, scans, digitize.json("intake", place, scans, code=3)


def test_pages_are_sorted_and_sheets_are_none(office, digitize):
    place, _, report = office
    assert (report["pages"], report["sheets"], report["sorted_into"]) == (3, 2, {BOOKS[1]: 2, BOOKS[2]: 1})
    assert [name for name, _ in report["aside"]] == ["scans/batch.tif, page 4", "scans/batch.tif, page 5"]
    status = digitize.json("status", place)
    assert {v: line["pages"] for v, line in status["by_volume"].items()} == {BOOKS[1]: 2, BOOKS[2]: 1}
    assert any("4 pages counted by hand in 2 of them, 3 scanned; 1 differ" in line for line in status["volumes"])


def test_the_same_file_once_more_changes_nothing(office, digitize):
    place, scans, _ = office
    again = digitize.json("intake", place, scans)
    assert (again["taken"], again["pages"], again["aside"]) == (0, 0, [])


def test_what_waits_is_placed_by_a_person_and_the_volume_is_whole(office, digitize):
    place, _, _ = office
    before = digitize.json("batch", "account", place, "--volume", "1", code=3)["volumes"][0]
    assert (before["counted"], before["scanned"], before["missing"], before["sheets"]) == (3, 2, 1, 1)
    assert "pages-missing" in {f["kind"] for f in before["findings"]}
    waiting = digitize.json("batch", "sort", place)["pages"]
    assert [w["kind"] for w in waiting] == ["damaged-sheet", "behind-sheet"]
    digitize("batch", "place", place, waiting[0]["id"], "--volume", BOOKS[1], "--as", "sheet", "--rest", "--by", "B")
    after = digitize.json("batch", "account", place, "--volume", "1")["volumes"][0]
    assert (after["scanned"], after["missing"], after["sheets"], after["findings"]) == (3, 0, 2, [])
    assert digitize.json("batch", "sort", place)["pages"] == []
    assert digitize.json("show", place, "wb-sort-0001-0003")["page"]["scan"]["index"] == 4


def test_the_chain_of_custody_only_grows(office, digitize):
    place, _, _ = office
    digitize("batch", "custody", place, "--volume", "2", "--what", "scanned", "--by", "Operator", "--on", "2026-01-05")
    digitize("batch", "custody", place, "--volume", "2", "--what", "handed-back", "--by", "A", "--to", "Const. 12")
    digitize("batch", "count", place, "--volume", "2", "--pages", "2", "--by", "A. Clerk")
    told = digitize.json("batch", "custody", place, "--volume", "2")
    assert [(c["what"], c["by"]) for c in told["custody"]] == [
        ("received", "A. Clerk"), ("scanned", "Operator"), ("handed-back", "A"),
    ]  # fmt: skip
    assert [c["pages"] for c in told["counts"]] == [1, 2]
    kinds = {
        f["kind"] for f in digitize.json("batch", "account", place, "--volume", "2", code=3)["volumes"][0]["findings"]
    }
    assert kinds == {"pages-missing", "handed-back-open"}
    digitize("batch", "custody", place, "--volume", "2", "--what", "eaten", "--by", "A", code=5)
    digitize("batch", "custody", place, "--volume", "2", "--what", "moved", code=5)
    digitize("ledger", "verify", place, "--no-target")


def test_a_sheet_of_another_site_is_refused_with_what_follows_it(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws", "--site", "other")
    (tmp_path / "in").mkdir()
    write_tiff(tmp_path / "in" / "a.tif", [cover(1), page(1)])
    report = digitize.json("intake", tmp_path / "ws", tmp_path / "in", code=3)
    assert report["pages"] == 0 and "wb-sort, not of wb-other" in report["aside"][0][1]
    assert digitize.json("status", tmp_path / "ws")["totals"]["pages"] == 0


def test_labels_are_printed_in_their_scripts_and_read_again(office, digitize, tmp_path):
    from ocr.page import Scan
    from ocr.scans.codes import find_codes
    from ocr.scans.scan import open_page

    place, _, _ = office
    made = digitize.json(
        "labels", place, "--pdf", tmp_path / "l.pdf", "--copies", "2", "--what", "end", "--what", "sticker"
    )
    assert (made["sheets"], made["stickers"], made["no_font"]) == (2, 4, [])
    opened = open_page(Scan(tmp_path / "l.pdf", "", 1), 100)
    assert {c.text.split("*")[1:4:2][0] for c in find_codes(opened.grey)} == {"E"}
    # The PDF's own text is that of the label, in its script.
    assert "पुस्तक" in opened.text_layer.replace("\u200c", "")
    stickers = find_codes(open_page(Scan(tmp_path / "l.pdf", "", 2), 150).grey)
    assert {tuple(c.text.split("*")[1:4]) for c in stickers if c.text} == {("S", "WB-SORT", "1"), ("S", "WB-SORT", "2")}


def test_pages_twice_and_blank_are_found_in_the_pictures(office, digitize, monkeypatch):
    """What scanqc finds becomes a finding of the volume, until pages come that it has not seen."""
    from digitize.files.scanqc.check import ScanQcOptions
    from digitize.files.scanqc.report import ScanReport, Sequel
    from digitize.machine.progress import Silent
    from digitize.volumes import inspection
    from digitize.volumes.account import list_accounts
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import open_place
    from digitize.workspace.volumes.book import Volumes

    place = open_place(office[0])
    twice = Sequel("scanned-twice", ("wb-sort-0002-0001", "wb-sort-0002-0002"), "0.91")
    monkeypatch.setattr(inspection, "check_scans", lambda listed, wanted, progress: ScanReport(1, (), (), (twice,)))
    with Ledger(place.ledger) as ledger:
        inspection.inspect_volume(place, ledger, Volumes(ledger).find("2"), ScanQcOptions(), Silent())
        found = list_accounts(ledger, "wb-sort", 2)[0].findings
    assert "scanned-twice" in {f.kind for f in found}
