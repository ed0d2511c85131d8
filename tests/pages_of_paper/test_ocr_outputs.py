"""Outputs of read pages: every format holds every text, XML stays XML, and a PDF gives its text back in every script."""

import io
import json
import re
import shutil
import subprocess

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from ocr.outputs import OutputPage, outputs, words_of, write
from ocr.outputs.as_pdf import PdfWriter
from ocr.page import Box, Line, PageText, Scan, Word

SAID = {
    "en": "First Information Report No. 42",
    "hi": "प्रथम सूचना रिपोर्ट क्षेत्र श्री ४२",
    "mr": "पोलीस ठाण्याच्या हद्दीत दऱ्या र\u200dयाने",
    "bn": "থানার কর্মকর্তা ঘটনাস্থলে উৎসব",
    "as": "আৰক্ষী থানাৰ ৰাইজ",
    "ta": "காவல் நிலைய அதிகாரி கொடுத்தார்",
    "te": "పోలీసు స్టేషన్ లక్ష్మి",
    "kn": "ಪೊಲೀಸ್ ಠಾಣೆ ಶ್ರೀ",
    "ml": "പോലീസ് സ്റ്റേഷൻ അവന്റെ",
    "gu": "પોલીસ સ્ટેશન ક્ષેત્ર",
    "pa": "ਪੁਲਿਸ ਥਾਣਾ ਸ੍ਰੀ",
    "or": "ଥାନା ପୋଲିସ କ୍ଷେତ୍ର",
    "ur": "پولیس تھانہ میں رپورٹ 42 مورخہ 12/05/1998 دفعہ ۳۷۹ درج کی گئی۔",
}
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
XHTML = "{http://www.w3.org/1999/xhtml}"
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")


def line(text, top=100, left=100, step=18, height=40, rtl=False, block=0, languages=()):
    """A line as reading would give it: boxes side by side, of Urdu from the right."""
    words, x = [], left
    for word in text.split():
        wide = step * max(1, len(word))
        box = Box(2300 - x - wide, top, 2300 - x, top + height) if rtl else Box(x, top, x + wide, top + height)
        words.append(Word(word, 0.9, box))
        x += wide + step
    boxes = [w.box for w in words] or [Box(left, top, left + 1, top + height)]
    box = Box(min(b.x0 for b in boxes), top, max(b.x1 for b in boxes), top + height)
    return Line(text, 0.9, box, tuple(words), block, languages, "tesseract:x")


def page_of(*lines, file="a.png", number=1, scan=None, notes=(), size=(2400, 3200), languages=("hi", "en"), **more):
    return OutputPage(file, number, PageText(*size, tuple(lines), 0.9, notes=notes, **more), scan, languages)


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "page.png"
    Image.new("L", (2400, 3200), 255).save(path, dpi=(300, 300))
    return Scan(path, "0" * 64)


def pdf_text(data, index=0):
    text = pdfium.PdfDocument(data)[index].get_textpage().get_text_range()
    return text.replace("\r\n", "\n")


def poppler_text(data, tmp_path):
    path = tmp_path / "made.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
    # Marks of direction are Poppler's own, and it may set a blank before them.
    return " ".join(re.sub("[\u202a-\u202e]", " ", done.stdout).split())


def test_all_formats_are_found():
    assert set(outputs()) == {"text", "json", "alto", "hocr", "pdf"}


def test_json_has_one_object_a_line_with_its_keys_in_order():
    pages = [page_of(line("राम कुमार")), page_of(number=2, file="b.tif")]
    rows = [json.loads(x) for x in write("json", pages).decode().splitlines()]
    assert list(rows[0])[:5] == ["file", "page", "text", "confidence", "words"]
    assert rows[0]["words"][0] == {"text": "राम", "confidence": 0.9, "box": [100, 100, 154, 140]}
    assert rows[1]["file"] == "b.tif" and rows[1]["page"] == 2 and rows[1]["text"] == "" and rows[1]["words"] == []


def test_text_has_a_form_feed_between_pages():
    pages = [page_of(line("one"), line("two", block=1)), page_of(), page_of(line("a\fb"))]
    assert write("text", pages).decode() == "one\n\ntwo\n\f\n\fa\nb\n"


def test_a_line_without_words_gets_them_from_its_text():
    whole = Line("ab cdef", 0.5, Box(0, 0, 70, 10))
    assert [(w.text, w.box) for w in words_of(whole)] == [("ab", Box(0, 0, 20, 10)), ("cdef", Box(30, 0, 70, 10))]
    urdu = Line("پولیس 42", 0.5, Box(0, 0, 80, 10))
    assert words_of(urdu)[0].box.x1 == 80 and words_of(urdu)[1].box.x0 == 0


