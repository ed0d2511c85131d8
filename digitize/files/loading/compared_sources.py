"""The sources that a target is compared with: import files, or the records of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from digitize.files.loading.batches import BatchMaker
from digitize.files.loading.inputs import find_inputs
from digitize.files.loading.parts import CheckedInputs
from digitize.targets.rows import RECORD_ID, LoadBatch
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.purges import is_emptied_batch
from digitize.workspace.load_batches import batch_to_load
from digitize.workspace.place import Place
from mappers.schema import load_schemas
from validators.rulebook.given import CheckSettings

# So many records of a source are made ready at a time, as many as a batch has when they are loaded.
_SIZE = 50_000


@dataclass(frozen=True, slots=True)
class LoadSource:
    """Expected content of a target. forms: of its records. rows: (form, tables) as they would be loaded, part by part.

    is_own: whether a load, by batch and source, loaded exactly this.
    """

    forms: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[str, Mapping[str, pl.DataFrame]]]]
    is_own: Callable[[str, Mapping[str, Any]], bool]


def make_file_source(
    paths: Sequence[Path], form: str, settings: CheckSettings, leave_out: Sequence[str] = ()
) -> LoadSource:
    """The records of import files that would be loaded. Raises InputError as `load_files` does."""
    inputs = find_inputs(paths, form, settings, leave_out)

    def rows() -> Iterator[tuple[str, Mapping[str, pl.DataFrame]]]:
        checked = CheckedInputs(inputs, settings)
        maker = BatchMaker(inputs, settings, checked.messages, _SIZE)
        for part in checked:
            for batch in maker.batches(part):
                yield from _fit_rows(batch)

    return LoadSource((form,), rows, lambda _, source: source.get("input") == inputs.key)


def make_workspace_source(place: Place) -> LoadSource:
    """Records of a workspace that are not held back."""
    with Ledger(place.ledger) as ledger:
        # What was purged is not compared any more: its records in the target are told as those of another load.
        batches = [b.batch for b in Catalogue(ledger).batches() if not is_emptied_batch(ledger, b.batch)]

    def rows() -> Iterator[tuple[str, Mapping[str, pl.DataFrame]]]:
        with Ledger(place.ledger) as ledger:
            for batch in batches:
                # As it is loaded: which of two with one key is refused hangs on the whole batch.
                with batch_to_load(ledger, batch, "", place.folder, clean_only=True) as made:
                    yield from _fit_rows(made)

    return LoadSource(tuple(load_schemas()), rows, lambda batch, _: batch in batches)


def _fit_rows(batch: LoadBatch) -> Iterator[tuple[str, Mapping[str, pl.DataFrame]]]:
    """Rows accepted by a target, by form, part by part."""
    bad = {form: outline.unfit[RECORD_ID].unique() for form, outline in batch.outlines.items()}
    for part in batch.parts():
        for form, rows in part.forms.items():
            if not bad[form].len():
                yield form, rows.tables
                continue
            good = ~pl.col(RECORD_ID).is_in(bad[form].implode())
            yield form, {name: frame.filter(good) for name, frame in rows.tables.items()}
