"""In which passes a zone of each kind is read, and what all of them together say it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ocr.calibration.fields import Facts, probability
from ocr.decoding.ctc import LogProbs, greedy
from ocr.handwriting.dated import read_date, read_time
from ocr.handwriting.free import read_line
from ocr.handwriting.letters import load_letters
from ocr.handwriting.numbers import Spoken, read_serial, read_year
from ocr.handwriting.packed import CHARACTERS
from ocr.handwriting.sections import LinePasses, Sections, lines_of, read_sections
from ocr.handwriting.twice import read_twice
from ocr.handwriting.unlisted_sections import listed_share, weigh_list, with_unlisted

Pass = tuple[float, float, float]
"""One look of the network at a line: top and bottom of a part of the crop's height, and how much it is stretched."""
Matrices = tuple[tuple[LogProbs, ...], ...]
"""Matrices of the passes of a zone, for each line of it."""

# Three crops of numbers read .949 right for .953, and save a hundredth of a page's time (docs/lab.md).
_SHORT: tuple[Pass, ...] = ((0, 1, 1), (0, 0.8, 1), (0.18, 1, 1), (0.1, 0.9, 1.3))
# Both leave out some of the lower edge: names are read better so than from the whole height.
_LONG: tuple[Pass, ...] = ((0.1, 0.92, 0.75), (0, 0.85, 0.85))
# The whole height first: of 64 pages' hours 56 are well formed so, 47 by the crops of names.
_DATED: tuple[Pass, ...] = ((0, 1, 0.85), (0, 0.85, 0.85))
_ONE_LINE: tuple[Pass, ...] = ((0, 1, 0.85), (0, 0.85, 0.85), (0.12, 1, 0.85))
# Their parts overlap: a single line may stand between the places of two. Three crops read no more of it than two.
_TWO_LINES: tuple[tuple[Pass, ...], ...] = (((0.05, 0.64, 1), (0, 0.6, 1)), ((0.41, 1, 1), (0.45, 1, 1)))
_TWO_LINES_FROM = 60
_EMPTY = (-4.0, -0.1)
"""Natural logarithms of how often the first and the second line of a zone for sections hold none."""
_LEAST = 0.001
_ASKED = 0.5
"""What is less sure is asked by whatever threshold."""
# As a logit: a share of .95.
_PLAIN = 3.0
_NUMBERS = ("year", "digits")
_DATED_KINDS = ("date", "time")
_DATED_FROM = 0.15
"""Below this probability of the likeliest date or hour, what is written may be in words, and is read as such, too."""
_IN_FIGURES: Mapping[str, Callable[[Sequence[LogProbs], tuple[str, ...]], list[Spoken]]] = MappingProxyType(
    {"year": read_year, "digits": read_serial, "date": read_date, "time": read_time}
)


class ZoneText(NamedTuple):
    """A text that a zone may hold.

    kind: of calibration/fields.toml, by which its facts are weighed. covered: share 0..1 of what was seen that the
    text accounts for, where it must account for all; less than 1 for a list with a section that is not known.
    """

    text: str
    facts: Facts
    kind: str
    covered: float = 1.0


def passes_of(kind: str, height: int, *, is_listed: bool) -> tuple[tuple[Pass, ...], ...]:
    """The passes of each line of a zone. kind: ocr.forms.form.Kind; height: of the crop, in pixels."""
    if kind == "sections":
        return _TWO_LINES if height >= _TWO_LINES_FROM else (_ONE_LINE,)
    if is_listed or kind in _NUMBERS:
        return (_SHORT,)
    return (_DATED if kind in _DATED_KINDS else _LONG,)


def is_free(kind: str) -> bool:
    """Whether a zone of that kind may hold any text, but for a closed list."""
    return kind != "sections" and kind not in _NUMBERS


