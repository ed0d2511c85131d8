"""Font encodings of Hindi, Marathi, Gujarati and Punjabi: marks in their place, both spellings of a glyph, dates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.encodings import decode, encode, find_encoding

KRUTI, DEVLYS, WALKMAN = "krutidev-010", "devlys-010", "walkman-chanakya-905"
CHANAKYA, SHUSHA, SHREE, DV = "chanakya", "shusha", "shree-dev-0714", "unconfirmed-dv-tt-surekh"
LMG, GOPIKA = "lmg-arun", "unconfirmed-gopika"
GURBANI, ASEES, JOY = "gurbani-akhar", "asees", "unconfirmed-joy"
SATLUJ, CHATRIK = "satluj", "unconfirmed-drchatrik"
DEVANAGARI = (KRUTI, DEVLYS, WALKMAN, CHANAKYA, SHUSHA, SHREE, DV)


@pytest.mark.parametrize(
    ("name", "stored", "text"),
    [
        (DEVLYS, "èkesZUæx<+", "धर्मेन्द्रगढ़"),
        (DEVLYS, 'o"kkZ uewusoky', "वर्षा नमूनेवाल"),
        (DEVLYS, "nhf?kZdk", "दीर्घिका"),
        (WALKMAN, "f=kfoØe", "त्रिविक्रम"),
        (WALKMAN, "oQkYifuoQiqj", "काल्पनिकपुर"),
        (WALKMAN, "iwQyorh", "फूलवती"),
        (WALKMAN, "mQ¡pkxk¡o", "ऊँचागाँव"),
        (WALKMAN, "miQZ", "उर्फ"),
        (WALKMAN, "ozQe", "क्रम"),
        (WALKMAN, "lqy>k_", "सुलझा;"),
        (CHANAKYA, "·¤æËÂçÙ·¤ÂéÚU", "काल्पनिकपुर"),
        (CHANAKYA, "©žæÚðUEÚU", "उत्तरेश्वर"),
        (CHANAKYA, "çSÍçÌ", "स्थिति"),
        (CHANAKYA, "·ÌüÃØçÙD", "कर्तव्यनिष्ठ"),
        (CHANAKYA, "Ïæí×·", "धार्मिक"),
        (CHANAKYA, "âÇU¸·¤ ÜÇU¸·¤è", "सड़क लड़की"),
        (CHANAKYA, "ÂÉU¸Ùæ", "पढ़ना"),
        (CHANAKYA, "·¤¸ÚUèÕ âÈ¤¸ÚU", "क़रीब सफ़र"),
        (SHUSHA, "vaYaa- namaUnaovaala", "वर्षा नमूनेवाल"),
        (SHUSHA, "i~ivaËma", "त्रिविक्रम"),
        (SHUSHA, "dIiGa-ka", "दीर्घिका"),
        (SHUSHA, "Aa[-", "आई"),
        (SHREE, "Hw$_ma", "कुमार"),
        (SHREE, "Y_}ÝÐJT‹", "धर्मेन्द्रगढ़"),
        (SHREE, "HV©ì`pZð", "कर्तव्यनिष्ठ"),
        (SHREE, "nµSm", "पड़ा"),
        (DV, "´É¹ÉÉÇ xÉ¨ÉÚxÉä´ÉÉ±É", "वर्षा नमूनेवाल"),
        (DV, "nÒÊPÉÇEÉ", "दीर्घिका"),
        (LMG, 'JQFF"A[G', "વર્ષાબેન"),
        (LMG, "l+lJÊD", "ત્રિવિક્રમ"),
        (LMG, "zLD\\T U|FD", "શ્રીમંત ગ્રામ"),
        (LMG, 'lJnFYL"', "વિદ્યાર્થી"),
        (LMG, "DFwID X]wW", "માધ્યમ શુધ્ધ"),
        (LMG, "5|`G HF]GF", "પ્રશ્ન જુના"),
        (GOPIKA, "ftÕvrlfvwh", "કાલ્પનિકપુર"),
        (GOPIKA, "Mþh;", "સુરત"),
        (GURBANI, "imqI ñò-úù-òúúõ ƒ", "ਮਿਤੀ ੧੨-੦੯-੨੦੦੫ ਨੂੰ"),
        (GURBANI, "sRI pRIqm isMG", "ਸ੍ਰੀ ਪ੍ਰੀਤਮ ਸਿੰਘ"),
        (ASEES, "EkDk gzikp g[fb;", "ਥਾਣਾ ਪੰਜਾਬ ਪੁਲਿਸ"),
        (ASEES, "gVQdk ftfdnkoEh", "ਪੜ੍ਹਦਾ ਵਿਦਿਆਰਥੀ"),
        (ASEES, "fwsh 12$05$2009 B{z e[ZNwko", "ਮਿਤੀ 12/05/2009 ਨੂੰ ਕੁੱਟਮਾਰ"),
        (ASEES, "gqkgsh tokzvk T[Bk-jA", "ਪ੍ਰਾਪਤੀ ਵਰਾਂਡਾ ਉਨ੍ਹਾਂ"),
        (SATLUJ, "áÅäÅ ê¿ÜÅì ê¹ÇñÃ", "ਠਾਣਾ ਪੰਜਾਬ ਪੁਲਿਸ"),
        (SATLUJ, "êÇó·ÁÅ ÃÌÆ ÇÃ¼Îè¶ ù", "ਪੜ੍ਹਿਆ ਸ੍ਰੀ ਸਿੱਧੇ ਨੂੰ"),
        (CHATRIK, "aYs[pI[ ny nUM puwqr.", "ਐਸ.ਪੀ. ਨੇ ਨੂੰ ਪੁੱਤਰ।"),
        (JOY, "uzdq rok` j{`", "ਚੰਦ੍ਰ ਗਰਾਂ ਹੂੰ"),
        (JOY, "ËEw rkt?_ ..", "ਪ੍ਰਥਮ ਗਾਵੈਂ ॥"),
    ],
)
def test_what_a_font_stores_is_read_in_the_order_of_speech(name: str, stored: str, text: str) -> None:
    assert decode(name, stored) == text


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        (KRUTI, "/kehZ", "èkehZ"),
        (KRUTI, "mÙkj", "mŸkj"),
        (KRUTI, "[¨r", "[skr"),
        (KRUTI, "ºzkl", "gzkl"),
        (KRUTI, "fgaeky;", "Çgeky;"),
        (KRUTI, "fageky;", "Çgeky;"),
        (WALKMAN, "oQj", "dj"),
        (WALKMAN, "iQy", "Qy"),
        (CHANAKYA, "ÂÉ¸", "Â¸É"),
        (CHANAKYA, "Öæ»", "\x8fææ»"),
        (CHANAKYA, "¥ôÆ", "¥æðÆ"),
        (SHUSHA, "maaOna", "maÝna"),
        (SHUSHA, "j,amaIna", "ja,maIna"),
        (SHUSHA, "p<aa", "p%taa"),
        (SHREE, "gmoZm", "gomZm"),
        (SHREE, "S‹a", "µSa"),
        (SHREE, "H$_©", "H_©"),
        (LMG, "1FDF", "ÙDF"),
        (GOPIKA, "mwh", "Mþh"),
    ],
)
def test_two_spellings_of_a_glyph_read_the_same(name: str, first: str, second: str) -> None:
    assert decode(name, first) == decode(name, second)


def test_short_i_behind_a_vowel_in_lmg_arun_is_the_long_letter_of_the_spelling() -> None:
    assert decode(LMG, "SM> >8 EF.") == "કોઈ ઇટ ભાઈ"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("Z5q_5qZ#", "૨૫/૦૫/૨૩"),
        ("Z5q\\_5qZ#", "૨૫/૦૫/૨૩"),
        ("!))5", "૧૯૯૫"),
        ("Z__5DF\\", "૨૦૦૫માં"),
        ("5Z", "પર"),
        ("ZFH5]Z", "રાજપુર"),
        ("!ZF", "૧રા"),
    ],
)
def test_letters_of_lmg_arun_are_digits_inside_numbers(stored: str, text: str) -> None:
    assert decode(LMG, stored) == text


def test_dates_are_written_with_the_letters_that_serve_as_digits() -> None:
    assert encode(LMG, "તા. ૧૨/૦૫/૧૯૯૫") == b"TFP !Zq_5q!))5"


@pytest.mark.parametrize("name", DEVANAGARI)
@pytest.mark.parametrize(
    "text",
    [
        "काल्पनिकपुर निरर्थक वर्षा",
        "श्रीमंत क्षेत्रपाल, ज्ञानोदय त्रिविक्रम",
        "धर्मेन्द्रगढ़ ऊँचागाँव उत्तरेश्वर",
        "मुद्रिका प्रतिष्ठित संदिग्ध स्थिति",
        "द्वारकाधीश शक्तिपीठ औषधि हृदय कृषि",
        "ब्राह्मण राष्ट्रीय सर्वेक्षण दीर्घिका सौंदर्य",
    ],
)
def test_hindi_and_marathi_words_survive_the_round_trip(name: str, text: str) -> None:
    assert decode(name, encode(name, text)) == text


@pytest.mark.parametrize("name", [LMG, GOPIKA])
@pytest.mark.parametrize(
    "text",
    ["કાલ્પનિકપુર વર્ષાબેન", "ક્ષેત્રપાલ જ્ઞાનોદય શ્રીમંત", "રૂપિયા ભાઈ ઉંમર ગૃહિણી", "પ્રકાશ બ્રાહ્મણ દીર્ઘિકા"],
)
def test_gujarati_words_survive_the_round_trip(name: str, text: str) -> None:
    assert decode(name, encode(name, text)) == text


LETTERS = "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह"


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from(DEVANAGARI),
    st.lists(
        st.tuples(
            st.sampled_from(["", "र्", "स्", "न्"]),
            st.sampled_from(LETTERS),
            st.sampled_from(["", "ा", "ि", "ी", "ु", "ू", "े", "ै", "ो", "ौ", "ृ"]),
            st.sampled_from(["", "ं"]),
        ),
        min_size=1,
        max_size=6,
    ),
)
def test_every_syllable_survives_the_round_trip(name: str, syllables: list[tuple[str, str, str, str]]) -> None:
    text = "".join(map("".join, syllables))
    assert decode(name, encode(name, text)) == text


@pytest.mark.parametrize("name", [*DEVANAGARI, LMG, GOPIKA])
def test_every_code_of_a_table_is_known_to_it(name: str) -> None:
    table = find_encoding(name)
    assert not any(table.unknown(code) for code in table.codes)  # type: ignore[attr-defined]
