"""Words of thirteen languages for children and sexual offences, and ages of children in free text.

The words are in the language files (`mappers/languages`, [protected]), with an explanation of each list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, wraps

from digitize.masking.lists import fold_text
from mappers.codes.months import plain_word
from mappers.codes.numbers import number_words
from mappers.languages import load_languages
from mappers.text.scripts import INDIC

_ADULT = 18
_LETTER = rf"[^\W\d_]|[{INDIC}]"
_START = rf"(?<![^\W_])(?<![{INDIC}])"
# Between an age and the word beside it: "उम्र - लगभग 7", "aged about 7".
_BEFORE, _BEHIND = 28, 24
_BESIDE_KIN = 40
_SLASH_SEX = re.compile(r"\s*(?:yrs?\.?|years?)?\s*/\s*(?:m|f|male|female)\b")
_LAST_CLASS = 12
_SHORT = 80


def fold_words(text: str) -> str:
    """Fold a text for word search: equal digits and cases, no nukta, no joiners, one spelling of chillus."""
    return _fold_short(text) if len(text) <= _SHORT else plain_word(fold_text(text))


# Names, ranks and stations come again and again; what is told at length does not.
@lru_cache(maxsize=1 << 14)
def _fold_short(text: str) -> str:
    return plain_word(fold_text(text))


def _cache_short_texts(ask: Callable[[str], bool]) -> Callable[[str], bool]:
    """Cache a predicate for short texts."""
    kept = lru_cache(maxsize=1 << 14)(ask)

    @wraps(ask)
    def answer(folded: str) -> bool:
        return kept(folded) if len(folded) <= _SHORT else ask(folded)

    return answer


@cache
def load_pattern(kind: str) -> re.Pattern[str]:
    """Pattern of one list in all languages, for folded texts; never matches if the list is empty."""
    listed = {w for one in load_languages().values() for w in getattr(one.protected, kind)}
    return compile_words(listed)


def compile_words(words: Iterable[str]) -> re.Pattern[str]:
    """Pattern of words in the notation of the language files, for folded texts."""
    bare = sorted({w for w in words if not w.startswith("*")}, key=lambda w: (-len(w), w))
    inside = sorted({w[1:] for w in words if w.startswith("*")}, key=lambda w: (-len(w), w))
    at_start = _group_by_first_letter(_make_word_pattern(w) for w in bare)
    anywhere = _group_by_first_letter(_make_word_pattern(w) for w in inside)
    ways = [rf"{_START}(?:{at_start})" if at_start else "", anywhere]
    return re.compile("|".join(filter(None, ways)) or r"(?!)")


def _make_word_pattern(word: str) -> str:
    """One word; in Latin letters a whole word with its plural, unless it ends in "*"."""
    is_beginning = word.endswith("*") or not word.isascii()
    # A blank may be none, a hyphen, or a line's end.
    pattern = re.escape(fold_words(word.rstrip("*"))).replace(r"\ ", r"[\s\-]*")
    return pattern if is_beginning else rf"{pattern}(?:'?s)?(?![^\W\d_])"


def _group_by_first_letter(patterns: Iterable[str]) -> str:
    """Group alternatives by first letter, which makes the search several times faster."""
    groups: dict[str, dict[str, None]] = {}
    for pattern in patterns:
        groups.setdefault(pattern[0], {})[pattern[1:]] = None
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


def _drop_separators(folded: str) -> str:
    return load_pattern("apart").sub(" | ", folded)


def tells_of_offence(folded: str) -> bool:
    """Whether a folded text has a word for a sexual offence."""
    return load_pattern("offence").search(_drop_separators(folded)) is not None


@_cache_short_texts
def tells_of_minor(folded: str) -> bool:
    """Whether a folded text of any kind, including names and places, says that somebody is a minor."""
    return load_pattern("minor").search(_drop_separators(folded)) is not None


@_cache_short_texts
def tells_of_accused_child(folded: str) -> bool:
    """Whether a folded text says that a child is in conflict with the law."""
    return load_pattern("accused").search(folded) is not None


def tells_of_child(folded: str) -> bool:
    """Whether a folded free text mentions a child: by a word, or by an age below eighteen."""
    text = _drop_separators(folded)
    if load_pattern("minor").search(text) or load_pattern("child").search(text):
        return True
    if _has_young(text):
        return True
    # Most texts have no word beside which a number could be an age: their numbers need not be looked at.
    return bool(_load_age_words().search(text)) and any(_is_child_age(text, *found) for found in _find_numbers(text))


@cache
def _load_age_words() -> re.Pattern[str]:
    listed = (_load_inner_pattern(kind) for kind in ("aged", "old", "years", "months", "school"))
    return re.compile(rf"{'|'.join(listed)}|{_SLASH_SEX.pattern}")


def is_child_age_told(folded: str) -> bool:
    """Whether the text of an age cell indicates a child: by a word, or by a number in words below eighteen.

    Digits are left to the caller, who knows their confidence.
    """
    text = _drop_separators(folded)
    words = (w for k in ("minor", "child", "young") for w in load_pattern(k).findall(text))
    # A months' word makes any figure a small child: "18 months".
    return any(words) or any(_is_months(text, e) or not is_figure for _, e, _, is_figure in _find_numbers(text))


def _has_young(text: str) -> bool:
    """Whether it has boy or girl without an adult's age after it."""
    return any(not _is_adult_behind(text, m.end()) for m in load_pattern("young").finditer(text))


