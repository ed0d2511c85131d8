"""A date that runs over the edge of its zone is followed over free paper, and doubted where it cannot be."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitize.reading.never import NEVER
from digitize.reading.values import zone_value
from digitize.review.prefill import PrefillFloors
from digitize.workspace.decisions.items import Item
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.verdict import reasons
from mappers.record import FieldValue, Record
from ocr.engine import EngineText
from ocr.forms.crops import cut_all
from ocr.forms.decide import decide_page
from ocr.forms.form import Form
from ocr.forms.passes import _reading
from ocr.page import INK_CUT, Recognition

DATE = (100, 100, 300, 140)
HEAD = {"format": 1, "id": "t", "family": "t", "title": "T", "width": 700, "height": 200, "features": "t.npz"}


def form(label=None, beside=None, named=True):
    """A print of one date, with a printed word behind it, and another zone."""
    zones = [{"id": "fir_date", "box": DATE, "kind": "date", "handwriting": True}]
    zones += [{"id": "other", "box": beside, "kind": "time", "handwriting": True}] if beside else []
    labels = [{"text": "Date", "box": [60, 110, 98, 130]}] if named else []
    labels += [{"text": "Time", "box": label}] if label else []
    return Form.model_validate({**HEAD, "languages": ["en"], "zone": zones, "labels": labels})


def page(text, at=110, width=700):
    picture = np.full((200, width), 255, np.uint8)
    cv2.putText(picture, text, (at, 132), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    return picture


def crop_of(picture, print_):
    return next(c for c in cut_all(picture, np.eye(2, 3), print_) if c.zone.id == "fir_date")


def test_a_date_inside_its_zone_is_cut_out_as_its_form_says():
    crop = crop_of(page("4/1/21"), form())
    assert crop.zone.box == DATE and tuple(crop.box) == DATE and not crop.is_cut


def test_a_date_that_runs_over_the_edge_is_read_and_shown_to_its_end():
    """The box ends behind "04/01/20": the picture and what is read go on to the paper behind the last figure."""
    text = "04/01/2021"
    crop = crop_of(page(text, 170), form())
    end = 170 + cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 3)[0][0]
    assert crop.zone.box[2] >= end > DATE[2] and crop.box.x1 >= end and not crop.is_cut
    assert crop.zone.box[:2] == DATE[:2] and crop.raw.shape[1] > crop.raw.shape[0] * 5


@pytest.mark.parametrize("at", range(120, 200, 5))
def test_an_edge_between_two_figures_cuts_a_date_no_less_than_one_through_a_figure(at):
    text = "04/01/2021"
    end = at + cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 3)[0][0]
    assert crop_of(page(text, at), form()).zone.box[2] >= min(end, max(DATE[2], end - 3))


@pytest.mark.parametrize(
    ("picture", "print_", "shown"),
    [
        (page("04/01/2021", 170), form(label=[310, 112, 360, 130]), 500),
        (page("04/01/2021", 170), form(label=[310, 112, 360, 130], beside=[365, 100, 500, 140]), 365),
        (page("04/01/2021", 170), form(beside=[320, 100, 500, 140]), 320),
        (page("04/01/2021", 170, width=345), form(), 345),
    ],
    ids=["a printed word is in the way", "and another zone behind it", "another zone is", "the scan ends"],
)
def test_writing_that_cannot_be_followed_is_cut_and_shown_as_far_as_the_next_zone(picture, print_, shown):
    crop = crop_of(picture, print_)
    assert crop.is_cut and crop.box.x1 == shown
    assert crop.zone.box[2] <= min(shown, 310 if len(print_.labels) > 1 else shown)


def test_a_printed_word_at_the_edge_is_no_writing():
    crop = crop_of(page("4/1/21", 110), form(label=[290, 112, 340, 130]))
    printed = page("4/1/21", 110)
    cv2.putText(printed, "Time", (290, 130), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    assert not crop.is_cut and not crop_of(printed, form(label=[290, 112, 340, 130])).is_cut


def test_a_form_that_names_no_printed_words_is_left_as_it_is():
    crop = crop_of(page("04/01/2021", 170), form(named=False))
    assert crop.zone.box == DATE and not crop.is_cut


def test_a_cut_date_is_never_sure_says_why_and_does_not_stand_in_the_box(tmp_path):
    print_ = form(beside=[320, 100, 500, 140])
    crop = crop_of(page("04/01/2021", 170), print_)
    reading = _reading(crop, [("fields:hand", EngineText("04/01/20", 0.99))])
    decided = decide_page(Recognition("t", 700, 200, zones=(reading,)), print_, {}).zones["fir_date"]
    assert INK_CUT in decided.notes and decided.value
    value = zone_value(decided, 0.5)
    assert value.accept == NEVER and value.notes == (INK_CUT,)
    cell = FieldValue(value.raw, "2020-01-04", value.confidence, accept=value.accept, notes=value.notes)
    assert reasons(Record("r", "iif1", {"fir_date": cell}), "fir_date", ()) == (INK_CUT,)
    item = Item(
        "i", "r", "zone:p/fir_date", ("fir_date",), value.raw, value.raw, (), 0.99, (INK_CUT,), (), "s", page="p"
    )
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        floors = PrefillFloors(ledger)
        assert not floors.allow(item) and floors.allow(replace(item, why=()))
