"""Layout files: the names and byte widths of a text of fixed width, as TOML, as a copybook or as a plain list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from mappers.errors import MappingError
from mappers.legacy.copybook import is_copybook, read_copybook
from mappers.legacy.layout_text import read_layout_text
from mappers.legacy.table import FixedKind, FixedLayout
from mappers.toml import read_model


class FixedColumn(BaseModel):
    """One [[column]]. name: as mappings call it; width: bytes it takes up in each row, blanks counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    width: int = Field(ge=1, le=100_000)


class FixedRecord(BaseModel):
    """One [[record]]: rows that have one of the texts `is` from byte `at` on (1 is the first), and their columns."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    name: str = Field(min_length=1)
    at: int = Field(ge=1)
    values: tuple[str, ...] = Field(alias="is", min_length=1)
    column: tuple[FixedColumn, ...] = Field(min_length=1, max_length=4096)


class FixedLayoutFile(BaseModel):
    """A whole layout file: its columns in the order of the row, without holes; or those of each kind of row."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: tuple[FixedColumn, ...] = Field(default=(), max_length=4096)
    record: tuple[FixedRecord, ...] = Field(default=(), max_length=100)


def read_layout(path: Path) -> FixedLayout:
    """The layout in a TOML file, in a copybook of COBOL, or in a text with a line for each field.

    Raises MappingError naming file and key when it cannot be read, does not fit, or names a column twice.
    """
    if not _is_toml(path):
        return _parse_layout(path)
    file = read_model(path, FixedLayoutFile)
    if bool(file.column) == bool(file.record):
        raise MappingError(f"{path.name}: give either [[column]], or a [[record]] for each kind of row")
    if file.column:
        return _columns(path, file.column)
    kinds = tuple(FixedKind(r.name, r.at, r.values, _columns(path, r.column)) for r in file.record)
    return FixedLayout(kinds[0].layout.names, kinds[0].layout.widths, kinds)


def _columns(path: Path, columns: Sequence[FixedColumn]) -> FixedLayout:
    names = tuple(c.name for c in columns)
    double = next((n for i, n in enumerate(names) if n in names[:i]), None)
    if double is not None:
        raise MappingError(f"{path.name}: column: {double} is named twice")
    return FixedLayout(names, tuple(c.width for c in columns))


def _is_toml(path: Path) -> bool:
    """Whether a layout is TOML: its first line that is no comment says so, or its name."""
    try:
        with path.open("rb") as f:
            lines = (line.strip() for line in f.read(4096).splitlines())
    except OSError:
        return path.suffix.lower() == ".toml"
    first = next((line for line in lines if line and not line.startswith(b"#")), b"")
    return first.startswith((b"[[column]]", b"[[record]]")) or path.suffix.lower() == ".toml"


def _parse_layout(path: Path) -> FixedLayout:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as e:
        raise MappingError(f"{path.name}: cannot be read: {e.strerror}") from e
    return read_copybook(text, path.name) if is_copybook(text) else read_layout_text(text, path.name)
