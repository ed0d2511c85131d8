"""Build the next package for a receiver: changes and deletions since the last one."""

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

from digitize.errors import OptionsError, TargetRefused
from digitize.exchange.books import (
    PACKAGES,
    SENT,
    BookedPackage,
    ExchangeBook,
    blocks,
    insert_statement,
    upsert_statement,
)
from digitize.exchange.container import write_zip
from digitize.exchange.exchange_days import NOTHING_SENT, SentBefore
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
    """Result of an export. word: made, again (the same package again), placed or nothing."""

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
    book: ExchangeBook, partner: str, sender: Sender, out: Path, today: date, *, full: bool = False,
    known: SentBefore = NOTHING_SENT,
) -> ExportedPackage:  # fmt: skip
    """Write the next package for a partner into the folder out, and note it in the book.

    full: include everything, for a receiver that lost a package. known: the newest package in the office's ledger. If
    an interrupted export left a file, it is only put in place. Raises OptionsError, KeyUnusable, TargetRefused,
    DiskFull, and PackageRefused: not-placed where that file is gone, book-behind, at-once.
    """
    task = _Task(book, layout_of(partner), partner, sender, out)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        last = book.last(FORWARD, partner)
        if last and not last.is_placed and not full:
            return _place_left(task, last)
        before = _newest(partner, last, known, full=full)
        clear_parts(out, stem_of(sender.site, partner))
        with work_folder(out) as work:
            writer, told = PackageWriter(work), _Told(work / "told")
            for line in _changes(task, told, full=full):
                writer.add(line)
            told.close()
            if writer.is_empty and not full:
                return ExportedPackage("nothing", partner)
            head = PackageHead(
                task.layout, FORWARD, sender.site, partner, before.sequence + 1, before.manifest,
                "full" if full else "delta", today,
            )  # fmt: skip
            return _finish(task, work, writer, head, told)


def _newest(partner: str, last: BookedPackage | None, known: SentBefore, *, full: bool) -> SentBefore:
    """The package before the next one. A restored target may be behind what the receiver has."""
    held = SentBefore(last.sequence, last.manifest) if last else NOTHING_SENT
    if known.sequence < held.sequence or known.manifest == held.manifest:
        return held
    if not full:
        raise PackageRefused(
            "book-behind",
            f"package {known.sequence} went to {partner} but the target does not know it: it is another target, or "
            f"was restored from a backup. Check the keys (exchange keys list), then send everything: --full",
        )
    return known


def export_again(book: ExchangeBook, partner: str, sender: Sender, out: Path) -> ExportedPackage:
    """Write the newest package again, byte for byte if nothing in it changed.

    Raises OptionsError if there is none, PackageRefused: changed-since.
    """
    last = book.last(FORWARD, partner)
    if last is None:
        raise OptionsError(f"Nothing was sent to {partner} yet. Omit --again.")
    task = _Task(book, layout_of(partner), partner, sender, out)
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        with work_folder(out) as work:
            writer = PackageWriter(work)
            for line in _told_before(task, last):
                writer.add(line)
            head = PackageHead(
                task.layout, FORWARD, sender.site, partner, last.sequence, last.previous, last.base,
                date.fromisoformat(last.day),
            )  # fmt: skip
            manifest, names = writer.close(head, sender.key)
            if sha_of(work / names[0]) != last.manifest:
                raise _refuse_changed(last)
            file = _file_of(task, head)
            part, sha256 = write_part(work, names, file, sender.publics)
            part.replace(file)
            sync_folder(out)
            # Sealed anew it has other bytes, but says the same.
            book.target.run_all([_place_statement(last, file.name, sha256)])
    counts = json.dumps({k: t.model_dump() for k, t in manifest.counts.items()})
    return ExportedPackage("again", partner, last.sequence, str(file), last.manifest, last.base, counts)


def _refuse_changed(last: BookedPackage) -> PackageRefused:
    return PackageRefused(
        "changed-since",
        f"records of package {last.sequence} changed after it was made, so it cannot be made again. If the receiver "
        f"does not have it, send everything: digitize exchange export --full",
    )


def _changes(task: _Task, told: _Told, *, full: bool) -> Iterator[Line]:
    for kind in sorted(task.layout.forward):
        sent = task.layout.forward[kind]
        puts = _puts(task, kind, sent, full=full)
        last = ""
        for line, content in heapq.merge(puts, _list_gone(task, kind, sent), key=lambda pair: str(pair[0]["id"])):
            # Taken out, or put back, between the two looks at it: told as it was seen first, and the rest next time.
            if line["id"] == last:
                continue
            last = line["id"]
            told.add(kind, line["id"], content)
            # A full package says by itself that what is not in it is no more.
            if line["op"] == "put" or not full:
                yield line


def _puts(task: _Task, kind: str, sent: SentForm, *, full: bool) -> Iterator[tuple[Line, str]]:
    for lines in each_record(task.book, kind, sent):
        held = {} if full else task.book.find_sent(task.partner, kind, [line["id"] for line in lines])
        for line in lines:
            content = content_of(line)
            if held.get(line["id"]) != content:
                yield line, content


def _list_gone(task: _Task, kind: str, sent: SentForm) -> Iterator[tuple[Line, str]]:
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
                    raise _refuse_changed(last)
                if content:
                    yield lines[item]
                elif last.base == "delta":
                    yield {"op": "gone", "kind": kind, "id": item}


