"""None of these: what a field may hold that stands in no list, weighed beside a list's entries.

Lists of places are never complete, and the names that are missing are often sisters of names that are there: Mill
(South) of Mill (North). Such sisters are made up and weighed with the entries; what they win, no entry gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
