"""What can stop mapping before row one."""

from __future__ import annotations


class MapperError(Exception):
    """Base of everything this package raises on purpose."""


class MappingError(MapperError):
    """A mapping, state profile or code list is wrong; the message names file, key and, where it can, a near miss."""


class EncodingUnclear(MappingError):
    """A person has to say which encoding a column has, or that it really is what a mapping says it is."""

    kind = "encoding-unclear"


class TableError(MapperError):
    """A legacy table cannot be opened at all.

    kind is a stable word: empty, not-a-table, encrypted, unreadable, missing-program.
    """

    def __init__(self, message: str, *, kind: str) -> None:
        """Keep the message and its kind."""
        super().__init__(message)
        self.kind = kind
