"""Handwritten fields: what matrices bear of years, numbers, lists and sections; no network is needed for it."""

import csv
import math
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.reading.lexica import sections_file
from ocr.calibration.fields import fit, predict, spread
from ocr.decoding.ctc import likelihood
from ocr.decoding.spotting import SectionRange
from ocr.errors import FormError
from ocr.forms.settings import ReadSettings
from ocr.handwriting.chance import best_path, chances, code, drop_sure_blanks, folded_case, shares
from ocr.handwriting.entries import folded_name, read_entry, trained_names
from ocr.handwriting.free import read_line
from ocr.handwriting.letters import load_letters
from ocr.handwriting.numbers import read_serial, read_year
from ocr.handwriting.packed import CHARACTERS, pack, unpack
from ocr.handwriting.sections import changed_sections, lines_of, load_sections, read_sections, sections_of
from ocr.handwriting.twice import TwiceRead, read_twice
from ocr.handwriting.zone import passes_of, weigh, weigh_twice
from ocr.languages.lexicon import Lexicon
from ocr.registers import RegisterSettings

STATIONS = (
    ("Lake Town", ("Laketown",)),
    ("Electronics Complex", ("EC", "E/C")),
    ("Eco Park", ()),
    ("North", ("BDN(N)",)),
)
LIST = Lexicon("station", STATIONS, beside=("PS",), trained=frozenset())
KNOWN = sections_of(
    "IPC",
    dict.fromkeys(("34", "323", "341", "379", "406", "506"), -3.0) | {"498A": -3.0},
    {"DP Act": {"names": ["D.P. ACT", "DP ACT"], "lists": ["3/4", "4"], "weight": -4.0}},
    [(("IPC",), -2.0), (("2003", "1985"), -4.0)],
)


def written(path: str, sure: float = 0.95) -> np.ndarray:
    """A matrix that says a path, one frame a sign; "_" is the blank."""
    classes = ["_", *CHARACTERS]
    matrix = np.full((len(path), len(classes)), (1 - sure) / (len(classes) - 1))
    for frame, sign in enumerate(path):
        matrix[frame, classes.index(sign)] = sure
    return np.log(matrix).astype(np.float32)


def spaced(text: str) -> str:
    return "_".join(["", *text, ""])


def noise(seed: int, frames: int = 12) -> np.ndarray:
    matrix = np.random.default_rng(seed).dirichlet(np.full(1 + len(CHARACTERS), 0.05), frames)
    return np.log(np.maximum(matrix, 1e-6)).astype(np.float32)


def listed(*paths: str) -> list[str]:
    return [s.text for s in read_sections([[written(p)] for p in paths], CHARACTERS, KNOWN, [-2.0] * len(paths))]


@given(
    st.integers(0, 50), st.lists(st.text("0123456789/", min_size=1, max_size=4), min_size=1, max_size=5, unique=True)
)
@settings(max_examples=30, deadline=None)
def test_many_texts_at_once_are_as_likely_as_each_alone(seed, texts):
    matrix = np.maximum(noise(seed), -9.0)
    index = {c: i + 1 for i, c in enumerate(CHARACTERS)}
    alone = [likelihood(matrix, [index[c] for c in text]) for text in texts]
    together = chances(matrix, code(texts, CHARACTERS))
    assert together == pytest.approx(alone, abs=1e-3)
    assert (together <= 1e-6).all()


def test_texts_in_any_order_of_length_are_as_likely_as_each_by_itself():
    texts = [str(n) for n in range(111, 7, -1)]
    for passing in (None, 2.0):
        together = chances(noise(5), code(texts, CHARACTERS), passing)
        alone = [float(chances(noise(5), code([t], CHARACTERS), passing)[0]) for t in texts]
        assert together == pytest.approx(alone, rel=1e-9)


