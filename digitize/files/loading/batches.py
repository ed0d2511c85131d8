"""Split a checked part into batches: rows to load, and held-back records with their findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from datetime import date
from typing import Any

import polars as pl

from digitize.files.loading.inputs import Inputs
from digitize.files.loading.parts import CheckedPart
from digitize.files.validating.findings import FILE_BITS
from digitize.files.validating.repeats import TWICE, repeats_found
from digitize.machine.work_keys import work_key
from digitize.targets.flags import no_flags
from digitize.targets.flat import text_hash
from digitize.targets.rows import LINE, RECORD_ID, Kept, RowBatch, plain_finding
from digitize.targets.source_rows import source_row
from digitize.targets.to_records import plain_records
from digitize.targets.value_checks import prepare
from mappers.names import romanise
from mappers.schema import Table, form_tables
from validators.checking.version import CHECK_VERSION
from validators.finding import Finding
from validators.rulebook.columns import LINE as FILE_LINE
from validators.rulebook.columns import RECORD
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import every_rule

NO_ID = "D004"
NO_ID_TEXT = "The row has no record_id, and its key is incomplete, so none can be made."
_SAID = ("table", "line", "field", "code", "value")
_LINE_MASK = (1 << FILE_BITS) - 1


@dataclass(frozen=True)
class BatchMaker:
    """Builds batches. size: maximum records per batch. book: of the delivery, for the source of each batch.

    seen: how often a row with the same content was held back.
    """

    inputs: Inputs
    settings: CheckSettings
    messages: Mapping[str, str]
    size: int
    book: Mapping[str, object] = made_by(default_factory=dict)
    seen: Counter[str] = made_by(default_factory=Counter)

    def batches(self, part: CheckedPart) -> Iterator[RowBatch]:
        """Batches of a part in order; ids and names derive from the files' content and position."""
        form = self.inputs.form
        tables = _add_lines(form, _add_ids(form, part.tables))
        is_note = pl.col("code").is_in([code for code, word in self.settings.policy.items() if word == "note"])
        flags = _flags(form, tables, part.found.filter(is_note))
        part = replace(part, found=part.found.filter(~is_note))
        held = part.found.select(RECORD).unique().to_series()
        # `text_rows` names a row without an id by a zero byte and its line.
        nameless = tables[form].filter(pl.col(RECORD_ID).str.starts_with("\x00"))[RECORD_ID]
        back = pl.concat([held, nameless]).unique()
        kept = self._make_held_back(part, tables, back) if back.len() else []
        kept += self._make_repeats(part, tables)
        good = {n: (_drop_ids(f, back) if back.len() else f).drop(FILE_LINE) for n, f in tables.items()}
        own = good[form]
        # One batch even where no record is good: it carries those that are held back.
        for place, start in enumerate(range(0, max(own.height, 1), self.size)):
            rows = _slice(form, good, start, self.size)
            some = flags if own.height <= self.size else _keep_ids(flags, rows[form][RECORD_ID])
            yield self._batch(f"{part.number:04}-{place:02}", rows, kept if start == 0 else [], some)

    def _batch(self, place: str, rows: Mapping[str, pl.DataFrame], kept: list[Kept], flags: pl.DataFrame) -> RowBatch:
        form = self.inputs.form
        name = f"{make_name_prefix(self.inputs, self.size)}-{place}"
        # Under other rules it is another load: the same files are looked at again.
        id = work_key("rows", rules_key(self.settings), name)
        source = {"input": self.inputs.key, "files": list(self.inputs.files), "whole": make_end_name(self.inputs)}
        forms = {form: replace(prepare(form, rows), flags=flags)} if rows[form].height else {}
        return RowBatch(id, name, forms, kept, source={**source, **self.book})

    def _make_held_back(self, part: CheckedPart, tables: Mapping[str, pl.DataFrame], back: pl.Series) -> list[Kept]:
        """Complete held-back records; one whose findings all ask for review waits for a decision."""
        form = self.inputs.form
        chosen = {n: _keep_ids(f, back) for n, f in tables.items()}
        findings = self._findings(part, chosen)
        # Reversed, since the last one wins: a record's own line before those of its child rows.
        lines = dict(pl.concat([f.select(RECORD_ID, FILE_LINE) for f in reversed(chosen.values())]).iter_rows())
        made = []
        rows = {n: f.drop(FILE_LINE) for n, f in chosen.items()}
        for plain in plain_records(form, rows, back.to_list(), ""):
            record = plain["id"]
            # Held back though no rule says anything of it: then it has no id.
            said = findings.get(record) or [Finding(record, RECORD_ID, NO_ID, "reject", NO_ID_TEXT)]
            word = "reject" if any(f.severity == "reject" for f in said) else "review"
            at = lines.get(record, 0)
            file, line = self.inputs.files[at >> FILE_BITS], at & _LINE_MASK
            plain["id"] = "" if record.startswith("\x00") else record
            name = self._row(plain, first=0)
            made.append(Kept(plain["id"], form, word, plain, [plain_finding(f) for f in said], file, line, name))
        return made

    def _row(self, plain: Mapping[str, Any], *, first: int) -> str:
        """Name of a held-back row. first: number of the first one with the same content."""
        made = source_row(self.inputs.form, plain)
        number = self.seen[made] = max(self.seen[made], first)
        self.seen[made] += 1
        return source_row(self.inputs.form, plain, number=number)

    def _make_repeats(self, part: CheckedPart, tables: Mapping[str, pl.DataFrame]) -> list[Kept]:
        """Rows that only repeat another, each as the whole record, so that replaying one changes nothing.

        They are kept even if the rule is disabled: no row of a file may vanish.
        """
        told = repeats_found(self.inputs.form, part.repeats)
        if not told.height:
            return []
        ids = told["key"].unique()
        rows = {n: _keep_ids(f, ids).drop(FILE_LINE) for n, f in tables.items()}
        whole = {plain["id"]: plain for plain in plain_records(self.inputs.form, rows, ids.to_list(), "")}
        word, made = self.settings.policy[TWICE], []
        for record, at, first in told.select("key", "line", "value").iter_rows():
            said = Finding(record, RECORD_ID, TWICE, word, f"{self.messages[TWICE]} ({first})")
            file, line = self.inputs.files[at >> FILE_BITS], at & _LINE_MASK
            # From 1: the row that these repeat is the first of its content, loaded or not.
            name = self._row(whole[record], first=1)
            findings = [plain_finding(said)]
            made.append(Kept(record, self.inputs.form, "reject", whole[record], findings, file, line, name))
        return made

    def _findings(self, part: CheckedPart, chosen: Mapping[str, pl.DataFrame]) -> dict[str, list[Finding]]:
        """Record -> findings, each with the path of its field."""
        places = {
            (name, at): line
            for name, frame in chosen.items()
            if LINE in frame.columns
            for at, line in frame.select(FILE_LINE, LINE).iter_rows()
        }
        found: dict[str, list[Finding]] = {}
        wanted = part.found.select(RECORD, *_SAID).sort("table", "line", "field", "code")
        for record, name, at, field, code, value in wanted.iter_rows():
            child = form_tables(self.inputs.form)[name].child
            path = f"{child}[{places.get((name, at), 1) - 1}].{field}" if child else field
            other = f" ({value})" if every_rule()[code].names_other else ""
            said = Finding(record, path, code, self.settings.policy[code], self.messages[code] + other)
            found.setdefault(record, []).append(said)
        return found


