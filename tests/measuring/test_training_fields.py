"""Making training data for the field recogniser: seeded, never a real name, every variant another way to write one value."""

import csv
import random

import numpy as np
import pytest

from training.fields.data import handwritten_strip, read_handwritten
from training.fields.texts import CHARACTERS, KINDS, draw_kind, is_written
from training.fields.variants import variants


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_texts_are_seeded_and_written_in_known_characters(kind):
    make = KINDS[kind][1]
    first = [make(random.Random(n)) for n in range(50)]
    assert first == [make(random.Random(n)) for n in range(50)]
    assert all(is_written(" ".join(text.split())) for text in first)
    assert kind == "blank" or len(set(first)) > 10


def test_kinds_are_drawn_by_their_shares():
    chance = random.Random(1)
    drawn = [draw_kind(chance) for _ in range(2000)]
    assert set(drawn) == set(KINDS) and 0.18 < drawn.count("sections") / 2000 < 0.30


@pytest.mark.parametrize(
    ("field", "value", "some"),
    [
        ("year", "2018", {("2018",), ("18",)}),
        ("fir_no", "33/2018", {("33",), ("033",), ("33/18",), ("033/2018",)}),
        ("police_station", "Electronics Complex", {("EC",), ("Electronics Complex PS",), ("ELECTRONICS COMPLEX",)}),
        ("statutes", "498A/406 Ipc", {("498A/406", ""), ("498(A)/", "406"), ("IPC 498A/406", ""), ("IPC", "498A/406")}),
        ("statutes", "420 Ipc &Amp; 3/4 D.P. Act.", {("420 & 3/4 D.P. Act", ""), ("420 IPC", "3/4 D.P. Act")}),
        ("occupation", "Driver", {("Driver",)}),
    ],
)
def test_values_stand_on_paper_in_several_ways(field, value, some):
    made = variants(field, value)
    assert some <= set(made) and len(made) == len(set(made))
    assert all(set("".join(one)) <= set(CHARACTERS) for one in made)


def test_crops_that_fit_their_text_least_and_held_out_groups_are_not_learned(tmp_path):
    cv2 = pytest.importorskip("cv2")
    rows = [(f"{n}.png", "year", "Hill" if n % 2 else "Lake", "2018", "", n) for n in range(20)]
    for name, *_ in rows:
        cv2.imwrite(str(tmp_path / name), np.full((70, 140), 200, np.uint8))
    with (tmp_path / "crops.csv").open("w", newline="") as f:
        table = csv.writer(f)
        table.writerow(["file", "field", "group", "text", "line", "loss"])
        table.writerows(rows)
    kept = read_handwritten(tmp_path, leave_out=("Lake",))
    assert {w.group for w in kept} == {"Hill"} and "19.png" not in {w.file for w in kept}
    strip = handwritten_strip(kept[0])
    assert strip.shape[0] == 48 and handwritten_strip(kept[0], np.random.default_rng(1)).shape[0] == 48
