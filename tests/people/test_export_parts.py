"""An export of one batch or volume: its records alone, masked by their whole cases wherever the rest of these stands."""

import json

import pytest

from digitize.errors import NotFound, OptionsError
from digitize.masking import cases
from digitize.records.export import ExportPart, export
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan
from digitize.workspace.ledger.records import Records, Stored, record_hash
from digitize.workspace.place import create
from sample_data.makers.rule_examples import make_record

FIR = {"state": "wb", "district": "Kalpana", "police_station": "Bally", "year": "2016", "fir_no": "21"}
VICTIM = {"role": "victim", "name": "Qarla Vintobhe"}


def record(page, form, section, **more):
    plain = {**FIR, **more, "acts": [{"act": "IPC", "section": section}], "persons": [VICTIM]}
    return make_record(f"{page}-r1", plain, form)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two books: the FIR of a protected victim in one, an arrest of the same FIR and another case in the other."""
    place = create("wb", tmp_path_factory.mktemp("parts") / "ws", "parts")
    with Ledger(place.ledger) as ledger:
        catalogue = Catalogue(ledger)
        for n, own in enumerate([[("iif1", "376", {})], [("iif3", "323", {}), ("iif1", "379", {"fir_no": "22"})]], 1):
            catalogue.insert_batch(Batch(f"b{n}", f"Delivery {n}", "2026-03-01", "fir-book"))
            volume = catalogue.volume(f"Book {n}")
            for p, (form, section, more) in enumerate(own, 1):
                page = f"wb-parts-{n:04d}-{p:04d}"
                catalogue.insert_scan(PageScan(page, f"{n}" * 64, p, f"b{n}", volume, p, "fir-book"))
                made = record(page, form, section, **more)
                Records(ledger).replace_unit(
                    page, [Stored(made, page, "wb|Kalpana|Bally|2016", "", "", record_hash(made))]
                )
    return place


def lines(place, part, tmp_path):
    made = export(place, "jsonl", tmp_path / "out.jsonl", part=part)
    return [json.loads(line) for line in made.path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("few", [5_000, 1])
def test_volume_alone_and_masked_by_what_another_volume_says(place, tmp_path, monkeypatch, few):
    monkeypatch.setattr(cases, "_FEW", few)
    arrest, theft = lines(place, ExportPart(volume="Book 2"), tmp_path)
    assert (arrest["id"], theft["id"]) == ("wb-parts-0002-0001-r1", "wb-parts-0002-0002-r1")
    assert "Vintobhe" not in json.dumps(arrest) and "Vintobhe" in json.dumps(theft)
    everything = lines(place, None, tmp_path)
    assert everything[1:] == [arrest, theft]


def test_what_is_not_there_is_named(place, tmp_path):
    with pytest.raises(NotFound, match="no batch b9"):
        lines(place, ExportPart(batch="b9"), tmp_path)
    with pytest.raises(OptionsError, match="not both"):
        lines(place, ExportPart(batch="b1", volume="Book 1"), tmp_path)
