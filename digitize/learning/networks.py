"""Networks that an office may train: their training zones, passes over a crop, and allowed spellings.

All are trained alike: they differ only in this table, and start from weights of the same build.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from digitize.errors import MachineLacks
from digitize.learning.spellings import SettledValue, Written, native_spellings, spellings, word_spellings
from digitize.workspace.run_context import RunContext
from ocr.engine import LineImage
from ocr.engines import digits, fields, words
from ocr.forms.form import Form, Zone
from ocr.forms.networks import DIGITS, FIELDS, WORDS, network_of
from ocr.forms.settings import OWN_DIGITS
from ocr.handwriting.native import native_scripts
from ocr.handwriting.zone import Pass, passes_of
from ocr.learning.strips import DrawnStrips
from ocr.learning.tail import NAMES
from ocr.models import TITLES
from ocr.models.onnx_file import numbers_in, with_told
from ocr.models.running import content_of, is_here

_KINDS = ("year", "digits", "date", "time", "sections")
"""Kinds of zones that hold no name of a person, whatever the form; of others only those that a closed list decides."""
Weights = Path | str
"""A file of an office or the one a setting names, or one of the package by its name."""


@dataclass(frozen=True)
class TaughtNetwork:
    """One network. drawn: the package's file of synthetic strips mixed in. passes: where the reader looks at a crop,
    per line. written: allowed spellings of a settled value on a crop of n lines.
    """

    name: str
    drawn: str
    passes: Callable[[LineImage], tuple[tuple[Pass, ...], ...]]
    written: Callable[[SettledValue, int], list[Written]]

    @property
    def title(self) -> str:
        """For people."""
        return TITLES[self.name]

    @property
    def learns_free_text(self) -> bool:
        """Whether it may learn free text outside lists and numbers, if the office allows it."""
        return self.name == FIELDS

    def strips(self) -> DrawnStrips:
        """Synthetic strips to mix in. Raises MachineLacks if missing."""
        found = DrawnStrips.of_package(self.drawn)
        if found is None:
            raise MachineLacks(f"ocr/models/{self.drawn} is missing. Install the toolkit again.")
        return found


NETWORKS: Mapping[str, TaughtNetwork] = MappingProxyType(
    {
        network.name: network
        for network in (
            TaughtNetwork(
                FIELDS,
                "eng_fields_drawn.npz",
                lambda line: passes_of(line.kind, len(line.image), is_listed=line.is_listed),
                spellings,
            ),
            TaughtNetwork(DIGITS, "native_digits_drawn.npz", lambda _: (digits.PASSES,), native_spellings),
            TaughtNetwork(WORDS, "words_drawn.npz", lambda _: (words.PASSES,), word_spellings),
        )
    }
)
"""By name."""


def taught_by(zone: Zone, form: Form, *, names: bool) -> str:
    """Network that may learn from a zone, "" for none; zones that name persons are excluded.

    names: whether the office allows learning from free text, which contains names of persons.
    """
    if zone.kind == "block" or zone.alternatives:
        return ""
    network = network_of(zone, form)
    if network == FIELDS:
        return FIELDS if names or zone.kind in _KINDS or zone.list is not None else ""
    return network


def first_weights(network: TaughtNetwork, known: RunContext) -> Weights | None:
    """Weights of a network before the office trained it; None if there are none."""
    if network.name == DIGITS:
        named = known.read_settings("").native_digits
        if named not in (OWN_DIGITS, "none"):
            return Path(named)
        of_package = {s.weights for s in native_scripts() if is_here(s.weights)}
        return min(of_package, default=None) if named == OWN_DIGITS else None
    if network.name == WORDS:
        return words.WEIGHTS if is_here(words.WEIGHTS) else None
    return fields.WEIGHTS


def content_to_teach(network: TaughtNetwork, weights: Weights) -> bytes:
    """Content of initial weights, with their identity kept. Raises MachineLacks for another build."""
    content = content_of(weights)
    try:
        numbers_in(content, NAMES)
    except ValueError:
        raise MachineLacks(
            f"{weights} cannot be trained: it is built differently from the package's networks."
        ) from None
    # By this name it is known how sure its values are.
    is_new = network.name == DIGITS and digits.TAUGHT_FROM.encode() not in content
    return with_told(content, {digits.TAUGHT_FROM: Path(weights).stem}) if is_new else content


def as_asked(line: LineImage, zone: Zone, form: Form) -> LineImage:
    """A crop as its zone's network is queried: in its language, with printed answers as a list."""
    language = (zone.languages or form.languages)[0]
    return replace(line, languages=(language,), is_listed=line.is_listed or bool(zone.choices))
