"""TOML files of this package: read into a model, with messages that name file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from mappers.errors import MappingError

M = TypeVar("M", bound=BaseModel)


def read_model(path: Traversable | Path, model: type[M]) -> M:
    """One TOML file as its model.

    Raises MappingError naming file and key when the file cannot be read, is not valid TOML, or does not fit.
    """
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as e:
        raise MappingError(f"{path.name}: cannot be read: {e}") from e
    except tomllib.TOMLDecodeError as e:
        raise MappingError(f"{path.name}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(x) for x in first["loc"])
        known = list(model.model_fields) if first["type"] == "extra_forbidden" and len(first["loc"]) == 1 else []
        raise MappingError(f"{path.name}: {where}: {first['msg']}{did_you_mean(where, known)}") from e


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Give "; did you mean X?" when a known word is near, else ""; known is any iterable of strings."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else ""
