"""What can be wrong with an import file before any rule is asked: its encoding, header and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Structure:
    """One fault of a file's structure. letter as of rules; why: the reason in one sentence."""

    code: str
    slug: str
    letter: str
    english: str
    hindi: str
    why: str


_FAULTS = (
    Structure(
        "S001",
        "not-utf8",
        "E",
        "The row holds bytes that are not UTF-8; it was not checked.",
        "पंक्ति UTF-8 में नहीं है; जाँची नहीं गई।",
        "Bytes of a legacy font or code page would load as nonsense.",
    ),
    Structure(
        "S002",
        "row-of-wrong-length",
        "E",
        "The row has more or fewer cells than the header; it was not checked.",
        "पंक्ति में शीर्षक से कम या अधिक खाने हैं; जाँची नहीं गई।",
        "A lost or added comma shifts every cell behind it.",
    ),
    Structure(
        "S003",
        "zero-byte",
        "E",
        "The row holds a zero byte; it was not checked.",
        "पंक्ति में शून्य बाइट है; जाँची नहीं गई।",
        "Zero bytes come from broken copies and end a text early in many programs.",
    ),
    Structure(
        "S004",
        "broken-quotes",
        "E",
        "A quote is opened and not closed, or text follows a closing quote; the row was not checked.",
        "उद्धरण चिह्न बंद नहीं है; पंक्ति जाँची नहीं गई।",
        "Behind an open quote rows run together.",
    ),
    Structure(
        "S005",
        "unknown-column",
        "E",
        "The column is not a field of this table; nothing in it was checked and nothing in it can be loaded.",
        "यह स्तंभ इस तालिका का क्षेत्र नहीं है; न जाँचा गया, न लोड होगा।",
        "A misspelled header loses a whole column in silence.",
    ),
    Structure(
        "S006",
        "column-twice",
        "E",
        "The header names this column twice; only the first one was checked.",
        "शीर्षक में यह स्तंभ दो बार है; केवल पहला जाँचा गया।",
        "Nobody can say which of the two is meant.",
    ),
    Structure(
        "S007",
        "no-record-id",
        "E",
        "The table has no column record_id; its rows cannot be tied to records.",
        "तालिका में record_id स्तंभ नहीं है; पंक्तियाँ अभिलेखों से नहीं जुड़ सकतीं।",
        "Child rows find their record by record_id alone.",
    ),
    Structure(
        "S008",
        "cell-too-long",
        "E",
        "A cell of the row is longer than 131,072 characters; the row was not checked.",
        "पंक्ति का एक खाना 1,31,072 अक्षरों से लंबा है; पंक्ति जाँची नहीं गई।",
        "No field of a form is that long; most often a quote was not closed.",
    ),
    Structure(
        "S009",
        "file-of-no-table",
        "E",
        "The file or sheet bears the name of no table of this form; it was not checked.",
        "फ़ाइल या शीट का नाम इस प्रपत्र की किसी तालिका का नहीं है; जाँची नहीं गई।",
        "A misspelled file name loses a whole table in silence.",
    ),
    Structure(
        "S010",
        "not-a-flat-object",
        "E",
        "The line is not one JSON object of plain values; it was not checked.",
        "पंक्ति सादे मानों की एक JSON वस्तु नहीं है; जाँची नहीं गई।",
        "The import layout is flat: child rows stand in files of their own.",
    ),
    Structure(
        "S011",
        "damaged-row",
        "E",
        "The row is damaged in the file; it was not checked.",
        "फ़ाइल में यह पंक्ति क्षतिग्रस्त है; जाँची नहीं गई।",
        "What could be saved of a damaged row belongs before a person.",
    ),
)

STRUCTURE: Mapping[str, Structure] = {fault.code: fault for fault in _FAULTS}
