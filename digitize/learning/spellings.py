"""Spellings of a settled value on paper: 2018 or 18, 33/18 or 033, EC or Electronics Complex.

In other scripts: numbers in the script's digits or in Latin ones, entries of lists by any of their spellings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ocr.handwriting.native import LATIN, native_scripts
from ocr.handwriting.word_entries import writings_of
from ocr.handwriting.words import word_scripts
from ocr.languages.lexicon import Lexicon, fold_text

Written = tuple[str, ...]
"""A text for each line of a crop."""
_ACTS = r"\b(I\.?P\.?C\.?|B\.?N\.?S\.?|Cr\.?P\.?C\.?|B\.?N\.?S\.?S\.?)(?=[\s&,]|$)"
_MOST_SECTION = 12
_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class SettledValue:
    """A settled value. kind: of its zone. year: of the page, four digits or "". lexicon: the closed list of the zone,
    if any. language: of the zone, two letters.
    """

    kind: str
    value: str
    year: str = ""
    lexicon: Lexicon | None = None
    language: str = "en"


def spellings(settled: SettledValue, lines: int) -> list[Written]:
    """Spellings of a value in English, one text per line of its crop, without duplicates."""
    kind, text = settled.kind, " ".join(settled.value.split())
    if kind == "sections":
        found = _sections(text, lines)
    elif settled.lexicon is not None:
        found = ((t, *[""] * (lines - 1)) for t in _spell_entry(text, settled.lexicon))
    else:
        made = {"year": _year, "date": _date, "time": _time}
        texts = _number(text, settled.year) if kind == "digits" else made[kind](text) if kind in made else iter((text,))
        found = ((t, *[""] * (lines - 1)) for t in texts)
    return [one for one in dict.fromkeys(found) if any(one) and all(t.isascii() for t in one)]


def native_spellings(settled: SettledValue, lines: int) -> list[Written]:
    """Ways to write a number, date or hour in the digits of a language, and in Latin ones."""
    script = next((s for s in native_scripts() if settled.language in s.languages), None)
    if script is None:
        return []
    latin, native = (str.maketrans(a, b) for a, b in ((script.digits, LATIN), (LATIN, script.digits)))
    # Words beside figures ("hours") are passed over, as the network passes over print.
    figures = re.sub(r"[^\d:./-]", "", settled.value.translate(latin)).strip(".:-/")
    plain = replace(settled, value=figures, lexicon=None)
    # The network knows no colon: an hour is written with a point or a dash where it is to be seen.
    texts = [t.replace(":", sign).replace(" ", "") for t, *_ in spellings(plain, lines) for sign in ".-"]
    return [(t, *[""] * (lines - 1)) for t in dict.fromkeys(way for t in texts for way in (t.translate(native), t))]


def word_spellings(settled: SettledValue, lines: int) -> list[Written]:
    """Spellings of a list entry in the script of a language, in paper order; as typed if it has none."""
    script = word_scripts().get(settled.language)
    if script is None or settled.lexicon is None:
        return []
    alone = replace(settled.lexicon, entries=(_entry(settled.value, settled.lexicon),))
    return [(t, *[""] * (lines - 1)) for t in writings_of(alone, script)]


def _entry(value: str, lexicon: Lexicon) -> tuple[str, tuple[str, ...]]:
    wanted = fold_text(value)
    return next((e for e in lexicon.entries if wanted in {fold_text(t) for t in (e[0], *e[1])}), (value, ()))


def _year(value: str) -> Iterator[str]:
    yield from (value, value[-2:], f"'{value[-2:]}", f"{value[:2]} {value[2:]}")


def _number(value: str, year: str) -> Iterator[str]:
    number, _, said = value.partition("/")
    yield value
    number = number.strip().lstrip("0")
    for padded in (number, number.zfill(2), number.zfill(3), number.zfill(4)):
        yield padded
        for suffix in dict.fromkeys(s for y in (year, said.strip()) if y for s in (y[-2:], y)):
            yield from (f"{padded}/{suffix}", f"{padded}-{suffix}", f"{padded}/ {suffix}")


def _date(value: str) -> Iterator[str]:
    yield value
    parts = re.findall(r"\d+", value)
    if len(parts) != _NUMBERS or not re.fullmatch(r"[\d\s./-]+", value):
        return
    if len(parts[0]) == 4:
        parts.reverse()
    day, month, year = parts
    for d, m in ((day.zfill(2), month.zfill(2)), (day.lstrip("0"), month.lstrip("0"))):
        for y in dict.fromkeys((year, year[-2:])):
            for sign in "/.-":
                yield f"{d}{sign}{m}{sign}{y}"


def _time(value: str) -> Iterator[str]:
    yield value
    clock = re.fullmatch(r"(\d{1,2})[:.](\d\d)\s*(?:hrs\.?)?", value, re.IGNORECASE)
    if clock is None:
        return
    hour, minute = clock.groups()
    for h in dict.fromkeys((hour.zfill(2), hour.lstrip("0") or "0")):
        for sign in (":", "."):
            for behind in ("", " hrs", " hrs.", " Hrs", "hrs"):
                yield f"{h}{sign}{minute}{behind}"


def _spell_entry(value: str, lexicon: Lexicon) -> Iterator[str]:
    """All spellings of an entry, with labels printed next to such values, which may be in the crop."""
    entry = _entry(value, lexicon)
    for text in dict.fromkeys((value, entry[0], *entry[1])):
        text = text if any(c.islower() for c in text) or len(text) < 5 else text.title()
        for form in dict.fromkeys((text, text.upper(), text.title(), text.replace(" ", ""), text.replace("-", " "))):
            yield form
            for label in lexicon.beside:
                yield f"{form} {label}"


def _sections(text: str, lines: int) -> Iterator[Written]:
    """The list as typed, its act before or behind or on neither side, split after any section over two lines."""
    two = lines > 1
    act = re.search(_ACTS, text, re.IGNORECASE)
    yield (text, "") if two else (text,)
    if two:
        yield ("", text)
    if act is None:
        return
    rest = re.sub(r"^[\s&,]*(and\b)?\s*", "", text[act.end() :], flags=re.IGNORECASE)
    before = re.sub(r"^\s*u/s\s*", "", text[: act.start()], flags=re.IGNORECASE)
    numbers = [n.strip() for n in re.split(r"[/,]", before) if n.strip()]
    if any(len(n) > _MOST_SECTION for n in numbers):
        return
    for bracketed in (False, True):
        listed = [_bracket_section(n) if bracketed else re.sub(r"\s+", "", n) for n in numbers]
        if not two:
            whole = "/".join(listed)
            yield from ((t.strip(),) for t in (whole, f"{whole} IPC", f"{whole} {rest}", f"{whole} IPC & {rest}"))
            continue
        for at in range(len(listed) + 1):
            yield from _split("/".join(listed[:at]), "/".join(listed[at:]), rest)


def _split(upper: str, lower: str, rest: str) -> Iterator[Written]:
    for before, behind in (("", ""), ("IPC ", ""), ("", " IPC")):
        heads = [f"{before}{upper}{behind}" if upper else before.strip()]
        if upper and lower:
            heads.append(heads[0] + "/")
        for head in heads:
            for tail in (lower, f"{lower} {rest}".strip()) if rest else (lower,):
                yield (head, tail)
            if rest and not lower:
                yield (f"{head} {rest}", "")
                yield (f"{head} & {rest}", "")


def _bracket_section(section: str) -> str:
    plain = re.sub(r"[\s()-]", "", section)
    return f"{plain[:-1]}({plain[-1]})" if plain[-1:].isalpha() else plain
