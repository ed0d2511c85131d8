"""What the measurement of hostile input is made of, and that it believes no command which only says that all is well."""

import random

from benchmarks.parts.trust import disks as trust_disks
from benchmarks.parts.trust.disks import Tried
from sample_data.makers import hostile_files as trust_sources
from sample_data.makers.hostile_files import make_files, make_specials, mutate, sources


def test_every_reader_of_old_tables_and_every_kind_of_scan_has_a_source(tmp_path):
    from mappers.legacy import find_reader, load_readers
    from ocr.errors import ScanError
    from ocr.scans.scan import probe

    readers, media = set(), set()
    for n, source in enumerate(sources()):
        path = tmp_path / f"{n}{source.suffix}"
        path.write_bytes(source.data)
        readers.add("fixed" if ".layout.toml" in source.beside else find_reader(path))
        if source.is_picture:
            try:
                media.add(probe(path).media)
            except ScanError:
                continue
    assert readers >= set(load_readers()) and media == {"jpeg", "png", "tiff", "pdf"}


def test_the_same_seed_makes_the_same_files_and_each_is_spoilt_or_stands_beside_one_that_is(tmp_path, monkeypatch):
    # Made once: books and PDFs hold the second they were made in.
    whole = sources()
    monkeypatch.setattr(trust_sources, "sources", lambda: list(whole))
    made = [
        [(p.name, p.read_bytes()) for p, _ in make_files(tmp_path / n, 30, random.Random(4))] for n in ("one", "two")
    ]
    assert made[0] == made[1] and len(made[0]) == 30
    assert make_specials(tmp_path / "specials", tmp_path / "outside.csv") == len(
        list((tmp_path / "specials").iterdir())
    )
    chance = random.Random(1)
    assert sum(mutate(b"abc" * 50, chance, whole) != b"abc" * 50 for _ in range(100)) > 95


def test_a_command_that_says_all_went_well_must_have_written(tmp_path, monkeypatch):
    with_room, there = Tried(("x",), tmp_path / "with"), Tried(("x",), tmp_path / "there")
    monkeypatch.setattr(trust_disks, "_run", lambda arguments: with_room.makes.write_bytes(b"x" * 100))
    assert trust_disks._unwritten(there, with_room, 0)
    there.makes.write_bytes(b"x" * 50)
    assert trust_disks._unwritten(there, with_room, 0)
    there.makes.write_bytes(b"y" * 98)
    assert not trust_disks._unwritten(there, with_room, 0)
    monkeypatch.setattr(trust_disks, "_events", lambda tried: 7)
    assert trust_disks._unwritten(Tried(("fixity",), adds=True), with_room, 7) == "nothing was added to the ledger"
    assert not trust_disks._unwritten(Tried(("fixity",), adds=True), with_room, 6)
