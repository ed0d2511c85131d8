"""Confidence thresholds for passing without review, measured on this workspace's own print and handwriting."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from digitize.errors import OptionsError
from digitize.reading.never import NEVER
from ocr.forms.form import Confidence, Form

if TYPE_CHECKING:
    from ocr.registers import RegisterForm

FILE = "calibration.toml"
__all__ = ["FILE", "NEVER", "load_calibration", "threshold"]


class _Calibration(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    form: dict[str, Confidence]


def load_calibration(folder: Path) -> Mapping[str, Confidence]:
    """Form id -> measured threshold, from the workspace's calibration.toml; empty if there is none.

    A threshold measured on one print and handwriting is invalid for another, so it belongs to the workspace it was
    measured in, and overrides the form file. Raises OptionsError naming file and key.
    """
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        return _Calibration.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).form
    except tomllib.TOMLDecodeError as e:
        raise OptionsError(f"{path}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        raise OptionsError(f"{path}: {'.'.join(str(x) for x in first['loc'])}: {first['msg']}") from e


def threshold(form: Form | RegisterForm | None, calibration: Mapping[str, Confidence]) -> float:
    """Confidence from which a value of that form or register may pass, NEVER if it was not measured."""
    if form is None:
        return NEVER
    measured = calibration.get(form.id, form.confidence)
    return measured.accept if measured.calibrated else NEVER
