"""Values of closed lists, and names of stations and districts."""

from __future__ import annotations

import re

from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.codes import act_list
from mappers.codes.lists import CodeList, code_lists
from mappers.text.folding import squeeze

_EDGES = " \t.,;:-–|_'\""
_STATION_WORDS = re.compile(
    r"(?:^|(?<=\s))(?:police\s*station|p\.?\s*s\.?|thana|थाना|पोलीस\s*ठाणे|पो\.?\s*स्टे\.?|থানা|காவல்\s*நிலையம்|కా\.?\s*నిలయం"
    r"|ಪೊಲೀಸ್\s*ಠಾಣೆ|പോലീസ്\s*സ്റ്റേഷൻ|પોલીસ\s*સ્ટેશન|ਥਾਣਾ|ଥାନା)(?=[\s.,:\-]|$)",
    re.I,
)
_DISTRICT_WORDS = re.compile(
    r"(?:^|(?<=\s))(?:district|distt?\.?|जिला|ज़िला|जनपद|जिल्हा|জেলা|மாவட்டம்|జిల్లా|ಜಿಲ್ಲೆ|ജില്ല|જિલ્લો|ਜ਼ਿਲ੍ਹਾ|ଜିଲ୍ଲା)"
    r"(?=[\s.,:\-]|$)",
    re.I,
)


def clean_code(raw: str, context: CleanContext) -> CleanedCell:
    """A value of the list the field names; what the list does not know gives no value and the note "not-in-list"."""
    listed = act_list() if context.codes == "act" else code_lists().get(context.codes)
    return _look_up(squeeze(raw), context.lists.get(context.codes) or listed)


def clean_station(raw: str, context: CleanContext) -> CleanedCell:
    """A police station by the state's list.

    A name that is not in it is kept, doubted, with the note "not-in-list": stations are renamed, split, and missing
    from lists.
    """
    return _place(raw, _STATION_WORDS, context.lists.get("station"))


def clean_district(raw: str, context: CleanContext) -> CleanedCell:
    """A district by the state's list; kept and doubted like a station when it is not in it."""
    return _place(raw, _DISTRICT_WORDS, context.lists.get("district"))


def _place(raw: str, words: re.Pattern[str], codes: CodeList | None) -> CleanedCell:
    text = squeeze(raw).strip(_EDGES)
    # The whole text first: a name in the list may have such a word in it.
    whole = codes.find(text) if codes else None
    if whole is not None:
        return CleanedCell(whole)
    return _look_up(squeeze(words.sub(" ", text)).strip(_EDGES), codes)


def _look_up(text: str, codes: CodeList | None) -> CleanedCell:
    if codes is None:
        return CleanedCell(text, 0.8, ("no-list",)) if text else unsure("no-list")
    value = codes.find(text)
    if value is not None:
        return CleanedCell(value)
    if codes.is_open and text:
        return CleanedCell(text, 0.5, ("not-in-list",))
    return unsure("not-in-list")


CLEANERS = (
    Cleaner("code", clean_code, kinds=("code",)),
    Cleaner("station", clean_station, kinds=("code", "text"), lists={"": "station"}),
    Cleaner("district", clean_district, kinds=("code", "text"), lists={"": "district"}),
)
