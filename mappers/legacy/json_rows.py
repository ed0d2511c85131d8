"""Rows of JSON made flat: texts within texts become columns, and nothing is read as a number."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mappers.legacy.json_scan import JsonTaken, to_text
from mappers.legacy.lines import TextForm
from mappers.legacy.xml_kinds import MOST_REPEATED, free_name, number_name

# Strings are matched as well, so that a comma within one stays.
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*+")|,(?=\s*+[}\]])', re.DOTALL)
_SIGNS = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]', re.DOTALL)
_TRIES = 8
_LONE = re.compile("[\ud800-\udfff]")
_WORDS = {True: "true", False: "false", None: ""}
VALUE = "value"


class Pairs(list[tuple[str, object]]):
    """An object as its keys and values in order, keys that come twice too."""


@dataclass
class JsonCells:
    """Makes cells of values, and counts what was met."""

    form: TextForm
    nulls: int = 0
    doubles: int = 0
    commas: int = 0
    lists: int = 0
    halves: int = 0

    def notes(self) -> Iterator[str]:
        """What has to be said of the values."""
        if self.nulls:
            yield f"{self.nulls} cells are null and are delivered as empty"
        if self.doubles:
            yield f"{self.doubles} times a row names a key twice; the second value is in a column of its own"
        if self.commas:
            yield f"{self.commas} rows have a comma too many"
        if self.lists:
            yield f"{self.lists} lists have more than {MOST_REPEATED} objects; they are delivered as JSON in one cell"
        if self.halves:
            yield f"{self.halves} cells hold halves of characters, which are lost"

    def load(self, taken: JsonTaken) -> object:
        """The value of a row. Raises ValueError when it is no JSON."""
        text = to_text(taken.data, self.form)
        try:
            return _loads(text)
        except ValueError:
            found = _loads(_TRAILING.sub(lambda m: m[1] or "", text))
        self.commas += 1
        return found

    def salvage(self, taken: JsonTaken) -> tuple[dict[str, str], str]:
        """Of a row that is no JSON: the cells up to where it is broken, and the text of the rest."""
        text = to_text(taken.data, self.form)
        depth, cuts = 0, []
        for m in _SIGNS.finditer(text):
            depth += (m[0] in "{[") - (m[0] in "}]")
            if m[0] == "," and depth == 1:
                cuts.append(m.start())
        # Only the last commas are tried: what is broken stands behind one of them.
        for cut in reversed(cuts[-_TRIES:]):
            try:
                value = _loads(text[:cut] + "}")
            except ValueError:
                continue
            return self.flat(value), text[cut + 1 :]
        return {}, text

    def flat(self, value: object) -> dict[str, str]:
        """A row's cells by column."""
        cells: dict[str, str] = {}
        self._add(value, "", cells)
        return cells

    def _add(self, value: object, name: str, cells: dict[str, str]) -> None:
        if isinstance(value, Pairs) and value:
            times: dict[str, int] = {}
            for key, inner in value:
                times[key] = times.get(key, 0) + 1
                self.doubles += times[key] == 2
                self._add(inner, (name + "/" if name else "") + number_name(key, times[key]), cells)
        elif isinstance(value, list) and value and not isinstance(value, Pairs):
            self._add_list(value, name, cells)
        else:
            cells[free_name(name or VALUE, cells)] = self.show_value(value)

    def _add_list(self, values: list[object], name: str, cells: dict[str, str]) -> None:
        if len(values) <= MOST_REPEATED:
            for n, inner in enumerate(values, 1):
                self._add(inner, number_name(name or VALUE, n), cells)
        elif any(isinstance(v, list) for v in values):
            self.lists += 1
            cells[free_name(name or VALUE, cells)] = as_json(values)
        else:
            cells[free_name(name or VALUE, cells)] = "\n".join(map(self.show_value, values))

    def show_value(self, value: object) -> str:
        """A single value as text; numbers as they are written."""
        if isinstance(value, list):
            return as_json(value) if value else ""
        if isinstance(value, str):
            return value
        self.nulls += value is None
        return _WORDS[value] if value is None or isinstance(value, bool) else str(value)

    def cell(self, text: str) -> bytes | str:
        """A cell as it is delivered: the bytes where the file's encoding is not known."""
        if text.isascii():
            return text.replace("\0", "")
        if self.form.encoding and not self.form.is_mixed:
            return self._join_halves(text)
        try:
            return self.form.cell(text.encode("latin-1"))
        except UnicodeEncodeError:
            return self._join_halves(text)

    def _join_halves(self, text: str) -> str:
        if _LONE.search(text):
            self.halves += 1
            # Two halves that stand side by side are one character again; a lone one is lost.
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text.replace("\0", "")


def _loads(text: str) -> object:
    try:
        # Numbers as they are written: one of twenty digits or 1e5 would come back as another text.
        return json.loads(
            text, strict=False, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=Pairs
        )
    except RecursionError as e:
        raise ValueError("nested too deeply") from e


def as_json(value: object) -> str:
    """A value as JSON text again, its numbers as strings."""
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {as_json(v)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@dataclass
class JsonColumns:
    """The columns of a table as its rows show them. first_key: with which rows begin, as it is written."""

    most: int
    keys: dict[str, None] = field(default_factory=dict)
    first_key: list[bytes] = field(default_factory=list)
    rows: int = 0
    lists: int = 0

    def add(self, taken: JsonTaken, value: object, cells: Mapping[str, str]) -> None:
        """Take in a row. value: None where it is no JSON; cells: those that could be read."""
        self.rows += 1
        self.lists += isinstance(value, list) and not isinstance(value, Pairs)
        if not self.first_key and isinstance(value, Pairs) and (m := re.match(rb'\{\s*("[^"\\]*")', taken.data)):
            self.first_key.append(m[1])
        for key in cells:
            if len(self.keys) >= self.most:
                return
            self.keys[key] = None
