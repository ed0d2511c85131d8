"""Pictures for people: zones cut out upright, protected zones painted over."""

import cv2
import numpy as np
import pytest

from ocr.outputs.overlay import cut_png, draw_zones, row_png
from ocr.page import Box


def opened(png):
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


def page():
    grey = np.full((400, 600), 255, np.uint8)
    grey[100:140, 200:400] = 0
    return grey


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_zone_of_a_turned_page_is_shown_upright(turns):
    grey = page()
    grey[100:140, 200:300] = 128
    turned = np.ascontiguousarray(np.rot90(grey, turns))
    ys, xs = np.nonzero(turned < 200)
    box = Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    angle = {0: 0.0, 1: 90.0, 2: 180.0, 3: -90.0}[turns]
    cut = opened(cut_png(turned, box, angle))
    assert cut.shape == (52, 212)
    assert cut[26, 50] == 128 and cut[26, 160] == 0


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_row_of_a_turned_page_is_shown_upright(turns):
    grey = page()
    grey[100:140, 200:230] = 128
    turned = np.ascontiguousarray(np.rot90(grey, turns))
    ys, xs = np.nonzero(turned < 200)
    box = Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    shown = opened(row_png(turned, [box], {0: 0.0, 1: 90.0, 2: 180.0, 3: -90.0}[turns]))
    assert shown[26, 20] == 128 and shown[26, 60] == 0


def test_hidden_zones_are_painted_over_with_all_that_lies_outside_zones():
    zones = {"name": Box(200, 100, 400, 140), "year": Box(10, 10, 60, 30)}
    drawn = opened(draw_zones(page(), zones, hidden=("name",)))
    assert (drawn[110:130, 220:380] > 150).all()
    assert drawn[300, 300] < 255
    assert opened(draw_zones(page(), zones))[120, 300] == 0
