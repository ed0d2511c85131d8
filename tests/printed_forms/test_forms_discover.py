"""A print that no file describes: drafted from ten filled pages of it, and used when a person has looked at it."""

import json
from hashlib import sha256

import cv2
import numpy as np
import pytest

from digitize.errors import InputError, NotFound, OptionsError
from digitize.files.forms.discovered import accept_print, form_text, waiting_prints
from digitize.steps.discover import unknown_pages
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place
from ocr.drafting.carried import carried_form
from ocr.drafting.discover import discover_prints
from ocr.forms.by_labels import fit_labels, windows_of
from ocr.forms.form import Form, load_form, load_forms
from ocr.forms.zones import FormModels, Match
from ocr.geometry.features import FormFeatures
from ocr.page import Box, Line, Word

WIDE, HIGH, DOWN = 360, 280, 8
"""A small form of invented words, two to a line; in the other print the lower half stands 8 pixels lower."""
WORDS = ["granary", "lantern", "meadow", "orchard", "paddock", "quarry", "rivulet"]
ROWS = [((word, 20, 85), (word[::-1], 90, 155)) for word in WORDS]
TOPS = [30 + 34 * i for i in range(len(WORDS))]


def set_anew(top):
    return top + (DOWN if top > HIGH / 2 else 0)


@pytest.fixture(scope="module")
def form():
    labels = [
        {"text": word, "box": [x0, y, x1, y + 20]} for y, row in zip(TOPS, ROWS, strict=True) for word, x0, x1 in row
    ]
    zones = [{"id": w, "box": [160, y - 4, 350, y + 26]} for w, y in zip(WORDS, TOPS, strict=True)]
    head = {"format": 1, "id": "known", "family": "known", "title": "Invented", "languages": ["en"]}
    return Form.model_validate(
        {**head, "width": WIDE, "height": HIGH, "features": "known.npz", "labels": labels, "zone": zones}
    )


class _Reader:
    """Reads the words of the other print where they stand, whatever the picture's size."""

    def read_page(self, image, languages, *, sparse=False):
        times = image.shape[0] / HIGH
        lines = []
        for top, row in zip(TOPS, ROWS, strict=True):
            for word, x0, x1 in row:
                box = Box(*(round(times * v) for v in (x0, set_anew(top), x1, set_anew(top) + 20)))
                lines.append(Line(word, 1, box, (Word(word, 1, box),), 0, ("en",)))
        return lines


def filled_page(seed):
    letters = np.random.default_rng(seed)
    page = np.full((HIGH, WIDE), 255, np.uint8)
    for row, top in zip(ROWS, TOPS, strict=True):
        for word, x0, _ in row:
            cv2.putText(page, word, (x0, set_anew(top) + 15), 0, 0.5, 30, 1, cv2.LINE_AA)
        at = (160 + int(letters.integers(0, 50)), set_anew(top) + int(letters.integers(6, 20)))
        cv2.putText(page, "".join(letters.choice(list("abcdefgh"), 8)), at, 1, 1.4, 60, 1, cv2.LINE_AA)
    return page


def test_ten_pages_give_the_print_and_nine_do_not(form, monkeypatch):
    monkeypatch.setattr("ocr.drafting.discover._ROUNDS", 1)  # a second look at the same pages costs a second
    pages = [filled_page(seed) for seed in range(10)]
    known = FormModels(
        {form.id: form}, {form.id: FormFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8))}
    )
    place = lambda page: Match(form, 20, np.eye(2, 3))  # noqa: E731
    assert discover_prints(pages[:9], place, known, _Reader(), iter(["own_print_1"])) == []
    (found,) = discover_prints(pages, place, known, _Reader(), iter(["own_print_1"]))
    assert len(found.pages) == 10 and found.share == 1 and not found.form.confirmed
    for zone, top in zip(found.form.zones, TOPS, strict=True):
        assert abs(zone.box[1] - (set_anew(top) - 4)) <= 2 and abs(zone.box[3] - (set_anew(top) + 26)) <= 2
    assert found.picture.shape == (HIGH, WIDE)


def test_a_carried_form_is_the_known_one_moved_and_can_be_read_back(tmp_path):
    base = load_forms()["wbp_27_b"]
    lines = [Line(x.text, 1, Box(*x.box), (Word(x.text, 1, Box(*x.box)),), 0, ("en",)) for x in base.labels]
    fit = fit_labels(base, windows_of(lines))
    assert fit is not None
    form = carried_form(fit, "own_print_1", 12)
    path = tmp_path / "own_print_1.toml"
    path.write_text(form_text(form), encoding="utf-8")
    assert load_form(path) == form
    assert form.family == base.family and form.zone("info_type").choices == base.zone("info_type").choices
    off = np.array([z.box for z in form.zones]) - np.array([z.box for z in base.zones])
    assert np.abs(off).max() <= 3


def test_a_person_confirms_a_print_once(digitize, tmp_path, form):
    ws = tmp_path / "ws"
    digitize("init", "wb", ws)
    file = ws / "forms" / "own_print_1.toml"
    file.write_text(form_text(form.model_copy(update={"id": "own_print_1", "confirmed": False})), encoding="utf-8")
    assert [f.id for f in waiting_prints(ws / "forms")] == ["own_print_1"]
    place = open_place(ws)
    with Ledger(place.ledger) as ledger:
        with pytest.raises(OptionsError, match="--operator"):
            accept_print(ledger, place, "own_print_1", " ")
        assert accept_print(ledger, place, "own_print_1", "A. Rao").confirmed
        assert waiting_prints(ws / "forms") == []
        with pytest.raises(InputError, match="already"):
            accept_print(ledger, place, "own_print_1", "A. Rao")
        with pytest.raises(NotFound, match="own_print_2"):
            accept_print(ledger, place, "own_print_2", "A. Rao")
        told = [json.loads(r["detail"]) for r in ledger.rows("SELECT detail FROM events WHERE step = 'forms'")]
    assert told == [{"by": "A. Rao", "form": "own_print_1", "sha256": sha256(file.read_bytes()).hexdigest()}]


def test_pages_of_a_print_that_is_not_known_are_found_in_the_ledger(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    scan = {"idx": 0, "batch": "b", "number": 1, "kind": "", "station": "", "district": "", "year": ""}
    with ledger.writing():
        for page in ("a", "b", "c"):
            ledger.insert_row("scans", {**scan, "page": page, "sha256": page * 64, "volume": 1, "language": "en"})
        ledger.record_event("a", "recognise", "done", key="1", detail={"form": "wbp_27", "print_unknown": True})
        ledger.record_event("b", "recognise", "done", key="1", detail={"form": "wbp_27_b"})
    assert [s.page for s in unknown_pages(ledger)] == ["a"]
