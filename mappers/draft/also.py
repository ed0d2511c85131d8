"""What a table holds of other forms, drafted as forms that the same rows make: a final report beside its FIR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappers.draft.assign import assign, lend
from mappers.draft.match import ColumnSeen
from mappers.draft.rules import DraftRule, make_rule
from mappers.draft.targets import find_targets
from mappers.headers.lexicon import HeaderLexicon
from mappers.schema import form_tables, load_schemas

# Fields by which a record of another form finds its FIR.
_KEY = ("police_station", "year", "fir_no", "fir_part", "fir_reg_num")
_FLOOR = 0.45


@dataclass(frozen=True)
class AlsoRule:
    """One rule of another form. encoding: as a rule names it."""

    source: str
    confidence: float
    rule: DraftRule
    encoding: str = ""


@dataclass(frozen=True)
class AlsoDraft:
    """Another form that the rows may make. name: of its part of the file. needs: its own columns; keys: those of the
    FIR that it shares.
    """

    name: str
    form: str
    own: tuple[AlsoRule, ...]
    keys: tuple[AlsoRule, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns of which one must say something."""
        return tuple(r.source for r in self.own)


def propose_also(
    elsewhere: Mapping[str, str],
    mapped: Sequence[AlsoRule],
    columns: Sequence[ColumnSeen],
    table: str,
    lexicon: HeaderLexicon,
) -> tuple[AlsoDraft, ...]:
    """A draft of each form to which columns belong that the table's own form has no field for.

    elsewhere: column -> name of where it belongs. mapped: the rules of the table's own form. Only fields of the other
    form's own table are proposed: whose arrest it is, a row with several accused does not say.
    """
    found: dict[tuple[str, str], list[ColumnSeen]] = {}
    for column in columns:
        name = elsewhere.get(column.name, "")
        form = lexicon.elsewhere[name].form if name in lexicon.elsewhere else ""
        if form in load_schemas():
            found.setdefault((name, form), []).append(column)
    drafts = (_draft(name, form, seen, mapped, table, lexicon) for (name, form), seen in found.items())
    return tuple(d for d in drafts if d.own)


def _draft(
    name: str, form: str, columns: Sequence[ColumnSeen], mapped: Sequence[AlsoRule], table: str, lexicon: HeaderLexicon
) -> AlsoDraft:
    own = tuple(_draft_own_rules(form, columns, table, lexicon))
    taken = {f for r in own for f in r.rule.fields}
    has = form_tables(form)[form].by_name
    keys = (r for r in mapped if not r.rule.into and set(r.rule.fields) <= set(_KEY) & set(has) - taken)
    return AlsoDraft(name, form, own, tuple(keys))


def _draft_own_rules(
    form: str, columns: Sequence[ColumnSeen], table: str, lexicon: HeaderLexicon
) -> Iterator[AlsoRule]:
    targets = [t for t in find_targets(form, lexicon) if not t.row and t.name not in _KEY]
    choices = assign(columns, targets, lend(columns, form, table, lexicon), lexicon)
    filled: set[str] = set()
    for choice in choices:
        if choice.target is None or choice.target.is_elsewhere or choice.score < _FLOOR:
            continue
        rule = make_rule(choice.target, choice.column.content, frozenset())
        if rule is not None and not filled & set(rule.fields):
            filled |= set(rule.fields)
            yield AlsoRule(choice.column.name, round(choice.score, 2), rule)
