"""How far down a page a form's print is found: all the way on its own pages, at head and foot on others."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_ocr_features import blank_print, filled

from ocr.forms.coverage import BANDS, FoundBands, found_bands, measure_coverage
from ocr.forms.form import Form
from ocr.forms.zones import FormModels, find_form, package_models
from ocr.geometry.features import build_features

PRINTS = Path(__file__).parents[2] / "sample_data" / "prints"
HEIGHT = 1600
places = st.lists(st.tuples(st.floats(0, 1000), st.floats(0, HEIGHT - 1)), min_size=1, max_size=200)


def at(some) -> np.ndarray:
    return np.array(some, np.float32).reshape(-1, 2)


@given(places, st.data())
def test_more_agreement_never_covers_less_and_all_of_it_covers_all(some, data):
    kept = data.draw(st.lists(st.sampled_from(some), unique=True, max_size=len(some)))
    more = [*kept, *data.draw(st.lists(st.sampled_from(some), max_size=5))]
    fewer, further, whole = (measure_coverage(at(some), at(x), HEIGHT) for x in (kept, more, some))
    assert fewer.found <= further.found <= whole.found == whole.printed <= BANDS
    assert 0 <= fewer.share <= further.share <= whole.share == 1.0


def test_bands_are_sixteenths_from_the_top_and_two_points_are_chance():
    points = at([(9, 0), (5, 50), (1, 99.9), (3, 100), (4, 199), (0, 1599), (0, 1599), (0, 1700)])
    assert np.flatnonzero(found_bands(points, HEIGHT)).tolist() == [0, 15]


def test_a_form_with_hardly_any_print_says_nothing():
    assert FoundBands(0, 0).share == 1.0
    assert measure_coverage(at([(1, 1)] * 4), at([(1, 1)] * 4), HEIGHT) == FoundBands(0, 0)


def other_page() -> np.ndarray:
    """A page with the head of the invented form and other items below it."""
    page = blank_print()
    page[120:] = 255
    for i, label in enumerate(("Witnesses", "Things seized", "Sketch of the place", "Signature", "Despatched on")):
        cv2.putText(page, label, (60, 220 + 140 * i), cv2.FONT_HERSHEY_DUPLEX, 0.9, 0, 1, cv2.LINE_AA)
    return page


def test_own_pages_agree_all_the_way_down_and_a_page_with_the_same_head_does_not():
    zones = ({"id": "name", "box": (255, 60, 610, 125)},)
    values = {"format": 1, "id": "invented", "family": "invented", "title": "", "languages": ("en",), "zone": zones}
    form = Form.model_validate(values | {"width": 640, "height": 900, "features": "", "min_inliers": 15})
    models = FormModels({form.id: form}, {form.id: build_features([blank_print()], [(255, 60, 610, 125)])})
    own, other = find_form(filled(3), models), find_form(other_page(), models)
    assert own.form is other.form is form, "many key points of the head agree on both"
    assert own.coverage.share == 1.0
    assert other.coverage.printed == own.coverage.printed and other.coverage.share < 0.5


@pytest.mark.parametrize("name", ["iif1_hi", "iif1_sheets_en_2", "iif1_sheets_ta_5", "iif5_sheets_hi_3"])
def test_every_print_is_found_all_over_its_own_page(name):
    match = find_form(cv2.imread(str(PRINTS / f"{name}.png"), cv2.IMREAD_GRAYSCALE), package_models())
    assert match.form is not None and match.form.id == name and match.coverage.share >= 0.8
