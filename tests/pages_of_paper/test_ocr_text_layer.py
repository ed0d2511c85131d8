"""Text layers of PDFs: good ones believed and read to the letter, faulty ones refused with the right reason."""

import io
import shutil
import unicodedata

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.engine import LineImage
from ocr.engines import load_engine
from ocr.outputs import OutputPage, write
from ocr.page import PageText, Scan
from ocr.print.layer_english import is_latin_nonsense, is_legacy_font, is_shifted
from ocr.print.layer_glyphs import Glyph
from ocr.print.layer_lines import lines_of
from ocr.print.layer_signs import has_unknown, is_impossible, is_mojibake
from ocr.print.text_layer import read_text_layer
from ocr.scans.scan import open_page
from sample_data.text_layers import HERE, KEPT, said, truth
from sample_data.text_layers_spoil import drawn, faults, scanned

FAULTS = list(faults(HERE))
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def judge(path, *languages, read_line=None):
    scan = Scan(path, "")
    return read_text_layer(scan, open_page(scan).grey, languages, read_line)


def plain(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.fixture(scope="module")
def engine():
    tesseract = load_engine("tesseract", 60.0)
    return lambda image, languages: tesseract.read([LineImage(image, languages)])[0].text


@pytest.mark.parametrize("name", KEPT)
def test_a_good_layer_is_believed_and_says_what_was_written(name):
    language = name.rpartition("-")[2]
    layer = judge(HERE / f"{name}.pdf", language, "en")
    assert layer.reason == ""
    assert plain(layer.text.text) == said(language)
    assert layer.text.source == "text-layer" and layer.text.confidence == 1.0


@pytest.mark.parametrize("name", KEPT)
def test_words_lie_on_their_ink(name):
    path = HERE / f"{name}.pdf"
    grey = open_page(Scan(path, "")).grey
    layer = judge(path, name.rpartition("-")[2])
    assert (layer.text.height, layer.text.width) == grey.shape
    for line in layer.text.lines:
        for word in line.words:
            x0, y0, x1, y1 = word.box
            assert 0 <= x0 < x1 <= grey.shape[1] and 0 <= y0 < y1 <= grey.shape[0]
            assert any(c.isalnum() for c in word.text) <= ((grey[y0:y1, x0:x1] < 128).mean() > 0.02)
    lines = [line.box.y0 for line in layer.text.lines]
    assert lines == sorted(lines)


def test_of_urdu_the_first_word_stands_rightmost_and_numbers_are_not_turned():
    layer = judge(HERE / "chromium-ur.pdf", "ur")
    first = layer.text.lines[0]
    assert first.text.split()[0] == truth()["ur"][0].split()[0]
    assert "154" in first.text
    assert first.words[0].box.x0 > first.words[-1].box.x1


@pytest.mark.parametrize(("name", "language", "data"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_faulty_layer_is_refused_with_its_reason(name, language, data, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    reason = name.partition(":")[0]
    layer = judge(path, language, "en")
    # That letters are exchanged by a scheme only reading the picture can show.
    assert layer.reason == ("" if reason == "unlike-picture" else reason)


@pytest.mark.engine
@needs_tesseract
@pytest.mark.parametrize(("name", "language", "data"), [f for f in FAULTS if f[0].startswith("unlike")])
def test_exchanged_letters_are_found_by_reading_the_picture(name, language, data, tmp_path, engine):
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    assert judge(path, language, "en", read_line=engine).reason == "unlike-picture"


@pytest.mark.engine
@needs_tesseract
@pytest.mark.parametrize("name", KEPT)
def test_reading_the_picture_confirms_a_good_layer(name, engine):
    assert judge(HERE / f"{name}.pdf", name.rpartition("-")[2], "en", read_line=engine).is_trusted


def test_the_cross_check_is_asked_for_few_lines_and_its_answer_counts():
    asked = []

    def says(answer):
        def read(image, languages):
            asked.append((image.shape, languages))
            return answer

        return read

    assert judge(HERE / "chromium-hi.pdf", "hi", read_line=says("something else")).reason == "unlike-picture"
    assert len(asked) == 1 and asked[0][1] == ("hi",)


def test_a_page_without_text_and_a_damaged_one(tmp_path):
    empty = tmp_path / "empty.pdf"
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(300, 400))
    pdf.save(empty)
    assert judge(empty, "hi").reason == "none"
    page.Contents = pdf.make_stream(b"BT /Nothing 12 Tf (abc) Tj ET Q Q ]] (")
    pdf.save(empty)
    assert not judge(empty, "hi").is_trusted


def test_our_own_searchable_pdf_is_not_taken_for_the_producers_words(tmp_path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned(HERE / "chromium-en.pdf", []))
    read = PageText(2479, 3508, judge(HERE / "chromium-en.pdf", "en").text.lines, 0.9)
    path.write_bytes(write("pdf", [OutputPage("scan.pdf", 1, read, Scan(path, ""))]))
    assert judge(path, "en").reason == "hidden-ocr"


def test_plain_english_in_a_standard_font_is_believed(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(drawn(truth()["en"] * 4))
    layer = judge(path, "hi", "en")
    assert layer.is_trusted
    assert plain(layer.text.text) == plain(" ".join(truth()["en"] * 4))


def test_two_words_in_an_old_fonts_codes_spoil_a_page_of_english(tmp_path):
    pdf = pikepdf.open(io.BytesIO(drawn(truth()["en"] * 4)))
    page = pdf.pages[0]
    other = pikepdf.Dictionary(page.Resources.Font.F1)
    other.BaseFont = pikepdf.Name("/ABCDEF+TT7")
    page.add_resource(other, pikepdf.Name.Font, pikepdf.Name.F2)
    page.contents_add(b"BT /F2 14 Tf 1 0 0 1 60 300 Tm (jke dqekj fujh{kd) Tj ET")
    path = tmp_path / "a.pdf"
    pdf.save(path)
    assert judge(path, "hi", "en").reason == "font-codes"


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_page_shown_turned_has_its_boxes_where_it_is_shown(rotate, tmp_path):
    pdf = pikepdf.open(HERE / "chromium-en.pdf")
    pdf.pages[0].Rotate = rotate
    path = tmp_path / "a.pdf"
    pdf.save(path)
    layer = judge(path, "en")
    assert layer.is_trusted and plain(layer.text.text) == said("en")


def glyph(text, x0, y=100.0, wide=6.0, order=0, **more):
    return Glyph(text, "F", 10.0, x0, x0 + wide, y, 0, order, **more)


def test_pieces_of_one_line_drawn_apart_are_joined():
    drawn_ = [glyph("a", 0), glyph("d", 30), glyph("x", 0, 130), glyph("b", 8.5), glyph("c", 22)]
    lines = lines_of([Glyph(g.text, g.font, g.size, g.x0, g.x1, g.y, 0, n) for n, g in enumerate(drawn_)], ("en",))
    assert [p.line.text for p in lines] == ["a b c d", "x"]


def test_text_drawn_twice_to_look_bold_is_said_once():
    glyphs = [glyph(c, 6.0 * n + d, order=n + 9 * (d > 0)) for d in (0, 0.3) for n, c in enumerate("all")]
    assert [p.line.text for p in lines_of(glyphs, ("en",))] == ["all"]


def test_a_group_that_means_several_words_is_parted():
    (placed,) = lines_of([glyph("ab cd", 0, wide=50.0, told=True)], ("en",))
    assert [(w.text, w.box.x0) for w in placed.line.words] == [("ab", 0), ("cd", 30)]


@pytest.mark.parametrize("name", ["ABCDEF+KrutiDev010", "DV-TTYogesh", "SHREE-DEV-0714", "SutonnyMJ", "AkrutiDevPriya"])
def test_old_fonts_are_known_by_name(name):
    assert is_legacy_font(name)


@pytest.mark.parametrize(
    "name", ["ABCDEF+Mangal", "NotoSansDevanagari", "TimesNewRoman", "Arial", "Lohit-Tamil", "Nirmala"]
)
def test_fonts_of_unicode_are_not(name):
    assert not is_legacy_font(name)


@pytest.mark.parametrize(
    "text",
    [
        "The Officer in charge of the Police Station Thiruvananthapuram sent the FIR u/s 379 IPC to the Court",
        "STATE OF MAHARASHTRA VERSUS RAMCHANDRA VITTHALRAO KULKARNI AND OTHERS",
        "Shri Gurpreet Singh S/o Sh. Balwinder Singh R/o VPO Khalra Distt. Tarn Taran",
    ],
)
def test_english_of_police_stations_is_no_nonsense(text):
    assert not is_latin_nonsense(text.split())


def test_codes_moved_by_one_step_are_known():
    moved = "".join(chr(ord(c) - 29) if c.isalpha() else c for c in "The complainant stated that his cycle was stolen")
    assert is_latin_nonsense(moved.split()) and is_shifted(moved.split())


@pytest.mark.parametrize("word", ["िहन्दी", "किी", "क्ि", "अे", "कĦम", "কিা", "ाम", "காி", "हिঅ"])
def test_impossible_words(word):
    assert is_impossible([word])


@pytest.mark.parametrize("language", truth())
def test_what_people_write_is_possible(language):
    assert not is_impossible(said(language).split())
    assert not has_unknown(said(language)) and not is_mojibake(said(language))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=80))
@settings(max_examples=100, deadline=None)
def test_signs_answer_for_any_text(text):
    words = text.split()
    for answer in (is_impossible(words), is_latin_nonsense(words), is_shifted(words), is_mojibake(text)):
        assert isinstance(answer, bool)
    lines_of([glyph(c, 6.0 * n) for n, c in enumerate(text)], ("hi", "en"))


@given(st.binary(max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_content_gives_a_judgement(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "a.pdf"
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    page.Contents = pdf.make_stream(b"BT /F1 12 Tf " + content)
    done = io.BytesIO()
    pdf.save(done)
    path.write_bytes(done.getvalue())
    assert isinstance(judge(path, "hi").reason, str)
