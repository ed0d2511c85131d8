"""Results of learning, for people and programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from digitize.learning.judge import HeldBack
from digitize.learning.networks import TaughtNetwork
from digitize.workspace.own_weights import OwnWeights


@dataclass(frozen=True, slots=True)
class Learned:
    """Result of training a network. why: reason in words if the weights were not adopted."""

    network: TaughtNetwork
    pages: int
    values: int
    crops: int
    judged: HeldBack
    weights: OwnWeights
    adopted: bool
    why: str = ""

    def lines(self) -> list[str]:
        """For people."""
        j = self.judged
        said = [
            f"{self.network.title}: learned from {self.values} values of {self.pages} pages ({self.crops} crops).",
            f"Of {j.held} values that they were not taught {j.before} were read right before, {j.after} now "
            f"({j.better} better, {j.worse} worse; by chance alone with a probability of {j.chance:.3f}).",
        ]
        return [*said, f"Adopted: {self.weights.name}." if self.adopted else f"Not adopted: {self.why}"]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        j = self.judged
        return {
            "network": self.network.name,
            "pages": self.pages, "values": self.values, "crops": self.crops, "held": j.held, "before": j.before,
            "after": j.after, "better": j.better, "worse": j.worse, "chance": round(j.chance, 6),
            "weights": self.weights.name, "adopted": self.adopted, "why": self.why,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LearnedAll:
    """Results for all networks. left: reasons for those not trained, in words."""

    parts: tuple[Learned, ...]
    left: tuple[str, ...]

    @property
    def is_adopted(self) -> bool:
        """Whether anything is read with new weights."""
        return any(part.adopted for part in self.parts)

    def lines(self) -> list[str]:
        """For people."""
        return [line for part in self.parts for line in part.lines()] + [*self.left]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {"networks": [part.as_plain() for part in self.parts], "left": [*self.left], "adopted": self.is_adopted}
