"""Finding the names of acts in a text, in any of the ways officers write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from mappers.clean.act_beginnings import by_beginnings
from mappers.clean.act_words import ACT_WORD, LETTER, loose, loosen
from mappers.codes.acts import Act, acts
from mappers.codes.places import states
from mappers.text.folding import fold_key, fold_written, nfc
from mappers.text.scripts import INDIC

_YEAR = r"(?:[\s,.\-]*(?:of\s*)?(?P<year>(?:1[89]|20)\d\d)(?!\d))?"
_ANY_YEAR = _YEAR.replace("?P<year>", "?:")
_GAP = r"[\s.\-,'’ঃः:\u06d4]*"
_WIDE_GAP = r"[\s.\-,'’ঃः:()/&]*"
# Abbreviations that mean an act only with the word behind them: "the P.C. found" is no act, "P.C. Act" is.
_SHORTEST = 3
_LONGEST_STATE = 45
_WORD = r"[^\W\d_][^\s\d/,;()]"
_FUZZY = re.compile(rf"(?:{_WORD}*\s+){{0,3}}?{_WORD}{{3,}}\s+act(?![^\W\d_])\.?{_YEAR}", re.I)
_SIMILAR = 82
_ROUND_THE_YEAR = 3
"""Years by which people miss the year of an act."""
# "25 A.Act" is the Arms Act, not section 25A: the dot tells.
_ARMS = re.compile(r"(?<=\d|\))\s*(?P<name>A\.\s?Act)(?![^\W\d_])\.?", re.I)
_ACT_WORD_ALONE = re.compile(rf"(?<![^\W\d_])(?:{ACT_WORD})(?!{LETTER})", re.I)
# "मुं.पो.का." is some act, if not one that is known. Of Latin letters only three and more: "G.D." and "C.R." are none.
_OWN = rf"(?:(?![a-z])(?:{LETTER})){{1,5}}"
_SHORT = re.compile(rf"(?:{_OWN}\s*\.\s*)+{_OWN}|(?<![a-z])(?:[a-z]\s*\.\s*){{2,}}[a-z](?![a-z])", re.I)


@dataclass(frozen=True, slots=True)
class ActFound:
    """An act's name in a text: its place, the acts it may mean, and whether it was spelled otherwise than known."""

    start: int
    end: int
    ids: tuple[str, ...]
    is_near: bool = False


def find_acts(text: str) -> list[ActFound]:
    """The names of acts in a text (NFC, digits folded), left to right, none overlapping.

    A year behind the name decides between acts of one name. A name that ends in "act" and comes close to a known title
    counts as found with is_near, and so does a title whose words are shortened to their beginnings (`by_beginnings`).
    """
    plain, places = loosen(text)
    named = ((m, _find_by_name(m.group("name"), m.group("year"))) for m in _pattern().finditer(plain))
    found = [ActFound(m.start(), m.end(), ids) for m, ids in named if ids]
    found += [ActFound(m.start("name"), m.end(), ("ARMS",)) for m in _ARMS.finditer(plain) if _is_free(m.span(), found)]
    for m in _FUZZY.finditer(plain):
        if _is_free(m.span(), found):
            near = _find_similar(re.sub(_ANY_YEAR + "$", "", m.group()))
            if near:
                found.append(ActFound(m.start(), m.end(), (near,), is_near=True))
    for start, end, act in by_beginnings(plain):
        if _is_free((start, end), found):
            found.append(ActFound(start, end, (act,), is_near=True))
    stated = sorted((_prepend_state(plain, f) for f in found), key=lambda f: f.start)
    return [replace(f, start=places[f.start], end=places[f.end]) for f in stated]


def act_on(ids: tuple[str, ...], day: str, state: str = "") -> str | None:
    """The one act among several of the same name that applied on a day (or in a year) in a state; None when open.

    Where the day is not known, acts are not told apart by it; acts of different states are never, unless the state is.
    """
    if not state and len({acts()[i].states for i in ids}) > 1:
        return None
    here = [i for i in ids if not state or not acts()[i].states or state in acts()[i].states]
    if len(here) > 1 and day:
        here = [i for i in here if acts()[i].is_in_force(day)]
    return here[0] if len(here) == 1 else None


def names_an_act(text: str) -> bool:
    """Whether a text has the word for an act, or letters with dots as acts are shortened: one that is not known."""
    return bool(_ACT_WORD_ALONE.search(loose(text)) or _SHORT.search(text))


def _is_free(span: tuple[int, int], found: list[ActFound]) -> bool:
    return all(span[1] <= f.start or f.end <= span[0] for f in found)


@lru_cache(maxsize=1 << 12)
def _find_by_name(name: str, year: str | None) -> tuple[str, ...]:
    """The acts that a name may mean: those of its year, else those written with or without "act" as it is."""
    key = _key(name)
    ids = _ids().get(key, ())
    of_year = tuple(i for i in ids if year and acts()[i].year == year)
    has_act = len(key) < len(_bare_key(name))
    exact = tuple(i for i in ids if (key, has_act, i) in _forms())
    meant = of_year or exact or ids
    # Amendments come after an act: with a year long before it another act is meant, one that is not known by this name.
    return tuple(i for i in meant if not year or int(year) > int(acts()[i].year or 0) - _ROUND_THE_YEAR)


