"""Columns whose headers say nothing: what stands in them, and which fields are still free, gives a proposal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mappers.clean import CleanContext, load_cleaners
from mappers.draft.assign import FieldChoice
from mappers.draft.content import Content
from mappers.draft.match import SEVERAL
from mappers.draft.targets import DraftTarget

# Content alone is never surer than this. In a table that tells of an arrest or a court as well, a person says which day
# a date without a word over it is: a draft that took the day of the arrest for that of the FIR would be believed.
_BY_KIND, _BY_PLACE, _OF_OTHERS = 0.62, 0.56, 0.5
_LONG, _MOST, _SOME = 80, 0.7, 0.05
# The fields that dates of unknown columns go to, in the order in which tables have them.
_DAYS = ("fir_date", "occurrence_from")
_TIMES = {"fir_date": "fir_time", "occurrence_from": "occurrence_time_from", "info_date": "info_time"}


def infer(choices: Sequence[FieldChoice], targets: Sequence[DraftTarget]) -> tuple[FieldChoice, ...]:
    """The choices with proposals for columns that had none; a field is proposed once, and only while it is free."""
    known = {t.name: t for t in targets}
    free = known.keys() - {c.target.name for c in choices if c.target is not None}
    by_place = _OF_OTHERS if any(_is_of_another(c) for c in choices) else _BY_PLACE
    out: list[FieldChoice] = []
    for choice in choices:
        before = out[-1].target.name if out and out[-1].target is not None else ""
        guess = _guess(choice.column.content, before, free, by_place) if choice.target is None else None
        if guess is not None:
            free = free - {guess[0]}
            choice = replace(choice, target=known[guess[0]], score=guess[1])
        out.append(choice)
    return tuple(out)


def _is_of_another(choice: FieldChoice) -> bool:
    """Whether a column with days or hours belongs to another form."""
    content = choice.column.content
    return choice.target is not None and choice.target.is_elsewhere and max(content.days, content.hours) > _MOST


def _guess(content: Content, before: str, free: frozenset[str] | set[str], by_place: float) -> tuple[str, float] | None:
    """(name of the target, confidence) of the first kind that the cells are of. before: target of the column before."""
    if content.is_empty:
        return None
    if content.days > _MOST:
        return next(((name, by_place) for name in _DAYS if name in free), None)
    if content.hours > _MOST:
        name = _TIMES.get(before, "")
        return (name, _BY_KIND) if name in free else None
    return next(((name, _BY_KIND) for name, test in _KINDS if name in free and test(content)), None)


def _has_rank(content: Content) -> bool:
    rows = load_cleaners()["officer"].rows
    assert rows is not None
    return content.share(lambda v: any("rank" in r for r in rows(v, CleanContext()).rows)) > _MOST


def _has_unknown(content: Content) -> bool:
    """Whether some of many names are persons unknown, or lists of persons: so the accused are written."""
    rows = load_cleaners()["persons"].rows
    assert rows is not None
    unknown = content.share(lambda v: any("status" in r and "name" not in r for r in rows(v, CleanContext()).rows))
    return content.letters + content.many > _MOST and unknown >= _SOME


def _all_of(name: str) -> Callable[[Content], bool]:
    """Whether the cells are entries of a list of places: several of them, for one may be a name like any other."""
    return lambda c: len({*c.tried_cells}) >= SEVERAL and c.share_listed(name) > _MOST


_KINDS: tuple[tuple[str, Callable[[Content], bool]], ...] = (
    ("acts.section", lambda c: c.sections > _MOST),
    ("narrative", lambda c: c.length > _LONG and c.digits < _SOME),
    ("io_name", _has_rank),
    ("accused.name", _has_unknown),
    ("police_station", _all_of("station")),
    ("district", _all_of("district")),
)
