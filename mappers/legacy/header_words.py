"""How much of a row is words that headers are made of, as written or in one of the old fonts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from mappers.encodings import encodings, to_characters
from mappers.text.folding import fold_key

_LONGEST = 60
_SHORTEST_WORD = 2


def known_share(cells: Sequence[str]) -> float:
    """The share of a row's cells every word of which is known of headers, in the writing in which most are.

    cells: text, or bytes as one character each.
    """
    given = [c.strip() for c in cells if c.strip()]
    if not given:
        return 0.0
    plain = sum(_is_known(_as_text(c)) for c in given)
    # Plain words first: to decode a row in every font costs far more.
    if 2 * plain >= len(given):
        return plain / len(given)
    in_fonts = (sum(_is_known_in(name, c) for c in given) for name in encodings())
    return max(plain, *in_fonts) / len(given)


def _as_text(cell: str) -> str:
    try:
        return cell.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return cell


@lru_cache(maxsize=1 << 12)
def _is_known(text: str) -> bool:
    """Whether some reading of a text as a header leaves nothing unknown, and is the likeliest."""
    # Late, for the dictionary is large and few tables need it.
    from mappers.headers.lexicon import load_lexicon
    from mappers.headers.read import UNKNOWN, read_header

    if len(text) > _LONGEST:
        return False
    readings = read_header(text, load_lexicon())
    return bool(readings) and not any(t.startswith(UNKNOWN) for t in readings[0].tokens)


@lru_cache(maxsize=1 << 14)
def _is_known_in(name: str, cell: str) -> bool:
    """Whether a cell decoded by a font is nothing but words of headers."""
    from mappers.headers.lexicon import load_lexicon

    if len(cell) > _LONGEST:
        return False
    try:
        characters = to_characters(cell.encode("latin-1"))
    except UnicodeEncodeError:
        characters = cell
    text = encodings()[name].decode(characters)
    words = [w for w in map(fold_key, text.split()) if len(w) >= _SHORTEST_WORD]
    spellings = load_lexicon().spellings
    return not text.isascii() and bool(words) and all(w in spellings for w in words)
