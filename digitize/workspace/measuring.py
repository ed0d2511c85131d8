"""Measure a workspace's thresholds on the terms of its settings."""

from __future__ import annotations

from digitize.reading.calibration import load_calibration
from digitize.workspace.calibration.threshold_store import Thresholds, measure_again, preview_thresholds
from digitize.workspace.calibration.values import Terms
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place


def measure_place(ledger: Ledger, place: Place) -> list[str]:
    """Compute and store thresholds from all answers; changes are returned as sentences.

    Does nothing if measuring was not started. Raises OptionsError for an invalid calibration.toml.
    """
    return measure_again(ledger, *_terms_of(place))


def preview_place_thresholds(ledger: Ledger, place: Place) -> Thresholds:
    """Thresholds the next run would use, for a dry run; nothing is written."""
    return preview_thresholds(ledger, *_terms_of(place))


def _terms_of(place: Place) -> tuple[Terms, dict[str, float]]:
    promise = place.options.calibrate
    given = {form: c.accept for form, c in load_calibration(place.folder).items() if c.calibrated}
    return Terms(promise.right, promise.certainty, promise.together), given
