"""Known findings from an earlier report, not repeated in later ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from digitize.errors import InputError

Known = frozenset[tuple[str, str, str, str, str]]


def load_baseline(path: Path) -> Known:
    """(file, table, key, field, code) of every finding in a report, JSON or JSON lines. Raises InputError.

    Rows without a key are identified by line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{path.name}: the baseline cannot be read") from e
    try:
        return frozenset(_place(f) for f in _findings(text))
    except (ValueError, KeyError, TypeError) as e:
        raise InputError(f"{path.name}: this is no report of --format json or jsonl") from e


def _findings(text: str) -> Iterator[Mapping[str, Any]]:
    # Only the one JSON object, which is indented, begins so; a line of JSONL never does.
    if text.startswith("{\n"):
        yield from json.loads(text)["findings"]
    else:
        # splitlines would part at U+2028 and its like, too, which JSON may hold as they are.
        yield from (json.loads(line) for line in text.split("\n") if line.strip())


def _place(finding: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    names = ("file", "table", "key", "field", "code")
    file, table, key, field, code = (str(finding[n]) for n in names)
    return file, table, key or str(int(finding["line"])), field, code
