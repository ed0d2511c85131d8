"""Write a package part by part, and read one whose bytes are all verified before a line is used."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BufferedReader
from pathlib import Path
from typing import Any

from digitize import __version__
from digitize.exchange.container import PackageFiles, open_files
from digitize.exchange.layout import ExchangeLayout
from digitize.exchange.lines import line_bytes, parse_line, schema_bytes
from digitize.exchange.manifest import (
    MANIFEST,
    MOST_MANIFEST,
    SCHEMA,
    AnsweredPackage,
    KindTally,
    Manifest,
    PackageFile,
    SignedManifest,
    check_manifest,
    read_manifest,
    seal_manifest,
)
from digitize.exchange.refusal import PackageRefused
from digitize.offices.keys import Key

MOST_LINE = 8 << 20
_LINES_A_PART = 50_000
_GZIP = 31
"""zlib's window bits for the gzip format; it writes no time and no name."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class PackageHead:
    """The uncounted fields of a manifest; see `Manifest`."""

    layout: ExchangeLayout
    way: str
    sender: str
    receiver: str
    sequence: int
    previous: str
    base: str
    day: date
    answers: AnsweredPackage | None = None


class _PartFile:
    """A compressed file being written, with running hashes and counts."""

    def __init__(self, path: Path) -> None:
        self.name, self.plain, self.stored, self.lines = path.name, 0, 0, 0
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._packer, self._hash = zlib.compressobj(6, zlib.DEFLATED, _GZIP), hashlib.sha256()

    def add(self, line: bytes) -> None:
        self.plain, self.lines = self.plain + len(line), self.lines + 1
        self._write_packed(self._packer.compress(line))

    def _write_packed(self, data: bytes) -> None:
        self._hash.update(data)
        self.stored += len(data)
        self._file.write(data)

    def close(self) -> PackageFile:
        self._write_packed(self._packer.flush())
        self._file.close()
        return PackageFile(
            name=self.name, bytes=self.stored, sha256=self._hash.hexdigest(), plain_bytes=self.plain, lines=self.lines
        )  # fmt: skip


class PackageWriter:
    """Add lines one by one, grouped by kind, in constant memory."""

    def __init__(self, folder: Path) -> None:
        """folder: empty and private to its owner."""
        self._folder, self._files, self._counts = folder, list[PackageFile](), dict[str, dict[str, int]]()
        self._part: _PartFile | None = None
        self._kind, self._number = "", 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not self._counts

    def add(self, line: Mapping[str, Any]) -> None:
        """Write one line; lines of one kind must be consecutive."""
        if self._part is None or line["kind"] != self._kind or self._part.lines >= _LINES_A_PART:
            self._close_part()
            self._number = self._number + 1 if line["kind"] == self._kind else 1
            self._kind = line["kind"]
            self._part = _PartFile(self._folder / f"{self._kind}-{self._number:04d}.jsonl.gz")
        self._part.add(line_bytes(line))
        tally = self._counts.setdefault(self._kind, {"put": 0, "gone": 0})
        tally[line["op"]] += 1

    def _close_part(self) -> None:
        if self._part is not None:
            self._files.append(self._part.close())
            self._part = None

    def close(self, head: PackageHead, key: Path) -> tuple[Manifest, list[str]]:
        """Write schema and manifest. Returns the manifest, and the files in their order. Raises KeyUnusable."""
        self._close_part()
        schema = schema_bytes(head.layout.pillar, head.way)
        (self._folder / SCHEMA).write_bytes(schema)
        self._files.append(
            PackageFile(
                name=SCHEMA,
                bytes=len(schema),
                sha256=hashlib.sha256(schema).hexdigest(),
                plain_bytes=len(schema),
                lines=0,
            )  # fmt: skip
        )
        self._files.sort(key=lambda f: f.name)
        made = Manifest(
            format="digitize-exchange", version=1, software=f"cctns-digitize {__version__}",
            layout=head.layout.pillar, layout_version=head.layout.version, way=head.way,  # type: ignore[arg-type]
            sender=head.sender, receiver=head.receiver, sequence=head.sequence, previous=head.previous,
            base=head.base, day=head.day, answers=head.answers,  # type: ignore[arg-type]
            counts={k: KindTally(**c) for k, c in sorted(self._counts.items())}, files=self._files,
        )  # fmt: skip
        (self._folder / MANIFEST).write_bytes(seal_manifest(made, key))
        return made, [MANIFEST, *(f.name for f in made.files)]


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """A package of a known signer with verified files; lines are checked as they are read."""

    signed: SignedManifest
    files: PackageFiles = field(repr=False)

    @property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return self.signed.manifest

    def lines(self) -> Iterator[dict[str, Any]]:
        """Each line as JSON types, in order. Raises PackageRefused: bad-line, twin-key, order, file-changed, counts."""
        m, counts, last = self.manifest, dict[str, dict[str, int]](), ("", "")
        for file in (f for f in m.files if f.name != SCHEMA):
            number = 0
            for number, text in enumerate(_plain_lines(self.files, file), 1):
                where = f"{file.name}, line {number}"
                line = parse_line(m.layout, m.way, text, where)
                if line["kind"] != file.name.rpartition("-")[0]:
                    raise PackageRefused("bad-line", f"{where}: it is in the file of another kind")
                # In order, so that none stands there twice, whatever the size of the package.
                if (line["kind"], line["id"]) <= last:
                    raise PackageRefused(
                        "order", f"{where}: ids must be in order, each once; the sender must correct it"
                    )
                last = (line["kind"], line["id"])
                counts.setdefault(line["kind"], {"put": 0, "gone": 0})[line["op"]] += 1
                yield line
            if number != file.lines:
                raise PackageRefused(
                    "counts", f"{file.name}: it has {number:,} lines, the manifest says {file.lines:,}"
                )
        if counts != {k: t.model_dump() for k, t in m.counts.items()}:
            raise PackageRefused("counts", "the number of lines of a kind is not that of the manifest")


