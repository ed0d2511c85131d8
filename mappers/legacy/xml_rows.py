"""The rows of one table of an XML file, taken from the parser's events as they come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from mappers.legacy.xml_kinds import Kind, Path, free_name, is_apart, name_tag, number_name

_LONGEST_ROW = 16 << 20


@dataclass(slots=True)
class _Open:
    """An element that is open. prefix: of the columns of what is in it; times: how often each name came in it."""

    kind: Kind | None
    prefix: str = ""
    own: str = ""
    is_in_row: bool = False
    is_null: bool = False
    times: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    around: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class XmlRow:
    """One row: where it begins, its cells by column, a problem word."""

    offset: int
    cells: Mapping[str, str]
    problem: str = ""


class XmlRows:
    """Listens to a file and keeps the rows of one kind until they are fetched from `found`."""

    def __init__(self, path: Path, columns: Collection[str]) -> None:
        self.path = path
        self.columns = columns
        self.found: deque[XmlRow] = deque()
        self.count = self.nulls = self.late = 0
        self.offset: Callable[[], int] = lambda: 0
        self.restart()

    def restart(self) -> None:
        """Begin a segment: nothing is open, no row is begun."""
        self._stack = [_Open(self.path[0])]
        self._cells: dict[str, str] | None = None
        self._begun, self._size = 0, 0

    def give_up(self, problem: str) -> None:
        """The segment ends within a row: keep what there is of it."""
        if self._cells is not None:
            for here in reversed(self._stack):
                self._flush_text(here)
            self._emit(problem)

    def start(self, tag: str, attributes: list[str]) -> None:
        """An element opens: a row, a cell, or something around rows."""
        above = self._stack[-1]
        named = name_tag(tag, attributes)
        kind = above.kind.children.get(named.key) if above.kind is not None else None
        is_row = self._cells is None and kind is self.path[-1]
        if kind is not None and self._cells is not None and is_apart(kind):
            kind = None
        here = _Open(kind, is_in_row=is_row or (above.is_in_row and kind is not None), is_null=named.is_null)
        self._stack.append(here)
        if kind is None:
            return
        if is_row:
            self._begin()
            here.own = kind.name
        elif here.is_in_row:
            n = 1 if kind.is_joined else above.times.get(named.key, 0) + 1
            above.times[named.key] = n
            here.own = above.prefix + number_name(kind.name, n)
            here.prefix = here.own + "/"
        for name, value in named.attributes:
            self._keep(here, name, value)

    def text(self, data: str) -> None:
        """Some text of the element opened last."""
        here = self._stack[-1]
        if here.is_in_row:
            self._size += len(data)
            if self._size > _LONGEST_ROW:
                return
        elif len(here.texts) > 100:
            return
        here.texts.append(data)

    def end(self) -> None:
        """An element closes."""
        here = self._stack[-1]
        self._flush_text(here)
        self._stack.pop()
        if here.kind is self.path[-1] and here.is_in_row and not self._stack[-1].is_in_row:
            self._emit("cut" if self._size > _LONGEST_ROW else "")

    def _flush_text(self, here: _Open) -> None:
        text = "".join(here.texts).strip(" \t\r\n")
        here.texts.clear()
        kind = here.kind
        if kind is None:
            return
        self.nulls += here.is_null and here.is_in_row
        if here.is_in_row and self._cells is not None:
            if text or kind.is_leaf:
                self._add_cell(here.own, text, is_joined=kind.is_joined)
        elif kind.is_leaf and text and len(self._stack) > 1:
            self._stack[-2].around[kind.name] = text
            self.late += self._stack[-2].kind in self.path and self.count > 0 and kind.count == 1

    def _keep(self, here: _Open, name: str, value: str) -> None:
        if here.is_in_row:
            self._size += len(value)
            self._add_cell(here.prefix + name, value, is_joined=False)
        else:
            here.around[name] = value

    def _add_cell(self, column: str, value: str, *, is_joined: bool) -> None:
        cells = self._cells
        if cells is None:
            return
        if column not in cells:
            cells[column] = value
        elif is_joined:
            cells[column] += "\n" + value
        else:
            cells[free_name(column, cells)] = value

    def _begin(self) -> None:
        self._begun, self._size = self.offset(), 0
        around = ((f"{a.kind.name}/{n}", v) for a in self._stack[1:-1] if a.kind for n, v in a.around.items())
        self._cells = {n: v for n, v in around if n in self.columns}

    def _emit(self, problem: str) -> None:
        if self._cells is not None:
            self.count += 1
            self.found.append(XmlRow(self._begun, self._cells, problem))
            self._cells = None
