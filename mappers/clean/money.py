"""Sums of money in rupees."""

from __future__ import annotations

import re
from decimal import Decimal

from mappers.clean.base import CleanContext, Cleaned, Cleaner, unsure
from mappers.folding import fold_digits, squeeze

_UNITS = (
    (Decimal(10_000_000), r"crores?|करोड़|करोड|কোটি|கோடி|కోట్ల?|ಕೋಟಿ|കോടി|કરોડ|ਕਰੋੜ|କୋଟି"),
    (Decimal(100_000), r"lakhs?|lacs?|लाख|লাখ|লক্ষ|லட்சம்|இலட்சம்|లక్షల?|ಲಕ್ಷ|ലക്ഷം|લાખ|ਲੱਖ|ଲକ୍ଷ"),
    (Decimal(1000), r"thousand|hazar|हज़ार|हजार|হাজার|ஆயிரம்|వేల?|ಸಾವಿರ|ആയിരം|હજાર|ਹਜ਼ਾਰ|ହଜାର"),
)
_SIGNS = (
    r"rs\.?|inr|₹|रु(?:पये|पए|पया|\.)?|रू\.?|টাকা|৳|ரூ(?:பாய்)?\.?|రూ\.?|ರೂ\.?|രൂപ|રૂ\.?|ਰੁ\.?|ଟଙ୍କା|rupees?"
    r"|approx\.?|about|लगभग|প্রায়|only|मात्र"
)
_SIGN = re.compile(_SIGNS, re.I)
_OLD = re.compile(r"^\D*\d+\s*-\s*\d{1,2}\s*-\s*\d{1,2}\D*$")
_AMOUNT = re.compile(r"^(\d+(?:\.\d+)?)\s*(\D*)$")
_NIL = re.compile(r"^\W*(?:nil|n\.?a\.?|none|-+|शून्य|निरंक|नहीं|নাই|নেই|இல்லை)\W*$", re.I)


def plain_decimal(value: Decimal) -> str:
    """A number as digits with a point and no useless zeros: "125000", "1250.5"."""
    text = format(value.normalize(), "f")
    return text if text != "-0" else "0"


def clean_money(raw: str, context: CleanContext) -> Cleaned:
    """Rupees as plain digits: "Rs. 1,25,000/-" gives 125000, "1.25 lakh" too; "Nil" gives 0 with a note.

    Rupee-anna-pie ("5-8-0", until 1957) and anything else that is not one sum give no value.
    """
    text = fold_digits(squeeze(raw)).casefold()
    if _NIL.match(text):
        return Cleaned("0", 0.95, ("nil",))
    if _OLD.match(text):
        return unsure("rupees-annas-pies")
    text = re.sub(r"/\s*[-=–]*\s*$|\s*[-=–]+\s*$", "", _SIGN.sub(" ", text).replace(",", "").strip()).strip(" .:/=-")
    m = _AMOUNT.match(text)
    factor = _factor(m.group(2).strip(" .")) if m else None
    if m is None or factor is None:
        return unsure("not-one-sum")
    return Cleaned(plain_decimal(Decimal(m.group(1)) * factor))


def _factor(unit: str) -> Decimal | None:
    if not unit:
        return Decimal(1)
    return next((n for n, words in _UNITS if re.fullmatch(words, unit)), None)


CLEANERS = (Cleaner("money", clean_money, kinds=("money", "decimal")),)
