"""Handwritten words of Devanagari and Bengali: letters in the order of the paper, entries of lists, and what is held."""

from dataclasses import replace

import numpy as np
import pytest

from digitize.reading.never import NEVER
from digitize.reading.values import zone_value
from digitize.review import prefill
from digitize.workspace.calibration.values import TOGETHER
from digitize.workspace.decisions.items import Item
from ocr.calibration.fields import is_known
from ocr.engine import LineImage
from ocr.engines.words import WordsEngine
from ocr.forms.decide import decide_zone
from ocr.forms.form import Zone
from ocr.handwriting.packed import pack, script_of, unpack
from ocr.handwriting.word_entries import read_word_entry
from ocr.handwriting.words import CHARACTERS, SCRIPTS, as_script, word_scripts
from ocr.languages.lexicon import Lexicon
from ocr.languages.visual import REPH, as_written
from ocr.page import HAND_NOT_MEASURED, Box, Candidate, ZoneReading

DEVA, BENG = SCRIPTS["Deva"], SCRIPTS["Beng"]
PLACES = Lexicon(
    "place", (("Namunapur", ("नमूनापुर", "N02")), ("Udaharangarh", ("उदाहरणगढ़", "U.Garh")), ("Kot", ("कोट",)))
)
ZONE = Zone(id="place", box=(0, 0, 9, 9), list="place")


def seen(text, script=DEVA, sure=0.9):
    """A matrix that says a text in the order of the paper, a blank between its signs."""
    classes = ["_", *script.characters]
    path = ["_", *(c for sign in as_written(text) for c in (sign, "_"))]
    matrix = np.full((len(path), len(classes)), (1 - sure) / (len(classes) - 1))
    for frame, sign in enumerate(path):
        matrix[frame, classes.index(sign)] = sure
    return np.log(matrix).astype(np.float32)


def decided(text, *print_said, lexicon=PLACES, zone=ZONE):
    read = ZoneReading(zone.id, Box(0, 0, 9, 9), print_said, matrices=(pack(seen(text), DEVA),) * 2)
    return decide_zone(read, zone, lexicon)


@pytest.mark.parametrize(
    ("spoken", "on_paper"),
    [
        ("कि", "िक"), ("पश्चिम", "पिश्चम"), ("गोर्की", f"गोकी{REPH}"), ("दर्जि", f"दिज{REPH}"), ("चन्द्र", "चन्द्र"),
        ("কেন", "েকন"), ("জোড়া", "েজাড়া"), ("দৌলত", "েদৗলত"), ("পরিদর্শক", f"পিরদশ{REPH}ক"), ("ক্ষেত্র", "েক্ষত্র"),
        ("ৰাজ", "ৰাজ"), ("Lake 12", "Lake 12"),
    ],
)  # fmt: skip
def test_letters_stand_in_the_order_of_the_paper(spoken, on_paper):
    assert as_written(spoken) == on_paper


def test_a_matrix_is_kept_with_the_script_of_its_classes():
    matrix = seen("নমুনা", BENG)
    assert np.allclose(unpack(pack(matrix, BENG)), matrix, atol=0.07)
    assert script_of(pack(matrix, BENG)) is BENG and script_of(pack(np.zeros((3, 96), np.float32))) is None


def test_letters_of_another_script_take_no_part():
    said = np.log(np.full((2, 1 + len(CHARACTERS)), 1 / (1 + len(CHARACTERS)), np.float32))
    assert np.allclose(np.exp(as_script(said, CHARACTERS, BENG)).sum(1), 1, atol=1e-3)


def test_all_languages_of_a_script_are_read():
    assert {"hi", "mr"} <= {c for c, s in word_scripts().items() if s is DEVA}
    assert {"bn", "as"} <= {c for c, s in word_scripts().items() if s is BENG}


@pytest.mark.parametrize("written", ["उदाहरणगढ़", "उदाहरणगढ", "उदाहरण गढ़"])
def test_an_entry_is_found_however_its_dots_are_written(written):
    spaced = Lexicon("place", (("Udaharangarh", ("उदाहरण गढ़",)), *PLACES.entries[::2]))
    (best, *_) = read_word_entry([seen(written)], DEVA, spaced)
    assert (best.value, best.text) == ("Udaharangarh", "उदाहरण गढ़")


def test_dots_of_what_is_abbreviated_may_be_missing():
    acts = Lexicon("act", (("A", ("भा.दं.सं.",)), ("B", ("दं.प्र.सं.",))))
    assert read_word_entry([seen("भादंसं")], DEVA, acts)[0].value == "A"


def test_a_list_without_spellings_in_the_script_says_nothing():
    assert not read_word_entry([seen("कोट")], DEVA, Lexicon("place", (("Kot", ()),)))
    assert decided("कोट", lexicon=Lexicon("place", (("Kot", ()),))).value == ""


