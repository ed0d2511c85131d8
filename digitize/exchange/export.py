"""Making the next package for a receiver: what changed since the last one, and what is no more."""

from __future__ import annotations

import hashlib
import heapq
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digitize.errors import OptionsError
from digitize.exchange.books import PACKAGES, SENT, BookedPackage, ExchangeBook, blocks, inserted, upserted
from digitize.exchange.container import write_zip
from digitize.exchange.layout import FORWARD, ExchangeLayout, SentForm, layout_of
from digitize.exchange.package import PackageHead, PackageWriter
from digitize.exchange.refusal import PackageRefused
from digitize.exchange.stored import Line, content_of, each_record, read_records
from digitize.machine.age_files import encrypt
from digitize.machine.system import is_dead, make_private, process_name, sync_file, sync_folder
from digitize.machine.whole_file import writing
from digitize.targets.base import Statement

_COLUMNS = ("partner", "kind", "item", "content", "sequence")
_ROWS = 100
_WORK, _OWNER = ".exchange-", "owner"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends. site: the office's id; key: its private key; publics: keys of the receiver, () for a plain file."""

    site: str
    key: Path
    publics: Sequence[str] = ()
    operator: str = ""


@dataclass(frozen=True, slots=True)
class ExportedPackage:
    """What became of an export. word: made, again (the same package once more), placed or nothing."""

    word: str
    partner: str
    sequence: int = 0
    file: str = ""
    manifest: str = ""
    base: str = ""
    counts: str = "{}"


@dataclass(frozen=True, slots=True)
class _Task:
    book: ExchangeBook
    layout: ExchangeLayout
    partner: str
    sender: Sender
    out: Path


def export_package(
    book: ExchangeBook, partner: str, sender: Sender, out: Path, today: date, *, full: bool = False
) -> ExportedPackage:
    """Write the next package for a partner into the folder out, and note it in the book.

    full: tell everything, for a receiver that lost one. A file that an interrupted export left is put in place first,
    and nothing else is done. Raises OptionsError, KeyUnusable, TargetRefused, DiskFull, and PackageRefused where that
    file is gone.
    """
    task = _Task(book, layout_of(partner), partner, sender, out)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        last = book.last(FORWARD, partner)
        if last and not last.is_placed and not full:
            return _place_left(task, last)
        with _work_folder(out) as work:
            writer, told = PackageWriter(work), _Told(work / "told")
            for line in _changes(task, told, full=full):
                writer.add(line)
            told.close()
            if writer.is_empty and not full:
                return ExportedPackage("nothing", partner)
            sequence = last.sequence + 1 if last else 1
            head = PackageHead(
                task.layout, FORWARD, sender.site, partner, sequence, last.manifest if last else "",
                "full" if full else "delta", today,
            )  # fmt: skip
            return _finish(task, work, writer, head, told)


def export_again(book: ExchangeBook, partner: str, sender: Sender, out: Path) -> ExportedPackage:
    """Write the newest package once more: the same bytes where nothing of it changed since.

    Raises OptionsError where none was made, PackageRefused: changed-since.
    """
    last = book.last(FORWARD, partner)
    if last is None:
        raise OptionsError(f"Nothing was sent to {partner} yet. Leave --again out.")
    task = _Task(book, layout_of(partner), partner, sender, out)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        with _work_folder(out) as work:
            writer = PackageWriter(work)
            for line in _told_before(task, last):
                writer.add(line)
            head = PackageHead(
                task.layout, FORWARD, sender.site, partner, last.sequence, last.previous, last.base,
                date.fromisoformat(last.day),
            )  # fmt: skip
            manifest, names = writer.close(head, sender.key)
            if _sha(work / names[0]) != last.manifest:
                raise _changed(last)
            file, part = _write(task, work, names, head)
            part.replace(file)
            sync_folder(out)
            # Sealed anew it has other bytes, but says the same.
            book.target.run_all([_placed(last, file.name, _sha(file))])
    counts = json.dumps({k: t.model_dump() for k, t in manifest.counts.items()})
    return ExportedPackage("again", partner, last.sequence, str(file), last.manifest, last.base, counts)


def _changed(last: BookedPackage) -> PackageRefused:
    return PackageRefused(
        "changed-since",
        f"records of package {last.sequence} changed after it was made, so it cannot be made again. If the receiver "
        "lacks it, send everything: digitize exchange export --full",
    )


def _changes(task: _Task, told: _Told, *, full: bool) -> Iterator[Line]:
    for kind in sorted(task.layout.forward):
        sent = task.layout.forward[kind]
        puts = _puts(task, kind, sent, full=full)
        for line, content in heapq.merge(puts, _gone(task, kind, sent), key=lambda pair: str(pair[0]["id"])):
            told.add(kind, line["id"], content)
            # A full package says by itself that what is not in it is no more.
            if line["op"] == "put" or not full:
                yield line


def _puts(task: _Task, kind: str, sent: SentForm, *, full: bool) -> Iterator[tuple[Line, str]]:
    for lines in each_record(task.book, kind, sent):
        held = {} if full else task.book.sent(task.partner, kind, [line["id"] for line in lines])
        for line in lines:
            content = content_of(line)
            if held.get(line["id"]) != content:
                yield line, content


