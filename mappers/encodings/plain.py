"""Which words of a font-encoded column are not in the font: numbers, dates, codes, English.

A word is compared under what was learned of the font and of plain text (`ngrams.py`); words that stand together are
mostly of one kind, and a column's own kind is the likelier. So `IPC 379 ds` in Kruti Dev is "IPC 379 के".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from mappers.encodings.encoding import EncodingInfo
from mappers.text.memory import REMEMBERED, Memory
from mappers.text.section_letters import LETTERS

if TYPE_CHECKING:
    from mappers.encodings.ngrams import NgramModel

# Nats that plain words must have over the font's before the first of a cell is taken for one, and at each change.
_AGAINST_PLAIN = 2.0
_AGAINST_CHANGE = 5.0
# One letter by itself says little, signs alone are the font's.
_MOST_OF_SIGNS, _MOST_OF_ONE, _MOST_OF_DOTTED = 0.0, 1.0, -0.5
_NEVER = -1000.0
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_SIMPLE = re.compile(r"[\d\s./:@,&\-]*\Z")
_WORD = re.compile(r"\S+\s*")
_TYPED = str.maketrans("‘’“”–—\xa0…", "''\"\"-- .")
# Signs that no English word ends in, nor a number holds; fonts show punctuation with them.
_FOREIGN_SIGN = re.compile(r"(?<=\d)[\]\[{}@~^`=<>\\|](?=\d)|[\]\[{}~^`=<>\\|]+\Z")
_PUNCTUATION = frozenset(".,;:/()-")
# Small letters with dots: by themselves the font's abbreviations of acts and ranks ("q.h." is ਤ.ਹ.), initials between
# plain words; but for those that English has.
_DOTTED = re.compile(r"(?:[A-Za-z]\.){2,}[A-Za-z]?\Z")
_DOTTED_WORDS = "am pm ie eg us si asi hc pc ps io ipc crpc rs no sho cr pw dw rw mv"
_DOTTED_ENGLISH = frozenset(_DOTTED_WORDS.split())
# A number with one letter that the font shows as the end of a sentence: the last word of a text, not a section "101A".
_WITH_STOP = re.compile(r"\d+([A-Za-z])\s*\Z")
_STOPS = frozenset("।॥")
# A section and small letters: in a font's column people saw them as the font shows them, 354d as 354क. Capital letters
# are English (498A). A comma at the end of a cell is a letter as well where the font shows one (498, as 498ए).
_SECTION = re.compile(r"\d{2,3}([a-z,\[]{1,3})[.\]]?\s*\Z")
_LAST_COMMA = re.compile(r"\d{3},\s*\Z")
_WORDS_OF_A_TEXT = 5


class Decoder(Protocol):
    """What is needed of an encoding."""

    def __hash__(self) -> int:
        """By identity."""

    @property
    def info(self) -> EncodingInfo:
        """Its name and languages."""

    def decode(self, text: str) -> str:
        """Its characters as Unicode."""

    def decode_word(self, word: str) -> str | None:
        """Characters without a blank as Unicode; None where what stands beside them may matter."""


def decode_words(encoding: Decoder, raw: str) -> str:
    """A cell's text: the font's words decoded, numbers and plain words left alone.

    Where digits stand without letters, a code that the font shows as a slash is one.
    """
    own, words = own_words(encoding), raw.split(" ")
    try:
        return " ".join(map(own.__getitem__, words))
    except KeyError:
        shown = own.show_words(words)
        return decode_mixed(encoding, raw) if shown is None else shown


def decode_mixed(encoding: Decoder, raw: str) -> str:
    """The same for a cell that may hold other words than the font's, looked at word by word."""
    shown = encoding.decode(raw)
    if shown == raw:
        return raw
    if not _LETTER.search(raw):
        is_plain = _SIMPLE.match(raw) and not (_LAST_COMMA.search(raw) and shows_section(encoding, raw.split()[-1]))
        return swap_signs(raw, encoding) if is_plain else shown
    known = _odds_of(encoding)
    odds = [known[w] for w in raw.split()]
    if not _may_be_plain(odds):
        return shown
    words, kinds = _WORD.findall(raw), _kinds(odds)
    if kinds[-1] and _ends_text(encoding, words, kinds):
        kinds[-1] = False
    if not any(kinds):
        return shown
    lead = raw[: len(raw) - len(raw.lstrip())]
    runs = groupby(zip(kinds, words, strict=True), key=lambda pair: pair[0])
    return lead + "".join(_run(encoding, [w for _, w in run], is_plain=is_plain) for is_plain, run in runs)


