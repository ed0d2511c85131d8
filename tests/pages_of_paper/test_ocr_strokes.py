"""Faint strokes brought out, the writing's box, and empty boxes that a printer drew for letters it did not have."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ocr.cleaning.strokes import bring_out, has_empty_boxes, text_box


def line(text="Harbour 1987", ink=40, height=70, width=460):
    page = np.full((height, width), 255, np.uint8)
    cv2.putText(page, text, (20, 48), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (ink,), 3, cv2.LINE_AA)
    return page


def test_strokes_that_fade_are_made_equally_dark():
    fading = line().astype(np.float32)
    last = int(np.flatnonzero((fading < 128).any(axis=0)).max())
    fade = np.maximum(0.15, 1 - 0.85 * np.arange(fading.shape[1]) / last)
    faded = (255 - (255 - fading) * fade).astype(np.uint8)
    end = np.s_[:, last - 60 : last]
    out = bring_out(faded)
    assert faded[end].min() > 160
    assert out[:, 20:120].min() < 90 and out[end].min() < 90


def test_a_smudge_is_no_stroke():
    smudged = line().astype(np.float32)
    smudged[10:60, 150:420] -= 60 * np.outer(np.hanning(50), np.hanning(270))
    out = bring_out(np.clip(smudged, 0, 255).astype(np.uint8))
    bare = line() > 250
    assert np.percentile(out[bare], 5) > 200


def test_white_paper_stays_white():
    assert (bring_out(np.full((64, 300), 255, np.uint8)) == 255).all()


@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 60))))
@settings(max_examples=60, deadline=None)
def test_any_picture_comes_back_in_its_size(image):
    out = bring_out(image)
    assert out.shape == image.shape and out.dtype == np.uint8
    x0, y0, x1, y1 = text_box(out)
    assert 0 <= x0 < x1 <= image.shape[1] and 0 <= y0 < y1 <= image.shape[0]
    assert has_empty_boxes(image) in (True, False)


def test_the_box_of_the_writing_leaves_specks_and_margins_out():
    page = line()
    page[3:6, 5:8] = 0
    box = text_box(page, 4)
    assert 12 <= box.x0 <= 20 and box.x1 < 440
    assert box.y0 >= 10 and box.y1 <= 62


def test_empty_boxes_are_told_from_round_letters():
    page = line("FIR 12 1987")
    assert not has_empty_boxes(page)
    assert not has_empty_boxes(line("BOO 000 D 888"))
    cv2.rectangle(page, (400, 20), (416, 48), (40,), 2)
    assert has_empty_boxes(page)
