"""Ink of a neighbouring item, printed rules and leaders do not make a blank zone a written one."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.cleaning.blots import find_blots

Picture = NDArray[np.uint8]
HIGH, WIDE = 64, 800


def paper(height: int = HIGH) -> Picture:
    return np.full((height, WIDE), 255, np.uint8)


def word(picture: Picture, x: int, base: int, size: float = 1.6) -> Picture:
    cv2.putText(picture, "Misal", (x, base), cv2.FONT_HERSHEY_SIMPLEX, size, 0, 4)
    return picture


def dashes(picture: Picture, y: int, slope: float = 0.0) -> Picture:
    for x in range(10, WIDE - 40, 30):
        at = y + round(slope * x)
        cv2.line(picture, (x, at), (x + 24, at + round(slope * 24)), 0, 5)
    return picture


def is_written(picture: Picture, rules: Picture | None = None) -> bool:
    taken = np.zeros(picture.shape, bool) if rules is None else rules < 128
    return find_blots(picture).own_writing(taken) > 0


def test_a_word_is_writing_wherever_it_stands_in_the_zone() -> None:
    assert is_written(word(paper(), 300, 48))
    assert is_written(word(paper(), 2, 48))
    assert is_written(word(dashes(paper(), 60), 300, 56))
    assert not is_written(paper())


@pytest.mark.parametrize("base", [HIGH + 30, 12])
def test_what_the_border_cuts_off_belongs_to_the_line_above_or_below(base: int) -> None:
    assert not is_written(word(paper(), 300, base))


def test_the_end_of_a_printed_word_at_the_side_is_no_writing() -> None:
    assert not is_written(word(paper(), -112, 44, 1.2))


@pytest.mark.parametrize(
    "draw",
    [
        lambda p: dashes(p, 40),
        lambda p: dashes(p, 20, 0.03),
        lambda p: cv2.line(p, (10, 30), (780, 52), 0, 4),
    ],
)
def test_a_printed_rule_that_cleaning_left_behind_is_no_writing(draw: Callable[[Picture], Picture]) -> None:
    assert not is_written(draw(paper(3 * HIGH)))


def test_specks_are_no_writing_and_a_small_figure_is() -> None:
    specks = cv2.circle(cv2.circle(paper(), (300, 40), 9, 0, -1), (500, 30), 9, 0, -1)
    assert not is_written(specks)
    assert is_written(cv2.line(paper(), (300, 20), (300, 46), 0, 4))


def test_a_piece_of_a_rule_is_known_by_what_was_taken_out_beside_it() -> None:
    piece = cv2.line(paper(), (380, 40), (404, 40), 0, 5)
    assert is_written(piece)  # alone it is a dash that somebody wrote
    assert not is_written(piece, dashes(paper(), 40))
