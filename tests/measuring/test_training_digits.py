"""Drawing numbers in native digits to train on: seeded, and what is held out is never learned."""

import random

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from training.digits.bend import bent
from training.digits.make import Drawing, by_others, text_of
from training.digits.scripts import NETWORKS, allowed, characters, real_digits, scripts
from training.fields import draw
from training.fields.draw import Pens, composed


@pytest.fixture
def folder(tmp_path):
    """Invented digits: of Devanagari ten pictures each, of Kannada two of each of six writers."""
    for name, count in (("deva", 10), ("knda", 12)):
        script = scripts()[name]
        pictures, labels = [], []
        for at, digit in enumerate(script.digits):
            for number in range(count):
                picture = np.full((32, 32), 255, np.uint8)
                cv2.putText(picture, str(at), (4, 26), cv2.FONT_HERSHEY_SIMPLEX, 1.0, number, 2)
                pictures.append(picture)
                labels.append(digit)
        more = {"writer": np.tile(np.repeat(np.arange(6), 2), 10)} if name == "knda" else {}
        np.savez(tmp_path / script.real, images=np.stack(pictures), labels=np.array(labels), **more)
    return tmp_path


@pytest.mark.parametrize(("name", "learned", "held"), [("deva", 8, 2), ("knda", 8, 4)])
def test_what_is_held_out_is_never_learned(folder, name, learned, held):
    script = scripts()[name]
    mine, other = (real_digits(folder, script, held_out=out) for out in (False, True))
    for digit in script.digits:
        assert len(mine[digit]) == learned and len(other[digit]) == held
        assert not {p.tobytes() for p in mine[digit]} & {p.tobytes() for p in other[digit]}


def test_every_script_has_ten_digits_of_its_own_and_is_in_one_network():
    every = [d for s in scripts().values() for d in s.digits]
    assert len(every) == len(set(every)) == 100
    assert sorted(n for names in NETWORKS.values() for n in names) == sorted(scripts())
    assert all(len(characters(n)) == len(set(characters(n))) for n in NETWORKS)


def test_texts_are_seeded_and_in_the_scripts_digits():
    first = [text_of(random.Random(n)) for n in range(200)]
    assert first == [text_of(random.Random(n)) for n in range(200)]
    deva = scripts()["deva"]
    known = set(characters("drawn_digits"))
    assert all(set(deva.native(text)) <= known and not set(deva.native(text)) & set("0123456789") for _, text in first)


def test_a_number_is_composed_of_pictures_of_its_digits(folder):
    deva = scripts()["deva"]
    cells = real_digits(folder, deva, held_out=False)
    ink = composed(deva.native("12/3"), 24, cells, np.random.default_rng(3))
    assert ink.ndim == 2 and 0.1 < ink.max() <= 1.0 and ink.shape[1] > ink.shape[0]
    assert np.array_equal(ink, composed(deva.native("12/3"), 24, cells, np.random.default_rng(3)))


def test_no_digit_is_learned_twice_the_same_and_a_dot_stays_one(folder):
    deva = scripts()["deva"]
    cells = real_digits(folder, deva, held_out=False)
    drawing = Drawing(deva, cells, {}, Pens([], [], np.zeros(0, np.uint8), []))
    text = deva.native("2002")
    others = by_others(drawing, text, np.random.default_rng(1)).real
    assert {c: len(some) for c, some in others.items()} == {deva.digits[2]: 2, deva.digits[0]: 2}
    assert not np.array_equal(*others[deva.digits[0]]) and composed(text, 24, others, np.random.default_rng(2)).any()
    again = by_others(drawing, text, np.random.default_rng(1)).real
    assert all(np.array_equal(a, b) for c in others for a, b in zip(others[c], again[c], strict=True))
    dot = np.full((32, 32), 255, np.uint8)
    dot[14:20, 14:20] = 0
    made = bent(dot, np.random.default_rng(3))
    assert 0.1 < np.mean(made.min(1) < 178) < 0.25


def test_a_form_bears_the_digits_of_one_script():
    known = characters("drawn_digits")
    for text, digit, other in (("१/२", "३", "৩"), ("১/২", "৩", "३")):
        (may,) = allowed([text], "drawn_digits")
        assert may[0] and may[1 + known.index(digit)] and may[1 + known.index("7")] and may[1 + known.index("/")]
        assert not may[1 + known.index(other)]
    latin = allowed([str(n) for n in range(200)], "drawn_digits")
    assert (latin.sum(1) == 24).all() and latin.any(0).all()


def test_printed_words_stand_beside_a_number_not_over_it(monkeypatch):
    places = []
    monkeypatch.setattr(draw, "font", lambda _, size: ImageFont.load_default(size))
    monkeypatch.setattr(draw, "_print", lambda _, label, x, __, face: places.append((x, x + face.getlength(label))))
    pens = Pens([], ["any"], np.zeros(0, np.uint8), ["Entry No", "Date of information"])
    for seed in range(60):
        draw._print_labels(np.zeros((60, 300)), "number", 40, (50, 60), pens, np.random.default_rng(seed))
    assert len(places) > 40 and any(x < 50 for x, _ in places) and any(x > 200 for x, _ in places)
    assert all(end <= 50 + 6 or x >= 240 - 12 for x, end in places)


def test_ink_is_darker_than_the_paper_however_dark_that_is():
    page = np.zeros((60, 200), np.float32)
    page[20:40, 60:140] = 1.0
    for seed in range(80):
        picture = draw._scanned(page, np.zeros_like(page), np.random.default_rng(seed)).astype(float)
        assert np.median(picture[:, :40]) - np.median(picture[26:34, 80:120]) > 3
