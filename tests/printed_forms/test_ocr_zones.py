import cv2
import numpy as np
import pytest
from test_ocr_features import blank_print, filled

from ocr.errors import FormError
from ocr.forms.form import Form
from ocr.forms.zones import FormModels, angle_deg, cut_zone, find_form, load_models, zone_box
from ocr.geometry.features import FormFeatures, build_features, save

ZONES = ({"id": "name", "box": (255, 60, 610, 125)}, {"id": "place", "box": (255, 500, 610, 565)})


def form(**changes) -> Form:
    values = {"format": 1, "id": "invented", "family": "invented", "title": "Invented", "languages": ("en",)}
    values |= {"width": 640, "height": 900, "features": "invented.npz", "zone": ZONES}
    return Form.model_validate(values | changes)


@pytest.fixture(scope="module")
def models() -> FormModels:
    one = form()
    return FormModels({one.id: one}, {one.id: build_features([blank_print()], [z.box for z in one.zones])})


def turned(page: np.ndarray, angle: float, size: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The page turned on a larger white sheet, and the map that did it."""
    h, w = page.shape
    side = round(1.5 * max(h, w) * size)
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), angle, size)
    matrix[:, 2] += side / 2 - np.array([w / 2, h / 2])
    return cv2.warpAffine(page, matrix, (side, side), borderValue=(255,)), matrix


@pytest.mark.parametrize("angle", [0, 2.5, -3, 90, 180, 270, 47])
def test_a_page_is_found_however_it_lies_and_its_zone_comes_out_upright(models, angle):
    page = filled(3)
    scan, truth = turned(page, angle)
    match = find_form(scan, models)
    zone = form().zone("place")
    assert match.form is not None and match.form.id == "invented"
    middle = np.array([432, 532, 1])
    assert np.linalg.norm(match.matrix @ middle - truth @ middle) < 2
    assert abs((angle_deg(match.matrix) - angle + 180) % 360 - 180) < 0.5
    x0, y0, x1, y1 = zone.box
    crop = cut_zone(scan, match.matrix, zone, 1.0)
    assert crop.shape == (y1 - y0, x1 - x0)
    assert np.corrcoef(crop.ravel(), page[y0:y1, x0:x1].ravel())[0, 1] > 0.7


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_quarter_turns_of_the_whole_scan(models, quarter):
    match = find_form(np.ascontiguousarray(np.rot90(filled(4), quarter)), models)
    assert match.form is not None
    assert abs((angle_deg(match.matrix) - 90 * quarter + 180) % 360 - 180) < 0.5


@pytest.mark.parametrize("size", [0.8, 2.6])
def test_resolution_does_not_matter(models, size):
    scan, truth = turned(filled(5), 1.0, size)
    match = find_form(scan, models)
    assert match.form is not None
    assert np.abs(match.matrix - truth)[:, 2].max() < 3 * max(size, 1)


@pytest.mark.parametrize(
    "page",
    [np.full((900, 640), 255, np.uint8), np.zeros((900, 640), np.uint8), np.zeros((1, 1), np.uint8)],
    ids=["white", "black", "speck"],
)
def test_an_empty_page_is_no_form_and_says_why(models, page):
    match = find_form(page, models)
    assert match.form is None and match.inliers == 0 and "no print" in match.reason


def test_a_letter_is_no_form_and_says_how_little_agrees(models):
    page = np.full((900, 640), 255, np.uint8)
    for i in range(18):
        text = "".join(np.random.default_rng(i).choice(list("abcdefghiklmnoprstuvw  "), 30))
        cv2.putText(page, text, (40, 60 + 44 * i), cv2.FONT_HERSHEY_COMPLEX, 0.8, 0, 1, cv2.LINE_AA)
    match = find_form(page, models)
    assert match.form is None and "are needed" in match.reason


def test_a_mirrored_page_is_no_form(models):
    assert find_form(np.ascontiguousarray(filled(6)[:, ::-1]), models).form is None


def test_a_print_that_fits_comes_before_one_that_fits_better_when_bent_out_of_shape(models):
    ours = models.features["invented"]
    other = FormFeatures(ours.points * np.array([1, 0.6], np.float32), ours.descriptors)
    both = {"invented": form(), "squeezed": form(id="squeezed")}
    match = find_form(filled(7), FormModels(both, {"invented": ours.thin_out(2), "squeezed": other}))
    assert match.form is not None and match.form.id == "invented"
    alone = find_form(filled(7), FormModels({"squeezed": both["squeezed"]}, {"squeezed": other}))
    assert alone.form is None and "bent out of shape" in alone.reason and alone.inliers > match.inliers


def test_without_forms_nothing_is_found():
    assert find_form(filled(1), FormModels({}, {})).reason == "no form is known"


def test_what_lies_off_the_page_is_white(models):
    crop = cut_zone(np.zeros((50, 50), np.uint8), np.eye(2, 3), form().zone("place"), 2.0)
    assert crop.min() == 255


def test_a_zone_box_stays_on_the_page():
    zone = form().zone("name")
    box = zone_box(np.array([[1.0, 0, -300], [0, 1, -100]]), zone)
    assert box.x0 == 0 and box.y0 == 0 and box.x1 == 310 and box.y1 == 25


def test_forms_of_a_further_folder_are_loaded_with_their_key_points(tmp_path):
    (tmp_path / "invented.toml").write_text(
        'format = 1\nid = "invented"\nfamily = "invented"\ntitle = "Invented"\nlanguages = ["en"]\n'
        'width = 640\nheight = 900\nfeatures = "invented.npz"\n[[zone]]\nid = "name"\nbox = [255, 60, 610, 125]\n'
    )
    with pytest.raises(FormError, match=r"invented\.npz is missing"):
        load_models((tmp_path,))
    save(build_features([blank_print()], []), tmp_path / "invented.npz")
    models = load_models((tmp_path,))
    assert models.forms["invented"].zones and models.features["invented"].size > 100
    with pytest.raises(FormError, match="another folder"):
        load_models((tmp_path, tmp_path))


def test_printed_words_inside_a_zone_are_painted_over():
    page = np.full((900, 640), 250, np.uint8)
    cv2.putText(page, "Reasons", (270, 545), cv2.FONT_HERSHEY_DUPLEX, 0.8, 0, 2)
    cv2.putText(page, "rain", (450, 545), cv2.FONT_HERSHEY_DUPLEX, 0.8, 0, 2)
    zone = form().zone("place").model_copy(update={"printed": ((260, 510, 420, 560),)})
    crop = cut_zone(page, np.eye(2, 3), zone, 2.0)
    assert crop[:, :300].min() > 200 and crop[:, 380:].min() < 50
