"""The rules that import files must keep to be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitize.files.dataset import Dataset
from digitize.files.validating.choice import rules_left_out
from digitize.files.validating.settings import Lists, file_settings
from validators.rulebook.given import CheckSettings


def import_settings(
    form: str,
    *,
    state: str = "",
    stations: Path | None = None,
    profile: str = "",
    ignore: Sequence[str] = (),
    dataset: Dataset | None = None,
) -> CheckSettings:
    """Settings with the policy for import files, as of today.

    state, stations: whose stations are known. ignore: rules that are not asked. dataset: what stands beside the files;
    the others go before it. Raises OptionsError for what cannot be
    meant.
    """
    left_out = rules_left_out(form, [], ignore)
    return file_settings(Lists(state, stations, dataset=dataset), profile=profile, left_out=left_out)
