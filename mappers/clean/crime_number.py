"""The number of a case as registers write it in one cell: part of the register, number, year."""

from __future__ import annotations

import re

from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner, unsure
from mappers.clean.digits import SUFFIX, clean_year
from mappers.record import SUFFIX_NOTE
from mappers.text.folding import fold_written, squeeze

# A word before the number ends in a dot, colon or blank; part: I to VI of the registers in the tradition of Bombay.
_NUMBER = re.compile(
    r"(?:\D{0,24}?[.:\s])??(?:part[\s.\-]*)?(?:(?P<part>IV|VI|V|I{1,3})\s*[-–/.: ]\s*)?(?P<number>\d{1,6})"
    rf"(?P<suffix>{SUFFIX})?"
    r"(?:\s*[/\-–]\s*(?P<year>\d{4}|\d{2}))?[\s.]*",
    re.I,
)


def clean_crime_number(raw: str, context: CleanContext) -> CleanedRows:
    """The number of a case as parts part, number and year: "I-123/2009", "C.R. No. II-45/98", "78/2019", "123".

    A part is one of the Roman numerals I to VI. A year of two digits is read like any other year. What is written in
    another way, or holds more, gives no number; nor does one with a suffix ("12A", "12/A/98"), with a note of its own.
    """
    m = _NUMBER.fullmatch(fold_written(squeeze(raw)))
    if m is None:
        several = len(re.findall(r"\d+", fold_written(raw))) > 2
        return CleanedRows(({"number": unsure("several-numbers" if several else "not-a-crime-number")},))
    whole = CleanedCell(str(int(m["number"])), raw=m["number"])
    parts = {"number": unsure(SUFFIX_NOTE) if m["suffix"] else whole}
    if m["part"]:
        parts["part"] = CleanedCell(m["part"].upper(), raw=m["part"])
    if m["year"]:
        year = clean_year(m["year"], context)
        parts["year"] = CleanedCell(year.value, year.confidence, year.notes, m["year"])
    return CleanedRows((parts,))


def clean_fir_or_diary(raw: str, context: CleanContext) -> CleanedRows:
    """A number that is either of an FIR or of an entry in the general diary: "45/98", "G.D. 312".

    A number that follows a word for the diary is the part gd. A bare one without a year may be either: it is taken for
    the FIR's, doubted, with the note "fir-or-diary".
    """
    text = fold_written(squeeze(raw))
    diary = _DIARY.match(text)
    if diary is not None and (number := text[diary.end() :].strip(" .:-")):
        return CleanedRows(({"gd": CleanedCell(number, raw=text)},))
    found = clean_crime_number(raw, context)
    parts = dict(found.rows[0])
    if parts["number"].value is not None and "year" not in parts:
        notes = (*parts["number"].notes, "fir-or-diary")
        parts["number"] = parts["number"]._replace(confidence=0.5, notes=notes)
    return CleanedRows((parts,))


# A word for the general diary, with "No." behind it.
_DIARY = re.compile(
    r"(?:g\.?\s*d\.?\s*e?\.?|d\.?\s*d\.?|s\.?\s*d\.?\s*e?\.?|(?:general|daily|station)\s*diary|diary|ro[zj]namcha|rapat|sanha"
    r"|रोज़?नामचा|सान्हा|रपट|जी\.?\s*डी\.?|दैनंदिनी|জি\.?\s*ডি\.?|ডায়েরি|டைரி|நாட்குறிப்பு|జి\.?\s*డి\.?|డైరీ|ದಿನಚರಿ|ജി\.?\s*ഡി\.?|ഡയറി"
    r"|ડાયરી|ਰਪਟ|ਰੋਜ਼ਨਾਮਚਾ|ଡାଇରୀ|روزنامچہ|رپٹ)(?:\s*(?:entry|no|n[oº]|नं|सं|নং))*[\s.:\-]*(?=\d)",
    re.I,
)
_PARTS = ("part", "number", "year")
CLEANERS = (
    Cleaner("crime_number", rows=clean_crime_number, parts=_PARTS, main="number", uses_year=True),
    Cleaner("fir_or_diary", rows=clean_fir_or_diary, parts=(*_PARTS, "gd"), main="number", uses_year=True),
)
