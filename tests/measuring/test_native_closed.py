"""Closed fields of other scripts: what is measured on was never trained on, what is drawn is seeded, and is read."""

import tomllib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks import native_closed
from ocr.engine import LineImage
from ocr.engines.words import PASSES, WEIGHTS, WordsEngine
from ocr.handwriting.packed import unpack
from ocr.handwriting.word_entries import read_word_entry
from ocr.handwriting.words import CHARACTERS, SCRIPTS
from ocr.languages.lexicon import Lexicon
from ocr.languages.visual import as_written
from ocr.learning.strips import Mixture, TextStrip
from ocr.learning.teach import Course, Pupil
from ocr.models.running import content_of, is_here, load_network
from training.words.draw import Hand, written
from training.words.texts import SCRIPTS as DRAWN
from training.words.texts import allowed, is_drawn, measured_words, plain

FONTS = Path(str(resources.files("digitize.machine"))) / "fonts"
LISTED = tomllib.loads((Path(native_closed.__file__).parents[1] / "training/words/fonts.toml").read_text("utf-8"))
weights = pytest.mark.skipif(not is_here(WEIGHTS), reason="the weights or onnxruntime are not installed")


def line_of(text, script="Deva"):
    """A line of print with some paper around it."""
    face = ImageFont.truetype(str(FONTS / f"{script}.woff2"), 34)
    room = Image.new("L", (int(face.getlength(text)) + 60, 64), 255)
    ImageDraw.Draw(room).text((30, 46), text, 0, face, anchor="ls")
    return np.asarray(room, np.uint8)


@pytest.mark.parametrize(("language", "script"), [("hi", "deva"), ("bn", "beng")])
def test_fields_are_drawn_by_fonts_that_were_not_trained_on(language, script):
    of = LISTED[script]
    used = {f.font for _, some in native_closed.crops_of(native_closed.CROPS, language) for f in some}
    assert used == set(of["held_out"])
    families = {name.rsplit("-", 1)[0] for name in used}
    assert not families & {n.rsplit("-", 1)[0] for n in (*of["hands"], *of["prints"], *of["chosen_by"])}


def test_no_word_of_a_station_is_trained_on():
    names = [
        f.text for _, some in native_closed.crops_of(native_closed.CROPS, "hi") for f in some if f.list == "station"
    ]
    assert len(names) == 120 and all(set(plain(n).split()) <= measured_words() for n in names)


def test_every_field_holds_an_entry_of_its_list():
    for language in native_closed.SCRIPT_OF:
        for name, some in native_closed.crops_of(native_closed.CROPS, language):
            entries = dict(native_closed.lexica()[name].entries)
            assert all(f.text in (f.value, *entries[f.value]) for f in some)


def test_drawing_is_seeded():
    hand = Hand(str(FONTS / "Beng.woff2"), "প", False)
    first, again = (written("বিধাননগর", hand, [hand.path], 24, np.random.default_rng(7)) for _ in range(2))
    assert first.max() > 0.5 and np.array_equal(first, again)


def test_a_form_bears_letters_of_one_script():
    deva, beng = allowed(["कोट", "কোট"])
    at = {c: n + 1 for n, c in enumerate(CHARACTERS)}
    assert deva[at["क"]] and not deva[at["ক"]] and beng[at["ক"]] and not beng[at["क"]] and deva[at["7"]] and beng[0]


def test_what_is_not_of_the_script_is_not_drawn():
    assert is_drawn("भा.दं.सं.", DRAWN["deva"]) and not is_drawn("I.P.C.", DRAWN["deva"])
    assert not is_drawn("कোট", DRAWN["deva"])


@weights
@pytest.mark.parametrize(("text", "language"), [("कोतवाली", "hi"), ("বিধাননগর", "bn")])
def test_the_weights_find_a_word_in_its_list(text, language):
    script = SCRIPTS[native_closed.SCRIPT_OF[language]]
    places = Lexicon("place", tuple((t, ()) for t in (text, "नमूनापुर", "सिविल लाइन्स", "নমুনাহাট", "দমদম")))
    found = WordsEngine().read([LineImage(line_of(text, script.code), (language,), is_listed=True)])[0]
    assert found.text == "" and len(found.matrices) == len(PASSES)
    assert read_word_entry([unpack(m) for m in found.matrices], script, places)[0].value == text


@weights
def test_the_last_layers_can_be_taught_as_those_of_english_fields():
    sample = TextStrip(line_of("कोट"), as_written("कोट"), PASSES, "place")
    mixture = Mixture((sample,), None, load_network(WEIGHTS).characters)
    pupil = Pupil(content_of(WEIGHTS), mixture, Course(steps=1, batch=1))
    assert all(np.isfinite(loss) for loss in pupil.steps())
    assert pupil.content() != content_of(WEIGHTS)
