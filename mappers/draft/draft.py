"""The draft of a mapping: one line for each column, with its confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mappers.binding.dialect import cell_key
from mappers.clean import CleanContext
from mappers.codes import CodeList, place_lists
from mappers.draft.also import AlsoDraft, AlsoRule, propose_also
from mappers.draft.assign import FieldChoice, assign, lend
from mappers.draft.content import Content
from mappers.draft.deleted import ask_deleted, find_deleted
from mappers.draft.infer import infer
from mappers.draft.lines import DraftLine, Kind
from mappers.draft.match import ColumnSeen, readings_of
from mappers.draft.named import said_by_name
from mappers.draft.rules import DraftRule, make_rule
from mappers.draft.targets import find_targets
from mappers.encodings import Encoding, to_bytes
from mappers.headers.lexicon import HeaderLexicon, load_lexicon
from mappers.headers.read import UNKNOWN, read_header
from mappers.legacy import LegacyTable
from mappers.mapping.column_encodings import EncodedColumn, WantedEncoding, peek, settle
from mappers.schema import form_tables, load_schemas

# From this confidence a line is in force; below it, it is a proposal.
SURE_ENOUGH = 0.55
_FORM_NUMBER = re.compile(r"iif\W?([1-7])|\bif([1-7])\b", re.I)
# Two-digit years are taken as not later than this.
_PIVOT = 2026
_MOSTLY = 0.8
# Share from which an encoding is a likely one of a column.
_LIKELY = 0.1
# Numbers that a station or a court gives, and people know.
_NUMBERS = frozenset({"fir_no", "gd_no", "report_no", "court_case_no", "ud_no", "fir_reg_num"})
_STATE = "the state is said where the workspace is made"
_NULLS = (
    "NIL", "NA", "N.A.", "N/A", "N.K.", "NK", "NULL", "NONE", "NOT KNOWN", "00/00/00", "00/00/0000", "00-00-0000",
    "0000-00-00", "00000000", "01/01/1900", "1900-01-01", "30/12/1899", "9999", "XXXX", "XXX", "अप्राप्त", "निरंक",
    "नहीं", "কিছু নাই", "இல்லை", "లేదు", "ಇಲ್ಲ", "ഇല്ല", "નથી", "ਨਹੀਂ", "ନାହିଁ", "ندارد",
)  # fmt: skip


@dataclass(frozen=True)
class MappingDraft:
    """A mapping to be looked at. lines: in the order of the columns. rows: kind of row -> (table, fixed fields). also:
    other forms that the same rows may make. nulls: spellings of nothing that stand in the columns. deleted:
    columns that seem to mark deleted rows -> the texts that say so.
    """

    table: str
    form: str
    lines: tuple[DraftLine, ...]
    rows: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    also: tuple[AlsoDraft, ...] = ()
    nulls: tuple[str, ...] = ()
    deleted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of_kind(self, kind: Kind) -> tuple[DraftLine, ...]:
        """The lines of one kind."""
        return tuple(line for line in self.lines if line.kind == kind)


def draft_table(
    table: LegacyTable,
    wanted: WantedEncoding,
    *,
    form: str = "",
    state: str = "",
    lexicon: HeaderLexicon | None = None,
    lists: Mapping[str, CodeList] | None = None,
    names: Sequence[str] = (),
    is_of_rows: bool = False,
) -> MappingDraft:
    """The draft for a table; its first rows are read. form: guessed when not given. state: code, for lists and dates.
    is_of_rows: its rows are persons, acts or items of a case, so that no column is a field of the case itself.

    lists: of stations and districts, those of the package for the state when not given. names: of all tables that the
    mapping is for, where it is for several of one shape; of this one when not given.

    Raises MappingError when there is no such form or state.
    """
    lexicon = lexicon or load_lexicon()
    table, sample = peek(table)
    settled = settle(table, sample, wanted)
    lists = lists if lists is not None else place_lists(state) if state else {}
    context = CleanContext(state=state, book_year=_PIVOT, lists=lists)
    columns = [
        _see(c, values, i, settled, context, lexicon) for i, (c, values) in enumerate(zip(settled, sample, strict=True))
    ]
    form = form or guess_form(columns, table.name, lexicon)
    # Refuses a form that there is not before anything is built on it.
    form_tables(form)
    targets = tuple(t for t in find_targets(form, lexicon) if t.row or t.is_elsewhere or not is_of_rows)
    choices = infer(assign(columns, targets, lend(columns, form, table.name, lexicon), lexicon), targets)
    lines = tuple(_lines(choices, {c.name: c for c in settled}, lexicon))
    lines = tuple(_pick_in_family(line, settled) for line in lines)
    lines = (*lines, *said_by_name(names or (table.name,), lines, form, context, {c.name: c.content for c in columns}))
    deleted = find_deleted([(c.name, c.content.values) for c in columns], lines)
    lines = tuple(ask_deleted(line, deleted) for line in lines)
    used = {line.rule.into for line in lines if line.rule is not None and line.rule.into}
    rows = {n: (k.table, k.set) for n, k in lexicon.rows.items() if n in used}
    return MappingDraft(
        table.name, form, lines, rows, _propose_forms(lines, columns, table.name, lexicon), _nulls(columns), deleted
    )


def _nulls(columns: Sequence[ColumnSeen]) -> tuple[str, ...]:
    """Texts by which clerks say that there is nothing, as far as they stand in the columns, in the usual order."""
    found = {cell_key(v) for c in columns for v in c.content.values}
    return tuple(text for text in _NULLS if cell_key(text) in found)


def _propose_forms(
    lines: Sequence[DraftLine], columns: Sequence[ColumnSeen], table: str, lexicon: HeaderLexicon
) -> tuple[AlsoDraft, ...]:
    elsewhere = {line.source: line.target for line in lines if line.kind == "elsewhere"}
    mapped = [
        AlsoRule(line.source, line.confidence, line.rule, line.encoding)
        for line in lines
        if line.kind == "mapped" and line.rule is not None
    ]
    encodings = {line.source: line.encoding for line in lines}
    found = propose_also(elsewhere, mapped, columns, table, lexicon)
    return tuple(replace(d, own=tuple(replace(r, encoding=encodings[r.source]) for r in d.own)) for d in found)


def guess_form(columns: Sequence[ColumnSeen], table: str, lexicon: HeaderLexicon) -> str:
    """The form a table's name tells of, else the FIR."""
    numbered = _FORM_NUMBER.search(table)
    named = f"iif{numbered.group(1) or numbered.group(2)}" if numbered else ""
    told = [lexicon.tables[t] for r in read_header(table, lexicon)[:1] for t in r.tokens if t in lexicon.tables]
    known = [f for f in (named, *told) if f in load_schemas() and f not in lexicon.rows]
    return known[0] if known else "iif1"


