"""Numbers of an ONNX file read, replaced, and inner tensors of it made outputs, without the library for such files.

A file is a message of numbered fields (Protocol Buffers, "encoding"; onnx.proto): field 7 of a model is its graph, 14
what it says of itself, in pairs of name and text; 5 of a graph its numbers, 12 its outputs. Only what is asked for is
looked into; all else is copied as it stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

_GRAPH, _NUMBERS, _OUTPUT, _TOLD = 7, 5, 12, 14
_DIMS, _TYPE, _NAME, _RAW = 1, 2, 8, 9
_FLOAT = 1
_BYTES = 2
_FIXED = {1: 8, 5: 4}


def numbers_in(content: bytes, names: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """The float numbers of those names that a file holds.

    Raises ValueError when one of them is missing or is not kept as plain 32-bit floats: the file is of another network.
    """
    found = {}
    for field, start, end in _fields(content, *_span(content, _GRAPH)):
        if field == _NUMBERS and (name := _text(content, start, end, _NAME)) in names:
            found[name] = _floats(content, start, end, name)
    missing = sorted(set(names) - set(found))
    if missing:
        raise ValueError(f"the file is of another network: it has no {missing[0]}")
    return found


def with_numbers(content: bytes, numbers: Mapping[str, NDArray[np.float32]]) -> bytes:
    """The file with other numbers under the same names and of the same shapes. Raises ValueError as numbers_in does."""
    known = numbers_in(content, numbers.keys())
    first, last = _span(content, _GRAPH)
    parts = []
    for field, start, end, begin in _fields_from(content, first, last):
        name = _text(content, start, end, _NAME) if field == _NUMBERS else ""
        if name in known:
            if numbers[name].shape != known[name].shape:
                raise ValueError(f"{name} has the shape {known[name].shape}, not {numbers[name].shape}")
            parts.append(_field(_NUMBERS, _tensor(name, numbers[name])))
        else:
            parts.append(content[begin:end])
    graph = b"".join(parts)
    # The graph is one field of the model: its length stands before it.
    begin = first - len(_number(last - first)) - len(_number(_GRAPH << 3 | _BYTES))
    return content[:begin] + _field(_GRAPH, graph) + content[last:]


def with_outputs(content: bytes, names: Sequence[str]) -> bytes:
    """The file with inner tensors as further outputs, behind its own."""
    # A message that comes twice is one whose lists are put together: nothing else of the file has to be written anew.
    return content + _field(_GRAPH, b"".join(_field(_OUTPUT, _field(1, name.encode())) for name in names))


def with_told(content: bytes, told: Mapping[str, str]) -> bytes:
    """The file with more that it says of itself, under names that it has not yet."""
    pairs = (_field(1, name.encode()) + _field(2, text.encode()) for name, text in told.items())
    return content + b"".join(_field(_TOLD, pair) for pair in pairs)


def _tensor(name: str, values: NDArray[np.float32]) -> bytes:
    dims = b"".join(_number(_DIMS << 3) + _number(size) for size in values.shape)
    raw = np.ascontiguousarray(values, "<f4").tobytes()
    return dims + _number(_TYPE << 3) + _number(_FLOAT) + _field(_NAME, name.encode()) + _field(_RAW, raw)


def _floats(content: bytes, start: int, end: int, name: str) -> NDArray[np.float32]:
    dims: list[int] = []
    kind, raw = 0, b""
    for field, a, b in _fields(content, start, end):
        if field == _DIMS:
            while a < b:
                size, a = _read_number(content, a)
                dims.append(size)
        elif field == _TYPE:
            kind = _read_number(content, a)[0]
        elif field == _RAW:
            raw = content[a:b]
    if kind != _FLOAT or len(raw) != 4 * prod(dims):
        raise ValueError(f"{name} is not kept as plain 32-bit floats")
    return np.frombuffer(raw, "<f4").reshape(dims).astype(np.float32)


def _text(content: bytes, start: int, end: int, wanted: int) -> str:
    return next((content[a:b].decode() for field, a, b in _fields(content, start, end) if field == wanted), "")


def _span(content: bytes, wanted: int) -> tuple[int, int]:
    for field, start, end in _fields(content, 0, len(content)):
        if field == wanted:
            return start, end
    raise ValueError("this is not an ONNX file: it has no graph")


def _fields(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of the content of each field."""
    return ((field, a, b) for field, a, b, _ in _fields_from(content, at, end))


def _fields_from(content: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """The same, with where the field itself begins."""
    while at < end:
        begin = at
        key, at = _read_number(content, at)
        kind = key & 7
        if kind == _BYTES:
            size, at = _read_number(content, at)
            stop = at + size
        elif kind == 0:
            stop = _read_number(content, at)[1]
        elif kind in _FIXED:
            stop = at + _FIXED[kind]
        else:
            raise ValueError("this is not an ONNX file: it has a field of an unknown kind")
        if stop > end:
            raise ValueError("this ONNX file is incomplete: a field runs over its end")
        yield key >> 3, at, stop, begin
        at = stop


def _read_number(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(content):
            raise ValueError("this ONNX file is incomplete")
        byte = content[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(number: int, content: bytes) -> bytes:
    return _number(number << 3 | _BYTES) + _number(len(content)) + content
