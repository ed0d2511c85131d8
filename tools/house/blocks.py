"""Blocks of code that stand twice in the product, line for line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tools.house.imports import House

_LINES = 8
_LEAST_LETTERS = 12
"""Shorter lines (an "else:", a bracket) say nothing by themselves; they are passed over."""


@dataclass(frozen=True)
class Block:
    """The same lines in two places, each as path:line. lines: how many that say something."""

    first: str
    second: str
    lines: int

    def __str__(self) -> str:
        """One line for whoever puts them together."""
        return f"{self.first} = {self.second} ({self.lines} lines)"


def duplicate_blocks(house: House) -> list[Block]:
    """Pairs of places at which at least eight telling lines are the same; imports and texts of help are left out."""
    lines = [line for module in sorted(house.files) for line in _lines(house, module)]
    texts = [text for _, _, text in lines]
    seen: dict[tuple[str, ...], int] = {}
    found, after = [], 0
    for at in range(len(lines) - _LINES + 1):
        window = tuple(texts[at : at + _LINES])
        if lines[at][0] != lines[at + _LINES - 1][0]:
            continue
        first = seen.setdefault(window, at)
        if first == at or at < after:
            continue
        count = _LINES
        while _goes_on(lines, first, at, count):
            count += 1
        found.append(Block(_where(lines[first]), _where(lines[at]), count))
        after = at + count
    return found


def _goes_on(lines: list[tuple[str, int, str]], first: int, at: int, count: int) -> bool:
    """Whether two blocks stay the same, in their files and apart, with one line more."""
    if at + count >= len(lines) or first + count >= at or lines[first + count][2] != lines[at + count][2]:
        return False
    return lines[first + count][0] == lines[first][0] and lines[at + count][0] == lines[at][0]


def _where(line: tuple[str, int, str]) -> str:
    return f"{line[0]}:{line[1]}"


def _lines(house: House, module: str) -> Iterator[tuple[str, int, str]]:
    """(path, number, text) of the lines that say something."""
    path = house.files[module].relative_to(house.root).as_posix()
    is_import = False
    for number, line in enumerate(house.files[module].read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        begins = text.startswith(("from ", "import "))
        if begins or is_import:
            is_import = (begins and text.endswith("(")) or (is_import and not text.endswith(")"))
        elif len(text) >= _LEAST_LETTERS and not text.startswith(("#", '"')):
            yield path, number, text
