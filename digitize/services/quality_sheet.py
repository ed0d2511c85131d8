"""Write the list of paper places as CSV: records, fields and counts, without field values."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from digitize.machine.csv_cells import safe
from digitize.machine.whole_file import WholeFile
from digitize.services.quality import PaperPlace

COLUMNS = ("gain", "record", "form", "what", "fields", "services", "state", "district", "station")


def write_places(places: Sequence[PaperPlace], target: Path) -> None:
    """Write the list in the given order. Raises DiskFull and InputError, naming the file."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for p in places:
        cells = (f"{p.gain:.2f}", p.record, p.form, p.what, " ".join(p.paths), " ".join(p.services), *p.station)
        rows.writerow([safe(cell) for cell in cells])
    file = WholeFile(target)
    file.write(text.getvalue().encode("utf-8-sig"))
    file.close()
