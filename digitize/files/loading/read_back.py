"""Export the content of a state's own tables as import files; nothing is changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from digitize.errors import OptionsError
from digitize.targets.base import Target
from mappers.schema import Table, flat_header, form_tables, load_schemas


@runtime_checkable
class ReadsBack(Protocol):
    """A target that can return its tables as flat rows."""

    def read_back(self, form: str) -> Iterator[Mapping[str, list[dict[str, Any]]]]:
        """Rows by table, some records at a time."""
        ...


def write_back(target: Target, folder: Path) -> dict[str, int]:
    """Write a CSV file per non-empty table, headers = field ids; returns rows by table.

    Contains full personal data. Raises OptionsError for a target without state tables, or a folder that is not empty.
    """
    if not isinstance(target, ReadsBack):
        raise OptionsError("--to exports a state's own tables: give --layout FILE, or the --schema of its book.")
    if folder.exists() and any(folder.iterdir()):
        raise OptionsError(f"{folder} is not empty; choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    for form in load_schemas():
        counts |= _write_form(target, form, folder)
    return counts


def _write_form(target: ReadsBack, form: str, folder: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    with ExitStack() as stack:
        writers: dict[str, csv.DictWriter[str]] = {}
        for rows in target.read_back(form):
            for name, of in rows.items():
                if name not in writers:
                    file = stack.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
                    writers[name] = csv.DictWriter(file, _header(form_tables(form)[name]), lineterminator="\n")
                    writers[name].writeheader()
                writers[name].writerows(of)
                counts[name] = counts.get(name, 0) + len(of)
    return counts


def _header(table: Table) -> list[str]:
    names = flat_header(table)
    # The line is written: a row that the state's tables lack must not move the others.
    return names if not table.child or "line" in names else [names[0], "line", *names[1:]]
