"""Titles of acts in Indian scripts with their words shortened: सार्व. सम्प. क्षति निवा. अधि., लो.सं.नु.नि.अधि."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from mappers.clean.act_words import ACT_WORD, LETTER, loose
from mappers.codes.acts import acts
from mappers.text.folding import fold_written, nfc

# What ends such a name: the word for an act, or its first letter behind a dot.
_END = re.compile(ACT_WORD, re.I)
_LETTER_ENDS = frozenset(map(loose, ["अ", "का", "क"]))
_WORD = rf"(?:(?![a-z0-9])(?:{LETTER}))+"
_PIECE = re.compile(rf"(?P<word>{_WORD})(?P<dot>\.?)", re.I)
_BETWEEN = re.compile(r"[\s.\-,/()]*")
_LONGEST = 8
_TITLE_END = re.compile(rf"[\s.]*(?:{ACT_WORD})\.?\s*\d*$", re.I)
# Words of titles that abbreviations leave out.
_SMALL_WORDS = "और एवं तथा के का की से प्रति सं व ও এবং મરియు मरियు అండ్ మరియు ಮತ್ತು અને ਅਤੇ ଓ ଏବଂ"
_SMALL = frozenset(map(loose, _SMALL_WORDS.split()))
# So many letters of a title must stand there, and of one word alone.
_FEWEST, _ALONE = 4, 4


def by_beginnings(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, act) of every shortened title in a text in its loose form, where it can be but one act's.

    Its words must begin, in their order, words of the title, the first one the first; a word without a dot is whole.
    Latin letters are left to the list of abbreviations.
    """
    if text.isascii():
        return
    pieces = list(_PIECE.finditer(text))
    for end, piece in enumerate(pieces):
        if not end or not _is_end(piece["word"], pieces[end - 1]["dot"]):
            continue
        # Words that stand before the name are dropped one by one.
        for at in range(_first(pieces, end, text), end):
            if act := _find_single_act(tuple((p["word"], bool(p["dot"])) for p in pieces[at:end])):
                yield pieces[at].start(), piece.end(), act
                break


def _is_end(word: str, dot_before: str) -> bool:
    return _END.fullmatch(word) is not None or (bool(dot_before) and word in _LETTER_ENDS)


def _first(pieces: Sequence[re.Match[str]], end: int, text: str) -> int:
    """The first of the words that stand before the last one with nothing but blanks and signs between them."""
    at = end
    while at and end - at < _LONGEST and _BETWEEN.fullmatch(text, pieces[at - 1].end(), pieces[at].start()):
        at -= 1
    return at


@lru_cache(maxsize=1 << 12)
def _find_single_act(pieces: tuple[tuple[str, bool], ...]) -> str:
    """The one act whose title is shortened so; "" when none or several are."""
    found = {act for words, act in _titles() if _begin(pieces, words)}
    return found.pop() if len(found) == 1 else ""


def _begin(pieces: Sequence[tuple[str, bool]], words: Sequence[str]) -> bool:
    if not words[0].startswith(pieces[0][0]):
        return False
    at = 0
    for word, has_dot in pieces:
        if word in _SMALL:
            continue
        while at < len(words) and not (words[at] == word or (has_dot and words[at].startswith(word))):
            at += 1
        if at == len(words):
            return False
        at += 1
    letters = sum(len(w) for w, _ in pieces)
    is_all = len(pieces) == len(words)
    return letters >= (_ALONE if len(pieces) == 1 else _FEWEST) and (is_all or letters > 2 * len(pieces))


@cache
def _titles() -> tuple[tuple[tuple[str, ...], str], ...]:
    """(words without those for an act, act) of every title of several words in an Indian script."""
    found: dict[tuple[tuple[str, ...], str], None] = {}
    for act in acts().values():
        for way in act.spellings:
            bare = _TITLE_END.sub("", loose(fold_written(nfc(way))))
            words = tuple(w for w in re.findall(_WORD, bare) if w not in _SMALL)
            if not way.isascii() and len(words) > 1 and all(len(w) > 1 for w in words):
                found[(words, act.id)] = None
    return tuple(found)
