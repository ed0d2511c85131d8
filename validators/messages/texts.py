"""The files of this folder: phrases of each language, and what each rule expects."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from validators.errors import RuleError

ENGLISH, HINDI = "en", "hi"
_ADVICE = "advice"
M = TypeVar("M", bound=BaseModel)


class MessageFile(BaseModel):
    """One language. checked: by whom the texts were read; "" only for English.

    whole: how the parts of a finding make one text; without: the same where there is no example. labels: headings of
    reports. expects, do: phrases by name, with places such as {values} that stay as they are. rules: code -> what is
    wrong.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    checked: str = ""
    whole: str = ""
    without: str = ""
    labels: Mapping[str, str] = {}
    expects: Mapping[str, str] = {}
    do: Mapping[str, str] = {}
    rules: Mapping[str, str] = {}


class Advice(BaseModel):
    """What a rule expects and what to do. expects, do: names of phrases, "" for that of the field's kind.

    names, limit, low, high, shape: what the phrase says of fields and sizes; field ids and signs, alike in every
    language. example: where the example of the rule itself does not serve.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    expects: str = ""
    do: str = ""
    names: str = ""
    limit: str = ""
    low: str = ""
    high: str = ""
    shape: str = ""
    example: str = ""


class AdviceFile(BaseModel):
    """`advice.toml`: rule code -> advice."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    rules: Mapping[str, Advice]


@cache
def message_languages() -> tuple[str, ...]:
    """Codes of the languages in which findings are told, sorted."""
    names = (f.name for f in resources.files(__package__).iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml") and n != f"{_ADVICE}.toml"))


@cache
def load_messages(language: str) -> MessageFile:
    """The texts of a language. Raises RuleError when there are none, or the file is wrong."""
    if language not in message_languages():
        known = ", ".join(message_languages())
        raise RuleError(f"there is no language {language} for messages; known: {known}")
    return _read(language, MessageFile)


@cache
def load_advice() -> Mapping[str, Advice]:
    """Advice by rule code. Raises RuleError when the file is wrong."""
    return _read(_ADVICE, AdviceFile).rules


def _read(name: str, kind: type[M]) -> M:
    text = (resources.files(__package__) / f"{name}.toml").read_text(encoding="utf-8")
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as e:
        raise RuleError(f"messages {name}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RuleError(f"messages {name}: {where}: {first['msg']}") from e
