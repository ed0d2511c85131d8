"""Rupees, annas and pies, the coinage until 1957: 16 annas a rupee, 12 pies an anna."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from mappers.clean.base import CleanContext, CleanedCell, unsure
from mappers.codes.months import WORD_END, WORD_START

_LAST_YEAR = 1957
_NOTE = "rupees-annas-pies"
_NUMBER = r"(\d+)\s*"
_ANNA = rf"(?:annas?|as\.?|आना|आने|आणे|আনা|அணா|అణా|అణాలు|ಆಣೆ|അണ|આના|ਆਨੇ|ਆਨਾ|ଅଣା|آنہ|آنے){WORD_END}"
_PIE = rf"(?:pies?|ps\.?|पाई|पै|পাই|பை|పై|ಪೈ|പൈ|પાઈ|ਪਾਈ|ପାଇ|پائی){WORD_END}"
_DASHED = re.compile(r"\D*?(\d+)\s*-\s*(\d{1,2})\s*-\s*(\d{1,2})\D*")
_SLASHED = re.compile(r"\D*?(\d+)\s*/\s*(\d{1,2})\s*/\s*(\d{1,2}|-)\D*")
_WORDED = re.compile(
    rf"(?:rs\.?|rupees|रु\.?)?\s*{WORD_START}(?:{_NUMBER}[^\d\s]*\s+(?:(?:and|व|और)\s+)?)?{_NUMBER}{_ANNA}\s*(?:{_NUMBER}{_PIE})?[\s.]*"
)


def read_old_money(text: str, context: CleanContext) -> CleanedCell | None:
    """A folded text as rupees with two decimals ("rupees-annas-pies"); None when it is no such sum.

    "5 rupees 8 annas" is sure in any book; "5-8-0" and "5/8/-" only in one of 1957 or before, else they give no value.
    """
    worded = _WORDED.fullmatch(text)
    if worded:
        return _rupees(*(int(n or 0) for n in worded.groups()))
    old = context.book_year is not None and context.book_year <= _LAST_YEAR
    dashed = _DASHED.fullmatch(text) or (_SLASHED.fullmatch(text) if old else None)
    if dashed is None:
        return None
    return _rupees(*(int(n) if n.isdigit() else 0 for n in dashed.groups())) if old else unsure(_NOTE)


def _rupees(rupees: int, annas: int, pies: int) -> CleanedCell:
    if annas >= 16 or pies >= 12:
        return unsure(_NOTE, "annas-out-of-range")
    value = rupees + (annas + Decimal(pies) / 12) / 16
    return CleanedCell(format(value.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize(), "f"), 0.9, (_NOTE,))
