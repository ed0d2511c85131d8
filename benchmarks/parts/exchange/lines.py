"""Tamperings with the lines of a reply: signed by its true sender, with sums that fit, and wrong all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from benchmarks.parts.exchange.bench import Bench, Tampering
from sample_data.makers.spoiled_packages import manifest_of


def _edited(line: bytes, *path_and_value: Any) -> bytes:
    made = json.loads(line)
    *path, name, value = path_and_value
    at = made
    for step in path:
        at = at[step]
    if value is _edited:
        at.pop(name)
    else:
        at[name] = value
    return json.dumps(made, ensure_ascii=False).encode() + b"\n"


_CNRS = (
    "", "WBHW01000001201", "WBHW010000012013X", "wbhw010000012013", "1234567890123456", "WBHW0100000120१३", None, 5,
)  # fmt: skip
_DAYS = ("2013-02-30", "07-01-2013", "2013-1-7", "२०१३-०१-०७", "", 20130107, ["2013-01-07"], "2013-01-07T00:00")
_CELLS: tuple[tuple[str, Any], ...] = (
    ("op", "del"), ("op", None), ("kind", "custody"), ("kind", "disposal"), ("id", ""), ("id", "a b"),
    ("id", "x" * 201), ("id", 1), ("fir", {}), ("fir", None), ("fir", "1/2012"), ("said", {}), ("said", None),
    ("more", 1), ("cnr", "WBHW010000012013"), ("fir", _edited), ("said", _edited), ("id", _edited), ("kind", _edited),
)  # fmt: skip
_FIRS: tuple[tuple[str, Any], ...] = (
    ("year", "12"), ("fir_no", "12/2012"), ("fir_no", "-1"), ("state", ""), ("state", None), ("part", "A"),
    ("police_station", _edited), ("district", ["Howrah"]),
)  # fmt: skip


def bad_lines(b: Bench) -> Iterator[Tampering]:
    """One line is spoiled, or how the lines follow each other."""
    cases, disposals = b.lines("case"), b.lines("disposal")
    first, rest = cases[0], b"".join(cases[1:])
    for name, values in (("cnr", _CNRS), ("filed_on", _DAYS)):
        for value in values:
            yield f"{name} {value!r}", b.again(case=_edited(first, "said", name, value) + rest)
    for name, value in _CELLS:
        yield f"line {name} {value!r}"[:60], b.again(case=_edited(first, name, value) + rest)
    for name, value in _FIRS:
        yield f"fir {name} {value!r}"[:60], b.again(case=_edited(first, "fir", name, value) + rest)
    for value in ("hanged", "", None, "Convicted", 3):
        other = _edited(disposals[0], "said", "result", value) + b"".join(disposals[1:])
        yield f"result {value!r}", b.again(disposal=other)
    for value in ("\x00", "a\x1b[2J", "x" * 20_001, {"a": 1}, True):
        yield f"text {value!r}"[:40], b.again(case=_edited(first, "said", "court", value) + rest)
    for n, data in enumerate(_raw(first, rest)):
        yield f"raw line {n}", b.again(lambda m: m.update(counts=manifest_of(b.files)["counts"]), case=data)
    gone = b'{"id":"never","kind":"case","op":"gone"}\n'
    yield "withdrawn what was never said", b.again(case=rest + gone)
    yield "withdrawn with more", b.again(case=_edited(first, "op", "gone") + rest)
    yield "stands in another part", b.again(case=first + rest + disposals[0], disposal=b"".join(disposals[1:]))


def _raw(first: bytes, rest: bytes) -> tuple[bytes, ...]:
    """What stands in the part instead of its lines."""
    return (
        b"", b"\n", b"{}\n", b"[]\n", b"null\n", b"{\n", b"NaN\n", b'{"op":NaN}\n', b"\xff\xfe\n",
        b"[" * 100_000 + b"\n", first[:-2] + b"\n", first.rstrip(), b"\xef\xbb\xbf" + first,
        first.replace(b'"op"', b'"op":"put","op"', 1),
        first.replace(b'"said":{', b'"said":{"cnr":"WBHW019999992013",', 1), first + first, rest + first,
        first + b"\n" + rest,
    )  # fmt: skip
