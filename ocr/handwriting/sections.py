"""Lists of sections, as "341/323/34 IPC & 4 DP Act": which of all lists the matrices of a field bear.

What a section may be comes from sections.toml: those that the acts have, with how often they are charged.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import islice, product
from pathlib import Path

import numpy as np

from ocr.calibration.fields import Facts, spread
from ocr.decoding.ctc import LogProbs
from ocr.handwriting.chance import Coded, Floats, code, folded_case, shares, shortened
from ocr.handwriting.segments import Frames, Prices, best_row, frames_of, row_chances

FILE = "sections.toml"
PENAL_CODE = "IPC"
Row = tuple[int, ...]
"""Numbers of sections, in the order in which they are written."""
_PRICES = Prices()
_MOST_ROWS = 4
_NEVER = -20.0
_TWICE = -6.0
_PENAL_CODE_FORMS = ("IPC", "I.P.C", "I.P.C.", "IPC.", "I P C", "1PC", "PC")
_PENAL_CODE_WEIGHT = -2.0
_YEARS_OF_ACTS = (
    "2003",
    "1985",
    "2000",
    "1959",
    "1961",
    "2005",
    "2012",
    "1940",
    "1988",
    "1956",
    "1957",
    "1972",
    "2015",
)
_YEAR_WEIGHT = -4.0
"""Years behind the names of acts, lest IPC 200 be read in "Electricity Act 2003"."""
_MOST_NEIGHBOURS = 5
WORST_LOG = -8.0


@dataclass(frozen=True)
class Section:
    """A section, or a few with the act that they need: value "506" or "3/4 DP Act"; forms: ways to write it.

    Without value it is the name of the penal code or the year of an act, which need none.

    weight: natural logarithm of how often it is charged, next to the others.
    """

    value: str
    act: str
    forms: tuple[str, ...]
    weight: float


@dataclass(frozen=True)
class Sections:
    """All sections that a list may hold."""

    members: tuple[Section, ...]

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
        return np.array([s.weight - np.log(len(s.forms)) for s in self.members for _ in s.forms], np.float64)

    @cached_property
    def ways(self) -> tuple[np.ndarray, ...]:
        """Of each section the numbers of its forms."""
        return tuple(np.flatnonzero(self.owners == i) for i in range(len(self.members)))

    def sections_in(self, row: Row) -> Row:
        """A row without names of acts that stand alone."""
        return tuple(i for i in row if self.members[i].value)

    def neighbours(self, row: Row) -> Iterator[Row]:
        """Rows that differ in one section, by one sign; the oftenest charged."""
        for at, number in enumerate(row):
            for other in self._near(number):
                yield (*row[:at], other, *row[at + 1 :])

    def _near(self, number: int) -> tuple[int, ...]:
        return self._nearest[number] if self.members[number].act == PENAL_CODE else ()

    @cached_property
    def _nearest(self) -> dict[int, tuple[int, ...]]:
        from rapidfuzz.distance import Levenshtein

        penal = [i for i, s in enumerate(self.members) if s.act == PENAL_CODE and s.value]
        penal.sort(key=lambda i: -self.members[i].weight)
        found = {}
        for i in penal:
            value = self.members[i].value
            near = (
                j for j in penal if j != i and Levenshtein.distance(value, self.members[j].value, score_cutoff=1) <= 1
            )
            found[i] = tuple(islice(near, _MOST_NEIGHBOURS))
        return found | {i: () for i, s in enumerate(self.members) if not s.value}

    def coded(self, characters: tuple[str, ...]) -> Coded:
        """The forms in the classes of a matrix."""
        return _coded(self.forms, characters)


@dataclass(frozen=True)
class Listed:
    """A list of sections. text: as a person writes it; log: how likely next to all lists, natural; share: 0..1 of the
    belief among the lists that were compared; agreed: share of views whose own likeliest list it is; row: the sections.
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
def _coded(forms: tuple[str, ...], characters: tuple[str, ...]) -> Coded:
    return code(forms, characters)


@cache
def load_sections(path: Path | None = None) -> Sections:
    """Those of the package, or of another file that training/fields/charged.py made."""
    plain = tomllib.loads((path or resources.files("ocr.handwriting") / FILE).read_text(encoding="utf-8"))
    return sections_of(plain["weights"], plain["acts"])


def sections_of(weights: Mapping[str, float], acts: Mapping[str, Mapping[str, object]]) -> Sections:
    """Sections from plain values. weights: of those of the penal code. acts: short name to names, lists and weight."""
    members = [Section(number, PENAL_CODE, tuple(_forms(number)), w) for number, w in weights.items()]
    members.append(Section("", PENAL_CODE, _PENAL_CODE_FORMS, _PENAL_CODE_WEIGHT))
    members.append(Section("", PENAL_CODE, _YEARS_OF_ACTS, _YEAR_WEIGHT))
    for act, told in acts.items():
        names, lists, weight = told["names"], told["lists"], told["weight"]
        assert isinstance(names, list) and isinstance(lists, list) and isinstance(weight, float)
        for listed in lists:
            forms = tuple(f"{form}{name}" for form in _act_forms(listed) for name in names)
            members.append(Section(f"{listed} {act}", act, forms, weight - float(np.log(len(lists)))))
    return Sections(tuple(members))