class _Told:
    """What a package states of each record, kept on disk until one transaction writes it to the book."""

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
                yield upsert_statement(SENT, _COLUMNS[:3], _COLUMNS, rows)


class _Both:
    """Statements that can be iterated again if a transaction must be retried."""

    def __init__(self, first: Statement, told: _Told, partner: str, sequence: int) -> None:
        self._first, self._told, self._of = first, told, (partner, sequence)

    def __iter__(self) -> Iterator[Statement]:
        yield self._first
        yield from self._told.statements(*self._of)


def _finish(task: _Task, work: Path, writer: PackageWriter, head: PackageHead, told: _Told) -> ExportedPackage:
    manifest, names = writer.close(head, task.sender.key)
    file = _file_of(task, head)
    part, sha256 = write_part(work, names, file, task.sender.publics)
    counts = json.dumps({k: t.model_dump() for k, t in manifest.counts.items()})
    booked = BookedPackage(
        FORWARD, task.partner, head.sequence, task.layout.pillar, sha_of(work / names[0]), head.previous, head.base,
        head.day.isoformat(), file.name, sha256, counts, 0, 0, task.sender.operator,
    )  # fmt: skip
    # Once the book says so, the file lies there whole, under its passing name; only then it can be sent.
    statements: Iterable[Any] = _Both(insert_statement(PACKAGES, asdict(booked)), told, task.partner, head.sequence)
    try:
        task.book.target.run_all(statements)
    except TargetRefused:
        other = task.book.last(FORWARD, task.partner)
        if other is None or other.sequence < head.sequence:
            raise
        if other.sha256 != sha256:
            part.unlink(missing_ok=True)
        text = f"another export to {task.partner} finished meanwhile; run the command again to send the rest"
        raise PackageRefused("at-once", text) from None
    _place(task, booked, part)
    return ExportedPackage("made", task.partner, head.sequence, str(file), booked.manifest, head.base, counts)


def _file_of(task: _Task, head: PackageHead) -> Path:
    tail = ".age" if task.sender.publics else ""
    return task.out / f"{stem_of(head.sender, head.receiver)}-{head.sequence:06d}.zip{tail}"


def _place(task: _Task, booked: BookedPackage, part: Path) -> None:
    try:
        part.replace(task.out / booked.file)
    except FileNotFoundError:
        # An export that began meanwhile may have put it there.
        if sha_of(task.out / booked.file) != booked.sha256:
            raise
    sync_folder(task.out)
    task.book.target.run_all([_place_statement(booked, booked.file, booked.sha256)])


def _place_statement(booked: BookedPackage, file: str, sha256: str) -> Statement:
    query = f"UPDATE {PACKAGES} SET is_placed = 1, file = ?, sha256 = ? WHERE way = ? AND partner = ? AND sequence = ?"
    return query, (file, sha256, booked.way, booked.partner, booked.sequence)


def _place_left(task: _Task, last: BookedPackage) -> ExportedPackage:
    """Put the file of an interrupted export in place."""
    file = task.out / last.file
    part = part_of(file, last.sha256)
    for there in (part, file):
        if there.is_file() and sha_of(there) == last.sha256:
            _place(task, last, there)
            return ExportedPackage(
                "placed", task.partner, last.sequence, str(file), last.manifest, last.base, last.counts
            )
    raise PackageRefused(
        "not-placed",
        f"package {last.sequence} was recorded, but its file was never put in place; {part.name} is not in "
        f"{task.out}. Give --out as before, or write it again: digitize exchange export --again",
    )


def stem_of(sender: str, receiver: str) -> str:
    """Common prefix of the file names of packages from a sender to a receiver."""
    return f"{sender}-{receiver.replace(':', '-')}"


def part_of(file: Path, sha256: str) -> Path:
    """Temporary name of a package; unique per content, so concurrent exports do not collide."""
    return file.with_name(f"{file.name}.{sha256[:16]}.part")


def write_part(work: Path, names: Sequence[str], file: Path, publics: Sequence[str]) -> tuple[Path, str]:
    """Write the files of a folder as a package under its passing name, on the disk for good. Returns that, and its
    SHA-256. publics: keys of the receiver, () for a plain file.
    """
    plain, made = work / "package.zip", work / "package"
    # Private from their first byte, for full values stand in them.
    with os.fdopen(os.open(plain, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as packed:
        write_zip(packed, work, names)
        packed.seek(0)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            encrypt(packed, to, publics) if publics else shutil.copyfileobj(packed, to)
    make_private(made)
    sync_file(made)
    sha256 = sha_of(made)
    part = part_of(file, sha256)
    made.replace(part)
    return part, sha256


def sha_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def clear_parts(out: Path, stem: str) -> None:
    """Remove leftovers of killed exports: folders, and packages in no book, if no export is running."""
    is_busy = False
    for old in out.glob(f"{_WORK}*/{_OWNER}"):
        if is_dead(old.read_text(encoding="utf-8")):
            shutil.rmtree(old.parent, ignore_errors=True)
        else:
            is_busy = True
    for part in () if is_busy else out.glob(f"{stem}-[0-9][0-9][0-9][0-9][0-9][0-9].zip*.part"):
        part.unlink(missing_ok=True)


@contextmanager
def work_folder(out: Path) -> Iterator[Path]:
    """A private folder next to the packages, removed afterwards."""
    work = Path(tempfile.mkdtemp(prefix=_WORK, dir=out))
    try:
        (work / _OWNER).write_text(process_name(), encoding="utf-8")
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
