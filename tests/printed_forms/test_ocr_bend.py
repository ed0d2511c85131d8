"""Zones of a page that was photographed askew or bends at the spine."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ocr_features import filled
from test_ocr_zones import form, models, turned

from ocr.forms.crops import cut_all
from ocr.forms.zones import FormModels, cut_zone, find_form
from ocr.geometry.features import build_features
from ocr.geometry.form_bend import form_bend
from ocr.geometry.pieces import Pieces, Spots

__all__ = ["models"]

FRAME = (640, 900)
FLAT = np.eye(2, 3)


def askew(page: np.ndarray, by: float) -> tuple[np.ndarray, np.ndarray]:
    """The page as a camera sees it from below, and the homography that did it."""
    h, w = page.shape
    seen = np.array([[by * w, 0], [w - by * w, 0], [w, h], [0, h]], np.float32)
    view = cv2.getPerspectiveTransform(np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32), seen)
    return cv2.warpPerspective(page, view, (w, h), borderValue=(255,)), view


def bent(page: np.ndarray, by: float) -> np.ndarray:
    """The page with its left part sinking into a book's spine: by pixels at the edge, none beyond the middle."""
    y, x = np.mgrid[: page.shape[0], : page.shape[1]].astype(np.float32)
    return cv2.remap(page, x, y - sunk(x, page.shape[1], by), cv2.INTER_CUBIC, borderValue=(255,))


def sunk(x, width: int, by: float):
    return by * np.maximum(0, 1 - x / (0.6 * width)) ** 2


def middle(zone) -> np.ndarray:
    x0, y0, x1, y1 = zone.box
    return np.array([(x0 + x1) / 2, (y0 + y1) / 2, 1])


def off(matrix: np.ndarray, zone, there: np.ndarray) -> float:
    return float(np.linalg.norm(matrix @ middle(zone) - there))


@pytest.mark.parametrize("by", [0.04, 0.07])
def test_zones_follow_a_page_that_was_photographed_askew(models, by):
    page, view = askew(filled(3), by)
    match = find_form(page, models)
    assert match.form is not None and match.bend is not None
    there = {z.id: (v := view @ middle(z))[:2] / v[2] for z in match.form.zones}
    flat = max(off(match.matrix, z, there[z.id]) for z in match.form.zones)
    assert flat > 6
    assert max(off(match.map_of(z), z, there[z.id]) for z in match.form.zones) < min(3.0, flat / 2)


def wide_print() -> np.ndarray:
    """A print with words over its whole width."""
    rng = np.random.default_rng(1)
    page = np.full((900, 640), 255, np.uint8)
    for y in range(40, 900, 50):
        words = "  ".join("".join(rng.choice(list("ABDEGKMRSTWadegknrstw"), 5)) for _ in range(6))
        cv2.putText(page, words, (20, y), cv2.FONT_HERSHEY_DUPLEX, 0.7, 0, 1, cv2.LINE_AA)
    return page


@pytest.mark.parametrize("by", [28, 40])
def test_zones_follow_a_page_that_bends_at_the_spine(by):
    zones = tuple({"id": f"at_{x}_{y}", "box": (x, y, x + 120, y + 30)} for x in (10, 260, 500) for y in (60, 460, 810))
    one = form(zone=zones)
    match = find_form(bent(wide_print(), by), FormModels({one.id: one}, {one.id: build_features([wide_print()], [])}))
    assert match.bend is not None
    there = {z.id: middle(z)[:2] + [0, sunk(middle(z)[0], 640, by)] for z in one.zones}
    flat = max(off(match.matrix, z, there[z.id]) for z in one.zones)
    assert flat > 8
    assert max(off(match.map_of(z), z, there[z.id]) for z in one.zones) < min(6.5, flat / 2)


@pytest.mark.parametrize("angle", [0, 2.5, 90])
def test_a_flat_page_keeps_the_one_map_for_all_its_zones(models, angle):
    page, _ = turned(filled(5), angle)
    match = find_form(page, models)
    assert match.form is not None and match.bend is None
    assert all(match.map_of(zone) is match.matrix for zone in match.form.zones)


def test_crops_of_a_bent_page_are_cut_where_its_zones_lie(models: FormModels):
    page, _ = askew(filled(3), 0.07)
    match = find_form(page, models)
    assert match.form is not None
    for crop in cut_all(page, match.matrix, match.form, bend=match.bend):
        assert np.array_equal(crop.first.raw, cut_zone(page, match.map_of(crop.zone), crop.zone, crop.first.scale))
        assert not np.array_equal(crop.matrix, match.matrix)


def spread(seed: int, most_y: float = 900) -> np.ndarray:
    return np.random.default_rng(seed).uniform((0, 0), (640, most_y), (120, 2)).astype(np.float32)