def test_a_long_matrix_on_which_texts_are_as_unlikely_as_can_be_keeps_their_order():
    matrix = np.full((400, 1 + len(CHARACTERS)), -9.0, np.float32)
    matrix[:, 1 + CHARACTERS.index("x")] = -0.01
    matrix[200:204, 1 + CHARACTERS.index("7")] = -0.02
    logs = chances(matrix, code(["7", "77", "8"], CHARACTERS), 3.0)
    assert logs[0] > max(logs[1:]) and np.isfinite(logs).all() and (logs > -400 * 9).all()


@given(st.integers(0, 50), st.text("0123456789/", min_size=1, max_size=5))
@settings(max_examples=30, deadline=None)
def test_with_other_things_around_a_text_is_no_less_likely(seed, text):
    coded = code([text], CHARACTERS)
    assert chances(noise(seed), coded, 2.0)[0] >= chances(noise(seed), coded)[0] - 1e-3


def test_texts_of_other_characters_are_left_out_and_shares_sum_to_one():
    coded = code(["12", "१२", ""], CHARACTERS)
    assert coded.texts == ("12",)
    assert shares(np.array([-3.0, -4.0])).sum() == pytest.approx(1)
    assert len(shares(np.zeros(0))) == 0


def test_rows_of_blanks_become_one_and_case_does_not_count():
    long = written("____1____2____", 0.995)
    assert len(drop_sure_blanks(long)) < len(long)
    coded = code(["12"], CHARACTERS)
    assert chances(drop_sure_blanks(long), coded)[0] == pytest.approx(chances(long, coded)[0], abs=0.5)
    folded = folded_case(written("_e_c_"), CHARACTERS)
    assert chances(folded, code(["EC"], CHARACTERS))[0] > -1


@pytest.mark.parametrize(("path", "year"), [("2018", "2018"), ("1987", "1987"), ("18", "2018")])
def test_years_of_four_or_two_figures(path, year):
    found = read_year([written(spaced(path))], CHARACTERS)
    assert found[0].value == year and found[0].agreed == 1.0
    assert sum(f.share for f in found) == pytest.approx(1, abs=1e-6)


def test_passes_vote_and_a_doubt_between_them_lowers_the_share():
    alike = read_year([written(spaced("2018"))] * 2, CHARACTERS)[0]
    apart = read_year([written(spaced("2018")), written(spaced("2013"))], CHARACTERS)[0]
    assert alike.share > 0.9 > apart.share and apart.agreed == 0.5


@pytest.mark.parametrize(
    ("path", "number", "text"),
    [("525/18", "525", "525/18"), ("07/2019", "7", "07/2019"), ("42", "42", "42"), ("33|18", "33", "33/18")],
)
def test_running_numbers_with_and_without_their_year(path, number, text):
    found = read_serial([written(spaced(path))], CHARACTERS)
    assert (found[0].value, found[0].text) == (number, text)


@pytest.mark.parametrize(
    ("path", "station"),
    [
        ("Lake Town", "Lake Town"), ("laketown", "Lake Town"), ("EC", "Electronics Complex"), ("e/c PS", "Electronics Complex"),
        ("BDN(N)", "North"), ("Electronics Complex", "Electronics Complex"), ("Eco Pork", "Eco Park"),
    ],
)  # fmt: skip
def test_stations_by_name_alias_and_slip(path, station):
    assert read_entry([written(spaced(path))], CHARACTERS, LIST)[0].value == station


def test_what_is_on_no_list_fits_none_of_it():
    known = read_entry([written(spaced("Lake Town"))], CHARACTERS, LIST)[0]
    strange = read_entry([written(spaced("Qqqqqq Zzzz"))], CHARACTERS, LIST)[0]
    assert known.fits > -0.3 > strange.fits


def test_of_a_long_list_the_likeliest_entries_are_weighed():
    many = tuple((f"Place {i}", ()) for i in range(300)) + STATIONS
    assert read_entry([written(spaced("Laketown"))], CHARACTERS, replace(LIST, entries=many))[0].value == "Lake Town"


