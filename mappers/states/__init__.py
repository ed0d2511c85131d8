"""State profiles: facts true of a whole state, one TOML file each, found by scanning this folder."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from mappers.errors import MappingError
from mappers.toml import did_you_mean, read_model

Digits = Literal[
    "western", "devanagari", "bengali", "gurmukhi", "gujarati", "odia", "tamil", "telugu", "kannada", "malayalam",
    "urdu", "meetei-mayek",
]  # fmt: skip
Calendar = Literal[
    "gregorian", "saka", "vikram-samvat", "bengali-san", "tamil-solar", "kollam", "odia-solar", "fasli", "hijri"
]
Tradition = Literal[
    "Punjab", "Bengal", "Assam", "Madras", "Bombay", "Uttar Pradesh", "Central", "Rajputana", "Mysore", "Travancore",
    "Hyderabad",
]  # fmt: skip


class CapturedFields(BaseModel):
    """Fields of one form at another level than their profile has them (`mappers/schema/capture.py`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    key: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    if_sure: tuple[str, ...] = ()
    picture: tuple[str, ...] = ()


class CaptureFile(BaseModel):
    """`[capture]` of a state's profile or of a workspace.

    profile: which fields are captured, "" for all that there are. form: form -> single fields at another level, as
    [capture.form.iif1] picture = ["narrative"].
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    profile: Literal["", "full", "core", "register-only", "index-only"] = ""
    form: dict[str, CapturedFields] = {}

    def list_moved(self) -> tuple[tuple[str, str, str], ...]:
        """(form, level, field) of the single fields."""
        return tuple((form, level, text) for form, own in self.form.items() for level, texts in own for text in texts)


class StateProfile(BaseModel):
    """One state. code: two small letters, the file's name. lgd_code: in the Local Government Directory.

    languages: ISO 639 codes of its records, most used first. digits, calendars, encodings: what to expect, most
    likely first; encodings are names of `mappers.encodings`. tradition: of its registers. capture: what its offices
    capture where they do not say otherwise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    code: str = Field(pattern=r"^[a-z]{2}$")
    lgd_code: str = Field(pattern=r"^\d{1,2}$")
    name: str
    languages: tuple[str, ...] = Field(min_length=1)
    scripts: tuple[str, ...] = Field(min_length=1)
    digits: tuple[Digits, ...] = Field(min_length=1)
    calendars: tuple[Calendar, ...] = Field(min_length=1)
    encodings: tuple[str, ...] = ()
    tradition: Tradition
    note: str = ""
    capture: CaptureFile = CaptureFile()


@cache
def state_codes() -> tuple[str, ...]:
    """Codes of the states that have a profile, sorted."""
    names = (p.name for p in resources.files("mappers.states").iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in names if n.endswith(".toml")))


@cache
def load_state(code: str) -> StateProfile:
    """The profile of a state. Raises MappingError, with a near miss, when there is none or its file is wrong."""
    if code not in state_codes():
        known = ", ".join(state_codes())
        raise MappingError(f"no state profile {code}{did_you_mean(code, state_codes())} (there are: {known})")
    profile = read_model(resources.files("mappers.states") / f"{code}.toml", StateProfile)
    if profile.code != code:
        raise MappingError(f"{code}.toml: code: the file's name says {code}, the file says {profile.code}")
    return profile
