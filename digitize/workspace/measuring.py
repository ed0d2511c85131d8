"""Measure a workspace's thresholds on the terms of its settings."""

from __future__ import annotations

from digitize.reading.calibration import load_calibration
from digitize.workspace.calibration.threshold_store import (
    Thresholds,
    begin_measuring,
    measure_again,
    preview_thresholds,
    thresholds_in,
)
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place


def measure_place(ledger: Ledger, place: Place) -> list[str]:
    """Compute and store thresholds from all answers; changes are returned as sentences.

    Does nothing if measuring was not started. Raises OptionsError for an invalid calibration.toml.
    """
    return measure_again(ledger, place.options.calibrate.terms, _given_thresholds(place))


def begin_by_itself(ledger: Ledger, place: Place) -> bool:
    """Start measuring once pages of a form or register were read, unless the workspace's settings forbid it.

    Returns whether it was started now.
    """
    if not place.options.calibrate.by_itself or not ledger.can_write or thresholds_in(ledger).is_begun:
        return False
    is_read = any(state.form for state in ledger.states("decide").values())
    return is_read and begin_measuring(ledger, place.options.workspace.site_id, by_itself=True)


def preview_place_thresholds(ledger: Ledger, place: Place) -> Thresholds:
    """Thresholds the next run would use, for a dry run; nothing is written."""
    return preview_thresholds(ledger, place.options.calibrate.terms, _given_thresholds(place))


def _given_thresholds(place: Place) -> dict[str, float]:
    return {form: c.accept for form, c in load_calibration(place.folder).items() if c.calibrated}
