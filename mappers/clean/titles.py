"""Titles, ranks and numbers that stand before a name in old tables: श्री रामलाल, Smt. Rani, PC 1234 Mohan Lal.

They are no part of the name: two tables that write it with and without one must find the same person. What is a name as
often as a title stays (Kumari, Md., Munshi), and so does anything behind which no name is left.
"""

from __future__ import annotations

import re

from mappers.clean.base import CleanedCell
from mappers.codes.lists import code_lists
from mappers.languages import load_languages
from mappers.text.folding import fold_key, fold_written, nfc, squeeze
from mappers.text.memory import Memory
from mappers.text.scripts import INDIC

TITLE, RANK, BELT = "title-left-out", "rank-left-out", "number-left-out"
# Those with a dot are names, or parts of one, without.
_TITLES = tuple(title for one in load_languages().values() for title in one.titles)
_FREE = frozenset(fold_key(t) for t in _TITLES if not t.endswith("."))
_WITH_DOT = frozenset(fold_key(t) for t in _TITLES if t.endswith("."))
# A word of two letters before another name may be an initial's neighbour; these ranks are names, words or surnames too.
_NAMES_TOO = "Munshi Diwan Daroga दरोगा दीवान का. Naik CO LC HM CI CT चौकीदार"
_NO_RANKS = frozenset(map(fold_key, _NAMES_TOO.split()))
_LETTER = re.compile(rf"[^\W\d_]|[{INDIC}]")
_FIRST = re.compile(r"(?P<word>[^\s.]+(?:\.[^\s.]+)*)(?P<dot>\.?)\s*[-:]?\s*(?=\S)")
_NUMBER = re.compile(r"(?:no\.?|नं\.?|क्र\.?|#)?\s*[\d/]{2,6}\s*[,-]?\s+(?=[^\W\d_])", re.I)
_GLUED = re.compile(rf"(?P<word>(?:[^\W\d_]|[{INDIC}])+)\.(?=[^\W\d_])")
_MOST_TITLES = 3
# "Sri Devi" and "श्री देवी" are whole names.
_DEVI = "devi देवी দেবী தேவி దేవి ದೇವಿ ദേവി દેવી ਦੇਵੀ ଦେବୀ"
_NAMES_WITH_SRI = frozenset(map(fold_key, _DEVI.split()))


def without_titles(cell: CleanedCell, *, is_officer: bool = False) -> CleanedCell:
    """A name without the titles, rank and number before it, with notes that say what was left out.

    is_officer: a number stands behind the rank, which has been taken off.
    """
    if not cell.value:
        return cell
    name, notes = bare_name_of(cell.value)
    if is_officer and (number := _NUMBER.match(name)) and _is_name(name[number.end() :]):
        name, notes = name[number.end() :], (*notes, BELT)
    return cell if name == cell.value else cell._replace(value=name, notes=(*cell.notes, *notes))


def bare_name_of(text: str) -> tuple[str, tuple[str, ...]]:
    """(the name alone, what was left out of it); the text itself where nothing can be."""
    rest, notes = squeeze(text), dict[str, None]()
    first, blank, _ = rest.partition(" ")
    # Most names say with their first word that nothing stands before them, or are one word.
    if _NO_TITLES[first] if blank else "." not in first:
        return rest, ()
    for _ in range(_MOST_TITLES):
        shorter, note = _strip_first(rest)
        if shorter == rest or not _is_name(shorter):
            break
        rest = shorter
        notes[note] = None
    return rest, tuple(notes)


def _is_no_title(word: str) -> bool:
    """Whether a word before others is no title and begins no rank, whatever stands behind it."""
    key = fold_key(word)
    # A rank is written in up to three words, of which only the keys together are in the list.
    if not key or any(rank.startswith(key) for rank in code_lists()["rank"].keys):
        return False
    found = _GLUED.match(f"{word} x") or _FIRST.match(f"{word} x")
    return found is None or fold_key(found["word"]) not in _FREE | _WITH_DOT


# The first words of names are few.
_NO_TITLES = Memory(_is_no_title)


def _strip_first(text: str) -> tuple[str, str]:
    ranked = _strip_rank(text)
    if ranked != text:
        return ranked, RANK
    found = _GLUED.match(text) or _FIRST.match(text)
    if found is None:
        return text, ""
    key = fold_key(found["word"])
    behind = text[found.end() :]
    has_dot = found.re is _GLUED or bool(found["dot"])
    if key in _FREE or (has_dot and key in _WITH_DOT):
        return (text, "") if fold_key(behind) in _NAMES_WITH_SRI and not has_dot else (behind.strip(" .,-"), TITLE)
    return text, ""


def _strip_rank(text: str) -> str:
    words = text.split()
    ranks = code_lists()["rank"].keys
    for size in range(min(3, len(words) - 1), 0, -1):
        written = " ".join(words[:size])
        key = fold_key(written)
        if key in ranks and key not in _NO_RANKS and (not written.isascii() or len(key) > 3 or written.isupper()):
            rest = " ".join(words[size:])
            return _NUMBER.sub("", fold_written(nfc(rest)), count=1) if _NUMBER.match(fold_written(rest)) else rest
    return text


def _is_name(text: str) -> bool:
    """Whether enough is left for a name: a word of two letters, and no relation's word alone."""
    return any(len(_LETTER.findall(word)) > 1 for word in text.split())
