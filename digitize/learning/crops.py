"""Crops of a page with their texts, cut as the reader cuts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digitize.learning.networks import NETWORKS, TaughtNetwork, Weights, as_asked
from digitize.learning.spellings import SettledValue, Written
from ocr.cleaning.contrast import with_plain_ink
from ocr.engine import LineImage
from ocr.errors import OcrError
from ocr.forms.crops import cut_all
from ocr.forms.decide import choices_of
from ocr.forms.form import Zone
from ocr.forms.networks import FIELDS
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import find_form, load_models
from ocr.handwriting.chance import chances, code
from ocr.languages.lexicon import Lexicon
from ocr.learning.strips import TextStrip
from ocr.models.running import load_network
from ocr.page import Scan
from ocr.scans.scan import open_page


@dataclass(frozen=True, slots=True)
class CropJob:
    """A page to cut. path, index: the scan. values: zone -> settled value. weights: used to choose the spelling on a
    crop, the package's by name. network: whose crops.
    """

    page: str
    path: Path
    index: int
    values: tuple[tuple[str, str], ...]
    settings: ReadSettings
    lexica: Mapping[str, Lexicon]
    weights: Weights
    network: str = FIELDS


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sample, and its loss per letter: a high one means the value is not on the crop."""

    sample: TextStrip
    loss: float


def cut_page(job: CropJob) -> tuple[Chosen, ...]:
    """Crops of a page; empty if it cannot be opened or its form is not found."""
    try:
        grey = with_plain_ink(open_page(Scan(job.path, "", job.index), job.settings.dpi).grey)
    except (OcrError, OSError):
        return ()
    match = find_form(grey, load_models(job.settings.folders()))
    if match.form is None:
        return ()
    values, network = dict(job.values), NETWORKS[job.network]
    found: list[Chosen] = []
    for crop in cut_all(grey, match.matrix, match.form, tuple(values), bend=match.bend):
        value = values.get(crop.zone.id) or values.get(crop.zone.repeats or "")
        if value and not crop.blank:
            line = as_asked(crop.handwriting(), crop.zone, match.form)
            lexicon = list_of(crop.zone, job.lexica)
            settled = SettledValue(line.kind, value, year_in(values), lexicon, line.languages[0])
            found += choose(line, settled, job.weights, network)
    return tuple(found)


def list_of(zone: Zone, lexica: Mapping[str, Lexicon]) -> Lexicon | None:
    """Closed list that decides a zone, including printed answers, if any."""
    return lexica.get(zone.list) if zone.list else choices_of(zone)


def year_in(values: Mapping[str, str]) -> str:
    """Year on a page, "" if none was settled."""
    return next((v for zone, v in values.items() if zone == "year" and len(v) == 4 and v.isdigit()), "")


def choose(line: LineImage, settled: SettledValue, weights: Weights, network: TaughtNetwork) -> list[Chosen]:
    """Likeliest spelling of a value on a crop, one per line of it. line: as an engine receives it."""
    passes, loaded = network.passes(line), load_network(weights)
    letters = {*loaded.characters}
    some = [one for one in network.written(settled, len(passes)) if all({*text} <= letters for text in one)]
    if not some:
        return []
    known = []
    for at, own in enumerate(passes):
        top, bottom, wide = own[0]
        part = line.image[round(top * len(line.image)) : round(bottom * len(line.image))]
        matrix = loaded.matrix_of_line(part, wide)
        known.append(_losses(matrix, {one[at] for one in some}, loaded.characters))
    best: Written = min(some, key=lambda one: sum(known[at][text] for at, text in enumerate(one)))
    kind = f"{line.kind}{' list' if settled.lexicon else ''}"
    return [
        Chosen(TextStrip(np.ascontiguousarray(line.image), text, own, kind), known[at][text] / max(1, len(text)))
        for at, (own, text) in enumerate(zip(passes, best, strict=True))
    ]


def _losses(matrix: np.ndarray, texts: set[str], characters: Sequence[str]) -> dict[str, float]:
    """Negative log-likelihood of each text in a matrix; for "" that of blanks only."""
    coded = code(sorted(t for t in texts if t), characters)
    found = dict(zip(coded.texts, (-chances(matrix, coded)).tolist(), strict=True))
    return {"": float(-matrix[:, 0].sum()), **found}