def _see(
    column: EncodedColumn, values: Sequence[bytes | str], place: int, settled: Iterable[EncodedColumn],
    context: CleanContext, lexicon: HeaderLexicon,
) -> ColumnSeen:  # fmt: skip
    texts = tuple(dict.fromkeys(column.decode(v).text for v in values))
    return ColumnSeen(column.name, _headers(column.name, settled, lexicon), Content(texts, context), place)


def _headers(name: str, settled: Iterable[EncodedColumn], lexicon: HeaderLexicon) -> tuple[str, ...]:
    """The column's name, and what it says in the encodings of the table's columns where it says nothing as it is."""
    if any(not any(t.startswith(UNKNOWN) for t in r.tokens) for r in read_header(name, lexicon)):
        return (name,)
    used: dict[str, Encoding] = {c.encoding.info.name: c.encoding for c in settled if c.encoding is not None}
    return (name, *(decoded for e in used.values() if (decoded := _decode_header(name, e)) != name))


def _decode_header(name: str, encoding: Encoding) -> str:
    try:
        return encoding.decode(to_bytes(name).decode("cp1252", "replace") if not name.isascii() else name)
    except (ValueError, UnicodeError):
        return name


def _lines(
    choices: Sequence[FieldChoice], settled: Mapping[str, EncodedColumn], lexicon: HeaderLexicon
) -> Iterable[DraftLine]:
    sure = [c for c in choices if c.target and not c.target.is_elsewhere and c.score >= SURE_ENOUGH]
    taken = frozenset(c.target.name for c in sure if c.target)
    filled: set[tuple[str, str]] = set()
    for choice in choices:
        line = _line(choice, taken, settled[choice.column.name], lexicon)
        keys = {(line.rule.into, f) for f in line.rule.fields} if line.rule else set()
        if line.kind == "mapped" and keys & filled:
            line = replace(line, kind="asked", questions=(*line.questions, "its field is filled by another column"))
        elif line.kind == "mapped":
            filled |= keys
        yield line


