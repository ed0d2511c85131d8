"""The faults that can be planted in one module, as changes of its syntax tree; and the marks that tell what tests ran.

It imports the standard library alone: programs that tests start load it before anything else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

HIT = "__mutants_hit__"
_SILENT = frozenset({
    "close", "debug", "info", "warning", "log", "echo", "print", "flush", "fsync", "join", "shutdown", "sleep",
    "cache_clear", "set_threads", "terminate", "kill", "unlink", "rmtree", "set_description", "gc_collect", "freeze",
    "collect", "rollback", "release", "setLevel", "set_forkserver_preload",
})  # fmt: skip
"""Calls whose loss no output shows: what is written for people while they wait, and what gives back resources."""
_TUNING = frozenset({
    "encoding", "strict", "exist_ok", "parents", "missing_ok", "timeout", "daemon", "name", "maxsize", "stacklevel",
    "check", "ensure_ascii", "indent", "newline", "stdin", "stdout", "stderr", "max_workers", "chunksize",
    "buffering", "separators", "capture_output", "text", "help", "slots", "frozen", "ignore_errors", "uri",
    "isolation_level", "check_same_thread", "block_size", "progress", "usedforsecurity", "key_size",
    "thread_name_prefix",
})  # fmt: skip
"""Arguments that change how fast or how neatly something is done."""
_TEXT = frozenset({"lines", "line", "_lines", "_line", "_did", "_said", "_summary"})
"""Functions that put sentences for people together."""
_TUNING_NAMES = ("LOT", "CHUNK", "BATCH", "CACHE", "KEPT", "BUFFER", "PROGRESS", "PAUSE", "PIECE", "AT_ONCE", "THREADS")
_NEGATED: dict[type, type] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_EDGE: dict[type, type] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_EXCHANGED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_FOLDING = frozenset({"strip", "lower", "upper", "casefold"})
_SIGN = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
_EMPTY = {"tuple": "()", "list": "[]", "dict": "{}", "str": "''", "int": "0", "float": "0.0", "set": "set()"}


@dataclass(frozen=True)
class Mutant:
    """One planted fault. block: the block of statements in which it lies, as marks name it; empty at a module's top."""

    path: str
    line: int
    where: str
    what: str
    block: str
    number: int


@dataclass(frozen=True)
class _Place:
    where: str = ""
    block: str = ""
    returns: str = ""


@dataclass
class _Found:
    line: int
    place: _Place
    what: str
    plant: Callable[[], None]


