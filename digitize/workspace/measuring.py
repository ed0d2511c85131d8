"""A workspace's thresholds measured anew, on the terms of its settings."""

from __future__ import annotations

from digitize.reading.calibration import load_calibration
from digitize.workspace.calibration.keeping import measure_again
from digitize.workspace.calibration.values import Terms
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place


def measure_place(ledger: Ledger, place: Place) -> list[str]:
    """Fold all answers into thresholds and keep them; what opened and what was closed, in sentences.

    Does nothing where measuring was not begun. Raises OptionsError for a faulty calibration.toml.
    """
    promise = place.options.calibrate
    terms = Terms(promise.right, promise.certainty, promise.together)
    given = {form: c.accept for form, c in load_calibration(place.folder).items() if c.calibrated}
    return measure_again(ledger, terms, given)
