"""Which register a heading belongs to, and which column each label stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from ocr.languages.lexicon import fold_text
from ocr.registers.form import RegisterForm, Registers
from ocr.registers.header_spaces import Space
from ocr.registers.line import RuledLine

Floats = NDArray[np.float64]

LIKE = 0.66
"""How like a label a text must be to count as it."""
_SHORT = 3
_LEAST_ANCHORS, _MOSTLY_LABELLED = 4, 0.5
_MOST_LACKING, _MOST_OFF_WIDTH, _CUT_OFF = 3, 0.12, 0.01
_TITLE_WORTH = 0.5
_TITLE_LIKE = 0.75


@dataclass(frozen=True, slots=True)
class Heading:
    """What was read above the columns of one sheet.

    texts: of each column from the left, in the language that fitted best. feet: where the header ends on each half.
    title: what stands above the table. space: where the texts stand, without the numbers of columns below them; None
    where that is not known.
    """

    texts: tuple[str, ...]
    feet: tuple[RuledLine, ...]
    title: str = ""
    space: Space | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """How well a register fits a heading: sum of likenesses, title included, and the column id of each column."""

    form: RegisterForm
    score: float
    columns: tuple[str, ...]
    matched: int


def fit_forms(heading: Heading, registers: Registers) -> list[Fitting]:
    """All registers by how well they fit a heading, best first."""
    found = [fit_form(heading, form, registers) for form in registers.forms.values()]
    return sorted(found, key=lambda f: (-f.score, f.form.id))


def fit_form(heading: Heading, form: RegisterForm, registers: Registers) -> Fitting:
    """How a heading fits one register."""
    like = np.array([[likeness(t, _labels(form, c, registers)) for c in form.ids] for t in heading.texts])
    pairs = _align_labels(np.where(like >= LIKE, like, 0.0))
    total = float(sum(like[i, j] for i, j in pairs))
    size = max(len(heading.texts), len(form.ids))
    title = _title_likeness(heading.title, form)
    columns = [""] * len(heading.texts)
    for i, j in pairs:
        columns[i] = form.ids[j]
    score = total / size + (_TITLE_WORTH * title if title >= _TITLE_LIKE else 0.0)
    return Fitting(form, score, tuple(columns), len(pairs))


def columns_in_order(form: RegisterForm, halves: Sequence[int], matched: Sequence[str] = ()) -> tuple[str, ...] | None:
    """The column ids of a sheet whose halves have so many columns, None where they cannot be the register's.

    matched: what labels said of each column, "" where nothing. A number column that the right-hand page repeats is
    called "_number". Of a spread, a page with all of its columns has them in order whatever the other shows.
    """
    ids = form.ids
    total = sum(halves)
    if total == len(ids):
        return ids
    if total == len(ids) + 1 and len(halves) == 2:
        return (*ids[: halves[0]], "_number", *ids[halves[0] :])
    found = [x or f"_column_{i + 1}" for i, x in enumerate(matched or [""] * total)]
    parts = [(0, halves[0], ids[: form.split])]
    if len(halves) == 2 and form.split:
        parts.append((halves[0], total, ids[form.split :]))
    whole = False
    for first, last, own in parts:
        if form.split and last - first in (len(own), len(own) + 1) and len(halves) == 2:
            again = ["_number"] if last - first > len(own) else []
            found[first:last] = [*again, *own]
            whole = True
    if whole or sum(bool(x) for x in matched) >= 0.6 * max(1, len(matched)):
        return tuple(found) if len(set(found)) == len(found) else None
    return None


def columns_by_labels(form: RegisterForm, matched: Sequence[str]) -> tuple[str, ...] | None:
    """The column ids of one page by the labels above them, None where these are too few to tell.

    matched: what labels said of each column, "" where nothing. A column between two that labels name has its name where
    as many lie between these on the page as in the register; so have those before the first and behind the last. One
    that stays without is called "_column_4".
    """
    anchors = [(i, form.ids.index(name)) for i, name in enumerate(matched) if name]
    if len(anchors) < max(_LEAST_ANCHORS, _MOSTLY_LABELLED * len(matched)):
        return None
    found = [f"_column_{i + 1}" for i in range(len(matched))]
    (first, own), (last, end) = anchors[0], anchors[-1]
    for i in range(len(matched)):
        at = own - (first - i) if i < first else end + (i - last)
        if (i <= first or i >= last) and 0 <= at < len(form.ids):
            found[i] = form.ids[at]
    for (i, a), (k, b) in zip(anchors, anchors[1:], strict=False):
        if k - i == b - a:
            found[i : k + 1] = form.ids[a : b + 1]
        else:
            found[i], found[k] = form.ids[a], form.ids[b]
    return tuple(found)


def columns_by_widths(form: RegisterForm, widths: Sequence[float]) -> tuple[str, ...] | None:
    """The column ids of a page that shows fewer columns than its register has, by how wide they are.

    widths: of the columns seen. A column may be two whose line was not seen, and the outermost may be cut off in the
    fold; "_column_4" is one that holds several. None where the widths are not those of the register.
    """
    seen, usual = np.asarray(widths, np.float64), np.array([c.width for c in form.columns])
    lacking = len(usual) - len(seen)
    if not 0 < lacking <= _MOST_LACKING or len(seen) < _LEAST_ANCHORS:
        return None
    seen, usual = seen / np.median(seen), usual / np.median(usual)
    best, found = np.inf, None
    for cut in range(lacking + 1):
        for merged in combinations_with_replacement(range(len(seen)), lacking - cut):
            holds = np.ones(len(seen), int) + np.bincount(np.array(merged, int), minlength=len(seen))
            for first in range(cut + 1):
                ends = first + np.cumsum(holds)
                sums = np.array([usual[e - n : e].sum() for e, n in zip(ends, holds, strict=True)])
                # The outermost may be cut in part.
                off = np.abs(np.log(seen / sums))[1:-1]
                cost = float(off.mean()) + _CUT_OFF * cut
                if cost < best:
                    best, found = cost, (holds, ends)
    if found is None or best > _MOST_OFF_WIDTH:
        return None
    pairs = zip(*found, strict=True)
    return tuple(form.ids[e - 1] if n == 1 else f"_column_{i + 1}" for i, (n, e) in enumerate(pairs))


def all_labels(forms: Iterable[RegisterForm], registers: Registers, languages: Sequence[str]) -> tuple[str, ...]:
    """All that may be printed above columns of some registers, in some languages and English, folded."""
    found = {
        fold_text(label)
        for form in forms
        for column in form.columns
        for label in registers.labels_of(column, (*languages, "en"))
    }
    # A set has no order of its own: equally like labels must come out the same on each run.
    return tuple(sorted(x for x in found if x))


def _labels(form: RegisterForm, column_id: str, registers: Registers) -> tuple[str, ...]:
    return tuple(filter(None, (fold_text(x) for x in registers.labels_of(form.column(column_id)))))


def likeness(text: str, labels: Sequence[str]) -> float:
    """How like a text is to the label that it resembles most, 0..1; labels: folded."""
    from rapidfuzz import fuzz, process

    said = fold_text(text)
    if len(said) < 2:
        # The hour or number of a column is all of its label.
        return 1.0 if said.isdecimal() and said in labels else 0.0
    best = process.extractOne(said, labels, scorer=fuzz.ratio)
    if best is None:
        return 0.0
    # So short a label is like too many words.
    return 0.0 if len(best[0]) <= _SHORT and best[1] < 90 else best[1] / 100


def _title_likeness(title: str, form: RegisterForm) -> float:
    from rapidfuzz import fuzz

    said = fold_text(title)
    labels = [fold_text(x) for texts in form.titles.values() for x in texts]
    # Asked for its length first, since a few letters are part of nearly any title.
    return max((fuzz.partial_ratio(said, x) / 100 for x in labels if x and len(said) >= 0.7 * len(x)), default=0.0)


def _align_labels(like: Floats) -> list[tuple[int, int]]:
    """Pairs of columns and labels in the order of both with the largest sum."""
    rows, columns = like.shape
    best = np.zeros((rows + 1, columns + 1))
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            best[i, j] = max(best[i - 1, j], best[i, j - 1], best[i - 1, j - 1] + like[i - 1, j - 1])
    pairs = []
    i, j = rows, columns
    while i and j:
        # The very sums of the table above, so they are equal to the bit.
        if like[i - 1, j - 1] > 0 and best[i, j] == best[i - 1, j - 1] + like[i - 1, j - 1]:
            pairs.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif best[i, j] == best[i - 1, j]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]
