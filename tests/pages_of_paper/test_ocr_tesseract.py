"""Engines: one contract for all; Tesseract's own quirks, with its table parsed and with the program itself."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.engine import EngineText, LineImage
from ocr.engines import engine_names, load_engine
from ocr.engines import tesseract as module
from ocr.engines.replay import RecordingEngine, ReplayEngine, ask_key
from ocr.engines.tesseract import Tesseract
from ocr.errors import EngineFailed, EngineMissing
from ocr.page import Box, Word
from ocr.scans.time_limit import processor_s
from ocr.tesseract import inside, models, program
from ocr.tesseract.ask import parse_tsv

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def crop(words="Hello world 1987", languages=("en",), **more):
    page = np.full((70, 640), 255, np.uint8)
    for i, line in enumerate(words.split("\n")):
        cv2.putText(page, line, (20, 50 + 60 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (0,), 3, cv2.LINE_AA)
    return LineImage(page, languages, **more)


def word_row(page, line, number, text, confidence=90.0, box=(10, 20, 30, 40)):
    cells = [5, page, 1, 1, line, number, *box, confidence, text]
    return "\t".join(str(c) for c in cells)


def page_row(page):
    return "\t".join(str(c) for c in [1, page, 0, 0, 0, 0, 0, 0, 640, 70, -1, ""])


@pytest.fixture
def scripted(monkeypatch):
    """Tesseract with its program replaced by answers: a function from (how, number of crops) to texts."""
    calls = []

    def install(answer):
        def call(listed, how, until):
            with open(listed, encoding="utf-8") as file:  # noqa: PTH123
                names = file.read().splitlines()
            calls.append((how, [cv2.imread(n, cv2.IMREAD_GRAYSCALE).shape for n in names]))
            rows = [HEAD]
            for i, text in enumerate(answer(how, len(names)), start=1):
                rows.append(page_row(i))
                rows += [word_row(i, 1, n, w) for n, w in enumerate(text.split(), start=1)]
            return "\n".join(rows) + "\n"

        monkeypatch.setattr(program, "_call", call)
        monkeypatch.setattr(program, "_version", lambda: "5.0")
        monkeypatch.setattr(models, "find_model", lambda name: Path(name) if name in ("eng", "hin", "tam") else None)
        monkeypatch.setattr(models, "system_folder", lambda: Path("tessdata"))
        monkeypatch.setattr(module, "usual_runner", program.Program)
        return calls

    return install


def test_engines_are_found_by_name():
    assert {"tesseract", "replay", "null"} <= set(engine_names())
    with pytest.raises(EngineMissing, match="abacus"):
        load_engine("abacus")


def test_the_null_engine_sees_nothing():
    assert load_engine("null").read([crop(), crop()]) == [EngineText("", 0.0)] * 2


def test_many_crops_go_in_one_call_each_language_and_kind(scripted):
    calls = scripted(lambda how, n: [f"{'+'.join(how.models)}{how.psm}"] * n)
    lines = [crop(), crop(languages=("hi",)), crop(), crop(block=True), crop(digits=True), crop(languages=("hi", "en"))]
    texts = [t.text for t in Tesseract().read(lines)]
    assert texts == ["eng7", "hin7", "eng7", "eng6", "eng7", "hin+eng7"]
    assert len(calls) == 5


def test_an_empty_line_is_read_again_as_a_raw_line_without_margin(scripted):
    calls = scripted(lambda how, n: ["seen", ""] if how.psm == 7 else ["rescued"])
    assert [t.text for t in Tesseract().read([crop(), crop()])] == ["seen", "rescued"]
    assert [(how.psm, shapes) for how, shapes in calls] == [(7, [(94, 664)] * 2), (13, [(70, 640)])]


def test_a_crop_on_grey_ground_gets_no_margin(scripted):
    calls = scripted(lambda how, n: ["seen"] * n)
    grey = LineImage(np.full((70, 640), 180, np.uint8), ("en",))
    Tesseract().read([grey])
    assert calls[0][1] == [(70, 640)]


def test_crops_too_small_to_hold_a_letter_are_not_sent(scripted):
    calls = scripted(lambda how, n: ["seen"] * n)
    speck = LineImage(np.zeros((2, 300), np.uint8), ("en",))
    assert [t.text for t in Tesseract().read([speck, crop()])] == ["", "seen"]
    assert len(calls) == 1
    assert Tesseract().read([]) == []


def test_digits_of_the_language_are_allowed_when_a_number_is_wanted(scripted):
    calls = scripted(lambda how, n: ["१"] * n)
    Tesseract().read([crop(languages=("hi",), digits=True)])
    assert calls[0][0].letters == "0123456789०१२३४५६७८९/.:-"


def test_words_lines_and_confidence():
    rows = [HEAD, page_row(1), word_row(1, 1, 1, "ab", 100.0), word_row(1, 1, 2, "cdefgh", 50.0), word_row(1, 2, 1, "  "),
            word_row(1, 2, 2, "x", -1.0), page_row(2)]  # fmt: skip
    first, second = parse_tsv("\n".join(rows))
    from ocr.languages.language import language

    text = module._text(first, language("en"), 12)
    assert text.text == "ab cdefgh\nx"
    assert text.confidence == pytest.approx((2 * 1.0 + 6 * 0.5) / 9, abs=1e-4)
    assert text.words[0] == Word("ab", 1.0, Box(-2, 8, 28, 48))
    assert module._text(second, language("en")) == EngineText("", 0.0)


def test_text_is_repaired_for_its_language(scripted):
    scripted(lambda how, n: ["அவன்\u200c வந்தான்\u200c"] * n)
    assert Tesseract().read([crop(languages=("ta",))])[0].text == "அவன் வந்தான்"


def test_a_missing_language_pack_is_named(scripted):
    scripted(lambda how, n: ["seen"] * n)
    with pytest.raises(EngineMissing, match=r"Bengali\. Install tesseract-ocr-ben, or run digitize doctor"):
        Tesseract().read([crop(), crop(languages=("bn",))])


def test_no_program_says_what_to_install(monkeypatch):
    import pytesseract

    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program-here")
    program._version.cache_clear()
    try:
        engine = Tesseract(runner=program.Program())
        with pytest.raises(EngineMissing, match="Install the package tesseract-ocr"):
            engine.read([crop()])
        with pytest.raises(EngineMissing, match="Install the package tesseract-ocr"):
            engine.name_and_version()
    finally:
        program._version.cache_clear()


def test_without_any_model_tesseract_itself_is_named(monkeypatch):
    monkeypatch.setattr(models, "find_model", lambda name: None)
    monkeypatch.setattr(models, "system_folder", lambda: None)
    with pytest.raises(EngineMissing, match="Install the package tesseract-ocr"):
        Tesseract().read([crop()])


def test_answers_for_fewer_crops_than_asked_are_a_failure(scripted):
    scripted(lambda how, n: ["seen"] * (n - 1))
    with pytest.raises(EngineFailed, match="1 of 2"):
        Tesseract().read([crop(), crop()])


def test_a_crop_without_language_is_refused(scripted):
    scripted(lambda how, n: ["seen"] * n)
    with pytest.raises(EngineFailed, match="without a language"):
        Tesseract().read([crop(languages=())])


def test_a_recording_answers_for_its_engine(tmp_path, scripted):
    scripted(lambda how, n: [f"line {i}" for i in range(n)])
    lines = [crop("a"), crop("b"), crop("a", digits=True)]
    assert len({ask_key(x) for x in lines}) == 3
    recorder = RecordingEngine(Tesseract())
    texts = recorder.read(lines)
    recorder.save(tmp_path)
    replay = ReplayEngine(tmp_path)
    assert replay.read(lines[::-1]) == texts[::-1]
    assert replay.name_and_version() == recorder.name_and_version()
    assert "en" in replay.languages()
    with pytest.raises(EngineFailed, match="1 of 2"):
        replay.read([lines[0], crop("never asked")])


def test_a_recording_that_is_not_there_says_so(tmp_path):
    with pytest.raises(EngineMissing, match="no recording"):
        load_engine(f"replay:{tmp_path}")
    (tmp_path / "answers.json").write_text('{"format": 9}')
    with pytest.raises(EngineMissing, match="format 9"):
        load_engine(f"replay:{tmp_path}")


RUNNERS = [pytest.param(inside.Inside, id="in-process"), pytest.param(program.Program, id="program")]
both_ways = pytest.mark.parametrize("runner", RUNNERS)
needs_program = pytest.mark.skipif(not shutil.which("tesseract"), reason="Tesseract is not installed")


@pytest.mark.engine
@needs_program
@both_ways
def test_the_program_reads_lines_blocks_and_nothing(runner):
    block = LineImage(np.vstack([crop("first line").image, crop("second line").image]), ("en",), block=True)
    empty = LineImage(np.full((64, 400), 255, np.uint8), ("en",))
    line, two, digits, nothing = Tesseract(60, runner()).read([crop(), block, crop("1987", digits=True), empty])
    assert line.text == "Hello world 1987" and line.confidence > 0.8
    assert two.text == "first line\nsecond line"
    assert digits.text == "1987"
    assert nothing.text == "" or nothing.confidence < 0.5
    box = line.words[0].box
    ink = np.argwhere(crop().image < 128)
    assert abs(box.x0 - ink[:, 1].min()) <= 4 and abs(box.y0 - ink[:, 0].min()) <= 8


@pytest.mark.engine
@needs_program
@both_ways
def test_the_program_is_killed_when_time_is_up(runner):
    lines = [crop(f"Hello world {i}") for i in range(200)]
    before = processor_s()
    with pytest.raises(EngineFailed, match="longer than a page may take"):
        Tesseract(0.3, runner()).read(lines)
    assert processor_s() - before < 3


@pytest.mark.engine
@needs_program
@both_ways
def test_the_same_crops_give_the_same_answers(runner):
    lines = [crop(), crop("Harbour 12/87"), crop(block=True)]
    engine = Tesseract(60, runner())
    assert engine.read(lines) == Tesseract(60, runner()).read(lines)
    assert [engine.read([x])[0] for x in lines] == engine.read(lines)


@pytest.mark.engine
@needs_program
@both_ways
def test_a_page_comes_as_lines_with_boxes_in_reading_order(runner):
    page = np.vstack([np.full((60, 640), 255, np.uint8), crop("first line").image, crop("second line").image])
    first, second = Tesseract(60, runner()).read_page(page, ("en",))
    assert (first.text, second.text) == ("first line", "second line")
    assert 60 <= first.box.y0 < first.box.y1 <= second.box.y0 + 10
    assert first.by == "tesseract:eng" and not first.calibrated


@pytest.mark.engine
@needs_program
def test_a_damaged_model_file_is_named(tmp_path, monkeypatch):
    path = tmp_path / "hin.traineddata"
    path.write_bytes(b"no model")
    monkeypatch.setattr(inside, "check_whole", lambda name: path)
    with pytest.raises(EngineMissing, match=r"hin\.traineddata is damaged.*--reinstall tesseract-ocr-eng"):
        Tesseract(60, inside.Inside()).read([crop()])
