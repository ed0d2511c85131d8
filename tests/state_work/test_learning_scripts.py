"""Learning native digits and words of lists: which zones teach whom, how values stand, whose pages change, adoption.

All crops are drawn: nothing here says how real hands are learned.
"""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from digitize.errors import InputError, MachineLacks
from digitize.learning import comparison, turns
from digitize.learning import learn as learning
from digitize.learning.accepted import AcceptedPage, accepted_pages
from digitize.learning.crops import CropJob, choose
from digitize.learning.networks import NETWORKS, content_to_teach, first_weights, taught_by
from digitize.learning.spellings import SettledValue, native_spellings, word_spellings
from digitize.machine.progress import Silent
from digitize.reading.job import PageDone, PageReading
from digitize.steps.read_keys import DECIDE, recognise_key
from digitize.workspace.calibration.threshold_store import is_for_weights, weights_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.chosen_weights import PACKAGE, find_all_chosen, find_chosen, list_choices
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.own_weights import keep_weights, use_weights
from digitize.workspace.place import create
from ocr.engine import LineImage
from ocr.engines.digits import TAUGHT_FROM, Digits
from ocr.engines.words import WEIGHTS, WordsEngine
from ocr.forms.networks import networks_in
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import load_models
from ocr.handwriting.word_entries import read_word_entry
from ocr.handwriting.words import SCRIPTS
from ocr.languages.lexicon import Lexicon
from ocr.learning import teach
from ocr.learning.strips import DrawnStrips
from ocr.learning.teach import Course
from ocr.models.onnx_file import with_told
from ocr.models.running import is_here, load_content
from ocr.page import Box, Decided, Reading
from ocr.plain import reading_to_plain

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / "training/digits/cmaterdb/native_digits.onnx"
ENTRIES = ("कोट", "गोट", "कोर", "गोर", "चोट", "नोट", "मोर", "भोर")
STATIONS = Lexicon("station", tuple((text, ()) for text in ENTRIES))
SCAN = PageScan("wb-t-0001-0001", "aa" * 32, 0, "wb-t-b0001", 1, 1, language="hi")
FACTS = {"parent": PACKAGE, "pages": 30, "values": 90}
weights = pytest.mark.skipif(not is_here(WEIGHTS), reason="the weights or onnxruntime are not installed")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return create("wb", tmp_path_factory.mktemp("scripts") / "ws")


