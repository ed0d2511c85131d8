"""Check rejects with the rules of the load that refused each, unless other settings are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from digitize.files.loading.parts import SUSPICIONS
from digitize.files.loading.settings import import_settings, restore_settings
from digitize.targets.base import Target
from digitize.targets.deliveries import settings_of
from digitize.targets.flat import flat_rows
from digitize.targets.from_records import is_unstorable, unstorable_field
from digitize.targets.rows import DATABASE_CODES, UNSTORABLE
from mappers.record import Record
from mappers.schema import form_tables
from validators.checking.rows import find_in_rows
from validators.finding import Finding
from validators.rulebook.columns import LINE, RECORD
from validators.rulebook.given import CheckSettings
from validators.rulebook.rule import every_rule


@dataclass(frozen=True, slots=True)
class RuleSettingsGiven:
    """Settings that override those of the load, with the options of `load`; empty: unchanged."""

    state: str = ""
    stations: Path | None = None
    profile: str = ""
    ignore: Sequence[str] = ()

    def load_settings(self, target: Target, form: str, key: str) -> CheckSettings:
        """Settings under a key of the target's load history, with the overrides. Raises OptionsError."""
        made = restore_settings(form, settings_of(target, key))
        given = import_settings(
            form, state=self.state, stations=self.stations, profile=self.profile, ignore=self.ignore
        )
        if self.state:
            made = replace(made, stations=given.stations, districts=given.districts, policy=given.policy)
        if self.profile:
            made = replace(made, profile=self.profile, policy=given.policy)
        if self.ignore:
            made = replace(made, left_out=given.left_out)
        return replace(made, left_out=made.left_out | set(SUSPICIONS))


def check_rejects(form: str, records: Sequence[Record], settings: CheckSettings) -> Mapping[str, list[Finding]]:
    """Findings of the import rules on records with distinct ids, including notes, by record."""
    # Half a character cannot be in a table of texts either; it must not hinder the others.
    odd = [r for r in records if is_unstorable(r)]
    found = {r.id: [Finding(r.id, unstorable_field(r), UNSTORABLE, "reject", DATABASE_CODES[UNSTORABLE])] for r in odd}
    records = [r for r in records if r.id not in found]
    messages = {code: made.english for code, made in every_rule().items()}
    told = find_in_rows(form, _make_frames(form, records), settings).select(RECORD, "table", "line", "field", "code")
    for record, table, line, field, code in told.iter_rows():
        child = form_tables(form)[table].child
        path = f"{child}[{line}].{field}" if child else field
        found.setdefault(record, []).append(Finding(record, path, code, settings.policy[code], messages[code]))
    return found


def _make_frames(form: str, records: Sequence[Record]) -> dict[str, pl.DataFrame]:
    """Records as text frames of the rules; the line of a child row is its place in the record, from 0."""
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in form_tables(form)}
    for record in records:
        if record.fields:
            for name, of_table in flat_rows(record).items():
                for place, row in enumerate(of_table):
                    values = {k: _replace_surrogates(v) for k, v in row.items() if k not in ("record_id", "line")}
                    rows[name].append({RECORD: _replace_surrogates(record.id), LINE: place, **values})
    frames = {}
    for name, table in form_tables(form).items():
        columns = {RECORD: pl.String, LINE: pl.Int64, **{c.name: pl.String for c in table.columns}}
        if rows[name] or name == form:
            frames[name] = pl.DataFrame(rows[name], schema=columns)
    return frames


def _replace_surrogates(text: object) -> object:
    """Replace lone surrogates, which text tables do not accept; the target will refuse the record by name."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else text
