"""Entries of a closed list in the matrices of a field: every spelling of every entry is weighed, the passes vote.

What is printed beside the field may be in a crop, too; a short spelling, as "EC", must be all there is. A network that
was trained on few names reads one of them where another stands: those it knows weigh less (ocr/models/eng_fields.toml).
Where a list is not complete, the field may hold none of its entries (ocr/handwriting/entries.py).
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ocr.calibration.fields import Facts
from ocr.decoding.ctc import LogProbs, greedy
from ocr.handwriting.chance import folded_case
from ocr.handwriting.numbers import Costs, Spoken, vote
from ocr.languages.lexicon import Lexicon

_MANY = 60
Entry = tuple[str, tuple[str, ...]]

_LABELLED = -2.5
_SHORT = 3
_SHORT_WORTH = -10.0
"""A spelling of so few letters is in much that is badly written: the logarithm of what it weighs."""
_WORD_WORTH = -4.0
"""The same for a word of a name that no other name has, by which people call a place for short."""
# By folds -2 reads more of the list right, but folds cannot say what it costs at places trained on (docs/lab.md).
_TRAINED = -1.0
"""The same for an entry whose name the network was trained on, folded as folded_name does."""
_SISTER = -2.0
"""The same for a name that the list does not have and that differs from one it has by North or South, (E) or (W)."""
_NONE = ""
_MOST_ENTRIES = 6
_WORST_SHORT, _WORST_LOG = -2.0, -3.0
_LEAST_LEFT = 1e-6
_COSTS = Costs(passing=8.0, least=-6.0)


@dataclass(frozen=True, slots=True)
class Entered(Spoken):
    """An entry that a field's passes bear; its share is among the entries alone.

    is_whole: whether it is written by a spelling of the list, not by one word of it, which another name may have, too.
    none: share 0..1 of the passes' probability that sisters of entries have.
    """

    is_whole: bool = True
    none: float = 0.0

    @property
    def listed_facts(self) -> Facts:
        """What the probability is weighed by that the field holds an entry of the list at all."""
        letters = max(1, sum(map(str.isalnum, self.text)))
        return (max(_WORST_SHORT, self.short / letters), max(_WORST_LOG, self.log / letters))


def read_entry(passes: Sequence[LogProbs], characters: tuple[str, ...], lexicon: Lexicon) -> list[Entered]:
    """The entries of a list that a field may hold, likeliest first.

    A text's share is among the list's entries alone: whether the field holds any of them, listed_facts tell. Of long
    lists the entries most like a plain reading of any pass are weighed.
    """
    known = trained_names() if lexicon.trained is None else lexicon.trained
    entries = lexicon.entries
    writings = _writings(entries if len(entries) <= _MANY else _likeliest(passes, characters, entries), lexicon.beside)
    words = {text for text, (_, weight) in writings.items() if weight in (_WORD_WORTH, _WORD_WORTH + _LABELLED)}
    if lexicon.complete < 1:
        made = [(sister, weight) for text, (_, weight) in writings.items() for sister in sisters(text)]
        for sister, weight in made:
            writings.setdefault(sister, (_NONE, weight + _SISTER))
    owner = {text: value for text, (value, _) in writings.items()}
    folded = [folded_case(matrix, characters) for matrix in passes]
    weights = tuple(weight + _TRAINED * (folded_name(value) in known) for value, weight in writings.values())
    spoken = vote(folded, characters, tuple(writings), weights, lambda text: owner[text], _COSTS)
    none = next((s.share for s in spoken if s.value == _NONE), 0.0)
    return [_make_entered(s, none, s.text not in words) for s in spoken if s.value != _NONE][:_MOST_ENTRIES]


def _make_entered(spoken: Spoken, none: float, is_whole: bool) -> Entered:
    share = spoken.share / max(_LEAST_LEFT, 1 - none)
    s = spoken
    return Entered(s.text, s.value, share, s.agreed, s.fits, s.short, s.log, is_whole, none)


@cache
def trained_names() -> frozenset[str]:
    """Folded names of the entries of closed lists that the package's weights were trained on."""
    plain = tomllib.loads((resources.files("ocr.models") / "eng_fields.toml").read_text(encoding="utf-8"))
    return frozenset(map(folded_name, plain["entries"]))


def folded_name(name: str) -> str:
    """A name of a list without regard to case and spaces."""
    return " ".join(name.casefold().split())


def _likeliest(passes: Sequence[LogProbs], characters: tuple[str, ...], entries: Sequence[Entry]) -> list[Entry]:
    from rapidfuzz import fuzz, process

    spellings = [(spelling.upper(), at) for at, (value, others) in enumerate(entries) for spelling in (value, *others)]
    texts = [spelling for spelling, _ in spellings]
    found: dict[int, float] = {}
    for matrix in passes:
        said = greedy(matrix, characters)[0].upper()
        for _, score, place in process.extract(said, texts, scorer=fuzz.ratio, limit=_MANY):
            at = spellings[place][1]
            found[at] = max(found.get(at, 0.0), score)
    return [entries[at] for at in sorted(found, key=lambda at: -found[at])[:_MANY]]


def _writings(entries: Sequence[Entry], beside: Sequence[str]) -> dict[str, tuple[str, float]]:
    """Every way to write an entry, upper case, with its value and weight; the first to claim a spelling has it."""
    found: dict[str, tuple[str, float]] = {}
    for value, others in entries:
        for spelling in dict.fromkeys((value, *others)):
            plain = " ".join(spelling.upper().split())
            # People run the words of a name together, or leave its hyphen out.
            for text in dict.fromkeys((plain, plain.replace(" ", ""), plain.replace("-", " "))):
                is_short = sum(c.isalpha() for c in text) <= _SHORT
                _claim(found, text, value, _SHORT_WORTH if is_short else 0.0, beside)
    # Last: a word that is a spelling of another entry stays that entry's.
    for word, value in _own_words(entries):
        _claim(found, word, value, _WORD_WORTH, beside)
    return found


def _claim(found: dict[str, tuple[str, float]], text: str, value: str, weight: float, beside: Sequence[str]) -> None:
    found.setdefault(text, (value, weight))
    for label in beside:
        found.setdefault(f"{text} {label}", (value, weight + _LABELLED))


def _own_words(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Words of names that no other name of the list has, with the value: Harbour for Old Harbour."""
    count = Counter(word for value, _ in entries for word in set(value.upper().split()))
    words = ((word, value) for value, _ in entries for word in value.upper().split() if word != value.upper())
    return [(word, value) for word, value in words if count[word] == 1 and len(word) > _SHORT]


_TOLD_APART = (
    ("NORTH", "SOUTH", "EAST", "WEST", "CENTRAL"),
    ("UTTAR", "DAKSHIN", "PURBA", "PASCHIM"),
    ("UPPER", "LOWER"),
    ("CITY", "RURAL"),
    ("N", "S", "E", "W"),
    ("I", "II", "III", "IV"),
    ("1", "2", "3", "4"),
)
"""Words by which places of one name are told apart."""
_SIBLINGS = {word: tuple(w for w in words if w != word) for words in _TOLD_APART for word in words}
_WORD = re.compile(r"[A-Z]+|\d+")


def sisters(spelling: str) -> Iterator[str]:
    """Names that differ from a spelling, upper case, in one word by which places are told apart."""
    for word in _WORD.finditer(spelling):
        # Nothing else is left of "N" alone.
        if word[0] != spelling:
            for other in _SIBLINGS.get(word[0], ()):
                yield spelling[: word.start()] + other + spelling[word.end() :]