def _flags(form: str, tables: Mapping[str, pl.DataFrame], notes: pl.DataFrame) -> pl.DataFrame:
    """Notes as flags for their rows, identified by the line under which they are loaded."""
    made = [no_flags()]
    for (name,), found in notes.group_by("table"):
        rows, child = tables[str(name)], form_tables(form)[str(name)].child
        there = rows.select(RECORD_ID, FILE_LINE, LINE if child else pl.lit(0).alias(LINE))
        of_rows = found.select(pl.col("line").alias(FILE_LINE), "field", "code")
        flags = of_rows.join(there, on=FILE_LINE, how="inner").with_columns(
            form=pl.lit(form), child=pl.lit(child), word=pl.lit("note"), line=pl.col(LINE).cast(pl.Int64)
        )
        made.append(flags.select(no_flags().columns))
    return pl.concat(made).unique(maintain_order=True)


def rules_key(settings: CheckSettings) -> str:
    """Hash of the rules that hold records back, the same on every day."""
    # The rule against future dates knows today; the name of the rules must not change with the day.
    return work_key(CHECK_VERSION, replace(settings, today=date.min).key())


def make_end_name(inputs: Inputs) -> str:
    """Name of the empty last batch, which marks that all others of these files are loaded."""
    return f"{inputs.form}-{inputs.key[:12]}"


