"""Which elements of an XML file are the rows of tables, and which columns they have: told from the file as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

_MOST_KINDS = 20_000
_MOST_COLUMNS = 4096
# So many like children become columns of their parent's row; more of them are rows of their own.
MOST_REPEATED = 50
# Elements whose "name" says what they hold: tables, and cells.
_TABLE_TAGS = frozenset(("table", "table_data", "table_structure", "database"))
_CELL_TAGS = frozenset(("field", "column", "col", "cell", "attribute", "property", "param", "value", "data", "item"))
# Elements that describe tables and hold none of their rows.
_SCHEMA_TAGS = frozenset(("table_structure", "xs:schema", "xsd:schema", "s:schema", "structure_schemas", "schema"))
_UNSAID = frozenset(("version", "statement", "schemalocation", "nonamespaceschemalocation"))
_NOT_DATA = frozenset(("xmlns", "xsi", "xml", "diffgr", "msdata", "od", "updg"))
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(eq=False)
class Kind:
    """All elements with one name at one place. first: byte of the file where the first begins.

    count: how many there are; most: in one parent; has_text: apart from that of its children. table: what the element
    says its table is called. is_skipped: it describes tables.
    """

    tag: str
    name: str
    first: int
    table: str = ""
    children: dict[str, Kind] = field(default_factory=dict)
    attributes: dict[str, None] = field(default_factory=dict)
    count: int = 0
    most: int = 0
    has_text: bool = False
    is_skipped: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether it holds text alone."""
        return not self.children and not self.attributes

    @property
    def is_joined(self) -> bool:
        """Whether there are so many in one row that their texts become lines of one cell."""
        return not self.children and self.most > MOST_REPEATED


@dataclass(frozen=True, slots=True)
class CountedTag:
    """A tag as it counts. key: tells kinds apart; name: in columns; table: the name of the table it says it is."""

    key: str
    name: str
    table: str
    attributes: list[tuple[str, str]]
    is_null: bool


def name_tag(tag: str, attributes: Sequence[str]) -> CountedTag:
    """A tag and its attributes without namespaces and what is no data."""
    local = _local(tag)
    kept: list[tuple[str, str]] = []
    table, key, is_null = "", local, False
    for full, value in zip(attributes[::2], attributes[1::2], strict=True):
        prefix, colon, own = full.rpartition(":")
        is_null |= own == "nil" and value in ("true", "1")
        if full == "xmlns" or (colon and prefix in _NOT_DATA):
            continue
        if own.lower() == "name" and value and local.lower() in _CELL_TAGS:
            key = value
        elif own.lower() == "name" and value and local.lower() in _TABLE_TAGS:
            table, key = value, f"{local} {value}"
        else:
            kept.append((_clear(own), value))
    return CountedTag(key, key if not table else local, table, kept, is_null)


def _local(tag: str) -> str:
    return _clear(tag.rpartition(":")[2] or tag)