@pytest.fixture
def ledger(place, tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as opened:
        yield opened


def known_with(place, own=(), native_digits="own"):
    settings = ReadSettings(
        languages=("hi",), handwriting_engine="auto", native_digits=native_digits, weights=tuple(own)
    )
    return SimpleNamespace(
        place=place, weights=settings.weights, read_settings=lambda _: settings, forms=load_models().forms,
        lexica={"station": STATIONS}, workers=1, read_key=lambda _: settings.key(),
    )  # fmt: skip


def slanted(text):
    """A word in print, leaning hard to the left and squeezed: a hand that the package's weights misread."""
    face = ImageFont.truetype(str(ROOT / "digitize/machine/fonts/Deva.woff2"), 34)
    room = Image.new("L", (int(face.getlength(text)) + 140, 64), 255)
    ImageDraw.Draw(room).text((70, 46), text, 0, face, anchor="ls")
    move = np.array([[1, 1, 0], [0, 0.6, 12.8]], np.float32)
    return cv2.warpAffine(np.asarray(room, np.uint8), move, room.size, borderMode=cv2.BORDER_REPLICATE)


def test_a_number_stands_in_digits_of_its_script_or_in_latin_ones():
    made = native_spellings(SettledValue("time", "१६:१५ बजे", language="hi"), 1)
    assert {("१६.१५",), ("१६-१५",), ("16.15",)} <= {*made}
    assert ("07/07/2004",) in native_spellings(SettledValue("date", "7.7.2004", language="hi"), 1)
    assert ("৬৩৮/০৪",) in native_spellings(SettledValue("digits", "638", "2004", language="bn"), 1)
    assert native_spellings(SettledValue("digits", "638", language="xx"), 1) == []


def test_an_entry_stands_in_the_letters_of_its_script_in_the_order_of_the_paper():
    listed = Lexicon("station", (("Fort", ("क़िला", "Qila")), ("Lake", ("झील",))), beside=("थाना",))
    made = {text for (text,) in word_spellings(SettledValue("line", "fort", lexicon=listed, language="hi"), 1)}
    assert "िकला" in made and not any("झ" in text or "Q" in text for text in made)
    assert any("थाना" in text for text in made)
    # What is in no list was typed as it stands on the paper.
    assert ("नया",) in word_spellings(SettledValue("line", "नया", lexicon=listed, language="hi"), 1)
    assert word_spellings(SettledValue("line", "fort", language="hi"), 1) == []


def test_zones_teach_the_network_that_reads_them_and_no_name_is_among_them():
    forms = load_models().forms
    bengali = {z.id: taught_by(z, forms["iif1_bn"], names=True) for z in forms["iif1_bn"].zones}
    assert (bengali["district"], bengali["occurrence_day"], bengali["gd_time"]) == ("words", "words", "digits")
    assert not bengali["complainant_name"] and not bengali["statutes"]
    assert "words" not in {taught_by(z, forms["iif1_ta"], names=True) for z in forms["iif1_ta"].zones}


def test_only_pages_of_forms_that_a_network_reads_have_another_key_when_it_learned(place):
    forms, plain = ("iif1_en", "iif1_ta", "iif1_hi", "wbp_27_a1"), known_with(place)
    for network, changed in (
        ("words", {"iif1_hi"}), ("digits", {"iif1_hi", "iif1_ta"}), ("fields", {*forms}),
    ):  # fmt: skip
        own = known_with(place, [(network, Path("/x/own-1.onnx"))])
        assert {f for f in forms if recognise_key(own, SCAN, f) != recognise_key(plain, SCAN, f)} == changed
        assert {f for f in forms if network in networks_in(plain.forms[f])} == changed
        assert recognise_key(own, SCAN, None) == recognise_key(plain, SCAN, None)
    none = known_with(place, [("digits", Path("/x/own-1.onnx"))], native_digits="none")
    assert none.read_settings("").weights_key("iif1_hi") == "" and none.read_settings("").own_digits_engine == "none"


def test_each_network_has_weights_of_its_own_and_goes_back_by_itself(place, ledger):
    one, two = (keep_weights(place, n.encode(), {**FACTS, "network": n}) for n in ("fields", "words"))
    assert use_weights(ledger, place, one.name) and use_weights(ledger, place, two.name)
    assert (
        find_all_chosen(ledger) == {"fields": one.name, "words": two.name} and find_chosen(ledger, "digits") == PACKAGE
    )
    assert use_weights(ledger, place, PACKAGE, network="words") and find_all_chosen(ledger) == {"fields": one.name}
    assert not use_weights(ledger, place, PACKAGE, network="digits")
    with pytest.raises(InputError, match="words"):
        use_weights(ledger, place, two.name, network="digits")
    assert use_weights(ledger, place, two.name) and use_weights(ledger, place, PACKAGE)
    assert find_all_chosen(ledger) == {} == list_choices(ledger)[-1] and len(list_choices(ledger)) == 4
    assert "lists in Devanagari" in two.line()


def test_an_answer_counts_while_the_networks_of_its_form_read_as_they_did():
    now = {"fields": "own-1", "words": "own-2"}
    label = weights_of({"words", "digits", "fields"}, now)
    assert is_for_weights(label, now) and is_for_weights("any", now) and weights_of((), now) == "any"
    assert not is_for_weights(label, {"fields": "own-1"}) and not is_for_weights(label, {**now, "digits": "own-3"})
    # Answers of before there were several networks bear the name alone.
    assert (
        weights_of({"fields"}, now) == "own-1" and is_for_weights("own-1", now) and not is_for_weights("package", now)
    )


def test_what_a_network_begins_with_must_be_there_and_of_the_same_build(place):
    digits = NETWORKS["digits"]
    assert first_weights(digits, known_with(place)) is None, "the package has none"
    assert first_weights(digits, known_with(place, native_digits=str(DIGITS))) == DIGITS
    with pytest.raises(MachineLacks, match="built differently"):
        content_to_teach(digits, ROOT / "training/digits/unfinished/drawn_digits.onnx")
    for network in NETWORKS.values():
        assert len(network.strips().texts) >= 500
    assert DrawnStrips.of_package("no_such.npz") is None


def test_values_of_taught_digits_are_weighed_as_those_they_came_from(tmp_path):
    content = content_to_teach(NETWORKS["digits"], DIGITS)
    assert load_content(content).get_modelmeta().custom_metadata_map[TAUGHT_FROM] == "native_digits"
    own = tmp_path / "own-1.onnx"
    own.write_bytes(content)
    # Taught on, it still says what it first came from.
    assert content_to_teach(NETWORKS["digits"], own) == content
    other = tmp_path / "other.onnx"
    other.write_bytes(with_told(DIGITS.read_bytes(), {"x": "y"}))
    line = LineImage(slanted("२०१८"), ("hi",), kind="year")
    (as_came,), (unknown,), (first,) = (Digits(weights=w).read([line]) for w in (own, other, DIGITS))
    assert as_came == first and unknown.confidence <= 0.5


def settle(ledger, values):
    """Pages of a Hindi form with a settled station each."""
    Catalogue(ledger).insert_batch(Batch(SCAN.batch, "book", "2026-11-28"))
    for n, value in enumerate(values):
        scan = replace(SCAN, page=f"wb-t-0001-{n:04d}", number=n, sha256=f"{n:064x}")
        Catalogue(ledger).insert_source(SourceFile(scan.sha256, scan.batch, f"{n}.png", 1, "image/png", 1, ".png"))
        Catalogue(ledger).insert_scan(scan)
        ledger.finish(scan.page, DECIDE, "k", {}, {"form": "iif1_hi"})
        for zone, said in (("police_station", value), ("complainant_name", "नाम")):
            cell = f"zone:{scan.page}/{zone}"
            decision = Decision(f"{scan.page}-r1", cell, "x", f"{scan.sha256}:0", "iif1", "value", said, "A")
            Records(ledger).insert_decision(decision, f"2026-11-{n + 1:02d}")


def jobs_on(written):
    """Instead of a pool: crops and readings of what is written on each page, by the networks themselves."""

    def run(work, jobs, *_):
        for job in jobs:
            line = LineImage(slanted(written[job.page]), ("hi",), kind="line", is_listed=True)
            if isinstance(job, CropJob):
                settled = SettledValue("line", dict(job.values)["police_station"], lexicon=STATIONS, language="hi")
                yield job, tuple(choose(line, settled, job.weights, NETWORKS[job.network]))
                continue
            found = read_word_entry(
                WordsEngine(weights=job.settings.find_own_weights("words")).passes(line.image, "hi"),
                SCRIPTS["Deva"],
                STATIONS,
            )
            said = found[0].value if found else ""
            zones = {"police_station": Decided("police_station", said, said, 0.5, Box(0, 0, 9, 9))}
            yield job, PageDone(job.page, PageReading({}, reading_to_plain(Reading("iif1_hi", "iif1", zones))))

    return run


@weights
@pytest.mark.parametrize(("is_right", "steps"), [(True, 36), (False, 6)])
def test_a_hand_that_the_weights_misread_is_learned_and_wrong_answers_are_not(
    place, ledger, monkeypatch, is_right, steps
):
    written = [ENTRIES[n % 4] for n in range(16)]
    settle(ledger, written if is_right else [ENTRIES[(3 * n + n // 4 + 1) % 8] for n in range(16)])
    known = known_with(place)
    pages = accepted_pages(ledger, known, "words", names=True)
    assert pages and all(isinstance(p, AcceptedPage) and [z for z, _ in p.values] == ["police_station"] for p in pages)
    assert accepted_pages(ledger, known, "digits", names=True) == []
    for module in (learning, comparison):
        monkeypatch.setattr(module, "run_jobs", jobs_on({p.scan.page: w for p, w in zip(pages, written, strict=True)}))
    monkeypatch.setattr(teach, "_BATCHES", 2)
    monkeypatch.setattr(turns, "_HELD_SHARE", 0.25)
    course = Course(steps=steps, batch=6, rate=4e-3)
    found = learning._Work(ledger, known, NETWORKS["words"], pages, course, Silent()).learn()
    assert found.judged.held == 16 and found.adopted is is_right, found.lines()
    assert find_all_chosen(ledger) == ({"words": found.weights.name} if is_right else {})
    assert found.weights.network == "words" and not found.weights.names


def test_with_too_few_settled_pages_nothing_is_taught(place):
    with pytest.raises(InputError, match="12 are needed"):
        learning.learn_handwriting(place, Silent())
