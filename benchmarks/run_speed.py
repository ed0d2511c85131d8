"""The run path on a large old table: mapping and checking in a workspace, beside `map apply` and pandas.

python -m benchmarks.run_speed make ROWS FILE       an invented FIRMAST.DBF, and the list of its stations beside it
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.firmast import COLUMNS, make_rows

STATIONS = 40
PER_BOOK = 400
FIRST_YEAR = 1990
"""FIRs in a station's year, a middling number of a town; so each station and year is a group of its own to check."""
_WIDTHS = {
    "DISTCD": 2, "PSCD": 5, "YR": 4, "CRNO": 5, "FIRDT": 8, "FIRTM": 5, "OCCFRDT": 8, "OCCTODT": 8, "SECT": 60,
    "COMPNM": 50, "COMPFNM": 50, "COMPADD": 80, "PLACE": 80, "ACCNM": 80, "PROPVAL": 10, "RECVAL": 10, "IONM": 60,
    "CSNO": 10, "CSDT": 8, "FRTYP": 1, "RESULT": 30, "NARR": 200,
}  # fmt: skip


def write_table(path: Path, count: int) -> int:
    """A DBF of so many invented rows, numbered through station by station and year by year. Returns its bytes."""
    width = 1 + sum(_WIDTHS.values())
    head = struct.pack("<4BIHH20x", 3, 99, 1, 1, count, 33 + 32 * len(_WIDTHS), width)
    fields = b"".join(struct.pack("<11sc4xBB14x", n.encode(), b"C", w, 0) for n, w in _WIDTHS.items())
    with path.open("wb") as f:
        f.write(head + fields + b"\r")
        f.writelines(_lines(count))
        f.write(b"\x1a")
        return f.tell()


def _lines(count: int) -> Iterator[bytes]:
    widths = [_WIDTHS[name] for name in COLUMNS]
    for number, row in enumerate(make_rows(count)):
        book, serial = divmod(number, PER_BOOK)
        year = FIRST_YEAR + book // STATIONS
        cells = dict(zip(COLUMNS, row, strict=True))
        # In the order of their day, as a book is kept.
        day = f"{year}{serial * 12 // PER_BOOK + 1:02}{serial % 28 + 1:02}".encode()
        cells |= {"PSCD": b"K%03d" % (book % STATIONS), "YR": b"%d" % year, "CRNO": b"%d" % (serial + 1)}
        cells |= {"FIRDT": day, "OCCFRDT": day, "OCCTODT": day}
        yield b" " + b"".join(cells[n][:w].ljust(w) for n, w in zip(COLUMNS, widths, strict=True))


def write_stations(path: Path) -> None:
    """The stations that such a table names, as a workspace's own list."""
    lines = (f"Thana {n:03},Kalpana,K{n:03},\n" for n in range(STATIONS))
    path.write_text("station,district,aliases,district_aliases\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write_table(Path(sys.argv[3]), int(sys.argv[2]))
    write_stations(Path(sys.argv[3]).with_name("stations.csv"))
