"""Old tables as pandas frames, for people who look into them with a notebook before they write a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mappers.encodings import Encoding, decode_cell
from mappers.legacy.table import LegacyTable, named_cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

ROW, PROBLEM = "_row", "_problem"


def as_frame(table: LegacyTable, encodings: Mapping[str, Encoding] | None = None) -> pd.DataFrame:
    """A table as a frame of texts: nothing is guessed, so FIR 007 stays 007 and a person called NA stays there.

    encodings: column -> the font it is written in; bytes of other columns are read as plain text. The index, `_row`, is
    the number of the row in its file; what is wrong with a row stands in `_problem`. Takes in the whole table.
    """
    import pandas as pd  # costs most of a second, and no command needs it

    fonts = encodings or {}
    rows = [
        {
            ROW: row.number,
            **{name: decode_cell(fonts.get(name), cell).text for name, cell in named_cells(table.columns, row).items()},
            PROBLEM: row.problem,
        }
        for row in table.rows
    ]
    frame = pd.DataFrame(rows, columns=None if rows else [ROW, *table.columns, PROBLEM], dtype=object)
    return frame.fillna("").set_index(ROW)
