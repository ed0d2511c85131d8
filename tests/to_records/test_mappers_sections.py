"""Lists of acts and sections: parsed where they are clear, marked where inferred, left where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.clean.base import CleanContext
from mappers.clean.sections import clean_sections, parse_sections
from mappers.codes import acts, ipc_sections

IN_2010 = CleanContext(day="2010-05-05")


def parsed(raw: str, day: str = "2010-05-05") -> list[str]:
    """Each row as "ACT section", with * behind an inferred act and ? for what has no value."""
    out = []
    for row in clean_sections(raw, CleanContext(day=day)).rows:
        act = row["act"].value if "act" in row else "-"
        inferred = "*" if "inferred" in row and row["inferred"].value == "yes" else ""
        out.append(f"{act}{inferred} {row['section'].value or '?'}")
    return out


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("u/s 341/323/506/34 IPC", ["IPC 341", "IPC 323", "IPC 506", "IPC 34"]),
        ("धारा 379, 411 भा.द.वि.", ["IPC 379", "IPC 411"]),
        ("धारा ३७९/४११ भा०द०वि०", ["IPC 379", "IPC 411"]),
        ("ধারা ৩৪১/৩২৩ ভাঃ দঃ বিঃ", ["IPC 341", "IPC 323"]),
        ("இ.த.ச. 379, 411", ["IPC 379", "IPC 411"]),
        ("498A/406 IPC and 3/4 DP Act", ["IPC 498A", "IPC 406", "DPA 3", "DPA 4"]),
        ("498A/406 and 3/4 D.P. Act", ["IPC* 498A", "IPC* 406", "DPA 3", "DPA 4"]),
        ("354(B) IPC", ["IPC 354B"]),
        ("376(2)(n) IPC", ["IPC 376(2)(n)"]),
        ("120-B / 420 Ipc.", ["IPC 120B", "IPC 420"]),
        ("506(Ii) Ipc", ["IPC 506(ii)"]),
        ("498 A IPC", ["IPC 498A"]),
        ("498क/304ए भा.द.सं.", ["IPC 498A", "IPC 304A"]),
        ("IPC 379, 411; Arms Act 25", ["IPC 379", "IPC 411", "ARMS 25"]),
        ("302 r/w 34 IPC & 25/27 Arms Act 1959", ["IPC 302", "IPC 34", "ARMS 25", "ARMS 27"]),
        ("188 IPC &amp; 51 of Disaster Management Act-2005.", ["IPC 188", "DMA 51"]),
        ("20(b)(ii)(C) N.D.P.S. Act", ["NDPS 20(b)(ii)(c)"]),
        ("303(2) BNS", ["BNS 303(2)"]),
        ("भारतीय दण्ड संहिता 1860 - 379", ["IPC 379"]),
        ("135 Electritycity Act 2003", ["ELEC 135"]),
        ("379, 379 IPC", ["IPC 379"]),
        ("", []),
        ("u/s341/323IPC", ["IPC 341", "IPC 323"]),
        ("[406/34 IPC]", ["IPC 406", "IPC 34"]),
        ("406 or 420 IPC", ["IPC 406", "IPC 420"]),
        ("153 A (1) (a) IPC", ["IPC 153A(1)(a)"]),
        ("376 AB IPC", ["IPC 376AB"]),
        ("25(1-B)(a) Arms Act", ["ARMS 25(1b)(a)"]),
        ("25(I)A/27 Arms Act.", ["ARMS 25(i)(a)", "ARMS 27"]),
        ("20 (b) II (B) NDPS Act", ["NDPS 20(b)(ii)(b)"]),
        ("8(c) r/w 20(b)(ii)(A) NDPS", ["NDPS 8(c)", "NDPS 20(b)(ii)(a)"]),
        ("66 C & 66 D of I.T. Act 2000", ["IT 66C", "IT 66D"]),
        ("4 & 5 ES Act", ["EXPLSUB 4", "EXPLSUB 5"]),
        ("3(1)(r)(s) SC/ST (PoA) Act", ["SCST 3(1)(r)(s)"]),
        ("3 (2) (va) SC/ST Act", ["SCST 3(2)(va)"]),
        ("3/4/5 I.T.(P) Act", ["ITPA 3", "ITPA 4", "ITPA 5"]),
        ("13(2) r/w 13(1)(d) PC Act", ["PCA 13(2)", "PCA 13(1)(d)"]),
        ("25 A.Act", ["ARMS 25"]),
        ("498AIpc", ["IPC 498A"]),
        ("354BI.P.C & 14 Foreigner's Act", ["IPC 354B", "FOREIGN 14"]),
        ("304 Part II IPC", ["IPC 304(ii)"]),
        ("506 (Para-II) IPC", ["IPC 506(ii)"]),
        ("188 IPC and 11J W.B. Fire Services Act", ["IPC 188", "WBFS 11J"]),
        ("120B/420 and 66D I.T. Act", ["IPC* 120B", "IPC* 420", "IT 66D"]),
        ("498A/323 and 303(2) BNS", ["IPC* 498A", "IPC* 323", "BNS 303(2)"]),
        ("303(2) and 317(2) BNS", ["BNS 303(2)", "BNS 317(2)"]),
        ("109 and 110 Cr.P.C.", ["CRPC 109", "CRPC 110"]),
        ("379/411 and 41 Cr.P.C.", ["IPC* 379", "IPC* 411", "CRPC 41"]),
        ("51/63 Copy Right Act", ["COPY 51", "COPY 63"]),
        ("IPC 1860 U/s 379-IPC 1860 U/s 411", ["IPC 379", "IPC 411"]),
        ("Arms Act,1959: 25(1B)(a), IPC,1860: 302,34", ["ARMS 25(1b)(a)", "IPC 302", "IPC 34"]),
        ("THE BHARATIYA NYAYA SANHITA (BNS), 2023 303(2)", ["BNS 303(2)"]),
        ("107/116(3) Cr.P.C.", ["CRPC 107", "CRPC 116(3)"]),
        ("धारा-147,323,504 भा0द0वि0", ["IPC 147", "IPC 323", "IPC 504"]),
        ("धारा ३०२/३४ भा०दं०सं०", ["IPC 302", "IPC 34"]),
        ("धारा 60 आबकारी अधि0", ["EXCISE 60"]),
        ("कलम 379, 34 भादंवि", ["IPC 379", "IPC 34"]),
        ("৪৯৮এ/৩২৩ আই.পি.সি. ও ৩/৪ ডি.পি. আইন", ["IPC 498A", "IPC 323", "DPA 3", "DPA 4"]),
        ("ধাৰা ৩৭৯ ভাঃ দঃ বিঃ", ["IPC 379"]),
        ("ಕಲಂ: 143, 504 ಸಹಿತ 149 ಐ.ಪಿ.ಸಿ", ["IPC 143", "IPC 504", "IPC 149"]),
        ("ഐ.പി.സി. 341, 34", ["IPC 341", "IPC 34"]),
        ("குற்றப்பிரிவு 379 இதச", ["IPC 379"]),
        ("ச/பி 294(b), 506(ii) இதச", ["IPC 294(b)", "IPC 506(ii)"]),
        ("సె. 302, 34 ఐ.పి.సి.", ["IPC 302", "IPC 34"]),
        ("ઈ.પી.કો. કલમ ૩૨૩, ૫૦૬(૨)", ["IPC 323", "IPC 506(2)"]),
        ("પ્રોહી કલમ ૬૬બી, ૬૫ઈ", ["EXCISE 66B", "EXCISE 65E"]),
        ("ਅ/ਧ 379 ਆਈ.ਪੀ.ਸੀ", ["IPC 379"]),
        ("376 डी.ए., 354बी भा.द.स.", ["IPC 376DA", "IPC 354B"]),
        ("৩৭৬ ডি.এ. ভা.দ.বি.", ["IPC 376DA"]),
        ("४९८अ भादंवि", ["IPC 498A"]),
        ("3/181 मो.वा. अधिनियम", ["MV 3", "MV 181"]),
        ("ગુ.પ્રો. એક્ટ 66બી", ["EXCISE 66B"]),
        ("ଦଫା 341/34 ଭାଦବି", ["IPC 341", "IPC 34"]),
        ("بجرم ۳۷۹ ت پ", ["IPC 379"]),
    ],
)
def test_a_list_is_parsed(raw: str, expected: list[str]) -> None:
    assert parsed(raw) == expected


def test_an_act_that_is_not_named_is_inferred_from_the_law_in_force_and_marked() -> None:
    assert parsed("379/411") == ["IPC* 379", "IPC* 411"]
    assert parsed("303(2)", "2025-02-01") == ["BNS* 303(2)"]
    row = clean_sections("379", CleanContext(day="2024")).rows[0]
    assert (row["act"].value, row["act"].notes, row["act"].confidence) == ("IPC", ("act-inferred",), 0.5)


def test_an_act_of_several_years_is_the_one_in_force() -> None:
    assert parsed("23 JJ Act", "2010-05-05") == ["JJ2000 23"]
    assert parsed("75 JJ Act", "2018-05-05") == ["JJ2015 75"]
    assert clean_sections("23 JJ Act", CleanContext()).rows[0]["act"].notes == ("act-ambiguous",)


def test_an_act_of_several_states_is_the_one_of_the_record() -> None:
    here = [clean_sections("87 K.P. Act", CleanContext(day="2015-01-01", state=s)).rows[0] for s in ("ka", "kl", "")]
    assert [r["act"].value for r in here] == ["KAPOLICE", "KPACT", None]
    assert here[2]["act"].notes == ("act-ambiguous",)


def test_a_year_behind_the_name_decides_between_acts_of_one_name() -> None:
    assert parsed("112 M.V. Act 1939", "2015-01-01") == ["MV1939 112"]
    assert parsed("75 JJ Act 2015", "") == ["JJ2015 75"]


def test_a_year_in_which_the_law_changed_decides_nothing() -> None:
    assert clean_sections("23 JJ Act", CleanContext(day="2016")).rows[0]["act"].notes == ("act-ambiguous",)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("302/34, 25/27 Arms Act", ["IPC* 302", "IPC* 34", "ARMS 25", "ARMS 27"]),
        ("379, 25 Arms Act", ["IPC* 379", "ARMS 25"]),
        ("420, 66 IT Act", ["IPC* 420", "IT 66"]),
        ("323, 3(1)(r) SC/ST Act", ["IPC* 323", "SCST 3(1)(r)"]),
        ("279, 184 MV Act", ["IPC* 279", "MV 184"]),
        ("323; 34; 27 Arms Act", ["IPC* 323", "IPC* 34", "ARMS 27"]),
        ("302/34/25/27 Arms Act", ["IPC* 302", "IPC* 34", "ARMS 25", "ARMS 27"]),
        ("Arms Act 25, 302", ["ARMS 25", "IPC* 302"]),
        ("379 IPC, 411, 25 Arms Act", ["IPC 379", "IPC* 411", "ARMS 25"]),
        ("302 Namuna Act, 25 Arms Act", ["None 302", "- ?", "ARMS 25"]),
        ("25, 27 Arms Act", ["ARMS 25", "ARMS 27"]),
        ("134, 187 MV Act", ["MV 134", "MV 187"]),
        ("66C, 67 IT Act", ["IT 66C", "IT 67"]),
        ("34, 25 Arms Act", ["ARMS* 34", "ARMS 25"]),
        ("411, 41 CrPC", ["CRPC 411", "CRPC 41"]),
    ],
)
def test_a_part_of_a_list_beyond_an_acts_last_section_is_not_of_that_act(raw: str, expected: list[str]) -> None:
    assert parsed(raw) == expected


def test_what_stands_beyond_an_act_is_of_the_penal_code_of_the_day() -> None:
    assert parsed("303(2), 25 Arms Act", "2025-02-01") == ["BNS* 303(2)", "ARMS 25"]


def test_a_section_next_to_an_act_that_has_it_not_is_kept_and_doubted() -> None:
    (row,) = clean_sections("302 Arms Act", IN_2010).rows
    assert (row["act"].value, row["section"].value, row["section"].notes) == ("ARMS", "302", ("section-unknown",))


def test_nothing_is_inferred_where_an_act_is_named_that_is_not_known() -> None:
    (section, rest) = clean_sections("7 Namuna Kalpana Act", IN_2010).rows
    assert (section["act"].value, section["act"].notes, section["section"].value) == (None, ("act-unknown",), "7")
    assert rest["section"].notes == ("unparsed",)


@pytest.mark.parametrize("raw", ["110 न.क.अ.", "न. क. अ. 110", "N.K.A. 110", "১১০ ন.ক.অ."])
def test_letters_with_dots_are_some_act_and_never_the_penal_code_by_inference(raw: str) -> None:
    first = clean_sections(raw, IN_2010).rows[0]
    assert (first["act"].value, first["act"].notes, first["section"].value) == (None, ("act-unknown",), "110")


def test_nothing_is_inferred_for_a_section_that_the_penal_code_has_not() -> None:
    (row,) = clean_sections("66C", IN_2010).rows
    assert (row["act"].value, row["act"].notes, row["inferred"].value) == (None, ("act-unclear",), "no")


def test_the_number_of_the_case_is_no_section() -> None:
    assert parsed("FIR No 112/2005 u/s 379 IPC") == ["IPC 379", "- ?"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Namuna PS case no 234/18 u/s 379 IPC", ["IPC 379", "- ?"]),
        ("C/W GDE no. 123 dtd 4/5/18 u/s 379, 411 IPC", ["IPC 379", "IPC 411", "- ?"]),
        ("मु.अ.सं. 123/18 धारा 379 भादवि", ["IPC 379", "- ?"]),
        ("379 IPC, GDE 345 dt. 5.6.18", ["IPC 379", "- ?", "- ?"]),
        ("379 IPC on 05/06/2018", ["IPC 379", "- ?", "- ?"]),
        ("341/323 & u/s 506 IPC", ["IPC 341", "IPC 323", "IPC 506"]),
        ("379 IPC u/s 41 CrPC", ["IPC 379", "CRPC 41"]),
        ("theft case 379/34 IPC", ["IPC 379", "IPC 34", "- ?"]),
    ],
)
def test_numbers_of_cases_and_diaries_and_dates_are_no_sections(raw: str, expected: list[str]) -> None:
    assert parsed(raw) == expected


@pytest.mark.parametrize(
    "raw", ["1) 302 IPC 2) 201 IPC", "(1) 302 (2) 201 IPC", "1. 302 IPC\n2. 201 IPC", "१) ३०२ भादवि २) २०१ भादवि"]
)
def test_the_marks_of_a_numbered_list_are_no_sections(raw: str) -> None:
    assert [one.replace("*", "") for one in parsed(raw)] == ["IPC 302", "IPC 201"]


@pytest.mark.parametrize(("raw", "day"), [("25/27", "2010-05-05"), ("3/7", "2010-05-05"), ("25/27", "2025-02-01")])
def test_what_the_penal_code_only_defines_is_of_another_act(raw: str, day: str) -> None:
    rows = clean_sections(raw, CleanContext(day=day)).rows
    assert all((r["act"].value, r["act"].notes, r["inferred"].value) == (None, ("act-unclear",), "no") for r in rows)


def test_only_what_may_be_charged_is_taken_for_the_penal_code() -> None:
    assert parsed("457/75/25") == ["IPC* 457", "IPC* 75", "None 25"]
    assert parsed("303(2)/3(5)", "2025-02-01") == ["BNS* 303(2)", "BNS* 3(5)"]
    assert parsed("25 Arms Act, 27") == ["ARMS 25", "None 27"]


def test_a_year_long_before_an_act_says_that_another_one_is_meant() -> None:
    assert parsed("5(2) PC Act 1947")[0] == "None 5(2)"
    assert parsed("66 IT Act 2008") == ["IT 66"]


@pytest.mark.parametrize("raw", ["379 lPC", "379lPC", "379 |PC", "379 1PC"])
def test_the_penal_codes_name_as_print_is_read_is_its_name(raw: str) -> None:
    assert parsed(raw) == ["IPC 379"]
    assert parsed("13/1 PC Act") == ["PCA 13", "PCA 1"]


def test_a_clause_in_brackets_is_no_digit_of_the_section() -> None:
    assert parsed("3(1) IPC") == ["IPC 3(1)"]


def test_what_is_no_section_stays_as_it_is_written() -> None:
    answer = clean_sections("379 IPC and something else", IN_2010)
    assert parsed("379 IPC and something else") == ["IPC 379", "- ?"]
    assert answer.rows[1]["section"].raw == "something else"
    assert answer.rows[1]["section"].notes == ("unparsed",)


def test_a_section_the_code_has_not_is_kept_and_doubted() -> None:
    section = clean_sections("3747 IPC", IN_2010).rows[0]["section"]
    assert (section.value, section.notes) == ("3747", ("section-unknown",))
    assert section.confidence < 0.5


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted(ipc_sections())), min_size=1, max_size=8, unique=True), st.sampled_from("/,"))
def test_every_ipc_section_is_read_back(sections: list[str], separator: str) -> None:
    assert parsed(f"u/s {separator.join(sections)} IPC") == [f"IPC {s}" for s in sections]


@pytest.mark.parametrize("act", sorted(acts()))
def test_every_spelling_of_an_act_is_found(act: str) -> None:
    for way in acts()[act].spellings:
        for row in clean_sections(f"1 {way}", CleanContext(day="2010-01-01")).rows[:1]:
            found = row["act"]
            assert found.notes == ("act-ambiguous",) or found.value is not None, way


@pytest.mark.parametrize("text", ["৪৭৮৫/০০ ভাঃ দবি", "৩৭৯ ভা দঃ বিঃ", "৩৭৯ ভাঃ দঃ বি", "३७९ भाः दं वि"])
def test_a_visarga_read_or_missed_in_an_acts_name_is_no_fault(text: str) -> None:
    clean_sections(text, CleanContext())


OTHER_ACTS = ("25/27 Arms Act", "3/4 D.P. Act", "21(b) NDPS Act", "184 M.V. Act", "66D I.T. Act", "6 POCSO Act")
LEADS = ("", "u/s ", "U/S- ", "Sec. ", "under section ", "धारा ", "ধারা ")


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(sorted(ipc_sections())), min_size=1, max_size=6, unique=True),
    st.sampled_from(("/", ", ", ",", " / ", " ", " & ", " and ")),
    st.sampled_from(LEADS),
    st.lists(st.sampled_from(OTHER_ACTS), max_size=3, unique=True),
    st.sampled_from((" and ", " & ", " r/w ", "; ", ", ")),
)
def test_sections_of_several_acts_are_read_back_however_they_are_joined(
    sections: list[str], separator: str, lead: str, others: list[str], joiner: str
) -> None:
    text = joiner.join([f"{lead}{separator.join(sections)} IPC", *others])
    alone = [row for other in others for row in parsed(other)]
    assert parsed(text) == [*(f"IPC {s}" for s in sections), *alone]


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet="0123456789abIPC()/,.-& धारा०।ভাঃ", max_size=40))
def test_any_text_is_answered_and_no_section_is_given_without_its_act_or_a_reason(text: str) -> None:
    for row in clean_sections(text, IN_2010).rows:
        if "act" in row:
            assert row["act"].value or row["act"].notes
        assert row["section"].value or row["section"].notes


NUMBER = st.from_regex(r"[1-9][0-9]{0,2}[A-C]?", fullmatch=True)
NAMED = st.sampled_from(
    ["IPC", "I.P.C.", "भा.द.वि.", "ipc", "BNS", "Arms Act", "आर्म्स एक्ट", "JJ Act", "राजस्थान आबकारी अधि.", "RW", "और", "POCSO.",
     "u", "The IPC", "IPC as amended", "भा०द०वि०"]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(NUMBER, min_size=1, max_size=5),
    NAMED,
    st.sampled_from(["2010-05-05", "2024-08-01", ""]),
    st.sampled_from(["", "jk"]),
)
def test_a_plain_list_is_read_as_any_other(numbers: list[str], act: str, day: str, state: str) -> None:
    raw = f"{'/'.join(numbers)} {act}"
    context = CleanContext(day=day, state=state)
    assert [dict(r) for r in clean_sections(raw, context).rows] == [dict(r) for r in parse_sections(raw, context).rows]


@pytest.mark.parametrize(
    ("text", "act", "section"),
    [
        ("184 मो.वा. अधिनियम", "MV", "184"),
        ("379 भा.दण्ड.स.", "IPC", "379"),
        ("376 डी ए भादवि", "IPC", "376DA"),
        ("376(डी)(ए) भा.द.वि.", "IPC", "376DA"),
        ("177 मो.वा.का.", "MV", "177"),
        ("65(ई) मुं.दा.का.", "EXCISE", "65(e)"),
        ("3 सार्व०सम्प०क्षति निवा० अधि०", "PDPP", "3"),
        ("3 लोक संपति नुक. निवारण अधीनियम", "PDPP", "3"),
        ("7 आव.वस्तु अधि.", "EC", "7"),
        ("34(ఎ) ఎక్సైజ్ యాక్ట్", "EXCISE", "34(a)"),
        ("192 ಎಂ.ವಿ. ಆಕ್ಟ್", "MV", "192"),
        ("184 एम.व्ही. अ‍ॅक्ट", "MV", "184"),
    ],
)
def test_shortened_and_otherwise_spelled_titles_are_found(text: str, act: str, section: str) -> None:
    row = clean_sections(text, CleanContext(day="2009-03-01")).rows[0]
    assert (row["act"].value, row["section"].value) == (act, section)


@pytest.mark.parametrize("text", ["379 XYZ", "120 अबक", "4/25 श.अ.", "50 lkj", "13 கூ.ப.ச"])
def test_words_that_are_not_known_are_never_the_penal_code(text: str) -> None:
    rows = clean_sections(text, CleanContext(day="2009-03-01")).rows
    assert all("act" not in r or r["act"].value is None for r in rows)


def test_a_shortened_title_that_several_acts_have_is_none_of_them() -> None:
    assert clean_sections("3 बाल अधि.", CleanContext(day="2009-03-01")).rows[0]["act"].value is None