# What of ALTO 4.4's schema bears on the elements written here: their order, and which attributes must or may be there.
_PLACE = {"HPOS", "VPOS", "WIDTH", "HEIGHT"}
ALTO_RULES = {
    "alto": ("Description Layout", set(), {"SCHEMAVERSION"}),
    "Description": ("MeasurementUnit sourceImageInformation Processing", set(), set()),
    "sourceImageInformation": ("fileName", set(), set()),
    "Processing": (
        "processingCategory processingStepDescription processingStepSettings processingSoftware", {"ID"}, set(),
    ),
    "processingSoftware": ("softwareName", set(), set()),
    "Layout": ("(Page )*Page", set(), set()),
    "Page": (
        "PrintSpace", {"ID", "PHYSICAL_IMG_NR"}, {"WIDTH", "HEIGHT", "PAGECLASS", "PROCESSINGREFS", "PC", "LANG"},
    ),
    "PrintSpace": ("(TextBlock ?)*", set(), _PLACE),
    "TextBlock": ("(TextLine )*TextLine", {"ID"}, _PLACE),
    "TextLine": ("String( SP String)*", set(), _PLACE | {"ID", "LANG", "BASEDIRECTION"}),
    "String": ("", {"CONTENT"}, _PLACE | {"ID", "WC"}),
    "SP": ("", set(), _PLACE),
}  # fmt: skip


def check_alto(data):
    root = etree.fromstring(data)
    ids = [node.get("ID") for node in root.iter() if node.get("ID")]
    assert len(ids) == len(set(ids))
    for node in root.iter(etree.Element):
        name = node.tag.removeprefix(ALTO)
        children, must, may = ALTO_RULES.get(name, ("", set(), set()))
        assert re.fullmatch(children, " ".join(c.tag.removeprefix(ALTO) for c in node)), name
        assert must <= set(node.keys()) <= must | may, name
        assert all(float(node.get(k)) >= 0 for k in _PLACE if node.get(k) is not None)
    return root


def test_alto_keeps_to_its_schema():
    pages = [
        page_of(line(SAID["hi"]), line(SAID["ur"], 200, rtl=True, block=1), languages=("hi", "ur")),
        page_of(number=2, languages=("hi", "ur")),
    ]
    root = check_alto(write("alto", pages))
    assert [p.get("PHYSICAL_IMG_NR") for p in root.iter(f"{ALTO}Page")] == ["1", "2"]
    lines = list(root.iter(f"{ALTO}TextLine"))
    assert [x.get("LANG") for x in lines] == ["hi", "ur"]
    assert [x.get("BASEDIRECTION") for x in lines] == [None, "rtl"]
    said = " ".join(s.get("CONTENT") for s in lines[0].iter(f"{ALTO}String"))
    assert said == SAID["hi"]
    assert root.findtext(f".//{ALTO}fileName") == "a.png"


def test_hocr_has_its_classes_properties_and_directions():
    data = write("hocr", [page_of(line(SAID["ur"], rtl=True), file='a"b;c.png', languages=("ur",))])
    root = etree.fromstring(data)
    classes = [node.get("class") for node in root.iter(etree.Element) if node.get("class")]
    assert classes[:5] == ["ocr_page", "ocr_carea", "ocr_par", "ocr_line", "ocrx_word"]
    assert root.find(f".//{XHTML}div").get("title") == 'image "a\'b,c.png"; bbox 0 0 2400 3200; ppageno 0'
    paragraph = root.find(f".//{XHTML}p")
    assert (paragraph.get("lang"), paragraph.get("dir")) == ("ur", "rtl")
    words = [s for s in root.iter(f"{XHTML}span") if s.get("class") == "ocrx_word"]
    assert " ".join(w.text for w in words) == SAID["ur"]
    assert re.fullmatch(r"bbox \d+ \d+ \d+ \d+; x_wconf 90", words[0].get("title"))
    assert b"ns0:" not in data and data.count(b"xmlns=") == 1


TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4), TEXTS, st.floats(allow_nan=True))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_sound_json_xml_and_text(lines, file, confidence):
    made = [
        Line(text, confidence, Box(5, 5, 50, 9), (Word(word, confidence, Box(5, 5, 9, 9)),) if word else (), n)
        for n, (text, word) in enumerate(lines)
    ]
    pages = [page_of(*made, file=file), page_of(number=2, file=file)]
    assert len(write("json", pages).decode().split("\n")) == 3
    assert all(isinstance(json.loads(x), dict) for x in write("json", pages).decode().split("\n")[:2])
    check_alto(write("alto", pages))
    etree.fromstring(write("hocr", pages))
    assert write("text", pages).decode().count("\f") == 1


