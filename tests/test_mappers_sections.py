"""Lists of acts and sections: parsed where they are clear, marked where inferred, left where they are not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.clean.base import CleanContext
from mappers.clean.sections import clean_sections
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
