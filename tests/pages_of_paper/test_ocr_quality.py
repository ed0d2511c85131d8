"""Each measure on drawn pages: what it must find, and what it must leave alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

cv2 = pytest.importorskip("cv2")

from ocr.quality.defect import FEW_LETTERS, KINDS, TOUCHES_EDGE  # noqa: E402
from ocr.quality.likeness import SAME, likely_pairs, likeness, take_fingerprint  # noqa: E402
from ocr.quality.page import judge  # noqa: E402
from ocr.quality.picture import WORK_PX, as_picture  # noqa: E402

FORM = ["District", "Police station", "Year", "Act and sections", "Place of occurrence", "Complainant", "Reasons"]


def page(seed=1, lines=26, size=(1000, 1400), answers=True):
    """A drawn form: printed questions, and answers that differ with the seed."""
    rng = np.random.default_rng(seed)
    image = Image.new("L", size, 240)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(24)
    for i in range(lines):
        y = 90 + i * 48
        draw.text((90, y), f"{i + 1}. {FORM[i % len(FORM)]}", fill=30, font=font)
        if answers:
            word = "".join(chr(97 + int(c)) for c in rng.integers(0, 26, 16))
            draw.text((430 + int(rng.integers(0, 60)), y), f"{word[:7]} {word[7:]}", fill=60, font=font)
    grain = rng.normal(0, 2, image.size[::-1])
    return np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)


def kinds(grey, colour=None):
    return {d.kind for d in judge(as_picture(grey, colour)).defects}


def test_a_good_page_has_no_defect_in_any_wear():
    good = page()
    assert kinds(good) == set()
    assert kinds((good * 0.6).astype(np.uint8)) == set()
    assert kinds((255 - (255 - good) * 0.6).astype(np.uint8)) == set()
    assert kinds(np.where(good > 140, 255, 0).astype(np.uint8)) == set()
    assert kinds(cv2.copyMakeBorder(good, 25, 0, 40, 0, cv2.BORDER_CONSTANT, value=(12,))) == set()
    shade = np.linspace(1.0, 0.6, good.shape[1])
    assert kinds((good * shade).astype(np.uint8)) == set()


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("too-dark", lambda p: (p * 0.2).astype(np.uint8)),
        ("too-light", lambda p: (255 - (255 - p) * 0.08).astype(np.uint8)),
        ("low-contrast", lambda p: (150 + (p - 240.0) * 0.1).astype(np.uint8)),
        ("blurred", lambda p: cv2.GaussianBlur(p, (0, 0), 5)),
        ("blurred", lambda p: cv2.blur(p, (25, 1))),
        ("blurred", lambda p: cv2.blur(p, (1, 25))),
        ("blurred", lambda p: cv2.addWeighted(p, 0.5, np.roll(p, (9, 11), (0, 1)), 0.5, 0)),
        ("low-resolution", lambda p: cv2.resize(p, None, fx=0.22, fy=0.22, interpolation=cv2.INTER_AREA)),
        ("cut-off", lambda p: p[:, 120:]),
        ("cut-off", lambda p: p[:, :520]),
        ("cut-off", lambda p: p[590:]),
        ("cut-off", lambda p: p[:876]),
    ],
    ids=[
        "dark",
        "light",
        "veil",
        "soft",
        "moved-across",
        "moved-down",
        "double",
        "coarse",
        "left",
        "right",
        "top",
        "bottom",
    ],
)
def test_a_spoilt_page_is_named(kind, spoil):
    assert kind in kinds(np.ascontiguousarray(spoil(page())))


def test_a_few_words_and_a_signature_at_the_edge_are_a_note_and_no_defect():
    signed = page()
    for x, word in ((90, "Signature of"), (640, "Rank"), (800, "Name")):
        cv2.putText(signed, word, (x, 1408), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 50, 2)
    found = judge(as_picture(signed))
    assert found.defects == () and found.notes == (TOUCHES_EDGE,)


@pytest.mark.parametrize("tone", [(236, 188, 160), (150, 98, 66), (70, 45, 33)])
def test_a_finger_of_any_skin_is_found_in_colour_and_in_grey(tone):
    colour = np.repeat(page()[..., None], 3, axis=2)
    cv2.ellipse(colour, (620, 1400), (45, 150), 0, 0, 360, tone, -1, cv2.LINE_AA)
    grey = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY)
    for found in (judge(as_picture(grey, colour)), judge(as_picture(grey))):
        (thing,) = (d for d in found.defects if d.kind == "foreign-object")
        assert thing.box.x0 < 620 < thing.box.x1 and thing.box.y1 > 1380


def test_a_seal_a_stain_and_a_heavy_word_are_not_foreign():
    good = page()
    cv2.circle(good, (800, 1250), 60, 90, 4)
    cv2.putText(good, "SEAL", (760, 1262), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 90, 3)
    y, x = np.mgrid[: good.shape[0], : good.shape[1]]
    stain = 1 - 0.15 / (1 + np.exp((np.hypot(x - 300, y - 700) - 150) / 12))
    assert kinds((good * stain).astype(np.uint8)) == set()


def test_a_blank_page_is_said_and_is_no_defect():
    blank = np.clip(235 + np.random.default_rng(3).normal(0, 3, (1400, 1000)), 0, 255).astype(np.uint8)
    found = judge(as_picture(blank))
    assert found.notes == (FEW_LETTERS,) and found.defects == ()


def test_a_low_resolution_is_known_by_letters_and_not_by_the_size_of_the_picture():
    small_slip = page(lines=6, size=(760, 420))
    assert kinds(small_slip) == set() or "low-resolution" not in kinds(small_slip)


def test_the_measured_plane_is_bounded():
    assert max(as_picture(np.full((7000, 5000), 230, np.uint8)).grey.shape) == WORK_PX


@settings(max_examples=15, deadline=None)
@given(st.integers(3, 120), st.integers(64, 200), st.integers(64, 200), st.integers(0, 255))
def test_any_picture_is_judged_and_only_known_words_come_out(seed, height, width, tone):
    rng = np.random.default_rng(seed)
    noise = np.clip(tone + rng.normal(0, seed, (height, width)), 0, 255).astype(np.uint8)
    found = judge(as_picture(noise))
    assert {d.kind for d in found.defects} <= set(KINDS)
    assert all(np.isfinite(d.measured) for d in found.defects)


def shifted(grey):
    matrix = cv2.getRotationMatrix2D((500, 700), 0.7, 1.01)
    matrix[:, 2] += (12, -9)
    return (cv2.warpAffine(grey, matrix, grey.shape[::-1], borderValue=(240,)) * 0.9).astype(np.uint8)


def test_a_page_scanned_again_is_known_and_another_filling_of_the_form_is_not():
    one, other = page(1), page(2)
    prints = [take_fingerprint(as_picture(p)) for p in (one, other, shifted(one), page(3))]
    assert (0, 2) in likely_pairs(np.stack([p.coarse for p in prints]))
    assert likeness(prints[0].fine, prints[2].fine) >= SAME
    assert likeness(prints[0].fine, prints[1].fine) < SAME
    assert likeness(prints[1].fine, prints[3].fine) < SAME


def test_of_two_pages_none_is_its_own_neighbour() -> None:
    coarse = np.random.default_rng(1).normal(size=(2, 768)).astype(np.float16)
    assert likely_pairs(coarse, least=-1e9) == [(0, 1)]
