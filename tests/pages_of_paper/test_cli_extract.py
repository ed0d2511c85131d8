"""`digitize extract`: fields of forms as JSON lines, without a workspace."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from language_pages import erase
from PIL import Image
from typer.testing import CliRunner

from digitize.cli.app import build
from digitize.exits import exit_code
from digitize.files.extract import find_item
from digitize.files.extract_rows import as_field
from digitize.reading.lexica import lexica_of
from mappers.codes.stations import read_stations
from mappers.errors import MappingError
from ocr.forms.form import load_forms
from ocr.forms.zones import load_models
from ocr.page import Box, Candidate, Decided

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "sample_data" / "fir_book_2025"
engine = pytest.mark.engine
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def extract(*arguments, code=0):
    result = CliRunner().invoke(build(), ["extract", *map(str, arguments)])
    if code:
        assert result.exception is not None
        return result
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def gold_of(name, page):
    lines = (ROOT / "sample_data" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return next(g for g in map(json.loads, lines) if (g["file"], g["page"]) == (name, page))


def bare(scan, golds, kept, to):
    """A copy of a scan without most of its answers."""
    pages = cv2.imreadmulti(str(scan))[1]
    for page, gold in zip(pages, golds, strict=True):
        erase(page, gold, kept)
    cv2.imwritemulti(str(to), pages) if len(pages) > 1 else cv2.imwrite(str(to), pages[0])


def test_every_zone_of_every_form_has_a_name_of_its_own():
    for form in load_forms().values():
        names = [find_item(z.id) for z in form.zones]
        assert len(set(names)) == len(names), form.id


def test_the_five_that_every_fir_is_found_by_keep_their_names():
    kept = ("police_station", "year", "fir_no", "statutes", "complainant_name")
    assert [find_item(name) for name in kept] == list(kept)


def test_a_value_is_plain_data():
    decided = Decided("year", "2O18", "2018", 0.7, Box(1, 2, 3, 4), False, (Candidate("2013", 0.2),), ("x",))
    assert as_field(decided) == {
        "value": "2018", "raw": "2O18", "confidence": 0.7, "box": [1, 2, 3, 4], "blank": False,
        "candidates": [{"text": "2013", "confidence": 0.2}], "notes": ["x"],
    }  # fmt: skip


def test_a_state_s_form_brings_its_places_and_a_list_of_stations_wins(tmp_path):
    assert {f.state for f in load_forms().values() if f.family == "wbp_27"} == {"wb"}
    listed = tmp_path / "stations.json"
    listed.write_text(json.dumps({"police_stations": [{"name": "Nowhere", "aliases": ["NW Thana"]}]}), encoding="utf-8")
    assert lexica_of("wb", listed)["station"].find("NW Thana")[0].value == "Nowhere"
    assert not lexica_of("", None)["station"].entries


@pytest.mark.parametrize("text", ["", "[]", '{"police_stations": [1]}', '{"police_stations": [{}]}', '{"other": []}'])
def test_a_list_of_stations_that_is_none_is_named(tmp_path, text):
    path = tmp_path / "stations.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MappingError, match="is not a list of stations"):
        read_stations(path)


def test_only_some_forms_may_be_asked_for():
    models = load_models()
    assert set(models.select(("wbp_27",)).forms) == {"wbp_27_a1", "wbp_27_a2", "wbp_27_a3", "wbp_27_b"}
    assert set(models.select(("iif1_hi",)).features) == {"iif1_hi"}
    assert models.select(()) is models
    assert "there is no form nothing" in str(extract(BOOK / "wbp_2018_871.jpg", "--form", "nothing", code=4).exception)


@engine
@needs_tesseract
def test_pages_become_lines_of_json_in_order_and_what_is_none_says_so(tmp_path):
    # With the grain of paper: a picture of one shade may be one that was decoded wrongly.
    grain = np.random.default_rng(7).normal(240, 3, (900, 700)).clip(0, 255)
    Image.fromarray(grain.astype(np.uint8)).save(tmp_path / "blank.png")
    tiff = BOOK / "bn_2014_061-062.tif"
    pages = [gold_of(tiff.name, 0), gold_of(tiff.name, 1)]
    bare(tiff, pages, ("fir_no", "year"), tmp_path / tiff.name)
    first, second, blank = extract(tmp_path / tiff.name, tmp_path / "blank.png", "--jobs", 2)
    assert [(p["page"], p["form"]) for p in (first, second)] == [(1, "iif1_bn"), (2, "iif1_bn")]
    box, right = first["fields"]["fir_no"]["box"], pages[0]["boxes"]["fir_no"]
    assert (
        box[0] - 8 <= (right[0] + right[2]) / 2 <= box[2] + 8 and box[1] - 8 <= (right[1] + right[3]) / 2 <= box[3] + 8
    )
    assert first["match"] >= 15 and first["fields"]["fir.delay"]["blank"] and not first["fields"]["fir_no"]["blank"]
    assert blank["form"] is None and blank["fields"] == {} and "no print" in blank["reason"]
    assert [(p["kind"], p["group"]["number"]) for p in (first, second, blank)] == [
        ("form", 1),
        ("form", 2),
        ("blank", 2),
    ]


@engine
@needs_tesseract
def test_a_file_that_is_no_scan_has_its_line_and_the_others_go_on(tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    out = tmp_path / "out.jsonl"
    result = extract(tmp_path / "bad.jpg", BOOK / "wbp_2018_871.jpg", "--forms", ROOT / "sample_data" / "forms",
                     "--out", out, code=5)  # fmt: skip
    assert "1 page or file could not be read" in str(result.exception)
    bad, good = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert bad["form"] is None and "bad.jpg" in bad["reason"]
    assert good["form"] == "wbp_27_sample" and good["fields"]["year"]["value"] == "2018"


@engine
@needs_tesseract
def test_a_page_of_another_form_than_was_asked_for_is_none():
    result = extract(BOOK / "hi_2025_102.jpg", "--form", "wbp_27", code=5)
    (page,) = map(json.loads, result.stdout.splitlines())
    assert page["form"] is None and page["fields"] == {}
    assert exit_code(result.exception) == 5 and "hi_2025_102.jpg, page 1: no known form" in result.stderr


@engine
@needs_tesseract
def test_the_list_to_look_at_masks_a_page_on_a_sexual_offence_and_json_says_that_it_is_one(tmp_path):
    scan = tmp_path / "en.png"
    bare(BOOK / "en_2019_212.jpg", [gold_of("en_2019_212.jpg", 0)], ("complainant_name", "statutes", "year"), scan)
    (page,) = extract(scan, "--lang", "en")
    name = page["fields"]["complainant_name"]["value"]
    assert page["sensitive"] and name
    shown = CliRunner().invoke(build(), ["extract", str(scan), "--lang", "en", "--format", "text"])
    assert name not in shown.stdout and "[masked]" in shown.stdout and page["fields"]["year"]["value"] in shown.stdout


def test_an_original_is_never_written_over(tmp_path):
    page = tmp_path / "page.png"
    Image.new("L", (700, 900), 255).save(page)
    before = page.read_bytes()
    assert "originals are never changed" in str(extract(page, "--out", page, code=2).exception)
    assert page.read_bytes() == before
