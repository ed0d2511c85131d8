"""Dialect differences for values stored as bytes and numbers."""

from __future__ import annotations

from dataclasses import dataclass

PART = 1024
"""So many events share a number in the index of steps: what is equal stands there once."""


@dataclass(frozen=True, slots=True)
class ShownAs:
    """SQL with {0} for a column: of a key, a hash, a time. step: extra view columns for the step name. part: extra
    event columns for the number.
    """

    key: str
    hash: str
    moment: str
    step: str = ""
    part: str = ""


SQLITE = ShownAs(
    """CASE substr({0}, 1, 1) WHEN x'01' THEN lower(hex(substr({0}, 2, 32))) || CAST(substr({0}, 34) AS TEXT)
    WHEN x'02' THEN lower(hex(substr({0}, 2, 16))) || CAST(substr({0}, 18) AS TEXT) ELSE CAST({0} AS TEXT) END""",
    "lower(hex({0}))",
    """CASE WHEN {0} < 0 THEN (SELECT name FROM names WHERE id = -{0}) ELSE
    strftime('%Y-%m-%dT%H:%M:%S', {0} / 1000, 'unixepoch') || printf('.%03d+00:00', {0} % 1000) END""",
)
POSTGRES = ShownAs(
    """CASE substr({0}, 1, 1) WHEN '\\x01'::bytea
    THEN encode(substr({0}, 2, 32), 'hex') || convert_from(substr({0}, 34), 'UTF8')
    WHEN '\\x02'::bytea THEN encode(substr({0}, 2, 16), 'hex') || convert_from(substr({0}, 18), 'UTF8')
    ELSE convert_from({0}, 'UTF8') END""",
    "encode({0}, 'hex')",
    """CASE WHEN {0} < 0 THEN (SELECT name FROM names WHERE id = -{0}) ELSE
    to_char(to_timestamp({0} / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || '.'
    || lpad(({0} % 1000)::text, 3, '0') || '+00:00' END""",
    # By a number it knows how many rows there are; by a name it would have to look at every event for a rare one.
    ", {0} AS step_no",
    f", {{0}} / {PART} AS seq_part",
)
