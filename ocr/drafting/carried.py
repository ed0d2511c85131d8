"""The zones of a known print carried over to another one of the form, which was found by its words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ocr.forms.by_labels import LabelFit
from ocr.forms.form import Form, PrintedLabel, Zone
from ocr.forms.zones import Matrix

_SOURCE = "Found among {pages} filled pages; zones carried over from {base} by {found} of its printed labels."


def carried_form(fit: LabelFit, form_id: str, pages: int) -> Form:
    """A form in the frame in which the labels were found, not confirmed. pages: of how many it was made."""
    base = fit.form
    zones = tuple(_carry_zone(zone, fit.pieces.map_near(fit.matrix, zone.box), base) for zone in base.zones)
    update: dict[str, Any] = {
        "id": form_id,
        "title": f"{base.title.partition(', print')[0]}, print {form_id}",
        "features": f"{form_id}.npz",
        "source": _SOURCE.format(pages=pages, base=base.id, found=fit.found),
        "zones": zones,
        "labels": tuple(_move_label(label, fit) for label in base.labels),
        "confirmed": False,
        "confidence": base.confidence.model_copy(update={"calibrated": False, "source": "not calibrated"}),
    }
    return base.model_copy(update=update)


def _carry_zone(zone: Zone, matrix: Matrix, base: Form) -> Zone:
    """A zone with all that belongs to it, moved alike."""
    update: dict[str, Any] = {"box": _box(zone.box, matrix, base)}
    if zone.reach is not None:
        update["reach"] = _box(zone.reach, matrix, base)
    update["printed"] = tuple(_box(box, matrix, base) for box in zone.printed)
    update["alternatives"] = tuple(
        a.model_copy(update={"box": _box(a.box, matrix, base), "tick": a.tick and _box(a.tick, matrix, base)})
        for a in zone.alternatives
    )
    return zone.model_copy(update=update)


def _move_label(label: PrintedLabel, fit: LabelFit) -> PrintedLabel:
    return label.model_copy(update={"box": _box(label.box, fit.pieces.map_near(fit.matrix, label.box), fit.form)})


def _box(box: tuple[int, int, int, int], matrix: Matrix, base: Form) -> tuple[int, int, int, int]:
    """An upright box under a map, within the frame."""
    corners = np.array([box[:2], box[2:]], np.float64) @ matrix[:, :2].T + matrix[:, 2]
    (x0, y0), (x1, y1) = np.rint(corners).astype(int).tolist()
    x0, y0 = max(0, min(x0, base.width - 2)), max(0, min(y0, base.height - 2))
    return x0, y0, max(x0 + 1, min(x1, base.width)), max(y0 + 1, min(y1, base.height))
