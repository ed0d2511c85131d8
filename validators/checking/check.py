"""Check: records, or the rows of an import file, to findings. Pure: the same input and settings, the same findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from mappers.record import Record, RecordValues, values_of
from mappers.schema import form_tables
from mappers.schema.profiles import missing
from validators.checking.book_order import find_off_book
from validators.checking.evaluate import RuleHit, evaluate
from validators.checking.frames import GroupedFrames, record_frames
from validators.checking.plan import Bound, plan
from validators.checking.rows import GAP, UNCAPTURED
from validators.checking.unread import MESSAGE, NUMBER_MISSING, OPERATOR, SUFFIXED, noted, unread
from validators.doubles.other import plain_record
from validators.finding import Finding
from validators.rulebook.columns import LINE, RECORD
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import load_rules

_WEIGHT: Mapping[str, int] = {"note": 0, "review": 1, "reject": 2}


def check_records(records: Sequence[Record], settings: CheckSettings) -> list[Finding]:
    """What the rules say about records, across them too; sorted by record, field and code, one finding for each.

    A rule that rejects only asks for review as long as a field it reads is not surely known: a doubtful or absent
    reading cannot condemn a record.
    """
    return _gravest(_findings(records, settings), records, settings)


def check_groups(groups: Sequence[Sequence[RecordValues]], settings: CheckSettings) -> list[Finding]:
    """As `check_records` of each group, of all of them; no record is made of one of which there is nothing to say.

    Rules that look at one record are asked of all groups at once, the others of each group by itself.
    """
    if settings.profile or settings.moved:
        # What a profile asks for is looked for in the whole record.
        whole = ([values.whole() for values in group] for group in groups)
        return [finding for records in whole for finding in check_records(records, settings)]
    return _gravest(_findings_in_groups(groups, settings), (), settings)


def _gravest(findings: Iterable[Finding], records: Sequence[Record], settings: CheckSettings) -> list[Finding]:
    """One finding for each record, field and code, sorted, with what the profile asks for and was not captured."""
    found: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.record, finding.field, finding.code)
        old = found.get(key)
        # Unread text and a rule may tell the same code of one field: the graver word counts.
        if old is None or _WEIGHT[finding.severity] > _WEIGHT[old.severity]:
            found[key] = finding
    # That a number is missing says nothing more where it stands there with a suffix.
    for record_id, path, _ in [key for key in found if key[2] == SUFFIXED]:
        found.pop((record_id, path, NUMBER_MISSING), None)
    told = {(f.record, f.field) for f in found.values()}
    # A gap beside another finding of the same field would only say it twice.
    for finding in _gaps(records, settings):
        if (finding.record, finding.field) not in told:
            found[(finding.record, finding.field, finding.code)] = finding
    # Of what is not captured no rule can say more than that.
    is_chosen = bool(settings.profile or settings.moved)
    gone = {(r.id, path) for r in records for path in r.not_captured()} if is_chosen else set()
    found = {key: finding for key, finding in found.items() if key[:2] not in gone}
    if gone and UNCAPTURED not in settings.left_out:
        text = load_rules()[UNCAPTURED].english
        told_of = (Finding(*at, UNCAPTURED, settings.policy[UNCAPTURED], text) for at in gone)
        found |= {(f.record, f.field, f.code): f for f in told_of}
    return [found[key] for key in sorted(found)]


def _findings(records: Sequence[Record], settings: CheckSettings) -> Iterator[Finding]:
    for record in records:
        yield from _find_unread(record, settings)
    by_form = {form: [r for r in records if r.form == form] for form in sorted({r.form for r in records})}
    frames = {form: record_frames(form, of_form) for form, of_form in by_form.items()}
    for form, texts in frames.items():
        for hit in evaluate(form, texts, settings, frames, is_alone=len(records) == 1):
            place, line = _get_place(texts[hit.bound.table.name], hit.row)
            yield _make_row_finding(hit, values_of(by_form[form][place]), line, by_form[form], settings)
    yield from _off_book([values_of(record) for record in records], settings)


def _findings_in_groups(groups: Sequence[Sequence[RecordValues]], settings: CheckSettings) -> Iterator[Finding]:
    for values in (v for group in groups for v in group if v.is_doubtful):
        yield from _find_unread(values.whole(), settings)
    forms = sorted({v.form for group in groups for v in group})
    lots = {form: GroupedFrames(form, groups) for form in forms}
    for form, lot in lots.items():
        for hit in evaluate(form, lot.frames, settings, part="within"):
            place, line = _get_place(lot.frames[hit.bound.table.name], hit.row)
            yield _make_row_finding(hit, lot.values[place], line, lot.values, settings)
    for group in groups:
        yield from _off_book(group, settings)
    compared = {form for form in forms if plan(form, settings).asks_alone}
    for number, group in enumerate(groups):
        # Most tables without sure stations are groups of one: of those there is nothing to compare.
        if len(group) == 1 and group[0].form not in compared:
            continue
        frames = {form: lot.of_group(number) for form, lot in lots.items() if lot.counts[number]}
        for form, texts in frames.items():
            own = [v for v in group if v.form == form]
            for hit in evaluate(form, texts, settings, frames, is_alone=len(group) == 1, part="across"):
                place, line = _get_place(texts[hit.bound.table.name], hit.row)
                yield _make_row_finding(hit, own[place], line, own, settings)


def _find_unread(record: Record, settings: CheckSettings) -> Iterator[Finding]:
    """Text that gave no value, and what a person said of a place without one."""
    for path, code in unread(record):
        yield Finding(record.id, path, code, "review", load_rules()[code].english if code == SUFFIXED else MESSAGE)
    for path, code in noted(record):
        if code not in settings.left_out:
            yield Finding(record.id, path, code, settings.policy[code], load_rules()[code].english)


def _off_book(records: Sequence[RecordValues], settings: CheckSettings) -> Iterator[Finding]:
    """What breaks the order of a scanned book, be it ever so surely read: it is asked, not refused."""
    for record, field, code in find_off_book(records):
        if code and code not in settings.left_out:
            yield Finding(record, field, code, settings.policy[code], load_rules()[code].english)


def _make_row_finding(
    hit: RuleHit,
    values: RecordValues,
    line: int,
    of_form: Sequence[Record] | Sequence[RecordValues],
    settings: CheckSettings,
) -> Finding:
    found = _finding(values, line, hit.bound, settings)
    other = f" {plain_record(hit.other, of_form)}" if hit.other else ""
    return replace(found, message=found.message + other)


def _gaps(records: Sequence[Record], settings: CheckSettings) -> Iterator[Finding]:
    """What the profile asks for and a record has not."""
    if settings.profile or settings.moved:
        # The rule for gaps as the first form has it: its words serve all forms.
        text = load_rules()[GAP].english
        for record in records:
            for path in missing(record, settings.profile, settings.moved):
                yield Finding(record.id, path, GAP, settings.policy[GAP], text)


def _get_place(frame: pl.DataFrame, row: int) -> tuple[int, int]:
    return int(frame[RECORD][row]), int(frame[LINE][row])


def _finding(values: RecordValues, line: int, bound: Bound, settings: CheckSettings) -> Finding:
    rule = bound.rule
    severity = settings.policy[rule.code]
    # The whole record is made only where it decides something.
    if severity == "reject" and not _is_beyond_doubt(values.whole(), line, bound):
        severity = "review"
    return Finding(values.id, _path(bound, line), rule.code, severity, rule.english)


def _path(bound: Bound, line: int) -> str:
    name = bound.fields[0]
    # A rule on the child rows themselves ("acts") has no cell of its own: the first one stands for them.
    for table in form_tables(bound.rule.form).values():
        if table.child and table.child == name:
            return f"{name}[0].{table.columns[0].name}"
    return f"{bound.table.child}[{line}].{name}" if bound.table.child else name


def _is_beyond_doubt(record: Record, line: int, bound: Bound) -> bool:
    """Whether all that a rule read is known: no doubtful field, and the one at fault read or settled by a person.

    What stands in a record of another form may be misread as well, so it is never beyond doubt.
    """
    for i, name in enumerate(bound.fields):
        own, _, last = name.rpartition(".")
        if ":" in name:
            return False
        if own not in ("", "parent"):
            cells = (row.get(last) for row in record.children.get(own, ()))
            if not all(cell is None or cell.is_sure() for cell in cells):
                return False
            continue
        row = record.fields if own or not bound.table.child else record.children[bound.table.child][line]
        cell = row.get(last)
        if cell is not None and not cell.is_sure():
            return False
        # An empty field is beyond doubt only where a person has said that it is empty.
        if i == 0 and (cell is None or (cell.value is None and not cell.by.startswith(OPERATOR))):
            return False
    return True


def tables_compared(form: str, settings: CheckSettings) -> Mapping[str, frozenset[str]]:
    """Other forms with whose records those of a form are compared -> the tables that are read for it."""
    return plan(form, settings).compared_tables()
