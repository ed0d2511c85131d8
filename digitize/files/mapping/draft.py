"""Drafting a mapping file for a table of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from digitize.errors import InputError, OptionsError
from mappers.codes import place_lists
from mappers.draft import DraftLine, MappingDraft, draft_table, write_draft
from mappers.legacy import LegacyTable, ReadAs, open_table, open_tables
from mappers.mapping.column_encodings import WantedEncoding

# Names that programs give by themselves: the file's own name says more.
_NAMELESS = frozenset({"sheet1", "table1", "text"})
# Rows that are looked at of each of several tables.
_OF_EACH = 400
_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Drafted:
    """A draft and its file text. id: of the mapping, and its file name without ".toml"."""

    id: str
    draft: MappingDraft
    text: str

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        lines = [_line_to_plain(line) for line in self.draft.lines]
        return {"id": self.id, "table": self.draft.table, "form": self.draft.form, "columns": lines, "toml": self.text}


@dataclass(frozen=True)
class DraftWish:
    """Options of a draft. form: "" to guess. table: name, if the file has several. state: code or "".

    out: output file, which determines the id. stations: the state's own list.
    """

    form: str = ""
    table: str = ""
    state: str = ""
    out: Path | None = None
    stations: Path | None = None


def make_draft(path: Path, how: ReadAs, wanted: WantedEncoding, wish: DraftWish) -> Drafted:
    """Draft a mapping for one table of a file.

    Raises TableError, InputError if there is no such table or there are several, MappingError for an unknown form or
    state, OptionsError for a file name that is no valid mapping id.
    """
    own_id = _id(path, wish)
    table, names = table_of_shape(path, how, wish.table)
    if not table.name or table.name.lower() in _NAMELESS:
        table, names = replace(table, name=path.stem), names if len(names) > 1 else (path.stem,)
    lists = place_lists(wish.state, wish.stations) if wish.state and wish.stations else None
    draft = draft_table(table, wanted, form=wish.form, state=wish.state, lists=lists, names=names)
    states = (wish.state,) if wish.state else ()
    return Drafted(own_id, draft, write_draft(draft, own_id, states=states))


def table_of_shape(path: Path, how: ReadAs, name: str = "") -> tuple[LegacyTable, tuple[str, ...]]:
    """The table to draft for, and the names of all tables the mapping applies to.

    Several if all tables of the file have the same columns, e.g. a workbook with one sheet per year. Raises as
    `one_table`.
    """
    names = () if name else shape_of(path, how)
    if len(names) < 2:
        table = one_table(path, how, name)
        return table, (table.name,)
    tables = (open_table(path, at, how) for at in range(len(names)))
    # Of each its first rows: what one sheet leaves empty another may fill.
    rows = chain.from_iterable(islice(t.rows, _OF_EACH) for t in tables)
    first = open_table(path, 0, how)
    return LegacyTable(path.stem, first.columns, rows, fonts=first.fonts), names


def same_tables(path: Path, how: ReadAs, name: str = "") -> list[LegacyTable]:
    """The table of that name, or the only one of a file; all of them if they have the same columns.

    Raises as `one_table`.
    """
    names = () if name else shape_of(path, how)
    return [open_table(path, at, how) for at in range(len(names))] if len(names) > 1 else [one_table(path, how, name)]


def shape_of(path: Path, how: ReadAs) -> tuple[str, ...]:
    """Names of all tables of a file if they have the same columns; () if they differ."""
    found = [(table.name, table.columns) for table in open_tables(path, how)]
    return tuple(name for name, _ in found) if len({columns for _, columns in found}) == 1 else ()


def one_table(path: Path, how: ReadAs, name: str = "") -> LegacyTable:
    """The table of that name, or the only one of a file, not read yet.

    Raises TableError, InputError if there is none or there are several.
    """
    names: list[str] = []
    for table in open_tables(path, how):
        names.append(table.name)
        if name == table.name:
            break
    if name and name not in names:
        raise InputError(f"{path.name} has no table {name}. It has: {', '.join(names)}.")
    if not name and len(names) != 1:
        several = f"holds several tables. Give one with --table: {', '.join(names)}" if names else "holds no table"
        raise InputError(f"{path.name} {several}.")
    # Opened anew: tables are read one behind the other, and the search may have gone past its rows.
    return open_table(path, names.index(name) if name else 0, how)


def write_new(path: Path, text: str) -> None:
    """Write a draft to a new file; an existing mapping is never overwritten."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as f:
            f.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already. Choose another name, or remove it first.") from None
    except OSError as e:
        raise InputError(f"{path}: cannot be written: {e.strerror}.") from e


def _id(path: Path, wish: DraftWish) -> str:
    if wish.out is not None:
        if wish.out.suffix != ".toml" or not _ID.fullmatch(wish.out.stem):
            raise OptionsError(
                "--out: the file name is the id of the mapping: lower-case letters, digits and _, then .toml "
                "(mh_crime_register.toml)."
            )
        return wish.out.stem
    return mapping_id(f"{wish.state}_{wish.table or path.stem}")


def mapping_id(words: str) -> str:
    """Mapping id from words."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    # An id begins with a letter.
    return plain if _ID.fullmatch(plain) else f"table_{plain}".rstrip("_")


def _line_to_plain(line: DraftLine) -> dict[str, Any]:
    rule = line.rule
    return {
        "column": line.source, "kind": line.kind, "confidence": line.confidence, "target": line.target,
        "second": line.second, "clean": rule.clean if rule else "", "into": rule.into if rule else "",
        "to": (rule.to if isinstance(rule.to, str) else dict(rule.to)) if rule else "",
        "encoding": line.encoding, "unlisted_codes": len(rule.unlisted) if rule else 0, "reason": line.reason,
        "questions": list(line.questions),
    }  # fmt: skip
