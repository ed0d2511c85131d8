"""What is kept between two runs: what each test runs, and what became of each planted fault."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any


def file_hash(path: Path) -> str:
    """A file's content, as a short text."""
    return text_hash(path.read_text(encoding="utf-8"))


def text_hash(text: str) -> str:
    """A text's content, as a shorter text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Kept:
    """The folder in which a run finds what an earlier one learned."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.results_file = folder / "results.jsonl"

    def _tests_file(self, name: str, marker: str) -> Path:
        return self.folder / f"{name.replace('/', '-')}.{marker.replace(' ', '-')}.json"

    def write_tests(self, name: str, marker: str, told: dict[str, Any]) -> None:
        """Keep what the tests of one file ran."""
        self._tests_file(name, marker).write_text(json.dumps(told), encoding="utf-8")

    def read_tests(self, name: str, marker: str) -> dict[str, Any] | None:
        """What the tests of one file ran; None when nobody asked yet."""
        path = self._tests_file(name, marker)
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None

    def read_results(self) -> dict[str, Any]:
        """What became of each fault, by its key."""
        path = self.results_file
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        return dict(json.loads(line) for line in lines)

    def add_result(self, key: str, result: dict[str, str]) -> None:
        """Keep what became of one fault. Runs of several areas at once may write: one line is one write."""
        with self.results_file.open("a", encoding="utf-8") as file:
            file.write(json.dumps([key, result]) + "\n")
