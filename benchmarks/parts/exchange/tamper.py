"""Tamperings with a reply, each with a name: in its bytes, its zip, its manifest, its lines, its place in the row."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.parts.exchange.bench import Bench, Tampering
from benchmarks.parts.exchange.lines import bad_lines
from digitize.exchange.manifest import MANIFEST
from digitize.machine.signing import create_key
from digitize.offices.envelope import seal_body
from sample_data.makers.spoiled_packages import Files, manifest_of, signed_again, zipped


def tamperings(bench: Bench) -> Iterator[Tampering]:
    """All of them; with few every so manieth of those that are many alike."""
    yield from _bytes(bench)
    yield from _zips(bench)
    yield from _manifests(bench)
    yield from _signatures(bench)
    yield from _signed_manifests(bench)
    yield from bad_lines(bench)
    yield from _streams(bench)
    yield from _folders(bench)


def _bytes(b: Bench) -> Iterator[Tampering]:
    data = b.good.read_bytes()
    for n in range(0, 80, b.few):
        at = n * (len(data) - 1) // 79
        yield f"bit flipped {n}", b.write(data[:at] + bytes([data[at] ^ 1 << n % 8]) + data[at + 1 :])
    for n in range(0, 25, b.few):
        yield f"cut {n}", b.write(data[: n * len(data) // 25])
    for n, more in enumerate((b"\0", b"PK", data, b" " * 100, b"\n")):
        yield f"added behind {n}", b.write(data + more)
        yield f"added before {n}", b.write(more + data)


def _rezipped(files: Files, change: Callable[[zipfile.ZipInfo], object], kind: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as packed:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.compress_type = 3, 0o100600 << 16, kind
            change(info)
            packed.writestr(info, data)
    return out.getvalue()


def _set(name: str, value: object) -> Callable[[zipfile.ZipInfo], object]:
    return lambda info: setattr(info, name, value)


def _zips(b: Bench) -> Iterator[Tampering]:
    heads: tuple[tuple[str, object], ...] = (
        ("date_time", (1999, 1, 1, 0, 0, 0)), ("comment", b"x"), ("extra", b"\1\0\1\0x"), ("create_system", 0),
        ("external_attr", 0o120777 << 16), ("external_attr", 0o100644 << 16), ("external_attr", 0o040755 << 16),
        ("internal_attr", 1), ("create_version", 63), ("extract_version", 45),
    )  # fmt: skip
    for name, value in heads:
        yield f"zip head {name} {value!r}", b.write(_rezipped(b.files, _set(name, value)))
    yield "deflated", b.write(_rezipped(b.files, lambda i: None, zipfile.ZIP_DEFLATED))
    part = next(n for n in b.files if n.endswith(".gz"))
    for name in (
        "../evil.jsonl.gz",
        "/evil.jsonl.gz",
        "a/b-0001.jsonl.gz",
        "case-0009.jsonl.gz",
        "x.txt",
        "..\\e",
        "é.gz",
    ):
        yield f"file added {name}", b.write(_rezipped({**b.files, name: b"x"}, lambda i: None))
        moved = {name if n == part else n: data for n, data in b.files.items()}
        yield f"file renamed {name}", b.write(_rezipped(moved, lambda i: None))
    for name in b.files:
        yield (
            f"file left out {name}",
            b.write(_rezipped({n: d for n, d in b.files.items() if n != name}, lambda i: None)),
        )
        yield f"file emptied {name}", zipped(b.path(), {**b.files, name: b""})
    turned = dict(reversed(list(b.files.items())))
    yield "files in another order", zipped(b.path(), turned)
    out = io.BytesIO(b.good.read_bytes())
    with zipfile.ZipFile(out, "a") as packed, warnings.catch_warnings(action="ignore"):
        packed.writestr(zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0)), b"x")
    yield "a file twice", b.write(out.getvalue())


_OTHER: dict[str, tuple[Any, ...]] = {
    "format": ("digitize-snapshot",), "version": (2, "1", None), "layout": ("e-prison", "e-other"),
    "layout_version": (2, 0), "way": ("forward", "both"), "sender": ("e-prison", "e-courts:other", "wb-sample"),
    "receiver": ("wb-other", "e-courts", ""), "sequence": (0, 3, 7, -1, "2", 10**12), "previous": ("", "0" * 64, "x"),
    "base": ("none", "all"), "day": ("2031-01-01", "yesterday", "2026-13-01"),
    "answers": ({"sequence": 5, "manifest": "0" * 64}, {"sequence": 0, "manifest": ""}, 1),
}  # fmt: skip


def _manifests(b: Bench) -> Iterator[Tampering]:
    """Changed by somebody who cannot sign."""
    body, _, mark = b.files[MANIFEST].partition(b"\n")
    for name, values in _OTHER.items():
        made = json.dumps({**manifest_of(b.files), name: values[0]}).encode()
        yield f"unsigned {name}", zipped(b.path(), {**b.files, MANIFEST: made + b"\n" + mark})
    yield "spelled otherwise", zipped(b.path(), {**b.files, MANIFEST: body.replace(b":", b": ", 1) + b"\n" + mark})
    for n, other in enumerate(
        (b"", mark.upper(), mark * 2, b" " + mark, mark.rstrip(), mark[:-9] + b"00000000\n", b"{}\n")
    ):
        yield f"second line {n}", zipped(b.path(), {**b.files, MANIFEST: body + b"\n" + other})


def _signatures(b: Bench) -> Iterator[Tampering]:
    stranger = b.folder / "stranger.pem"
    create_key(stranger)
    body = b.files[MANIFEST].partition(b"\n")[0]
    for who, key in (
        ("a stranger", stranger),
        ("another pillar", b.world.key("e-prison")),
        ("us", b.world.key("wb-sample")),
    ):
        yield f"signed by {who}", zipped(b.path(), {**b.files, MANIFEST: seal_body(body, key)})


def _signed_manifests(b: Bench) -> Iterator[Tampering]:
    """Changed by the sender itself, or by somebody who has its key."""
    for name, values in _OTHER.items():
        for value in values:
            yield f"signed {name} {value!r}", b.again(lambda m, n=name, v=value: m.update({n: v}))  # type: ignore[misc]
    for name in _OTHER:
        if name != "answers":
            yield f"signed without {name}", b.again(lambda m, n=name: m.pop(n))  # type: ignore[misc]
    yield "signed more", b.again(lambda m: m.update(more=1))
    for name, value in (
        ("bytes", 1),
        ("sha256", "0" * 64),
        ("plain_bytes", 1),
        ("plain_bytes", 10**9),
        ("lines", 0),
        ("lines", 99),
    ):
        yield f"signed file {name} {value}", b.again(lambda m, n=name, v=value: m["files"][0].update({n: v}))  # type: ignore[misc]
    yield "file named twice", b.again(lambda m: m["files"].append(m["files"][0]))
    yield "files turned", b.again(lambda m: m["files"].reverse())
    for name in ("../../x-0001.jsonl.gz", "/etc/passwd", "case-1.jsonl.gz", "manifest.json"):
        yield f"signed name {name}", b.again(lambda m, n=name: m["files"][0].update(name=n))  # type: ignore[misc]
    yield "counts more", b.again(lambda m: m["counts"]["case"].update(put=99))
    yield "counts less", b.again(lambda m: m["counts"].pop("case"))
    yield "counts of nothing", b.again(lambda m: m["counts"].update(custody={"put": 0, "gone": 0}))
    yield "counts below zero", b.again(lambda m: m["counts"]["case"].update(gone=-1))


def _streams(b: Bench) -> Iterator[Tampering]:
    name, key = "case-0001.jsonl.gz", b.world.key("e-courts")
    data, plain = b.files[name], b"".join(b.lines("case"))
    spoiled = (
        data + data, data + b"\0" * 8, data[:-4], data[:-8] + b"\0" * 8, plain, b"", data[:10], b"\0" * len(data),
        b"BZh9" + data[4:],
    )  # fmt: skip
    for n, other in enumerate(spoiled):
        yield f"stream {n}", signed_again(b.path(), b.files, key, parts={name: other}, raw=True)
    yield "bomb", b.again(lambda m: m["files"][0].update(plain_bytes=len(plain)), case=b" " * 30_000_000)
    yield "bomb that says so", b.again(case=b" " * 30_000_000 + b"\n")
    other = b.files["schema.json"].replace(b"e-courts", b"e-prison")
    sized = lambda m: m["files"][-1].update(plain_bytes=len(other))  # noqa: E731
    yield "another schema", signed_again(b.path(), b.files, key, sized, parts={"schema.json": other}, raw=True)


def _folders(b: Bench) -> Iterator[Tampering]:
    def folder() -> Path:
        path = b.path().with_suffix("")
        path.mkdir()
        for name, data in b.files.items():
            (path / name).write_bytes(data)
        return path

    one = folder()
    (one / "more.txt").write_text("x")
    yield "folder: a file more", one
    one = folder()
    (one / "sub").mkdir()
    yield "folder: a folder in it", one
    one = folder()
    (one / "case-0001.jsonl.gz").unlink()
    yield "folder: a file less", one
    one = folder()
    (one / "case-0001.jsonl.gz").unlink()
    (one / "case-0001.jsonl.gz").symlink_to(b.folder / "bad-0001.zip")
    yield "folder: a link", one
    one = folder()
    (one / MANIFEST).write_bytes(b.files[MANIFEST] + b"\n")
    yield "folder: manifest longer", one
    yield "folder: empty", _empty(b)
    yield "no file", b.folder / "nowhere.zip"


def _empty(b: Bench) -> Path:
    path = b.path().with_suffix("")
    path.mkdir()
    return path
