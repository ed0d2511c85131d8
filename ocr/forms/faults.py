"""What is wrong with a form or register file: the line, the key, and what to write there."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from ocr.errors import FormError

M = TypeVar("M", bound=BaseModel)
Place = tuple[int | str, ...]
"""Where a value stands in a file, as pydantic says it: ("column", 2, "kind") is the kind of the third [[column]]."""
_TABLE = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*["']?([^\s"'=#\[]+)["']?\s*=""")


def fault_at(place: Place, text: str) -> PydanticCustomError:
    """What a validator raises of several keys together. place: the key to be changed; text: what to write there."""
    return PydanticCustomError("form_fault", "{text}", {"text": text, "place": place})


def read_toml_text(path: Traversable) -> tuple[str, dict[str, object]]:
    """The text of a TOML file and what it says. Raises FormError naming file and line where it is not valid TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise FormError(f"{path.name}: not valid TOML: {e}") from e


def load_model(path: Traversable, model: type[M]) -> M:
    """A TOML file as its model. Raises FormError that names file and line, and says what to write."""
    text, data = read_toml_text(path)
    try:
        return model.model_validate(data)
    except ValidationError as e:
        raise FormError(_describe(path.name, text, _first_fault(e), model)) from e


def describe_fault(error: ValidationError, model: type[BaseModel]) -> str:
    """What is wrong with values that are in no file yet, and what to write instead."""
    fault = _first_fault(error)
    return _advise(fault, fault.get("ctx", {}).get("place") or fault["loc"], model, "")


def _first_fault(error: ValidationError) -> ErrorDetails:
    # A misspelt key first: another one is often missing for it alone.
    return min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")


def _describe(file: str, text: str, fault: ErrorDetails, model: type[BaseModel]) -> str:
    place: Place = fault.get("ctx", {}).get("place") or fault["loc"]
    line = _find_line(text, place)
    return f"{file}{f', line {line}' if line else ''}: {_advise(fault, place, model, text)}"


def _advise(fault: ErrorDetails, place: Place, model: type[BaseModel], text: str) -> str:
    """What is wrong with a key, and what to write instead."""
    if fault["type"] == "form_fault":
        return fault["msg"]
    keys = [str(x) for x in place if isinstance(x, str)]
    key = keys[-1] if keys else ""
    known = _model_at(model, place[:-1])
    if fault["type"] == "extra_forbidden" and known is not None:
        return f"there is no key {key}{_did_you_mean(key, _keys(known))} (known: {', '.join(_keys(known))})"
    if fault["type"] == "missing":
        return f"{key} is missing{_how_to_write(known, key)}{_where_it_stands(text, place, key)}"
    if fault["type"] == "literal_error":
        given, allowed = str(fault["input"]), str(fault["ctx"]["expected"])
        near = _did_you_mean(given, re.findall(r"'([^']+)'", allowed))
        return f'{key} = "{given}" is not known{near} (write one of {allowed})'
    if fault["type"] == "string_pattern_mismatch":
        return f'{key} = "{fault["input"]}": small Latin letters, digits and _ only, a letter first'
    return f"{'.'.join(map(str, place))}: {fault['msg']}"


def _find_line(text: str, place: Place) -> int | None:
    """The line of a key, or of its table where the key is not there; None where neither is found.

    text: of a TOML file. place: as pydantic names it; a table of a list is counted from 0.
    """
    head: int | None = None
    for line, inside, key in _lines(text):
        if place[: len(inside)] != inside:
            continue
        if not key:
            head = line
        elif place[len(inside) : len(inside) + 1] == (key,):
            return line
    return head


def _lines(text: str) -> Iterator[tuple[int, tuple[int | str, ...], str]]:
    """Number of each line that is a key or begins a table, the table it stands in, and the key, "" for none."""
    inside: tuple[int | str, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if table := _TABLE.match(line):
            name = table[2]
            inside = (name,)
            if table[1] == "[[":
                inside = (name, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            yield number, inside, ""
        elif key := _KEY.match(line):
            yield number, inside, key[1]


def _where_it_stands(text: str, place: Place, key: str) -> str:
    """Where a key of the file's head stands instead: behind a table's head it belongs to that table."""
    if len(place) > 1:
        return ""
    found = [(line, inside) for line, inside, name in _lines(text) if name == key and inside]
    return f"; it is in line {found[0][0]}, below [{found[0][1][0]}]: move it above all tables" if found else ""


def _how_to_write(model: type[BaseModel] | None, key: str) -> str:
    found = [f for name, f in model.model_fields.items() if key in (name, f.alias)] if model else []
    return f": write {found[0].description}" if found and found[0].description else ""


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model of a table of the file; None where it has none."""
    for name in (x for x in place if isinstance(x, str)):
        fields = [f for n, f in model.model_fields.items() if name in (n, f.alias)]
        inner = [x for f in fields for x in (f.annotation, *get_args(f.annotation))]
        models = [x for x in inner if isinstance(x, type) and issubclass(x, BaseModel)]
        if not models:
            return None
        model = models[0]
    return model


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _did_you_mean(given: str, known: Sequence[str]) -> str:
    near = get_close_matches(given, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