def _forms(number: str) -> Iterator[str]:
    yield number
    if number[-1].isalpha():
        yield from (f"{number[:-1]}({number[-1]})", f"{number[:-1]} {number[-1]}", f"{number[:-1]}-{number[-1]}")


def _act_forms(listed: str) -> Iterator[str]:
    yield f"{listed.upper()} "
    yield listed.upper()


def read_sections(
    lines: Sequence[Sequence[LogProbs]],
    characters: tuple[str, ...],
    known: Sections,
    empty: Sequence[float],
    prices: Prices = _PRICES,
) -> list[Listed]:
    """The lists that a field's matrices bear, best first; [] where none does.

    lines: for each line of the field its matrices, views of the same line, in the same order for all lines. empty: for
    each line the natural logarithm of how often it holds nothing.
    """
    return joined([line.listed() for line in lines_of(lines, characters, known, empty, prices)], known)


def lines_of(
    lines: Sequence[Sequence[LogProbs]],
    characters: tuple[str, ...],
    known: Sections,
    empty: Sequence[float],
    prices: Prices = _PRICES,
) -> list[Line]:
    """The lines of a field, ready to be asked; parameters as those of read_sections."""
    coded = known.coded(characters)
    return [
        Line([_view(m, characters, prices) for m in views], coded, known, none)
        for views, none in zip(lines, empty, strict=True)
    ]


def _view(matrix: LogProbs, characters: tuple[str, ...], prices: Prices) -> Frames:
    return frames_of(shortened(folded_case(matrix, characters)), characters, prices)


class Line:
    """The views of one line."""

    def __init__(self, views: Sequence[Frames], coded: Coded, known: Sections, none: float) -> None:
        self._views, self._coded, self._known, self._none = views, coded, known, none
        self._bests: list[tuple[Row, float]] | None = None

    def _best_of_views(self) -> list[tuple[Row, float]]:
        """Of each view the likeliest row, and the log of all rows together."""
        if self._bests is None:
            owners = self._known.owners
            read = [best_row(frames, self._coded, self._known.weights, self._none) for frames in self._views]
            self._bests = [(tuple(int(owners[i]) for i in forms), total) for forms, total in read]
        return self._bests

    def tail(self) -> Row:
        """What ends the likeliest row of the first view and is no section, as the penal code's name."""
        row = self._best_of_views()[0][0]
        last = max((at for at, i in enumerate(row) if self._known.members[i].value), default=-1)
        return row[last + 1 :]

    def listed(self) -> list[tuple[Row, float, float]]:
        """Rows of section numbers with the mean log over the views, and the share of views that had it as the best."""
        bests = [row for row, _ in self._best_of_views()]
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
        """The mean over the views of each row's log next to all rows."""
        ways = self._known.ways
        totals = [total for _, total in self._best_of_views()]
        wanted = [[ways[i] for i in row] for row in rows]
        said = []
        for frames, total in zip(self._views, totals, strict=True):
            logs = np.array(row_chances(frames, self._coded, self._known.weights, wanted, self._none))
            said.append(np.maximum(logs - np.logaddexp(total, np.logaddexp.reduce(logs)), _NEVER))
        return [float(x) for x in np.mean(said, axis=0)]


def joined(lines: Sequence[Sequence[tuple[Row, float, float]]], known: Sections) -> list[Listed]:
    """The likeliest rows of all lines put together, each combination once."""
    whole: dict[str, tuple[float, float, Row]] = {}
    for parts in product(*(line[:_MOST_ROWS] for line in lines)):
        row = tuple(i for part, _, _ in parts for i in part)
        log = sum(log for _, log, _ in parts)
        agreed = min((agreed for _, _, agreed in parts), default=0.0)
        text = as_text([known.members[i] for i in row])
        if text and log > whole.get(text, (-np.inf, 0.0, ()))[0]:
            whole[text] = (log, agreed, row)
    ordered = sorted(whole.items(), key=lambda w: (-w[1][0], w[0]))
    found = shares(np.array([log for _, (log, _, _) in ordered]))
    return [
        Listed(text, log, float(share), agreed, row)
        for (text, (log, agreed, row)), share in zip(ordered, found, strict=True)
    ]


def as_text(row: Sequence[Section]) -> str:
    """A row as a person writes it: the penal code's first, then other acts with theirs; each section once."""
    penal = dict.fromkeys(s.value for s in row if s.act == PENAL_CODE)
    others = dict.fromkeys(s.value for s in row if s.act != PENAL_CODE)
    return " & ".join([*([f"{'/'.join(penal)} {PENAL_CODE}"] if penal else []), *others])
