"""A list of volumes, as a station or record room writes it, one volume per row."""

from __future__ import annotations

import csv
from pathlib import Path

from digitize.errors import InputError
from digitize.workspace.volumes.book import VolumeFacts, check_facts

COLUMNS = ("volume", "station", "district", "kind", "years", "language", "pages")


def read_volume_list(path: Path) -> list[VolumeFacts]:
    """The volumes of a CSV file with a column "volume" and any of COLUMNS. Raises InputError naming the line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as f:
            rows = csv.DictReader(f)
            names = rows.fieldnames or []
            odd = [n for n in names if n not in COLUMNS]
            if "volume" not in names or odd:
                wanted = f"columns are volume and any of {', '.join(COLUMNS[1:])}"
                raise InputError(f"{path}: {wanted}; found {odd or names}")
            return [
                _parse_facts(row, f"{path}, line {line}") for line, row in enumerate(rows, start=2) if any(row.values())
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise InputError(f"{path} cannot be read as CSV in UTF-8. Save it as that and try again.") from e


def _parse_facts(row: dict[str, str | None], where: str) -> VolumeFacts:
    values = {k: (v or "").strip() for k, v in row.items() if k in COLUMNS}
    pages = values.pop("pages", "")
    if pages and not (pages.isascii() and pages.isdigit()):
        raise InputError(f"{where}: pages must be a number")
    label = values.pop("volume")
    facts = VolumeFacts(label=label, pages=int(pages) if pages else None, **values)
    check_facts(facts, where)
    return facts