def shows_section(encoding: Decoder, word: str) -> bool:
    """Whether a word is the number of a section with the letter that the font shows behind it."""
    found = _SECTION.fullmatch(word)
    return found is not None and encoding.decode(found[1]) in LETTERS


def _ends_text(encoding: Decoder, words: Sequence[str], kinds: Sequence[bool]) -> bool:
    """Whether the last word of a text in the font is a number and the stop behind it."""
    found = _WITH_STOP.fullmatch(words[-1])
    if found is None or kinds.count(False) < _WORDS_OF_A_TEXT:
        return False
    return encoding.decode(found[1]) in _STOPS


def _run(encoding: Decoder, words: Sequence[str], *, is_plain: bool) -> str:
    if not is_plain:
        return encoding.decode("".join(words))
    return "".join(_with_signs(w, encoding) for w in words)


def swap_signs(text: str, encoding: Decoder) -> str:
    """Digits with the codes between them that the font shows as slashes made slashes."""
    return re.sub("[^\\d\\s]", lambda m: "/" if encoding.decode(m[0]) == "/" else m[0], text)


def _with_signs(word: str, encoding: Decoder) -> str:
    """A plain word; signs that plain text has not are read as the font shows them, if that is punctuation."""
    bare = word.rstrip()
    shown = _FOREIGN_SIGN.sub(
        lambda m: s if (s := encoding.decode(m[0])) and _PUNCTUATION.issuperset(s) else m[0], bare
    )
    return shown + word[len(bare) :]


def _may_be_plain(odds: Sequence[float]) -> bool:
    """Whether any word can be plain at all: together they say more than the first of them needs."""
    return sum([o for o in odds if o > 0]) > min(_AGAINST_PLAIN, _AGAINST_CHANGE)


def _kinds(odds: Sequence[float]) -> list[bool]:
    """Which words are plain: the likeliest sequence, odds being each word's nats in favour of plain text."""
    # Viterbi's way through two kinds, with a price for each change.
    font, plain = 0.0, -_AGAINST_PLAIN
    steps: list[tuple[bool, bool]] = []
    for o in odds:
        to_font, to_plain = plain - _AGAINST_CHANGE > font, font - _AGAINST_CHANGE > plain
        steps.append((to_font, to_plain))
        font, plain = (
            plain - _AGAINST_CHANGE if to_font else font,
            (font - _AGAINST_CHANGE if to_plain else plain) + o,
        )
    kinds = [plain > font]
    for to_font, to_plain in reversed(steps[1:]):
        changed = to_plain if kinds[-1] else to_font
        kinds.append(kinds[-1] != changed)
    return kinds[::-1]