def open_package(path: Path, keys: Mapping[str, Key], today: date) -> OpenedPackage:
    """Open a package after verifying container, signature and file hashes.

    keys: public key -> owner. Raises PackageRefused: what `open_files`, `read_manifest` and `check_manifest` raise,
    no-manifest, file-missing, file-added, file-changed, unknown-layout.
    """
    files = open_files(path)
    if MANIFEST not in files.sizes:
        raise PackageRefused("no-manifest", f"{path.name} has no {MANIFEST}; it is not a package")
    if files.sizes[MANIFEST] > MOST_MANIFEST:
        raise PackageRefused("too-large", "its manifest is too large")
    with files.open_file(MANIFEST) as f:
        signed = read_manifest(f.read(), keys)
    m = signed.manifest
    check_manifest(m, today)
    told = [f.name for f in m.files]
    if missing := sorted(set(told) - set(files.sizes)):
        raise PackageRefused("file-missing", f"{missing[0]} is not there; send the package again")
    if set(files.sizes) - {MANIFEST, *told}:
        raise PackageRefused("file-added", "it holds a file that its manifest does not name; send it again")
    if path.is_file() and files.names != [MANIFEST, *told]:
        raise PackageRefused("not-a-package", "its files are in another order; send it again")
    for file in m.files:
        with files.open_file(file.name) as f:
            if files.sizes[file.name] != file.bytes or _hash(f) != file.sha256:
                raise PackageRefused(
                    "file-changed", f"{file.name} is not the file that was signed; send the package again"
                )
    own = hashlib.sha256(schema_bytes(m.layout, m.way)).hexdigest()
    if any(f.name == SCHEMA and f.sha256 != own for f in m.files):
        raise PackageRefused(
            "unknown-layout", "its schema is not that of this layout; upgrade the older of the two programs"
        )
    return OpenedPackage(signed, files)


def _hash(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


def _plain_lines(files: PackageFiles, file: PackageFile) -> Iterator[bytes]:
    """Lines of one compressed file without line ends; never decompresses more than the manifest states."""
    unpacker, size, rest, stored = zlib.decompressobj(_GZIP), 0, b"", hashlib.sha256()
    bad = PackageRefused("file-changed", f"{file.name}: it cannot be unpacked as its manifest says")
    with files.open_file(file.name) as f:
        while not unpacker.eof:
            data = unpacker.unconsumed_tail
            if not data and not (data := f.read(_CHUNK)):
                raise bad
            # Once more: somebody may have put another file there since it was looked at.
            if not unpacker.unconsumed_tail:
                stored.update(data)
            try:
                plain = unpacker.decompress(data, _CHUNK)
            except zlib.error:
                raise bad from None
            size += len(plain)
            if size > file.plain_bytes or len(rest) > MOST_LINE:
                raise bad
            *whole, rest = (rest + plain).split(b"\n")
            yield from whole
        # A second stream behind the first one is read by some programs and not by others.
        is_whole = not (unpacker.unused_data or f.read(1) or rest) and size == file.plain_bytes
        if not is_whole or stored.hexdigest() != file.sha256:
            raise bad