@pytest.mark.parametrize("code", SAID)
def test_a_pdf_gives_its_text_back_in_every_script(code, scan, tmp_path):
    said = line(SAID[code], rtl=code == "ur", languages=(code,))
    data = write("pdf", [page_of(said, line(SAID[code], 200, rtl=code == "ur"), scan=scan)])
    assert pdf_text(data).split("\n")[0] == SAID[code]


@needs_poppler
@pytest.mark.parametrize("code", SAID)
def test_poppler_finds_the_same_text(code, scan, tmp_path):
    data = write("pdf", [page_of(line(SAID[code], rtl=code == "ur"), scan=scan)])
    assert poppler_text(data, tmp_path) == SAID[code]


def test_a_pdfs_words_lie_where_they_were_read_and_are_invisible(scan):
    data = write("pdf", [page_of(line("Police Station"), scan=scan)])
    page = pdfium.PdfDocument(data)[0]
    assert page.get_size() == pytest.approx((2400 * 72 / 300, 3200 * 72 / 300), abs=0.01)
    textpage = page.get_textpage()
    left, bottom, _, _ = textpage.get_charbox(0, loose=True)
    assert (left, 768 - bottom) == pytest.approx((100 * 0.24, 140 * 0.24), abs=0.5)
    assert (np.asarray(page.render(scale=1).to_pil().convert("L")) == 255).all()


@pytest.mark.parametrize(
    ("turn", "box"), [(90, (1000, 300, 1040, 900)), (180, (300, 500, 900, 540)), (270, (1000, 300, 1040, 900))]
)
def test_text_of_a_turned_page_is_laid_along_it(turn, box, scan):
    first = {90: Box(1000, 300, 1040, 500), 180: Box(700, 500, 900, 540), 270: Box(1000, 700, 1040, 900)}[turn]
    second = {90: Box(1000, 520, 1040, 900), 180: Box(300, 500, 680, 540), 270: Box(1000, 300, 1040, 680)}[turn]
    said = Line("Police Station", 1.0, Box(*box), (Word("Police", 1.0, first), Word("Station", 1.0, second)))
    data = write("pdf", [page_of(said, scan=scan, notes=(f"turned+{turn}",))])
    textpage = pdfium.PdfDocument(data)[0].get_textpage()
    said = textpage.get_text_range().strip()
    assert said == ("Station Police" if turn == 180 else "Police Station")  # PDFium orders what stands on its head
    for n, where in ((said.index("P"), first), (said.index("S"), second), (said.index("n"), second)):
        x0, y0, x1, y1 = (v / 0.24 for v in textpage.get_charbox(n, loose=True))
        y0, y1 = 3200 - y1, 3200 - y0
        assert where.x0 - 3 <= x0 <= x1 <= where.x1 + 3 and where.y0 - 3 <= y0 <= y1 <= where.y1 + 3