def test_the_likeliest_entries_of_a_long_list_are_weighed():
    many = Lexicon(
        "place", tuple((f"P{n}", (f"क{'ा' * (n % 7)}ट{'ि' * (n // 7)}",)) for n in range(90)) + PLACES.entries
    )
    assert read_word_entry([seen("नमूनापुर")], DEVA, many)[0].value == "Namunapur"


def test_what_was_never_measured_is_offered_and_never_put_into_the_box():
    found = decided("नमूनापुर")
    assert (found.value, found.raw) == ("Namunapur", "नमूनापुर")
    assert 0 < found.confidence < 0.65 and found.notes == (HAND_NOT_MEASURED,)
    # However low a threshold is that a file gives; a workspace's own answers may open one.
    assert zone_value(found, 0.1).accept == NEVER and zone_value(found, 0.1, is_own=True).accept == 0.1


class _Ledger:
    def state(self, page, step):
        return None


def test_a_reading_that_nobody_measured_is_not_put_into_the_box_by_the_floors_of_other_fields(monkeypatch):
    monkeypatch.setattr(prefill, "answers_in", lambda _: [])
    floors = prefill.PrefillFloors(_Ledger())
    item = Item("1", "r", "zone:p/district", (), "", "Namuna", (), 0.86, (), (), "")
    assert floors.allow(item) and not floors.allow(replace(item, is_measured=False))
    floors._floors = {("", TOGETHER): 0.2}
    assert not floors.allow(replace(item, is_measured=False))
    floors._floors = {("", "district"): 0.6}
    assert floors.allow(replace(item, is_measured=False))


def test_print_that_is_surer_keeps_the_field_and_the_written_entry_stands_beside_it():
    found = decided("नमूनापुर", Candidate("कोट", 0.9, "tesseract"))
    assert found.value == "Kot" and "Namunapur" in [c.text for c in found.candidates]


def test_noise_of_print_gives_way():
    found = decided("नमूनापुर", Candidate("कोटत", 0.02, "tesseract"))
    assert found.value == "Namunapur"


def test_what_is_in_no_list_is_less_sure_unless_the_list_is_complete():
    strange = decided("शशशशश")
    assert strange.confidence < decided("नमूनापुर").confidence
    assert strange.confidence <= decided("शशशशश", lexicon=replace(PLACES, complete=1.0)).confidence


def test_printed_answers_are_a_list():
    zone = Zone(id="how", box=(0, 0, 9, 9), kind="choice", choices=("लिखित", "मौखिक"))
    assert decided("मौखिक", lexicon=None, zone=zone).value == "मौखिक"


def test_how_sure_entries_are_was_fitted():
    assert is_known("words") and is_known("listed_words")


def test_without_its_weights_the_engine_reads_no_language(tmp_path, monkeypatch):
    monkeypatch.setattr("ocr.engines.words.is_here", lambda name: False)
    assert not WordsEngine().languages()


def test_other_kinds_of_fields_are_left_alone():
    image = np.full((48, 90), 255, np.uint8)
    found = WordsEngine().read([LineImage(image, ("hi",)), LineImage(image, ("ta",), is_listed=True)])
    assert [(f.text, f.matrices) for f in found] == [("", ()), ("", ())]


def test_what_was_never_measured_makes_no_other_field_surer():
    from ocr.forms.decide import decide_page
    from ocr.forms.form import Form
    from ocr.page import Recognition

    zones = [
        {"id": "area", "box": (0, 0, 9, 9), "list": "area"},
        {"id": "place", "box": (0, 9, 9, 18), "list": "place"},
    ]
    form = Form.model_validate(
        {
            "format": 1, "id": "f", "family": "f", "title": "F", "languages": ("hi",), "width": 99, "height": 99,
            "features": "f.npz", "source": "drawn", "zone": zones,
        }
    )  # fmt: skip
    areas = Lexicon("area", (("Namuna", ("नमूना",)), ("Kalpana", ("कल्पना",))))
    places = Lexicon("place", PLACES.entries, implies={"Namunapur": ("Namuna",)}, implied_list="area")
    by_print = ZoneReading("area", Box(0, 0, 9, 9), (Candidate("नमूना", 0.8, "tesseract"),))
    by_word = ZoneReading("place", Box(0, 9, 9, 18), (), matrices=(pack(seen("नमूनापुर"), DEVA),))
    unread = ZoneReading("place", Box(0, 9, 9, 18), (Candidate("ट", 0.01, "tesseract"),))
    lexica = {"area": areas, "place": places}
    alone, both = (
        decide_page(Recognition("f", 99, 99, zones=(by_print, place)), form, lexica).zones
        for place in (unread, by_word)
    )
    assert both["area"].confidence == alone["area"].confidence
    assert both["place"].value == "Namunapur" and both["place"].notes == (HAND_NOT_MEASURED,)
