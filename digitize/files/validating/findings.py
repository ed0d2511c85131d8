"""Findings in order of files and lines, of any number."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from validators.finding import Severity
from validators.messages.teller import Teller

# A row's number: its file in the upper bits, its line in the lower ones.
FILE_BITS = 40
_LINE = (1 << FILE_BITS) - 1
COLUMNS: Mapping[str, type[pl.DataType]] = {
    **{"line": pl.Int64, "table": pl.String, "key": pl.String, "field": pl.String, "code": pl.String},
    "value": pl.String,
}
_ORDER = ("line", "table", "key", "field", "code")
_HELD, _LINES_A_BUCKET = 300_000, 1 << 19


@dataclass(frozen=True, slots=True, order=True)
class FileFinding:
    """One finding on a file.

    line: in the file, the header is line 1, 0 for the file itself; the row number if the file has no lines. key: the
    record_id. value: of the cell, masked if it may be personal data; "" if empty. message: what is wrong; expected,
    example, do: expected content, one example, and what to do.
    """

    file: str
    line: int
    table: str
    key: str
    field: str
    code: str
    severity: Severity
    message: str
    value: str = ""
    expected: str = ""
    example: str = ""
    do: str = ""


@dataclass(frozen=True, slots=True)
class FindingWords:
    """What all findings of a rule share. files: names by number; severities: by code; teller: its texts."""

    files: Sequence[str]
    severities: Mapping[str, Severity]
    teller: Teller


class Findings:
    """All findings of a run, iterated in order of files, lines, tables, keys, fields and codes.

    Spilled to a folder if there are many; deleted with the object.
    """

    def __init__(self, words: FindingWords) -> None:
        """words: see there."""
        self.words = words
        self._held: list[pl.DataFrame] = []
        self._size = self._written = 0
        self._folder: Path | None = None
        self._codes: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many."""
        return self._codes.total()

    def __iter__(self) -> Iterator[FileFinding]:
        """Iterate over the findings."""
        words = self.words
        for frame in self._frames():
            for line, table, key, field, code, value in frame.iter_rows():
                file = words.files[line >> FILE_BITS]
                told = words.teller.tell(code, table, field)
                texts = (told.message, value or "", told.expected, told.example, told.do)
                yield FileFinding(file, line & _LINE, table, key, field, code, words.severities[code], *texts)

    # A report is read after the run that made it, so the folder goes with the last who holds it.
    def __del__(self) -> None:
        """Delete spilled files."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def add(self, frame: pl.DataFrame) -> None:
        """Take findings with the columns of COLUMNS."""
        if not frame.height:
            return
        self._codes.update(dict(frame.group_by("code").len().iter_rows()))
        self._held.append(frame.select(*COLUMNS))
        self._size += frame.height
        if self._size > _HELD:
            self._flush()

    def by_code(self) -> dict[str, int]:
        """Rule code -> how many, in the order of the codes."""
        return dict(sorted(self._codes.items()))

    def count(self, severity: Severity) -> int:
        """How many are of this severity."""
        return sum(n for code, n in self._codes.items() if self.words.severities[code] == severity)

    def rejected_rows(self) -> int:
        """Number of rows, and files as such, with a rejecting finding."""
        rejecting = [c for c in self._codes if self.words.severities[c] == "reject"]
        return sum(f.filter(pl.col("code").is_in(rejecting))["line"].n_unique() for f in self._frames())

    def drop_known(self, known: frozenset[tuple[str, str, str, str, str]]) -> Findings:
        """Findings whose (file, table, key or line, field, code) is not in `known`."""
        kept = Findings(self.words)
        for frame in self._frames():
            files = [self.words.files[line >> FILE_BITS] for line in frame["line"]]
            keys = [key or str(line & _LINE) for key, line in frame.select("key", "line").iter_rows()]
            rows = zip(files, frame["table"], keys, frame["field"], frame["code"], strict=True)
            kept.add(frame.filter(pl.Series([row not in known for row in rows], dtype=pl.Boolean)))
        return kept

    def _flush(self) -> None:
        self._folder = self._folder or Path(tempfile.mkdtemp(prefix="digitize-findings-"))
        # Each bucket of lines is sorted by itself, so that all come in order and never are in memory at once.
        bucket = pl.col("line") // _LINES_A_BUCKET
        for (number,), rows in pl.concat(self._held).with_columns(_b=bucket).partition_by("_b", as_dict=True).items():
            folder = self._folder / f"{number:016}"  # of one length, so that names sort as numbers
            folder.mkdir(exist_ok=True)
            rows.drop("_b").write_ipc(folder / f"{self._written:06}.ipc", compression="lz4")
        self._written += 1
        self._held, self._size = [], 0

    def _frames(self) -> Iterator[pl.DataFrame]:
        if self._folder is None:
            yield pl.concat([pl.DataFrame(schema=COLUMNS), *self._held]).sort(_ORDER)
            return
        self._flush() if self._held else None
        for folder in sorted(self._folder.iterdir()):
            yield pl.concat([pl.read_ipc(f) for f in sorted(folder.iterdir())]).sort(_ORDER)
