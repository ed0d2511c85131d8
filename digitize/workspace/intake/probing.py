"""Probe files in a separate worker: a malicious file costs only that worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import fault
from digitize.machine.pool import run_light_jobs
from digitize.workspace.intake.delivery import MEMOS, shown_name
from digitize.workspace.intake.store import how_to_read

_TABLE_NAMES = (
    ".dbf", ".mdb", ".accdb", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".psv", ".txt", ".dat", ".prn",
    ".asc", ".sql", ".dump", ".xml", ".json", ".jsonl", ".ndjson", ".docx", ".rtf", ".htm", ".html", ".inp",
)  # fmt: skip
"""What tables are called. It is asked only of a text whose columns may be chance: a note called notes.md has commas."""
_NOTHING = (
    "this is neither a scan (JPEG, PNG, TIFF or PDF) nor a table: no known format, and no text with separators. "
    "Scan the page again, or export the table again."
)
_DOUBTFUL = "is a text that may or may not be a table. If it is one, name it .csv or .txt."
_LIMIT_S = 40.0
"""The processor time that a first look may take."""


@dataclass(frozen=True, slots=True)
class Probed:
    """Content of a file: pages of a scan, or table names. problem: why it is unusable; kind: the same as a code.

    notes: problems of its tables, from their headers. may_be_page: whether an unusable file may have been a page, by
    content.
    """

    media: str = ""
    pages: int = 0
    tables: tuple[str, ...] = ()
    problem: str = ""
    kind: str = ""
    notes: tuple[str, ...] = ()
    may_be_page: bool = True


def probe_all(paths: Sequence[Path]) -> Iterator[tuple[int, Probed]]:
    """Probe files with one worker. Yields the index of each path, in any order."""
    jobs = list(enumerate(paths))
    for (place, _), found in run_light_jobs(_probe, jobs, _report_crash, _LIMIT_S):
        yield place, found


def _probe(job: tuple[int, Path]) -> Probed:
    from mappers.errors import MappingError, TableError
    from mappers.legacy import find_reader
    from mappers.legacy.lines import is_text_file
    from ocr.errors import ScanError
    from ocr.scans.scan import media_of, probe

    path = job[1]
    may_be_page = True
    try:
        if media_of(path):
            found = probe(path)
            return Probed(media=found.media, pages=found.pages)
        may_be_page = not (find_reader(path) or (is_text_file(path) and path.suffix.lower() in _TABLE_NAMES))
        return _look_for_tables(path)
    except (ScanError, TableError, MappingError) as e:
        # A MappingError has no kind: at intake it is a layout file that is wrong.
        why, kind = str(e).removeprefix(f"{path.name}: "), getattr(e, "kind", "layout-wrong")
        return Probed(problem=why, kind=kind, may_be_page=may_be_page)
    except MemoryError:
        return Probed(problem="needs more memory than any intact file. Export it again.", kind="too-large")
    except OSError as e:
        return Probed(
            problem=f"cannot be opened ({e.strerror or type(e).__name__}). Deliver the file again.", kind="unreadable"
        )
    # A fault of this program on one file must not cost the others.
    except Exception as e:
        return Probed(problem=fault("it", e).removeprefix("it: "), kind="fault")


def _look_for_tables(path: Path) -> Probed:
    """Tables of a file that is no scan.

    Raises TableError, MappingError, ScanError with the reason if there are none.
    """
    from mappers.errors import TableError
    from mappers.legacy import find_reader, is_surely_table, open_tables
    from mappers.legacy.lines import is_text_file
    from ocr.scans.scan import probe

    how = how_to_read(path)
    if not how.layout and path.suffix.lower() in MEMOS and not is_surely_table(path):
        why = f"memos of a table that is missing. Put {path.stem}.dbf into the same folder."
        raise TableError(why, kind="memo-without-table")
    if not how.layout and path.suffix.lower() not in _TABLE_NAMES and find_reader(path) and not is_surely_table(path):
        raise TableError(_DOUBTFUL, kind="not-a-table")
    try:
        tables = [(t.name, tuple(t.notes)) for t in open_tables(path, how)]
    except TableError as e:
        if e.kind != "not-a-table" or find_reader(path):
            raise
        if not is_text_file(path):
            probe(path)  # says what it is instead: an archive, a picture of another kind
        raise TableError(_NOTHING, kind=e.kind) from e
    notes = tuple(dict.fromkeys(note for _, of_table in tables for note in of_table))
    return Probed(media="table", tables=tuple(shown_name(name) for name, _ in tables), notes=notes)


def _report_crash(job: tuple[int, Path]) -> Probed:
    what = "opening it crashed the worker or timed out, twice. It is damaged or malicious"
    return Probed(problem=f"{what}: scan or export it again.", kind="breaks-reader")