def picture(mode="RGB", size=(300, 200)):
    grey = np.full((size[1], size[0]), 250, np.uint8)
    cv2.putText(grey, "FIR 42", (20, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, (0,), 6)
    cv2.circle(grey, (30, 30), 12, (90,), -1)
    return Image.fromarray(grey).convert(mode)


def shown(data):
    """The first page as a grey picture of the original's pixels."""
    page = pdfium.PdfDocument(data)[0]
    return page.get_size(), np.asarray(page.render(scale=150 / 72).to_pil().convert("L"), np.int16)


@pytest.mark.parametrize(
    ("name", "mode", "more"),
    [
        ("a.png", "L", {}), ("a.png", "RGB", {}), ("a.png", "P", {}), ("a.png", "RGBA", {}), ("a.png", "1", {}),
        ("a.tif", "1", {"compression": "group4"}), ("a.tif", "1", {}), ("a.tif", "L", {"compression": "tiff_lzw"}),
        ("a.tif", "CMYK", {}), ("a.jpg", "RGB", {}), ("a.jpg", "L", {}), ("a.jpg", "CMYK", {}),
    ],
)  # fmt: skip
def test_pictures_of_all_kinds_look_the_same_in_a_pdf(name, mode, more, tmp_path):
    path = tmp_path / name
    made = picture(mode)
    made.save(path, dpi=(150, 150), **more)
    data = write("pdf", [page_of(line("x", 10), scan=Scan(path, ""), size=(300, 200))])
    size, seen = shown(data)
    assert size == pytest.approx((144, 96), abs=0.02)
    with Image.open(path) as kept:
        wanted = np.asarray(kept.convert("RGB").convert("L"), np.int16)
    assert seen.shape == wanted.shape
    assert np.abs(seen - wanted).mean() < (8 if mode == "1" else 4)
    opened = pikepdf.open(io.BytesIO(data))
    image = opened.pages[0].Resources.XObject.Scan
    if name == "a.jpg":
        assert image.read_raw_bytes() == path.read_bytes()
    if mode == "1":
        assert image.Filter == "/CCITTFaxDecode"


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_a_picture_turned_by_exif_stands_upright(orientation, name, tmp_path):
    path = tmp_path / name
    exif = Image.Exif()
    exif[274] = orientation
    picture("L").save(path, exif=exif, dpi=(150, 150))
    from ocr.scans.scan import open_page

    upright = open_page(Scan(path, "")).grey.astype(np.int16)
    data = write("pdf", [page_of(scan=Scan(path, ""), size=upright.shape[::-1])])
    _, seen = shown(data)
    assert seen.shape == upright.shape
    assert np.abs(seen - upright).mean() < 3


def test_a_picture_that_names_no_resolution_has_300_dots_an_inch(tmp_path):
    path = tmp_path / "a.png"
    picture("L").save(path)
    size, _ = shown(write("pdf", [page_of(scan=Scan(path, ""), size=(300, 200))]))
    assert size == pytest.approx((72, 48))


def original_pdf(path, rotate=0, invisible=""):
    """Two pages with a drawing and, where asked, an earlier reading's invisible text."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for _ in range(2):
        page = pdf.add_blank_page(page_size=(400, 600))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.MediaBox = [10, 20, 410, 620]
        page.Contents = pdf.make_stream(
            f"2 0 0 2 0 0 cm 0 0 0 rg 20 30 10 10 re f BT /F1 9 Tf 3 Tr 30 30 Td ({invisible}) Tj ET".encode()
        )
        page.Rotate = rotate
    pdf.save(path)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_text_is_laid_over_a_pdfs_own_pages(rotate, tmp_path):
    path = tmp_path / "a.pdf"
    original_pdf(path, rotate)
    size = (800, 1200) if rotate in (0, 180) else (1200, 800)
    data = write("pdf", [page_of(line("Police Station", 300), scan=Scan(path, "", 1), size=size)])
    done = pdfium.PdfDocument(data)
    assert len(done) == 2
    before = pdfium.PdfDocument(path)[1].render(scale=1).to_numpy()
    assert (done[1].render(scale=1).to_numpy() == before).all()
    textpage = done[1].get_textpage()
    assert textpage.get_text_range() == "Police Station"
    assert done[0].get_textpage().get_text_range() == ""
    left, bottom, right, top = textpage.get_charbox(0, loose=True)
    corners = {0: (left - 10, 620 - top), 90: (bottom - 20, left - 10), 180: (410 - right, bottom - 20),
               270: (620 - top, 410 - right)}  # fmt: skip
    assert corners[rotate] == pytest.approx((50, 150), abs=1)


def test_invisible_text_of_an_earlier_reading_is_replaced(tmp_path):
    path = tmp_path / "a.pdf"
    original_pdf(path, invisible="Gibberish")
    data = write("pdf", [page_of(line("Police"), scan=Scan(path, ""), size=(800, 1200))])
    assert pdf_text(data) == "Police"
    kept = write("pdf", [page_of(line("Police"), scan=Scan(path, ""), size=(800, 1200), source="text-layer")])
    assert pdf_text(kept) == "Gibberish"


def test_the_same_pages_give_the_same_pdf(scan):
    pages = [page_of(line(SAID["hi"]), scan=scan)]
    assert write("pdf", pages) == write("pdf", pages)


def test_a_pdf_of_no_page_is_empty():
    assert PdfWriter().end() == b""


LETTERS = "".join(SAID.values()).replace(" ", "").replace("\u200d", "") + "0123456789"


@given(
    st.lists(
        st.text(st.sampled_from("अआकखगतनपमरलवसह" + "காவல்" + "থানা" + "abcXYZ0123456789"), min_size=1, max_size=12),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_come_back_from_a_pdf(scan, words):
    data = write("pdf", [page_of(line(" ".join(words)), scan=scan)])
    assert pdf_text(data) == " ".join(words)


@given(TEXTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_a_pdf_that_opens(scan, text):
    said = Line(text, 0.5, Box(10, 10, 500, 40), (Word(text, 0.5, Box(10, 10, 500, 40)),))
    assert len(pdfium.PdfDocument(write("pdf", [page_of(said, scan=scan)]))) == 1
