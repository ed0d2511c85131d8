"""Direction and distance of a place from the police station."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from mappers.clean.amounts import fold_amount, read_amount
from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner, unsure
from mappers.clean.money import plain_decimal
from mappers.codes.lists import code_lists
from mappers.text.folding import fold_written, squeeze

# Not the end of a fraction or a span: of "1/3 km" and "2-3 km" no part is the distance.
_NUMBER = r"(?<![\d./])(?<!\d[-–])(?<!\d\s[-–]\s)(?<!\d\sto\s)(\d+(?:\.\d+)?(?:\s?[½¼¾])?|[½¼¾])"
_KM = (
    r"k\.?\s*m\.?s?\.?|kilo\s*met(?:re|er)s?|कि\.?\s*मी\.?|किलोमीटर|কি\.?\s*মি\.?|কিমি|কিলোমিটার"
    r"|கி\.?\s*மீ\.?|కి\.?\s*మీ\.?|ಕಿ\.?\s*ಮೀ\.?|കി\.?\s*മീ\.?|કિ\.?\s*મી\.?"
    r"|ਕਿ\.?\s*ਮੀ\.?|କି\.?\s*ମି\.?|کی?لو\s*میٹر"
)
_METRE = r"m(?:trs?|ts?|etres?|eters?)?\.?|मीटर|मी\.?|মিটার|মি\.?|மீட்டர்|மீ\.?"
_MILE = r"miles?|मील|মাইল|மைல்"
_END = r"(?![^\W\d_])"
_DISTANCES = (
    (Decimal(1), re.compile(rf"{_NUMBER}\s*(?:{_KM}){_END}", re.I), ()),
    (Decimal("0.001"), re.compile(rf"{_NUMBER}\s*(?:{_METRE}){_END}", re.I), ()),
    (Decimal("1.609"), re.compile(rf"{_NUMBER}\s*(?:{_MILE}){_END}", re.I), ("miles",)),
)
_AS_FRACTION = re.compile(r"(?<![\d/.])[13]/[24](?![\d/])")
_SIGNS = {"1/2": "½", "1/4": "¼", "3/4": "¾"}
_IN_WORDS = tuple(
    (factor, re.compile(rf"(?P<words>(?:(?<!\S)[^\W\d_]\S*\s+){{1,3}})(?:{unit}){_END}", re.I), notes)
    for factor, unit, notes in ((Decimal(1), _KM, ()), (Decimal("1.609"), _MILE, ("miles",)))
)
_LETTERS = re.compile(r"(?<![^\W\d_])([NS])[\s./\-]{0,2}([EW])(?![^\W\d_])\.?", re.I)
_BEAT = re.compile(r"(?:beat|बीट|বিট)\s*(?:no\.?|नं\.?|সংখ্যা)?\s*[:\-]?\s*(\d+)", re.I)


def clean_direction_distance(raw: str, context: CleanContext) -> CleanedRows:
    """Texts such as "2 km North" or "उत्तर 500 मी., बीट 3" as direction (N, NE...), distance_km and beat.

    "1/2 km", "1½ km" and "two km" are read, "2-3 km" is not. A number without a unit is no distance, nor a unit without
    a number; two directions that differ are none.
    """
    text = _fractions(fold_written(squeeze(raw)))
    parts: dict[str, CleanedCell] = {}
    beat = _BEAT.search(text)
    if beat:
        parts["beat"] = CleanedCell(beat.group(1), raw=beat.group(0))
        text = text.replace(beat.group(0), " ")
    parts["distance_km"], rest = _distance(text)
    parts["direction"] = _direction(rest)
    return CleanedRows((_present(parts),))


def _present(parts: Mapping[str, CleanedCell]) -> Mapping[str, CleanedCell]:
    """Keep doubt about what is written, drop what is plainly not there, never both main parts."""
    kept = {k: v for k, v in parts.items() if v.notes != ("missing",)}
    return kept or {"direction": unsure("not-understood")}


def _distance(text: str) -> tuple[CleanedCell, str]:
    for factor, pattern, notes in _DISTANCES:
        found = pattern.findall(text)
        if len(found) > 1:
            return unsure("several-distances"), pattern.sub(" ", text)
        if found:
            return CleanedCell(_times(found[0], factor), 1.0, notes), pattern.sub(" ", text)
    for factor, pattern, notes in _IN_WORDS:
        if m := pattern.search(text):
            return _in_words(m, factor, notes), text[: m.start()] + " " + text[m.start() :].replace(
                m.group(), m["words"]
            )
    return unsure("unit-missing" if re.search(r"\d", text) else "missing"), text


def _fractions(text: str) -> str:
    """Text with 1/2, 1/4 and 3/4 as signs: "1 1/2 km" is "1 ½ km"."""
    return _AS_FRACTION.sub(lambda m: _SIGNS.get(m[0], m[0]), text)


def _times(number: str, factor: Decimal) -> str:
    amount = read_amount(fold_amount(number))
    assert amount is not None
    return plain_decimal(amount * factor)


def _in_words(m: re.Match[str], factor: Decimal, notes: tuple[str, ...]) -> CleanedCell:
    """The number that stands in words before a unit, none of it left out; no value where it is not understood."""
    words = m["words"].split()
    for first in range(len(words)):
        amount = read_amount(fold_amount(" ".join(words[first:])))
        if amount is not None:
            # "one and a half": what is before the number belongs to it.
            return (
                unsure("number-unclear")
                if first and _goes_on(words[first - 1])
                else CleanedCell(plain_decimal(amount * factor), 1.0, notes)
            )
    return unsure("number-missing")


def _goes_on(word: str) -> bool:
    return word.casefold() in {"and", "&", "or", "to", "a"} or read_amount(fold_amount(word)) is not None


@cache
def _words() -> tuple[tuple[str, str], ...]:
    directions = code_lists()["direction"]
    ways = [(v, v) for v in directions.values]
    ways += [(w, v) for v, spelled in directions.spellings.items() for w in spelled]
    # The longest first, so that north-east is not read as north.
    return tuple(sorted(((_plain(w), v) for w, v in ways), key=lambda p: -len(p[0])))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\-.]", " ", text.casefold()).split())


def _direction(text: str) -> CleanedCell:
    text = _LETTERS.sub(r" \1\2 ", text)
    plain = f" {_plain(re.sub(r'[,;/()|:]', ' ', text))} "
    found: list[str] = []
    for word, value in _words():
        # A word may have an ending behind it; N and E must stand alone.
        pattern = f" {word}" if len(word) > 2 else f" {word} "
        if pattern in plain:
            found.append(value)
            plain = plain.replace(pattern, " | ")
    if len(set(found)) == 1:
        return CleanedCell(found[0])
    letters = re.search(r"[^\W\d_]{2}", plain)
    return unsure("several-directions" if found else "direction-unknown" if letters else "missing")


CLEANERS = (
    Cleaner(
        "direction_distance",
        rows=clean_direction_distance,
        parts=("direction", "distance_km", "beat"),
        main="direction",
        lists={"direction": "direction"},
    ),
)
