"""Read what stands around a register's table: notes in the margins, and the page's number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from ocr.cleaning.clean import white_border
from ocr.engine import Engine, Image, LineImage
from ocr.languages.lexicon import fold_text
from ocr.page import Around, Candidate
from ocr.print.lines import read_mixed
from ocr.registers.aside import Aside
from ocr.registers.between import date_in
from ocr.registers.form import RegisterForm

DateReader = Callable[[Image], Candidate | None]
"""Reads the date that a picture of one line holds; None where it holds none."""

_MOST_DATE = 0.85
"""What a date read by the engine for handwriting is sure of at most: words beside it were hardly measured."""
_SIGNS = re.compile(r"[^0-9]+")
_MOST_DIGITS = 4
_LEAST_SURE = 0.5
_MOST_NUMBER = 2000
_LIKE_TITLE = 0.6
# Two that follow on each other confirm each other; one alone may be the number of anything.
_SURE_PAIR, _DOUBT_ALONE = 0.97, 0.9
_DECORATION = " .,-–—()[]:/|_"


def read_around(
    asides: Sequence[Aside],
    rows: Sequence[str],
    engine: Engine,
    languages: Sequence[str],
    form: RegisterForm | None,
    *,
    has_header: bool = False,
    read_date: DateReader | None = None,
) -> tuple[Around, ...]:
    """Texts and numbers of what stands around a table.

    rows: ids of its rows. languages: two-letter codes that the engine has, best first. form: the register, whose
    printed title is no note. has_header: labels stand above the columns, and so a title above the middle of them.
    read_date: reads dates by hand, where the day of a register's entries may stand above its table.
    """
    if not languages:
        return ()
    numbers = {i: _number(a, engine, languages) for i, a in enumerate(asides) if a.may_number}
    kept = _keep_agreeing([(i, n[0], n[1]) for i, n in numbers.items() if n is not None], asides)
    found = []
    for i, aside in enumerate(asides):
        row = rows[aside.row] if aside.row is not None and aside.row < len(rows) else ""
        if i in kept:
            number, sure = kept[i]
            found.append(Around(aside.where, aside.box, str(number), sure, row, number))
            continue
        if aside.may_title and has_header:
            continue
        lines = read_mixed(engine, list(aside.pictures), languages, 1)
        text = "\n".join(x.text for x in lines if x.text)
        if aside.where == "above" and _is_title(text, form):
            continue
        note = Around(aside.where, aside.box, text, min((x.confidence for x in lines), default=0.0), row)
        is_day = read_date is not None and aside.where == "above" and len(aside.pictures) == 1
        found.append(_add_date(note, read_date(aside.pictures[0])) if is_day and read_date is not None else note)
    return tuple(found)


def _add_date(note: Around, date: Candidate | None) -> Around:
    """A note with the date that the engine for handwriting reads in it; surer where both read the same one."""
    if date is None or not date_in(date.text):
        return note
    said, sure = date_in(note.text), min(_MOST_DATE, date.confidence)
    if not said:
        return replace(note, text=date.text, confidence=sure)
    if _SIGNS.sub(" ", said) == _SIGNS.sub(" ", date_in(date.text)):
        return replace(note, confidence=round(1 - (1 - sure) * (1 - note.confidence), 4))
    stands, falls = (sure, note.confidence) if sure > note.confidence else (note.confidence, sure)
    text = date.text if sure > note.confidence else note.text
    return replace(note, text=text, confidence=round(stands * (1 - falls / 2), 4))


def _number(aside: Aside, engine: Engine, languages: Sequence[str]) -> tuple[int, float] | None:
    """The number that an aside is, and how sure that is; None when it is read as none, or in two ways."""
    # A page's number may have the language's digits or Latin ones.
    codes = tuple(dict.fromkeys((*languages[:1], "en")))
    picture = white_border(aside.pictures[0])
    texts = engine.read([LineImage(picture, (c,), digits=True, kind="digits") for c in codes])
    found: dict[int, float] = {}
    for text in texts:
        said = text.text.strip(_DECORATION)
        if said.isdecimal() and len(said) <= _MOST_DIGITS and 0 < int(said) <= _MOST_NUMBER:
            found[int(said)] = max(found.get(int(said), 0.0), text.confidence)
    if not found:
        return None
    best, *others = sorted(found.items(), key=lambda x: -x[1])
    sure = best[1] - (others[0][1] / 2 if others else 0.0)
    return (best[0], round(sure, 4)) if sure >= _LEAST_SURE else None


def _keep_agreeing(numbers: Sequence[tuple[int, int, float]], asides: Sequence[Aside]) -> dict[int, tuple[int, float]]:
    """The numbers that may stand: one a page of a spread, and where both have one they follow on each other.

    numbers: which aside, its number, how sure.
    """
    by_half: dict[int, tuple[int, int, float]] = {}
    # The surest last: of the numbers of a half it stays.
    for x in sorted(numbers, key=lambda n: n[2]):
        by_half[asides[x[0]].half] = x
    if len(by_half) < 2:
        return {i: (n, min(sure, _DOUBT_ALONE)) for i, n, sure in by_half.values()}
    left, right = by_half[0], by_half[1]
    # One of the two is misread, and nothing tells which.
    if right[1] - left[1] not in (0, 1):
        return {}
    return {i: (n, max(sure, _SURE_PAIR)) for i, n, sure in (left, right)}


def _is_title(text: str, form: RegisterForm | None) -> bool:
    """Whether a text above the table is the printed title of the register."""
    from rapidfuzz import fuzz

    said = fold_text(text)
    titles = [fold_text(t) for some in form.titles.values() for t in some] if form is not None else []
    return bool(said) and any(fuzz.ratio(said, t) >= 100 * _LIKE_TITLE or t in said for t in titles if t)
