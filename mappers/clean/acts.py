"""Finding the names of acts in a text, in any of the ways officers write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mappers.codes.acts import Act, acts
from mappers.folding import fold_digits, fold_key, nfc

_LETTER = r"[^\W\d_]|[\u0900-\u0d7f]"
_ACT_WORD = (
    r"act|ac\.?t|अधिनियम|अधि|एक्ट|कायदा|আইন|অ্যাক্ট|சட்டம்|చట్టం|యాక్ట్|ಕಾಯ್ದೆ|ആക്ട്|നിയമം|એક્ટ|અધિનિયમ"
    r"|ਐਕਟ|ଆଇନ"
)
_YEAR = r"(?:[\s,.\-]*(?:of\s*)?(?:1[89]|20)\d\d(?!\d))?"
_GAP = r"[\s.\-,ঃः:]*"
# Abbreviations that mean an act only with the word behind them: "the P.C. found" is no act, "P.C. Act" is.
_SHORTEST = 3
_WORD = r"[^\W\d_][^\s\d/,;()]"
_FUZZY = re.compile(rf"(?:{_WORD}*\s+){{0,3}}?{_WORD}{{3,}}\s+act(?![^\W\d_])\.?{_YEAR}", re.I)
_SIMILAR = 82


@dataclass(frozen=True, slots=True)
class ActFound:
    """An act's name in a text: its place, the acts it may mean, and whether it was spelled otherwise than known."""

    start: int
    end: int
    ids: tuple[str, ...]
    is_near: bool = False


def find_acts(text: str) -> list[ActFound]:
    """The names of acts in a text (NFC, digits folded), left to right, none overlapping.

    A name that ends in "act" and comes close to a known title counts as found with is_near.
    """
    found = [ActFound(m.start(), m.end(), _ids()[_key(m.group("name"))]) for m in _pattern().finditer(text)]
    for m in _FUZZY.finditer(text):
        if all(m.end() <= f.start or f.end <= m.start() for f in found):
            near = _near(re.sub(_YEAR + "$", "", m.group()))
            if near:
                found.append(ActFound(m.start(), m.end(), (near,), is_near=True))
    return sorted(found, key=lambda f: f.start)


def act_on(ids: tuple[str, ...], day: str) -> str | None:
    """The one act among several of the same name that was in force on a day (or year); None when that is open."""
    if len(ids) == 1:
        return ids[0]
    in_force = [i for i in ids if day and acts()[i].is_in_force(day)]
    return in_force[0] if len(in_force) == 1 else None


def _near(name: str) -> str | None:
    from rapidfuzz import fuzz, process

    titles = {fold_key(w): a.id for a in acts().values() for w in (a.short_name, a.full_name)}
    words = name.split()
    for start in range(len(words) - 1):
        key = fold_key(" ".join(words[start:]))
        hit = process.extractOne(key, list(titles), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
        if hit:
            return titles[hit[0]]
    return None


def _key(name: str) -> str:
    return re.sub(rf"[ঃः]|(?:{_ACT_WORD})$", "", fold_key(name))


@cache
def _ids() -> dict[str, tuple[str, ...]]:
    """Key of a spelling without the word "act" -> ids of the acts it names, in the order of acts.csv."""
    out: dict[str, tuple[str, ...]] = {}
    for act in acts().values():
        for way in _ways(act):
            key = _key(way)
            if act.id not in out.get(key, ()):
                out[key] = (*out.get(key, ()), act.id)
    return out


def _ways(act: Act) -> tuple[str, ...]:
    """Spellings of at least two letters, with digits folded and years dropped."""
    ways = {re.sub(_YEAR + "$", "", fold_digits(nfc(w))).strip() for w in (*act.spellings, act.id) if not w.isdigit()}
    return tuple(w for w in ways if len(_key(w)) >= 2 and not re.search(r"\d", w))


@cache
def _pattern() -> re.Pattern[str]:
    ways = {w for act in acts().values() for w in _ways(act)}
    alternatives = sorted((_alternative(w) for w in ways), key=len, reverse=True)
    return re.compile(
        rf"(?<![^\W\d_])(?<![\u0900-\u0d7f])(?P<name>{'|'.join(alternatives)}){_YEAR}(?!{_LETTER})\.?",
        re.I,
    )


def _alternative(way: str) -> str:
    """A pattern for one spelling that forgives dots and blanks, with or without the word act behind it."""
    words = re.findall(rf"(?:{_LETTER})+", re.sub(rf"[\s.]*(?:{_ACT_WORD})\.?$", "", way, flags=re.I))
    has_act = len(_key(way)) < len(fold_key(way))
    is_short = len(words) == 1 and words[0].isascii() and words[0].isupper() and len(words[0]) <= 6
    letters = list(words[0]) if is_short else words
    body = _GAP.join(re.escape(w) for w in letters)
    needs_act = has_act and sum(map(len, letters)) <= _SHORTEST and way.isascii()
    return rf"{body}{_GAP}(?:{_ACT_WORD})" if needs_act else rf"{body}(?:{_GAP}(?:{_ACT_WORD}))?"
