"""The fonts of Tamil, Malayalam, Kannada and Telugu, and of Odia: signs before their letter, what joins and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.encodings import decode, encode, find_encoding

TAMIL = ("bamini", "tab", "tam", "tscii", "shreelipi-tamil")
AKRUTI = "akruti-ori-sarala-99"


@pytest.mark.parametrize("name", TAMIL)
@pytest.mark.parametrize(
    "text",
    ["பேரிச்சை மரத்தோடு", "இப்பொழுது கணக்கையும்", "மார்க்கேஸ் கூர்மையாய்", "வெளிச்சத்தை நோக்கி", "ரிக்ஷே பக்ஷி ஔவை"],
)
def test_tamil_words_survive_the_round_trip(name: str, text: str) -> None:
    assert decode(name, encode(name, text)) == text


def test_in_tamil_a_sign_is_written_right_before_its_own_letter() -> None:
    assert encode("tab", "மரத்தோடு") == "ñóî¢«î£´".encode("cp1252")
    assert encode("bamini", "பேரிச்சை") == b"Ngupr;ir"


@pytest.mark.parametrize(
    ("name", "stored", "text"),
    [
        ("bamini", "mth;fs; rhp", "அவர்கள் சரி"),
        ("tab", "Üõ£¢è÷¢ ê£¤", "அவர்கள் சரி"),
        ("tam", "Üõ£¢èœ", "அவர்கள்"),
    ],
)
def test_tamil_r_without_its_leg_is_known_by_what_hangs_on_it(name: str, stored: str, text: str) -> None:
    assert decode(name, stored) == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("_^ôú", "ପତ୍ନୀ"),
        ("C}k", "ଉତ୍କଳ"),
        ("CKôk", "ଉତ୍କଳ"),
        ("AùfpòK", "ଇଲେକ୍ଟ୍ରିକ"),
        ("Z\x90", "ତତ୍ତ୍ୱ"),
        ("iáZò", "ସ୍ମୃତି"),
        ("Mî_", "ଗ୍ରୁପ"),
        ("Keò û", "କରି ।"),
        ("a\\¥ëZ", "ବଦ୍ୟୁତ"),
        ("ùg÷ûPûkd ùR÷^", "ଶୌଚାଳୟ ଜୈନ"),
    ],
)
def test_akruti_odia_is_read_with_the_rarer_glyphs(stored: str, text: str) -> None:
    assert decode(AKRUTI, stored) == text


@pytest.mark.parametrize("text", ["ପତ୍ନୀ ଉତ୍କଳ ରତ୍ନ", "ବିଦ୍ୟୁତ କମ୍ୟୁନିଟି", "ସ୍ମୃତି ଐତିହାସିକ ତତ୍ତ୍ୱ", "ଓଡ଼ିଶା ପାଞ୍ଛ ଖିଲାପି"])
def test_odia_words_survive_the_round_trip(text: str) -> None:
    assert decode(AKRUTI, encode(AKRUTI, text)) == text


@pytest.mark.parametrize("name", [*TAMIL, AKRUTI, "mltt-karthika", "mltt-revathi", "nudi-baraha"])
def test_every_code_of_a_table_is_known_to_it(name: str) -> None:
    table = find_encoding(name)
    assert not any(table.unknown(code) for code in table.codes)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "stored", "text"),
    [("unconfirmed-aabp-bengali", "wJ}SA'ÅvS", "পুরার্শিনা"), ("krutidev-010", "/kfZed", "धर्मिक")],
)
def test_a_sign_before_its_letter_keeps_the_reph_typed_behind_it(name: str, stored: str, text: str) -> None:
    assert decode(name, stored) == text


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(TAMIL),
    st.lists(
        st.tuples(
            st.sampled_from(["", "க்", "ர்", "ட்", "ந்", "ல்"]),
            st.sampled_from("கசடதபறயரலவழளஞநமனணங"),
            st.sampled_from(["", "ா", "ி", "ீ", "ு", "ெ", "ே", "ை", "ொ", "ோ"]),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_every_tamil_syllable_survives_the_round_trip(name: str, syllables: list[tuple[str, str, str]]) -> None:
    text = "".join(map("".join, syllables))
    assert decode(name, encode(name, text)) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("unconfirmed-shree-kan-0850", "ತಿಳಿಯುವುದು ಮುನ್ನ ಹೂವೂ"),
        ("unconfirmed-tl-tt-hemalatha", "వుంటున్నాడు ముందు ఆవూరు"),
        ("unconfirmed-shree-tel-0900", "వుంటున్నాడు ఆర్కైవ్స్"),
        ("mltt-karthika", "അവര്പോലും ചാര്ജെടുത്തു"),
        ("nudi-baraha", "ತಿಳಿಯುವುದು ವರ್ಷಕ್ಕೆ"),
    ],
)
def test_words_of_the_south_survive_the_round_trip(name: str, text: str) -> None:
    assert decode(name, encode(name, text)) == text