def _gone(task: _Task, kind: str, sent: SentForm) -> Iterator[tuple[Line, str]]:
    for rows in task.book.each_sent(task.partner, kind):
        standing = task.book.still_there(sent.form, [i for i, content in rows if content])
        for item, content in rows:
            if content and item not in standing:
                yield {"op": "gone", "kind": kind, "id": item}, ""


def _told_before(task: _Task, last: BookedPackage) -> Iterator[Line]:
    for kind in sorted(task.layout.forward):
        for rows in task.book.each_sent(task.partner, kind, last.sequence):
            wanted = [i for i, content in rows if content]
            lines = {x["id"]: x for x in read_records(task.book, kind, task.layout.forward[kind], wanted)}
            for item, content in rows:
                if content and (item not in lines or content_of(lines[item]) != content):
                    raise _changed(last)
                if content:
                    yield lines[item]
                elif last.base == "delta":
                    yield {"op": "gone", "kind": kind, "id": item}


class _Told:
    """What a package tells of each record, on the disk until it is written into the book in one transaction."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, path.open("w", encoding="utf-8")

    def add(self, kind: str, item: str, content: str) -> None:
        self._file.write(json.dumps([kind, item, content]) + "\n")

    def close(self) -> None:
        self._file.close()

    def statements(self, partner: str, sequence: int) -> Iterator[Statement]:
        with self._path.open(encoding="utf-8") as file:
            for some in blocks(map(json.loads, file), _ROWS):
                rows = [(partner, *row, sequence) for row in some]
                yield upserted(SENT, _COLUMNS[:3], _COLUMNS, rows)


class _Both:
    """Statements that can be gone through again, where a transaction must be."""

    def __init__(self, first: Statement, told: _Told, partner: str, sequence: int) -> None:
        self._first, self._told, self._of = first, told, (partner, sequence)

    def __iter__(self) -> Iterator[Statement]:
        yield self._first
        yield from self._told.statements(*self._of)


def _finish(task: _Task, work: Path, writer: PackageWriter, head: PackageHead, told: _Told) -> ExportedPackage:
    manifest, names = writer.close(head, task.sender.key)
    file, part = _write(task, work, names, head)
    counts = json.dumps({k: t.model_dump() for k, t in manifest.counts.items()})
    booked = BookedPackage(
        FORWARD, task.partner, head.sequence, task.layout.pillar, _sha(work / names[0]), head.previous, head.base,
        head.day.isoformat(), file.name, _sha(part), counts, 0, 0, task.sender.operator,
    )  # fmt: skip
    # Once the book says so, the file lies there whole, under its passing name; only then it can be sent.
    statements: Iterable[Any] = _Both(inserted(PACKAGES, asdict(booked)), told, task.partner, head.sequence)
    task.book.target.run_all(statements)
    _place(task, booked, part)
    return ExportedPackage("made", task.partner, head.sequence, str(file), booked.manifest, head.base, counts)


def _place(task: _Task, booked: BookedPackage, part: Path) -> None:
    part.replace(task.out / booked.file)
    sync_folder(task.out)
    task.book.target.run_all([_placed(booked, booked.file, booked.sha256)])


def _placed(booked: BookedPackage, file: str, sha256: str) -> Statement:
    query = f"UPDATE {PACKAGES} SET is_placed = 1, file = ?, sha256 = ? WHERE way = ? AND partner = ? AND sequence = ?"
    return query, (file, sha256, booked.way, booked.partner, booked.sequence)


def _place_left(task: _Task, last: BookedPackage) -> ExportedPackage:
    """Put the file of an interrupted export in its place."""
    file, part = task.out / last.file, task.out / f"{last.file}.part"
    for there in (part, file):
        if there.is_file() and _sha(there) == last.sha256:
            _place(task, last, there)
            return ExportedPackage(
                "placed", task.partner, last.sequence, str(file), last.manifest, last.base, last.counts
            )
    raise PackageRefused(
        "not-placed",
        f"package {last.sequence} was noted, and its file never put in place; {part.name} is not in {task.out}. Give "
        "--out as before, or make it again: digitize exchange export --again",
    )


def _write(task: _Task, work: Path, names: Sequence[str], head: PackageHead) -> tuple[Path, Path]:
    """The package under its passing name, on the disk for good. Returns its name to be, and that."""
    tail = ".age" if task.sender.publics else ""
    name = f"{head.sender}-{head.receiver.replace(':', '-')}-{head.sequence:06d}.zip{tail}"
    part = task.out / f"{name}.part"
    plain = work / "package.zip"
    # Private from their first byte, for full values stand in them.
    with os.fdopen(os.open(plain, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as packed:
        write_zip(packed, work, names)
        packed.seek(0)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as to:
            encrypt(packed, to, task.sender.publics) if tail else shutil.copyfileobj(packed, to)
    make_private(part)
    sync_file(part)
    return task.out / name, part


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """A folder of one's own beside the packages, gone afterwards; those that killed exports left are taken away."""
    for old in out.glob(f"{_WORK}*/{_OWNER}"):
        if is_dead(old.read_text(encoding="utf-8")):
            shutil.rmtree(old.parent, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=out))
    try:
        (work / _OWNER).write_text(process_name(), encoding="utf-8")
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
