"""The key of a record as our book beside a state's own tables has it: one text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from digitize.targets.fits import key_columns, typed_key
from digitize.targets.rows import RECORD_ID
from mappers.schema import form_tables

_KEY_END = "\x1f"


def keys_of(form: str, own: pl.DataFrame) -> dict[str, str]:
    """The keys of records that have one."""
    table = form_tables(form)[form]
    return joined_keys(form, typed_key(table, own)) if key_columns(table, own) else {}


def joined_keys(form: str, keys: pl.DataFrame) -> dict[str, str]:
    """Whole keys, as `typed_key` gives them, each as one text."""
    names = list(form_tables(form)[form].key)
    rows = keys.select(RECORD_ID, pl.concat_str(names, separator=_KEY_END))
    return dict(rows.iter_rows())


def key_of_version(form: str, row: Mapping[str, Any] | None) -> str | None:
    """The key of an old version, as `joined_keys` makes it; None where it has none."""
    table = form_tables(form)[form]
    parts = [(row or {}).get(name) for name in table.key]
    kinds = [table.by_name[name].kind for name in table.key]
    if not parts or None in parts:
        return None
    return _KEY_END.join(
        str(int(str(p))) if k in ("int", "year") else str(p) for p, k in zip(parts, kinds, strict=True)
    )