def _is_adult_behind(text: str, at: int) -> bool:
    near = text[at : at + _BESIDE_KIN]
    first = re.search(r"(?<!\d)\d{1,3}(?!\d)", near)
    if first is None or int(first.group()) < _ADULT:
        return False
    around = near[: first.end() + 12]
    return any(load_pattern(k).search(around) for k in ("aged", "old", "years"))


def _find_numbers(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """(start, end, number, in digits) of every number that may be a child's age, including months."""
    for m in re.finditer(r"(?<![\d.,/])\d{1,3}(?![\d]|[.,/]\d)", text):
        if int(m.group()) < _ADULT * 12:
            yield m.start(), m.end(), int(m.group()), True
    for m in _load_small_numbers().finditer(text):
        # "twenty five": the five alone is not the age.
        if not _find_number_before(text[max(0, m.start() - 20) : m.start()]):
            yield m.start(), m.end(), 0, False


@cache
def _load_small_numbers() -> re.Pattern[str]:
    """Number words from two to seventeen; in most languages the word for one is also the article."""
    small = sorted((w for w, n in number_words().numbers.items() if 1 < n < _ADULT), key=lambda w: (-len(w), w))
    each = _group_by_first_letter(re.escape(fold_words(w)) for w in small if len(w) > 1)
    return re.compile(rf"{_START}(?:{each})(?!{_LETTER})")


def _find_number_before(text: str) -> bool:
    words = re.findall(rf"(?:{_LETTER})+", text)
    return bool(words) and number_words().numbers.get(words[-1], 0) >= 20


def _is_child_age(text: str, start: int, end: int, number: int, is_figure: bool) -> bool:
    before, behind = text[max(0, start - _BEFORE) : start], text[end : end + _BEHIND]
    if number >= _ADULT and not _is_months(text, end):
        return False
    if _last_is_age(before) or _is_old(behind):
        return True
    around = text[max(0, start - _BESIDE_KIN) : start] + " | " + text[end : end + _BESIDE_KIN]
    if _is_unit(behind) and any(load_pattern(k).search(around) for k in ("kin", "young")):
        return True
    return is_figure and (bool(_SLASH_SEX.match(behind)) or (number <= _LAST_CLASS and _is_class(before, behind)))


def _is_months(text: str, end: int) -> bool:
    return re.match(rf"[\s.\-]*(?:{load_pattern('months').pattern})", text[end : end + _BEHIND]) is not None


def _is_unit(behind: str) -> bool:
    return any(re.match(rf"[\s.\-]*(?:{_load_inner_pattern(k)})", behind) for k in ("years", "months"))


@cache
def _load_inner_pattern(kind: str) -> str:
    """Pattern for a list word directly after digits: "7yrs"."""
    return load_pattern(kind).pattern.replace(_START, "")


def _last_is_age(before: str) -> bool:
    """Whether a word for age precedes, with no other number between."""
    found = list(load_pattern("aged").finditer(before))
    return bool(found) and not re.search(r"\d", before[found[-1].end() :])


def _is_old(behind: str) -> bool:
    """Whether a word for an age follows, with at most its unit between."""
    first = re.split(r"\d|[;|।]", behind)[0]
    return any(re.match(rf"[\s.,\-()]*(?:\S+[\s.\-()]+)?(?:{_load_inner_pattern(k)})", first) for k in ("old", "aged"))


def _is_class(before: str, behind: str) -> bool:
    stands_before = re.search(rf"(?:{load_pattern('school').pattern})\S*[\s.\-:]*$", before)
    stands_behind = re.match(
        rf"[\s.\-]*(?:st|nd|rd|th|वी|वीं|वीं|म|ம்|వ|ನೇ|മ|મ)?[\s.\-]*(?:{_load_inner_pattern('school')})", behind
    )
    return bool(stands_before or stands_behind)
