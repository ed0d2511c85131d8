"""Rows that could not be parsed, kept as the text in the file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from digitize.files.loading.inputs import Inputs
from digitize.files.validating.findings import FileFinding
from digitize.files.validating.readers import CSV, JSON_LINES, kind_of
from digitize.machine.work_keys import work_key
from digitize.targets.rows import Kept, RowBatch, kept_record
from digitize.targets.source_rows import source_row
from mappers.record import Record
from validators.finding import Finding

# Bytes of a line that are kept. What a database takes as one value is several times as much.
_AT_ONCE, _LONGEST = 50_000, 64 << 20


def unreadable_batch(inputs: Inputs, findings: Sequence[FileFinding], book: Mapping[str, object]) -> Iterator[RowBatch]:
    """Batches of unreadable rows only. For binary files only the position is known."""
    seen: Counter[str] = Counter()
    paths = {s.path.name: s.path for s in inputs.sources if isinstance(s.path, Path)}
    for number, start in enumerate(range(0, len(findings), _AT_ONCE)):
        some = findings[start : start + _AT_ONCE]
        texts = {name: _lines(path, {f.line for f in some if f.file == name}) for name, path in paths.items()}
        kept = [_make_held_back(inputs, f, texts[f.file].get(f.line, ""), seen) for f in some]
        name = f"{inputs.form}-{inputs.key[:12]}-unreadable-{number:02}"
        source = {"input": inputs.key, "files": list(inputs.files), **book}
        yield RowBatch(work_key("unreadable", name, inputs.key), name, {}, kept, source=source)


def _make_held_back(inputs: Inputs, finding: FileFinding, text: str, seen: Counter[str]) -> Kept:
    record = Record("", inputs.form, {}, left_over={f"{finding.file} {finding.table}": text})
    said = Finding("", "", finding.code, "reject", finding.message)
    one = kept_record(record, "reject", [said])
    # Without a text the row is known by its place in files of this content, whatever their names.
    place = f"{inputs.key} {finding.table}:{finding.line}"
    made = source_row(inputs.form, one.record, place)
    name = source_row(inputs.form, one.record, place, seen[made])
    seen[made] += 1
    return Kept("", inputs.form, "reject", one.record, one.findings, finding.file, finding.line, name)


def _lines(path: Path, wanted: set[int]) -> Mapping[int, str]:
    """The lines of a file, by number; bytes that are no text are written out as codes."""
    if not wanted or kind_of(path) not in (CSV, JSON_LINES):
        return {}
    found = {}
    with path.open("rb") as f:
        for number, line in enumerate(islice(f, max(wanted)), start=1):
            if number in wanted:
                found[number] = _text(line.rstrip(b"\r\n"))
    return found


def _text(line: bytes) -> str:
    """A line as text, truncated with a note if too long for a database."""
    text = line[:_LONGEST].decode("utf-8", "backslashreplace")
    if len(line) <= _LONGEST:
        return text
    return f"{text} [cut: the line has {len(line)} bytes, SHA-256 {hashlib.sha256(line).hexdigest()}]"
