"""Fields that stand empty in loaded records are asked again at the station, until somebody has looked at the paper."""

import json
import shutil

import pytest
from PIL import Image
from station_office import Browser, open_station, run

from digitize.errors import OptionsError
from digitize.review.askable import list_askable
from digitize.review.asked_fields import list_asked_fields
from digitize.review.empty_fields import TO_BE_FOUND, EmptyFieldsAsked, ask_empty_fields, list_empty_field_items
from digitize.search.filled_counts import open_counts
from digitize.services.kind import Need
from digitize.services.quality import paper_places
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context
from digitize.workspace.target import open_place_target
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain, recognition_to_plain

pytestmark = pytest.mark.usefixtures("quick_hash")
NEEDS = {"vehicle-noc": (Need("iif1", "", "place", ("place",)),)}


@pytest.fixture(scope="module")
def office(digitize, samples, tmp_path_factory):
    """One FIR, loaded; where its place stands nothing is written."""
    folder = tmp_path_factory.mktemp("back") / "ws"
    digitize("init", "wb", folder, "--site", "test")
    shutil.copy(samples / "stations.csv", folder / "lists" / "stations.csv")
    scans = folder.parent / "scans"
    scans.mkdir()
    Image.new("L", (400, 400), 100).save(scans / "p.png")
    digitize("intake", folder, scans, "--volume", "a", "--language", "en")
    lines = (samples / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    said = dict(next(g["zones"] for g in map(json.loads, lines) if g["form"] == "wbp_27"))
    names = ("district", "police_station", "year", "fir_no", "fir_date", "statutes", "complainant_name")
    said = {name: said[name] for name in names} | {"place_address": ""}
    zones = {
        name: Decided(name, text, text, 1.0, Box(9, 9 * i, 300, 9 * i + 8), blank=not text)
        for i, (name, text) in enumerate(said.items(), 1)
    }
    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        (scan,) = Catalogue(ledger).scans()
        ledger.finish(
            scan.page, "recognise", "1", recognition_to_plain(Recognition("wbp_27_a1", 400, 400)), {"form": "wbp_27_a1"}
        )
        detail = {"form": "wbp_27_a1", "family": "wbp_27", "part": 1, "language": "en"}
        ledger.finish(
            scan.page, "decide", "1", reading_to_plain(Reading(form="wbp_27_a1", family="wbp_27", zones=zones)), detail
        )
    run(place)
    # Until a workspace has measured itself, all that was read goes to a person.
    served, app = open_station(place)
    asha = Browser(app, "Asha", served=served)
    with Ledger(place.ledger) as ledger:
        zone_of = {
            item.id: item.cell.rpartition("/")[2]
            for _, item in list_asked_fields(ledger, build_run_context(place, ledger)).items
        }
    for item in asha.items("count=20"):
        text = said.get(zone_of[item["id"]], "")
        asha.answer(item, text, "value" if text else "blank", client=f"client-{item['id']}")
    run(place)
    return place


def places(office):
    target = open_place_target(office)
    found = paper_places(open_counts(target), 10, NEEDS)
    target.close()
    return [(p.record, p.paths) for p in found]


def test_a_missing_field_of_a_loaded_record_is_asked_until_somebody_has_looked(office):
    wanted = places(office)
    assert len(wanted) == 1
    record = wanted[0][0]
    with Ledger(office.ledger) as ledger:
        known = build_run_context(office, ledger)
        with pytest.raises(OptionsError, match="--operator"):
            ask_empty_fields(ledger, known, wanted, 5, " ")
        # Two services may want one field.
        twice = [*wanted, *wanted, ("nobody-r1", ("place",))]
        assert ask_empty_fields(ledger, known, twice, 5, "Sup") == EmptyFieldsAsked(1, known=1, gone=1)
        # Asked once is enough.
        assert ask_empty_fields(ledger, known, wanted, 5, "Sup") == EmptyFieldsAsked(known=1)
        ((stored, item),) = list_empty_field_items(ledger, known)
        assert (stored.record.id, item.cell.rpartition("/")[2], item.why[-1]) == (record, "place_address", TO_BE_FOUND)
        assert item.page and item.box
        assert item.id in list_askable(ledger, known, {record})
    served, app = open_station(office)
    asha = Browser(app, "Asha", served=served)
    asked = next(i for i in asha.items("count=50") if i["id"] == item.id)
    assert TO_BE_FOUND in asked["why"]
    assert asha.answer(asked, "Kalpanapur bazar")["state"] == "kept"
    run(office)
    assert places(office) == []
    with Ledger(office.ledger) as ledger:
        assert list(list_empty_field_items(ledger, build_run_context(office, ledger))) == []