def test_a_name_that_the_network_was_trained_on_gives_way_to_another_in_doubt_but_not_where_it_is_plain():
    doubtful = [np.logaddexp(written(spaced("Lake Town")), written(spaced("Lane Towm")) + 0.2)]
    names = Lexicon("place", (("Lake Town", ()), ("Lane Towm", ())), trained=frozenset())
    trained = replace(names, trained=frozenset({"lane towm"}))
    assert read_entry(doubtful, CHARACTERS, names)[0].value == "Lane Towm"
    assert read_entry(doubtful, CHARACTERS, trained)[0].value == "Lake Town"
    assert read_entry([written(spaced("Lane Towm"))], CHARACTERS, trained)[0].value == "Lane Towm"
    every = read_entry(doubtful, CHARACTERS, replace(names, trained=frozenset({"lake town", "lane towm"})))
    assert [s.share for s in every] == pytest.approx([s.share for s in read_entry(doubtful, CHARACTERS, names)])


def test_what_is_printed_beside_an_entry_may_stand_in_its_crop_where_callers_say_so():
    seen = [written(spaced("Lake Town XY"))]
    here, there = (read_entry(seen, CHARACTERS, replace(LIST, beside=words))[0] for words in (("XY",), ()))
    assert here.value == there.value == "Lake Town" and here.fits > there.fits


def test_the_names_that_the_weights_were_trained_on_are_stations_of_the_list():
    with resources.files("mappers.codes").joinpath("stations/wb.csv").open(encoding="utf-8") as f:
        listed = {folded_name(row["station"]) for row in csv.DictReader(f)}
    assert len(trained_names()) == 6 and trained_names() <= listed


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("341/323/34", "341/323/34 IPC"), ("379 IPC", "379 IPC"), ("498(A)/406", "498A/406 IPC"), ("498a|406", "498A/406 IPC"),
        ("u/s 341,323 IPC", "341/323 IPC"), ("498A/406 & 3/4 D.P. Act", "498A/406 IPC & 3/4 DP Act"), ("IPC 3411506", "341/506 IPC"),
    ],
)  # fmt: skip
def test_lists_of_sections_as_they_are_written(path, text):
    assert listed(spaced(path))[0] == text


def test_a_list_goes_on_in_the_second_line_and_an_empty_line_adds_nothing():
    assert listed(spaced("341/323"), spaced("506/34"))[0] == "341/323/506/34 IPC"
    assert listed(spaced("341/323"), "________")[0] == "341/323 IPC"
    assert listed("________", "________") == []


def test_a_section_is_listed_once():
    assert listed(spaced("379/379"))[0] == "379 IPC"


def test_passes_that_differ_make_a_list_doubtful():
    same = read_sections([[written(spaced("341/323"))] * 2], CHARACTERS, KNOWN, [-2.0])[0]
    other = [written(spaced("341/323")), written(spaced("341/379"))]
    apart = read_sections([other], CHARACTERS, KNOWN, [-2.0])[0]
    assert same.agreed == 1.0 > apart.agreed and same.log > apart.log


def test_the_sections_that_reading_is_handed_hold_the_usual_ones_and_acts():
    handed = load_sections(sections_file())
    known = {s.value: s for s in handed.members}
    assert (handed.main, handed.range) == ("IPC", SectionRange(511, "ABCDE", ("34",)))
    assert {"379", "498A", "304A", "120B", "3/4 DP Act", "51 DM Act", "25/27 Arms Act"} <= set(known)
    assert known["379"].weight > known["121"].weight


def test_a_file_that_holds_no_sections_is_refused_by_name(tmp_path):
    path = tmp_path / "own.toml"
    for text in ("[weights]\n", "no toml"):
        path.write_text(text, encoding="utf-8")
        load_sections.cache_clear()
        with pytest.raises(FormError, match=r"own\.toml: not a file of sections"):
            load_sections(path)


def test_a_list_of_sections_is_free_text_where_none_are_known():
    matrices = ((written(spaced("341/323"), 0.999),), (written(spaced("379"), 0.999),))
    (found,) = weigh("sections", matrices)
    assert (found.text, found.kind) == ("341/323 379", "line")


def test_sections_of_another_law_come_out_under_its_own_title():
    other = sections_of("BNS", {"103": -3.0, "115": -3.0}, {}, [(("BNS",), -2.0)])
    assert read_sections([[written(spaced("103/115 BNS"))]], CHARACTERS, other, [-2.0])[0].text == "103/115 BNS"