def make_name_prefix(inputs: Inputs, size: int) -> str:
    """Common prefix of all batch names of some files. size: maximum records per batch."""
    # Cut otherwise, the same files make other batches; these must not pass for those that were taken.
    return f"{inputs.form}-{work_key(inputs.key, str(inputs.parts), str(size))[:12]}"


def _add_ids(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Replace RECORD by record_id; a row without one gets an id from its key, if complete."""
    found = {name: frame.rename({RECORD: RECORD_ID}) for name, frame in tables.items() if frame.height}
    own = found.get(form, tables[form].rename({RECORD: RECORD_ID}))
    key = form_tables(form)[form].key
    if key and all(k in own.columns for k in key) and own[RECORD_ID].str.starts_with("\x00").any():
        # One null makes the whole text null: a key with a gap makes no id.
        text = pl.concat_str([pl.when(pl.col(k) != "").then(pl.col(k)) for k in key], separator="\x1f")
        keys = own.select(pl.when(pl.col(RECORD_ID).str.starts_with("\x00")).then(text)).to_series()
        ids = pl.Series([f"key-{text_hash(k)}" if k is not None else None for k in keys], dtype=pl.String)
        own = own.with_columns(pl.coalesce(ids.alias(RECORD_ID), pl.col(RECORD_ID)))
    return {form: own, **{n: f for n, f in found.items() if n != form}}


def _add_lines(form: str, tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Rows ready to load: child rows numbered within their record, no empty texts, names romanised."""
    made = {}
    for name, frame in tables.items():
        table = form_tables(form)[name]
        values = [c for c in frame.columns if c not in (RECORD_ID, FILE_LINE)]
        rows = frame.with_columns(pl.when(pl.col(c) != "").then(pl.col(c)).alias(c) for c in values)
        if table.child:
            rows = rows.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(RECORD_ID).alias(LINE))
        made[name] = _add_roman(table, rows)
    return made


def _add_roman(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Latin spelling of a name, if the file gives none."""
    for column in table.columns:
        if column.roman_of in rows.columns:
            if column.name not in rows.columns:
                rows = rows.with_columns(pl.lit(None, dtype=pl.String).alias(column.name))
            lacking = pl.when(pl.col(column.name).is_null()).then(pl.col(column.roman_of))
            spelled = _roman(rows.select(lacking.alias(column.name)).to_series())
            rows = rows.with_columns(pl.coalesce(column.name, spelled).alias(column.name))
    return rows


def _roman(names: pl.Series) -> pl.Series:
    """Romanise each distinct name once; plain Latin names stay as they are."""
    different = names.drop_nulls().unique()
    odd = different.filter(different.str.contains(r"[^\x00-\x7f]"))
    if not odd.len():
        return names
    return names.replace(odd, pl.Series([romanise(n) for n in odd], dtype=pl.String))


def _slice(form: str, tables: Mapping[str, pl.DataFrame], start: int, size: int) -> dict[str, pl.DataFrame]:
    """So many records with their rows."""
    own = tables[form]
    if own.height <= size:
        return dict(tables)
    some = own[start : start + size]
    return {form: some, **{n: _keep_ids(f, some[RECORD_ID]) for n, f in tables.items() if n != form}}


def _keep_ids(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col(RECORD_ID).is_in(ids.implode()))


def _drop_ids(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return frame.filter(~pl.col(RECORD_ID).is_in(ids.implode()))
