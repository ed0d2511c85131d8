"""A form tried on pages: what a run would read with it, and what the file still lacks, without keeping anything."""

import shutil
from pathlib import Path

import pytest

from digitize.files.forms.trial import TriedField, TriedForm, TriedFormPage, try_form
from digitize.reading.lexica import ListSource
from ocr.errors import FormError
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import package_models

SAMPLES = Path(__file__).parents[2] / "sample_data"
FORMS = package_models().forms
MEMO = FORMS["iif4_sheets_en_3"]
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


@pytest.fixture(scope="module")
def tried(digitize, tmp_path_factory):
    """A record of four parts, a page of another form, and a file that is no scan."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    broken = tmp_path_factory.mktemp("scans") / "broken.png"
    broken.write_bytes(b"no picture")
    scans = (SAMPLES / "fir_sheets" / "en_2020_301.tif", SAMPLES / "prints" / "iif1_hi.png", broken)
    return digitize.json("forms", "try", "iif1_sheets", *scans, code=3)


@pytest.mark.engine
def test_each_page_says_what_was_read_with_which_part(tried):
    pages = tried["pages"]
    assert [page["part"] for page in pages[:4]] == [1, 2, 3, 4]
    assert all(page["form"].startswith("iif1_sheets_en_") for page in pages[:4])
    values = {field["zone"]: field for field in pages[0]["fields"]}
    assert values["fir_no"]["text"] == "301" and values["year"]["text"] == "2020"
    assert values["other_acts"]["state"] == "blank" and values["other_acts"]["text"] == ""
    assert all(0 < found <= printed for found, printed in (page["bands"] for page in pages[:4]))


@pytest.mark.engine
def test_other_pages_say_why_and_the_rest_goes_on(tried):
    hindi, broken = tried["pages"][4:]
    assert hindi["form"] is broken["form"] is None
    assert "a run reads it as iif1_hi" in hindi["reason"] and "share a head alone" in hindi["reason"]
    assert "broken.png" in broken["name"] and broken["reason"]


@pytest.mark.engine
def test_pages_are_tied_as_in_a_run_and_parts_that_are_not_among_them_are_named(tried):
    assert tried["records"] == [{"pages": [1, 2, 3, 4], "doubts": []}]
    assert tried["look"] == ["no page of part 5, 6 was among them"]


@pytest.mark.engine
@needs_tesseract
def test_the_table_ends_with_the_next_step(digitize):
    shown = digitize("forms", "try", "iif5_sheets_en_3", SAMPLES / "prints" / "iif5_sheets_en_3.png")
    assert "iif5_sheets_en_3; " in shown and "1 of 1 pages were read with iif5_sheets_en_3" in shown


def test_an_unknown_form_and_no_scan_are_refused(digitize, tmp_path):
    digitize("forms", "try", "no_such_form", SAMPLES / "prints" / "iif1_hi.png", code=4)
    with pytest.raises(FormError, match="no form no_such_form"):
        try_form("no_such_form", [tmp_path], ReadSettings(), ListSource())


def page_of(form, states, name="a.png"):
    fields = [TriedField(z.id, z.kind, states.get(z.id, "read"), "x", 0.5) for z in form.zones]
    return TriedFormPage(name, form.id, form.part, fields=tuple(fields))


@pytest.mark.parametrize(
    ("states", "pages", "said"),
    [
        ({"fir_no": "blank"}, 2, ["blank on all 2 pages"]),
        ({"fir_no": "blank"}, 1, []),
        ({"fir_date": "unfit"}, 3, ["mostly no date"]),
        ({}, 3, []),
    ],
)
def test_a_zone_that_no_page_fills_or_suits_is_named(states, pages, said):
    found = list(TriedForm((MEMO,), tuple(page_of(MEMO, states) for _ in range(pages))).suspicious())
    assert len(found) == len(said) and all(part in text for part, text in zip(said, found, strict=True))


def test_what_to_look_at_names_the_kind_or_the_list():
    assert TriedField("fir_date", "date", "unfit", "l2", 0.1).look == "no date"
    assert TriedField("police_station", "line", "unfit", "Nam", 0.1, "station").look == "not in the list station"
    assert TriedField("year", "year", "read", "2020", 0.9).look == ""