def arched(points: np.ndarray, by: float) -> np.ndarray:
    """Lower by `by` in the middle of the page than at its edges."""
    return points + np.stack([np.zeros(len(points)), by * (1 - (points[:, 0] / 320 - 1) ** 2)], axis=1)


@given(st.integers(0, 99), st.floats(9, 40), st.integers(0, 11))
@settings(max_examples=30, deadline=None)
def test_the_curve_is_found_whatever_a_tenth_of_wrong_pairs_says(seed, by, wrong):
    ours = spread(seed)
    theirs = arched(ours, by)
    theirs[:wrong] = spread(seed + 1000)[:wrong]
    bend = form_bend(ours, theirs.astype(np.float32), FLAT, FRAME)
    assert bend is not None
    # High enough that print stands about it whatever the seed.
    at = bend.map_near(FLAT, (300, 300, 340, 600)) @ [320, 450, 1]
    assert np.allclose(at, [320, 450 + by], atol=1.0)


@given(st.integers(0, 99), st.floats(6, 20))
@settings(max_examples=30, deadline=None)
def test_a_print_with_some_lines_elsewhere_is_on_no_curve(seed, by):
    ours = spread(seed)
    shifted = (ours[:, 1] // 90).astype(int) % 3 == 1
    assert form_bend(ours, ours + np.stack([0 * shifted, by * shifted], 1).astype(np.float32), FLAT, FRAME) is None


@given(st.integers(0, 99), st.floats(0, 2))
@settings(max_examples=30, deadline=None)
def test_a_page_that_is_flat_but_for_noise_has_no_bend(seed, noise):
    ours = spread(seed)
    theirs = ours + np.random.default_rng(seed).uniform(-noise, noise, ours.shape).astype(np.float32)
    assert form_bend(ours, theirs, FLAT, FRAME) is None


def test_without_print_there_is_no_bend():
    nothing = np.zeros((0, 2), np.float32)
    assert form_bend(nothing, nothing, FLAT, FRAME) is None


def test_a_zone_with_no_print_about_it_keeps_the_flat_map():
    ours = spread(1, most_y=500)
    bend = form_bend(ours, arched(ours, 20).astype(np.float32), FLAT, FRAME)
    assert bend is not None
    assert bend.map_near(FLAT, (100, 800, 300, 830)) is FLAT
    assert bend.map_near(FLAT, (100, 400, 300, 430)) is not FLAT


def seen_askew(points: np.ndarray, by: float) -> np.ndarray:
    """Where points of a flat page lie as a camera sees them from below."""
    _, view = askew(np.full((900, 640), 255, np.uint8), by)
    return cv2.perspectiveTransform(points[None].astype(np.float64), view)[0]


@given(st.integers(0, 99), st.floats(0.04, 0.07))
@settings(max_examples=30, deadline=None)
def test_a_zone_with_no_print_about_it_follows_the_view_of_a_flat_page_seen_askew(seed, by):
    ours = spread(seed, most_y=500)
    theirs = seen_askew(ours, by).astype(np.float32)
    flat, _ = cv2.estimateAffine2D(ours, theirs)
    bend = form_bend(ours, theirs, flat, FRAME)
    assert bend is not None and bend.view is not None
    box = (40, 800, 80, 830)
    assert not bend.is_doubtful(box)
    there = seen_askew(np.array([[60.0, 815.0]]), by)[0]
    assert np.allclose(bend.map_near(flat, box) @ [60, 815, 1], there, atol=1.5)


def test_nobody_knows_where_a_zone_without_print_about_it_lies_on_a_page_that_bends():
    ours = spread(1, most_y=500)
    bend = form_bend(ours, arched(ours, 20).astype(np.float32), FLAT, FRAME)
    assert bend is not None and bend.view is None
    assert bend.is_doubtful((100, 800, 300, 830))
    assert not bend.is_doubtful((100, 400, 300, 430))


def test_an_empty_place_is_not_blank_where_nobody_knows_where_the_zone_lies():
    one = form(zone=({"id": "held", "box": (100, 400, 300, 430)}, {"id": "lost", "box": (100, 800, 300, 830)}))
    ours = spread(1, most_y=500)
    bend = form_bend(ours, arched(ours, 20).astype(np.float32), FLAT, FRAME)
    white = np.full((900, 640), 255, np.uint8)
    assert {c.zone.id: c.blank for c in cut_all(white, FLAT, one, bend=bend)} == {"held": True, "lost": False}
    assert all(c.blank for c in cut_all(white, FLAT, one))
    assert all(not c.blank for c in cut_all(white, FLAT, one, bend=Pieces(Spots.empty(), FRAME)))
