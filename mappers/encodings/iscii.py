"""ISCII (IS 13194:1991)."""

from __future__ import annotations

from collections.abc import Iterator

from mappers.encodings.engine import FontTable


def iscii_encodings() -> Iterator[FontTable]:
    """One encoding a script."""
    yield from ()
