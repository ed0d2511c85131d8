"""Which column goes where: one place for each column, one column for each field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mappers.draft.match import ColumnSeen, MatchScore, content_score, header_score, readings_of
from mappers.draft.targets import DraftTarget
from mappers.headers.lexicon import HeaderLexicon
from mappers.headers.read import HeaderReading, read_header

Lent = Mapping[str, tuple[str, ...]]
_ROLES = ("complainant", "accused", "victim")
# Below this a column is not even proposed for a field; the next best one must not be much worse than the best.
_FLOOR, _SECOND_BEST = 0.3, 0.8
# A second field as likely as the first leaves the choice to a person; but for these, either of which will do.
_EVEN = 0.99
_EITHER = frozenset({"phone", "mobile"})
# A field that the header does not name at all is never filled by content alone.
_HEADER_FLOOR = 0.35


@dataclass(frozen=True)
class FieldChoice:
    """A column and its best target, None when nothing fits. second: the next best, for a person who is asked. is_even:
    nothing speaks for one rather than the other.
    """

    column: ColumnSeen
    target: DraftTarget | None
    score: float
    second: str = ""
    is_even: bool = False


def assign(
    columns: Sequence[ColumnSeen], targets: Sequence[DraftTarget], lent: Lent, lexicon: HeaderLexicon
) -> tuple[FieldChoice, ...]:
    """The best choice for each column, in their order. lent: see `lend`."""
    ranked = {c.name: _rank(c, targets, lexicon, lent[c.name]) for c in columns}
    return tuple(_settle(columns, ranked))


def lend(columns: Sequence[ColumnSeen], form: str, table: str, lexicon: HeaderLexicon) -> Lent:
    """Column -> whom its header speaks of where it does not say so: the person named before it, by the table's name,
    or of whom the form tells first.
    """
    usual = lexicon.usual.get(form, "complainant")
    whole = table_roles(table, lexicon)
    found: dict[str, tuple[str, ...]] = {}
    before: tuple[str, ...] = ()
    for column in columns:
        readings = readings_of(column, lexicon)
        meanings = readings[0].meanings if readings else frozenset()
        own = tuple(r for r in _ROLES if any(r in x.meanings for x in readings[:3]))
        if own:
            before = own[:1]
        elif meanings & lexicon.breaks:
            before = ()
        is_particular = (bool(meanings & lexicon.particulars) or form in lexicon.usual) and not own
        found[column.name] = whole or (before or (usual,) if is_particular else ())
        if own and whole:
            found[column.name] = ()
    return found


def table_roles(table: str, lexicon: HeaderLexicon) -> tuple[str, ...]:
    """The kind of rows that a table's name tells of, by the meaning that leads its phrases."""
    kinds = {lexicon.tables[t] for r in read_header(table, lexicon)[:2] for t in r.tokens if t in lexicon.tables}
    return tuple(lexicon.rows[k].lead for k in sorted(kinds) if k in lexicon.rows and lexicon.rows[k].lead)


def _rank(
    column: ColumnSeen, targets: Iterable[DraftTarget], lexicon: HeaderLexicon, lent: tuple[str, ...]
) -> list[tuple[float, DraftTarget]]:
    readings: tuple[HeaderReading, ...] = readings_of(column, lexicon)
    scored = []
    for target in targets:
        header = header_score(column, readings, target, lexicon, lent)
        if header >= _HEADER_FLOOR:
            scored.append((MatchScore(header, content_score(column.content, target)).total, target))
    return sorted(scored, key=lambda s: -s[0])[:8]


def _settle(
    columns: Sequence[ColumnSeen], ranked: Mapping[str, list[tuple[float, DraftTarget]]]
) -> Iterable[FieldChoice]:
    """Greedy, the surest pair first; a column whose field is taken gets its next best if that is nearly as good."""
    pairs = sorted(
        ((score, c.place, c, t) for c in columns for score, t in ranked[c.name]), key=lambda p: (-p[0], p[1])
    )
    chosen: dict[str, tuple[float, DraftTarget]] = {}
    taken: set[str] = set()
    for score, _, column, target in pairs:
        best = ranked[column.name][0][0]
        if column.name in chosen or target.name in taken or score < max(_FLOOR, best * _SECOND_BEST):
            continue
        chosen[column.name] = (score, target)
        if not target.is_elsewhere:
            taken.add(target.name)
    for column in columns:
        score, found = chosen.get(column.name, (0.0, None))
        others = [(s, t) for s, t in ranked[column.name] if found is None or t.name != found.name]
        is_even = found is not None and any(s >= score * _EVEN and _may_be(t, found, taken) for s, t in others[:1])
        yield FieldChoice(column, found, score, others[0][1].name if others else "", is_even)


def _may_be(other: DraftTarget, found: DraftTarget, taken: set[str]) -> bool:
    """Whether a person should choose between two fields: those of one row, except where either is right."""
    is_either = {t.name.rpartition(".")[2] for t in (other, found)} <= _EITHER
    return other.row == found.row and not other.is_elsewhere and other.name not in taken and not is_either
