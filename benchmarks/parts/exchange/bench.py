"""A good reply that is spoiled in many ways, and where the spoiled ones are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sample_data.makers.exchange import ExchangeWorld
from sample_data.makers.spoiled_packages import Files, files_of, lines_of, signed_again

Tampering = tuple[str, Path]


@dataclass
class Bench:
    """A good reply that was not taken in yet, and where spoiled ones are written. few: one of each way in many."""

    world: ExchangeWorld
    good: Path
    folder: Path
    few: int = 1
    made: int = 0
    files: Files = field(init=False)

    def __post_init__(self) -> None:
        """Take it apart."""
        self.files = files_of(self.good)

    def path(self) -> Path:
        """A new name."""
        self.made += 1
        return self.folder / f"bad-{self.made:04d}.zip"

    def write(self, data: bytes) -> Path:
        """Bytes as a file."""
        path = self.path()
        path.write_bytes(data)
        return path

    def again(self, change: Callable[[dict[str, Any]], object] = lambda m: None, **parts: bytes) -> Path:
        """Signed by its true sender, all sums right but for what is changed."""
        by_name = {f"{kind}-0001.jsonl.gz": data for kind, data in parts.items()}
        return signed_again(self.path(), self.files, self.world.key("e-courts"), change, parts=by_name)

    def lines(self, kind: str) -> list[bytes]:
        """The lines of a kind."""
        return lines_of(self.files, f"{kind}-0001.jsonl.gz")
