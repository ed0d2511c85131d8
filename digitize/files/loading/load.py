"""Load import files: parts are checked while the batch before them is on its way into the target."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Protocol, runtime_checkable

from digitize.errors import OptionsError, TargetRefused, TooManyRefused
from digitize.files.agreed_limit import AgreedLimit
from digitize.files.loading.batches import BatchMaker, make_end_name, make_name_prefix, rules_key
from digitize.files.loading.inputs import Inputs, find_inputs
from digitize.files.loading.load_call import LoadCall
from digitize.files.loading.load_result import LoadResult
from digitize.files.loading.parts import CheckedInputs
from digitize.files.loading.settings import plain_settings
from digitize.files.loading.signed_receipts import keep_receipts, open_folder
from digitize.files.loading.unchanged import require_unchanged
from digitize.files.validating.findings import FileFinding
from digitize.files.validating.readers import CSV, JSON_LINES, kind_of
from digitize.files.validating.row_intake import Progress
from digitize.machine.prefetch import pipeline_items
from digitize.machine.work_keys import work_key
from digitize.targets.base import Receipt, Target
from digitize.targets.deliveries import enter_delivery
from digitize.targets.load_status import Stood, what_stood
from digitize.targets.rows import Kept, RowBatch, kept_record
from digitize.targets.source_rows import source_row
from mappers.record import Record
from validators.finding import Finding
from validators.rulebook.given import CheckSettings

# Records in one transaction: what an interruption undoes at most.
BATCH_SIZE = 50_000
# Bytes of a line that are kept. What a database takes as one value is several times as much.
_AT_ONCE, _LONGEST = 50_000, 64 << 20


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """Load options. size: maximum records per batch. agreed: how many records may be refused; None: any.

    leave_out: columns not loaded. is_first: create keys and indexes after the rows, all in one transaction. progress:
    called with bytes read and total. receipts: folder of signed receipts; see `digitize.files.loading.signed_receipts`.
    call: identifies an identical later call.
    """

    size: int = BATCH_SIZE
    agreed: AgreedLimit | None = None
    leave_out: Sequence[str] = ()
    dry_run: bool = False
    is_first: bool = False
    progress: Progress | None = None
    receipts: Path | None = None
    call: LoadCall | None = None


@runtime_checkable
class TakesFirst(Protocol):
    """A target that can be filled for the first time in a quicker way."""

    def take_first(self, form: str, batches: Iterable[RowBatch]) -> list[Receipt]:
        """Load the first batches of a form, all or none."""
        ...


def load_files(
    paths: Sequence[Path], form: str, target: Target, settings: CheckSettings, options: LoadOptions
) -> LoadResult:
    """Load the tables of a form in files and folders.

    Raises InputError if they cannot be read or data would be lost, TooManyRefused if more is refused than agreed (then
    nothing is loaded), TargetRefused; committed batches stay, and the same call resumes after them.
    """
    inputs = find_inputs(paths, form, settings, options.leave_out)
    if options.receipts is None or options.dry_run:
        return _load(inputs, target, settings, options)
    open_folder(options.receipts)
    try:
        made = _load(inputs, target, settings, options)
    except TargetRefused:
        with suppress(TargetRefused):  # the target may be gone; the next run keeps them
            keep_receipts(options.receipts, target, inputs.key, ())
        raise
    keep_receipts(options.receipts, target, inputs.key, made.receipts)
    return made


def _load(inputs: Inputs, target: Target, settings: CheckSettings, options: LoadOptions) -> LoadResult:
    made = LoadResult(target.name, inputs.form, dry_run=options.dry_run)
    whole = _make_end_batch(inputs, settings, options, {})
    if done := target.find_done(whole.id, whole.batch):
        return _find_earlier_load(target, inputs.form, done)
    if options.agreed is not None:
        _require_agreed(inputs, settings, options, options.agreed)
    book = {} if options.dry_run else enter_delivery(target, inputs.key, plain_settings(settings))
    # Last, for it says that all others have been taken; never in a trial.
    last = [] if options.dry_run else [_make_end_batch(inputs, settings, options, book)]
    batches = chain(_batches(inputs, settings, options, book), last)
    receipts = pipeline_items(batches, _taker(target, inputs.form, options))
    made.receipts = [r for r in receipts if r.load != whole.id]
    return made


def _find_earlier_load(target: Target, form: str, done: Receipt) -> LoadResult:
    """Result of an earlier load of the same files, if the target reports it."""
    names = {"loads": "loads", "rejects": "rejects"}
    try:
        stood = what_stood(lambda query, values: target.run(query.format(**names), values), done)
    except OptionsError:  # a folder answers no queries
        stood = Stood((done,))
    return LoadResult(target.name, form, list(stood.receipts), repeated=True, waits=stood.waits)


def _taker(target: Target, form: str, options: LoadOptions) -> Callable[[Iterator[RowBatch]], list[Receipt]]:
    if not options.is_first:
        return lambda batches: [target.take(batch, dry_run=options.dry_run) for batch in batches]
    if options.dry_run or not isinstance(target, TakesFirst):
        raise OptionsError("--first is for PostgreSQL, and not for a dry run.")
    return partial(target.take_first, form)


def _make_end_batch(
    inputs: Inputs, settings: CheckSettings, options: LoadOptions, book: Mapping[str, object]
) -> RowBatch:
    """Empty batch that marks, once loaded, that all others of these files are."""
    name = make_end_name(inputs)
    id = work_key("input", rules_key(settings), inputs.key, str(inputs.parts), str(options.size))
    source = {"input": inputs.key, "files": list(inputs.files), "is_whole": True,
              "batches": make_name_prefix(inputs, options.size)}  # fmt: skip
    # Files that changed since the call was named are another call.
    call = {"call": options.call.key} if options.call and options.call.stands() else {}
    return RowBatch(id, name, {}, source={**source, **call, **book})


def _batches(
    inputs: Inputs, settings: CheckSettings, options: LoadOptions, book: Mapping[str, object]
) -> Iterator[RowBatch]:
    checked = CheckedInputs(inputs, settings, options.progress)
    maker = BatchMaker(inputs, settings, checked.messages, options.size, book)
    for part in checked:
        # Before all others: their text is read from the files once more, which are still what they were a moment ago.
        yield from _unreadable(inputs, checked, book)
        yield from maker.batches(part)
    yield from _unreadable(inputs, checked, book)


def _unreadable(inputs: Inputs, checked: CheckedInputs, book: Mapping[str, object]) -> Iterator[RowBatch]:
    """Unreadable rows, once."""
    found, checked.unreadable = checked.unreadable, []
    for batch in unreadable_batch(inputs, found, book):
        require_unchanged(inputs.seen)
        yield batch


def _require_agreed(inputs: Inputs, settings: CheckSettings, options: LoadOptions, agreed: AgreedLimit) -> None:
    """Raise TooManyRefused if the rules refuse more than agreed; reads the files once for this."""
    records = refused = 0
    # The files are read twice, and progress tells of the second time.
    for batch in _batches(inputs, settings, replace(options, progress=None), {}):
        refused += len(batch.kept)
        records += len(batch.kept) + sum(rows.tables[form].height for form, rows in batch.forms.items())
    if not agreed.allows(refused, records):
        raise TooManyRefused(
            f"{refused} of {records} records would be refused, more than the agreed {agreed}. Nothing was loaded. "
            "See: digitize validate"
        )


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