def weigh(kind: str, matrices: Matrices, known: Sections | None = None) -> list[ZoneText]:
    """The texts that a zone may hold, likeliest first. known: the sections there are; without, lists are free text."""
    if kind == "sections":
        return _read_listed(matrices, known) if known is not None else _free_lines(matrices)
    read = _IN_FIGURES.get(kind)
    if read is None:
        return _free(matrices[0])
    seen = [greedy(matrix, CHARACTERS)[0].strip() for matrix in matrices[0]]
    if not any(seen):
        return []
    spoken = [s for s in read(matrices[0], CHARACTERS) if s.share >= _LEAST]
    if kind not in _DATED_KINDS:
        return [ZoneText(s.text, s.facts, kind) for s in spoken]
    dated = [ZoneText(s.text, s.facts, kind, covers(s.text, seen, words=kind == "time")) for s in spoken]
    if dated and sure(dated[0]) >= _DATED_FROM:
        return dated
    return sorted([*dated, *_free(matrices[0])], key=sure, reverse=True)


def weigh_twice(matrices: Matrices, again: Matrices, known: Sections) -> list[ZoneText]:
    """The sections that a zone and the one that repeats it hold, likeliest first; parameters as those of weigh."""
    wide = with_unlisted(known)
    places = [lines_of(seen, CHARACTERS, wide, _EMPTY[: len(seen)]) for seen in (matrices, again)]
    found = read_twice(places, wide)
    if not found:
        return weigh("sections", matrices, known)
    return _as_listed(
        [ZoneText(s.text, s.facts, "sections_twice", weigh_list(s.text, known)) for s in found], places, known
    )


def is_plain(found: Sequence[ZoneText]) -> bool:
    """Whether two places say the same list by themselves, other acts aside, and hardly another.

    Of 146 such on real pages more passes changed 4; of the 109 whose sections are known as many were right either way.
    """
    if not found or found[0].kind != "sections_twice":
        return False
    share, _, _, firsts = found[0].facts
    return share >= _PLAIN and firsts == 1.0


def sure(found: ZoneText) -> float:
    """The probability 0..1 that a text of weigh is right."""
    return round(found.covered * probability(found.kind, found.facts), 4)


def covers(text: str, seen: Sequence[str], *, words: bool) -> float:
    """The share 0..1 of plain readings that a date or an hour accounts for, by the pass of which it does most.

    A figure left over counts whole, a letter half; words: letters are words beside an hour and count nothing.
    """
    return max(_share_covered(text, one, words=words) for one in seen)


def _share_covered(text: str, seen: str, *, words: bool) -> float:
    figures = sum(map(str.isdigit, text))
    left = max(0, sum(map(str.isdigit, seen)) - figures)
    letters = 0 if words else sum(map(str.isalpha, seen))
    return figures / (figures + left + letters / 2)


def _free(passes: Sequence[LogProbs]) -> list[ZoneText]:
    return [ZoneText(line.text, line.facts, "line") for line in read_line(passes, load_letters())]


def _read_listed(matrices: Matrices, known: Sections) -> list[ZoneText]:
    wide = with_unlisted(known)
    empty = _EMPTY[: len(matrices)]
    found = read_sections(matrices, CHARACTERS, wide, empty)
    texts = [ZoneText(s.text, s.facts, "sections", weigh_list(s.text, known)) for s in found]
    return _as_listed(texts, [lines_of(matrices, CHARACTERS, wide, empty)], known)


def _as_listed(found: list[ZoneText], places: Sequence[Sequence[LinePasses]], known: Sections) -> list[ZoneText]:
    """Texts that count less where what is seen speaks for a section that is not known."""
    if not found or sure(found[0]) < _ASKED:
        return found
    share = listed_share(places, known)
    return [one._replace(covered=one.covered * share) for one in found]


def _free_lines(matrices: Matrices) -> list[ZoneText]:
    """The likeliest text of all lines, as sure as the least sure of them."""
    best = [found[0] for line in matrices if (found := _free(line))]
    text = " ".join(one.text for one in best)
    return [min(best, key=sure)._replace(text=text)] if best else []