def test_a_new_version_of_the_sections_has_pages_read_anew_and_the_first_does_not(tmp_path):
    path = tmp_path / "sections.toml"
    text = sections_file().read_text(encoding="utf-8")
    path.write_text(text.replace("\nversion = 1\n", "\nversion = 2\n"), encoding="utf-8")
    assert changed_sections(sections_file()) == {} and changed_sections(path) == {"sections": 2}
    assert ReadSettings(sections=path).key() != ReadSettings(sections=sections_file()).key()
    assert RegisterSettings(sections=path).plain() == RegisterSettings(sections=sections_file()).plain() | {
        "sections": 2
    }


LETTERS = load_letters()


def test_a_name_that_two_letters_fit_alike_is_read_as_names_are_spelled():
    path = spaced("Rina Dxs")
    doubtful = written(path)
    at = path.index("x")
    doubtful[at, 1 + CHARACTERS.index("a")] = doubtful[at, 1 + CHARACTERS.index("x")] - 1.0
    found = read_line([doubtful], LETTERS)
    assert found[0].text == "Rina Das" and "Rina Dxs" in {line.text for line in found}


def test_what_is_read_plainly_is_kept_however_unusual_it_is():
    for text in ("Xqzvj Wkpf", "Rs. 4,500/-", "9876543210", "QR-77"):
        assert read_line([written(spaced(text), 0.999)], LETTERS)[0].text == text


def test_what_two_passes_bear_comes_before_what_one_reads_and_passes_alike_are_surer():
    same, other = written(spaced("Bipin Qur")), written(spaced("Bipin Qux"))
    alike, apart = read_line([same, same], LETTERS)[0], read_line([same, same, other], LETTERS)
    assert apart[0].text == alike.text == "Bipin Qur" and "Bipin Qux" in {line.text for line in apart}
    assert alike.agreed == 1.0 > apart[0].agreed and alike.share > apart[0].share
    assert sum(line.share for line in apart) <= 1.0001 and all(line.fit <= 0.01 for line in apart)


def test_nothing_written_is_no_text():
    assert read_line([written("____")], LETTERS) == [] == read_line([written("____")[:0]], LETTERS)


@given(st.integers(0, 200))
@settings(max_examples=25, deadline=None)
def test_any_matrix_gives_texts_in_order_of_their_shares(seed):
    found = read_line([noise(seed, 15), noise(seed + 1, 9)], LETTERS)
    assert [line.share for line in found] == sorted((line.share for line in found), reverse=True)
    assert len({line.text for line in found}) == len(found) and all(line.text for line in found)


@given(st.text(CHARACTERS, max_size=8))
@settings(max_examples=40, deadline=None)
def test_what_may_follow_a_text_has_probability_one_in_all(text):
    after = [math.exp(x) for x in LETTERS.logs_after(text)]
    folded = {c.casefold(): p for c, p in zip(CHARACTERS, after[1:-1], strict=True)}
    assert sum(folded.values()) + after[-1] == pytest.approx(1)
    assert after[1 + CHARACTERS.index("A")] == after[1 + CHARACTERS.index("a")]


def test_usual_spellings_are_likelier():
    assert LETTERS.log("Smt Rina Das") > LETTERS.log("Smt Rinq Dqs") + 5


def test_a_packed_matrix_is_the_same_to_a_sixteenth():
    matrix = np.maximum(noise(3, 40), -20.0)
    back = unpack(pack(matrix))
    assert (
        back.shape == drop_sure_blanks(matrix).shape and np.abs(back - drop_sure_blanks(matrix)).max() <= 1 / 16 + 1e-6
    )
    assert pack(matrix).isascii() and unpack(pack(matrix[:0])).shape == (0, 1 + len(CHARACTERS))


def test_nothing_was_seen_in_no_frames():
    none = np.zeros((0, 1 + len(CHARACTERS)), np.float32)
    assert best_path(none) == 0.0
    for kind in ("year", "digits", "sections", "line"):
        assert weigh(kind, ((none,),), KNOWN) == []


