"""Several readings of one line made one: laws of the vote, and where the letters of its words stand."""

from hypothesis import given
from hypothesis import strategies as st

from ocr.page import Box, Candidate, Word
from ocr.print.vote import vote, voted_words

LETTERS = st.text(alphabet="abcd /19कखি", max_size=12)
READINGS = st.lists(st.builds(Candidate, LETTERS, st.floats(0, 1)), min_size=1, max_size=6)


def said(*texts, confidence=0.9):
    return [Candidate(t, confidence) for t in texts]


def test_each_letter_is_voted_for():
    assert vote(said("FIR 12/1987", "FIR 12/1981", "FlR 12/1987", "FIR 72/1987")).text == "FIR 12/1987"


def test_a_letter_that_most_see_is_put_in_and_one_that_few_see_is_left_out():
    assert vote(said("थान", "थाना", "थाना")).text == "थाना"
    assert vote(said(". 302 IPC", "302 IPC", "302 IPC")).text == "302 IPC"


def test_a_sure_reading_outweighs_two_doubtful_ones():
    assert vote([Candidate("1987", 0.95), Candidate("1981", 0.5), Candidate("1981", 0.5)]).text == "1987"


def test_how_wide_a_slash_is_set_says_nothing():
    assert vote(said("12 / 1987")).text == "12/1987"
    assert vote(said("२२४ /१९५८")).text == "२२४/१९५८"
    assert vote(said("his / her")).text == "his / her"


def test_empty_readings_do_not_vote():
    assert vote(said("", "abc", " ")).text == "abc"
    empty = vote(said("", " "))
    assert (empty.text, empty.agreed, empty.places) == ("", 0.0, ())


@given(READINGS)
def test_no_letter_is_invented_and_every_one_has_its_place(readings):
    found = vote(readings)
    assert set(found.text) <= set("".join(r.text for r in readings)) | {" "}
    assert len(found.places) == len(found.text)
    assert list(found.places) == sorted(found.places)
    assert 0.0 <= found.agreed <= 1.0 + 1e-9
    assert found.text == " ".join(found.text.split())


@given(READINGS, st.randoms())
def test_the_order_of_the_readings_does_not_matter(readings, random):
    mixed = list(readings)
    random.shuffle(mixed)
    assert vote(mixed).text == vote(readings).text


@given(LETTERS.filter(lambda t: t.strip()), st.integers(1, 4))
def test_readings_that_agree_are_the_text(text, n):
    found = vote(said(*[text] * n))
    assert found.agreed >= 0.5
    assert found.text == vote(said(text)).text


def words_of(text, letter_px=10):
    words, x = [], 0
    for word in text.split():
        words.append(Word(word, 0.9, Box(x, 5, x + letter_px * len(word), 25)))
        x += letter_px * (len(word) + 1)
    return tuple(words)


@given(READINGS)
def test_words_lie_within_the_frame_they_were_voted_on(readings):
    found = vote(readings)
    frame = words_of(readings[found.frame].text)
    words = voted_words(found, frame, readings)
    if not found.text:
        return
    assert " ".join(w.text for w in words) == found.text
    assert all(0 <= w.box.x0 < w.box.x1 <= frame[-1].box.x1 + 1 and 0 <= w.confidence <= 1 for w in words)


def test_a_voted_word_stands_where_its_letters_do():
    readings = said("ab cde", "ab cdf", "ab cdf")
    found = vote(readings)
    first, second = voted_words(found, words_of(readings[found.frame].text), readings)
    assert (first.box, second.box) == (Box(0, 5, 20, 25), Box(30, 5, 60, 25))
    assert (second.text, second.confidence) == ("cdf", round(2 / 3, 4))
