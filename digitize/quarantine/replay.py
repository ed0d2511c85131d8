"""Replaying: corrected records go through the same rules again, and into the target when these let them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from digitize.files.loading.settings import import_settings
from digitize.machine.work_keys import work_key
from digitize.quarantine.rejects import OPEN, REPLAYED, Reject, find_rejects, update
from digitize.targets.base import Load, Receipt, Statement, Target
from digitize.targets.flat import FIELD_END, flat_rows, row_hash, text_hash
from mappers.record import Record
from mappers.schema import form_tables
from validators.checking.rows import find_in_rows
from validators.finding import Finding
from validators.rulebook.columns import LINE, RECORD
from validators.rulebook.rule import every_rule

_NO_ID = Finding("", "record_id", "D004", "reject", "The record has no record_id, and no whole key to make one from.")


@dataclass
class Replayed:
    """What came of it: how many were loaded, how many stay."""

    loaded: int = 0
    stay: int = 0
    receipt: Receipt | None = None


def replay(target: Target, rejects: Sequence[Reject], *, state: str = "") -> Replayed:
    """Ask the rules of rejects and load those that nothing is said of any more. state: code, for its stations.

    Every reject's findings become those of now. Raises TargetRefused; what was loaded before it counts as replayed the
    next time.
    """
    done = Replayed()
    named = [replace(r, record=_named(r.record)) for r in rejects]
    findings = _findings([r.record for r in named], state)
    good = []
    for reject in named:
        said = [f for f in findings.get(reject.record.id, ()) if (f.field, f.code) not in reject.confirmed]
        # A row that could not be read has no fields; until some are typed there is nothing to load.
        said += [] if reject.record.id and reject.record.fields else [_NO_ID]
        now = replace(reject, findings=said)
        if said:
            done.stay += 1
            target.run_all([update(now, OPEN, {"did": "replayed", "codes": list(now.codes)})])
        else:
            good.append(now)
    if good:
        _load(target, good, done)
    return done


def _load(target: Target, good: Sequence[Reject], done: Replayed) -> None:
    # Made from what goes in: after a break the target knows the same corrections again.
    content = [f"{r.id}:{row_hash(r.record)}" for r in good]
    id = work_key("replay", *content)
    # A batch of its own: under the old name, all other records of that batch would be withdrawn.
    done.receipt = target.load(Load(id, f"replay-{id[:12]}", [r.record for r in good], (), 0))
    refused = {r.record.id: r for r in find_rejects(target, states=(OPEN,), batch=f"replay-{id[:12]}")}
    settled: list[Statement] = []
    for reject in good:
        if again := refused.get(reject.record.id):
            done.stay += 1
            now = replace(reject, findings=again.findings)
            settled.append(update(now, OPEN, {"did": "replayed", "codes": list(now.codes)}))
            # What the target says goes into the reject that people know, whose trail goes on; no second one stays.
            settled.append(("DELETE FROM rejects WHERE reject_id = ?", [again.id]))
        else:
            done.loaded += 1
            settled.append(update(reject, REPLAYED, {"did": "replayed"}, load=id))
    target.run_all(settled)


def _named(record: Record) -> Record:
    """A record that has no id gets one made from its key, when that is whole."""
    key = form_tables(record.form)[record.form].key
    values = [record.value(k) for k in key]
    if record.id or not key or not all(values):
        return record
    return replace(record, id=f"key-{text_hash(FIELD_END.join(v or '' for v in values))}")


def _findings(records: Sequence[Record], state: str) -> Mapping[str, list[Finding]]:
    """What the rules for import files say of records, notes left out; by record."""
    found: dict[str, list[Finding]] = {}
    messages = {code: made.english for code, made in every_rule().items()}
    for form in sorted({r.form for r in records}):
        settings = import_settings(form, state=state)
        tables = _frames(form, [r for r in records if r.form == form])
        for record, table, line, field, code in (
            find_in_rows(form, tables, settings).select(RECORD, "table", "line", "field", "code").iter_rows()
        ):
            word = settings.policy[code]
            child = form_tables(form)[table].child
            if word != "note":
                path = f"{child}[{line}].{field}" if child else field
                found.setdefault(record, []).append(Finding(record, path, code, word, messages[code]))
    return found


def _frames(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """Records as text frames of the rules; the line of a child row is its place in the record, from 0."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in form_tables(form)}
    for record in records:
        if record.fields:
            for name, of_table in flat_rows(record).items():
                for place, row in enumerate(of_table):
                    values = {k: v for k, v in row.items() if k not in ("record_id", "line")}
                    rows[name].append({RECORD: record.id, LINE: place, **values})
    frames = {}
    for name, table in form_tables(form).items():
        columns = {RECORD: pl.String, LINE: pl.Int64, **{c.name: pl.String for c in table.columns}}
        if rows[name] or name == form:
            frames[name] = pl.DataFrame(rows[name], schema=columns)
    return frames
