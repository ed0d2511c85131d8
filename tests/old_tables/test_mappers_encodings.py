"""Font encodings: Kruti Dev to Unicode and back, English and numbers left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.encodings import decode, decode_cell, encode, find_encoding, load_encodings, names
from mappers.encodings.tables import read_table
from mappers.errors import MappingError

KRUTI = "krutidev-010"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("mnkgj.k", "उदाहरण"),
        ("dYiukizlkn", "कल्पनाप्रसाद"),
        ("eux<ar", "मनगढंत"),
        ("pksjh", "चोरी"),
        ("[ksrh", "खेती"),
        ("fLFkfr", "स्थिति"),
        ("/keZ", "धर्म"),
        ('o"kZ', "वर्ष"),
        ("fu.kZ;", "निर्णय"),
        ("çfr:i", "प्रतिरूप"),
        ('jk"Vªh;', "राष्ट्रीय"),
        ("/kkjk 379@411 Hkk-n-fo-", "धारा 379/411 भा.द.वि."),
        ("1½ uewuk", "1) नमूना"),
        ("eksckbZy", "मोबाईल"),
        ("vkSj", "और"),
        ("i;kZIr", "पर्याप्त"),
        ("dk;ZØe", "कार्यक्रम"),
        ("{ks=", "क्षेत्र"),
    ],
)
def test_kruti_dev_is_decoded_with_its_marks_in_place(stored: str, text: str) -> None:
    assert decode(KRUTI, stored.encode("cp1252")) == text


@pytest.mark.parametrize(
    "text",
    [
        "उदाहरण कल्पनाप्रसाद",
        "श्रीमती नमूना, निर्णय वर्ष",
        "क्षेत्र में प्रतिष्ठित ज्ञान।",
        "ड़ढ़ द्वारा 12/98",
        "स्त्री की हृदय-गति",
        "विद्यार्थी व उत्तर",
    ],
)
def test_what_is_encoded_is_decoded_to_the_same(text: str) -> None:
    assert decode(KRUTI, encode(KRUTI, text)) == text


CONSONANTS = "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह"


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(CONSONANTS),
            st.sampled_from(["", "ा", "ि", "ी", "ु", "ू", "े", "ै", "ो", "ौ"]),
            st.sampled_from(["", "ं"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_plain_syllable_survives_the_round_trip(syllables: list[tuple[str, str, str]]) -> None:
    text = "".join(c + sign + mark for c, sign, mark in syllables)
    assert decode(KRUTI, encode(KRUTI, text)) == text


@settings(deadline=None)
@given(
    st.sampled_from(CONSONANTS.replace("र", "")),
    st.sampled_from(CONSONANTS.replace("र", "")),
    st.sampled_from(["", "ा", "ि", "ी"]),
)
def test_every_pair_of_consonants_survives_with_and_without_reph(one: str, two: str, sign: str) -> None:
    for text in (f"{one}्{two}{sign}", f"{one}र्{two}{sign}", f"{one}्र{sign}"):
        assert decode(KRUTI, encode(KRUTI, text)) == text


def test_a_character_the_font_has_not_is_refused_when_writing() -> None:
    with pytest.raises(ValueError, match="U\\+0B95"):
        encode(KRUTI, "க")


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("12.03.98", "12.03.98"),
        ("379@411", "379/411"),
        ("379 IPC", "379 IPC"),
        ("Stolen property recovered", "Stolen property recovered"),
        ("Udaharan Kalpana", "Udaharan Kalpana"),
        ("dYiukiqj", "कल्पनापुर"),
        ("", ""),
    ],
)
def test_numbers_and_english_inside_a_font_column_are_left_alone(stored: str, text: str) -> None:
    assert decode_cell(find_encoding(KRUTI), stored).text == text


def test_bytes_of_no_known_encoding_are_kept_and_doubted() -> None:
    cell = decode_cell(None, b"caf\xe9")
    assert (cell.text, cell.notes) == ("café", ("encoding-unknown",))
    assert decode_cell(None, "नमूना".encode()).text == "नमूना"


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_make_decoding_fail(data: bytes) -> None:
    assert isinstance(decode(KRUTI, data), str)
    assert isinstance(decode_cell(None, data).text, str)


def test_an_unknown_encoding_is_named_with_a_near_miss() -> None:
    assert KRUTI in names()
    with pytest.raises(MappingError, match="did you mean krutidev-010"):
        decode("krutidev", b"x")


def test_a_font_map_of_the_users_own_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "own-font.tsv").write_text("a\tक\nb\tि\tpre\n\\xe9\tख\n", encoding="utf-8")
    own = load_encodings((tmp_path, tmp_path / "not-there"))["own-font"]
    assert own.decode("ba\xe9") == "किख"
    assert own.info.script == "Deva"
    (tmp_path / f"{KRUTI}.tsv").write_text("a\tक", encoding="utf-8")
    with pytest.raises(MappingError, match="of that name already"):
        load_encodings((tmp_path,))


@pytest.mark.parametrize("line", ["d", "d\tक\tmiddle", "d\tक\nd\tख"])
def test_a_damaged_table_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "own.tsv").write_text(line, encoding="utf-8")
    with pytest.raises(MappingError, match="own.tsv: line"):
        read_table(tmp_path / "own.tsv")


@pytest.mark.parametrize("cell", ["उदाहरण".encode(), "उदाहरण", "धारा 379 IPC".encode()], ids=["bytes", "text", "mixed"])
def test_a_cell_that_is_unicode_already_is_left_alone_in_a_fonts_column(cell):
    found = decode_cell(find_encoding("krutidev-010"), cell)
    assert found.text == (cell if isinstance(cell, str) else cell.decode())
    assert found.notes == ("unicode-already",)


@pytest.mark.parametrize(
    ("name", "stored", "text"),
    [
        ("gurbani-akhar", b"jurm 457, 380 q.h.", "ਜੁਰਮ ੪੫੭, ੩੮੦ ਤ.ਹ."),
        ("krutidev-010", b"S.I. jke", "S.I. राम"),
        ("krutidev-010", b"at 10 a.m. jke", "at 10 a.m. राम"),
        ("krutidev-010", encode(KRUTI, "यह प्रकरण काल्पनिक है, क्रमांक 101।"), "यह प्रकरण काल्पनिक है, क्रमांक 101।"),
        ("krutidev-010", b"Hkk-n-fo- 498A IPC", "भा.द.वि. 498A IPC"),
    ],
)
def test_abbreviations_and_stops_of_the_font_are_not_taken_for_english(name, stored, text):
    assert decode_cell(find_encoding(name), stored).text == text


def test_the_number_of_a_list_may_be_a_letter_that_looks_like_a_digit():
    arun = find_encoding("lmg-arun")
    shown = arun.encode("૧) નમૂના ર) ઉદાહરણ")
    assert arun.decode(shown) == "૧) નમૂના ૨) ઉદાહરણ"
    assert arun.decode(arun.encode("ઘર)")) == "ઘર)"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (b"354d", "354क"),
        (b"354d Hkknfo", "354क भादवि"),
        (b"506ch", "506बी"),
        (b"498,", "498ए"),
        (b"498A", "498A"),
        (b"379, 411", "379, 411"),
    ],
)
def test_letters_of_sections_are_decoded_with_their_font(stored: bytes, text: str) -> None:
    assert decode_cell(find_encoding("krutidev-010"), stored).text == text
