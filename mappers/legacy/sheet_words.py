"""Words in sheets that say what a row or a column is: totals, and columns of numbers to which no date belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from mappers.legacy.sheet import CLOCK, DAY, TEXT, SheetCell
from mappers.legacy.totals import behind_total

# What stands behind the word in a label that is no name: a colon or a stroke, a number, what is counted.
_NO_NAME = re.compile(
    r"\s*(?:[:=*/]|[.)\]]+\s*\Z|[-–—]+(?:\s|\d|\Z)|[(\[]?\s*(?:no\.?|rs\.?|₹)?\s*[\d.,]+\s*[)\]]?\s*\Z|\Z)"
    r"|\s+(?:of|for|in|upto|up\s+to|till|during)\b"
    r"|\s+(?:no|nos|number|numbers|count|cases?|firs?|crimes?|offences?|records?|entries|persons?|accused|amount|value|rs|"
    r"rupees|pages?)\b"
    r"|\s+(?:संख्या|प्रकरण|अपराध|मामले|अभियुक्त|आरोपी|राशि|रकम|किंमत|गुन्हे|সংখ্যা|মামলা|எண்ணிக்கை|வழக்குகள்|సంఖ్య|కేసులు|ಸಂಖ್ಯೆ|എണ്ണം|સંખ્યા|ਗਿਣਤੀ|ସଂଖ୍ୟା)",
    re.I,
)
_LONGEST_LABEL = 40
_FEW_NUMBERS = 3
_NUMBER_LIKE = re.compile(r"[\d\s.,:/=%()+-]*\Z")
_OF_NUMBERS = re.compile(
    r"\b(?:sections?|secs?|u/s|nos?|number|num)\b|#|धारा|कलम|क्रमांक|संख्या|नंबर|ধারা|নম্বর|নং|பிரிவு|எண்|సెక్షన్|నంబర|ಕಲಂ|ಸಂಖ್ಯೆ"
    r"|വകുപ്പ്|നമ്പർ|કલમ|નંબર|ਧਾਰਾ|ਨੰਬਰ|ଧାରା|ନମ୍ବର|دفعہ|نمبر",
    re.I,
)
_OF_DATES = re.compile(
    r"\b(?:dates?|dt|dated|day|time|dob)\b|दिनांक|दिनाँक|तारीख|तिथि|तारिख|তারিখ|தேதி|நாள்|తేదీ|ದಿನಾಂಕ|തീയതി"
    r"|તારીખ|ਮਿਤੀ|ਤਾਰੀਖ|ତାରିଖ|تاریخ",
    re.I,
)
# A number of a case, or sections: one stroke and no third part, so that it is no date that somebody typed as text.
_STROKE = re.compile(r"\s*\d{1,5}\s*[/-]\s*\d{1,4}\s*(?:[,(A-Za-z].*)?\Z", re.S)


def total_label(cells: Iterable[SheetCell]) -> str:
    """The label of a row that begins with a word for total and has nothing but numbers beside it; "" for others."""
    label = ""
    for cell in cells:
        if cell.kind == TEXT and not _NUMBER_LIKE.match(cell.text):
            if label:
                return ""
            label = cell.text.strip()
    label = label.lstrip(" (:-*")
    return label if len(label) <= _LONGEST_LABEL and behind_total(label) is not None else ""


def is_total(label: str) -> bool:
    """Whether a label that begins with a word for total says no more than that, as far as it is a name of nothing.

    People and places are called so, too: Total Singh, योग नगर.
    """
    behind = behind_total(label)
    return behind is not None and _NO_NAME.match(behind) is not None


def is_total_row(cells: Sequence[bytes | str]) -> bool:
    """Whether a row of a table of text is a total: its word alone, and nothing but numbers beside it."""
    texts = (c.decode("cp1252", "replace") if isinstance(c, bytes) else c for c in cells)
    said = [SheetCell(text.strip(), TEXT) for text in texts if text.strip()]
    numbers = sum(map(is_number, said))
    if len(said) - numbers != 1 or not numbers:
        return False
    label = total_label(said)
    return bool(label) and is_total(label)


def is_number(cell: SheetCell) -> bool:
    """Whether a cell is a number, a date, or text that looks like one."""
    return cell.kind != TEXT or (_NUMBER_LIKE.match(cell.text) is not None and any(map(str.isdigit, cell.text)))


def are_column_numbers(cells: Mapping[int, SheetCell]) -> bool:
    """Whether a row numbers the columns, as the row below the names does on printed forms: 1, 2, 3 or (1), (2), (3)."""
    numbers = [cells[c].text.strip(" ().") for c in sorted(cells)]
    are_numbers = len(numbers) >= _FEW_NUMBERS and all(n.isdecimal() and len(n) < 4 for n in numbers)
    return are_numbers and [int(n) for n in numbers] == list(range(1, len(numbers) + 1))


def is_of_numbers(name: str, cells: Iterable[SheetCell]) -> bool:
    """Whether dates in a column were numbers or sections ("3/4", "12/1998") before the program took them for dates.

    Told from its name, or from its cells: more of them have one stroke than are dates.
    """
    if _OF_DATES.search(name):
        return False
    if _OF_NUMBERS.search(name):
        return True
    dates = strokes = 0
    for cell in cells:
        dates += cell.kind in (DAY, CLOCK)
        strokes += cell.kind == TEXT and bool(_STROKE.match(cell.text))
    return strokes > 2 * dates
