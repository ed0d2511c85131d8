"""Bags in and out, and packages that hold against the schemas of METS and PREMIS."""

import json
from pathlib import Path

import bagit
import pytest
from drawn_sheets import page
from lxml import etree

from digitize.volumes import archive_package
from digitize.workspace.intake.bags import bag_problems, open_bags
from ocr.page import Box, Decided, Reading, Recognition

SCHEMAS = Path(__file__).parent / "schemas"
_BOTH = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:import namespace="http://www.loc.gov/METS/" schemaLocation="mets.xsd"/>
<xs:import namespace="http://www.loc.gov/premis/v3" schemaLocation="premis-v3-0.xsd"/></xs:schema>"""


class _Beside(etree.Resolver):
    """Every schema is one of this folder; nothing is fetched."""

    def resolve(self, url, name, context):
        return self.resolve_filename(str(SCHEMAS / url.rsplit("/", 1)[-1]), context)


@pytest.fixture(scope="module")
def schema():
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Beside())
    return etree.XMLSchema(etree.fromstring(_BOTH, parser, base_url=str(SCHEMAS / "both.xsd")))


@pytest.fixture(scope="module")
def bag(tmp_path_factory):
    from PIL import Image

    folder = tmp_path_factory.mktemp("bags") / "KP-1987"
    folder.mkdir()
    for i in (1, 2):
        Image.fromarray(page(i)).save(folder / f"p{i}.png")
    bagit.make_bag(str(folder), {"Contact-Name": "Head Constable", "External-Identifier": "KP-1987"})
    return folder


@pytest.fixture(scope="module")
def office(digitize, bag):
    """A workspace that took a bag in, and a volume that was received."""
    place = bag.parent / "ws"
    digitize("init", "wb", place, "--site", "bags")
    assert digitize.json("intake", place, bag)["pages"] == 2
    digitize("batch", "receive", place, "--volume", "KP-1987", "--by", "A. Clerk", "--pages", "2", "--years", "1987")
    return place


def test_what_is_wrong_with_a_bag_is_named_file_by_file(bag, tmp_path):
    import shutil

    assert list(bag_problems(bag)) == []
    bad = shutil.copytree(bag, tmp_path / "bad")
    (bad / "data" / "p1.png").write_bytes(b"other")
    (bad / "data" / "more.png").write_bytes(b"")
    (bad / "data" / "p2.png").unlink()
    found = dict(bag_problems(bad))
    assert "altered" in found["data/p1.png"]
    assert "not in its lists" in found["data/more.png"]
    assert "missing" in found["data/p2.png"]
    assert "whole or not at all" in found[""]


def test_of_a_bad_bag_nothing_is_taken_in(office, bag, digitize, tmp_path):
    import shutil

    bad = shutil.copytree(bag, tmp_path / "bad")
    (bad / "data" / "more.png").write_bytes(b"x")
    (bad / "data" / "more2.png").symlink_to("/etc/hostname")
    report = digitize.json("intake", office, bad, code=3)
    assert report["taken"] == 0 and {n for n, _ in report["refused"]} == {
        "bad/data/more.png",
        "bad/data/more2.png",
        "bad",
    }


def test_a_bag_that_leads_out_of_itself_or_is_to_be_fetched_is_refused(bag, tmp_path):
    import shutil

    leads = shutil.copytree(bag, tmp_path / "leads")
    (leads / "manifest-sha256.txt").write_text(f"{'0' * 64}  data/../../../etc/passwd\n")
    assert dict(bag_problems(leads))
    fetched = shutil.copytree(bag, tmp_path / "fetched")
    (fetched / "data" / "p2.png").unlink()
    (fetched / "fetch.txt").write_text("https://example.org/p2.png - data/p2.png\n")
    assert "to be fetched" in dict(bag_problems(fetched))["data/p2.png"]


@pytest.mark.parametrize(
    ("name", "text"),
    [("manifest-shake_128.txt", "00  data/p1.png\n"), ("bag-info.txt", "Payload-Oxum: abc\n"),
     ("manifest-sha256.txt", f"{'0' * 64}  data/a\0b\n")],
)  # fmt: skip
def test_a_bag_whose_lists_are_odd_is_refused_and_stops_nothing(bag, tmp_path, name, text):
    import shutil

    odd = shutil.copytree(bag, tmp_path / "odd")
    for own in odd.glob("tagmanifest-*"):
        own.unlink()
    (odd / name).write_text(text)
    assert dict(bag_problems(odd))


def test_a_bag_inside_a_folder_is_not_taken_in_unchecked(bag):
    from digitize.workspace.intake.delivery import list_files
    from digitize.workspace.intake.manifest import Metadata

    found = {g.name: g.problem for g in list_files([bag.parent], Metadata()) if g.name.endswith(bag.name)}
    assert [("cannot be checked" in why) for why in found.values()] == [True]


def test_who_delivered_a_bag_stands_in_the_ledger(office):
    from digitize.workspace.ledger import Ledger

    with Ledger(office / "ledger.sqlite") as ledger:
        (state,) = (s for unit, s in ledger.states("custody").items() if unit.startswith("bag:"))
    assert (state.detail["what"], state.detail["by"], state.detail["note"]) == ("bag", "Head Constable", "KP-1987")


def test_a_masked_package_holds_no_picture_and_is_a_valid_bag(office, digitize, tmp_path, schema):
    made = digitize.json("export", office, "--to", "bag", "--volume", "KP-1987", "--out", tmp_path / "out")
    assert (made["pages"], made["is_whole"]) == (2, False)
    assert bagit.Bag(str(tmp_path / "out")).validate()
    assert not [p for p in (tmp_path / "out" / "data").rglob("*") if p.name in ("originals", "alto")]
    # Masked records are no old table: nothing of it is taken in again.
    (refused,) = open_bags([tmp_path / "out"]).refused
    assert "masked" in refused.problem
    # Names of files may be names of persons.
    assert "p1.png" not in (tmp_path / "out" / "data" / "ledger" / "events.jsonl").read_text()
    document = etree.parse(tmp_path / "out" / "data" / "mets.xml")
    assert schema.validate(document), schema.error_log


def test_a_whole_package_needs_a_reason_that_is_kept_and_comes_in_again_elsewhere(office, digitize, tmp_path, schema):
    from digitize.workspace.ledger import Ledger

    why = ("--unmask", "--reason", "transfer to the archive", "--operator", "A. Clerk")
    digitize("export", office, "--to", "bag", "--volume", "KP-1987", "--out", tmp_path / "out", *why)
    data = tmp_path / "out" / "data"
    assert bagit.Bag(str(tmp_path / "out")).validate()
    assert sorted(p.name for p in (data / "originals").iterdir()) == ["00001_p1.png", "00002_p2.png", "manifest.csv"]
    document = etree.parse(data / "mets.xml")
    assert schema.validate(document), schema.error_log
    types = {e.text for e in document.iter("{http://www.loc.gov/premis/v3}eventType")}
    assert {"ingestion", "accession", "quality review", "transfer"} <= types
    with Ledger(office / "ledger.sqlite") as ledger:
        kept = [e.detail for e in ledger.events("wb-bags") if e.step == "export"]
    assert kept[-2]["begun"] and (kept[-1]["operator"], kept[-1]["volume"]) == ("A. Clerk", "KP-1987")
    digitize("init", "wb", tmp_path / "ws", "--site", "archive")
    report = digitize.json("intake", tmp_path / "ws", tmp_path / "out")
    assert (report["pages"], report["refused"]) == (2, [])
    assert list(digitize.json("status", tmp_path / "ws")["by_volume"]) == ["KP-1987"]


def test_a_package_takes_no_other_folders_place_and_is_of_one_volume(office, digitize, tmp_path):
    digitize("export", office, "--to", "mets", "--volume", "KP-1987", "--out", tmp_path, code=5)
    digitize("export", office, "--to", "mets", "--out", tmp_path / "x", code=5)
    digitize("export", office, "--to", "mets", "--volume", "nothing", "--out", tmp_path / "x", code=5)
    assert not (tmp_path / "x").exists()
    digitize("export", office, "--to", "mets", "--batch", "wb-bags-b0001", "--out", tmp_path / "x")
    heads = [json.loads(line) for line in (tmp_path / "x" / "ledger" / "heads.jsonl").read_text().splitlines()]
    assert heads and all(h["signature"] for h in heads)


def test_alto_tells_where_each_value_stands(monkeypatch):
    decided = Decided("fir_no", "१२३", "123", 0.8, Box(10, 20, 110, 60))
    reading = Reading("iif1_hi", "iif1", {"fir_no": decided, "b": Decided("b", "", "", 0, Box(0, 0, 9, 9), blank=True)})
    monkeypatch.setattr(archive_package, "newest_reading", lambda *_: reading)
    monkeypatch.setattr(archive_package, "newest_recognition", lambda *_: Recognition("iif1_hi", 500, 700))
    root = etree.fromstring(archive_package.make_alto(None, "wb-1", "wb-1", ("hi",)))
    part = etree.XMLSchema(etree.parse(SCHEMAS / "alto_part.xsd"))
    assert part.validate(root), part.error_log
    ns = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}
    (word,) = root.findall(".//a:String", ns)
    assert [word.get(n) for n in ("CONTENT", "HPOS", "VPOS", "WIDTH", "HEIGHT")] == ["१२३", "10", "20", "100", "40"]
    assert root.find(".//a:Page", ns).get("WIDTH") == "500"
