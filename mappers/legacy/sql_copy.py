"""The options of a COPY statement: how its lines are cut into cells."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """What parts the cells of a COPY, and what stands for an empty one."""

    separator: bytes = b"\t"
    null: bytes = b"\\N"

    def split(self, line: bytes) -> list[bytes]:
        """The cells of a line, still with their escapes; a separator behind a backslash is none."""
        if b"\\" + self.separator not in line:
            return line.split(self.separator)
        parts: list[bytes] = []
        is_open = False
        for part in line.split(self.separator):
            if is_open:
                parts[-1] += self.separator + part
            else:
                parts.append(part)
            # Of an odd number of backslashes the last one belongs to the separator.
            is_open = (len(part) - len(part.rstrip(b"\\"))) % 2 == 1
        return parts


def copy_options(more: bytes) -> CopyOptions:
    """DELIMITER and NULL of a COPY, as far as they are named."""
    separator = re.search(rb"DELIMITERS?\s+(?:AS\s+)?E?'(\\t|.)'", more, re.IGNORECASE)
    null = re.search(rb"NULL\s+(?:AS\s+)?'([^']*)'", more, re.IGNORECASE)
    return CopyOptions(
        b"\t" if separator is None or separator[1] == b"\\t" else separator[1], null[1] if null else b"\\N"
    )
