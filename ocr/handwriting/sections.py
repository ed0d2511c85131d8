"""Lists of numbered sections with titles behind, as "12/7/34 MAIN & 4 B Act": which of all a field's matrices bear.

Which sections there are, under which titles and how often they are listed, comes from a file that callers name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice, product
from pathlib import Path

import numpy as np

from ocr.calibration.fields import Facts, spread
from ocr.decoding.ctc import LogProbs
from ocr.decoding.spotting import SectionRange
from ocr.errors import FormError
from ocr.handwriting.chance import Coded, Floats, code, drop_sure_blanks, folded_case, shares
from ocr.handwriting.line_frames import Frames, Prices, frames_of
from ocr.handwriting.row_chances import row_chances
from ocr.handwriting.segments import best_row

Row = tuple[int, ...]
"""Numbers of sections, in the order in which they are written."""
_PRICES = Prices()
_MOST_ROWS = 4
_NEVER = -20.0
_TWICE = -6.0
_MOST_NEIGHBOURS = 5
WORST_LOG = -8.0


@dataclass(frozen=True)
class ListedSection:
    """A section, or a few with the title that they need: value "506" or "3/4 B Act"; forms: ways to write it.

    Without value it is what a list may hold beside sections, as the main title alone or the year of another.

    weight: natural logarithm of how often it is listed, next to the others.
    """

    value: str
    title: str
    forms: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Sections:
    """All sections that a list may hold.

    main: the title that stands behind sections without another. range: which numbers its sections have. version: of the
    file, raised with every change.
    """

    members: tuple[ListedSection, ...]
    main: str
    range: SectionRange = SectionRange()
    version: int = 1

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Ways to write them, upper case."""
        return tuple(form for s in self.members for form in s.forms)

    @cached_property
    def owners(self) -> np.ndarray:
        """Of each form the number of its section."""
        return np.array([i for i, s in enumerate(self.members) for _ in s.forms], np.intp)

    @cached_property
    def weights(self) -> Floats:
        """Of each form, natural logarithms."""
        # Its ways to be written share a section's weight: many ways must not make it likelier.
        return np.array([s.weight - np.log(len(s.forms)) for s in self.members for _ in s.forms], np.float64)

    @cached_property
    def ways(self) -> tuple[np.ndarray, ...]:
        """Of each section the numbers of its forms."""
        return tuple(np.flatnonzero(self.owners == i) for i in range(len(self.members)))

    def sections_in(self, row: Row) -> Row:
        """A row without what is no section."""
        return tuple(i for i in row if self.members[i].value)

    def neighbours(self, row: Row) -> Iterator[Row]:
        """Rows that differ in one section, by one sign; the oftenest listed."""
        for at, number in enumerate(row):
            for other in self._find_near(number):
                yield (*row[:at], other, *row[at + 1 :])

    def _find_near(self, number: int) -> tuple[int, ...]:
        return self._nearest[number] if self.members[number].title == self.main else ()

    @cached_property
    def _nearest(self) -> dict[int, tuple[int, ...]]:
        from rapidfuzz.distance import Levenshtein

        main = [i for i, s in enumerate(self.members) if s.title == self.main and s.value]
        main.sort(key=lambda i: -self.members[i].weight)
        found = {}
        for i in main:
            value = self.members[i].value
            near = (
                j for j in main if j != i and Levenshtein.distance(value, self.members[j].value, score_cutoff=1) <= 1
            )
            found[i] = tuple(islice(near, _MOST_NEIGHBOURS))
        return found | {i: () for i, s in enumerate(self.members) if not s.value}

    def encode_in(self, characters: tuple[str, ...]) -> Coded:
        """The forms in the classes of a matrix."""
        return _encode_forms(self.forms, characters)


