"""Protected sections and acts in raw text, if no act was resolved: "JJ Act 75", "u/s 363/366A IPC" in a narrative."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from digitize.masking.words import compile_words, fold_words, load_pattern
from mappers.clean.acts import ActFound, find_acts
from mappers.codes.protected import protected_sections, whole_act_names
from mappers.text.folding import fold_written, squeeze

# What may stand around a number's act: "under sections 363 and 366A of the Indian Penal Code".
_BEFORE, _BEHIND = 40, 70
_TOKEN = re.compile(r"(?<![\w.])(\d{1,3})\s?-?([a-z]{1,2})?((?:\s?\(\w{1,5}\))*)(?![\w])", re.I)
# Between a word for sections and a number only other numbers and signs may stand.
_LIST = re.compile(r"^(?:[\s\d,/&.()\-:]|\b[a-z]{1,2}\b|\band\b)*$")
# Of a number by itself, with nothing but "section" before it: below, every act has them.
_FIRST_TELLING = 300
_KEPT = 1 << 12
_SHORTEST = 3
_CODES = frozenset({"IPC", "RPC", "BNS"})


def names_whole_act(folded: str) -> bool:
    """Whether a folded text (`fold_words`) names an act that is protected as a whole."""
    return _list_act_names().search(folded) is not None


@cache
def _list_act_names() -> re.Pattern[str]:
    # Between initials a dot and a blank may stand or not.
    return compile_words({*whole_act_names(), *(n.replace(".", "") for n in whole_act_names())})


@lru_cache(maxsize=_KEPT)
def names_protected_section(text: str) -> bool:
    """Whether a text has a protected section next to its act, or a telltale number after a word for sections."""
    plain = fold_written(squeeze(text))
    return any(_is_protected(plain, m) for m in _TOKEN.finditer(plain) if int(m[1]) in _list_numbers())


@cache
def _list_numbers() -> frozenset[int]:
    """Numbers of all listed sections; others are skipped."""
    listed = (s for row in protected_sections() for s in row.sections)
    return frozenset(int(m[0]) for s in listed if (m := re.match(r"\d+", s)))


def _is_protected(text: str, found: re.Match[str]) -> bool:
    section = re.sub(r"[\s\-]", "", found.group())
    before, behind = text[max(0, found.start() - _BEFORE) : found.start()], text[found.end() : found.end() + _BEHIND]
    acts = [*(i for a in _find_acts(behind)[:1] for i in a.ids), *(i for a in _find_acts(before)[-1:] for i in a.ids)]
    rows = [row for row in protected_sections() if row.holds(section)]
    if acts:
        return any(row.act in acts for row in rows)
    return int(found[1]) >= _FIRST_TELLING and any(not r.is_whole for r in rows) and _follows_word(before)


def _find_acts(text: str) -> list[ActFound]:
    """The acts named in a piece of free text: "it" is no act, "IT Act" is."""
    found = ((a, re.sub(r"[\W\d_]", "", text[a.start : a.end])) for a in find_acts(text))
    return [a for a, letters in found if len(letters) > _SHORTEST or not letters.isascii() or set(a.ids) & _CODES]


def _follows_word(before: str) -> bool:
    folded = fold_words(before)
    ends = [m.end() for m in load_pattern("sections").finditer(folded)]
    return bool(ends) and _LIST.match(folded[ends[-1] :]) is not None
