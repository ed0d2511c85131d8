"""Values as lines of a TOML file that a person goes on to edit."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any


def toml_keys(table: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a table: key = value, a list of tables with one of them a line."""
    for key, value in table.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{key} = ["
            yield from (f"  {toml_value(row)}," for row in value)
            yield "]"
        else:
            yield f"{key} = {toml_value(value)}"


def toml_value(value: Any) -> str:
    """A text, a number, true or false, a list or a table in one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(one)}" for key, one in value.items()) + " }"
    # TOML has JSON's texts, numbers and lists, but for one sign that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def remark(text: str) -> str:
    """A text as a remark of one line; what a remark may not hold becomes a blank."""
    return "# " + " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
