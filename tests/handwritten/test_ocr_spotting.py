import numpy as np
import pytest

from ocr.decoding.spotting import SectionRange, kinds, spot_numbers, spot_sections

PENAL_CODE = SectionRange(511, "ABCDE", ("34",))
CHARACTERS = tuple("0123456789/ABCDEISZ. ")


def written(path: str, sure: float = 0.9) -> np.ndarray:
    """A matrix that says a path, one frame a sign; "-" is the blank."""
    classes = ["-", *CHARACTERS]
    matrix = np.full((len(path), len(classes)), (1 - sure) / (len(classes) - 1))
    for frame, sign in enumerate(path):
        matrix[frame, classes.index(sign)] = sure
    return np.log(matrix).astype(np.float32)


def best(path: str, kind: str) -> str:
    return spot_numbers(written(path), CHARACTERS, kind, sections=PENAL_CODE)[0].text


def test_the_kinds_are_those_a_form_can_name():
    assert kinds() == {"year", "digits", "sections"}
    with pytest.raises(KeyError):
        spot_numbers(written("1"), CHARACTERS, "line")


@pytest.mark.parametrize(
    ("path", "year"), [("2-0-1-8", "2018"), ("A-2-0-I-8-.", "2018"), ("Z-0-1-S", "2015"), ("1-9-8-7", "1987")]
)
def test_years(path, year):
    assert best(path, "year") == year


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("5-2-5-/-1-8", "525/18"),
        ("7-/-2-0-1-9", "7/2019"),
        ("0-7-/-1-9", "7/19"),
        ("4-2", "42"),
        ("S-2-I-1-8", "52/18"),
    ],
)
def test_running_numbers_with_their_year(path, number):
    assert best(path, "digits") == number


def test_writings_of_one_number_stand_for_the_same():
    found = spot_numbers(written("5-2-5-/-1-8"), CHARACTERS, "digits")
    assert found[0].number == "525" and found[0].gain > 5


@pytest.mark.parametrize(
    ("path", "sections"),
    [
        ("3-4-1-/-3-2-3-/-3-4", "341/323/34"),
        ("3-4-1-3-2-3-/-3-4", "341/323/34"),
        ("4-9-8-A-/-4-0-6", "498A/406"),
        ("3-7-9", "379"),
    ],
)
def test_sections_with_slashes_found_and_supplied(path, sections):
    assert best(path, "sections") == sections


def test_no_section_is_above_511():
    for spotted in spot_numbers(written("9-8-7-/-5-9-9"), CHARACTERS, "sections", sections=PENAL_CODE):
        assert all(int(s.rstrip("ABCDE")) <= 511 for s in spotted.text.split("/"))


def test_sections_of_two_lines_are_one_list_and_an_empty_line_adds_none():
    said = [
        spot_numbers(written(p), CHARACTERS, "sections", sections=PENAL_CODE)
        for p in ("3-7-9-/-4-1-1", "------", "5-0-6")
    ]
    texts = spot_sections(said)
    assert texts[0][0] == "379/411/506"
    assert all(0 <= c <= 1 for _, c in texts)
    assert spot_sections([[], []]) == []


def test_which_sections_there_are_is_the_callers_to_say():
    found = spot_numbers(written("3-5-8-/-3-5-9"), CHARACTERS, "sections", sections=SectionRange(358))
    assert found[0].text.startswith("358") and all("359" not in s.text for s in found)
    assert spot_numbers(written("9-8-7-/-5-9-9"), CHARACTERS, "sections")[0].text == "987/599"