def _find_similar(name: str) -> str | None:
    # Late: few texts come this far.
    from rapidfuzz import fuzz, process

    titles = {fold_key(w): a.id for a in acts().values() for w in (a.short_name, a.full_name)}
    words = name.split()
    # Words that stand before the name are dropped one by one.
    for start in range(len(words) - 1):
        key = fold_key(" ".join(words[start:]))
        hit = process.extractOne(key, list(titles), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
        if hit:
            return titles[hit[0]]
    return None


def _bare_key(name: str) -> str:
    return re.sub(r"[ঃः]", "", fold_key(name))


def _key(name: str) -> str:
    return re.sub(rf"(?:{ACT_WORD})$", "", _bare_key(name))


@cache
def _ids() -> dict[str, tuple[str, ...]]:
    """Key of a spelling without the word "act" -> ids of the acts it names, in the order of acts.csv."""
    out: dict[str, tuple[str, ...]] = {}
    for key, _, act in sorted(_forms(), key=lambda f: list(acts()).index(f[2])):
        if act not in out.get(key, ()):
            out[key] = (*out.get(key, ()), act)
    return out


@cache
def _forms() -> frozenset[tuple[str, bool, str]]:
    """(key, whether the word "act" stands behind it, act) of every spelling."""
    ways = ((_key(w), len(_key(w)) < len(_bare_key(w)), a.id) for a in acts().values() for w in _ways(a))
    return frozenset(ways)


def _ways(act: Act) -> tuple[str, ...]:
    """Spellings of at least two letters, with digits folded and years dropped."""
    ways = {
        re.sub(_ANY_YEAR + "$", "", loose(fold_written(nfc(w)))).strip()
        for w in (*act.spellings, act.id)
        if not w.isdigit()
    }
    return tuple(w for w in ways if len(_key(w)) >= 2 and not re.search(r"\d", w))


@cache
def _pattern() -> re.Pattern[str]:
    """All spellings, the longer ones first; the word "act" stands once in the pattern, which else compiles for long."""
    ways = sorted({w for act in acts().values() for w in _ways(act)}, key=lambda w: (-len(_key(w)), w))
    free = _group_by_first_letter(_alternative(w) for w in ways if not _needs_act(w))
    bound = _group_by_first_letter(_alternative(w) for w in ways if _needs_act(w))
    name = rf"(?:{bound}){_GAP}(?:{ACT_WORD})|(?:{free})(?:{_GAP}(?:{ACT_WORD}))?"
    return re.compile(rf"(?<![^\W\d_])(?<![{INDIC}])(?P<name>{name}){_YEAR}(?!{LETTER})\.?", re.I)


@cache
def _state_before() -> re.Pattern[str]:
    """Names and initials of states, which may stand before an act: "W.B. Fire Services Act"."""
    ways = [re.escape(s.name).replace(r"\ ", r"\s+") for s in states().values()]
    ways += [rf"{s.code[0]}\.?\s?{s.code[1]}" for s in states().values()]
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(ways)})\.?\s+$", re.I)


def _prepend_state(text: str, found: ActFound) -> ActFound:
    before = _state_before().search(text[max(0, found.start - _LONGEST_STATE) : found.start])
    return replace(found, start=found.start - len(before.group())) if before else found


def _group_by_first_letter(alternatives: Iterable[str]) -> str:
    """The alternatives with each first letter looked at once, which makes the search several times as fast."""
    groups: dict[str, dict[str, None]] = {}
    for pattern in alternatives:
        groups.setdefault(pattern[0].casefold(), {})[pattern[1:]] = None
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


def _letters(way: str) -> list[str]:
    """The words of a spelling without "act", or the letters of an abbreviation."""
    words = re.findall(rf"(?:{LETTER})+", _strip_act_word(way))
    is_short = len(words) == 1 and words[0].isascii() and words[0].isupper() and len(words[0]) <= 6
    return list(words[0]) if is_short else words


def _strip_act_word(way: str) -> str:
    return re.sub(rf"[\s.]*(?:{ACT_WORD})\.?$", "", way, flags=re.I)


def _needs_act(way: str) -> bool:
    if len(_key(way)) == len(fold_key(way)):
        return False
    letters = _letters(way)
    if way.isascii():
        return sum(map(len, letters)) <= _SHORTEST
    # Of one or two bare letters: "आ.व." is no act without the word behind it.
    bare = "".join(letters)
    return len(bare) < _SHORTEST and bare.isalpha()


def _alternative(way: str) -> str:
    """A pattern for one spelling that forgives dots and blanks, and the word act behind it."""
    return "".join(_allow_gaps(_letters(way), _strip_act_word(way)))


def _allow_gaps(letters: list[str], way: str) -> Iterator[str]:
    """The letters with what may stand between them: brackets and strokes only where the spelling has some itself."""
    gap = _WIDE_GAP if re.search(r"[()/&]", way) else _GAP
    for i, word in enumerate(letters):
        yield (gap if i else "") + re.escape(word)
    if way.rstrip(". ").endswith(")"):
        yield r"\s*\)?"
