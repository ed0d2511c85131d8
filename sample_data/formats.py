"""Makes the invented old tables of many systems and the records that each row of them should become.

Run `python -m sample_data.formats` to write sample_data/formats/ anew, one folder a mapping: `source.*` as the system
stored it, `expected.jsonl` with one line a row, `context.toml` with what is said at intake, `stations.csv` where the
rows name stations by code, `layout.toml` for text of fixed width. The same bytes come out each time. What is expected
comes from the invented cases themselves; no mapping is asked.
"""

from __future__ import annotations

import csv
from pathlib import Path

from sample_data import (
    formats_ccis,
    formats_ccis_later,
    formats_cipa,
    formats_east,
    formats_lists,
    formats_north,
    formats_south,
)
from sample_data.formats_write import Format, write_expected

FOLDER = Path(__file__).parent / "formats"


def all_formats() -> tuple[Format, ...]:
    """Every format, in the order of their ids."""
    modules = (
        formats_ccis, formats_ccis_later, formats_cipa, formats_east, formats_lists, formats_north, formats_south,
    )  # fmt: skip
    return tuple(sorted((f for m in modules for f in m.FORMATS), key=lambda f: f.id))


def build(folder: Path = FOLDER) -> None:
    """Write all formats."""
    for one in all_formats():
        place = folder / one.id
        place.mkdir(parents=True, exist_ok=True)
        lines = one.lines()
        one.write(place, lines)
        write_expected(place / "expected.jsonl", lines)
        _write_context(place / "context.toml", one)
        if one.stations:
            _write_stations(place / "stations.csv", one)


def _write_context(path: Path, one: Format) -> None:
    said = [f'state = "{one.state}"']
    said += [f'station = "{one.station}"'] if one.station else []
    said += [f"year = {one.year}"] if one.year else []
    path.write_text("\n".join(said) + "\n", "utf-8", newline="\n")


def _write_stations(path: Path, one: Format) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(("station", "district", "aliases"))
        writer.writerows((station, "", code) for code, station in one.stations.items())


if __name__ == "__main__":
    build()
