"""Deciding: pure text, one grammar a kind; never a value that no candidate supports, never wrong and sure."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.errors import FormError
from ocr.forms.decide import decide_page, decide_zone
from ocr.forms.form import Form, Zone
from ocr.forms.grammar import fit, trim_lines
from ocr.languages.lexicon import Lexicon, fold_text
from ocr.languages.script import fold_digits
from ocr.page import Box, Candidate, Recognition, ZoneReading

BOX = Box(0, 0, 100, 20)
STATIONS = Lexicon(
    "stations",
    (
        ("Lake Town North PS", ("Lake Town North", "LT(N)", "LTN")),
        ("Lake Town South PS", ("Lake Town South", "LT(S)", "LTS")),
        ("Harbour PS", ("Harbour", "HB")),
        ("मध्य थाना", ("मध्य",)),
    ),
)


def zone(kind="line", **more):
    return Zone(id="z", box=(0, 0, 100, 20), kind=kind, **more)


def reading(*candidates, blank=False):
    return ZoneReading("z", BOX, tuple(Candidate(t, c, "test") for t, c in candidates), blank=blank)


def decided(kind, *candidates, lexicon=None, **more):
    return decide_zone(reading(*candidates), zone(kind, **more), lexicon)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("digits", "११११"), ("time", "೧೭:೩೦"), ("year", "२०१७"), ("date", "১২/১১/১৯৯৮"), ("line", "९९९९९९९९९९")],
)
def test_a_number_in_native_digits_that_one_engine_alone_read_is_not_sure(kind, text):
    passes = tuple(Candidate(text, 0.97, by) for by in ("tesseract:vote", "tesseract:clean"))
    alone = decide_zone(ZoneReading("z", BOX, passes), zone(kind))
    other = decide_zone(ZoneReading("z", BOX, (*passes, Candidate(fold_digits(text), 0.9, "digits:hand"))), zone(kind))
    assert fold_digits(alone.value) == fold_digits(other.value) and alone.confidence <= 0.85 < 0.97 <= other.confidence


def test_a_number_in_latin_digits_is_as_sure_as_it_was():
    passes = (Candidate("1111", 0.97, "tesseract:vote"),)
    assert decide_zone(ZoneReading("z", BOX, passes), zone("digits")).confidence == 0.97
    words = (Candidate("घर नं. १२", 0.97, "tesseract:vote"),)
    assert decide_zone(ZoneReading("z", BOX, words), zone("line")).confidence == 0.97


@pytest.mark.parametrize(
    ("language", "others", "sure"),
    [("hi", ("१७०३", "०६/०८/२०२५"), 0.85), ("hi", (), 0.85), ("hi", ("1703", "06/08/2025"), 0.95), ("en", (), 0.95)],
)
def test_a_number_in_latin_digits_is_not_sure_on_a_page_of_others(language, others, sure):
    ids = ("fir_no", "gd_no", "gd_date")
    form = Form.model_validate(
        {
            "format": 1, "id": "f", "family": "f", "title": "F", "languages": (language,), "width": 200, "height": 100,
            "features": "f.npz",
            "zone": [{"id": n, "box": (0, 0, 100, 20), "kind": "date" if n == "gd_date" else "digits"} for n in ids],
        }
    )  # fmt: skip
    texts = zip(ids, ("909", *others), (0.95, 0.8, 0.7), strict=False)
    zones = tuple(ZoneReading(n, BOX, (Candidate(text, p, "tesseract:vote"),)) for n, text, p in texts)
    assert decide_page(Recognition("f", 200, 100, zones=zones), form, {}).zones["fir_no"].confidence == sure


def test_blank_is_sure_and_unread_is_not():
    blank = decide_zone(reading(blank=True), zone())
    assert (blank.value, blank.confidence, blank.blank) == ("", 1.0, True)
    unread = decide_zone(reading(), zone())
    assert (unread.value, unread.confidence, unread.blank, unread.notes) == ("", 0.0, False, ("unread",))
    assert decide_zone(reading(("  \n", 0.9)), zone()).notes == ("unread",)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("digits", "007", "007"),
        ("digits", "२०४ / ८७", "204/87"),
        ("digits", "_ 55 |", "55"),
        ("digits", "No. 123", "123"),
        ("digits", "I2O", "2"),
        ("digits", "lO", "10"),
        ("digits", "abc", ""),
        ("decimal", "9·570", "9·570"),
        ("decimal", "9°570", "9·570"),
        ("decimal", "२५ . ५", "25.5"),
        ("decimal", "₹ 1,25,000/-", "1,25,000"),
        ("decimal", "Rs.250", "250"),
        ("decimal", "_ .57 |", ".57"),
        ("decimal", "3.5 kg.", "3.5"),
        ("decimal", "l2.O5", "12.05"),
        ("decimal", "31.12.1998", ""),
        ("decimal", "abc", ""),
        ("year", "१९८७", "1987"),
        ("year", "2017.", "2017"),
        ("year", "Year 2018 F", "2018"),
        ("year", "১৩৯৪", "1394"),
        ("year", "௧௯௮௭", "1987"),
        ("year", "87", "87"),
        ("year", "no year", ""),
        ("date", "05 . 08. 2019", "05.08.2019"),
        ("date", "१५/०८/१९८७", "15/08/1987"),
        ("date", "15|08|87", "15/08/87"),
        ("date", "श्रावण १५, १९४७", "श्रावण १५, १९४७"),
        ("date", "nothing", ""),
        ("time", "10:30 AM", "10:30 AM"),
        ("time", "सुबह १०.३० बजे", "सुबह 10.30 बजे"),
        ("time", "1430 hrs", "1430 hrs"),
        ("time", "at night", ""),
        ("sections", "u/s 341/323/506/34 IPC", "u/s 341/323/506/34 IPC"),
        ("sections", "धारा ३७९, ४११ भा.द.वि.", "धारा ३७९, ४११ भा.द.वि."),
        ("line", "__ A. Person |", "A. Person"),
        ("line", "~ _ -", ""),
        ("block", "first line _\n ---\n. second", "first line\nsecond"),
    ],
)  # fmt: skip
def test_each_kind_takes_what_fits_it(kind, text, value):
    assert decided(kind, (text, 0.9)).value == value


def test_raw_stays_as_read():
    found = decided("digits", ("_ २०४ / ८७ |", 0.9))
    assert (found.raw, found.value) == ("_ २०४ / ८७ |", "204/87")


def test_a_text_that_does_not_fit_keeps_its_raw_and_no_confidence():
    found = decided("year", ("a smudge", 0.9), ("another", 0.95))
    assert (found.raw, found.value, found.confidence, found.notes) == ("another", "", 0.0, ("nothing-fits",))
    assert len(found.candidates) == 2


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("year", "1987", "1987 7 x"),
        ("year", "1987", "9187"),
        ("date", "31/12/1987", "41/12/1987"),
        ("time", "23:59", "29:75"),
        ("digits", "204", "2 O 4"),
        ("line", "A. Person", "A. P€r§°n ¢"),
        ("sections", "379 IPC", "PC"),
    ],
)
def test_what_fits_badly_is_less_sure(kind, good, bad):
    assert decided(kind, (good, 0.9)).confidence > 1.3 * decided(kind, (bad, 0.9)).confidence


def test_candidates_that_fit_win_over_surer_ones_that_do_not():
    assert decided("year", ("smudge", 0.95), ("1987", 0.5)).value == "1987"


def test_agreement_raises_and_disagreement_lowers():
    alone = decided("year", ("1987", 0.7)).confidence
    agreed = decided("year", ("1987", 0.7), ("1987", 0.6)).confidence
    apart = decided("year", ("1987", 0.7), ("1981", 0.65)).confidence
    assert apart < 0.6 * alone < alone < agreed < 1
    assert decided("year", ("1987", 0.7), ("1981", 0.65)).candidates[0].text == "1981"


def test_a_letter_apart_in_a_long_line_costs_little():
    words = "two cycles were taken from the market at noon"
    near = decided("line", (words, 0.9), (words.replace("noon", "moon"), 0.85)).confidence
    far = decided("line", (words, 0.9), ("the market was quiet and nothing came of it", 0.85)).confidence
    assert 0.8 < near < 0.9 and far < 0.55


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Harbour", "Harbour PS"),
        ("HARBOUR P.S.", "Harbour PS"),
        ("Harbuor", "Harbour PS"),
        ("P.S. Harbour, Dist", "Harbour PS"),
        ("HB", "Harbour PS"),
        ("LT (N)", "Lake Town North PS"),
        ("मध्य थाना", "मध्य थाना"),
        ("xHBx", ""),
        ("entirely different", ""),
        ("Lake Town", ""),
    ],
)
def test_a_closed_list_decides(text, value):
    assert decided("line", (text, 0.8), lexicon=STATIONS).value == value


def test_a_list_is_less_sure_the_less_alike_and_the_nearer_another_entry():
    exact, near, between = (
        decided("line", (t, 0.8), lexicon=STATIONS).confidence for t in ("Harbour PS", "Hxrbour P", "Lake Town Nouth")
    )
    assert exact > near > between
    assert exact <= 0.8


def test_a_list_that_is_not_there_stops_with_the_zone_named():
    form = Form.model_validate(
        {
            "format": 1, "id": "f", "family": "f", "title": "F", "languages": ("en",), "width": 200, "height": 100,
            "features": "f.npz", "zone": [{"id": "z", "box": (0, 0, 100, 20), "list": "moons"}],
        }
    )  # fmt: skip
    found = Recognition("f", 200, 100, zones=(reading(("x y", 0.9)),))
    with pytest.raises(FormError, match=r"f\.toml: zone z: .*'moons'"):
        decide_page(found, form, {"stations": STATIONS})
    assert decide_page(found, form, {"moons": STATIONS}).zones["z"].value == ""


def test_of_printed_choices_the_one_left_standing_is_taken():
    choices = ("Written", "Oral")
    assert decided("choice", ("Writen", 0.8), choices=choices).value == "Written"
    assert decided("choice", ("Written / Oral", 0.8), choices=choices).value == ""


def test_spellings_are_compared_folded():
    assert fold_text(" L.T. (n)-१२ ") == "ltn12"


TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(string.printable + "०१२३४५६७८९০১২৩ধ௧௨ாகமதशकखि्।—"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=30,
)
KINDS = ("line", "block", "digits", "decimal", "year", "date", "time", "sections")
CANDIDATES = st.lists(st.tuples(TEXTS, st.floats(0, 1)), max_size=5)


@given(kind=st.sampled_from(KINDS), candidates=CANDIDATES)
def test_no_value_that_no_candidate_supports(kind, candidates):
    found = decided(kind, *candidates)
    assert 0.0 <= found.confidence <= 1.0
    assert found.raw == "" or found.raw in [t for t, _ in candidates]
    assert bool(found.value) <= bool(found.raw)
    signs = set(fold_digits(found.raw)) | set(found.raw)
    is_number = kind in ("digits", "year") and not any(c.isdecimal() for c in trim_lines(found.raw))
    lookalike = set("01258·") if kind == "decimal" else set("01258") if is_number else set()
    assert {c for c in found.value if not c.isspace()} <= signs | {"/"} | lookalike


@given(candidates=CANDIDATES)
def test_a_list_gives_its_own_entries_or_nothing(candidates):
    found = decided("line", *candidates, lexicon=STATIONS)
    assert found.value in {"", *(value for value, _ in STATIONS.entries)}
    if found.value:
        assert found.value in [h.value for h in STATIONS.find(found.raw)]


@given(kind=st.sampled_from(KINDS), candidates=CANDIDATES)
def test_no_more_sure_than_agreeing_engines(kind, candidates):
    """Confidence never passes what candidates that all agree would give."""
    confidence = decided(kind, *candidates).confidence
    doubt = 1.0
    for _, c in candidates:
        doubt *= 1 - c
    assert confidence <= 1 - doubt + 1e-3


@given(st.integers(0, 99_999), st.sampled_from("०০੦૦୦௦౦೦൦0"))
def test_digits_of_every_script_survive(number, nought):
    local = "".join(chr(ord(nought) + int(d)) for d in f"{number:03d}")
    assert decided("digits", (local, 0.9)).value == f"{number:03d}"


@given(kind=st.sampled_from(KINDS), text=TEXTS)
def test_a_value_fits_as_well_as_the_text_it_came_from(kind, text):
    first = fit(kind, text)
    again = fit(kind, first.value) if first.value else first
    assert again.value == first.value
    assert unicodedata.normalize("NFC", text) != text or first.value == unicodedata.normalize("NFC", first.value)


@pytest.mark.parametrize(("mark", "value"), [(0.95, "Oral"), (0.2, "Written")])
def test_a_mark_among_printed_answers_is_weighed_against_what_a_hand_wrote_beside_them(mark, value):
    said = (Candidate("Oral", mark, "marks:ticked"), Candidate("Written", 0.6, "fields:hand"))
    choice = zone("choice", choices=("Written", "Oral"))
    both = decide_zone(ZoneReading("z", BOX, said), choice)
    assert both.value == value and both.confidence < max(mark, 0.6)
    alone = decide_zone(ZoneReading("z", BOX, said[1:]), choice)
    assert (alone.value, alone.confidence) == ("Written", 0.6)
