"""A first look into files, in a worker of their own: a file that was made to break its reader costs that worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import fault
from digitize.machine.pool import run_light_jobs
from digitize.workspace.intake.delivery import MEMOS, shown_name
from digitize.workspace.intake.store import how_to_read

TABLE_SUFFIXES = (
    ".dbf", ".mdb", ".accdb", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".psv", ".txt", ".dat", ".prn",
    ".asc", ".sql", ".dump", ".xml", ".json", ".jsonl", ".ndjson", ".docx", ".rtf", ".htm", ".html", ".inp",
)  # fmt: skip
_LIMIT_S = 40.0
"""The processor time that a first look may take."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What a file holds: pages of a scan, or names of tables. problem: why it cannot be used; kind: that as a word.

    notes: what is wrong with its tables all the same, as far as their heads tell.
    """

    media: str = ""
    pages: int = 0
    tables: tuple[str, ...] = ()
    problem: str = ""
    kind: str = ""
    notes: tuple[str, ...] = ()


def probe_all(paths: Sequence[Path]) -> Iterator[tuple[int, Probed]]:
    """Look into files, one worker for all of them. Gives the place of each among the paths; the order is not set."""
    jobs = list(enumerate(paths))
    for (place, _), found in run_light_jobs(_probe, jobs, _crashed, _LIMIT_S):
        yield place, found


def _probe(job: tuple[int, Path]) -> Probed:
    from mappers.errors import MappingError, TableError
    from ocr.errors import ScanError

    path = job[1]
    try:
        return _look_into(path)
    except (ScanError, TableError, MappingError) as e:
        # A MappingError has no kind: at intake it is a layout file that is wrong.
        return Probed(problem=str(e).removeprefix(f"{path.name}: "), kind=getattr(e, "kind", "layout-wrong"))
    except MemoryError:
        return Probed(problem="needs more memory than any sound file does. Export it again.", kind="too-large")
    except OSError as e:
        return Probed(
            problem=f"cannot be opened ({e.strerror or type(e).__name__}). Bring the file again.", kind="unreadable"
        )
    # A fault of this program on one file must not cost the others.
    except Exception as e:
        return Probed(problem=fault("it", e).removeprefix("it: "), kind="fault")


def _look_into(path: Path) -> Probed:
    if path.suffix.lower() in MEMOS:
        why = f"the memos of a table that is not here. Bring {path.stem}.dbf and lay both into one folder."
        return Probed(problem=why, kind="memo-without-table")
    if path.suffix.lower() in TABLE_SUFFIXES:
        from mappers.legacy import open_tables

        tables = [(t.name, tuple(t.notes)) for t in open_tables(path, how_to_read(path))]
        notes = tuple(dict.fromkeys(note for _, of_table in tables for note in of_table))
        return Probed(media="table", tables=tuple(shown_name(name) for name, _ in tables), notes=notes)
    # By its ending it is no table: so it is tried as a scan, whatever it is called.
    from ocr.scans.scan import probe

    found = probe(path)
    return Probed(media=found.media, pages=found.pages)


def _crashed(job: tuple[int, Path]) -> Probed:
    what = "opening it broke the worker or never ended, twice. It is damaged, or made to do so"
    return Probed(problem=f"{what}: scan or export it again.", kind="breaks-reader")
