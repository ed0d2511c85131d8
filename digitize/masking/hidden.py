"""The table of what is hidden, from whom, by which law and who may ask: `hidden.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

COPIES = "copies"
"""Whoever gets a list, an export or a page that is made for no role."""
POLICE = "police"
"""Role of whoever searches, if nobody says another."""
VICTIM, CHILD, PERHAPS_CHILD, PERHAPS_VICTIM = "victim", "child", "perhaps-child", "perhaps-victim"
COMPLAINANT, WITNESS, NAMESAKE, HOME, TEXT = "complainant", "witness", "namesake", "home", "text"
HOME_BESIDE_CHILD = "home-beside-child"


class HiddenRow(BaseModel):
    """One reason for hiding. hidden_from: roles, and COPIES; ask: who may see it nevertheless, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str
    what: str
    hidden_from: tuple[Literal["copies", "public", "police", "own", "court"], ...] = Field(alias="from", min_length=1)
    law: str = Field(min_length=10)
    ask: str = Field(min_length=10)


@cache
def load_hidden() -> Mapping[str, HiddenRow]:
    """The rows by reason."""
    data = tomllib.loads((resources.files("digitize.masking") / "hidden.toml").read_text(encoding="utf-8"))
    return {row.reason: row for row in map(HiddenRow.model_validate, data["hidden"])}


def is_hidden_from(reason: str, viewer: str) -> bool:
    """Whether what is hidden for a reason is hidden from a viewer."""
    return viewer in load_hidden()[reason].hidden_from
