"""Layout files: the names and byte widths of a text of fixed width, as TOML."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from mappers.errors import MappingError
from mappers.legacy.table import FixedLayout
from mappers.toml import read_model


class FixedColumn(BaseModel):
    """One [[column]]. name: as mappings call it; width: bytes it takes up in each row, blanks counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    width: int = Field(ge=1, le=100_000)


class FixedLayoutFile(BaseModel):
    """A whole layout file: its columns in the order of the row, without holes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: tuple[FixedColumn, ...] = Field(min_length=1, max_length=4096)


def read_layout(path: Path) -> FixedLayout:
    """The layout in a TOML file.

    Raises MappingError naming file and key when it cannot be read, does not fit, or names a column twice.
    """
    columns = read_model(path, FixedLayoutFile).column
    names = tuple(c.name for c in columns)
    double = next((n for i, n in enumerate(names) if n in names[:i]), None)
    if double is not None:
        raise MappingError(f"{path.name}: column: {double} is named twice")
    return FixedLayout(names, tuple(c.width for c in columns))


def write_layout(layout: FixedLayout) -> str:
    """A layout as the text of its file; `read_layout` gives it back. Names are quoted as TOML wants them."""
    parts = [
        f"[[column]]\nname = {_quoted(name)}\nwidth = {width}\n"
        for name, width in zip(layout.names, layout.widths, strict=True)
    ]
    return "\n".join(parts)


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