def _clear(name: str) -> str:
    """A name without the escapes that .NET and SQL Server write for blanks and the like."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), name) if "_x" in name else name


class Kinds:
    """Listens to a file and sorts its elements into kinds; what it looks like afterwards says where the rows are."""

    def __init__(self) -> None:
        self.root = Kind("", "", 0)
        self.made = 0
        self.is_full = False
        self._stack: list[tuple[Kind, dict[str, int]]] = [(self.root, {})]
        self.offset: Callable[[], int] = lambda: 0

    def restart(self) -> None:
        """Begin a segment: nothing is open."""
        self._stack = [(self.root, {})]

    def start(self, tag: str, attributes: list[str]) -> None:
        """Count an element."""
        named = name_tag(tag, attributes)
        parent, seen = self._stack[-1]
        kind = parent.children.get(named.key) or self._make_kind(parent, tag, named)
        kind.count += 1
        times = seen[named.key] = seen.get(named.key, 0) + 1
        if times > kind.most:
            kind.most = times
        for name, _ in named.attributes:
            if name not in kind.attributes and len(kind.attributes) < _MOST_COLUMNS:
                kind.attributes[name] = None
        self._stack.append((kind, {}))

    def end(self) -> None:
        """Leave an element."""
        self._stack.pop()

    def text(self, data: str) -> None:
        """Note that an element has text."""
        kind = self._stack[-1][0]
        if not kind.has_text and not data.isspace():
            kind.has_text = True

    def _make_kind(self, parent: Kind, tag: str, named: CountedTag) -> Kind:
        kind = Kind(tag, named.name, self.offset(), named.table)
        kind.is_skipped = parent.is_skipped or tag.lower() in _SCHEMA_TAGS
        # A kind too many serves this element alone and is forgotten.
        if self.made >= _MOST_KINDS:
            self.is_full = True
        else:
            parent.children[named.key] = kind
            self.made += 1
        return kind


# The kinds from the root to the one whose elements are the rows.
Path = tuple[Kind, ...]


def find_rows(root: Kind) -> list[Path]:
    """The kinds whose elements are rows, each with those it stands in, in the order in which they begin."""
    return sorted(_rows(root, (root,)), key=lambda p: p[-1].first)


def _rows(kind: Kind, path: Path) -> Iterator[Path]:
    for child in kind.children.values():
        if child.is_skipped:
            continue
        here = (*path, child)
        if _is_row(child, path):
            yield here
            yield from _find_apart(child, here)
        else:
            yield from _rows(child, here)


def _is_row(kind: Kind, above: Path) -> bool:
    """Whether elements of a kind are rows, and not what rows stand in.

    One that holds texts is a row, unless there is only one of it and lists of rows are in it. One that holds no text
    itself is a row where several different elements are in each of many.
    """
    inner = list(kind.children.values())
    if not inner:
        return bool(kind.attributes) or (len(above[-1].children) == 1 and kind.most > 1)
    is_list = any(c.most > 1 and not c.is_leaf for c in inner)
    if any(c.is_leaf for c in inner):
        return kind.count > 1 or not (_has_list(kind) or (len(inner) == 1 and inner[0].most > 1))
    return kind.count > 1 and len(inner) > 1 and not is_list


def _has_list(kind: Kind) -> bool:
    return any((c.most > 1 and not c.is_leaf) or _has_list(c) for c in kind.children.values())


def _find_apart(kind: Kind, path: Path) -> Iterator[Path]:
    """Kinds within rows that are rows of their own, because there are too many of them in one."""
    for child in kind.children.values():
        if is_apart(child):
            yield (*path, child)
        yield from _find_apart(child, (*path, child))


def is_apart(kind: Kind) -> bool:
    """Whether elements within a row are too many to be columns of it."""
    return kind.most > MOST_REPEATED and not kind.is_joined


def find_columns(path: Path) -> list[str]:
    """The columns of rows of a kind: what stands around them first, then what they hold."""
    found: dict[str, None] = {}
    for above in path[1:-1]:
        for name in above.attributes:
            if name.lower() not in _UNSAID:
                found[f"{above.name}/{name}"] = None
        for child in above.children.values():
            if child.is_leaf and child is not path[-1]:
                found[f"{above.name}/{child.name}"] = None
    _add_columns(path[-1], "", found)
    return list(found)


def _add_columns(kind: Kind, prefix: str, found: dict[str, None]) -> None:
    own = prefix.removesuffix("/") or kind.name
    if kind.has_text or kind.is_leaf:
        found[free_name(own, found)] = None
    for name in kind.attributes:
        found[free_name(prefix + name, found)] = None
    for child in kind.children.values():
        if is_apart(child):
            continue
        for n in range(1, 2 if child.is_joined else child.most + 1):
            if len(found) < _MOST_COLUMNS:
                _add_columns(child, prefix + number_name(child.name, n) + "/", found)


def number_name(name: str, times: int) -> str:
    """The name of the so-manieth of like elements in one."""
    return name if times == 1 else f"{name}_{times}"


def free_name(name: str, used: dict[str, None] | dict[str, str]) -> str:
    """The name, or the first one with a number that is not used yet."""
    free, n = name, 1
    while free in used:
        n += 1
        free = f"{name}_{n}"
    return free
