"""Laws that every encoding keeps: words survive the round trip, text comes out in NFC, what is unknown stays."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.encodings import (
    decode,
    decode_all,
    decode_cell,
    decode_stored,
    encode,
    encodings,
    find_encoding,
    names,
    to_characters,
)
from mappers.encodings.engine import FontTable
from mappers.encodings.plain import decode_mixed, decode_words

WORDS = Path(__file__).parents[2] / "sample_data" / "words.csv"
FONTS = tuple(n for n in names() if n != "utf8-doubled")
BYTES = st.binary(max_size=40).map(to_characters)
# No font of Windows-1252 has these.
FOREIGN = st.text(st.sampled_from("漢字한글ქაЖ→✓😀\U00011013"), min_size=1, max_size=3)


@cache
def words(language: str) -> tuple[str, ...]:
    with WORDS.open(encoding="utf-8", newline="") as lines:
        rows = [unicodedata.normalize("NFC", row.get(language, "")) for row in csv.DictReader(lines)]
    # A slash is another letter in some fonts.
    return tuple(w for row in rows for w in row.replace("/", " ").split())


@pytest.mark.parametrize("name", FONTS)
def test_the_words_of_its_languages_survive_the_round_trip(name: str) -> None:
    known = [w for language in find_encoding(name).info.languages for w in words(language)]
    assert known
    lost = {w: decode(name, encode(name, w)) for w in known if decode(name, encode(name, w)) != w}
    assert not lost


@pytest.mark.parametrize("name", FONTS)
def test_words_in_a_row_are_written_as_they_are_alone(name: str) -> None:
    known = words(find_encoding(name).info.languages[0])
    assert decode(name, encode(name, " ".join(known))) == " ".join(known)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(FONTS), BYTES)
def test_whatever_is_read_is_in_nfc(name: str, stored: str) -> None:
    assert unicodedata.is_normalized("NFC", decode(name, stored))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(FONTS), BYTES, FOREIGN)
def test_what_an_encoding_does_not_know_stays_where_it_is(name: str, stored: str, foreign: str) -> None:
    assert foreign in decode(name, f"{stored}{foreign}")
    assert decode(name, f"{foreign} {foreign}") == unicodedata.normalize("NFC", f"{foreign} {foreign}")


@settings(deadline=None, max_examples=200)
@given(st.data(), st.sampled_from(FONTS))
def test_a_cell_that_was_read_is_not_read_again(data: st.DataObject, name: str) -> None:
    encoding = encodings()[name]
    some = data.draw(st.lists(st.sampled_from(words(encoding.info.languages[0])), min_size=1, max_size=3))
    once = decode_cell(encoding, encode(name, " ".join(some))).text
    assert decode_cell(encoding, once).text == once
    # One letter by itself may be three codes of a font.
    assert len(once) == 1 or decode_cell(encoding, once.encode()).text == once


@settings(deadline=None, max_examples=600)
@given(st.data(), st.sampled_from([n for n in FONTS if isinstance(find_encoding(n), FontTable)]))
def test_words_decoded_one_by_one_are_what_the_whole_text_is(data: st.DataObject, name: str) -> None:
    font = find_encoding(name)
    assert isinstance(font, FontTable)
    pieces = st.one_of(st.sampled_from(sorted(font.codes)), st.sampled_from([" ", "  ", "1", "/", font.script.virama]))
    text = "".join(data.draw(st.lists(pieces, max_size=16)))
    assert font.decode(text) == font._decode_text(text)


# What may stand between the words of a font in one cell.
_OTHERS = st.sampled_from(
    [b"", b"379", b"IPC", b"S/o", b"u/s", b"a", b"-", b"]", b"H", b"\xa0", b"x\tx", b"27/1/98", b"\xe0\xa4\x95"]
)


@settings(deadline=None, max_examples=400)
@given(st.data(), st.sampled_from(FONTS))
def test_cells_read_all_at_once_are_as_read_one_by_one(data: st.DataObject, name: str) -> None:
    encoding = find_encoding(name)
    own = [encode(name, w) for w in words(encoding.info.languages[0])[:40]]
    piece = st.one_of(st.sampled_from(own), _OTHERS, st.binary(max_size=6))
    cells = data.draw(st.lists(st.lists(piece, max_size=6).map(b" ".join), max_size=4))
    assert list(decode_all(encoding, cells)) == [tuple(decode_stored(encoding, cell)) for cell in cells]


@settings(deadline=None, max_examples=400)
@given(st.data(), st.sampled_from(FONTS))
def test_a_short_cut_for_the_fonts_own_words_changes_no_text(data: st.DataObject, name: str) -> None:
    encoding = find_encoding(name)
    own = [encode(name, w) for w in words(encoding.info.languages[0])[:40]]
    piece = st.one_of(st.sampled_from(own), _OTHERS, st.binary(max_size=4))
    text = to_characters(b" ".join(data.draw(st.lists(piece, max_size=6)))).strip("\x00 ")
    assert decode_words(encoding, text) == unicodedata.normalize("NFC", decode_mixed(encoding, text))
