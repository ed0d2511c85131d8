"""Check import files without a workspace: files in the flat layout, or folders with one file per table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.files.guarded_reading import read_guarded
from digitize.files.validating.check import CheckOptions, check_files
from digitize.files.validating.findings import FileFinding
from digitize.files.validating.readers import Place
from digitize.files.validating.report import CheckReport

if TYPE_CHECKING:
    from validators.rulebook.given import CheckSettings


def validate_file(path: Path, form: str, settings: CheckSettings) -> CheckReport:
    """Check a file, or a folder with one file per table (`iif1.csv`, `iif1_acts.csv` ...), with all rules of a form.

    Headers are field ids; record_id links child rows to their record. A single file is the table its name says, else
    the form's own. Tables of other forms in the folder are used by cross-form rules (an arrest with its FIR), but not
    checked. settings: see `validators.checking.settings.make_settings`, with policy "import". Raises InputError if
    nothing can be checked: no such file, no table, no known column, no rows.
    """
    with read_guarded(path.name):
        return check_files([path], form, settings, CheckOptions())


def validate_files(paths: Sequence[Place], form: str, settings: CheckSettings, how: CheckOptions) -> CheckReport:
    """Check several files, folders or databases together, like `validate_file`.

    They may be larger than memory.
    """
    with read_guarded(", ".join(p.name for p in paths)):
        return check_files(paths, form, settings, how)


__all__ = ["FileFinding", "CheckOptions", "CheckReport", "validate_file", "validate_files"]
