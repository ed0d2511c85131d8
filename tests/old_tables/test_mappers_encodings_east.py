"""ISCII in ten scripts, the fonts of Bengali, Gurmukhi and Odia, InPage, and UTF-8 saved twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.encodings import decode, encode, find_encoding

ISCII = ("dev", "bng", "asm", "guj", "gur", "ori", "tml", "tlg", "knd", "mlm")


@pytest.mark.parametrize(
    ("script", "codes", "text"),
    [
        ("dev", "c6cdc1d820c6ccde c6da", "नयणह नमूना"),
        ("dev", "b8e3cc20b3e820cc", "चॅम क् म"),
        ("dev", "b3e8e8d6", "क्‌ष"),
        ("dev", "b3e8e9d6", "क्‍ष"),
        ("dev", "b3e8d9", "क्‍"),
        ("dev", "a6e9 a7e9 aae9 dfe9", "ऌॡॠ\u0944"),
        ("dev", "c6ccdec6da20eae920ea20eaea", "नमूना ऽ । ॥"),
        ("dev", "cadbf0bf f1f2fa", "बि॰०१९"),
        ("dev", "46495220f2f32f39", "FIR १२/9"),
        ("bng", "c6cce1c6da20d4dbc2e8e9", "নমেনা বিৎ"),
        ("asm", "c6ccdec6da20cfda d4da", "নমূনা ৰাৱা"),
        ("gur", "c6a2cae8cada", "ਨੰੱਬਾ"),
        ("gur", "a4cae8cbda20a5a2c6dda2", "ਅੱਭਾ ਆਂਨੁੰ"),
        ("mlm", "c6d1e8e920c6ccdec6e8e9", "നൽ നമൂൻ"),
        ("ori", "c6d4dace", "ନୱାୟ"),
        ("knd", "c9e9d3", "ಫ಼ೞ"),
        ("tml", "c6c7b4bf", "நனகட"),
    ],
)
def test_iscii_is_decoded_as_the_standard_says(script: str, codes: str, text: str) -> None:
    assert decode(f"iscii-{script}", bytes.fromhex(codes)) == text


def test_atr_switches_the_script_until_the_end_of_the_line() -> None:
    codes = b"\xc6\xefC\xc6\xefB\xc6\xefK\xc6\xef@\xc6\n\xc6\xefE\xc6\r\n\xc6"
    assert decode("iscii-mlm", codes) == "നনनਨന\nനన\r\nന"


def test_display_attributes_show_nothing_and_an_unknown_one_stays() -> None:
    assert decode("iscii-dev", b"\xef0\xc6\xef1\xcc\xefq") == "नम\xefq"
    assert find_encoding("iscii-dev").unknown("\xef0\xc6\xa1\xe9\xfe\x85") == 2


@pytest.mark.parametrize("script", ISCII)
def test_ascii_passes_through_iscii(script: str) -> None:
    assert decode(f"iscii-{script}", b"FIR 12/2003") == "FIR 12/2003"
    assert encode(f"iscii-{script}", "FIR 12/2003") == b"FIR 12/2003"
    assert find_encoding(f"iscii-{script}").unknown("FIR 12/2003") == 0


def _letters_of(script: str) -> list[str]:
    found = find_encoding(f"iscii-{script}")
    return [found.decode(chr(code)) for code in range(0xB3, 0xD9)]


@given(data=st.data(), script=st.sampled_from(ISCII))
def test_every_syllable_survives_iscii(data: st.DataObject, script: str) -> None:
    name = f"iscii-{script}"
    codes = find_encoding(name)
    signs = ["", *(codes.decode(chr(c)) for c in range(0xDA, 0xE8) if codes.decode(chr(c)) != chr(c))]
    syllable = st.tuples(st.sampled_from(_letters_of(script)), st.sampled_from(signs)).map("".join)
    text = "".join(data.draw(st.lists(syllable, min_size=1, max_size=6)))
    assert decode(name, encode(name, text)) == text


@given(st.binary(max_size=30), st.sampled_from(ISCII))
def test_any_bytes_are_read_as_iscii_of_some_kind(stored: bytes, script: str) -> None:
    assert decode(f"iscii-{script}", stored).count("\n") == stored.count(b"\n")


def test_what_iscii_cannot_say_is_refused_by_its_code_point() -> None:
    with pytest.raises(ValueError, match=r"U\+0C15"):
        encode("iscii-dev", "न\u0c15")
    with pytest.raises(ValueError, match=r"U\+0A02"):
        encode("iscii-gur", "ਨਿਂ")