@dataclass
class _Walk:
    found: list[_Found] = field(default_factory=list)
    blocks: list[tuple[list[ast.stmt], str]] = field(default_factory=list)
    # Names at the module's top by which no border runs that a test could tell: shares, and how much is done at once.
    blurred: frozenset[str] = frozenset()
    _counts: dict[str, int] = field(default_factory=dict)

    def body(self, statements: list[ast.stmt], place: _Place, *, is_new: bool = True) -> None:
        """The statements of a block, which is a new one unless it always runs with the one around it."""
        if is_new:
            number = self._counts[place.where] = self._counts.get(place.where, 0) + 1
            place = replace(place, block=f"{place.where}#{number}")
            self.blocks.append((statements, place.block))
        for n, statement in enumerate(statements):
            self.statement(statements, n, statement, place)

    def add(self, node: ast.AST, place: _Place, what: str, plant: Callable[[], None]) -> None:
        self.found.append(_Found(getattr(node, "lineno", 0), place, what, plant))

    def statement(self, inside: list[ast.stmt], n: int, node: ast.stmt, place: _Place) -> None:
        def drop() -> None:
            inside[n] = ast.copy_location(ast.Pass(), node)

        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.function(node, place)
            case ast.ClassDef():
                where = f"{place.where}.{node.name}".lstrip(".")
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                        self.statement(node.body, 0, inner, replace(place, where=where))
            case ast.Raise():
                self.add(node, place, f"raise dropped: {_short(node)}", drop)
            case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.Delete() | ast.Global():
                return
            case ast.Expr(value=ast.Constant()):
                return
            case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
                if _called(call) in _SILENT:
                    return
                self.add(node, place, f"call dropped: {_short(node)}", drop)
                self.expression(node, place)
            case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
                self.add(node, place, f"yield dropped: {_short(node)}", lambda: _never(inside, n, node))
                self.expression(node, place)
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.AugAssign():
                self.add(node, place, f"change dropped: {_short(node)}", drop)
                self.expression(node, place)
            case ast.AnnAssign():
                if node.value is not None:
                    self.expression(_Only(node, ("value",)), place)
            case ast.Return(value=value):
                self.returned(node, value, place)
            case ast.If():
                self.branch(node, place)
            case ast.For() | ast.AsyncFor():
                self.expression(_Only(node, ("iter",)), place)
                self.body(node.body, place)
                if node.orelse:
                    self.body(node.orelse, place)
            case ast.While():
                self.body(node.body, place)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.expression(item, place)
                self.body(node.body, place, is_new=False)
            case ast.Try():
                self.body(node.body, place, is_new=False)
                for handler in node.handlers:
                    self.body(handler.body, place)
                if node.orelse:
                    self.body(node.orelse, place)
                self.body(node.finalbody, place, is_new=False)
            case ast.Match():
                for case_ in node.cases:
                    if case_.guard is not None:
                        self.guard(case_, case_.guard, place)
                    self.body(case_.body, place)
            case ast.Continue():

                def end_loop() -> None:
                    inside[n] = ast.copy_location(ast.Break(), node)

                self.add(node, place, "continue became break", end_loop)
            case _:
                self.expression(node, place)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: _Place) -> None:
        if node.name in _TEXT:
            return
        where = f"{place.where}.{node.name}".lstrip(".")
        returns = ast.unparse(node.returns) if node.returns else ""
        self.body(node.body, _Place(where, "", returns))

    def branch(self, node: ast.If, place: _Place) -> None:
        if "TYPE_CHECKING" in ast.unparse(node.test):
            return
        self.condition(node, node.test, place)
        self.expression(_Only(node, ("test",)), place, is_condition=True)
        self.body(node.body, place)
        if node.orelse:
            self.body(node.orelse, place)

    def guard(self, node: ast.match_case, guard: ast.expr, place: _Place) -> None:
        def drop() -> None:
            node.guard = None

        self.add(guard, place, f"guard dropped: {_short(guard)}", drop)

    def condition(self, node: ast.If | ast.IfExp, test: ast.expr, place: _Place) -> None:
        def negate() -> None:
            node.test = _not(test)

        self.add(test, place, f"condition negated: {_short(test)}", negate)

    def returned(self, node: ast.Return, value: ast.expr | None, place: _Place) -> None:
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            return
        empty = _EMPTY.get(place.returns.partition("[")[0], "None")
        if isinstance(value, ast.Constant) and isinstance(value.value, bool):
            self.expression(node, place)
            return
        if place.returns == "bool":
            new: ast.expr = _not(value)
            what = "returns the opposite of"
        else:
            new = ast.parse(empty, mode="eval").body
            what = f"returns {empty} instead of"
        if ast.unparse(value) != empty:

            def give() -> None:
                node.value = ast.copy_location(new, value)

            self.add(node, place, f"{what} {_short(value)}", give)
        self.expression(node, place, is_condition=True)

    def expression(self, node: Any, place: _Place, *, is_condition: bool = False) -> None:
        """The faults in all expressions below a node. is_condition: its negation as a whole is planted already."""
        for name, index, child in _children(node):
            if isinstance(child, ast.JoinedStr | ast.Raise):
                continue
            if isinstance(child, ast.keyword) and child.arg in _TUNING:
                continue
            if name == "func" and isinstance(child, ast.Subscript):
                # A type with its arguments, as in dict[str, int]().
                continue
            put = _putter(node, name, index)
            self.one(child, put, place, is_condition and not isinstance(node, ast.BoolOp))
            if isinstance(child, ast.Lambda):
                self.expression(_Only(child, ("body",)), place)
            elif isinstance(child, ast.Subscript):
                self.expression(_Only(child, ("value", "slice")), place)
            elif not isinstance(child, ast.Call) or _called(child) not in _SILENT:
                self.expression(child, place)

    def one(self, node: ast.AST, put: Callable[[ast.AST], None], place: _Place, is_condition: bool) -> None:
        match node:
            case ast.IfExp():
                self.condition(node, node.test, place)
            case ast.UnaryOp(op=ast.Not()) if not is_condition:
                self.add(node, place, f"not dropped: {_short(node)}", lambda: put(node.operand))
            case ast.Compare():
                for n in range(len(node.ops)):
                    self.compared(node, n, place, is_condition)
            case ast.BoolOp():
                other = ast.And() if isinstance(node.op, ast.Or) else ast.Or()

                def swap() -> None:
                    node.op = other

                self.add(node, place, f"and/or swapped: {_short(node)}", swap)
                for n in range(len(node.values)):
                    self.left_out(node, n, put, place)
            case ast.BinOp(op=ast.Sub()) | ast.BinOp(op=ast.Add(), right=ast.Constant(value=int())):
                is_add = isinstance(node.op, ast.Add)

                def turn() -> None:
                    node.op = ast.Sub() if is_add else ast.Add()

                self.add(node, place, f"plus and minus swapped: {_short(node)}", turn)
            case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv()):
                is_product = isinstance(node.op, ast.Mult)

                def exchange() -> None:
                    node.op = ast.FloorDiv() if is_product else ast.Mult()

                self.add(node, place, f"times and divided exchanged: {_short(node)}", exchange)
            case ast.Constant(value=bool(value)):
                self.add(node, place, f"{value} became {not value}", lambda: put(_constant(not value, node)))
            case ast.Constant(value=int(value) | float(value)):
                new = _other_number(value)
                self.add(node, place, f"{value} became {new}", lambda: put(_constant(new, node)))
                if isinstance(value, int) and 0 < value < 10:
                    self.add(node, place, f"{value} became {value - 1}", lambda: put(_constant(value - 1, node)))
            case ast.comprehension() if node.ifs:
                self.add(node.ifs[-1], place, f"filter dropped: {_short(node.ifs[-1])}", node.ifs.pop)
            case ast.List() | ast.Set() | ast.Tuple():
                self.elements(node, place)
            case ast.Dict() if len(node.keys) > 1:
                for n, key in enumerate(node.keys):
                    if key is not None:

                        def drop(n: int = n) -> None:
                            del node.keys[n], node.values[n]

                        self.add(key, place, f"entry dropped: {_short(key)}", drop)
            case ast.Call():
                self.called(node, put, place)
                for n, word in enumerate(node.keywords):
                    if word.arg and word.arg not in _TUNING and _called(node) not in _SILENT:

                        def forget(n: int = n) -> None:
                            del node.keywords[n]

                        self.add(word.value, place, f"argument dropped: {_short(word)}", forget)

    def left_out(self, node: ast.BoolOp, n: int, put: Callable[[ast.AST], None], place: _Place) -> None:
        value = node.values[n]
        # "x or ''" stands for what need not be there: types ask for it more than data do.
        if isinstance(value, ast.Constant) and not value.value:
            return
        others = node.values[:n] + node.values[n + 1 :]
        rest = others[0] if len(others) == 1 else ast.copy_location(ast.BoolOp(node.op, others), node)
        self.add(value, place, f"left out of {_short(node)}: {_short(value)}", lambda: put(rest))

    def called(self, node: ast.Call, put: Callable[[ast.AST], None], place: _Place) -> None:
        match node.func:
            case ast.Name(id=name) if name in _EXCHANGED:
                other = _EXCHANGED[name]
                what = f"{name} became {other}: {_short(node)}"
                self.add(node, place, what, lambda: setattr(node, "func", ast.copy_location(_name(other), node)))
            case ast.Attribute(value=value, attr=name) if name in _FOLDING:
                self.add(node, place, f"{name} dropped: {_short(node)}", lambda: put(value))

    def compared(self, node: ast.Compare, n: int, place: _Place, is_condition: bool) -> None:
        kind = type(node.ops[n])
        other = _EDGE.get(kind) if self.has_edge(node) else None
        other = other or (None if is_condition and len(node.ops) == 1 else _NEGATED.get(kind))
        if other is not None:

            def turn() -> None:
                node.ops[n] = other()

            self.add(node, place, f"{_SIGN[kind]} became {_SIGN[other]}: {_short(node)}", turn)
        side = node.comparators[n]
        if isinstance(side, ast.Constant) and isinstance(side.value, str) and side.value:

            def change() -> None:
                node.comparators[n] = _constant(f"{side.value}~", side)

            self.add(side, place, f"compared with another text: {_short(node)}", change)

    def has_edge(self, node: ast.Compare) -> bool:
        """Whether a value may be exactly at the border that is compared with."""
        sides = [node.left, *node.comparators]
        names = {s.id for s in sides if isinstance(s, ast.Name)}
        return not names & self.blurred and not any(
            isinstance(s, ast.Constant) and isinstance(s.value, float) for s in sides
        )

    def elements(self, node: ast.List | ast.Set | ast.Tuple, place: _Place) -> None:
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return
        if all(
            isinstance(n, ast.Constant) and isinstance(n.value, float | int)
            for n in ast.walk(node)
            if isinstance(n, ast.Constant)
        ) and not any(isinstance(n, ast.Name) for n in ast.walk(node)):
            # A table of numbers, as of stakes and weights.
            return
        if len(node.elts) < (3 if isinstance(node, ast.Tuple) else 2):
            return
        for n, element in enumerate(node.elts):

            def drop(n: int = n) -> None:
                del node.elts[n]

            self.add(element, place, f"element dropped: {_short(element)} of {_short(node)}", drop)


