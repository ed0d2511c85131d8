"""Blind answers of other offices: given away as a file without values, taken in to prove thresholds sooner.

A file says of each answer which field of which form it was on, how sure the machine was, and whether it was right; no
page, no volume, no value. Taken in, its answers count like those of other volumes (`digitize.workspace.calibration.
thresholds`): once this office has answers enough of its own to tell whether it is like the others, and no longer than
it is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digitize.errors import InputError
from digitize.machine.whole_file import WholeFile
from digitize.workspace.calibration.threshold_store import STEP, TAKEN, is_for_weights, own_answers
from digitize.workspace.ledger import Ledger


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str = Field(pattern=r"^[a-z0-9_]{1,80}$")
    field: str = Field(pattern=r"^[a-z0-9_]{1,80}$")
    family: str = Field(default="", pattern=r"^[a-z0-9_ -]{0,80}$")
    confidence: float = Field(ge=0, le=1)
    floor: float = Field(default=0.0, ge=0, le=1)
    right: bool
    weights: str = Field(max_length=200)


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    kind: Literal["blind answers"]
    state: str
    office: str = Field(pattern=r"^[a-z0-9-]{1,80}$")
    answers: list[_Answer]


def give_answers(ledger: Ledger, state: str, office: str, path: Path) -> int:
    """Write this office's blind answers to a file for other offices; without values, pages and volumes.

    Only those on readings by the package's weights: no other office reads with this one's. Returns their number. Raises
    OutputError or DiskFull if the file cannot be written.
    """
    found = [{k: v for k, v in plain.items() if k != "book"} for plain in own_answers(ledger)]
    found = [plain for plain in found if is_for_weights(plain["weights"], {})]
    said = {"format": 1, "kind": "blind answers", "state": state, "office": office, "answers": found}
    file = WholeFile(path)
    file.write(json.dumps(said, indent=1).encode("ascii"))
    file.close(b"\n")
    return len(found)


def take_answers(ledger: Ledger, state: str, office: str, path: Path) -> tuple[str, int]:
    """Take in another office's answers, in place of those taken from it before. Returns office and number.

    Raises InputError if it is no such file, of another state, or of this office itself.
    """
    try:
        found = _Given.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as e:
        raise InputError(f"{path}: {e.strerror}") from e
    except (UnicodeDecodeError, ValidationError) as e:
        where = ".".join(map(str, e.errors()[0]["loc"])) if isinstance(e, ValidationError) else "its letters"
        raise InputError(f"{path}: no file of blind answers ({where}). Make one: digitize calibrate DIR --give") from e
    if found.state != state:
        raise InputError(f"{path}: of the state {found.state}; only offices of one state, {state}, prove together.")
    if found.office == office:
        raise InputError(f"{path}: the answers of this office itself; they count already.")
    plain: list[dict[str, Any]] = [answer.model_dump(exclude_defaults=True) for answer in found.answers]
    ledger.record_event(f"{TAKEN}:{found.office}", STEP, "note", detail={TAKEN: plain})
    return found.office, len(plain)
