"""Numbers as people say them: digits with Indian grouping, words, fractions, lakh and crore."""

from __future__ import annotations

import re
from decimal import Decimal

from mappers.codes.months import plain_word
from mappers.codes.numbers import number_words
from mappers.text.folding import fold_numerals, squeeze

_HALVES = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_SIGNS = str.maketrans("٬،٫·", ",,..")
_AS_FRACTION = re.compile(r"(?<![\d/])([13])\s*/\s*([24])(?![\d/])")
_SIGN_OF = {"12": " ½ ", "14": " ¼ ", "34": " ¾ "}
# Lakhs and crores, or millions, and no mixture of both.
_GROUPED = re.compile(r"(?<![\d,])\d{1,3}(?:(?:,\d{2})*|(?:,\d{3})*),\d{3}(?!\d|,\d)")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[½¼¾]|[^\s\d½¼¾]+")
_THOUSAND = 1000
_MOST_DIGITS = 15


def fold_amount(raw: str) -> str:
    """Text as amounts are read from: digits 0-9 without the commas of grouping, lower case, 1/2 as ½."""
    text = _GROUPED.sub(lambda m: m.group().replace(",", ""), plain_word(fold_numerals(squeeze(raw))).translate(_SIGNS))
    return _AS_FRACTION.sub(lambda m: _SIGN_OF.get(m[1] + m[2], m[0]), text)


def read_amount(folded: str) -> Decimal | None:
    """A whole folded text as one number ("5", "साढ़े तीन लाख", "2 lakh 5 hundred", "10 ½"); None when it is not one.

    Units fall from left to right, except that a hundred or a thousand may count a greater unit.
    """
    total = hundreds = Decimal(0)
    number: Decimal | None = None
    last_unit: Decimal | None = None
    terms = _terms([part for token in _TOKEN.findall(folded.strip(" .")) for part in _parts(token)])
    for value, is_unit in terms or []:
        if not is_unit and number is None:
            number = value
        elif not is_unit or (value < _THOUSAND and hundreds) or (last_unit is not None and value >= last_unit):
            return None
        elif value < _THOUSAND:
            hundreds, number = (1 if number is None else number) * value, None
        else:
            counted = hundreds + (number or 0) if hundreds or number is not None else Decimal(1)
            total, hundreds, number, last_unit = total + counted * value, Decimal(0), None, value
    return total + hundreds + (number or 0) if terms else None


def _parts(token: str) -> list[str]:
    """A token, or the two words written as one in it: Marathi writes साडेनऊ."""
    words = number_words()
    if token not in words.numbers and token not in words.alone:
        for head in words.before:
            if token.startswith(head) and token[len(head) :] in words.numbers:
                return [head, token[len(head) :]]
    return [token]


def _terms(tokens: list[str]) -> list[tuple[Decimal, bool]] | None:
    """Numbers (False) and units (True) of the tokens; None when one is neither."""
    words = number_words()
    found: list[tuple[Decimal, bool]] = []
    before, tens = Decimal(0), False
    for token in tokens:
        number = _number(token)
        if token in words.before and not before:
            before = words.before[token]
        elif number is not None and (token in _HALVES or (tens and number < 10)) and _can_grow(found, before):
            found[-1] = (found[-1][0] + number, False)
        elif number is not None:
            found.append((number + before, False))
            before = Decimal(0)
        elif token in words.units:
            found += [*([(1 + before, False)] if before else []), (Decimal(words.units[token]), True)]
            before = Decimal(0)
        else:
            return None
        tens = token in words.numbers and number is not None and number >= 20 and number % 10 == 0
    # साढ़े (and a half) needs a number behind it; सवा alone is one and a quarter.
    if not before:
        return found
    return None if before == _HALVES["½"] else [*found, (1 + before, False)]


def _can_grow(found: list[tuple[Decimal, bool]], before: Decimal) -> bool:
    return bool(found) and not found[-1][1] and not before


def _number(token: str) -> Decimal | None:
    words = number_words()
    if token[0].isdigit() and token[0].isascii():
        return Decimal(token) if len(token) <= _MOST_DIGITS else None
    if token in words.numbers:
        return Decimal(words.numbers[token])
    return words.alone.get(token, _HALVES.get(token))