def test_passes_are_parts_of_the_height_and_sections_have_two_lines():
    assert len(passes_of("sections", 88, is_listed=False)) == 2 and len(passes_of("sections", 40, is_listed=False)) == 1
    for kind in ("year", "digits", "sections", "line"):
        passes = [v for line in passes_of(kind, 88, is_listed=False) for v in line]
        assert all(0 <= top < bottom <= 1 and stretch > 0 for top, bottom, stretch in passes)


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=20, max_size=60))
@settings(max_examples=20, deadline=None)
def test_a_fitted_probability_is_right_as_often_as_it_says_on_the_whole(pairs):
    model = fit([(x,) for x, _ in pairs], [r for _, r in pairs])
    said = [predict(model, (x,)) for x, _ in pairs]
    assert all(0 <= p <= 1 for p in said)
    assert sum(said) / len(said) == pytest.approx(sum(r for _, r in pairs) / len(pairs), abs=0.05)


def test_shares_are_spread():
    assert spread(0.5) == 0 and spread(0.0) == pytest.approx(-spread(1.0)) == pytest.approx(-math.log(999))


def twice(here: list[str], there: list[str]) -> list[TwiceRead]:
    places = [
        lines_of([[written(p, 0.8)] for p in paths], CHARACTERS, KNOWN, [-2.0] * len(paths)) for paths in (here, there)
    ]
    return read_twice(places, KNOWN)


def blurred_323() -> np.ndarray:
    """341/323 whose last 3 matrices a little more like a 9."""
    matrix = written("_341_/_323_", 0.8)
    at = "_341_/_323_".index("323") + 2
    matrix[at, 1 + CHARACTERS.index("9")] = matrix[at, 1 + CHARACTERS.index("3")] + 0.1
    return matrix


def test_sections_in_two_places_settle_what_one_of_them_leaves_open():
    places = [lines_of([[m]], CHARACTERS, KNOWN, [-2.0]) for m in (blurred_323(), written("_323_/_341_", 0.8))]
    assert read_twice(places, KNOWN)[0].text == "341/323 IPC"


def test_an_act_that_one_place_leaves_out_is_kept_with_the_sections_that_the_other_reads_better():
    head, foot = [[blurred_323()], [written("_4_ _D_P_ _A_C_T_", 0.8)]], [[written("_341_/_323_", 0.8)]]
    places = [lines_of(lines, CHARACTERS, KNOWN, [-2.0] * len(lines)) for lines in (head, foot)]
    found = read_twice(places, KNOWN)
    assert found[0].text == "341/323 IPC & 4 DP Act" and found[0].share > 0.9
    plain = twice(["_341_/_323_", "_4_ _D_P_ _A_C_T_"], ["_341_/_323_"])[0]
    assert plain.text == "341/323 IPC & 4 DP Act" and plain.firsts == 1.0


def test_sections_alike_in_two_places_are_surer_than_in_one_and_two_lists_share_the_probability():
    alike = twice(["_379_/_34_"], ["_379_/_34_"])[0]
    apart = twice(["_379_/_34_"], ["_506_/_34_"])
    assert alike.text == "379/34 IPC" and alike.share > 0.95 and alike.firsts == 1.0
    assert {one.text for one in apart[:2]} == {"379/34 IPC", "506/34 IPC"} and apart[0].firsts == 0.5
    assert sum(one.share for one in apart) == pytest.approx(1)


def test_a_list_over_two_lines_is_the_same_as_on_one_and_a_place_that_says_nothing_leaves_the_other():
    found = twice(["_341_/", "_323_"], ["_341_/_323_"])[0]
    assert found.text == "341/323 IPC" and found.share > 0.9
    assert twice(["_379_"], ["_____"]) == []
    matrices = ((written("_379_"),),)
    assert [f.kind for f in weigh_twice(matrices, ((written("_____"),),), KNOWN)][:1] == ["sections"]
    assert weigh_twice(matrices, matrices, KNOWN)[0].kind == "sections_twice"
