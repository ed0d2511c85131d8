"""What two sheets of a page show: the services of the five pillars, and quality by state and form."""

from __future__ import annotations

from typing import Any

from digitize.offices.numbers import hundredths
from digitize.offices.picture import NationalPicture
from digitize.offices.quality_sheet import QualityLine, profiles_of, quality_lines
from digitize.offices.service_sheet import ServiceLine, service_lines
from digitize.offices.shape import PILLARS
from digitize.offices.words import Words

FIVE_PILLARS = ("police", *PILLARS)


def sheets_of(picture: NationalPicture, words: Words) -> dict[str, Any]:
    """Values of the page's template."""
    root = picture.root
    lines = list(quality_lines(root, picture.raised))
    profiles, profiles_untold = profiles_of(root)
    services = service_lines(root)
    return {
        "services": {pillar: [x for x in services if x.service.pillar == pillar] for pillar in FIVE_PILLARS},
        "services_by_state": _by_state(picture, services),
        "quality_all": [x for x in lines if not x.form],
        "quality_forms": [x for x in lines if x.form and x.place is root],
        "quality_by_state": [x for x in lines if x.form and x.place is not root],
        "profiles": profiles, "profiles_untold": profiles_untold,
        "right": lambda x: _right(x, words),
    }  # fmt: skip


def _by_state(picture: NationalPicture, of_root: list[ServiceLine]) -> dict[str, list[ServiceLine]]:
    root = picture.root
    return {p.code: service_lines(p) for p in root.parts} if root.level == "nation" else {root.code: of_root}


def _right(x: QualityLine, words: Words) -> str:
    """The audited accuracy with its interval, or that nobody audits."""
    if x.right is None or x.between is None:
        return words("ui.not_audited")
    (right, of), (low, high) = x.right, x.between
    # Rounded down, and in whole numbers: 98.996 % is not 99, and 57 of 100 are not 56.99 %.
    least, most = (int(10_000 * n) / 100 for n in (low, high))
    return f"{hundredths(right, of)} ({least:.2f} – {most:.2f})"
