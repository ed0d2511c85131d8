"""TOML files of this package: read into a model, with messages that name file and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from mappers.errors import MappingError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)
# Alternatives of a value, which pydantic names in the place of a fault.
_TYPE = re.compile(r"(?:str$|dict\[|tuple\[)")


def read_model(path: Traversable | Path, model: type[M]) -> M:
    """One TOML file as its model; a mark of the byte order before it is passed over.

    Raises MappingError naming file and key when the file cannot be read, is not valid TOML, or does not fit.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError) as e:
        raise MappingError(f"{path.name}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise MappingError(f"{path.name}: not valid TOML: {e}") from e
    except ValidationError as e:
        raise MappingError(f"{path.name}: {_fault(e.errors()[0], model)}") from e


def _fault(fault: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong with a file, with its key, in words for who wrote it."""
    loc = tuple(x for x in fault["loc"] if not (isinstance(x, str) and _TYPE.match(x)))
    where = ".".join(map(str, loc))
    if fault["type"] == "extra_forbidden":
        known = _keys(_model_at(model, loc[:-1]))
        part = ".".join(map(str, loc[:-1]))
        return f"{part}{': ' if part else ''}no key {loc[-1]}{did_you_mean(str(loc[-1]), known)}"
    if fault["type"] == "tuple_type":
        wanted = f', {loc[-1]} = ["{fault["input"]}"]' if isinstance(fault["input"], str) else ""
        return f"{where}: a list is wanted{wanted}"
    return f"{where}: {fault['msg']}"


def _model_at(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel] | None:
    """The model at a place of another one, None where there is none."""
    at: type[BaseModel] | None = model
    for step in loc:
        info = next((f for n, f in at.model_fields.items() if step in (n, f.alias)), None) if at else None
        if info is not None:
            at = next(_models_in(info.annotation), None)
    return at


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _keys(model: type[BaseModel] | None) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()] if model else []


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give "; did you mean X?" when a known word is near, else ""; known is any iterable of strings."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""