def _line(choice: FieldChoice, taken: frozenset[str], column: EncodedColumn, lexicon: HeaderLexicon) -> DraftLine:
    target, content = choice.target, choice.column.content
    encoding = _encoding(column)
    base = DraftLine(
        choice.column.name, "unknown", round(choice.score, 2), second=choice.second, encoding=encoding,
        questions=() if column.is_clear else (column.question,),
    )  # fmt: skip
    if target is None:
        return base
    if target.is_elsewhere:
        return replace(base, kind="elsewhere", target=target.name, reason=target.reason)
    if target.name == "state":
        return replace(base, kind="elsewhere", target=target.name, reason=_STATE)
    rule = make_rule(target, content, taken)
    if rule is None:
        return replace(base, kind="asked", target=target.name, questions=("no cleaner gives what this field wants",))
    questions = (*base.questions, *_note_codes(rule, content))
    ties = (*_note_ties(choice, lexicon), *_note_evens(choice), *_note_rows(rule, content, taken))
    kind: Kind = "mapped" if choice.score >= SURE_ENOUGH and not ties else "asked"
    return replace(base, kind=kind, target=target.name, rule=rule, questions=(*questions, *ties))


def _note_ties(choice: FieldChoice, lexicon: HeaderLexicon) -> tuple[str, ...]:
    """FIR_ID in a table of arrests is the key of the row in the table of FIRs, and not the FIR's number."""
    if choice.target is None or choice.target.name not in _NUMBERS:
        return ()
    said = [r.meanings for r in readings_of(choice.column, lexicon)[:1]]
    if any("id" in meanings and "number" not in meanings for meanings in said):
        return ("it looks like the key of a row in another table, not like a number given by people; which is it?",)
    return ()


def _note_evens(choice: FieldChoice) -> tuple[str, ...]:
    """RELG may be a relation or a religion; which, a person says."""
    return (
        ("both fit equally well",)
        if choice.is_even and choice.target is not None and not choice.target.is_elsewhere
        else ()
    )


def _note_rows(rule: DraftRule, content: Content, taken: frozenset[str]) -> tuple[str, ...]:
    """A row of which nothing is known but a code that no list has is none: REC-TYPE is no kind of recovered thing."""
    others = any(t.startswith(f"{rule.into}.") and not t.endswith(f".{rule.fields[0]}") for t in taken)
    if not rule.into or not rule.codes or others or not content.codes or len(rule.unlisted) < len(content.codes):
        return ()
    return ("the table has nothing else of such a row, and its codes are in no list",)


def _note_codes(rule: DraftRule, content: Content) -> tuple[str, ...]:
    """What to do with the old program's own numbers of stations and districts."""
    if rule.clean not in ("station", "district") or content.digits < _MOSTLY:
        return ()
    return (
        f"it holds numbers of the old program; give the {rule.clean} of each in lists/stations.csv, or define values",
    )


def _pick_in_family(line: DraftLine, settled: Sequence[EncodedColumn]) -> DraftLine:
    """A column that could be in several fonts of one family is in that of the table's sure columns."""
    if line.encoding != "auto":
        return line
    (column,) = (c for c in settled if c.name == line.source)
    sure = [c.encoding.info for c in settled if c.is_clear and c.encoding is not None]
    likely = {c.name for c in (column.found.candidates[:3] if column.found else ()) if c.share >= _LIKELY}
    own = next((i.name for i in sure if i.name in likely), "")
    families = {i.family for i in sure}
    return replace(line, encoding=own) if own and len(families) == 1 else line


def _encoding(column: EncodedColumn) -> str:
    if not column.is_clear:
        return "auto"
    return column.encoding.info.name if column.encoding is not None else ""
