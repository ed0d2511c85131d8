"""Copies of an FIR: text that is copied out is what was written, nothing hidden is in the file, the law is followed."""

import io
import re
import shutil
from dataclasses import replace

import pikepdf
import pytest

from digitize.errors import InputError, OptionsError
from digitize.masking.masks import MASK
from digitize.services.copies.copy import render, texts_in
from digitize.services.copies.fonts import texts_of_glyphs
from digitize.services.copies.lines import break_lines, line_pieces
from digitize.services.copies.pdf import ArchivePdf
from digitize.services.copies.values import WESTERN, CopyValues, clean
from digitize.services.copies.words import CopyWords, languages
from mappers.languages import load_languages
from mappers.record import NOT_CAPTURED, FieldValue
from sample_data.makers.copied_firs import make_record, words_of

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="Poppler is not installed")


@pytest.fixture(scope="module")
def masked():
    """A copy in which persons, place and story are hidden, as bytes; the name stands nowhere but in what was hidden."""
    record = make_record("hi", 1, more_words=0)
    hidden = FieldValue(MASK, MASK)
    persons = tuple(
        {**row, "name": hidden, "name_roman": hidden, "relative_name": hidden, "relation": hidden, "address": hidden}
        for row in record.children["persons"]
    )
    fields = {**record.fields, "narrative": hidden, "place": FieldValue("", MASK), "io_name": FieldValue(MASK, None)}
    return replace(record, fields=fields, children={**record.children, "persons": persons})


def test_what_is_hidden_is_a_word_of_the_language_and_no_box(masked):
    texts = texts_in(masked, "hi", role="police")
    assert texts.count("[कानून के अनुसार नहीं दिखाया गया]") >= 12
    assert not any(MASK in text for text in texts)
    assert "[withheld under the law]" in texts_in(masked, "en", role="police")


def test_metadata_say_which_fir_it_is_and_nothing_else(masked):
    data = render(masked, "hi", role="public")
    assert data == render(masked, "hi", role="public")
    assert data != render(masked, "hi", role="police")
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert "/Info" not in pdf.trailer
        said = pdf.Root.Metadata.read_bytes().decode()
        number = masked.value("fir_no")
        title, producer = (re.search(f"<{tag}>.*?([^<>]+)</", said)[1] for tag in ("dc:title", "pdf:Producer"))
        assert (title, producer) == (f"FIR {number}/2014, Namunapur", "digitize")
        assert "Date" not in said
        assert str(pdf.Root.Lang) == "hi-IN"
        tags = kinds_of(pdf.Root.StructTreeRoot.K[0])
    assert tags["Document"] == 1
    assert tags["H1"] == 2
    assert {"H2", "P", "Table", "TR", "TH", "TD"} <= tags.keys()


def kinds_of(element):
    found = {str(element.S)[1:]: 1}
    for kid in element.get("/K", []):
        if "/S" in kid:
            for name, count in kinds_of(kid).items():
                found[name] = found.get(name, 0) + count
    return found


def test_every_page_bears_the_firs_number_and_which_page_it_is():
    record = make_record("en", 0, more_words=200)
    long = replace(record, fields={**record.fields, "narrative": FieldValue("x", "word " * 2500)})
    with pikepdf.open(io.BytesIO(render(long, "en", role="court"))) as pdf:
        pages = len(pdf.pages)
        said = [said_on(page) for page in pdf.pages]
    assert pages >= 5
    for at, text in enumerate(said, 1):
        assert f"Page {at} of {pages}" in text
        assert f"{int(record.value('fir_no')):04d}/2014" in text
        assert "Court copy" in text


def said_on(page):
    texts = re.findall(rb"/ActualText <FEFF([0-9A-F]*)>", page.obj.Contents.read_bytes())
    return "".join(bytes.fromhex(t.decode()).decode("utf-16-be") for t in texts)


@pytest.mark.parametrize(
    ("day", "said"), [("2014-05-12", "154 Cr.P.C."), ("2024-07-01", "173 B.N.S.S."), ("2024-06-30", "154 Cr.P.C.")]
)
def test_the_law_is_that_of_the_day(day, said):
    record = make_record("hi", 0, more_words=0)
    dated = replace(record, fields={**record.fields, "fir_date": FieldValue(day, day)})
    assert any(said in text for text in texts_in(dated, "hi", role="police"))


def shown(language, state, digits, **fields):
    values = CopyValues(CopyWords(language), state, "iif1", digits)
    row = {n: v if isinstance(v, FieldValue) else FieldValue(v, v) for n, v in fields.items()}
    return [values.show(row, name) for name in row]


