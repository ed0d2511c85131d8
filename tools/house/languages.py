"""How many files a new language touches: its own, and all others that list languages."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

_PACKAGES = ("digitize", "ocr", "mappers", "validators")
_OWN = "languages"
_FITTED = re.compile(r"(^|/)(confidence|models|calibration/\w+)\.toml$")
"""What weights and calibrations were fitted on: a language comes in when somebody fits them anew."""
_FACTS = re.compile(r"/(states|mappings|tables)/|/iif1_\w+\.toml$")
"""Facts of one state, mapping, font or printed form: each names the languages that it has."""
_MANY = 3
_TWO_LETTERS = re.compile("[a-z]{2}")
_WORDS_OF_TWO = re.compile("[a-z]{2}( [a-z]{2})+")


def files_of_a_language(root: Path) -> list[str]:
    """The folders that hold a file of each language, and every other file that lists languages.

    A file lists languages when the codes of at least three, of two letters or three, stand together in it: in one
    module, as the keys of one table, the items of one list, the words of one text, or the cells of one column.
    """
    own = [f for p in _PACKAGES for f in sorted((root / p).rglob(_OWN)) if any(f.glob("*.toml"))]
    codes = _codes(root / "ocr" / _OWN)
    found = [f.relative_to(root).as_posix() for f in own]
    for path in sorted(p for n in _PACKAGES for p in (root / n).rglob("*") if p.suffix in (".py", ".toml", ".csv")):
        name = path.relative_to(root).as_posix()
        if path.parent not in own and not _FITTED.search(name) and not _FACTS.search(name) and _lists(path, codes):
            found.append(name)
    return found


def _codes(folder: Path) -> frozenset[str]:
    files = list(folder.glob("*.toml"))
    return frozenset({f.stem for f in files} | {tomllib.loads(f.read_text(encoding="utf-8"))["code3"] for f in files})


def _lists(path: Path, codes: frozenset[str]) -> bool:
    """Whether codes stand together in a file, as most of what stands there: "as", "or" and "in" are also words."""
    return any(len(codes.intersection(group)) >= max(_MANY, len(group) / 2) for group in _groups(path))


def _groups(path: Path) -> Iterator[list[str]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _of_module(ast.parse(text))
    elif path.suffix == ".toml":
        yield from _of_toml(tomllib.loads(text))
    else:
        yield from (sorted(set(column)) for column in zip(*csv.reader(text.splitlines()), strict=False))


def _of_module(tree: ast.Module) -> Iterator[list[str]]:
    docs = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in docs)
    words = [text for text in texts if isinstance(text, str)]
    yield [w for w in words if _TWO_LETTERS.fullmatch(w)]
    yield from (w.split() for w in words if _WORDS_OF_TWO.fullmatch(w))


def _of_toml(value: object) -> Iterator[list[str]]:
    if isinstance(value, dict):
        yield list(value)
        for inner in value.values():
            yield from _of_toml(inner)
    elif isinstance(value, list):
        if all(isinstance(v, str) and len(v) <= _MANY for v in value):
            yield [str(v) for v in value]
        yield [v[0] for v in value if isinstance(v, list) and v and isinstance(v[0], str)]
        for inner in value:
            yield from _of_toml(inner)
    elif isinstance(value, str):
        yield value.split()