@dataclass(frozen=True)
class SectionList:
    """A list of sections. text: as a person writes it; log: how likely next to all lists, natural; share: 0..1 of the
    probability among the lists that were compared; agreed: share of passes whose own likeliest list it is; row: the
    sections.
    """

    text: str
    log: float
    share: float
    agreed: float
    row: Row

    @property
    def facts(self) -> Facts:
        """What its probability is weighed by."""
        return (spread(self.share), max(WORST_LOG, self.log), self.agreed, min(1.0, len(self.row) / 8))


@cache
def _encode_forms(forms: tuple[str, ...], characters: tuple[str, ...]) -> Coded:
    return code(forms, characters)


@cache
def load_sections(path: Path) -> Sections:
    """The sections of a file made as training/README.md says. Raises FormError when it is none."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
        numbers = SectionRange(plain["last"], plain["letters"], tuple(plain["short"]))
        alone = tuple((tuple(one["forms"]), float(one["weight"])) for one in plain["alone"])
        found = sections_of(plain["main"], plain["weights"], plain["titles"], alone)
        return replace(found, range=numbers, version=plain["version"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as e:
        raise FormError(f"{path}: not a file of sections: {e!r}. Make it again as in training/README.md.") from e


def changed_sections(path: Path | None) -> dict[str, int]:
    """What a file of sections adds to the key of what was recognised with it: {} for its first version.

    Pages that were read before sections came from a file were read with those of its first version, and stay read.
    """
    version = load_sections(path).version if path else 0
    return {} if version == 1 else {"sections": version}


def sections_of(
    main: str,
    weights: Mapping[str, float],
    titles: Mapping[str, Mapping[str, object]],
    alone: Sequence[tuple[tuple[str, ...], float]],
) -> Sections:
    """Sections from plain values.

    main: the title behind sections without another. weights: of those of the main title. titles: short title to names,
    lists and weight. alone: ways to write what is no section, with its weight.
    """
    members = [ListedSection(number, main, forms_of(number), w) for number, w in weights.items()]
    members += [ListedSection("", main, forms, weight) for forms, weight in alone]
    for title, known in titles.items():
        names, lists, weight = known["names"], known["lists"], known["weight"]
        assert isinstance(names, list) and isinstance(lists, list) and isinstance(weight, float)
        for listed in lists:
            forms = tuple(f"{form}{name}" for form in _titled_forms(listed) for name in names)
            members.append(ListedSection(f"{listed} {title}", title, forms, weight - float(np.log(len(lists)))))
    return Sections(tuple(members), main)


def forms_of(number: str) -> tuple[str, ...]:
    """Ways to write a section's number: 12A, 12(A), 12 A and 12-A."""
    first, last = number[:-1], number[-1]
    return (number, f"{first}({last})", f"{first} {last}", f"{first}-{last}") if last.isalpha() else (number,)


def _titled_forms(listed: str) -> Iterator[str]:
    yield f"{listed.upper()} "
    yield listed.upper()


def read_sections(
    lines: Sequence[Sequence[LogProbs]],
    characters: tuple[str, ...],
    known: Sections,
    empty: Sequence[float],
    prices: Prices = _PRICES,
) -> list[SectionList]:
    """The lists that a field's matrices bear, best first; [] where none does.

    lines: for each line of the field its matrices, passes of the same line, in the same order for all lines. empty: for
    each line the natural logarithm of how often it holds nothing.
    """
    return join_rows([line.rank_rows() for line in lines_of(lines, characters, known, empty, prices)], known)


def lines_of(
    lines: Sequence[Sequence[LogProbs]],
    characters: tuple[str, ...],
    known: Sections,
    empty: Sequence[float],
    prices: Prices = _PRICES,
) -> list[LinePasses]:
    """The lines of a field, ready to be asked; parameters as those of read_sections."""
    coded = known.encode_in(characters)
    return [
        LinePasses([_frames(m, characters, prices) for m in passes], coded, known, none)
        for passes, none in zip(lines, empty, strict=True)
    ]


def _frames(matrix: LogProbs, characters: tuple[str, ...], prices: Prices) -> Frames:
    return frames_of(drop_sure_blanks(folded_case(matrix, characters)), characters, prices)