class OwnWords(dict[str, str]):
    """Words that nothing speaks for being plain text, with what they show. Others raise KeyError."""

    def __init__(self, encoding: Decoder) -> None:
        """encoding: of the column."""
        super().__init__({"": ""})
        self._encoding = encoding
        # What they show, and the nats in favour of plain text; None where that alone does not settle it.
        self._others: dict[str, tuple[str, float] | None] = {}

    def __missing__(self, word: str) -> str:
        if word in self._others:
            raise KeyError
        if len(self) + len(self._others) >= REMEMBERED:
            self.clear()
            self._others.clear()
            self[""] = ""
        has_letter = word.split() == [word] and _LETTER.search(word)
        shown = self._encoding.decode_word(word) if has_letter else None
        odds = _odds_of(self._encoding)[word] if shown is not None else 0.0
        if shown is None or odds > 0:
            self._others[word] = None if shown is None else (shown, odds)
            raise KeyError
        self[word] = shown
        return shown

    def show_words(self, words: Sequence[str]) -> str | None:
        """What the words of a cell show where all that speaks for plain text together is too little; else None."""
        shown: list[str] = []
        odds: list[float] = []
        for word in words:
            try:
                shown.append(self[word])
            except KeyError:
                other = self._others[word]
                if other is None:
                    return None
                shown.append(other[0])
                odds.append(other[1])
        return None if _may_be_plain(odds) else " ".join(shown)


@lru_cache(maxsize=64)
def own_words(encoding: Decoder) -> OwnWords:
    """The words of an encoding that are never plain."""
    return OwnWords(encoding)


@lru_cache(maxsize=64)
def _odds_of(encoding: Decoder) -> Mapping[str, float]:
    """Words and the nats in favour of their being plain text, in a column of an encoding."""
    # Here, because numbers of this kind come with numpy: not every command needs it.
    from mappers.encodings.judge import PLAIN_CLASSES, spoken_models
    from mappers.encodings.ngrams import font_symbols, models, unicode_symbols

    learned = models()
    plain = [(_Trigrams(learned[name]), math.log(share)) for name, share in PLAIN_CLASSES.items()]
    own = learned.get(encoding.info.name)
    fonts: list[_Seen]
    if own is not None:
        fonts = [(_Trigrams(own), font_symbols, str)]
    else:
        fonts = [(_Trigrams(m), unicode_symbols, encoding.decode) for m in spoken_models(encoding.info, learned)]

    def odds(word: str) -> float:
        if _SIMPLE.match(word):
            return 0.0
        if shows_section(encoding, word):
            return _NEVER
        typed = word.translate(_TYPED)
        if not typed.isascii() or not fonts:
            return _NEVER
        symbols = font_symbols(typed)
        as_plain = _log_sum([t.score_word(symbols) + share for t, share in plain])
        return min(_limit_score(word), as_plain - max(t.score_word(see(read(word))) for t, see, read in fonts))

    return Memory(odds)


def _is_abbreviation(word: str) -> bool:
    """Whether a word is of single letters with dots, small ones among them, as no English abbreviation is."""
    if not _DOTTED.match(word) or word.isupper():
        return False
    return word.replace(".", "").casefold() not in _DOTTED_ENGLISH


def _limit_score(word: str) -> float:
    """How much a word may say in favour of plain text."""
    if _is_abbreviation(word):
        return _MOST_OF_DOTTED
    letters, digits = len(_LETTER.findall(word)), len(_DIGIT.findall(word))
    return math.inf if letters > 1 or letters and digits else _MOST_OF_ONE if letters else _MOST_OF_SIGNS


def _log_sum(logs: Sequence[float]) -> float:
    most = max(logs)
    return most + math.log(sum(math.exp(x - most) for x in logs))


_Seen = tuple["_Trigrams", Callable[[str], bytes], Callable[[str], str]]


class _Trigrams(dict[tuple[int, int, int], float]):
    """A model's logarithms by three symbols, fetched once each: for single words this is faster than arrays."""

    def __init__(self, model: NgramModel) -> None:
        super().__init__()
        self._model = model

    def __missing__(self, key: tuple[int, int, int]) -> float:
        made = self[key] = self._model.score_trigram(*key)
        return made

    def score_word(self, symbols: bytes) -> float:
        """The logarithm of a word's likelihood."""
        # The edge of ngrams.py, not imported from there, for numpy comes with it.
        ends = b"\x02\x02" + symbols + b"\x02"
        return sum(map(self.__getitem__, zip(ends, ends[1:], ends[2:], strict=False)))
