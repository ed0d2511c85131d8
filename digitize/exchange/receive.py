"""Import a package: verified completely first, then written in one transaction, or not at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digitize.errors import TargetRefused
from digitize.exchange.books import PACKAGES, STATEMENTS, BookedPackage, ExchangeBook, blocks, insert_statement
from digitize.exchange.layout import BACKWARD, FORWARD
from digitize.exchange.lines import line_bytes
from digitize.exchange.linking import link_statements
from digitize.exchange.manifest import Manifest
from digitize.exchange.package import OpenedPackage, open_package
from digitize.exchange.refusal import PackageRefused
from digitize.exchange.statements import each_statement
from digitize.exchange.stored import content_of
from digitize.machine.age_files import decrypt
from digitize.machine.sealing import SEALED, read_secret
from digitize.targets.base import Statement

MOST_STATEMENTS = 200_000
MOST_REPLY = 256 << 20
"""Statements and bytes, unpacked, of one reply: it is held in memory until it is written."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Result of an import. word: taken, or known if it was imported before. linked: now, of all waiting statements."""

    word: str
    sender: str
    sequence: int
    manifest: str
    put: int = 0
    gone: int = 0
    linked: int = 0


@contextmanager
def open_sealed(path: Path, key: Path | None) -> Iterator[Path]:
    """The package, decrypted to a private folder with the secret key if needed.

    Raises InputError, OptionsError, and PackageRefused if a key is needed.
    """
    if not path.name.endswith(SEALED):
        yield path
        return
    if key is None:
        raise PackageRefused("sealed", f"{path.name} is encrypted; give --key FILE with the secret key")
    secret = read_secret(key)
    # mkdtemp's folders are their owner's alone.
    with tempfile.TemporaryDirectory(prefix="digitize-exchange-") as folder:
        plain = Path(folder) / path.name.removesuffix(SEALED)
        with path.open("rb") as source, plain.open("wb") as to:
            decrypt(source, to, secret)
        yield plain


def take_package(
    book: ExchangeBook, site: str, path: Path, today: date, *, secret: Path | None = None, operator: str = ""
) -> TakenIn:
    """Import a reply. site: this office's id. Raises PackageRefused (see docs/exchange.md), TargetRefused."""
    with open_sealed(path, secret) as plain:
        opened = open_package(plain, book.load_trusted_keys(), today)
        m = opened.manifest
        if m.way != BACKWARD:
            raise PackageRefused("wrong-way", f"it is a package to {m.receiver}; only replies can be imported here")
        if m.receiver != site:
            raise PackageRefused("wrong-receiver", f"it is for {m.receiver}, and this is {site}; send it there")
        if book.find_manifest(BACKWARD, m.sender, opened.signed.sha256):
            return _find_known(book, opened)
        check_sequence(m, book.last(BACKWARD, m.sender))
        answered = _answered_sequence(book, m)
        statements = _statements(book, opened, answered, path.name, operator)
    try:
        book.target.run_all(statements)
    except TargetRefused:
        # Two that took the same one in at once: the other one was first.
        if book.find_manifest(BACKWARD, m.sender, opened.signed.sha256):
            return _find_known(book, opened)
        raise
    # Behind the transaction: what is not linked when this is interrupted is linked when it is taken in again, or by
    # the next command.
    linked = link_statements(book)
    put, gone = (sum(getattr(t, n) for t in m.counts.values()) for n in ("put", "gone"))
    return TakenIn("taken", m.sender, m.sequence, opened.signed.sha256, put, gone, linked)


def _find_known(book: ExchangeBook, opened: OpenedPackage) -> TakenIn:
    """Earlier import of the package, if any; it may have been killed before linking was complete."""
    m = opened.manifest
    return TakenIn("known", m.sender, m.sequence, opened.signed.sha256, linked=link_statements(book))


