"""Ditto marks: which texts say "the same as above", and which small strokes do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ocr.languages.language import known_languages
from ocr.languages.lexicon import fold_text

_ANY = ('"', "”", "''", ",,", "〃", "do", "-do-", "ditto")
"""Marks and words of every language: registers in Indian languages have them, too."""
_LIKE = 0.78
_LEAST_FUZZY = 4
_MOST_HIGH = 0.75
_MOST_WIDE = 1.1


@cache
def ditto_words() -> Mapping[str, tuple[str, ...]]:
    """Words by language, "any" for those of every language; folded. Compared without case, blanks and punctuation."""
    words = {"any": _ANY, **{code: one.registers.ditto for code, one in known_languages().items()}}
    return {code: tuple(dict.fromkeys(map(fold_text, said))) for code, said in words.items()}


def is_ditto(text: str, languages: Sequence[str]) -> bool:
    """Whether a text is a ditto mark in one of some languages; of four letters and more it may be misread a little."""
    from rapidfuzz import fuzz

    said = fold_text(text)
    # Folding leaves nothing of quotation marks.
    if not said:
        return text.strip().strip("-._ ") in ('"', "”", "“", "''", ",,", "〃", "″")
    known = [w for code in ("any", *languages) for w in ditto_words().get(code, ()) if w]
    if said in known:
        return True
    return any(len(w) >= _LEAST_FUZZY and fuzz.ratio(said, w) >= 100 * _LIKE for w in known)


def looks_ditto(wide: float, high: float, count: int, letter_px: float) -> bool:
    """Whether the marks of a cell are the two short strokes of a ditto mark.

    wide, high: of all of them together; count: how many.
    """
    return count <= 2 and high <= _MOST_HIGH * letter_px and 0.2 * letter_px <= wide <= _MOST_WIDE * letter_px
