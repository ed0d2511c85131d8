"""Sums of money in rupees."""

from __future__ import annotations

import re
from decimal import Decimal

from mappers.clean.amounts import fold_amount, read_amount
from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.clean.old_money import read_old_money
from mappers.codes.months import WORD_END, WORD_START

_SIGN = re.compile(
    r"rs\.?|inr|₹|रु(?:पये|पए|पया|\.)?|रू\.?|টাকা|টকা|৳|ரூ(?:பாய்)?\.?|రూ(?:పాయలు|పాయల)?\.?|ರೂ(?:ಪಾಯಿ|ಪಾಯಿಗಳು)?\.?|രൂപ|રૂ(?:પિયા)?\.?"
    rf"|ਰੁ(?:ਪਏ|ਪਈਏ|\.)?|ଟଙ୍କା|روپ(?:ے|یہ|ئے|یے)|rupees?|only|मात्र|फक्त|மட்டும்|মাত্র|ਸਿਰਫ਼?|{WORD_START}(?:and|व|और){WORD_END}",
    re.I,
)
# A sum that is said not to be exact.
_APPROXIMATE = re.compile(
    rf"approx(?:\.|imately)?|about|{WORD_START}(?:around|nearly|roughly|say){WORD_END}|लगभग|करीब|अंदाजे|प्रायः|প্রায়|প্রায়|আনুমানিক|சுமார்|సుమారు|ಸುಮಾರು|ഏകദേശം|આશરે|ਕਰੀਬ|ପ୍ରାୟ|تقریباً",
    re.I,
)
_NIL = re.compile(r"^\W*(?:nil|n\.?a\.?|none|-+|शून्य|निरंक|नहीं|নাই|নেই|இல்லை)\W*$", re.I)
_ENDING = re.compile(r"/\s*[-=–]*\s*$|\s*[-=–]+\s*$")
_IN_WORDS = re.compile(r"([^(]*\d[^(]*)\(([^()]+)\)\W*")
# As programs store it, and most cells are stored by one.
_PLAIN = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
# "1.500" may be one and a half or, where the point groups thousands, fifteen hundred; "0.500" and "1500.000" are clear.
_POINT_OR_GROUP = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_ODD_COMMAS = re.compile(r"(?<=\d),(?=\d)")


def plain_decimal(value: Decimal) -> str:
    """A number as digits with a point and no useless zeros: "125000", "1250.5"."""
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


def clean_money(raw: str, context: CleanContext) -> CleanedCell:
    """Rupees as plain digits: "Rs. 1,25,000/-", "1.25 lakh", "डेढ़ लाख", "পঁচিশ হাজার"; "Nil" gives 0 with a note.

    Rupees, annas and pies, the coinage until 1957, are taken with a note where they are sure. A sum that is said to be
    about right is noted ("approximate"). Commas that group neither lakhs nor millions give no value
    ("grouping-unusual"), nor does a point before three digits that may group thousands ("point-or-grouping"). A sum
    written again in words, in brackets, must be the same ("figures-and-words-differ"). Anything else that is not one
    sum gives no value.
    """
    if _is_plain(raw):
        return CleanedCell(plain_decimal(Decimal(raw)))
    text = fold_amount(raw)
    if _NIL.match(text):
        return CleanedCell("0", 0.95, ("nil",))
    old = read_old_money(text, context)
    if old:
        return old
    twice = _IN_WORDS.fullmatch(text)
    if twice is None:
        return _sum(text)
    first, second = map(_sum, twice.groups())
    return first if first.value == second.value else unsure("figures-and-words-differ")


def _is_plain(raw: str) -> bool:
    return _PLAIN.fullmatch(raw) is not None and not _POINT_OR_GROUP.fullmatch(raw)


def _sum(text: str) -> CleanedCell:
    exact = _APPROXIMATE.sub(" ", text)
    bare = _ENDING.sub("", _SIGN.sub(" ", exact).strip()).strip(" .,:/=-")
    if _POINT_OR_GROUP.fullmatch(bare):
        return unsure("point-or-grouping")
    amount = read_amount(_ODD_COMMAS.sub("", bare))
    if amount is None:
        return unsure("not-one-sum")
    if _ODD_COMMAS.search(bare):
        return unsure("grouping-unusual")
    if exact != text:
        return CleanedCell(plain_decimal(amount), 0.7, ("approximate",))
    return CleanedCell(plain_decimal(amount))


CLEANERS = (Cleaner("money", clean_money, kinds=("money", "decimal"), uses_year=True, is_timeless=_is_plain),)
