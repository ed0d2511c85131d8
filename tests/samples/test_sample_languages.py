"""The sample pages of the IIF-I in the languages that the demo has none of: gold, forms, names and size fit together."""

import csv
import json

import pytest
from language_pages import FOLDER, GOLD, READ, STATES
from PIL import Image, ImageChops

from digitize.files.extract import find_item
from mappers.codes import load_stations, place_lists
from mappers.mapping.load import find_mapping, load_mappings, map_readings
from mappers.sources.values import MapContext, PageValues, ZoneValue
from mappers.states import load_state
from mappers.text.folding import fold_written
from ocr.forms.form import load_forms
from sample_data.cases import PHONE
from sample_data.fonts import PRINTS, FontMissing, Fonts
from sample_data.iif1 import LANGUAGES, RIGHT_TO_LEFT
from sample_data.lettering import Lettering
from sample_data.make import Studio
from sample_data.phrases import load_phrases
from sample_data.plan import SEED, committed, further_languages

EACH = pytest.mark.parametrize("language", GOLD)


def test_every_form_of_the_iif1_has_a_filled_sample():
    elsewhere = {plan.book.language for plan in committed()}
    assert set(GOLD) | elsewhere == set(LANGUAGES) and not set(GOLD) & elsewhere
    assert [g["file"] for g in GOLD.values()] == [plan.file for plan in further_languages()]
    assert {g["file"] for g in GOLD.values()} == {p.name for p in FOLDER.glob("*.png")}


def test_stations_and_manifest_name_what_the_pages_name():
    stations = {(s.name, s.district) for s in load_stations("xx", FOLDER / "stations.csv")}
    with (FOLDER / "manifest.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    assert {r["file"] for r in rows} == {g["file"] for g in GOLD.values()}
    assert {(r["station"], r["district"]) for r in rows} == stations


def test_no_invented_place_is_a_district_of_the_country():
    own = {s.district.casefold() for s in load_stations("xx", FOLDER / "stations.csv")}
    with (FOLDER.parent.parent / "mappers" / "codes" / "districts.csv").open(encoding="utf-8", newline="") as f:
        assert not own & {row["district"].casefold() for row in csv.DictReader(f)}


@EACH
def test_gold_speaks_of_the_forms_zones_and_the_page_is_small(language):
    gold, path = GOLD[language], FOLDER / GOLD[language]["file"]
    assert set(gold["zones"]) == set(gold["boxes"]) == {z.id for z in load_forms()[f"iif1_{language}"].zones}
    assert path.stat().st_size <= 120_000
    with Image.open(path) as page:
        width, height = page.size
    for x0, y0, x1, y1 in gold["boxes"].values():
        assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height


@EACH
def test_what_is_written_means_the_record_beside_it(language):
    gold, state = GOLD[language], STATES[language]
    zones = {z: ZoneValue(t, t, blank=not t) for z, t in gold["zones"].items()}
    lists = place_lists(state, FOLDER / "stations.csv")
    context = MapContext("r", state=load_state(state), language=language, book_year=2025, lists=lists)
    mapping = find_mapping(load_mappings(), family=gold["form"], state=state)
    record = map_readings(mapping, [PageValues("p", gold["form"], zones)], context)[0]
    got = {k: v.value for k, v in record.fields.items() if v.value is not None and k != "state"}
    for table in ("acts", "persons", "property"):
        rows = record.children.get(table, ())
        got[table] = [{k: v.value for k, v in r.items() if v.value is not None} for r in rows]
    assert got == gold["record"]


@EACH
def test_what_is_said_to_be_read_stands_on_the_page(language):
    record, zones = GOLD[language]["record"], GOLD[language]["zones"]
    written = {find_item(zone): {fold_written(text), str(record.get(zone))} for zone, text in zones.items()}
    assert READ[language] and all(fold_written(value) in written[item] for item, value in READ[language].items())


@EACH
def test_every_name_is_made_of_the_invented_words(language):
    words, record = load_phrases(language).names(), GOLD[language]["record"]
    names = [record["io_name"], record["officer_name"]]
    names += [p[k] for p in record["persons"] for k in ("name", "alias", "relative_name") if k in p]
    assert all(word in words for name in names for word in name.split())
    assert {p["phone"] for p in record["persons"] if "phone" in p} <= {PHONE}


@pytest.fixture(scope="module")
def fonts():
    try:
        Fonts().check()
    except FontMissing as e:
        pytest.skip(f"the fonts to draw with are not here: {str(e).splitlines()[0]}")
    return Fonts()


def test_a_page_drawn_anew_is_the_same_page(fonts):
    plan = list(further_languages())[-1]
    assert plan.book.language in RIGHT_TO_LEFT
    drawn = Studio(fonts).draw(plan, SEED)
    gold = json.loads(json.dumps({"file": plan.file, "page": 0, **drawn.gold}))
    assert gold == GOLD[plan.book.language]
    with Image.open(FOLDER / plan.file) as kept:
        assert ImageChops.difference(kept.convert("L"), drawn.image.convert("L")).getbbox() is None


class Marked:
    """Fonts that need no files: only the order of the stretches is looked at."""

    def open(self, stem, weight, size):
        return stem


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("۲۷-۱۰-۲۰۲۰", ["۲۷", "-", "۱۰", "-", "۲۰۲۰"]),
        ("۱,۵۹,۰۰۰", ["۱", ",", "۵۹", ",", "۰۰۰"]),
        ("۱)", ["(", "۱"]),
        ("ساکن (الف)", ["(", "الف", ") ", "ساکن"]),
        ("I.P.C.", ["I.P.C."]),
    ],
)
def test_in_urdu_words_run_to_the_left_and_numbers_to_the_right(text, stretches):
    found = [run for run, _ in Lettering(Marked(), PRINTS["ur"])._runs(text, 20)]
    assert found == stretches
