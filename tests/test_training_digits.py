"""Drawing numbers in native digits to train on: seeded, and what is held out is never learned."""

import random

import cv2
import numpy as np
import pytest

from training.digits.make import text_of
from training.digits.scripts import NETWORKS, characters, real_digits, scripts
from training.fields.draw import composed


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
    known = set(characters("native_digits"))
    assert all(set(deva.native(text)) <= known and not set(deva.native(text)) & set("0123456789") for _, text in first)


def test_a_number_is_composed_of_pictures_of_its_digits(folder):
    deva = scripts()["deva"]
    cells = real_digits(folder, deva, held_out=False)
    ink = composed(deva.native("12/3"), 24, cells, np.random.default_rng(3))
    assert ink.ndim == 2 and 0.1 < ink.max() <= 1.0 and ink.shape[1] > ink.shape[0]
    assert np.array_equal(ink, composed(deva.native("12/3"), 24, cells, np.random.default_rng(3)))