@dataclass
class _Only:
    """Some fields of a node, as if it had no others."""

    node: ast.AST
    fields: Sequence[str]


def _children(node: Any) -> Iterator[tuple[str, int | None, ast.AST]]:
    only = node if isinstance(node, _Only) else None
    inner: ast.AST = only.node if only else node
    for name in only.fields if only else inner._fields:
        if name in ("annotation", "returns", "decorator_list", "ctx", "op", "ops", "format_spec"):
            continue
        value = getattr(inner, name, None)
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            yield from ((name, n, one) for n, one in enumerate(value) if isinstance(one, ast.AST))


def _putter(node: Any, name: str, index: int | None) -> Callable[[ast.AST], None]:
    inner = node.node if isinstance(node, _Only) else node

    def put(new: ast.AST) -> None:
        if index is None:
            setattr(inner, name, new)
        else:
            getattr(inner, name)[index] = new

    return put


def _never(inside: list[ast.stmt], n: int, node: ast.stmt) -> None:
    inside[n] = ast.copy_location(ast.If(ast.Constant(False), [node], []), node)


def _not(test: ast.expr) -> ast.expr:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _constant(value: Any, node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Constant(value), node)


def _other_number(value: float) -> float:
    if isinstance(value, float):
        return value / 2 if value else 1.0
    return value + 1 if abs(value) < 10 else value // 2


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else f"{text[:67]}..."


