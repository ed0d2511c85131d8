"""The samples hold together: gold, forms, names, size; and drawing them anew gives the same bytes."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from mappers.codes import load_stations, place_lists
from mappers.codes.acts import ipc_sections
from mappers.mapping.load import find_mapping, load_mappings, map_readings
from mappers.sources.values import MapContext, PageValues, ZoneValue
from mappers.states import load_state
from ocr.forms.form import load_forms
from ocr.page import Scan
from ocr.scans.scan import open_page, probe
from sample_data.cases import PHONE
from sample_data.fonts import HANDS, FontMissing, Fonts
from sample_data.garbage import write_garbage
from sample_data.iif1 import LANGUAGES
from sample_data.make import Studio, zones_of
from sample_data.phrases import grouped, load_phrases
from sample_data.plan import SEED, committed, further_languages
from sample_data.write import write_scans

HERE = Path(__file__).parents[2] / "sample_data"
SCANS = HERE / "fir_book_2025"
GOLD = [json.loads(line) for line in (HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
FURTHER = {plan.book.language for plan in further_languages()}
IDS = [f"{Path(g['file']).stem}-{g['page']}" for g in GOLD]
WRONG = "en_2019_213_again.jpg"


def forms():
    return {**load_forms(), **load_forms(HERE / "forms")}


def form_of(gold):
    name = "wbp_27_sample" if gold["form"] == "wbp_27" else f"iif1_{gold['language']}"
    return forms()[name]


def test_the_gold_is_of_the_planned_pages_in_order():
    assert [g["file"] for g in GOLD] == [p.file for p in committed()]


def test_every_scan_has_gold_and_every_gold_a_page():
    assert {g["file"] for g in GOLD} == {p.name for p in SCANS.iterdir()} - {"manifest.csv"}
    counted = {name: probe(SCANS / name).pages for name in {g["file"] for g in GOLD}}
    assert sorted((g["file"], g["page"]) for g in GOLD) == sorted((n, i) for n, c in counted.items() for i in range(c))


def test_the_manifest_names_every_file_with_known_stations():
    with (SCANS / "manifest.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert {r["file"] for r in rows} == {g["file"] for g in GOLD}
    stations = {(s.name, s.district) for s in load_stations("wb", HERE / "stations.csv")}
    assert {(r["station"], r["district"]) for r in rows} <= stations


def test_the_set_is_small_enough_to_commit_and_has_every_language_and_format():
    kept = [p for p in HERE.rglob("*") if p.is_file() and ".fonts" not in p.parts and "__pycache__" not in p.parts]
    assert sum(p.stat().st_size for p in kept) < 15_000_000
    assert {g["language"] for g in GOLD} == set(HANDS) - FURTHER
    assert set(HANDS) == set(LANGUAGES)
    assert {Path(g["file"]).suffix for g in GOLD} == {".jpg", ".png", ".tif", ".pdf"}


@pytest.mark.parametrize("gold", GOLD, ids=IDS)
def test_gold_speaks_of_the_forms_zones_and_of_places_on_the_page(gold):
    zones = {z.id for z in form_of(gold).zones}
    assert set(gold["zones"]) == set(gold["boxes"]) == zones
    page = open_page(Scan(SCANS / gold["file"], "", gold["page"]), 200)
    for x0, y0, x1, y1 in gold["boxes"].values():
        assert 0 <= x0 < x1 <= page.width
        assert 0 <= y0 < y1 <= page.height


@pytest.mark.parametrize("gold", GOLD, ids=IDS)
def test_what_is_written_means_the_record_beside_it(gold):
    zones = {z: ZoneValue(t, t, blank=not t) for z, t in gold["zones"].items()}
    own = HERE / "stations.csv"
    context = MapContext(
        "r", state=load_state("wb"), language=gold["language"], book_year=2025, lists=place_lists("wb", own)
    )
    mapping = find_mapping(load_mappings(), family=gold["form"], state="wb")
    record = map_readings(mapping, [PageValues("p", gold["form"], zones)], context)[0]
    got = {k: v.value for k, v in record.fields.items() if v.value is not None}
    for table in ("acts", "persons", "property"):
        rows = record.children.get(table, ())
        got[table] = [{k: v.value for k, v in r.items() if v.value is not None} for r in rows]
    expected = {k: v for k, v in gold["record"].items() if k != "state"}
    assert {k: v for k, v in got.items() if k != "state"} == expected


@pytest.mark.parametrize("gold", [g for g in GOLD if g["file"] != WRONG], ids=lambda g: Path(g["file"]).stem)
def test_days_are_in_the_order_of_life_and_the_law_was_in_force(gold):
    record = gold["record"]
    names = ("occurrence_from", "occurrence_to", "info_date", "gd_date", "fir_date", "despatch_date")
    days = [date.fromisoformat(record[n]) for n in names if n in record]
    assert days == sorted(days)
    new_law = days[0] >= date(2024, 7, 1)
    assert {a["act"] for a in record["acts"]} & {"IPC", "BNS"} == {"BNS" if new_law else "IPC"}


def test_the_wrong_page_is_wrong_in_three_ways():
    wrong = next(g["record"] for g in GOLD if g["file"] == WRONG)
    same = [g for g in GOLD if (g["record"]["police_station"], g["record"]["year"], g["record"]["fir_no"]) ==
            (wrong["police_station"], wrong["year"], wrong["fir_no"])]  # fmt: skip
    assert len(same) == 2
    assert wrong["fir_date"] < wrong["occurrence_from"]
    assert any(a["section"] not in ipc_sections() for a in wrong["acts"])


def test_fir_numbers_follow_each_other_within_a_book():
    books = {}
    for g in GOLD:
        r = g["record"]
        books.setdefault((g["form"], r["police_station"], r["year"]), set()).add(int(r["fir_no"]))
    for numbers in books.values():
        assert numbers == set(range(min(numbers), max(numbers) + 1))


@pytest.mark.parametrize("gold", GOLD, ids=IDS)
def test_every_name_is_made_of_the_invented_words(gold):
    words = load_phrases(gold["language"]).names()
    record = gold["record"]
    names = [record[k] for k in ("io_name", "officer_name") if k in record]
    names += [p[k] for p in record["persons"] for k in ("name", "alias", "relative_name") if k in p]
    assert names
    assert all(word in words for name in names for word in name.split())
    assert {p["phone"] for p in record["persons"] if "phone" in p} <= {PHONE}


def test_no_invented_place_is_a_district_of_the_country():
    own = {s.district for s in load_stations("xx", HERE / "stations.csv")}
    with (HERE.parent / "mappers" / "codes" / "districts.csv").open(encoding="utf-8", newline="") as f:
        known = {row["district"].casefold() for row in csv.DictReader(f)}
    assert not {d.casefold() for d in own} & known


def test_the_broken_files_are_what_the_generator_writes(tmp_path):
    write_garbage(tmp_path)
    kept = {p.name: p.read_bytes() for p in (HERE / "garbage").iterdir()}
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == kept


def test_sums_are_grouped_as_in_india():
    assert [grouped(n) for n in (500, 1500, 125000, 12500000)] == ["500", "1,500", "1,25,000", "1,25,00,000"]


def test_a_missing_font_is_named_with_its_package(tmp_path):
    with pytest.raises(FontMissing, match="@fontsource/kalam is missing"):
        Fonts(tmp_path).check()


@pytest.fixture
def studio():
    try:
        Fonts().check()
    except FontMissing as e:
        pytest.skip(f"the fonts to draw with are not here: {str(e).splitlines()[0]}")
    return Studio(Fonts())


@pytest.mark.parametrize("style", [*LANGUAGES, "wbp"])
def test_the_form_files_are_those_of_the_layout(studio, style):
    form = forms()["wbp_27_sample" if style == "wbp" else f"iif1_{style}"]
    assert [(b.zone, b.box) for b in zones_of(studio.blank(style)[0])] == [(z.id, z.box) for z in form.zones]


def test_a_page_drawn_anew_is_the_same_page(studio, tmp_path):
    plan = committed()[0]
    drawn = studio.draw(plan, SEED)
    write_scans(tmp_path / plan.file, [drawn.image], drawn.quality, plan.dpi)
    assert json.loads(json.dumps({"file": plan.file, "page": 0, **drawn.gold})) == GOLD[0]
    assert _pixels((tmp_path / plan.file).read_bytes()) == _pixels((SCANS / plan.file).read_bytes())


def _pixels(data):
    return Image.open(io.BytesIO(data)).tobytes()
