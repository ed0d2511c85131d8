"""Words of a copy: labels as forms print them and codes as words, both with English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from digitize.errors import OptionsError
from mappers.codes.acts import acts
from mappers.codes.lists import code_lists
from mappers.codes.tables import read_csv, split_ways
from mappers.languages import load_languages

ENGLISH = "en"
_ORDER = {
    "weekday": ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "intervening_days"),
    "direction": ("N", "NE", "E", "SE", "S", "SW", "W", "NW"),
    "info_type": ("written", "oral", "electronic"),
    "sex": ("male", "female", "transgender"),
    "accused_kind": ("known", "suspected", "unknown"),
    "relation_type": ("father", "mother", "husband", "wife", "guardian"),
    "address_type": ("present", "permanent"),
}
_BY_LENGTH = frozenset({"rank"})
"""Lists of short codes, whose first spelling is the full word."""


def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages available for copies."""
    return tuple(load_languages())


@cache
def _labels(language: str) -> Mapping[str, tuple[tuple[str, ...], bool]]:
    """Label -> its wordings, those seen on a form first, and whether one was seen."""
    printed = load_languages()[language].printed
    names = {*printed.verified, *printed.unverified}
    seen, unseen = printed.verified, printed.unverified
    return {n: ((*seen.get(n, ()), *unseen.get(n, ())), n in seen) for n in names}


class CopyWords:
    """Words of one language. unseen: labels used here that were not seen on a printed form."""

    def __init__(self, language: str) -> None:
        """Raises OptionsError for a language without words."""
        if language not in languages():
            raise OptionsError(f"no copies in {language}; available: {', '.join(languages())}")
        self.language = language
        self._own, self._english = load_languages()[language].copied, load_languages()[ENGLISH].copied
        self.script = load_languages()[language].script
        self.is_rtl = self.script == "Arab"
        self.unseen: set[str] = set()

    def put_beside(self, english: str, own: str) -> str:
        """English with the language's own word in brackets, as CAS prints; the other way round for Urdu."""
        if not own or own == english or self.language == ENGLISH:
            return self.keep_together(english) or own
        if not english:
            return own
        return f"{own} ({self.keep_together(english)})" if self.is_rtl else f"{english} ({own})"

    def keep_together(self, text: str) -> str:
        """A left-to-right text, kept together in an Urdu line with the signs at its ends."""
        return f"\u2066{text}\u2069" if self.is_rtl and text else text

    def label(self, name: str, holding: str = "") -> str:
        """A label such as "fir.district". holding: digits that its wording must contain."""
        english = _wording(_labels(ENGLISH), name, holding)
        if self.language == ENGLISH:
            return english
        own = _wording(_labels(self.language), name, holding)
        if own and not _labels(self.language)[name][1]:
            self.unseen.add(name)
        return self.put_beside(english, own)

    def word(self, name: str) -> str:
        """A word of `mappers.languages.CopiedWords`."""
        return self.put_beside(getattr(self._english, name), getattr(self._own, name))

    def plain(self, name: str) -> str:
        """The same in the language only, or in English if it has none."""
        return str(getattr(self._own, name) or getattr(self._english, name))

    def code(self, codes: str, value: str) -> str:
        """A code list value as a word."""
        order = _ORDER.get(codes, ())
        if value in order:
            at = order.index(value)
            own = getattr(self._own, codes)[at : at + 1]
            return self.put_beside(getattr(self._english, codes)[at], own[0] if own else "")
        return self.put_beside(_spell_code(codes, value), "")

    def act(self, value: str) -> str:
        """An act by full name and year."""
        act = acts().get(value)
        if act is None:
            return value
        english = act.full_name.partition("(")[0].strip()
        return self.put_beside(
            f"{english}, {act.year}" if act.year else english, _own_names(self.language).get(value, "")
        )


def _wording(labels: Mapping[str, tuple[tuple[str, ...], bool]], name: str, holding: str) -> str:
    found = labels.get(name, ((), False))[0]
    return next((w for w in found if holding in _western(w)), "") if holding else next(iter(found), "")


def _western(text: str) -> str:
    return re.sub(r"\d", lambda m: str(int(m[0])), text)


def _spell_code(codes: str, value: str) -> str:
    """A code in English: "government_servant" as "Government servant"."""
    known = code_lists().get(codes)
    if codes in _BY_LENGTH and known is not None:
        return next(iter(known.spellings.get(value, ())), value)
    return value.replace("_", " ")[:1].upper() + value.replace("_", " ")[1:] if value.islower() else value


@cache
def _own_names(language: str) -> Mapping[str, str]:
    """Act -> full name in a language, if acts.csv has one."""
    made = {}
    for row in read_csv("acts.csv"):
        parts = (p.partition(":") for p in row["native_spellings"].split(" / "))
        ways = next((split_ways(said) for code, _, said in parts if code.strip() == language), ())
        # Abbreviations have dots, or are one word; old names are shorter than the title.
        names = [w for w in ways if "." not in w and " " in w and len(w) > 10]
        if names:
            made[row["act_id"]] = next((w for w in names if w.count(" ") > 1), names[0])
    return made