def _walk(tree: ast.Module) -> _Walk:
    walk = _Walk(blurred=frozenset(_blurred_names(tree)))
    for n, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            walk.statement(tree.body, n, node, _Place())
        elif (name := top_name(node)) and not any(part in name for part in _TUNING_NAMES):
            _top_number(walk, node, name)
    return walk


def _blurred_names(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for one, value in zip(names, values, strict=False):
                    is_share = isinstance(value, ast.Constant) and isinstance(value.value, float)
                    if isinstance(one, ast.Name) and (is_share or any(p in one.id for p in _TUNING_NAMES)):
                        yield one.id


def top_name(node: ast.stmt) -> str:
    """The name that an assignment at a module's top gives; empty for anything else."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return name
    return ""


def _top_number(walk: _Walk, node: Any, name: str) -> None:
    """Numbers at the top are limits and waits: half of one, or one sixtieth where it is a product of seconds."""
    match node.value:
        case ast.Constant(value=bool()):
            return
        case ast.Constant(value=int(value) | float(value)):
            new = _other_number(value)
            what = f"{name}: {value} became {new}"
            walk.add(node, _Place(), what, lambda: setattr(node, "value", _constant(new, node)))
        case ast.BinOp(op=ast.Mult(), left=left):
            walk.add(node, _Place(), f"{name}: {_short(node.value)} became {_short(left)}", lambda: _left(node))
        case ast.Set() | ast.List() | ast.Tuple():
            walk.elements(node.value, _Place())
        case ast.Call(func=ast.Name(id="frozenset"), args=[ast.Set() | ast.List() | ast.Tuple() as inner]):
            walk.elements(inner, _Place())
        case ast.Dict() as table if len(table.keys) > 1:
            walk.one(table, lambda _: None, _Place(), False)


def _left(node: Any) -> None:
    node.value = node.value.left


def list_mutants(source: str, path: str) -> list[Mutant]:
    """All faults that can be planted in a module."""
    return [
        Mutant(path, one.line, one.place.where, one.what, f"{path}::{one.place.block}" if one.place.block else "", n)
        for n, one in enumerate(_walk(ast.parse(source)).found)
    ]


def plant(source: str, number: int) -> ast.Module:
    """The module's tree with one of its faults."""
    tree = ast.parse(source)
    _walk(tree).found[number].plant()
    return ast.fix_missing_locations(tree)


def mark(source: str, path: str) -> ast.Module:
    """The module's tree with a mark at the start of each block, which tells that a test came by."""
    tree = ast.parse(source)
    for statements, name in _walk(tree).blocks:
        at = 1 if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant) else 0
        call = ast.Expr(ast.Call(ast.Name(HIT, ast.Load()), [ast.Constant(f"{path}::{name}")], []))
        statements.insert(at, ast.copy_location(call, statements[0]))
    return ast.fix_missing_locations(tree)