class LinePasses:
    """The passes of one line. passes: what each saw."""

    def __init__(self, passes: Sequence[Frames], coded: Coded, known: Sections, none: float) -> None:
        self.passes, self._coded, self._known, self._none = passes, coded, known, none
        self._bests: list[tuple[Row, float]] | None = None

    def _best_of_passes(self) -> list[tuple[Row, float]]:
        """Of each pass the likeliest row, and the log of all rows together."""
        if self._bests is None:
            owners = self._known.owners
            read = [best_row(frames, self._coded, self._known.weights, self._none) for frames in self.passes]
            self._bests = [(tuple(int(owners[i]) for i in forms), total) for forms, total in read]
        return self._bests

    def tail(self) -> Row:
        """What ends the likeliest row of the first pass and is no section, as the main title."""
        row = self._best_of_passes()[0][0]
        last = max((at for at, i in enumerate(row) if self._known.members[i].value), default=-1)
        return row[last + 1 :]

    def rank_rows(self) -> list[tuple[Row, float, float]]:
        """Rows of section numbers with the mean log over the passes, and the share of passes that had it first."""
        bests = [row for row, _ in self._best_of_passes()]
        rows = list(dict.fromkeys([*bests, ()]))
        rows = list(dict.fromkeys([*rows, *(other for row in rows for other in self._known.neighbours(row))]))
        logs = self.logs(rows)
        found: dict[Row, float] = {}
        for row, log in zip(rows, logs, strict=True):
            sections = self._known.sections_in(row)
            twice = len(sections) - len(set(sections))
            found[sections] = max(found.get(sections, _NEVER), log + _TWICE * twice)
        firsts = [self._known.sections_in(row) for row in bests]
        agreed = {row: firsts.count(row) / len(firsts) for row in found}
        return sorted(((row, log, agreed[row]) for row, log in found.items()), key=lambda f: -f[1])

    def logs(self, rows: Sequence[Row]) -> list[float]:
        """The mean over the passes of each row's log next to all rows."""
        ways = self._known.ways
        wanted = [[ways[i] for i in row] for row in rows]
        said = []
        for frames, (_, total) in zip(self.passes, self._best_of_passes(), strict=True):
            logs = np.array(row_chances(frames, self._coded, self._known.weights, wanted, self._none))
            said.append(np.maximum(logs - np.logaddexp(total, np.logaddexp.reduce(logs)), _NEVER))
        return [float(x) for x in np.mean(said, axis=0)]


def join_rows(lines: Sequence[Sequence[tuple[Row, float, float]]], known: Sections) -> list[SectionList]:
    """The likeliest rows of all lines put together, each combination once."""
    whole: dict[str, tuple[float, float, Row]] = {}
    for parts in product(*(line[:_MOST_ROWS] for line in lines)):
        row = tuple(i for part, _, _ in parts for i in part)
        log = sum(log for _, log, _ in parts)
        agreed = min((agreed for _, _, agreed in parts), default=0.0)
        text = as_text([known.members[i] for i in row], known.main)
        if text and log > whole.get(text, (-np.inf, 0.0, ()))[0]:
            whole[text] = (log, agreed, row)
    ordered = sorted(whole.items(), key=lambda w: (-w[1][0], w[0]))
    found = shares(np.array([log for _, (log, _, _) in ordered]))
    return [
        SectionList(text, log, float(share), agreed, row)
        for (text, (log, agreed, row)), share in zip(ordered, found, strict=True)
    ]


def as_text(row: Sequence[ListedSection], main: str) -> str:
    """A row as a person writes it: the main title's first, then others with theirs; each section once."""
    first = dict.fromkeys(s.value for s in row if s.title == main)
    others = dict.fromkeys(s.value for s in row if s.title != main)
    return " & ".join([*([f"{'/'.join(first)} {main}"] if first else []), *others])
