"""The printed IIF-I in thirteen languages: one layout, one set of ids, and no print taken for another."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.forms.form import load_forms
from ocr.forms.zones import find_form, load_models, zone_box
from ocr.languages.language import language
from sample_data.iif1 import FAMILY, LANGUAGES, RIGHT_TO_LEFT, labels, sheet

SAMPLES = Path(__file__).parents[2] / "sample_data"
PRINTS = sorted((SAMPLES / "prints").glob("iif1_*.png"))
FORMS = load_forms()


def blank(form_id: str) -> np.ndarray:
    return cv2.imread(str(SAMPLES / "prints" / f"{form_id}.png"), cv2.IMREAD_GRAYSCALE)


def scribbled(page: np.ndarray, boxes, seed: int) -> np.ndarray:
    """Strokes of a pen in most zones, a shade over the page and grain."""
    rng = np.random.default_rng(seed)
    out = page.copy()
    for x0, y0, x1, y1 in boxes:
        if rng.random() < 0.8 and x1 - x0 > 60:
            xs = np.sort(rng.integers(x0 + 5, x1 - 5, 40))
            cv2.polylines(out, [np.stack([xs, rng.integers(y0 + 8, y1 - 6, 40)], 1).astype(np.int32)], False, 60, 3)
    shade = np.linspace(0.7, 1.0, page.shape[1])[None, :]
    return np.clip(out * 0.9 * shade + rng.normal(0, 6, page.shape), 0, 255).astype(np.uint8)


def test_there_is_a_form_and_a_blank_print_of_every_language():
    of_one_page = {form.id for form in FORMS.values() if form.family == FAMILY}
    assert {f"iif1_{x}" for x in LANGUAGES} == of_one_page
    assert {p.stem for p in PRINTS} == {i for i in FORMS if i.startswith("iif1_")}
    assert len(LANGUAGES) == len(set(LANGUAGES)) == 13
    for code in LANGUAGES:
        language(code)


@pytest.mark.parametrize("code", LANGUAGES)
def test_zones_have_the_same_ids_kinds_and_lists_in_every_language(code):
    form, english = FORMS[f"iif1_{code}"], FORMS["iif1_en"]
    assert [(z.id, z.kind, z.list) for z in form.zones] == [(z.id, z.kind, z.list) for z in english.zones]
    assert form.languages[0] == code and form.family == english.family
    assert all(z.box[0] >= 0 and z.box[2] <= form.width and z.box[3] <= form.height for z in form.zones)
    assert len(form.zone("occurrence_day").choices) == 7


def test_every_zone_says_by_which_printed_words_it_is_asked():
    assert all(zone.label for form in FORMS.values() for zone in form.zones)
    assert FORMS["wbp_27_b"].zone("complainant_name").label == "Complainant / Informant: (a) Name"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_zone_is_asked_by_the_words_that_are_drawn_beside_it(code):
    drawn = sheet(code, lambda text, size: 1.0)
    assert {z.id: z.label for z in FORMS[f"iif1_{code}"].zones} == {b.zone: b.label for b in drawn.blanks}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_all_printed_words(code):
    say = labels(code)
    assert all(say.values())
    assert say["written"] in say["info_type"] and say["oral"] in say["info_type"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_written_and_oral_stand_where_the_form_says(code):
    form, page = FORMS[f"iif1_{code}"], blank(f"iif1_{code}")
    zone = form.zone("info_type")
    assert tuple(a.value for a in zone.alternatives) == zone.choices
    for x0, y0, x1, y1 in (a.box for a in zone.alternatives):
        word = page[y0:y1, x0:x1] < 128
        assert word.mean() > 0.05
        assert not (page[y0:y1, x0 - 1] < 128).any() and not (page[y0:y1, x1] < 128).any()


def test_urdu_is_written_to_the_left_of_its_labels():
    for code in LANGUAGES:
        form = FORMS[f"iif1_{code}"]
        district, year = form.zone("district").box, form.zone("year").box
        assert (district[0] > year[0]) == (code in RIGHT_TO_LEFT)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_print_is_taken_for_another(code):
    form = FORMS[f"iif1_{code}"]
    page = scribbled(blank(form.id), [z.box for z in form.zones], 7)
    page = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    match = find_form(page, load_models())
    assert match.form is not None and match.form.id == form.id and match.inliers > 1.5 * form.min_inliers
    for zone in (form.zone("district"), form.zone("despatch")):
        off = np.subtract(zone_box(match.matrix, zone), np.array(zone.box) / 2)
        assert np.abs(off).max() <= 3


@pytest.mark.parametrize("size", [1.0, 0.6])
def test_a_form_of_the_same_typeface_that_is_not_in_the_library_is_none_of_it(size):
    page = cv2.resize(blank("arrest_memo_en"), None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
    match = find_form(page, load_models())
    assert match.form is None and match.reason