def test_days_numbers_and_names_are_written_as_on_the_form():
    day = {"fir_date": "2014-05-12", "fir_no": "78", "gd_no": "24", "place": "गली 5"}
    assert shown("mr", "mh", "state", **day) == ["१२/०५/२०१४", "००७८", "२४", "गली 5"]
    assert shown("mr", "mh", WESTERN, **day) == ["12/05/2014", "0078", "24", "गली 5"]
    # The state writes other digits first, or another script than the copy's.
    assert shown("hi", "up", "state", **day)[0] == shown("mr", "gj", "state", **day)[0] == "12/05/2014"
    assert shown("en", "mh", "state", **day)[1] == "0078"
    names = {"io_name": "नमूना", "io_name_roman": "Namuna"}
    assert shown("hi", "up", "state", **names)[0] == "नमूना (Namuna)"
    assert shown("en", "up", "state", **names)[0] == "Namuna (नमूना)"
    assert shown("en", "up", "state", io_name="नमूना", io_name_roman=FieldValue(MASK, MASK))[0] == "नमूना"
    lacking = FieldValue("", None, notes=(NOT_CAPTURED,))
    assert shown("hi", "up", "state", beat=lacking, place=FieldValue("", None)) == [
        "not captured (दर्ज नहीं किया गया)",
        "",
    ]


@pytest.mark.parametrize(
    ("language", "codes", "value", "said"),
    [
        ("en", "weekday", "monday", "Monday"),
        ("ta", "weekday", "monday", "Monday (திங்கள்)"),
        ("ur", "weekday", "monday", "پیر (\u2066Monday\u2069)"),
        ("hi", "rank", "SI", "Sub-Inspector"),
        ("hi", "occupation", "government_servant", "Government servant"),
        ("hi", "direction", "NE", "North-East (उत्तर-पूर्व)"),
    ],
)
def test_codes_are_words_with_english_beside(language, codes, value, said):
    assert CopyWords(language).code(codes, value) == said


def test_acts_are_named_in_full():
    assert CopyWords("hi").act("IPC") == "Indian Penal Code, 1860 (भारतीय दण्ड संहिता)"
    assert CopyWords("en").act("BNS") == "Bharatiya Nyaya Sanhita, 2023"
    assert CopyWords("en").act("unheard of") == "unheard of"


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_word_and_letters_for_it(language):
    words = load_languages()[language].copied.model_dump()
    for name, said in load_languages()["en"].copied.model_dump().items():
        assert len(words[name]) == len(said) if isinstance(said, tuple) else words[name], name
    assert "{page}" in words["page"]
    texts = [t for said in words.values() for t in (said if isinstance(said, tuple) else [said])]
    fonts = ArchivePdf(texts, CopyWords(language).script, language).fonts
    assert [t for t in texts if not all(fonts.can_write(c) for c in t)] == []


@pytest.mark.parametrize(
    ("text", "clusters", "said"),
    [
        ("कि", [0, 0], ["क", "ि"]),
        ("क्षेत्र", [0, 0, 4], ["क", "्षे", "त्र"]),
        ("கொ", [0, 0, 0], ["க", "ெ", "ா"]),
        ("ab", [0, 1], ["a", "b"]),
        ("क", [0, 0], ["क", "\u200b"]),
    ],
)
def test_glyphs_of_a_cluster_say_its_letters_in_their_order(text, clusters, said):
    assert texts_of_glyphs(text, clusters) == said


def test_lines_are_not_wider_than_their_box_and_lose_nothing():
    text = "नमूना " * 30 + "क्षेत्र" * 40 + "\nab\n\u2066many words that stay together\u2069 end"
    fonts = ArchivePdf([text], "Deva", "hi").fonts
    lines = break_lines(fonts, text, 8.0, is_rtl=False)
    assert all(fonts.shape(line.strip("\u2066\u2069")).width <= 8.2 for line in lines)
    assert words_of("".join("".join(lines).split())) == words_of("".join(text.split()))
    assert "ab" in lines
    assert not any(line[0] in "\u093e\u094d\u0947" for line in lines)
    # What is kept together is, on both lines.
    assert all(line.count("\u2066") == line.count("\u2069") for line in lines)


@pytest.mark.parametrize(
    ("text", "from_left"),
    [
        ("تاریخ 12/05/2014 کو", ["کو", " ", "\u200f12/05/2014", " ", "تاریخ"]),
        ("فون 98765-43210 (copy)", [")", "\u200fcopy", "(", " ", "\u200f98765-43210", " ", "فون"]),
        ("رقم: 5,000/-", ["\u200f5,000/-\u200e", " ", "رقم:\u200f"]),
    ],
)
def test_a_line_of_urdu_has_its_numbers_from_left_to_right(text, from_left):
    fonts = ArchivePdf([text], "Arab", "ur").fonts
    made = line_pieces(fonts, text, is_rtl=True, page_is_rtl=True)
    shown = ["".join((piece.left, piece.text, piece.right)) for piece in made]
    assert [p.strip("\u200f") if p[:1] in "()" else p for p in shown] == from_left


def test_signs_that_are_not_seen_do_not_come_into_a_copy():
    assert clean("a\x00b\x07  c\n\n d\u0301\ue000") == "a b c\n\nd\u0301"


def test_other_forms_and_languages_are_refused():
    record = make_record("en", 0, more_words=0)
    with pytest.raises(InputError):
        render(replace(record, form="iif3"), "en", role="police")
    with pytest.raises(OptionsError, match="no copies in sa"):
        render(record, "sa", role="police")