def check_sequence(m: Manifest, last: BookedPackage | None) -> None:
    """Raise PackageRefused unless a package follows its sender's last one: replayed, gap, forked."""
    held = last.sequence if last else 0
    if m.sequence <= held:
        text = (
            f"package {m.sequence} of {m.sender} was imported before, and {held} is the newest; send number {held + 1}"
        )
        raise PackageRefused("replayed", text)
    # One that tells everything needs none before it.
    if m.base == "full":
        return
    if m.sequence > held + 1:
        text = f"package {held + 1} of {m.sender} is missing; import it first, or ask for a full package"
        raise PackageRefused("gap", text)
    if last is not None and m.previous != last.manifest:
        text = f"it follows another package {held} than the one imported here; ask {m.sender} for a full package"
        raise PackageRefused("forked", text)


def _answered_sequence(book: ExchangeBook, m: Manifest) -> int:
    if m.answers is None:
        return 0
    ours = book.find_manifest(FORWARD, m.sender, m.answers.manifest)
    if ours is None or ours.sequence != m.answers.sequence:
        text = f"it answers package {m.answers.sequence}, which was never sent to {m.sender}; ask which packages it has"
        raise PackageRefused("answers-unknown", text)
    return ours.sequence


def _statements(book: ExchangeBook, opened: OpenedPackage, answered: int, file: str, operator: str) -> list[Statement]:
    m = opened.manifest
    if sum(f.lines for f in m.files) > MOST_STATEMENTS:
        raise PackageRefused("too-large", f"it has more than {MOST_STATEMENTS:,} statements; send it in parts")
    if (plain := sum(f.plain_bytes for f in m.files)) > MOST_REPLY:
        raise PackageRefused("too-large", f"it would become {plain:,} bytes; send it in parts")
    booked = BookedPackage(
        BACKWARD, m.sender, m.sequence, m.layout, opened.signed.sha256, m.previous, m.base, m.day.isoformat(), file,
        "", json.dumps({k: t.model_dump() for k, t in m.counts.items()}), answered, 1, operator,
    )  # fmt: skip
    made, told = [insert_statement(PACKAGES, asdict(booked))], set[tuple[str, str]]()
    for some in blocks(opened.lines()):
        held = _newest(book, m.sender, [line["id"] for line in some])
        for line in some:
            told.add((line["kind"], line["id"]))
            before = held.get((line["kind"], line["id"]), ("", 1))
            if line["op"] == "gone" and before[1]:
                raise PackageRefused("nothing-to-withdraw", f"it withdraws a statement that {m.sender} never made")
            row = statement_row(m, line)
            # Said again word for word, it is no new statement.
            if line["op"] == "gone" or before[1] or before[0] != row["content"]:
                made.append(insert_statement(STATEMENTS, row))
    return made + (_no_more(book, m, told) if m.base == "full" else [])


def _no_more(book: ExchangeBook, m: Manifest, told: set[tuple[str, str]]) -> list[Statement]:
    """For a full package: statements that exist here and are not in it."""
    rows = [
        statement_row(m, {"op": "gone", "kind": s.kind, "id": s.statement})
        for some in each_statement(book)
        for s in some
        if s.sender == m.sender and (s.kind, s.statement) not in told
    ]
    return [insert_statement(STATEMENTS, row) for row in rows]


def _newest(book: ExchangeBook, sender: str, names: list[str]) -> dict[tuple[str, str], tuple[str, int]]:
    """(kind, name) -> hash and whether it was withdrawn, for the newest statement of each name."""
    query = (
        f"SELECT kind, statement, content, is_gone FROM {STATEMENTS} WHERE sender = ? AND statement {book.one_of} "
        "ORDER BY sequence"
    )
    return {(k, s): (c, g) for k, s, c, g in book.rows(query, sender, book.as_list(names))}


def statement_row(m: Manifest, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as a row of the book."""
    is_gone, said = line["op"] == "gone", line.get("said", {})
    fir = line_bytes(line["fir"]).decode().strip() if line.get("fir") else ""
    return {
        "sender": m.sender, "kind": line["kind"], "statement": line["id"], "sequence": m.sequence,
        "content": "" if is_gone else content_of(line),
        "said": "" if is_gone else line_bytes(said).decode().strip(), "fir": fir,
        "cnr": line.get("cnr") or said.get("cnr") or "", "prisoner": said.get("prisoner_id") or "",
        "is_gone": int(is_gone),
    }  # fmt: skip
