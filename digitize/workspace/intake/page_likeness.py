"""Compare images of new and existing pages, in a worker, to find the same page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from digitize.machine.pool import run_light_jobs

if TYPE_CHECKING:
    from ocr.page import Scan
    from ocr.quality.likeness import Fingerprint

_LIMIT_S = 60.0
"""The processor time that one page may take."""


def compare(
    new: Mapping[str, Scan], old: Mapping[str, Scan], pairs: Iterable[tuple[str, str]], *, all_likely: bool
) -> dict[tuple[str, str], float]:
    """(new, old) of pages that look alike -> similarity, 0..1. all_likely: besides these pairs also all others with
    writing in the same places.

    One page takes 0.1 s, one pair 0.07 s. Unreadable images, or those with fewer than 12 letters, match none; and a
    mismatch does not prove two different pages, since one may be scanned smaller, or bent.
    """
    from ocr.quality.likeness import SAME, likeness

    wanted = set(pairs)
    chosen = {**old, **new} if all_likely else {n: {**old, **new}[n] for pair in wanted for n in pair}
    prints = {
        name: found for (name, _), found in run_light_jobs(_look, list(chosen.items()), _skip_page, _LIMIT_S) if found
    }
    wanted |= _likely(prints, new, old) if all_likely else set()
    judged = {pair for pair in wanted if set(pair) <= prints.keys()}
    found = {pair: likeness(prints[pair[1]].fine, prints[pair[0]].fine) for pair in sorted(judged)}
    return {pair: alike for pair, alike in found.items() if alike >= SAME}


def _likely(
    prints: Mapping[str, Fingerprint], new: Mapping[str, Scan], old: Mapping[str, Scan]
) -> set[tuple[str, str]]:
    import numpy as np

    from ocr.quality.likeness import likely_pairs

    names = sorted(prints)
    if len(names) < 2:  # noqa: PLR2004
        return set()
    found = likely_pairs(np.stack([prints[n].coarse for n in names]))
    both = [(names[a], names[b]) for a, b in found]
    return {(a, b) if a in new else (b, a) for a, b in both if (a in new and b in old) or (b in new and a in old)}


def _look(job: tuple[str, Scan]) -> Fingerprint | None:
    from ocr.errors import ScanError
    from ocr.quality.lettering import find_lettering
    from ocr.quality.likeness import take_fingerprint
    from ocr.quality.page import LEAST_LETTERS
    from ocr.quality.picture import open_picture

    try:
        picture = open_picture(job[1])
    except (ScanError, OSError):
        return None
    # Pages without writing are all alike.
    return take_fingerprint(picture) if len(find_lettering(picture).stats) >= LEAST_LETTERS else None


def _skip_page(job: tuple[str, Scan]) -> None:
    return None
